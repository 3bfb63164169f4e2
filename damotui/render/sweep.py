"""Time down as on an oscilloscope: the newest line is written over the oldest, and all others stay where they are.

So a new aggregation changes two lines of the screen: its own, and the gap before the oldest, which shows where the
newest ends. Scrolling changes all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damotui.render.window import TimeWindow

U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Where the lines of a window are drawn, two rows to a line."""

    lines: int
    turn: int
    """Line 0 of the window is drawn at this line of the screen, the next below, and so on around."""
    newest: int
    """The line of the screen with the newest row."""

    @property
    def gap(self) -> int | None:
        """The line that is left blank, behind the newest; None if there are too few lines to spare one."""
        return (self.newest + 1) % self.lines if self.lines > 2 else None

    def line_of(self, y: int) -> int:
        """The line of the window that is drawn at line y of the screen."""
        return (y - self.turn) % self.lines

    def drawn(self, values: U8, blank: int) -> U8:
        """Values [rows, columns] of the window, as many rows to each line, as they are drawn.

        Args:
            values: Row by row, from the oldest on.
            blank: What is in the gap.
        """
        each = len(values) // self.lines
        turned = np.roll(values, each * self.turn, axis=0)
        if self.gap is not None:
            turned[each * self.gap : each * (self.gap + 1)] = blank
        return turned


def sweep_of(window: TimeWindow, begin_us: int, end_us: int, lines: int) -> Sweep | None:
    """The sweep of a window that began with the first aggregation, at the top of the screen.

    Args:
        window: Two rows to each line; its first row is even, as that of its line.
        begin_us: When the first aggregation began.
        end_us: When the newest one ended.
        lines: Lines of the screen; None is the answer if there are none.
    """
    if lines < 1:
        return None
    origin = begin_us // window.row_us // 2
    turn = (window.first // 2 - origin) % lines
    newest = (max(end_us - 1, begin_us) // window.row_us // 2 - origin) % lines
    return Sweep(lines, turn, newest)
