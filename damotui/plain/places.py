"""Which node of the tree a user means by a few words: `aggr_us`, `scheme 1 age.min`, `kdamonds[0].contexts[0].ops`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from damotui.commands import suggestion
from damotui.session.kinds import KINDS
from damotui.session.tree import Path, Tree, text
from engine.errors import InputError, shown

_STEP = re.compile(r"[A-Za-z_]\w*|\d+")
_LISTS = {kind.name: kind.list for kind in KINDS if kind.list}
_MOST = 4
"""Places that are named where several are meant."""


def node_at(kdamonds: Tree, words: str) -> Path:
    """The path of the node that is meant: what is not needed to tell it from others may be left out.

    Args:
        kdamonds: the tree.
        words: names and numbers of steps, the last one of the node itself, with anything between them. A number belongs
            to the name before it; the first one of all is a kdamond's.

    Raises:
        InputError: there is no such node, or there are several.
    """
    wanted = _steps(words)
    if not wanted:
        raise InputError(f"{shown(words)} is no place in the tree: give something such as aggr_us or scheme 0")
    pattern = _lead_to(wanted)
    found = [path for path in _paths(kdamonds, ()) if path and pattern.fullmatch("/".join(map(str, path)))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(f"there is no {shown(words)} in the tree: {_close(kdamonds, wanted[-1])}")
    named = ", ".join(text(path) for path in found[:_MOST]) + ", …" * (len(found) > _MOST)
    raise InputError(f"{shown(words)} could be any of {named}: say which")


def places(kdamonds: Tree) -> list[str]:
    """The names of all nodes, as messages give them."""
    return [text(path) for path in _paths(kdamonds, ()) if path]


def _steps(words: str) -> list[str]:
    """`scheme 1 age.min` becomes schemes/1, age, min."""
    steps: list[str] = []
    for step in _STEP.findall(words.lower()):
        if step.isdecimal() and steps and not steps[-1][-1].isdecimal():
            name = steps.pop()
            steps.append(f"{_LISTS.get(name, name)}/{int(step)}")
        else:
            steps.append(str(int(step)) if step.isdecimal() else step)
    first = steps[0].removeprefix("kdamonds/").removeprefix("kdamond/") if steps else ""
    return [first, *steps[1:]] if first else []


def _lead_to(steps: Sequence[str]) -> re.Pattern[str]:
    """What the path of a node looks like, step after step, that has these in their order and ends with the last."""
    gap = "(?:[^/]+/)*"
    return re.compile(("" if steps[0].isdecimal() else gap) + f"/{gap}".join(steps))


def _paths(node: Any, at: Path) -> Iterator[Path]:
    yield at
    if isinstance(node, tuple):
        for index, entry in enumerate(node):
            yield from _paths(entry, (*at, index))
    elif is_dataclass(node):
        for member in fields(node):
            yield from _paths(getattr(node, member.name), (*at, member.name))


def _close(kdamonds: Tree, last: str) -> str:
    names = {str(step) for path in _paths(kdamonds, ()) for step in path if isinstance(step, str)}
    return "tree shows what there is" if last in names or last[-1].isdecimal() else suggestion(last, sorted(names))
