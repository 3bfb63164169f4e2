"""What the actions of the regions' screen do: one method for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from damotui.session.snapshot_order import Order
from damotui.widgets.region_panes import PANES

if TYPE_CHECKING:
    from damotui.screens.regions import RegionsScreen

_FAR = 10


class RegionDeeds:
    """Carries them out on one screen."""

    def __init__(self, screen: RegionsScreen) -> None:
        self._screen = screen

    def freeze_regions(self) -> None:
        """Stay, or follow."""
        self._screen.view.freeze(not self._screen.view.frozen)

    def regions_pause(self) -> None:
        """Let time stand, or pass."""
        self._screen.main.action_perform("pause")

    def older(self) -> None:
        """One back."""
        self._screen.view.step(-1)

    def newer(self) -> None:
        """One forth."""
        self._screen.view.step(1)

    def much_older(self) -> None:
        """Ten back."""
        self._screen.view.step(-_FAR)

    def much_newer(self) -> None:
        """Ten forth."""
        self._screen.view.step(_FAR)

    def region_up(self) -> None:
        """One line."""
        self._screen.table.move_by(-1)

    def region_down(self) -> None:
        """One line."""
        self._screen.table.move_by(1)

    def region_page_up(self) -> None:
        """One page."""
        self._screen.table.move_by_pages(-1)

    def region_page_down(self) -> None:
        """One page."""
        self._screen.table.move_by_pages(1)

    def region_first(self) -> None:
        """The first line."""
        self._screen.table.move_to(0)

    def region_last(self) -> None:
        """The last line."""
        self._screen.table.move_to(self._screen.table.nr_rows - 1)

    def sort_left(self) -> None:
        """The column before."""
        self._sort_by_next(-1)

    def sort_right(self) -> None:
        """The column after."""
        self._sort_by_next(1)

    def sort_reverse(self) -> None:
        """The other way round."""
        self._screen.sort(self._screen.view.order.reversed())

    def region_filter(self) -> None:
        """Type a description."""
        self._screen.find.open()

    def region_pane(self, key: str) -> None:
        """The pane of that number."""
        self._screen.choose_pane(int(key))

    def next_figures(self) -> None:
        """The pane after."""
        self._screen.choose_pane(self._screen.pane % (len(PANES) + 1) + 1)

    def previous_figures(self) -> None:
        """The pane before."""
        self._screen.choose_pane((self._screen.pane - 2) % (len(PANES) + 1) + 1)

    def cold_time(self) -> None:
        """The next idle time."""
        self._screen.view.next_cold()

    def leave_regions(self) -> None:
        """All regions again, or back."""
        if self._screen.view.filter.conditions or self._screen.view.trouble:
            self._screen.find.clear()
        else:
            self._screen.dismiss()

    def _sort_by_next(self, step: int) -> None:
        keys, key = self._screen.table.keys, self._screen.view.order.key
        at = keys.index(key) if key in keys else 0
        self._screen.sort(Order.natural(keys[(at + step) % len(keys)]))
