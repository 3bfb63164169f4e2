"""The kernel's files: all of them in a tree, and what the one under the cursor says and means."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from damotui.actions import Scope
from damotui.pacer.requests import WatchFiles
from damotui.screens.file_deeds import FileDeeds
from damotui.screens.main import MainScreen
from damotui.screens.side_screen import SideScreen
from damotui.session.files_view import typed
from damotui.widgets.bindings import bindings_beside
from damotui.widgets.file_detail import FileDetail
from damotui.widgets.file_list import FileList
from damotui.widgets.file_writer import FileWriter
from damotui.widgets.find_line import FindLine

_ANSWERS = ((0, 2), (20, 4), (40, 10))
"""From which height of the screen on how many answers are shown."""


class FilesScreen(SideScreen):
    """Browse, read and write the files of the simulated kernel, which follow time and what is staged."""

    SCOPE = Scope.FILES
    BINDINGS: ClassVar[list[BindingType]] = bindings_beside(Scope.FILES)
    AUTO_FOCUS = "#files"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (64, "-narrow"), (100, "-medium"), (160, "-wide")]  # noqa: RUF012

    DEFAULT_CSS = """
    FilesScreen {
        layout: vertical;
        & #body { height: 1fr; }
        & #left { width: 50%; min-width: 24; padding-right: 1; background: $background; }
        & #right { width: 1fr; padding: 0 1; background: $surface; }
        &.-tiny #body { layout: vertical; }
        &.-tiny #left { width: 100%; height: 50%; }
        &.-tiny #right { width: 100%; height: 1fr; }
        &.-medium #left { width: 46%; }
        &.-wide #left { width: 80; }
    }
    """

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main)
        self.view = main.seen.files
        self.list = FileList(id="files")
        self.detail = FileDetail(id="detail")
        self.writer = FileWriter(id="writer")
        self.find = FindLine(id="find")
        self.deeds = FileDeeds(self)
        self._asked = WatchFiles()
        self._written = 0
        """Ticket of the write whose answer the line waits for; 0 for none."""
        self._placed = False

    def compose(self) -> ComposeResult:
        """The list at the left, the file at the right."""
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield self.list
                yield self.find
            with Vertical(id="right"):
                yield self.detail
                yield self.writer
        yield from self.foot()

    def begin(self) -> None:
        """Ask for the files."""
        self.view.is_open = True
        self.view.find = ""
        self.ask()

    def end(self) -> None:
        """Ask for no more."""
        self.view.is_open = False
        self.session.watch_files(self.view.watch)

    def ask(self) -> None:
        """Ask for what is to be shown, if that is something else now."""
        if self.view.watch != self._asked:
            self._asked = self.view.watch
            self.session.watch_files(self._asked)

    def reread(self) -> None:
        """Ask for all of it again."""
        self.session.watch_files(self._asked)

    def show(self) -> None:
        """Show what the last frame told."""
        rows = self.view.rows()
        self.list.show_empty(f"no name holds {self.view.find!r}" if self.view.find else "")
        self.list.show(rows)
        self._go_to_hit()
        self._follow_cursor()
        seen = self.view.detail
        path = self.view.selected
        self.detail.show(seen, self.view.values(path), fresh=self.view.is_fresh(path))
        self._await_answer()
        self.writer.show(
            self.view.writes(self.view.selected),
            self._hint(),
            seen.about.accepts if seen else "",
            paused=self.main.pacer.paused,
            most=max(most for height, most in _ANSWERS if self.size.height >= height),
        )

    @property
    def scope(self) -> Scope:
        """Where the keys work that are in force now."""
        return Scope.WRITE if self.writer.is_open else Scope.FILES

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is typed, its line has the keys."""
        if action == "perform":
            return not (self.writer.has_focus_within or self.find.has_focus_within)
        return True

    def write(self, text: str) -> None:
        """Write what was typed to the selected file."""
        path = self.view.selected
        ticket = self.session.write_file(path, typed(text))
        self.view.note_write(path, text, ticket)
        self._written = ticket
        self.reread()
        self.follow()

    def set_expanded(self, path: str, expanded: bool) -> None:
        """Fold or unfold a directory."""
        self.view.set_expanded(path, expanded)
        self.ask()
        self.follow()

    def _hint(self) -> str:
        seen = self.view.detail
        if self.view.cut:
            return "There are more files than could be looked through."
        if self.writer.is_open:
            return r"\n begins another line"
        return "Enter writes to it" if seen is not None and not seen.directory and seen.mode & 0o200 else ""

    def _follow_cursor(self) -> None:
        """What the cursor is at is selected; at first, the cursor goes to what was selected before."""
        if not self._placed and self.list.rows:
            self._placed = True
            self.list.move_to_path(self.view.selected)
        row = self.list.cursor_row
        if row is not None and row.path != self.view.selected:
            self.view.selected = row.path
            self._written = 0
            self.writer.close()  # what is typed there is for another file
            self.ask()

    def _go_to_hit(self) -> None:
        """While something is typed to be found, the cursor is at the first of what was."""
        wanted = self.view.find.lower()
        if not (wanted and self.find.has_focus_within):
            return
        hits = (
            at for at, row in enumerate(self.list.rows) if wanted in (row.path if "/" in wanted else row.name).lower()
        )
        at = next(hits, None)
        if at is not None:
            self.list.move_to(at)

    def _await_answer(self) -> None:
        """Leave the line when what was typed was taken; what was refused stays, to be mended."""
        if not self._written:
            return
        for write in self.view.writes(self.view.selected):
            if write.ticket == self._written and (write.waits or write.written or write.failure):
                self._written = 0
                if not (write.failure or (write.written and write.written.error)):
                    self.writer.close()

    @on(FileList.CursorMoved)
    def _cursor_moved(self) -> None:
        self.follow()

    @on(FileList.RowChosen)
    def _row_chosen(self) -> None:
        self.action_perform("file_open")

    @on(FileList.FoldClicked)
    def _fold_clicked(self, event: FileList.FoldClicked) -> None:
        self.set_expanded(event.row.path, not event.row.expanded)

    @on(FileWriter.Entered)
    def _entered(self, event: FileWriter.Entered) -> None:
        self.attempt(lambda: self.write(event.text))

    @on(FileWriter.Closed)
    def _writer_closed(self) -> None:
        self.set_focus(self.list)
        self.show_keys()
        self.follow()

    @on(FindLine.Changed)
    def _find_changed(self, event: FindLine.Changed) -> None:
        self.view.find = event.text
        self.ask()
        self.follow()

    @on(FindLine.Left)
    def _find_left(self) -> None:
        self.set_focus(self.list)
        self.show_keys()
