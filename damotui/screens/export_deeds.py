"""What the action that saves what is shown does."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

from damotui.export.kinds import SUFFIXES, Shown, check_kind, save
from damotui.export.sheet import Sheet, Sheeted
from damotui.path_names import expanded
from damotui.screens.deed_base import DeedBase
from damotui.screens.name_dialog import NameDialog
from damotui.screens.new_file import check_new, free_name
from damotui.session.sheets import tree_sheet


class ExportDeeds(DeedBase):
    """Save the screen, or the figures behind the focused pane."""

    def export(self) -> None:
        """Under a name whose ending says how."""
        screen = self._screen.app.screen
        figures = self._figures(screen)
        shown = Shown(self._screen.app.export_screenshot(), _lines(screen), figures)

        def check(name: str) -> None:
            check_new(name)
            check_kind(name, shown)

        def chosen(name: str | None) -> None:
            if name:
                self._screen.attempt(lambda: self._save(name, shown))

        named = _name(screen, of_pane=screen is self._screen)
        title = f"Save what is shown; the ending says how: {' '.join(SUFFIXES)}"
        self._screen.app.push_screen(NameDialog(title, free_name(f"damotui-{named}.svg"), check), chosen)

    def _figures(self, screen: Screen[object]) -> Callable[[], Sheet] | None:
        if screen.focused is self._screen.tree_pane:
            return lambda: tree_sheet(self._session)
        places: tuple[object, ...] = (screen.focused, screen)
        return next((one.sheet for one in places if isinstance(one, Sheeted)), None)

    def _save(self, name: str, shown: Shown) -> None:
        save(expanded(name), shown)
        self._screen.tell(f"saved as {name}")


def _name(screen: Screen[object], *, of_pane: bool) -> str:
    focused = screen.focused if of_pane else None
    return (focused.id if focused is not None else None) or type(screen).__name__.removesuffix("Screen").lower()


def _lines(screen: Screen[object]) -> tuple[str, ...]:
    return tuple("".join(segment.text for segment in strip) for strip in screen._compositor.render_strips())
