"""What a format has no place for: the difference between the config that was asked for and what a text says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from damotui.session.tree import Path, differences, get, text
from engine.config.fields import FieldSpec, spec_at
from engine.config.model import AddrRange, IntervalsGoal, Range
from engine.errors import shown
from engine.units import Unit, format_exact

_AS_ONE = (AddrRange, IntervalsGoal, Range)
"""Groups that are named as a whole."""


def left_out(asked: Any, said: Any, why: Callable[[Path], str], at: Path = ()) -> Iterator[str]:
    """A sentence for each part of `asked` that `said` does not have.

    Args:
        asked: a tree of kdamonds, or a part of one.
        said: what the text has of it.
        why: the reason, for the path of what is left out.
        at: where in the tree they are.
    """
    named: set[Path] = set()
    for found, _ in differences(asked, said):
        ends = (n for n in range(1, len(found)) if isinstance(get(asked, found[:n]), _AS_ONE))
        inner = found[: next(ends, len(found))]
        if inner not in named:
            named.add(inner)
            path = (*at, *inner)
            yield f"{text(path)}{_value(path, get(asked, inner))} left out: {why(path)}"


def spec_of(path: Path) -> FieldSpec:
    """What the field at a path of the tree is."""
    return spec_at(".".join(step for step in path if isinstance(step, str)))


def _value(path: Path, value: object) -> str:
    """What is left out, up to the verb."""
    if isinstance(value, tuple):
        return f": all {len(value)} are" if len(value) != 1 else ": the only one is"
    if isinstance(value, _AS_ONE):
        return " is"
    assert value is None or isinstance(value, int | str)
    unit = spec_of(path).unit or Unit.COUNT
    return f": {shown(value) if unit is Unit.TEXT and isinstance(value, str) else format_exact(unit, value)} is"
