"""What the actions do that choose how the heatmap looks."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from damotui.render.overlay import Marking
from damotui.render.raster import Combine
from damotui.render.scale import Scale
from damotui.render.showing import Showing
from damotui.screens.deed_base import DeedBase
from damotui.session.outline import scheme_at
from engine.errors import InputError
from themes import load_palette, palette_names

_Choice = TypeVar("_Choice", bound=StrEnum)
_SHOWN = {
    Showing.FOUND: "access rates as monitoring found them",
    Showing.TRUTH: "the truth: what a perfect monitor would find, from now on",
    Showing.DIFFERENCE: "found less the truth, from now on: blue is too little, orange too much",
    Showing.SORTED: "memory sorted by access rate, the hottest first",
}
_SCALED = {
    Scale.FIXED: "the highest colour is 100 %",
    Scale.AUTOMATIC: "the highest colour is the highest rate in view",
    Scale.PERCENTILE: "the highest colour is the 99th percentile of the rates in view",
}
_MARKED = {
    Marking.NOTHING: "no marks",
    Marking.ACTED: "marked where {} acted",
    Marking.MATCHES: "marked where {} would match",
    Marking.BOTH: "marked where {} acted, and where {} would match",
}


class LookDeeds(DeedBase):
    """Choose what the heatmap shows, and its colours."""

    def heat_view(self) -> None:
        """The next way to look at it."""
        heat = self._screen.map_pane.map
        heat.showing = _after(heat.showing)
        self._screen.show_map()
        self._screen.tell(_SHOWN[heat.showing])

    def heat_scale(self) -> None:
        """The next one."""
        heat = self._screen.map_pane.map
        heat.scale = _after(heat.scale)
        self._screen.tell(_SCALED[heat.scale])

    def heat_palette(self) -> None:
        """The next one."""
        heat, names = self._screen.map_pane.map, palette_names()
        heat.palette = names[(names.index(heat.palette) + 1) % len(names)]
        palette = load_palette(heat.palette)
        self._screen.tell(f"heatmap in {palette.name}{', safe for colour blindness' if palette.cvd_safe else ''}")

    def heat_combine(self) -> None:
        """Mean or highest."""
        heat = self._screen.map_pane.map
        heat.combine = _after(heat.combine)
        self._screen.tell(f"a cell shows the {'highest' if heat.combine is Combine.MAX else 'mean'} of what is in it")

    def sweep(self) -> None:
        """On or off."""
        heat = self._screen.map_pane.map
        if heat.transposed:
            raise InputError("a sweep needs time to run down: t turns the heatmap")
        heat.sweeps = not heat.sweeps
        self._screen.tell("the newest line is written over the oldest" if heat.sweeps else "the heatmap scrolls")

    def mark_schemes(self) -> None:
        """Other marks, of the scheme under the cursor or of all."""
        pane = self._screen.map_pane
        pane.marking = _after(pane.marking)
        self._screen.show_map()
        scheme = scheme_at(self._screen.tree_pane.cursor_row)
        who = "schemes" if scheme is None else f"scheme {scheme}"
        self._screen.tell(_MARKED[pane.marking].format(who, "one" if scheme is None else "it"))


def _after(one: _Choice) -> _Choice:
    """The next of its kind, and the first after the last."""
    every: list[_Choice] = [*type(one)]
    return every[(every.index(one) + 1) % len(every)]
