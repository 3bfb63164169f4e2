"""Edits of the immutable config tree, by path.

A path starts at the tuple of kdamonds and goes down by field names and indices:
`(0, "contexts", 0, "intervals", "aggr_us")`. Every edit returns a new tree that shares all it did not touch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from dataclasses import replace as replace_fields
from typing import Any

from engine.config.model import Kdamond

Path = tuple[str | int, ...]
Tree = tuple[Kdamond, ...]

_STEP = re.compile(r"([A-Za-z_]\w*)|\[(\d+)\]|\.")


def get(tree: Any, path: Path) -> Any:
    """The node at `path`. Raises LookupError if there is none."""
    node = tree
    for step in path:
        if isinstance(step, int):
            if not isinstance(node, tuple) or not 0 <= step < len(node):
                raise LookupError(f"nothing at {text(path)}")
            node = node[step]
        elif isinstance(node, tuple) or not hasattr(node, step):
            raise LookupError(f"nothing at {text(path)}")
        else:
            node = getattr(node, step)
    return node


def find(tree: Any, path: Path) -> Any | None:
    """The node at `path`, or None."""
    try:
        return get(tree, path)
    except LookupError:
        return None


def replace(tree: Any, path: Path, value: Any) -> Any:
    """The tree with `value` at `path`. Raises LookupError if nothing is there to be replaced."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    child = replace(get(tree, (step,)), rest, value)
    if isinstance(step, int):
        return (*tree[:step], child, *tree[step + 1 :])
    return replace_fields(tree, **{step: child})


def insert(tree: Any, collection: Path, index: int, value: Any) -> Any:
    """The tree with `value` as entry `index` of the tuple at `collection`."""
    entries = get(tree, collection)
    if not isinstance(entries, tuple) or not 0 <= index <= len(entries):
        raise LookupError(f"no place {index} in {text(collection)}")
    return replace(tree, collection, (*entries[:index], value, *entries[index:]))


def remove(tree: Any, path: Path) -> Any:
    """The tree without the entry of a tuple at `path`."""
    collection, index = path[:-1], path[-1]
    get(tree, path)
    if not isinstance(index, int):
        raise LookupError(f"{text(path)} is a field, not an entry of a list")
    entries = get(tree, collection)
    return replace(tree, collection, (*entries[:index], *entries[index + 1 :]))


def differences(before: Any, after: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Paths and new values of the least parts that differ; of lists with another number of entries, the whole list."""
    if before == after:
        return
    steps: list[tuple[str | int, Any, Any]] = []
    if isinstance(after, tuple) and len(before) == len(after):
        steps = [(index, *both) for index, both in enumerate(zip(before, after, strict=True))]
    elif is_dataclass(after):
        steps = [(member.name, getattr(before, member.name), getattr(after, member.name)) for member in fields(after)]
    else:
        yield at, after
    for step, old, new in steps:
        yield from differences(old, new, (*at, step))


def text(path: Path) -> str:
    """`path` as messages name it: `kdamonds[0].contexts[0].intervals.aggr_us`."""
    parts = ["kdamonds"] if path and isinstance(path[0], int) else []
    for step in path:
        if isinstance(step, int):
            parts[-1] += f"[{step}]"
        else:
            parts.append(step)
    return ".".join(parts) or "kdamonds"


def parse(name: str) -> Path:
    """The path that `name`, as validation gives it, stands for: `contexts[0].intervals.sample_us`."""
    steps: list[str | int] = []
    for word, index in _STEP.findall(name):
        if word:
            steps.append(word)
        elif index:
            steps.append(int(index))
    return tuple(steps)
