"""The heatmap as a pane of the main screen: with keys of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from damotui.actions import Scope
from damotui.explain import Explanation
from damotui.export.sheet import Sheet
from damotui.render.cell_rows import COLUMNS, cell_rows
from damotui.render.legend import titles
from damotui.render.overlay import Marking
from damotui.render.showing import Showing
from damotui.session.readout import Readout
from damotui.session.readout_words import NOTHING_THERE, facts, laid_out
from damotui.widgets.bindings import bindings_for
from damotui.widgets.heatmap_pane import HeatmapPane
from engine.config.model import Scheme
from engine.errors import InputError
from themes import load_palette


class MapPane(HeatmapPane, can_focus=True, inherit_bindings=False):
    """The heatmap with its axes, focusable."""

    DEFAULT_CSS = """
    MapPane:focus HeatmapLegend { background: $primary 20%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.MAP)

    marking = Marking.NOTHING
    """What is marked of schemes."""
    _told: tuple[Readout | None, tuple[Scheme, ...]] = (None, ())

    def tell(self, readout: Readout | None, schemes: Sequence[Scheme]) -> None:
        """Show what is at the cursor.

        Args:
            readout: what is known of it; None for nothing.
            schemes: those that were asked whether they match.
        """
        self._told = readout, tuple(schemes)
        lines = 1 if self.has_class("-short") else 2
        told = (NOTHING_THERE,) if readout is None else facts(readout, schemes)
        self.readout.show(laid_out(told, self.size.width, lines))

    def on_resize(self, event: events.Resize) -> None:
        """Lay what is at the cursor out anew."""
        if self.map.cursor is not None:
            self.tell(*self._told)

    def explanations(self) -> Sequence[Explanation]:
        """What is at the cursor, then what the map shows."""
        from damotui.session.look_meanings import looks
        from damotui.session.map_meanings import explained

        picture = self.map.picture
        readout, schemes = self._told if self.map.cursor is not None else (None, ())
        said = explained(picture, self.map.combine, readout, schemes, self.map.grain_us)
        return said if picture is None or picture.empty else [*said, *looks(picture, load_palette(self.map.palette))]

    def sheet(self) -> Sheet:
        """The value of each pixel."""
        picture = self.map.picture
        if picture is None or picture.empty:
            raise InputError("there is no aggregation yet, and so no figures")
        view = "heatmap" if picture.showing is Showing.FOUND else f"heatmap-{picture.showing}"
        return Sheet(view, COLUMNS, cell_rows(picture), (("shows", titles(picture)[0]),))

    def mark(self, schemes: Sequence[Scheme], index: int | None) -> None:
        """Mark what is wanted of these schemes, or of that one."""
        self.map.overlay = self.marking.overlay(schemes, index)
