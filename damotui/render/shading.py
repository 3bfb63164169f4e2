"""Ramps out of characters: in the terminal's own two colours, or from one of its 16 colours to the next.

Between two colours a character that covers a part of its cell mixes them. The brighter half of the 16 is used for
characters only, never behind them: the Linux console, for one, has no bright backgrounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from themes.loader import BRIGHT

COVERED = {" ": 0.0, "░": 0.25, "▒": 0.5, "▓": 0.75, "█": 1.0}
"""Share of its cell that each character of a ramp of 16 colours covers with the foreground."""
_PARTLY = "░▒▓"


class Shade(NamedTuple):
    """How a level looks: a character, and the numbers of its colours; None is the terminal's default."""

    glyph: str
    foreground: int | None = None
    background: int | None = None


def shaded(colours: Sequence[int]) -> tuple[Shade, ...]:
    """A ramp through colours of a terminal's 16, with three steps between each two.

    Args:
        colours: At least two numbers from 0 to 15; of two neighbours, one is below 8.
    """
    levels: list[Shade] = []
    for one, other in pairwise(colours):
        if one < BRIGHT:
            steps = [Shade(glyph, other, one) for glyph in f" {_PARTLY}█"]
        else:
            steps = [Shade(glyph, one, other) for glyph in f"█{_PARTLY[::-1]} "]
        levels += steps[1:] if levels else steps
    return tuple(levels)
