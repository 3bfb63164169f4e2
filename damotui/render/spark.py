"""Sparklines: a sequence of numbers as a line of bars, one character each."""

from __future__ import annotations

import math
from collections.abc import Sequence

BARS = " ▁▂▃▄▅▆▇█"
_PARTS = " ▏▎▍▌▋▊▉"
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


def level_bar(share: float, width: int, *, bars: str = BARS) -> str:
    """A bar from the left that fills `share` (0 to 1) of `width` characters; anything above 0 shows.

    Args:
        share: What is beyond 0 or 1 counts as that.
        width: Number of characters.
        bars: Characters from an empty to a full bar; without a part of a character in between, it is rounded.
    """
    full, parts = bars[-1], _PARTS if bars == BARS else bars[0]
    eighths = round(min(max(share, 0.0), 1.0) * width * len(parts))
    eighths = max(eighths, 1) if share > 0 else 0
    whole, rest = divmod(eighths, len(parts))
    return (full * whole + (parts[rest] if rest else "")).ljust(width)[:width]


def _bar(value: float, full: float, bars: str) -> str:
    if math.isnan(value):
        return " "
    if value <= 0 or full <= 0:
        return bars[0]
    share = min(value / full, 1.0) if math.isfinite(full) else 0.0
    return bars[max(1, round(share * (len(bars) - 1)))]
