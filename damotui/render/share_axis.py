"""The axis of memory sorted from the hottest to the coldest: percent of all of it, and bytes."""

from __future__ import annotations

from damotui.render.axes import ADDRESS_WIDTH
from damotui.render.canvas import Canvas, Ink
from damotui.render.layout import Layout
from damotui.render.ticks import format_size

_STEPS = (1, 2, 5, 10, 20, 25, 50, 100)
_LABEL_SPACING = 15
_LINE_SPACING = 3


def sorted_across(layout: Layout, width: int, lines: int = 2) -> Canvas:
    """The axis above the map: which end is hot and how much there is, then shares with their bytes.

    Args:
        layout: The axis, from `ranked_layout`.
        width: Columns.
        lines: At least two; what is more stays blank.
    """
    canvas = Canvas(width, lines)
    total = _total(layout)
    canvas.write(0, 0, "hottest", Ink.LABEL)
    canvas.write_if_free(width - len("coldest"), 0, "coldest", Ink.LABEL)
    text = f"of {format_size(total)}"
    canvas.write_if_free((width - len(text)) // 2, 0, text, Ink.LABEL)
    for percent in _percents(width, _LABEL_SPACING):
        canvas.write_if_free(width * percent // 100, 1, f"╷{_share(percent, total)}", Ink.TICK)
    return canvas


def sorted_down(layout: Layout, height: int) -> Canvas:
    """The axis left of the map: shares with their bytes, the hottest above."""
    canvas = Canvas(ADDRESS_WIDTH, height)
    total = _total(layout)
    for percent in _percents(height, _LINE_SPACING):
        label = f"{_share(percent, total)} ╶" if percent else "hottest ╶"
        canvas.write(ADDRESS_WIDTH - len(label), height * percent // 100, label, Ink.TICK if percent else Ink.LABEL)
    return canvas


def _total(layout: Layout) -> int:
    return layout.segments[0].end if layout.segments else 0


def _percents(cells: int, spacing: int) -> range:
    """Multiples of a round share that are at least `spacing` cells apart."""
    if cells <= 0:
        return range(0)
    return range(0, 100, next((step for step in _STEPS if cells * step >= 100 * spacing), 100))


def _share(percent: int, total: int) -> str:
    return f"{percent} % {format_size(total * percent // 100)}" if percent else "0 %"
