"""What the actions of the what-if do: one method for each."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from damotui.pacer.requests import Branch
from damotui.screens.dialogs import ConfirmDialog
from damotui.session.live import clock
from damotui.widgets.heatmap import Heatmap
from engine.errors import InputError
from themes import palette_names

if TYPE_CHECKING:
    from damotui.screens.whatif import WhatIfScreen
    from damotui.session.whatif import WhatIf

_Choice = TypeVar("_Choice", bound=StrEnum)


class WhatIfDeeds:
    """Carries them out on one screen."""

    def __init__(self, screen: WhatIfScreen) -> None:
        self._screen = screen

    # Branches

    def choose_a(self) -> None:
        """Turn to it."""
        self._choose(Branch.A)

    def choose_b(self) -> None:
        """Turn to it."""
        self._choose(Branch.B)

    def fork_here(self) -> None:
        """Begin one, with what is staged or with a copy."""
        self._screen.session.what_if()

    def keep_branch(self) -> None:
        """After asking: the other one is lost."""
        whatif, branch = self._running(), self._screen.session.branch
        since = clock(whatif.forked.time_us)
        question = f"Keep branch {branch.value}? What {branch.other.value} has come to since {since} is lost."
        if branch is Branch.B:
            question += " What is committed is then what B runs with."

        def answered(yes: bool | None) -> None:
            if yes:
                self._screen.attempt(lambda: self._screen.session.keep(branch))

        self._screen.app.push_screen(ConfirmDialog(question), answered)

    def leave_whatif(self) -> None:
        """Both go on."""
        self._screen.dismiss()

    # Figures

    def figure_up(self) -> None:
        """One line."""
        self._screen.table.move_by(-1)

    def figure_down(self) -> None:
        """One line."""
        self._screen.table.move_by(1)

    def figure_page_up(self) -> None:
        """One page."""
        self._screen.table.move_by_pages(-1)

    def figure_page_down(self) -> None:
        """One page."""
        self._screen.table.move_by_pages(1)

    # Heatmaps

    def both_earlier(self) -> None:
        """A tenth of a screen."""
        self._look(lambda heat: heat.scroll_time(-0.1))

    def both_later(self) -> None:
        """A tenth of a screen."""
        self._look(lambda heat: heat.scroll_time(0.1))

    def both_newest(self) -> None:
        """Follow."""
        self._look(lambda heat: heat.scroll_to_newest())

    def both_zoom_in(self) -> None:
        """Less time."""
        self._look(lambda heat: heat.zoom_time(1))

    def both_zoom_out(self) -> None:
        """More time."""
        self._look(lambda heat: heat.zoom_time(-1))

    def both_auto(self) -> None:
        """As much time as suits, and all addresses."""
        self._look(lambda heat: heat.auto_time())
        self._look(lambda heat: heat.show_all_addresses())

    def both_closer(self) -> None:
        """Less memory."""
        self._look(lambda heat: heat.zoom_addresses(1))

    def both_wider(self) -> None:
        """More memory."""
        self._look(lambda heat: heat.zoom_addresses(-1))

    def both_lower(self) -> None:
        """A tenth of a screen."""
        self._look(lambda heat: heat.pan_addresses(Fraction(-1, 10)))

    def both_higher(self) -> None:
        """A tenth of a screen."""
        self._look(lambda heat: heat.pan_addresses(Fraction(1, 10)))

    def both_turn(self) -> None:
        """Time down or across."""
        for heat in self._heats:
            heat.transposed = not heat.transposed

    def both_view(self) -> None:
        """What is shown of the aggregations."""
        for heat in self._heats:
            heat.showing = _after(heat.showing)
        self._screen.tell(f"heatmaps show: {self._heats[0].showing.value}")

    def both_scale(self) -> None:
        """What the highest colour stands for."""
        for heat in self._heats:
            heat.scale = _after(heat.scale)
        self._screen.tell(f"scale of colours: {self._heats[0].scale.value}, one for both heatmaps")

    def both_palette(self) -> None:
        """Other colours."""
        names = palette_names()
        for heat in self._heats:
            heat.palette = names[(names.index(heat.palette) + 1) % len(names)]
        self._screen.tell(f"heatmaps in {self._heats[0].palette}")

    # What they share

    def _running(self) -> WhatIf:
        if self._screen.whatif is None:
            raise InputError(f"no what-if runs: {self._screen.main.keymap.key('fork_here')} begins one")
        return self._screen.whatif

    @property
    def _heats(self) -> list[Heatmap]:
        self._running()  # without one, they can't be seen
        return [pane.map for pane in self._screen.panes.values()]

    def _choose(self, branch: Branch) -> None:
        main = self._screen.main
        main.seen.look_at(branch)
        main.staged_changed()

    def _look(self, move: Callable[[Heatmap], object]) -> None:
        """Move one of the maps: the other one goes along, as both look at the same time and addresses."""
        heats = self._heats
        move(self._screen.panes[self._screen.session.branch].map)
        for heat in heats:
            heat.paint()


def _after(one: _Choice) -> _Choice:
    """The next of its kind, and the first after the last."""
    every: list[_Choice] = [*type(one)]
    return every[(every.index(one) + 1) % len(every)]
