"""The config tree as JSON holds it: numbers in the unit of their field, and nothing that is as the kernel has it.

damo's form, which rounds nothing either, has no word for some of what the kernel's files take, such as a negative pid.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, get_origin, get_type_hints

from damotui.session.tree import Tree
from engine.config.fields import member_type, spec_for
from engine.config.json_place import Members, Place
from engine.config.model import Kdamond
from engine.units import Unit


def plain(value: Any) -> Any:
    """A node, field or list of the tree; `read_node` and `read_field` give an equal one back."""
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    if is_dataclass(value):
        named = ((member, getattr(value, member.name)) for member in fields(value))
        return {member.name: plain(inner) for member, inner in named if inner != member.default}
    return value


def read_tree(place: Place) -> Tree:
    """All kdamonds. Raises `InputError` that names the place of what can't be used."""
    return tuple(read_node(entry, Kdamond) for entry in place.entries())


def read_node(place: Place, owner: type) -> Any:
    """A node of type `owner`. Raises `InputError` as `read_tree`."""
    with Members(place) as members:
        found = {member.name: members.get(member.name) for member in fields(owner)}
        return owner(**{name: read_field(at, owner, name) for name, at in found.items() if at is not None})


def read_field(place: Place, owner: type, name: str) -> Any:
    """The field `name` of a node of type `owner`. Raises `InputError` as `read_tree`."""
    spec, inner = spec_for(owner, name), member_type(owner, name)
    if inner is not None:
        if is_list(owner, name):
            return tuple(read_node(entry, inner) for entry in place.entries())
        return read_node(place, inner)
    if spec.choices is not None:
        return place.keyword(spec.choice_since)
    if spec.unit is Unit.BOOL:
        return flag(place)
    if spec.unit is Unit.TEXT:
        return place.string()
    if place.value is None and spec.default is None:
        return None
    return whole(place, min(spec.low, 0), spec.high)


@cache
def is_list(owner: type, name: str) -> bool:
    """Whether the field is a list of nodes."""
    return get_origin(get_type_hints(owner)[name]) is tuple


def whole(place: Place, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
    value = place.value
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise place.error(f"a whole number from {low} to {high}")
    return value


def flag(place: Place) -> bool:
    """True or false, and nothing that stands for it."""
    if not isinstance(place.value, bool):
        raise place.error("true or false")
    return place.value


def text(place: Place) -> str:
    """A text to be shown: what no screen can show is replaced."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in place.string())
