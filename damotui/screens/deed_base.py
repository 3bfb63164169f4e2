"""What all deeds work on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from damotui.screens.dialogs import ConfirmDialog
from damotui.session.outline import Kind, Row
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.main import MainScreen


class DeedBase:
    """One screen, with its session and its pacer.

    What can't be done raises InputError, which the screen shows.
    """

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._session = screen.session
        self._pacer = screen.pacer

    def _kdamond(self) -> int:
        return int(self._row().path[0])

    def _row(self) -> Row:
        row = self._screen.tree_pane.cursor_row
        if row is None:
            raise InputError(self._screen.tree_side.empty)
        if row.kind is Kind.DEBUGFS:
            raise InputError(f"{row.label} was started through debugfs: its files control it (F)")
        return row

    def _ask(self, question: str, deed: Callable[[], object]) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self._screen.attempt(deed)

        self._screen.app.push_screen(ConfirmDialog(question), answered)
