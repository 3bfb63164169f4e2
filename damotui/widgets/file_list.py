"""Directories and files as a tree, drawn line by line."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import ClassVar, cast

from textual.strip import Strip

from damotui.session.files_view import FileRow
from damotui.widgets.cursor_rows import CursorRows
from damotui.widgets.pieces import Piece, spread, strip_of


class FileList(CursorRows[FileRow], can_focus=True, inherit_bindings=False):
    """Rows of files, with what each says, and a cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "file-list--directory",
        "file-list--file",
        "file-list--guide",
        "file-list--value",
        "file-list--fresh",
        "file-list--error",
        "file-list--mode",
        "file-list--empty",
        "file-list--cursor",
        "file-list--cursor-blurred",
    }

    DEFAULT_CSS = """
    FileList {
        & > .file-list--directory { color: $foreground; text-style: bold; }
        & > .file-list--file { color: $foreground 85%; }
        & > .file-list--guide { color: $foreground 40%; }
        & > .file-list--value { color: $secondary; }
        & > .file-list--fresh { color: $warning; text-style: bold; }
        & > .file-list--error { color: $foreground 68%; }
        & > .file-list--mode { color: $foreground 68%; }
        & > .file-list--empty { color: $foreground 68%; }
        & > .file-list--cursor { background: $primary 35%; }
        & > .file-list--cursor-blurred { background: $foreground 10%; }
    }
    """

    _empty = ""

    def show_empty(self, text: str) -> None:
        """Have `text` stand there while there are no rows."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def key_of(self, row: FileRow) -> str:
        """Its path."""
        return row.path

    def near(self, key: Hashable) -> Iterator[str]:
        """The one before, if it is one of several by number; else the directory that it was in, or what that is in."""
        path = cast(str, key)
        above, _, name = path.rpartition("/")
        if name.isascii() and name.isdigit() and int(name) > 0:
            yield f"{above}/{int(name) - 1}"
        while above:
            yield above
            above = above.rpartition("/")[0]

    def move_to_path(self, path: str) -> None:
        """Put the cursor at the row of a path, if it is shown."""
        line = next((line for line, row in enumerate(self.rows) if row.path == path), None)
        if line is not None:
            self.move_to(line)

    def render_line(self, y: int) -> Strip:
        """One row: mark and name at the left, what the file says and its mode at the right."""
        line = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if line >= len(self.rows):
            told = self._empty if y == 0 and not self.rows else ""
            return strip_of([(told, self.ink("file-list--empty"))], width, self.base)
        row = self.rows[line]
        fill = self.base
        if line == self.cursor_line:
            name = "file-list--cursor" if self.has_focus else "file-list--cursor-blurred"
            fill = fill + self.background(name)
        return strip_of(spread(self._left(row), *self._right(row), width), width, fill)

    def _left(self, row: FileRow) -> list[Piece]:
        mark = " " if not row.directory else "▾" if row.expanded else "▸"
        name = self.ink("file-list--directory" if row.directory else "file-list--file")
        return [(" " * row.depth + mark + " ", self.ink("file-list--guide")), (row.label, name)]

    def _right(self, row: FileRow) -> tuple[Piece, Piece]:
        style = "file-list--fresh" if row.fresh else "file-list--error" if row.error else "file-list--value"
        mode = "" if row.directory else ("r" if row.mode & 0o400 else "-") + ("w" if row.mode & 0o200 else "-")
        return (row.error or row.text, self.ink(style)), (f" {mode:<2}", self.ink("file-list--mode"))
