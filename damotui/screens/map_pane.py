"""The heatmap as a pane of the main screen: with keys of its own."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from damotui.actions import Scope
from damotui.export.sheet import Sheet
from damotui.render.acted import ALL_SCHEMES
from damotui.render.cell_rows import COLUMNS, cell_rows
from damotui.widgets.bindings import bindings_for
from damotui.widgets.heatmap_pane import HeatmapPane
from engine.errors import InputError


class MapPane(HeatmapPane, can_focus=True, inherit_bindings=False):
    """The heatmap with its axes, focusable."""

    DEFAULT_CSS = """
    MapPane:focus HeatmapLegend { background: $primary 20%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.MAP)

    marking = False
    """Whether it is marked where schemes acted."""

    def sheet(self) -> Sheet:
        """The rate of each pixel."""
        picture = self.map.picture
        if picture is None or picture.empty:
            raise InputError("there is no aggregation yet, and so no figures")
        return Sheet("heatmap", COLUMNS, cell_rows(picture))

    def mark(self, scheme: int | None) -> None:
        """If marking is on, mark where this scheme acted; None stands for all of them."""
        self.map.overlay = None if not self.marking else ALL_SCHEMES if scheme is None else scheme
