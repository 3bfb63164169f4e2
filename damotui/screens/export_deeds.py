"""What the action that saves what is shown does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from textual.screen import Screen

from damotui.export.kinds import SUFFIXES, Shown, check_kind, save
from damotui.export.sheet import Sheet, Sheeted
from damotui.screens.deed_base import DeedBase
from damotui.screens.name_dialog import NameDialog
from damotui.session.sheets import tree_sheet
from engine.errors import InputError


class ExportDeeds(DeedBase):
    """Save the screen, or the figures behind the focused pane."""

    def export(self) -> None:
        """Under a name whose ending says how."""
        screen = self._screen.app.screen
        figures = self._figures(screen)
        shown = Shown(self._screen.app.export_screenshot(), _lines(screen), figures)

        def check(name: str) -> None:
            _check_place(name)
            check_kind(name, shown)

        def chosen(name: str | None) -> None:
            if name:
                self._screen.attempt(lambda: self._save(name, shown))

        title = f"Save what is shown; the ending says how: {' '.join(SUFFIXES)}"
        self._screen.app.push_screen(NameDialog(title, f"damotui-{_name(screen)}.svg", check), chosen)

    def _figures(self, screen: Screen[object]) -> Callable[[], Sheet] | None:
        if screen.focused is self._screen.tree_pane:
            return lambda: tree_sheet(self._session)
        places: tuple[object, ...] = (screen.focused, screen)
        return next((one.sheet for one in places if isinstance(one, Sheeted)), None)

    def _save(self, name: str, shown: Shown) -> None:
        save(_path(name), shown)
        self._screen.tell(f"saved as {name}")


def _name(screen: Screen[object]) -> str:
    named = screen.focused if screen.focused is not None and screen.focused.id else screen
    return named.id or type(screen).__name__.removesuffix("Screen").lower()


def _lines(screen: Screen[object]) -> tuple[str, ...]:
    return tuple("".join(segment.text for segment in strip) for strip in screen._compositor.render_strips())


def _path(name: str) -> Path:
    return Path(os.path.expanduser(name))


def _check_place(name: str) -> None:
    path = _path(name)
    if not name.strip():
        raise InputError("give a name")
    if os.path.lexists(path):
        raise InputError(f"{name} is there already and stays as it is: give another name")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(f"there is no directory {str(path.parent)!r} that may be written")
