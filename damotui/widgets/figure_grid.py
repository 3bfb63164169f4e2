"""Panes of figures side by side and below each other, drawn line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from damotui.render.chart import Line
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import Piece, strip_of

_GAP = 2


class FigureGrid(Inked, Widget):
    """Shows lines of named pieces; what is in them is for whoever makes them."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "figure-grid--title",
        "figure-grid--chosen",
        "figure-grid--label",
        "figure-grid--value",
        "figure-grid--bar",
        "figure-grid--rest",
        "figure-grid--mark",
        "figure-grid--note",
    }

    DEFAULT_CSS = """
    FigureGrid {
        background: $background;
        & > .figure-grid--title { color: $foreground; text-style: bold; }
        & > .figure-grid--chosen { color: $primary; text-style: bold; }
        & > .figure-grid--label { color: $foreground 68%; }
        & > .figure-grid--value { color: $foreground 85%; }
        & > .figure-grid--bar { color: $warning; }
        & > .figure-grid--rest { color: $primary; }
        & > .figure-grid--mark { color: $accent; text-style: bold; }
        & > .figure-grid--note { color: $foreground 68%; }
    }
    """

    @dataclass
    class PaneClicked(Message):
        """A pane was clicked."""

        place: int
        """Which of those that are shown, row by row."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._panes: Sequence[Sequence[Line]] = ()
        self._columns = 1
        self._height = 1

    def cell_width(self, columns: int) -> int:
        """Cells of a pane, if there are so many side by side."""
        return max((self.size.width - _GAP * (columns - 1)) // columns, 0)

    def show(self, panes: Sequence[Sequence[Line]], columns: int, height: int) -> None:
        """Show panes of so many lines, so many side by side."""
        if (panes, columns, height) != (self._panes, self._columns, self._height):
            self._panes, self._columns, self._height = panes, columns, max(height, 1)
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose the pane under the pointer."""
        column = min(event.x // max(self.cell_width(self._columns) + _GAP, 1), self._columns - 1)
        place = event.y // self._height * self._columns + column
        if 0 <= place < len(self._panes):
            self.post_message(self.PaneClicked(place))

    def render_line(self, y: int) -> Strip:
        """One line of each of the panes in a row."""
        width = self.cell_width(self._columns)
        row, line = divmod(y, self._height)
        strips = []
        for column in range(self._columns):
            place = row * self._columns + column
            lines = self._panes[place] if place < len(self._panes) else ()
            pieces: list[Piece] = (
                [(text, self.ink(f"figure-grid--{kind}")) for text, kind in lines[line]] if line < len(lines) else []
            )
            strips.append(strip_of(pieces, width, self.base))
            if column < self._columns - 1:
                strips.append(strip_of([], _GAP, self.base))
        used = width * self._columns + _GAP * (self._columns - 1)
        strips.append(strip_of([], max(self.size.width - used, 0), self.base))
        return Strip.join(strips)
