"""Values of fields as a user types, reads and nudges them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from damotui.session import tree
from damotui.session.tree import Path
from engine.config.fields import FieldSpec, spec_at
from engine.config.model import ULONG_MAX, Context
from engine.errors import InputError, shown
from engine.units import Unit, format_exact, parse, parse_aggregations, parse_samples

if TYPE_CHECKING:
    from damotui.session.document import Session

_PAGE = 4096
_BOUNDED = (Unit.BYTES, Unit.US, Unit.MS, Unit.COUNT, Unit.PERMIL, Unit.BP, Unit.SAMPLES, Unit.AGGREGATIONS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a typed text comes to."""

    value: Any = None
    """The parsed value; without meaning if it could not be parsed."""
    error: str = ""
    """Why it can't be taken; empty if it can."""
    warning: str = ""
    """Why it may be taken, but surely is not meant, or leaves something else wrong."""


def spec_of(path: Path) -> FieldSpec:
    """What the field at `path` is; KeyError if it is none."""
    return _spec_at(".".join(step for step in path if isinstance(step, str)))


def shown_value(session: Session, path: Path) -> str:
    """The staged value at `path`, as it can be typed in again."""
    return format_value(spec_of(path), session.get(path))


def format_value(spec: FieldSpec, value: Any) -> str:
    """A value as it can be typed in again."""
    if isinstance(value, int) and spec.high < ULONG_MAX and value == spec.high:
        return "max"
    if isinstance(value, str):
        value = value.removesuffix("\n")  # a path that was written to its file has one
    return format_exact(spec.unit or Unit.TEXT, value)


def parse_value(session: Session, path: Path, text: str) -> Any:
    """What `text` means at `path`; a share of the samples and a time in aggregations are known from the context.

    Raises:
        InputError: it means nothing there.
    """
    spec = spec_of(path)
    context = session.get(path[:3]) if len(path) > 3 else None
    if spec.choices is not None:
        return _keyword(spec, session, text)
    if text.strip().lower() == "max" and spec.unit in _BOUNDED:
        return spec.high
    if isinstance(context, Context) and spec.unit is Unit.SAMPLES:
        intervals = context.intervals
        return parse_samples(text, intervals.aggr_us // max(intervals.sample_us, 1))
    if isinstance(context, Context) and spec.unit is Unit.AGGREGATIONS:
        return parse_aggregations(text, context.intervals.aggr_us)
    return parse(spec.unit or Unit.TEXT, text)


def judge(session: Session, path: Path, text: str) -> Judgement:
    """What would become of `text` as the value at `path`, without staging it."""
    try:
        value = parse_value(session, path, text)
    except InputError as error:
        return Judgement(error=str(error))
    before = {str(problem) for problem in session.problems(int(path[0]))}
    problems = session.problems_with(path, value)
    here = [p for p in problems if tree.parse(p.path) == path[1:]]
    errors = [p for p in here if p.severity == "error"]
    if errors:
        return Judgement(value, error=errors[0].message)
    elsewhere = [p for p in problems if p not in here and str(p) not in before]
    notes = [p.message for p in here] + [str(p) for p in elsewhere]
    return Judgement(value, warning=notes[0] if notes else "")


def nudged(spec: FieldSpec, value: Any, steps: int, choices: tuple[str, ...] = ()) -> Any:
    """The value some natural steps away: the next keyword, 1-2-5 for times, a power of two for sizes, ±1 for counts."""
    if isinstance(value, bool):
        return value if steps % 2 == 0 else not value
    if choices:
        at = choices.index(value) if value in choices else 0
        return choices[(at + steps) % len(choices)]
    if not isinstance(value, int):
        return value
    if value == ULONG_MAX and steps > 0:
        return value
    for _ in range(abs(steps)):
        value = _step(spec.unit, value, steps > 0)
    return min(max(value, spec.low), spec.high)


def _step(unit: Unit | None, value: int, up: bool) -> int:
    if unit in (Unit.US, Unit.MS):
        return _one_two_five(value, up)
    if unit is Unit.BYTES:
        return _double(value, up)
    width = {Unit.PERMIL: 10, Unit.BP: 100, Unit.ADDRESS: _PAGE}.get(unit or Unit.COUNT, 1)
    if unit is Unit.COUNT and (value >= 100 if up else value > 100):
        return _one_two_five(value, up)
    if value == ULONG_MAX:
        return _one_two_five(value, up)
    return value + width if up else value - width


def _one_two_five(value: int, up: bool) -> int:
    if value <= 0:
        return 1 if up else 0
    decade: int = 10 ** (len(str(value)) - 1)
    if up:
        return min(n * decade for n in (2, 5, 10) if n * decade > value)
    if value == 1:
        return 0
    return max(n * decade // 10 for n in (5, 10, 20, 50) if n * decade // 10 < value)


def _double(value: int, up: bool) -> int:
    if up:
        return 1 << value.bit_length() if value >= _PAGE else _PAGE
    if value <= _PAGE:
        return 0
    return 1 << (value - 1).bit_length() - 1


def _keyword(spec: FieldSpec, session: Session, text: str) -> str:
    choices = spec.choices_in(session.kernel)
    word = text.strip()
    exact = [choice for choice in choices if choice == word.lower()]
    close = exact or [choice for choice in choices if word and choice.startswith(word.lower())]
    if len(close) == 1:
        return close[0]
    raise InputError(f"{shown(word)} is unknown: give one of {', '.join(choices)}")


@lru_cache(maxsize=1024)
def _spec_at(names: str) -> FieldSpec:
    return spec_at(names)
