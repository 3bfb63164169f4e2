"""The axes beside a heat map, as text."""

from __future__ import annotations

from collections.abc import Sequence

from damotui.render.canvas import Canvas, Ink
from damotui.render.layout import DATA, FOLD, Layout, RangeName, Segment
from damotui.render.ticks import byte_ticks, format_size, time_ticks
from damotui.render.window import TimeWindow
from engine.units import format_address

TIME_WIDTH = 10
"""Columns of the time axis when time runs down."""
ADDRESS_WIDTH = 15
"""Columns of the address axis when addresses run down."""
_LABEL_SPACING = 10
_LINE_SPACING = 4


def address_across(layout: Layout, width: int, names: Sequence[RangeName] = ()) -> Canvas:
    """The address axis above the map: where each segment starts, offsets from there, then names if there are any."""
    canvas = Canvas(width, 3 if names else 2)
    for x, text in _place_heads(layout.segments, width):
        canvas.write(x, 0, text, Ink.LABEL)
    for segment in layout.segments:
        canvas.write(segment.first, 1, "╷", Ink.TICK)
        for tick in byte_ticks(segment.end - segment.start, segment.size, _LABEL_SPACING):
            text = f"╷+{tick.label}"
            if tick.label and tick.at + len(text) <= segment.size:
                canvas.write_if_free(segment.first + tick.at, 1, text, Ink.TICK)
    for pixel in range(min(layout.size, width)):
        if layout.kinds[pixel] != DATA:
            canvas.write(pixel, 1, "┊" if layout.kinds[pixel] == FOLD else "│", Ink.TICK)
    for name, first, end in _places(layout, names):
        text = _shortened(name, end - first - 1)
        if text:
            canvas.write(first, 2, "▏", Ink.TICK)
            canvas.write(first + 1, 2, text, Ink.LABEL)
    return canvas


def address_down(layout: Layout, height: int, names: Sequence[RangeName] = ()) -> Canvas:
    """The address axis left of the map: each segment's start, then offsets, or names where there are any."""
    canvas = Canvas(ADDRESS_WIDTH, height)
    unit = layout.unit
    for pixel in range(0, min(layout.size, height * unit), unit):
        if layout.kinds[pixel] != DATA:
            canvas.write(ADDRESS_WIDTH - 1, pixel // unit, "┄" if layout.kinds[pixel] == FOLD else "─", Ink.TICK)
    for segment in layout.segments:
        first, size = segment.first // unit, segment.size // unit
        _write_right(canvas, first, format_address(segment.start), Ink.LABEL)
    for name, start, end in _places(layout, names):
        lines = range(-(-start // unit), end // unit)
        any(_write_right(canvas, y, f"{_shortened(name, ADDRESS_WIDTH - 2)} ╶", Ink.LABEL) for y in lines)
    for segment in layout.segments:
        first, size = segment.first // unit, segment.size // unit
        ticks = byte_ticks(segment.end - segment.start, size, 3)
        if len(ticks) < 2 and size > 1:
            _write_right(canvas, first + 1, f"({format_size(segment.end - segment.start)})", Ink.TICK)
        for tick in ticks:
            if tick.label:
                _write_right(canvas, first + tick.at, f"+{tick.label} ╶", Ink.TICK)
    return canvas


def time_down(window: TimeWindow, height: int, marks: Sequence[tuple[int, str]] = ()) -> Canvas:
    """The time axis left of the map, two rows of the window to a line.

    Args:
        window: The rows of the map.
        height: Number of lines.
        marks: (time in microseconds, text) to point out, instead of a tick where both want the same line.
    """
    canvas = Canvas(TIME_WIDTH, height)
    line_us = 2 * window.row_us
    for time_us, text in marks:
        if window.start_us <= time_us < window.end_us:
            label = f"{_shortened(text, TIME_WIDTH - 1)}▸".rjust(TIME_WIDTH)
            canvas.write(0, (time_us - window.start_us) // line_us, label, Ink.MARK)
    for tick in time_ticks(window.start_us, line_us, height, _LINE_SPACING):
        if canvas.is_free(0, tick.at, TIME_WIDTH):
            label = f"{tick.label} ╶"
            if len(label) > TIME_WIDTH:
                label = f"…{label[1 - TIME_WIDTH :]}"
            _write_right(canvas, tick.at, label, Ink.TICK)
    return canvas


def time_across(window: TimeWindow, width: int, marks: Sequence[tuple[int, str]] = ()) -> Canvas:
    """The time axis below the map, one row of the window to a column; marks have a line of their own.

    Args:
        window: The rows of the map.
        width: Number of columns.
        marks: (time in microseconds, text) to point out.
    """
    canvas = Canvas(width, 2 if marks else 1)
    for tick in time_ticks(window.start_us, window.row_us, width, _LABEL_SPACING):
        canvas.write_if_free(tick.at, 0, f"╵{tick.label}", Ink.TICK)
    for time_us, text in marks:
        if window.start_us <= time_us < window.end_us:
            canvas.write_if_free((time_us - window.start_us) // window.row_us, 1, f"▴{text}", Ink.MARK)
    return canvas


def _write_right(canvas: Canvas, y: int, text: str, ink: Ink) -> bool:
    x = canvas.width - len(text)
    free = canvas.is_free(x, y, len(text))
    if free:
        canvas.write(x, y, text, ink)
    return free


def _shortened(text: str, room: int) -> str:
    """The text in that many columns; empty if not even three of its characters would fit."""
    if len(text) <= room:
        return text
    return f"{text[: room - 1]}…" if room >= 4 else ""


def _places(layout: Layout, names: Sequence[RangeName]) -> list[tuple[str, int, int]]:
    """(name, first pixel, end pixel) of each name that has at least two pixels of the axis."""
    places = []
    for one in names:
        for segment in layout.segments:
            start, end = max(one.start, segment.start), min(one.end, segment.end)
            if segment.target == one.target and start < end:
                first = segment.first + int((start - segment.start) / segment.bytes_per_pixel)
                last = segment.first + int((end - segment.start) / segment.bytes_per_pixel)
                if last - first >= 2:
                    places.append((one.name, first, last))
    return places


def _place_heads(segments: Sequence[Segment], width: int) -> list[tuple[int, str]]:
    """Labels of as many segments as fit side by side, the largest first; with their sizes where there is room."""
    texts: dict[int, str] = {}
    places: list[tuple[int, str]] = []
    order = sorted(range(len(segments)), key=lambda i: segments[i].size, reverse=True)
    for with_size in (False, True):
        for i in order:
            segment = segments[i]
            if with_size and i not in texts:
                continue
            text = format_address(segment.start)
            if with_size:
                text += f" ({format_size(segment.end - segment.start)})"
            found = _place(segments, {**texts, i: text}, width)
            if found is not None:
                texts[i] = text
                places = found
    return places


def _place(segments: Sequence[Segment], texts: dict[int, str], width: int) -> list[tuple[int, str]] | None:
    """Columns for labels in order, each over its own segment and two apart; None if they don't fit."""
    places = []
    free = 0
    for i in sorted(texts):
        segment, text = segments[i], texts[i]
        x = max(min(segment.first, width - len(text)), free)
        if x + len(text) > width or x >= segment.first + segment.size:
            return None
        places.append((x, text))
        free = x + len(text) + 2
    return places
