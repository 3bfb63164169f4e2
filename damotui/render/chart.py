"""Bars and curves as lines of text, each piece with the name of what it is: a widget gives these their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damotui.render.spark import BARS, level_bar

F64 = NDArray[np.float64]
Line = list[tuple[str, str]]
"""Texts and what each is: label, value, bar, rest, mark, or note."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a bar chart."""

    label: str
    value: str
    share: float
    """Length of the bar, from 0 to 1."""
    part: float = 1.0
    """How much of the bar, from its start, is drawn as `bar`; what is left is drawn as `rest`."""
    marked: bool = False


def bar_lines(rows: Sequence[Bar], width: int, *, bars: str = BARS) -> list[Line]:
    """Bars below each other, all labels and all values in one column each; too little room leaves the bars out.

    Args:
        rows: from top to bottom.
        width: cells.
        bars: characters from an empty to a full bar.
    """
    labels = max((len(row.label) for row in rows), default=0)
    values = max((len(row.value) for row in rows), default=0)
    room = width - labels - values - 4
    lines = []
    for row in rows:
        mark = "▸" if bars == BARS else ">"
        line: Line = [
            ((mark if row.marked else " ") + row.label.rjust(labels), "mark" if row.marked else "label"),
            (f" {row.value.rjust(values)}", "value"),
        ]
        if room > 1:
            drawn = level_bar(row.share, room, bars=bars)
            split = min(round(row.share * row.part * room), room)
            line += [(" ", "label"), (drawn[:split], "bar"), (drawn[split:], "rest")]
        lines.append(line)
    return lines


def binned(times: F64, values: F64, first: float, last: float, columns: int) -> F64:
    """Means of values over equal steps of time.

    Args:
        times: of the values, rising [n].
        values: [n].
        first: where the first step begins.
        last: where the last one ends, and belongs to it.
        columns: steps.

    Returns:
        [columns]; a step without a value has that of the one before, NaN if there is none.
    """
    means = np.full(max(columns, 0), np.nan)
    inside = (times > first) & (times <= last)
    if not inside.any() or columns <= 0 or last <= first:
        return means
    place = np.minimum(((times[inside] - first) / (last - first) * columns).astype(int), columns - 1)
    counts = np.bincount(place, minlength=columns)
    sums = np.bincount(place, weights=values[inside], minlength=columns)
    filled = np.flatnonzero(counts)
    means[filled] = sums[filled] / counts[filled]
    # Where aggregations are longer than a step, each stands for several.
    source = np.maximum.accumulate(np.where(counts > 0, np.arange(columns), -1))
    held: F64 = np.where(source >= 0, means[np.maximum(source, 0)], np.nan)
    return held


def area(values: Sequence[float], height: int, top: float, *, bars: str = BARS) -> list[str]:
    """The area below a curve, from the top line down; NaN is empty, anything above 0 shows.

    Args:
        values: one for each column.
        height: lines.
        top: the value at the upper edge.
        bars: characters from an empty to a full bar.
    """
    steps = len(bars) - 1
    levels = []
    for value in values:
        known = value == value and top > 0
        level = round(min(max(value / top, 0.0), 1.0) * height * steps) if known else 0
        levels.append(max(level, 1) if known and value > 0 else level)
    return [
        "".join(bars[min(max(level - row * steps, 0), steps)] for level in levels) for row in reversed(range(height))
    ]
