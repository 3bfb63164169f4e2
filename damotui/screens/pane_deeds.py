"""Go from pane to pane, and let one of them have the whole screen."""

from __future__ import annotations

from textual.widget import Widget

from damotui.actions import Scope
from damotui.screens.deed_base import DeedBase


class PaneDeeds(DeedBase):
    """The panes of the main screen, as a whole."""

    def maximise(self) -> None:
        """The focused pane, or all of them again."""
        screen = self._screen
        if not screen.restore():
            screen.maximized = self._pane(screen.focused_scope)

    def go_tree(self) -> None:
        """The tree."""
        self._go(self._screen.tree_pane)

    def go_map(self) -> None:
        """The heatmap."""
        self._go(self._screen.map_pane)

    def go_schemes(self) -> None:
        """The scheme statistics."""
        self._go(self._screen.scheme_pane)

    def _go(self, focused: Widget) -> None:
        screen = self._screen
        focused.focus()
        if screen.maximized is not None:
            screen.maximized = screen.tree_side if focused is screen.tree_pane else focused

    def _pane(self, scope: Scope) -> Widget:
        screen = self._screen
        panes: dict[Scope, Widget] = {Scope.MAP: screen.map_pane, Scope.SCHEMES: screen.scheme_pane}
        return panes.get(scope, screen.tree_side)
