"""The axes and the legend around a heat map, drawn line by line and only where they change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from damotui.render import legend
from damotui.render.canvas import Canvas, Ink
from damotui.render.view import CellInfo, Picture
from damotui.widgets.inked import Inked
from damotui.widgets.joined_strip import paint_colour
from damotui.widgets.terminal_colours import NO_DATA_GLYPHS, ColourMode, level_colours, load_glyphs, mark_of

BAR_WIDTH = 20
"""Columns of the colour bar where there is room."""


class AxisPanel(Inked, Widget):
    """A few lines of labels."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"axis--label", "axis--tick", "axis--mark"}
    """
    | Class | Description |
    | :- | :- |
    | `axis--label` | Addresses and names. |
    | `axis--tick` | Ticks and their labels. |
    | `axis--mark` | Times pointed out. |
    """
    DEFAULT_CSS = """
    AxisPanel {
        & > .axis--label { color: $foreground; }
        & > .axis--tick { color: $foreground 65%; }
        & > .axis--mark { color: $accent; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[list[tuple[str, Ink]]] = []

    def show(self, canvas: Canvas) -> None:
        """Shows these lines; only those that differ are drawn again."""
        old, self._lines = self._lines, canvas.lines()
        if len(old) != len(self._lines):
            self.refresh()
            return
        changed = [y for y, (a, b) in enumerate(zip(old, self._lines, strict=True)) if a != b]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """One line."""
        width = self.size.width
        line = self._lines[y] if y < len(self._lines) else []
        segments = [Segment(text, self._ink_style(ink)) for text, ink in line]
        return Strip(segments).adjust_cell_length(width, self.base)

    def _ink_style(self, ink: Ink) -> Style:
        return self.base if ink is Ink.BLANK else self.get_component_rich_style(f"axis--{ink.value}")


class HeatmapLegend(Inked, Widget):
    """One line: the colour bar with its units; while the mouse is over a cell, what that cell holds."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"legend--note"}
    """
    | Class | Description |
    | :- | :- |
    | `legend--note` | Units and scale beside the bar. |
    """
    DEFAULT_CSS = """
    HeatmapLegend {
        height: 1;
        & > .legend--note { color: $foreground 65%; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._picture: Picture | None = None
        self._cell: CellInfo | None = None
        self._palette = "gray"
        self._mode = ColourMode.TRUECOLOR
        self._content: object = None

    def show(self, picture: Picture, palette: str, mode: ColourMode) -> None:
        """Explains a picture drawn with that palette."""
        self._picture, self._palette, self._mode = picture, palette, mode
        self._refresh_if_new()

    def point(self, cell: CellInfo | None) -> None:
        """Describes a cell; None goes back to the colour bar."""
        self._cell = cell
        self._refresh_if_new()

    def render_line(self, y: int) -> Strip:
        """The line."""
        picture = self._picture
        if picture is None or picture.empty or y > 0:
            return Strip.blank(self.size.width, self.base)
        if self._cell is not None:
            segments = [Segment(self._join(legend.describe(self._cell), self.size.width), self.base)]
        else:
            segments = self._bar(picture)
        return Strip(segments).adjust_cell_length(self.size.width, self.base)

    def _bar(self, picture: Picture) -> list[Segment]:
        width = self.size.width
        low, high = legend.scale_texts(picture)
        title = "access rate "
        if width < len(title) + len(low) + len(high) + 12:
            title = ""
        bar_width = max(0, min(BAR_WIDTH, width - len(title) - len(low) - len(high) - 2))
        room = width - len(title) - len(low) - len(high) - bar_width - 2
        note = self.get_component_rich_style("legend--note")
        text = self._join(legend.notes(picture, NO_DATA_GLYPHS.get(self._mode, ""), mark_of(self._mode)), room - 1)
        return [
            Segment(f"{title}{low} ", self.base),
            *self._gradient(picture, bar_width),
            Segment(f" {high}", self.base),
            Segment(f" {text}", note),
        ]

    def _gradient(self, picture: Picture, width: int) -> list[Segment]:
        if self._mode in (ColourMode.SHADES, ColourMode.ASCII):
            glyphs = load_glyphs(self._mode)
            at = np.linspace(0, len(glyphs) - 1, width).round().astype(int)
            return [Segment("".join(glyphs[i] for i in at.tolist()), self.base)]
        colours = level_colours(self._mode, self._palette, picture.max_nr_accesses)
        at = np.linspace(0, len(colours) - 1, width).round().astype(int)
        return [Segment(" ", self.base + Style(bgcolor=paint_colour(colours[i]))) for i in at.tolist()]

    @staticmethod
    def _join(texts: Sequence[str], room: int) -> str:
        """As many of the texts as fit, the first ones first."""
        joined = ""
        for text in texts:
            longer = f"{joined} · {text}" if joined else text
            if len(longer) > room:
                break
            joined = longer
        return joined

    def _refresh_if_new(self) -> None:
        content = (self._picture and self._picture.axes, self._cell, self._palette, self._mode)
        if content != self._content:
            self._content = content
            self.refresh()
