"""The parts of a tree that can be carried: all of it, or a kdamond, context or scheme with nothing else of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from damotui.session.tree import Path, Tree


@dataclass(frozen=True, slots=True)
class Part:
    """Kdamonds that can run by themselves."""

    title: str
    """`scheme 1 of kdamond 0`."""
    kdamonds: Tree


def parts_at(kdamonds: Tree, path: Path) -> list[Part]:
    """The parts that a node is in, the whole tree first; what says the same as the one before is left out.

    Args:
        kdamonds: the tree.
        path: of the node, which may have been removed since.
    """
    parts = [Part("the whole tree", kdamonds)]
    for part in _smaller(kdamonds, path):
        if part.kdamonds != parts[-1].kdamonds:
            parts.append(part)
    return parts


def _smaller(kdamonds: Tree, path: Path) -> Iterator[Part]:
    k, c, s = (_index(path, depth) for depth in (0, 2, 4))
    if k is None or k >= len(kdamonds):
        return
    kdamond = kdamonds[k]
    yield Part(f"kdamond {k}", (kdamond,))
    if c is None or c >= len(kdamond.contexts):
        return
    context = kdamond.contexts[c]
    yield Part(f"context {c} of kdamond {k}", (replace(kdamond, contexts=(context,)),))
    if s is not None and path[3] == "schemes" and s < len(context.schemes):
        alone = replace(context, schemes=(context.schemes[s],))
        yield Part(f"scheme {s} of kdamond {k}", (replace(kdamond, contexts=(alone,)),))


def _index(path: Path, depth: int) -> int | None:
    """The index that stands there in a path, if it gets that far."""
    step = path[depth] if len(path) > depth else None
    return step if isinstance(step, int) else None
