"""The two pictures of the tuning screen: the chart of access rate, age and size, and the heatmap."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from damotui.render.overlay import Overlay
from damotui.render.plane import Quantity
from damotui.screens.main import MainScreen
from damotui.session.marks import mapping_names
from damotui.session.tree import Path
from damotui.session.tuning.tuned import Outlook, Tuned
from damotui.widgets.heatmap_pane import HeatmapPane
from damotui.widgets.plane_chart import Charted, PlaneChart


class TuningPictures(Horizontal):
    """Draws what the staged pattern of a scheme encloses.

    Args:
        main: whose heatmap has the colours, and the figures are from.
        id: of the widget.
    """

    DEFAULT_CSS = """
    TuningPictures {
        & > PlaneChart { width: 1fr; height: 1fr; }
        & > HeatmapPane { width: 1fr; height: 1fr; }
    }
    """

    def __init__(self, main: MainScreen, *, id: str) -> None:
        super().__init__(id=id)
        self._main = main
        self.chart = PlaneChart(id="chart")
        self.map = HeatmapPane(id="map")
        self._charted: tuple[Outlook, Charted] | None = None

    def compose(self) -> ComposeResult:
        """Both of them."""
        yield self.chart
        yield self.map

    def on_mount(self) -> None:
        """Turn the map as the main one is."""
        self.map.map.transposed = self._main.map_pane.map.transposed

    def choose(self, *, chart: bool, heatmap: bool) -> None:
        """Show both, one, or none of them."""
        self.display = chart or heatmap
        self.chart.display, self.map.display = chart, heatmap

    def show(self, tuned: Tuned, outlook: Outlook | None, at: Path) -> None:
        """Show what there is now.

        Args:
            tuned: the scheme.
            outlook: what it would do; None while there is no aggregation.
            at: the value that the cursor is at.
        """
        self.map.map.palette = palette = self._main.map_pane.map.palette
        if self.chart.display:
            self.chart.show(self._charted_from(outlook), _bound(at), palette)
        if self.map.display:
            self._show_map(tuned)

    def _charted_from(self, outlook: Outlook | None) -> Charted | None:
        if outlook is None:
            return None
        if self._charted is None or self._charted[0] is not outlook:
            cut, unit = outlook.cut, outlook.context.addr_unit
            self._charted = (
                outlook,
                Charted(outlook.aggregation, outlook.scheme, cut.scorer, cut.min_score, unit),
            )
        return self._charted[1]

    def _show_map(self, tuned: Tuned) -> None:
        main, index = self._main, tuned.kdamond
        live, seen, running = main.live, main.seen, index in main.session.running
        if live.snapshot is None:
            return
        self.map.map.overlay = Overlay(tuned.index, patterns=(tuned.scheme,))
        last = seen.history.latest(index)
        self.map.show(
            seen.history,
            # What a kdamond has seen stays in sight while it is off.
            live.snapshot.time_us if running or last is None else last.end_us,
            index,
            reason=live.idle_because(index) if running else f"kdamond {index} is off, s starts it",
            marks=seen.marks.until(live.snapshot),
            names=mapping_names(live, index, main.session.staged[index]),
        )


def _bound(at: Path) -> tuple[Quantity, str] | None:
    """The bound of the pattern that a value is; None if it is none."""
    if len(at) < 8 or at[5] != "access_pattern":
        return None
    return Quantity(str(at[6])), str(at[7])
