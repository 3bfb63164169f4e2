"""The heatmap as a pane of the main screen: with keys of its own."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from damotui.actions import Scope
from damotui.widgets.bindings import bindings_for
from damotui.widgets.heatmap_pane import HeatmapPane


class MapPane(HeatmapPane, can_focus=True, inherit_bindings=False):
    """The heatmap with its axes, focusable."""

    DEFAULT_CSS = """
    MapPane:focus HeatmapLegend { background: $primary 20%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.MAP)
