"""Before and after each commit, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from damotui.session.live import clock
from damotui.session.tuning.commits import Stretch
from damotui.session.tuning.facts import Line
from damotui.session.words import count, terse_bytes


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int
    figure: Callable[[Stretch], str]


_SINCE = _Column("since", 9, lambda one: clock(one.first.time_us))
_FULL = (
    _SINCE,
    _Column("for", 8, lambda one: clock(one.duration_us)),
    _Column("tried/s", 9, lambda one: terse_bytes(one.tried_per_s)),
    _Column("applied/s", 10, lambda one: terse_bytes(one.applied_per_s)),
    _Column("refault/s", 10, lambda one: _count(one.refaults_per_s)),
    _Column("saved", 8, lambda one: terse_bytes(one.saved_bytes)),
)
_TERSE = (
    _Column("since", 7, lambda one: f"{one.first.time_us / 1e6:.0f} s"),
    _Column("tried/s", 8, lambda one: terse_bytes(one.tried_per_s)),
    _Column("flt/s", 7, lambda one: _count(one.refaults_per_s)),
    _Column("saved", 7, lambda one: terse_bytes(one.saved_bytes)),
)
_LEAST_CHANGE = 16
"""Cells that must be left for what was changed, for it to stand in the same line."""


def watch_lines(stretches: Sequence[Stretch], width: int, height: int) -> list[Line]:
    """A line for each stretch between two commits, the newest first, below a line of titles.

    What was changed stands at the end of the line where there is room, and in a line of its own otherwise.

    Args:
        stretches: oldest first.
        width: cells.
        height: lines at most.
    """
    columns = _FULL if _taken(_FULL) <= width else _TERSE
    beside = width - _taken(columns) - 2 >= _LEAST_CHANGE
    titles = "".join(_cell(column, column.title) for column in columns)
    lines: list[Line] = [[(titles + ("  changed" if beside else ""), "head")]]
    for stretch in reversed(stretches):
        first, *figures = (_cell(column, column.figure(stretch)) for column in columns)
        changed = f"  {', '.join(stretch.changes) or 'as it was'}"
        line: Line = [(first, "name"), ("".join(figures), "value")]
        lines += [[*line, (changed, "name")]] if beside else [line, [(changed, "name")]]
        if len(lines) >= height:
            break
    return lines[: max(height, 0)]


def _cell(column: _Column, text: str) -> str:
    return text.ljust(column.width) if column.title == _SINCE.title else text.rjust(column.width)


def _taken(columns: Sequence[_Column]) -> int:
    return sum(column.width for column in columns)


def _count(number: float) -> str:
    return count(number).replace(" ", "")
