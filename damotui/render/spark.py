"""Sparklines: a sequence of numbers as a line of bars, one character each."""

from __future__ import annotations

import math
from collections.abc import Sequence

BARS = " ▁▂▃▄▅▆▇█"
ASCII_BARS = " .:-=+*#@"


def sparkline(values: Sequence[float], width: int, *, top: float | None = None, bars: str = BARS) -> str:
    """The last `width` values as bars, padded with spaces at the left.

    Zero, or less, is the first of `bars`; anything above zero shows at least the second. NaN shows as a space.

    Args:
        values: Oldest first.
        width: Number of characters.
        top: The value of a full bar; None takes the largest of the values shown.
        bars: Characters from an empty to a full bar.
    """
    if width <= 0:
        return ""
    shown = [float(value) for value in values[-width:]]
    finite = [value for value in shown if not math.isnan(value)]
    full = max(finite, default=0.0) if top is None else top
    return "".join(_bar(value, full, bars) for value in shown).rjust(width)


def _bar(value: float, full: float, bars: str) -> str:
    if math.isnan(value):
        return " "
    if value <= 0 or full <= 0:
        return bars[0]
    share = min(value / full, 1.0) if math.isfinite(full) else 0.0
    return bars[max(1, round(share * (len(bars) - 1)))]
