"""What the actions of the files screen do: one method for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from damotui.session.files_view import FileRow, real_path, typable
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.files import FilesScreen


class FileDeeds:
    """Carries them out on one screen."""

    def __init__(self, screen: FilesScreen) -> None:
        self._screen = screen

    def file_up(self) -> None:
        """One line."""
        self._screen.list.move_by(-1)

    def file_down(self) -> None:
        """One line."""
        self._screen.list.move_by(1)

    def file_page_up(self) -> None:
        """One page."""
        self._screen.list.move_by_pages(-1)

    def file_page_down(self) -> None:
        """One page."""
        self._screen.list.move_by_pages(1)

    def file_first(self) -> None:
        """The first line."""
        self._screen.list.move_to(0)

    def file_last(self) -> None:
        """The last line."""
        self._screen.list.move_to(len(self._screen.list.rows) - 1)

    def file_fold(self) -> None:
        """The directory, or to the one that it is in."""
        row = self._row()
        if row.expanded and not self._screen.view.find:
            self._screen.set_expanded(row.path, False)
        else:
            self._screen.list.move_to_head()

    def file_unfold(self) -> None:
        """The directory, or into it."""
        row = self._row()
        if row.directory and not row.expanded:
            self._screen.set_expanded(row.path, True)
        elif row.directory:
            self._screen.list.move_by(1)

    def content_up(self) -> None:
        """A few lines."""
        self._screen.detail.move_by(-5)

    def content_down(self) -> None:
        """A few lines."""
        self._screen.detail.move_by(5)

    def file_open(self) -> None:
        """Type what is to be written; a directory folds or unfolds."""
        row = self._row()
        if row.directory:
            self._screen.set_expanded(row.path, not row.expanded)
            return
        if not row.mode & 0o200:
            raise InputError(f"{row.label} can only be read")
        seen = self._screen.view.detail
        text = typable(seen.text) if seen is not None else ""
        self._screen.writer.open(text, [write.text for write in self._screen.view.writes(row.path)])
        self._screen.show_keys()

    def file_find(self) -> None:
        """Type a part of the names."""
        self._screen.find.open()

    def file_copy(self) -> None:
        """To the terminal's clipboard."""
        path = real_path(self._row().path)
        self._screen.app.copy_to_clipboard(path)
        self._screen.tell(f"copied {path}")

    def file_reread(self) -> None:
        """All that is shown."""
        self._screen.reread()

    def leave_files(self) -> None:
        """All names again, or back."""
        if self._screen.view.find:
            self._screen.find.clear()
        else:
            self._screen.dismiss()

    def write(self) -> None:
        """What is typed."""
        self._screen.writer.enter()

    def write_leave(self) -> None:
        """Nothing."""
        self._screen.writer.close()

    def write_before(self) -> None:
        """What was written before."""
        self._screen.writer.move_by(-1)

    def write_after(self) -> None:
        """What was written after that."""
        self._screen.writer.move_by(1)

    def _row(self) -> FileRow:
        row = self._screen.list.cursor_row
        if row is None:
            raise InputError("there is no file here")
        return row
