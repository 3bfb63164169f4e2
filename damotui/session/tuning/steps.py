"""How far a key moves a value, and what has to follow so that the two ends of a range never cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from damotui.session.document import Session
from damotui.session.tree import Path
from damotui.session.tuning.leaves import Leaf
from damotui.session.values import format_value, nudged
from engine.config.model import Range, Watermarks
from engine.units import Unit

_LADDERS = (Unit.US, Unit.MS, Unit.BYTES)
"""Units whose natural steps are those of the tree: 1-2-5, and powers of two."""
_LEVELS = ("low", "mid", "high")
_PAGE = 4096


class Stride(Enum):
    """How far a step goes."""

    FINE = "fine"
    """The second digit of a time, a sixteenth of a size, 1 of anything else."""
    NATURAL = "natural"
    """1-2-5 of a time, twice a size, 1 % of a watermark; of counts the second digit, that is 1 below 100."""
    COARSE = "coarse"
    """About ten times as far: a decade of times, three powers of two, ten steps of counts."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be staged where."""

    path: Path
    value: Any
    follows: str = ""
    """What had to be changed with it: `sz.max follows: 8 KiB`; empty for nothing."""


def stepped(leaf: Leaf, value: Any, up: bool, stride: Stride = Stride.NATURAL, usable: Sequence[str] = ()) -> Any:
    """The value one step further, which stays the same where steps end.

    Args:
        leaf: what is stepped.
        value: its value now.
        up: whether to the greater ones.
        stride: how far; keywords have only one kind of step.
        usable: the keywords to choose from; those that the kernel knows if empty.
    """
    if leaf.choices:
        return nudged(leaf.spec, value, 1 if up else -1, tuple(usable) or leaf.choices)
    if not isinstance(value, int):
        return value
    if value >= leaf.top:
        beyond = leaf.greatest if value <= leaf.greatest else value
        return beyond if up else leaf.top if value > leaf.top else max(_moved(leaf, value, up, stride), leaf.least)
    return min(max(_moved(leaf, value, up, stride), leaf.least), leaf.top)


def _moved(leaf: Leaf, value: int, up: bool, stride: Stride) -> int:
    if leaf.spec.unit in _LADDERS and stride is not Stride.FINE:
        steps = 3 if stride is Stride.COARSE else 1
        return int(nudged(leaf.spec, value, steps if up else -steps))
    width = _width(leaf, value if up else value - 1, stride)
    if stride is Stride.COARSE:
        return value + width if up else value - width
    return (value // width + 1) * width if up else (value - 1) // width * width


def _width(leaf: Leaf, value: int, stride: Stride) -> int:
    """How wide a step is from `value` on: steps are taken between multiples of it, but for coarse ones."""
    value = max(value, 0)
    if leaf.spec.unit is Unit.BYTES:
        return max(_PAGE, 1 << max(value.bit_length() - 5, 0))
    second_digit: int = 10 ** max(len(str(value)) - 2, 0)
    if leaf.spec.unit in _LADDERS:
        return second_digit
    if leaf.spec.unit is Unit.NODE or stride is Stride.FINE:
        return 1
    natural = 10 if leaf.linear else second_digit
    return 10 * natural if stride is Stride.COARSE else natural


def usable_choices(session: Session, leaf: Leaf) -> tuple[str, ...]:
    """The keywords that leave the kdamond one that can be turned on, as far as it is one now."""
    path = leaf.path

    def errors(choice: str) -> int:
        return sum(problem.severity == "error" for problem in session.problems_with(path, choice))

    now = errors(session.get(path))
    return tuple(choice for choice in leaf.choices if errors(choice) <= now)


def edit_of(session: Session, leaf: Leaf, value: Any) -> Edit:
    """How to stage a value: with the other end of its range, or the other watermarks, where it goes past them."""
    owner = session.get(leaf.path[:-1])
    name = str(leaf.path[-1])
    if isinstance(owner, Range):
        after: Any = Range(value, max(owner.max, value)) if name == "min" else Range(min(owner.min, value), value)
    elif isinstance(owner, Watermarks) and name in _LEVELS:
        after = _levels(owner, name, value)
    else:
        return Edit(leaf.path, value)
    moved = [other for other in _names(owner) if other != name and getattr(after, other) != getattr(owner, other)]
    if not moved:
        return Edit(leaf.path, value)
    spec, group = leaf.spec, leaf.label.rpartition(".")[0]
    told = ", ".join(f"{group}.{other} follows: {format_value(spec, getattr(after, other))}" for other in moved)
    return Edit(leaf.path[:-1], after, told)


def _names(owner: Range | Watermarks) -> tuple[str, ...]:
    return ("min", "max") if isinstance(owner, Range) else _LEVELS


def _levels(marks: Watermarks, name: str, value: int) -> Watermarks:
    """The watermarks in their order, low ≤ mid ≤ high, with that one at `value`."""
    at = _LEVELS.index(name)
    limits = {
        level: max(getattr(marks, level), value) if index > at else min(getattr(marks, level), value)
        for index, level in enumerate(_LEVELS)
        if index != at
    }
    return replace(marks, **{name: value, **limits})
