"""The list of all edits, to go back or forth any number of steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from damotui.widgets.history_list import HistoryList, history_rows


class HistoryDialog(ModalScreen[int | None]):
    """Gives the number of steps that are to be done, or None.

    Args:
        labels: of all steps, the oldest first.
        place: how many of them are done.
    """

    DEFAULT_CSS = """
    HistoryDialog {
        align: center middle;
        & > Vertical { width: 70; max-width: 94%; height: 80%; background: $panel; padding: 1 2; }
        & Static { padding-bottom: 1; height: auto; }
        & HistoryList { background: $panel; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,U", "dismiss(None)", "Close"),
        Binding("enter", "choose", "Go there"),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "end(0)", show=False),
        Binding("end,G", "end(1)", show=False),
    ]

    def __init__(self, labels: Sequence[str], place: int) -> None:
        super().__init__()
        self._labels, self._place = labels, place
        self._list = HistoryList()

    def compose(self) -> ComposeResult:
        """What it is, and the list."""
        with Vertical():
            yield Static("Edits: ▶ is where you are, Enter goes to another place", markup=False)
            yield self._list

    def on_mount(self) -> None:
        """Begin at the present."""
        self._list.show(history_rows(self._labels, self._place))
        self.call_after_refresh(self._list.move_to, self._place)

    def action_choose(self) -> None:
        """Go to where the cursor is."""
        self.dismiss(self._list.cursor_line)

    def action_move(self, lines: int) -> None:
        """Move the cursor."""
        self._list.move_by(lines)

    def action_page(self, pages: int) -> None:
        """Move the cursor by a page."""
        self._list.move_by_pages(pages)

    def action_end(self, last: int) -> None:
        """Move the cursor to the first or the last line."""
        self._list.move_to(last * len(self._labels))

    @on(HistoryList.RowChosen)
    def _row_chosen(self) -> None:
        self.action_choose()
