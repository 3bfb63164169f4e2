"""The kinds of entries that the tree has, the lists that they stand in, and where one can be put."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from typing import Any

from damotui.session import tree
from damotui.session.tree import Path, Tree
from engine.config.model import AddrRange, Context, Dest, Filter, Goal, Kdamond, Scheme, Target


@dataclass(frozen=True, slots=True)
class EntryKind:
    """One kind of entry."""

    name: str
    """What one of them is called."""
    node: type
    """What one is made of."""
    inner: tuple[str, ...]
    """Where their list is, from the entry that has it; empty for the kdamonds, which are in none."""
    owner: type | None
    """The kind of entry that has it."""
    home: str
    """Where they belong, as messages say it."""

    @property
    def list(self) -> str:
        """The field name of the list; empty for the kdamonds."""
        return self.inner[-1] if self.inner else ""


KINDS = (
    EntryKind("kdamond", Kdamond, (), None, "the tree"),
    EntryKind("context", Context, ("contexts",), Kdamond, "a kdamond"),
    EntryKind("scheme", Scheme, ("schemes",), Context, "the schemes of a context"),
    EntryKind("target", Target, ("targets",), Context, "the targets of a context"),
    EntryKind("region", AddrRange, ("regions",), Target, "the initial regions of a target"),
    EntryKind("filter", Filter, ("filters",), Scheme, "the filters of a scheme"),
    EntryKind("goal", Goal, ("quotas", "goals"), Scheme, "the goals of a scheme's quotas"),
    EntryKind("dest", Dest, ("dests",), Scheme, "the dests of a scheme"),
)
"""What is most often added to an owner comes first."""

_BY_LIST = {kind.list: kind for kind in KINDS}


def kind_of(collection: Path) -> EntryKind:
    """The kind of the entries of a list; KeyError if the path is that of no list."""
    return _BY_LIST[str(collection[-1]) if collection else ""]


def is_entry(path: Path) -> bool:
    """Whether a path is that of an entry of a list."""
    return bool(path) and isinstance(path[-1], int)


def is_list(path: Path) -> bool:
    """Whether a path is that of a list, other than the kdamonds."""
    return bool(path) and path[-1] in _BY_LIST


def entry_around(path: Path) -> Path:
    """The nearest entry that a path is, or is in; empty if there is none."""
    while path and not is_entry(path):
        path = path[:-1]
    return path


def name_of(path: Path) -> str:
    """What the last step of a path is called: `scheme 1`, `quotas`, `aggr_us`."""
    return f"{kind_of(path[:-1]).name} {path[-1]}" if is_entry(path) else str(path[-1])


def lists_around(kdamonds: Tree, path: Path) -> list[Path]:
    """The lists that something can be added to from there, the most natural first.

    These are the list that the path is at, that of its entry's siblings, those inside of the entry, and so on for each
    entry that it is in. A kdamond has a context at most.
    """
    found = dict.fromkeys(at for length in range(len(path), -1, -1) for at in _lists_at(kdamonds, path[:length]))
    return [at for at in found if not (at and at[-1] == "contexts" and tree.get(kdamonds, at))]


def place_for(kdamonds: Tree, kind: EntryKind, path: Path) -> tuple[Path, int] | None:
    """The list and the index where an entry of a kind goes from there; None if it fits nowhere.

    After the sibling of its kind that the path is, or is in; else at the end of the nearest list of its kind that is
    the only one there.
    """
    for length in range(len(path), -1, -1):
        at = path[:length]
        if is_entry(at) and kind_of(at[:-1]) is kind:
            return at[:-1], int(at[-1]) + 1
        below = list(_lists_below(tree.get(kdamonds, at), at, kind))
        if len(below) == 1:
            return below[0], len(tree.get(kdamonds, below[0]))
    return None


def _lists_at(kdamonds: Tree, at: Path) -> Iterator[Path]:
    node = tree.get(kdamonds, at)
    if isinstance(node, tuple):
        yield at
        return
    inside = list(_lists_in(node, at))
    if isinstance(node, Kdamond):
        # Its only context stands for it; without one, that is what it needs first.
        contexts = range(len(node.contexts)) if len(node.contexts) == 1 else ()
        below = [one for c in contexts for one in _lists_in(node.contexts[c], (*at, "contexts", c))]
        yield from [at[:-1], *inside, *below] if node.contexts else [*inside, at[:-1]]
        return
    if is_entry(at):
        yield at[:-1]
    yield from inside


def _lists_in(node: Any, at: Path) -> Iterator[Path]:
    """The lists of an entry, or of a group of fields."""
    for kind in KINDS:
        if kind.owner is type(node):
            yield (*at, *kind.inner)
        elif len(kind.inner) > 1 and at and at[-1] == kind.inner[0]:
            yield (*at, *kind.inner[1:])


def _lists_below(node: Any, at: Path, kind: EntryKind) -> Iterator[Path]:
    """All lists of a kind that a node is or has."""
    if (isinstance(node, tuple) and kind_of(at) is kind) or (not at and not kind.inner):
        yield at
    elif isinstance(node, tuple):
        for index, entry in enumerate(node):
            yield from _lists_below(entry, (*at, index), kind)
    elif is_dataclass(node):
        own = [found for found in _lists_in(node, at) if kind_of(found) is kind]
        yield from own
        if not own:
            for child in _lists_in(node, at):
                yield from _lists_below(tree.get(node, child[len(at) :]), child, kind)
