"""The time axis of a sweep: ticks beside their lines, and where the newest is written."""

from __future__ import annotations

from collections.abc import Sequence

from damotui.render.axes import TIME_WIDTH, time_down
from damotui.render.canvas import Canvas, Ink
from damotui.render.sweep import Sweep
from damotui.render.ticks import format_time
from damotui.render.window import TimeWindow


def time_swept(window: TimeWindow, sweep: Sweep, marks: Sequence[tuple[int, str]] = ()) -> Canvas:
    """The time axis left of the map, two rows of the window to a line.

    Args:
        window: The rows of the map.
        sweep: Where its lines are drawn.
        marks: (time in microseconds, text) to point out.
    """
    canvas = time_down(window, sweep.lines, marks).turned(sweep.turn)
    line_us = 2 * window.row_us
    if sweep.gap is not None:
        canvas.write(0, sweep.gap, " " * TIME_WIDTH, Ink.BLANK)
    time_us = window.start_us + sweep.line_of(sweep.newest) * line_us
    label = f"{format_time(time_us, line_us)} ▶"
    canvas.write(0, sweep.newest, label[-TIME_WIDTH:].rjust(TIME_WIDTH), Ink.MARK)
    return canvas
