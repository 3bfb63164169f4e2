"""What was copied from the tree, and where it can be pasted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from typing import Any

from damotui.session import tree
from damotui.session.kinds import entry_around, is_entry, is_list, kind_of, name_of, place_for
from damotui.session.summaries import described
from damotui.session.tree import Path, Tree
from damotui.session.values import spec_of
from engine.config.fields import FieldSpec
from engine.config.model import Context
from engine.errors import InputError


@dataclass(frozen=True, slots=True)
class Clip:
    """A copied node: entries, which are pasted as new ones, or a field or group, which replaces one like it."""

    name: str
    """What it is called: `scheme 1 (pageout nr=0 age≥50)`."""
    collection: Path
    """The list that entries are from; empty for kdamonds."""
    entries: tuple[Any, ...] = ()
    spec: FieldSpec | None = None
    """Which field or group it is; None for entries."""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clip goes."""

    path: Path
    """The list that entries go into, or the node that is replaced."""
    index: int | None = None
    """Of the first new entry; None if a node is replaced."""


def clip_of(kdamonds: Tree, path: Path) -> Clip:
    """Copy the node at `path`: of a list, all entries.

    Raises:
        InputError: it is a list without entries.
    """
    node = tree.get(kdamonds, path)
    if is_entry(path):
        return Clip(described(path, node), path[:-1], (node,))
    if not is_list(path):
        return Clip(described(path, node), path, spec=spec_of(path), value=node)
    if not node:
        raise InputError(f"{path[-1]} has no entry that could be copied")
    kind = kind_of(path)
    return Clip(f"{len(node)} {kind.name}{'s' * (len(node) > 1)}", path, node)


def place_of(kdamonds: Tree, clip: Clip, cursor: Path) -> Place:
    """Where a clip goes from there.

    A context takes the place of the one that its kdamond has, as it runs exactly one.

    Raises:
        InputError: it fits nowhere.
    """
    if clip.spec is not None:
        return _field_place(kdamonds, clip.spec, cursor)
    kind = kind_of(clip.collection)
    if kind.node is Context and len(clip.entries) == 1 and cursor:
        contexts: Path = (cursor[0], "contexts")
        if len(tree.get(kdamonds, contexts)) == 1:
            return Place((*contexts, 0))
    found = place_for(kdamonds, kind, cursor)
    if found is None:
        raise InputError(f"{clip.name} goes into {kind.home}: go there")
    return Place(*found)


def cuttable(path: Path) -> Path:
    """`path`, which is to be removed.

    Raises:
        InputError: it is no entry; the message says which entry it is in.
    """
    if is_entry(path):
        return path
    around = entry_around(path)
    raise InputError(f"{name_of(path)} can't be removed: go to {name_of(around)} to remove that")


def _field_place(kdamonds: Tree, spec: FieldSpec, cursor: Path) -> Place:
    below: list[Path] = []
    for length in range(len(cursor), -1, -1):
        at = cursor[:length]
        if at and isinstance(at[-1], str) and spec_of(at) == spec:
            return Place(at)
        below = list(_fields_below(tree.get(kdamonds, at), at, spec))
        if len(below) == 1:
            return Place(below[0])
    if below:
        raise InputError(f"there are several fields {spec.name}: go to one of them")
    raise InputError(f"there is no field {spec.name} to paste to")


def _fields_below(node: Any, at: Path, spec: FieldSpec) -> Iterator[Path]:
    if isinstance(node, tuple):
        for index, entry in enumerate(node):
            yield from _fields_below(entry, (*at, index), spec)
    elif is_dataclass(node):
        for name in node.__dataclass_fields__:
            path = (*at, name)
            if spec_of(path) == spec:
                yield path
            else:
                yield from _fields_below(getattr(node, name), path, spec)
