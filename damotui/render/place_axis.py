"""What the axes tell of places: where the cursor is, which part of the session is in view, and how far back that is."""

from __future__ import annotations

from damotui.render.canvas import Canvas, Ink
from damotui.render.ticks import format_time
from damotui.render.window import TimeWindow


def pointed_down(canvas: Canvas, cell: tuple[int, int] | None) -> Canvas:
    """The axis left of the map, pointing at the line of a cell."""
    if cell is not None:
        canvas.write(canvas.width - 1, cell[1], "▸", Ink.MARK)
    return canvas


def pointed_across(canvas: Canvas, line: int, cell: tuple[int, int] | None) -> Canvas:
    """An axis above or below the map, pointing at the column of a cell in one of its lines."""
    if cell is not None:
        canvas.point(cell[0], line, "▾" if line else "▴")
    return canvas


def with_thumb(canvas: Canvas, window: TimeWindow, begin_us: int, now_us: int) -> Canvas:
    """The time axis left of the map, with a bar at its side that is to the axis as the window is to the session.

    Nothing while all of the session is in view, or where something else is written.
    """
    length_us = now_us - begin_us
    if (window.start_us <= begin_us and now_us <= window.end_us) or length_us <= 0 or canvas.height < 2:
        return canvas
    first = (window.start_us - begin_us) * canvas.height // length_us
    last = (window.end_us - 1 - begin_us) * canvas.height // length_us
    first = min(max(first, 0), canvas.height - 1)
    for y in range(first, min(max(last, first), canvas.height - 1) + 1):
        if canvas.is_free(0, y, 1):
            canvas.write(0, y, "┃", Ink.MARK)
    return canvas


def behind(behind_us: int, width: int) -> Canvas:
    """The corner between the axes: how long ago what is in view ended; blank at the newest."""
    canvas = Canvas(width, 1)
    if behind_us > 0:
        step_us = 10 ** max(len(str(behind_us)) - 3, 0)
        canvas.write(0, 0, f"◂ {format_time(behind_us // step_us * step_us, step_us)}"[:width], Ink.MARK)
    return canvas
