"""The line beside a heat map that shows all addresses, and which part of them the map shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.filter import LineFilter
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from damotui.render.cells import CellTable
from damotui.render.halfblock import pairs_of, runs
from damotui.render.overview import Overview
from damotui.widgets.drawn_over import DrawnOver
from damotui.widgets.inked import Inked
from damotui.widgets.joined_strip import reference_strip

WIDTH_DOWN = 2
"""Columns where addresses run down: one for the part in view, one for the addresses."""


class MapOverview(Inked, Widget):
    """One line, or one column with a bar beside it; a click or a drag moves the part in view.

    Args:
        down: Whether addresses run down.
        id: The ID of the widget in the DOM.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"overview--part"}
    """
    | Class | Description |
    | :- | :- |
    | `overview--part` | The signs at the part in view. |
    """
    DEFAULT_CSS = """
    MapOverview {
        & > .overview--part { color: $background; background: $accent; text-style: bold; }
    }
    """

    @dataclass
    class Sought(Message):
        """The part in view is wanted elsewhere.

        Attributes:
            target: Index of the target.
            address: What is to be in the middle.
        """

        target: int
        address: int

    def __init__(self, *, down: bool, id: str | None = None) -> None:
        super().__init__(id=id)
        self._down = down
        self._overview: Overview | None = None
        self._rows: list[Strip] = []
        self._over = DrawnOver()
        self._pressed = False

    def show(self, overview: Overview, table: CellTable, *, colours: bool, ascii: bool) -> None:
        """Shows an overview.

        Args:
            overview: What it shows.
            table: What its cells look like.
            colours: Whether the terminal has colours.
            ascii: Whether it has nothing but ASCII.
        """
        self._overview = overview
        pairs = pairs_of(overview.picture.pixels(table.levels), table)
        part = self.ink("overview--part") + self.background("overview--part")
        style = part if colours else Style(reverse=True, bold=True)
        rows = [reference_strip(row) for row in runs(pairs, table)]
        rows = self._beside(rows, overview, style, ascii=ascii) if self._down else self._around(rows, overview, style)
        if rows != self._rows:
            self._rows = rows
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        if y >= len(self._rows):
            return Strip.blank(width, self.base)
        return self._rows[y].adjust_cell_length(width, self.base)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """None: the colours are already those of the terminal."""
        return []

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Moves the part in view there."""
        self._pressed = event.button == 1
        if self._pressed:
            self.capture_mouse()
            self._seek(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Takes the part in view along."""
        if self._pressed:
            self._seek(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Lets it go."""
        self._pressed = False
        self.release_mouse()

    def _seek(self, event: events.MouseEvent) -> None:
        if self._overview is None:
            return
        layout = self._overview.picture.layout
        at = (event.y if self._down else event.x) * layout.unit
        found = layout.addresses_at(min(max(at, 0), layout.size - 1))
        if found is not None:
            self.post_message(self.Sought(found.target, (found.start + found.end) // 2))

    def _around(self, rows: list[Strip], overview: Overview, style: Style) -> list[Strip]:
        """Brackets around the part in view, or one sign where it is a single cell."""
        first, last = overview.first, overview.last
        signs = ((first, "["), (last, "]")) if first < last else ((first, "#"),)
        return self._over.rows(rows, {0: signs}, style)

    def _beside(self, rows: list[Strip], overview: Overview, style: Style, *, ascii: bool) -> list[Strip]:
        """A bar beside the part in view."""
        bar = Strip([Segment("|" if ascii else "┃", style)], 1)
        blank = Strip([Segment(" ", self.base)], 1)
        return [Strip.join([bar if overview.first <= y <= overview.last else blank, row]) for y, row in enumerate(rows)]
