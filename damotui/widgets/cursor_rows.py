"""Rows with a cursor that keeps to what it is at, whatever is added or removed above it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView

from damotui.widgets.inked import Inked


class RowLike(Protocol):
    """What the rows must have."""

    @property
    def depth(self) -> int:
        """How far it is indented."""

    @property
    def expandable(self) -> bool:
        """Whether it has a mark to fold it by."""


R = TypeVar("R", bound=RowLike)


class CursorRows(Inked, ScrollView, Generic[R], can_focus=True, inherit_bindings=False):
    """Draws no row itself: that is for the widgets made of it, with `fill` behind each."""

    DEFAULT_CSS = """
    CursorRows { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    """

    @dataclass
    class CursorMoved(Message):
        """The cursor is at another row."""

        row: Any

    @dataclass
    class RowChosen(Message):
        """A row that the cursor was at already was clicked."""

        row: Any

    @dataclass
    class FoldClicked(Message):
        """The mark of a branch was clicked."""

        row: Any

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[R] = ()
        self._at = 0

    @abstractmethod
    def key_of(self, row: R) -> Hashable:
        """What a row stands for."""

    @abstractmethod
    def near(self, key: Hashable) -> Iterator[Hashable]:
        """Where the cursor goes when what it was at is gone, the best place first."""

    @property
    def cursor_row(self) -> R | None:
        """The row that the cursor is at; None while there is none."""
        return self.rows[self._at] if self._at < len(self.rows) else None

    @property
    def cursor_line(self) -> int:
        """Its index."""
        return self._at

    def show(self, rows: Sequence[R]) -> None:
        """Show other rows; only lines that differ are drawn again."""
        before, self.rows = self.rows, rows
        key = self.key_of(before[self._at]) if self._at < len(before) else None
        if key is not None:
            self._keep_cursor(key)
        if len(before) != len(rows):
            self.virtual_size = Size(self.size.width, len(rows))
            self.refresh()
        else:
            for line, (old, new) in enumerate(zip(before, rows, strict=True)):
                if old != new:
                    self._refresh_row(line)
        row = self.cursor_row
        if row is not None and self.key_of(row) != key:
            self.refresh()
            self.post_message(self.CursorMoved(row))

    def move_to(self, line: int) -> None:
        """Put the cursor at a row, and bring it into sight."""
        line = min(max(line, 0), len(self.rows) - 1)
        if line < 0 or line == self._at:
            self._scroll_to_cursor()
            return
        before, self._at = self._at, line
        self._refresh_row(before)
        self._refresh_row(line)
        self._scroll_to_cursor()
        self.post_message(self.CursorMoved(self.rows[line]))

    def move_by(self, lines: int) -> None:
        """Move the cursor down, or up if negative."""
        self.move_to(self._at + lines)

    def move_by_pages(self, pages: int) -> None:
        """Move the cursor by what is in sight at once, less a line."""
        self.move_by(pages * max(1, self.size.height - 1))

    def move_to_head(self) -> None:
        """Move the cursor to the branch that its row is in."""
        above = [at for at in range(self._at) if self.rows[at].depth < self.rows[self._at].depth]
        if above:
            self.move_to(above[-1])

    def _keep_cursor(self, key: Hashable) -> None:
        lines = {self.key_of(row): line for line, row in enumerate(self.rows)}
        found = next((lines[near] for near in (key, *self.near(key)) if near in lines), None)
        self._at = min(self._at, max(len(self.rows) - 1, 0)) if found is None else found

    def _refresh_row(self, line: int) -> None:
        y = line - self.scroll_offset.y
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _scroll_to_cursor(self) -> None:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if self._at < top:
            self.scroll_to(y=self._at, animate=False, immediate=True)
        elif height and self._at >= top + height:
            self.scroll_to(y=self._at - height + 1, animate=False, immediate=True)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.virtual_size = Size(self.size.width, len(self.rows))
        self._scroll_to_cursor()

    def on_focus(self) -> None:
        """Show that it has the keys."""
        self._refresh_row(self._at)

    def on_blur(self) -> None:
        """Show that it has them no more."""
        self._refresh_row(self._at)

    def on_click(self, event: events.Click) -> None:
        """Point with the mouse; at the mark, fold; at the cursor's own row, choose."""
        line = event.y + self.scroll_offset.y
        if not 0 <= line < len(self.rows):
            return
        row, was_here = self.rows[line], line == self._at
        self.move_to(line)
        if row.expandable and event.x <= row.depth + 1:
            self.post_message(self.FoldClicked(row))
        elif was_here:
            self.post_message(self.RowChosen(row))
