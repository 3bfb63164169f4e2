"""What is staged beside what is committed, with what runs otherwise than committed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from damotui.actions import Scope
from damotui.explain import Explanation
from damotui.screens.diff_deeds import DiffDeeds
from damotui.screens.main import MainScreen
from damotui.screens.side_screen import SideScreen
from damotui.session.diff_rows import DiffRow, diff_rows, nearest
from damotui.session.explained import node_explained
from damotui.session.tree import Path
from damotui.widgets.bindings import bindings_beside
from damotui.widgets.diff_lines import DiffLines, value_width
from engine.errors import InputError

_MARKS = Explanation(
    "What differs",
    "Each line is a field or an entry that is staged and not committed: c commits its kdamond, C all of them, "
    "Backspace stages what is committed. Entries that are equal are taken as the same, as many as keep their order; "
    "what is left between two of them is taken as edited.",
    (
        ("+", "an entry that was added, with all that is in it"),
        ("-", "an entry that was removed, with all that is in it"),
        ("~", "a value that was changed"),
        ("↕", "an entry that stands elsewhere in its list"),
        ("≈", "an interval that runs otherwise than committed, because it was tuned"),
    ),
)


class DiffScreen(SideScreen):
    """A line for each difference, by kdamond."""

    SCOPE = Scope.DIFF
    BINDINGS: ClassVar[list[BindingType]] = bindings_beside(Scope.DIFF)
    AUTO_FOCUS = "#differences"

    DEFAULT_CSS = """
    DiffScreen {
        layout: vertical;
        & #head { height: 1; background: $surface; color: $foreground 75%; }
    }
    """

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main)
        self.lines = DiffLines(id="differences")
        self._head = Static(id="head", markup=False)
        self._headline = ""
        self.deeds = DiffDeeds(self)

    def compose(self) -> ComposeResult:
        """The names of the columns, and the lines."""
        yield self._head
        yield self.lines
        yield from self.foot()

    def begin(self) -> None:
        """Nothing is asked for: frames bring it anyway."""

    def end(self) -> None:
        """Nothing was."""

    def show(self) -> None:
        """Show what differs now."""
        self.lines.show(diff_rows(self.session, self.main.live))
        width = self.lines.scrollable_content_region.width
        value = value_width(width)
        committed = "committed".ljust(value)
        headline = f"{' ' * max(width - 2 * (value + 1), 0)} {committed} staged"
        if headline != self._headline:
            self._headline = headline
            self._head.update(headline, layout=False)

    def action_perform(self, name: str, key: str = "") -> None:
        """Commit the kdamond that the cursor is at here, not in the tree."""
        if name == "commit":
            self.attempt(self._commit)
            self.follow()
        else:
            super().action_perform(name, key)

    @property
    def node(self) -> Path:
        """The node under the cursor."""
        row = self.lines.cursor_row
        return nearest(self.session, row) if row is not None else super().node

    def explanations(self) -> Sequence[Explanation]:
        """The node under the cursor, and what the marks mean."""
        row = self.lines.cursor_row
        path = nearest(self.session, row) if row is not None else ()
        return [*([node_explained(self.session, self.main.live, path)] if path else []), _MARKS]

    def row(self) -> DiffRow:
        """The line under the cursor; InputError if there is none."""
        row = self.lines.cursor_row
        if row is None:
            raise InputError("all that is staged is committed")
        return row

    def _commit(self) -> None:
        index = self.row().kdamond
        if index >= len(self.session.staged):
            raise InputError(f"kdamond {index} was removed: C commits that")
        if not self.session.uncommitted((index,)):
            raise InputError(f"nothing is staged for kdamond {index} that is not committed")
        self.session.commit(index)

    @on(DiffLines.RowChosen)
    def _row_chosen(self) -> None:
        self.action_perform("diff_go")

    @on(DiffLines.CursorMoved)
    def _cursor_moved(self) -> None:
        self.session.seal()
