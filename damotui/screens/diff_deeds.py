"""What the actions do where staged and committed stand side by side: one method for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from damotui.session.diff import Mark
from damotui.session.diff_rows import nearest
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.diff import DiffScreen


class DiffDeeds:
    """Carries them out on one screen."""

    def __init__(self, screen: DiffScreen) -> None:
        self._screen = screen

    def diff_up(self) -> None:
        """One line."""
        self._screen.lines.move_by(-1)

    def diff_down(self) -> None:
        """One line."""
        self._screen.lines.move_by(1)

    def diff_page_up(self) -> None:
        """One page."""
        self._screen.lines.move_by_pages(-1)

    def diff_page_down(self) -> None:
        """One page."""
        self._screen.lines.move_by_pages(1)

    def diff_first(self) -> None:
        """The first line."""
        self._screen.lines.move_to(0)

    def diff_last(self) -> None:
        """The last line."""
        self._screen.lines.move_to(len(self._screen.lines.rows) - 1)

    def diff_go(self) -> None:
        """Leave, with the cursor of the tree at the node."""
        path = nearest(self._screen.session, self._screen.row())
        main = self._screen.main
        self._screen.dismiss()
        if path:
            main.call_after_refresh(main.tree_side.go_to, path)

    def diff_revert(self) -> None:
        """What is committed, in place of what is staged."""
        row, session = self._screen.row(), self._screen.session
        change = row.change
        if change is not None and change.mark is Mark.RUNS:
            raise InputError("this is as it is committed, and only runs otherwise: there is nothing to revert")
        path = (row.kdamond,) if change is None else change.after
        if path is not None and int(path[0]) < len(session.staged):
            done = session.revert(path)
        else:
            done = session.restore((row.kdamond,) if change is None or change.before is None else change.before)
        self._screen.tell(f"{done}: u takes that back")

    def leave_diff(self) -> None:
        """To the heatmap."""
        self._screen.dismiss()
