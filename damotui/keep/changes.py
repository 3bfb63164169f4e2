"""What an edit has changed of the tree, as JSON: a step of the history takes as much room as was edited, not a tree.

{"set": "kdamonds[0].contexts[0].intervals.aggr_us", "to": 200000}
{"list": "kdamonds[0].contexts[0].schemes", "at": 1, "remove": 0, "insert": [{"action": "pageout"}]}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from damotui.keep.plain import plain, read_field, read_node, whole
from damotui.session import tree
from damotui.session.tree import Path, Tree
from engine.config.fields import member_type
from engine.config.json_place import Members, Place
from engine.config.model import Kdamond

_FORM = "a place in the tree such as kdamonds[0].contexts[0].intervals.aggr_us"
_LONGEST = 500


def changes(before: Tree, after: Tree) -> list[dict[str, Any]]:
    """What makes `after` of `before`."""
    return list(_changes(before, after, ()))


def changed(before: Tree, place: Place) -> Tree:
    """The tree with the changes that stand at `place`.

    Raises:
        InputError: one of them can't be read, or is about something that is not there.
    """
    for entry in place.entries():
        before = _changed(before, entry)
    return before


def _changes(before: Any, after: Any, at: Path) -> Iterator[dict[str, Any]]:
    if before is after or before == after:
        return
    if isinstance(after, tuple) and len(before) != len(after):
        head = _common(before, after)
        tail = min(_common(before[::-1], after[::-1]), len(before) - head, len(after) - head)
        yield {
            "list": tree.text(at),
            "at": head,
            "remove": len(before) - head - tail,
            "insert": plain(after[head : len(after) - tail]),
        }
    elif isinstance(after, tuple):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _changes(old, new, (*at, index))
    elif is_dataclass(after):
        for member in fields(after):
            yield from _changes(getattr(before, member.name), getattr(after, member.name), (*at, member.name))
    else:
        yield {"set": tree.text(at), "to": after}


def _common(one: tuple[Any, ...], other: tuple[Any, ...]) -> int:
    """How many entries are the same at the beginning."""
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _changed(before: Tree, place: Place) -> Tree:
    with Members(place) as members:
        if (there := members.get("list")) is not None:
            return _spliced(before, there, members)
        there = members.required("set")
        path = _path(there)
        above = _node(before, path[:-1])
        members.get("to")  # which may be null
        to = Place(place.where, f"{place.path}.to", place.value.get("to"), place.notes)
        if not path or path[-1] not in _names(above):
            raise there.error(_FORM)
        replaced: Tree = tree.replace(before, path, read_field(to, type(above), str(path[-1])))
        return replaced


def _spliced(before: Tree, there: Place, members: Members) -> Tree:
    path = _path(there)
    entries, above = _node(before, path), _node(before, path[:-1])
    owner = Kdamond if not path else _entry_type(above, path[-1])
    if owner is None or not isinstance(entries, tuple):
        raise there.error("a list of the tree such as kdamonds[0].contexts[0].schemes")
    first = whole(members.required("at"), 0, len(entries))
    last = first + whole(members.required("remove"), 0, len(entries) - first)
    new = tuple(read_node(entry, owner) for entry in members.required("insert").entries())
    spliced: Tree = tree.replace(before, path, (*entries[:first], *new, *entries[last:]))
    return spliced


def _path(place: Place) -> Path:
    name = place.string()
    path = tree.parse(name[:_LONGEST])
    if path[:1] != ("kdamonds",) or tree.text(path[1:]) != name:
        raise place.error(_FORM)
    return path[1:]


def _node(node: Any, path: Path) -> Any:
    """The node at `path`, or None."""
    for step in path:
        if isinstance(step, int):
            node = node[step] if isinstance(node, tuple) and step < len(node) else None
        else:
            node = getattr(node, step) if step in _names(node) else None
    return node


def _entry_type(node: Any, name: str | int) -> type | None:
    """What the field of a node holds one or a list of; None if there is none, or it holds a plain value."""
    owner: type = type(node)
    return member_type(owner, str(name)) if name in _names(node) else None


def _names(node: Any) -> set[str]:
    """The names of what is in a node."""
    return {member.name for member in fields(node)} if is_dataclass(node) else set()
