"""The tree of kdamonds, drawn line by line from rows. It shows and points; what is in it belongs to the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from damotui.actions import Scope
from damotui.session.outline import Kind, Row, State
from damotui.session.tree import Path
from damotui.widgets.bindings import bindings_for
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import Piece, spread, strip_of

_STATE_CLASSES = {State.ON: "config-tree--on", State.OFF: "config-tree--off", State.ENDED: "config-tree--ended"}


class ConfigTree(Inked, ScrollView, can_focus=True, inherit_bindings=False):
    """Rows with a cursor that keeps to its node, whatever is added or removed above it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.TREE)

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "config-tree--label",
        "config-tree--entry",
        "config-tree--value",
        "config-tree--guide",
        "config-tree--on",
        "config-tree--off",
        "config-tree--ended",
        "config-tree--uncommitted",
        "config-tree--error",
        "config-tree--warning",
        "config-tree--cursor",
        "config-tree--cursor-blurred",
    }

    DEFAULT_CSS = """
    ConfigTree {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .config-tree--label { color: $foreground 75%; }
        & > .config-tree--entry { color: $foreground; text-style: bold; }
        & > .config-tree--value { color: $secondary; }
        & > .config-tree--guide { color: $foreground 40%; }
        & > .config-tree--on { color: $success; text-style: bold; }
        & > .config-tree--off { color: $foreground 50%; }
        & > .config-tree--ended { color: $warning; }
        & > .config-tree--uncommitted { color: $warning; text-style: bold; }
        & > .config-tree--error { color: $error; text-style: bold; }
        & > .config-tree--warning { color: $warning; }
        & > .config-tree--cursor { background: $primary 35%; }
        & > .config-tree--cursor-blurred { background: $foreground 10%; }
    }
    """

    @dataclass
    class CursorMoved(Message):
        """The cursor is at another row."""

        row: Row

    @dataclass
    class RowChosen(Message):
        """A row that the cursor was at already was clicked."""

        row: Row

    @dataclass
    class FoldClicked(Message):
        """The mark of a branch was clicked."""

        row: Row

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self._at = 0

    @property
    def cursor_row(self) -> Row | None:
        """The row that the cursor is at; None while there is none."""
        return self.rows[self._at] if self._at < len(self.rows) else None

    @property
    def cursor_line(self) -> int:
        """Its index."""
        return self._at

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows; only lines that differ are drawn again."""
        before, self.rows = self.rows, rows
        path = before[self._at].path if self._at < len(before) else None
        if path is not None:
            self._keep_cursor(path, before)
        if len(before) != len(rows):
            self.virtual_size = Size(self.size.width, len(rows))
            self.refresh()
        else:
            for line, (old, new) in enumerate(zip(before, rows, strict=True)):
                if old != new:
                    self._refresh_row(line)
        row = self.cursor_row
        if row is not None and row.path != path:
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

    def move_to_path(self, path: Path) -> None:
        """Put the cursor at the row of a path, or of the nearest branch around it that is shown."""
        paths = {row.path: line for line, row in enumerate(self.rows)}
        while path:
            if path in paths:
                self.move_to(paths[path])
                return
            path = path[:-1]

    def _keep_cursor(self, path: Path, before: Sequence[Row]) -> None:
        paths = {row.path: line for line, row in enumerate(self.rows)}
        if path in paths:
            self._at = paths[path]
            return
        # An entry was removed: the one that took its place, the one before it, or the list itself.
        for candidate in ((*path[:-1], int(path[-1]) - 1) if isinstance(path[-1], int) else (), path[:-1], path[:-2]):
            if candidate in paths:
                self._at = paths[candidate]
                return
        self._at = min(self._at, max(len(self.rows) - 1, 0))

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

    def render_line(self, y: int) -> Strip:
        """One row: mark and label at the left, value and badge at the right."""
        line = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if line >= len(self.rows):
            return Strip.blank(width, self.base)
        row = self.rows[line]
        fill = self.base
        if line == self._at:
            name = "config-tree--cursor" if self.has_focus else "config-tree--cursor-blurred"
            fill = fill + self.background(name)
        return strip_of(spread(self._left(row), *self._right(row), width), width, fill)

    def _left(self, row: Row) -> list[Piece]:
        mark = " " if not row.expandable else "▾" if row.expanded else "▸"
        label = "config-tree--entry" if row.kind in (Kind.ENTRY, Kind.LIST) else "config-tree--label"
        return [(" " * row.depth + mark + " ", self.ink("config-tree--guide")), (row.label, self.ink(label))]

    def _right(self, row: Row) -> tuple[Piece, Piece]:
        value = _STATE_CLASSES.get(row.state, "config-tree--value")
        if row.uncommitted and row.kind is Kind.FIELD:
            value = "config-tree--uncommitted"
        badge: Piece = ("  ", Style())
        if row.problem:
            badge = (" !", self.ink("config-tree--error" if row.severe else "config-tree--warning"))
        elif row.uncommitted:
            badge = (" *", self.ink("config-tree--uncommitted"))
        return (row.value, self.ink(value)), badge
