"""The axes and the legend around a heat map, drawn line by line and only where they change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from damotui.render import legend
from damotui.render.canvas import Canvas, Ink
from damotui.render.view import CellInfo, Picture
from damotui.widgets.inked import Inked
from damotui.widgets.joined_strip import paint_colour
from damotui.widgets.terminal_colours import (
    ColourMode,
    level_colours,
    level_shades,
    load_glyphs,
    marks_in,
    no_data_glyph,
)
from themes import load_diverging, load_palette

BAR_WIDTH, SHORT_BAR = 20, 4
"""Columns of the colour bar where there is room, and where what else must be said needs that room."""


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
        & > .axis--tick { color: $foreground 68%; }
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
        & > .legend--note { color: $foreground 68%; }
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

    def get_line_filters(self) -> Sequence[LineFilter]:
        """All but the one that would put other colours in place of the terminal's own 16."""
        return [one for one in super().get_line_filters() if not isinstance(one, ANSIToTruecolor)]

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
        ends = len(low) + len(high) + 3
        title, notes, needed = self._words(picture, width - ends)
        if width < len(title) + ends + SHORT_BAR:
            title = ""
        free = width - len(title) - ends
        bar_width = max(0, min(free, max(SHORT_BAR, min(BAR_WIDTH, free - needed))))
        note = self.get_component_rich_style("legend--note")
        return [
            Segment(f"{title} {low} " if title else f"{low} ", self.base),
            *self._gradient(picture, bar_width),
            Segment(f" {high}", self.base),
            Segment(f" {self._join(notes, free - bar_width - 1)}", note),
        ]

    def _words(self, picture: Picture, room: int) -> tuple[str, tuple[str, ...], int]:
        """Title and notes, terse where the bar would have too little room; and what those take that must be said."""
        palette = self._colours_name(picture)
        said = (no_data_glyph(self._mode), marks_in(self._mode))
        long, short = legend.titles(picture)
        # The rate, the scale and the colours must be said, and what marks are; then the checks; then the rest.
        least = 2 + bool(palette) + legend.nr_marks(picture)
        for count, bar in ((99, BAR_WIDTH), (least + 1, BAR_WIDTH // 2), (least, SHORT_BAR)):
            notes = legend.notes(picture, palette, *said)
            needed = 1 + len(" · ".join(notes[:count]))
            for title in (long, short):
                if len(title) + needed + bar <= room:
                    return title, notes, needed
        notes = legend.notes(picture, palette, *said, terse=True)
        return short, notes, 1 + len(" · ".join(notes[:least]))

    def _colours_name(self, picture: Picture) -> str:
        if not self._mode.has_colours:
            return ""
        return load_diverging(load_palette(self._palette).ground).name if picture.signed else self._palette

    def _gradient(self, picture: Picture, width: int) -> list[Segment]:
        if not self._mode.has_colours:
            glyphs = load_glyphs(self._mode, signed=picture.signed)
            return [Segment("".join(glyphs[i] for i in _along(len(glyphs), width)), self.base)]
        if self._mode is ColourMode.ANSI16:
            shades = level_shades(self._palette, signed=picture.signed)
            picked = [shades[i] for i in _along(len(shades), width)]
            return [
                Segment(glyph, Style(color=paint_colour(foreground), bgcolor=paint_colour(background)))
                for glyph, foreground, background in picked
            ]
        colours = level_colours(self._mode, self._palette, picture.max_nr_accesses, signed=picture.signed)
        picked_colours = [colours[i] for i in _along(len(colours), width)]
        return [Segment(" ", self.base + Style(bgcolor=paint_colour(colour))) for colour in picked_colours]

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
        shown = self._picture
        said = (
            None
            if shown is None or shown.empty
            else (legend.titles(shown), legend.scale_texts(shown), legend.notes(shown))
        )
        content = (said, self._cell, self._palette, self._mode)
        if content != self._content:
            self._content = content
            self.refresh()


def _along(count: int, width: int) -> list[int]:
    """Which of `count` levels each column of a bar shows."""
    return np.linspace(0, count - 1, width).round().astype(int).tolist()  # type: ignore[no-any-return]
