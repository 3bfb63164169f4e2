"""The regions of an aggregation as a table that draws what is in sight alone, however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from damotui.session.snapshot_order import Order
from damotui.session.snapshot_view import Shown
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import Piece, strip_of
from damotui.widgets.region_columns import COLUMNS, RegionColumn, cell, fitting, title, widths_of

_HOT = 50.0
"""Rates in percent from which on they stand out."""
_STEP = 8
"""Room for rows is made in steps of so many lines."""


class RegionTable(Inked, ScrollView, can_focus=True, inherit_bindings=False):
    """One region a line, below a line of titles that stays. The cursor keeps to the address that it is at."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "region-table--title",
        "region-table--sorted",
        "region-table--place",
        "region-table--value",
        "region-table--dim",
        "region-table--rate",
        "region-table--hot",
        "region-table--true",
        "region-table--schemes",
        "region-table--name",
        "region-table--empty",
        "region-table--cursor",
        "region-table--cursor-blurred",
    }

    DEFAULT_CSS = """
    RegionTable {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; background: $background;
        & > .region-table--title { color: $foreground 68%; background: $panel; }
        & > .region-table--sorted { color: $accent; text-style: bold; }
        & > .region-table--place { color: $foreground 85%; }
        & > .region-table--value { color: $foreground; }
        & > .region-table--dim { color: $foreground 68%; }
        & > .region-table--rate { color: $foreground; }
        & > .region-table--hot { color: $warning; text-style: bold; }
        & > .region-table--true { color: $success; }
        & > .region-table--schemes { color: $secondary; }
        & > .region-table--name { color: $primary; }
        & > .region-table--empty { color: $foreground 70%; }
        & > .region-table--cursor { background: $primary 35%; }
        &:light > .region-table--cursor { background: $primary 20%; }
        & > .region-table--cursor-blurred { background: $foreground 10%; }
    }
    """

    @dataclass
    class CursorMoved(Message):
        """The cursor is at another region."""

    @dataclass
    class TitleClicked(Message):
        """A title was clicked."""

        key: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.order = Order()
        self.empty = ""
        """What stands there while there is no region."""
        self._shown: Shown | None = None
        self._at = 0
        self._place: tuple[int, int] | None = None
        """Target and address that the cursor keeps to."""
        self._fitted: tuple[int, list[tuple[RegionColumn, int]]] = (-1, [])

    @property
    def cursor(self) -> int | None:
        """Index of the region at the cursor; None while there is none."""
        return int(self._shown.order[self._at]) if self._shown is not None and self._at < self.nr_rows else None

    @property
    def cursor_line(self) -> int:
        """In which line of the listed regions the cursor is."""
        return self._at

    @property
    def nr_rows(self) -> int:
        """Regions that are listed."""
        return len(self._shown.order) if self._shown is not None else 0

    @property
    def keys(self) -> list[str]:
        """What the columns in sight sort by, each once."""
        return list(dict.fromkeys(column.key for column, _ in self._columns))

    def show(self, shown: Shown | None, order: Order, empty: str) -> None:
        """Show regions, as they are ordered."""
        if shown is self._shown and order == self.order and empty == self.empty:
            return
        sorted_anew, above = order != self.order, self._at - self.scroll_offset.y
        self._shown, self.order, self.empty = shown, order, empty
        self._make_room()
        self._keep_cursor()
        if sorted_anew:
            self._scroll_to_cursor()
        elif 0 <= above < self.scrollable_content_region.height - 1:
            # What is listed above may have become more or less: the cursor stays where it is on the screen.
            self.scroll_to(y=max(self._at - above, 0), animate=False, immediate=True)
        self.refresh()

    def move_to(self, line: int) -> None:
        """Put the cursor at a line, and bring it into sight."""
        self._at = min(max(line, 0), max(self.nr_rows - 1, 0))
        self._remember()
        self._scroll_to_cursor()
        self.refresh()
        self.post_message(self.CursorMoved())

    def move_by(self, lines: int) -> None:
        """Move the cursor down, or up if negative."""
        self.move_to(self._at + lines)

    def move_by_pages(self, pages: int) -> None:
        """Move the cursor by what is in sight at once, less a line."""
        self.move_by(pages * max(1, self.scrollable_content_region.height - 2))

    def on_resize(self) -> None:
        """Choose the columns anew."""
        self._make_room(exactly=True)
        self._scroll_to_cursor()
        self.refresh()

    def on_focus(self) -> None:
        """Show that it has the keys."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has them no more."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Sort by a title, or point at a region."""
        if event.y == 0:
            edge = 0
            for column, width in self._columns:
                edge += width
                if event.x < edge:
                    self.post_message(self.TitleClicked(column.key))
                    return
        elif 0 <= (line := event.y - 1 + self.scroll_offset.y) < self.nr_rows:
            self.move_to(line)

    def render_line(self, y: int) -> Strip:
        """The titles, or one region."""
        width = self.scrollable_content_region.width
        if y == 0:
            return strip_of(self._titles(), width, self.base + self.background("region-table--title"))
        line = y - 1 + self.scroll_offset.y
        if self._shown is None or line >= self.nr_rows:
            text = self.empty if y == 1 and not self.nr_rows else ""
            return strip_of([(f" {text}", self.ink("region-table--empty"))], width, self.base)
        fill = self.base
        if line == self._at:
            name = "region-table--cursor" if self.has_focus else "region-table--cursor-blurred"
            fill = fill + self.background(name)
        return strip_of(self._cells(int(self._shown.order[line])), width, fill)

    @property
    def _columns(self) -> list[tuple[RegionColumn, int]]:
        """The columns that fit, and their widths."""
        width = self.scrollable_content_region.width
        if self._fitted[0] != width:
            columns = fitting(COLUMNS, width)
            self._fitted = width, list(zip(columns, widths_of(columns, width), strict=True))
        return self._fitted[1]

    def _titles(self) -> list[Piece]:
        pieces: list[Piece] = []
        marked = False
        for column, width in self._columns:
            here = column.key == self.order.key and not marked
            marked |= here
            sign = ("▼" if self.order.falling else "▲") * here
            ink = self.ink("region-table--sorted" if here else "region-table--title")
            pieces.append((title(column, width, sign), ink))
        return pieces

    def _cells(self, index: int) -> list[Piece]:
        assert self._shown is not None
        regions = self._shown.regions
        pieces: list[Piece] = []
        for column, width in self._columns:
            kind = column.kind
            if kind == "rate":
                rate = float(regions.rate[index])
                kind = "hot" if rate >= _HOT else "rate" if rate > 0 else "dim"
            pieces.append((cell(column, column.text(regions, index), width), self.ink(f"region-table--{kind}")))
        return pieces

    def _make_room(self, *, exactly: bool = False) -> None:
        """Let all rows be scrolled to. A new size costs a layout of the screen, so a few lines too many may stay."""
        width, lines = self.scrollable_content_region.width, self.nr_rows + 1
        room = self.virtual_size
        if exactly or width != room.width or not 0 <= room.height - lines < 2 * _STEP:
            fits = lines <= self.scrollable_content_region.height
            self.virtual_size = Size(width, lines if fits else -(-lines // _STEP) * _STEP)

    def _remember(self) -> None:
        at = self.cursor
        if at is None or self._shown is None:
            return
        self._place = int(self._shown.regions.target[at]), int(self._shown.regions.start[at])

    def _keep_cursor(self) -> None:
        """Stay at the region that holds the address, or at the line if there is none."""
        found = None
        if self._shown is not None and self._place is not None:
            found = self._shown.regions.at(*self._place)
        if found is not None and self._shown is not None:
            self._at = int(np.flatnonzero(self._shown.order == found)[0])
            return
        self._at = min(self._at, max(self.nr_rows - 1, 0))
        if self._place is None:
            self._remember()

    def _scroll_to_cursor(self) -> None:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height - 1
        if self._at < top:
            self.scroll_to(y=self._at, animate=False, immediate=True)
        elif height > 0 and self._at >= top + height:
            self.scroll_to(y=self._at - height + 1, animate=False, immediate=True)
