"""A heat map with its axes and legend."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from damotui.render import axes
from damotui.render.canvas import Canvas
from damotui.render.history import History
from damotui.render.layout import RangeName
from damotui.render.place_axis import behind, pointed_across, pointed_down, with_thumb
from damotui.render.places import Cursor, cell_of
from damotui.render.share_axis import sorted_across, sorted_down
from damotui.render.showing import Showing
from damotui.render.sweep_axis import time_swept
from damotui.render.view import Picture, TimeMark
from damotui.widgets.heatmap import Heatmap
from damotui.widgets.heatmap_axes import AxisPanel, HeatmapLegend
from damotui.widgets.map_overview import WIDTH_DOWN, MapOverview
from damotui.widgets.readout_lines import ReadoutLines
from damotui.widgets.terminal_colours import ColourMode

NARROW, SHORT = 40, 9
"""Below this many columns, or lines, the axes give way to the map."""


class HeatmapPane(Vertical):
    """The map with an address axis, a time axis and a legend. Settings are reactives of `map`."""

    DEFAULT_CSS = f"""
    HeatmapPane {{
        background: $surface;
        & AxisPanel, & HeatmapLegend {{ background: $surface; }}
        & AxisPanel {{ width: 1fr; }}
        & .heatmap--across {{ height: auto; }}
        & .heatmap--across > AxisPanel {{ height: 2; }}
        & AxisPanel.heatmap--side {{ width: {axes.TIME_WIDTH}; }}
        & AxisPanel.heatmap--corner {{ height: 1; }}
        & .heatmap--bottom, & MapOverview, & .heatmap--below, & ReadoutLines {{ display: none; }}
        & MapOverview {{ width: 1fr; height: 1; background: $surface; }}
        & .heatmap--below {{ height: 1; }}
        &.-transposed .heatmap--top {{ display: none; }}
        &.-transposed .heatmap--bottom {{ display: block; }}
        &.-transposed AxisPanel.heatmap--side {{ width: {axes.ADDRESS_WIDTH}; }}
        &.-part .heatmap--below, &.-part .heatmap--below > MapOverview {{ display: block; }}
        &.-transposed .heatmap--below {{ display: none; }}
        &.-part.-transposed .heatmap--beside {{ display: block; width: {WIDTH_DOWN}; height: 1fr; }}
        &.-narrow AxisPanel.heatmap--side {{ display: none; }}
        &.-short .heatmap--across, &.-short HeatmapLegend, &.-short .heatmap--below {{ display: none; }}
        &.-reading HeatmapLegend {{ display: none; }}
        & ReadoutLines {{ background: $surface; }}
        &.-reading ReadoutLines {{ display: block; }}
        &.-short ReadoutLines {{ height: 1; }}
    }}
    """

    def __init__(
        self, *, reference: bool = False, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        """Makes a pane that shows nothing yet.

        Args:
            reference: Draw the map by public API only, which is several times slower.
            name: The name of the widget.
            id: The ID of the widget in the DOM.
            classes: The CSS classes for the widget.
        """
        super().__init__(name=name, id=id, classes=classes)
        self.map = Heatmap(reference=reference)
        self._left = AxisPanel(classes="heatmap--side")
        self._top = AxisPanel()
        self._bottom = AxisPanel()
        self._across = MapOverview(down=False)
        self._beside = MapOverview(down=True)
        self._beside.add_class("heatmap--beside")
        self._legend = HeatmapLegend()
        self._corners = [AxisPanel(classes="heatmap--side heatmap--corner") for _ in range(2)]
        self.readout = ReadoutLines()
        self._names: tuple[RangeName, ...] = ()
        self._marks: tuple[tuple[int, str], ...] = ()

    def compose(self) -> ComposeResult:
        """Axes around the map."""
        with Horizontal(classes="heatmap--across heatmap--top"):
            yield self._corners[0]
            yield self._top
        with Horizontal():
            yield self._left
            yield self.map
            yield self._beside
        with Horizontal(classes="heatmap--below"):
            yield AxisPanel(classes="heatmap--side heatmap--corner")
            yield self._across
        with Horizontal(classes="heatmap--across heatmap--bottom"):
            yield self._corners[1]
            yield self._bottom
        yield self._legend
        yield self.readout

    def on_mount(self) -> None:
        """Lays the axes out as the map is turned."""
        self.watch(self.map, "transposed", self._turn)
        self.watch(self.map, "cursor", self._read)

    def show(
        self,
        history: History,
        now_us: int,
        kdamond: int = 0,
        context: int = 0,
        *,
        reason: str = "",
        marks: Sequence[TimeMark] = (),
        names: Sequence[RangeName] = (),
        truth: History | None = None,
    ) -> None:
        """Shows the newest of a context.

        Args:
            history: The aggregations. It must not be written to by another thread.
            now_us: The present, in simulated microseconds.
            kdamond: Index of the kdamond.
            context: Index of the context.
            reason: Why there may be nothing to show, such as "kdamond 0 is off".
            marks: Times to point out.
            names: What ranges of addresses are called.
            truth: The truth beside the aggregations, if it is known.
        """
        marked = tuple((mark.time_us, mark.text) for mark in marks)
        named = tuple(names)
        if marked != self._marks or named != self._names:
            self._marks, self._names = marked, named
            if self.map.picture is not None:
                self._show_axes(self.map.picture)
        self.map.show(history, now_us, kdamond, context, reason=reason, truth=truth)

    def on_resize(self, event: events.Resize) -> None:
        """Drops axes that leave the map too little room."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.set_class(event.size.height < SHORT, "-short")

    @on(Heatmap.Painted)
    def _painted(self, event: Heatmap.Painted) -> None:
        self._show_axes(event.picture)

    @on(Heatmap.Pointed)
    def _pointed(self, event: Heatmap.Pointed) -> None:
        self._legend.point(event.cell)

    @on(MapOverview.Sought)
    def _sought(self, event: MapOverview.Sought) -> None:
        event.stop()
        self.map.center_addresses(event.target, event.address)

    def _read(self, cursor: Cursor | None) -> None:
        self.set_class(cursor is not None, "-reading")

    def _turn(self, transposed: bool) -> None:
        self.set_class(transposed, "-transposed")

    def _show_axes(self, picture: Picture) -> None:
        width, height = self.map.size
        pointed = None if self.map.cursor is None else cell_of(picture, self.map.cursor)
        if picture.empty:
            for panel in (self._left, self._top, self._bottom, *self._corners):
                panel.show(Canvas(0, 0))
        elif picture.transposed:
            self._left.show(pointed_down(self._addresses_down(picture, height), pointed))
            _show_across(self._bottom, pointed_across(axes.time_across(picture.window, width, self._marks), 0, pointed))
        else:
            self._left.show(pointed_down(self._time_down(picture, height), pointed))
            _show_across(self._top, pointed_across(self._addresses_across(picture, width), 1, pointed))
        if not picture.empty:
            self._show_place(picture)
        self._legend.show(picture, self.map.palette, self.map.drawn_mode)

    def _show_place(self, picture: Picture) -> None:
        """How far back the map is, and which part of all addresses it shows."""
        behind_us = self.map.behind_us
        for corner in self._corners:
            corner.show(behind(behind_us, corner.size.width))
        side = self._beside if picture.transposed else self._across
        overview = self.map.overview(picture.rates.shape[0] // 2 if picture.transposed else picture.rates.shape[1])
        self.set_class(overview is not None, "-part")
        if overview is not None:
            mode = self.map.drawn_mode
            table = self.map.cell_table(overview.picture)
            side.show(overview, table, colours=mode.has_colours, ascii=mode is ColourMode.ASCII)

    def _time_down(self, picture: Picture, height: int) -> Canvas:
        if picture.sweep is not None:
            return time_swept(picture.window, picture.sweep, self._marks)
        return with_thumb(axes.time_down(picture.window, height, self._marks), picture.window, *self.map.session_us)

    def _addresses_down(self, picture: Picture, height: int) -> Canvas:
        if picture.showing is Showing.SORTED:
            return sorted_down(picture.layout, height)
        return axes.address_down(picture.layout, height, self._names)

    def _addresses_across(self, picture: Picture, width: int) -> Canvas:
        if picture.showing is Showing.SORTED:
            # As many lines as with addresses: the map keeps its height.
            return sorted_across(picture.layout, width, 3 if self._names else 2)
        return axes.address_across(picture.layout, width, self._names)


def _show_across(panel: AxisPanel, canvas: Canvas) -> None:
    if panel.styles.height is None or panel.styles.height.value != canvas.height:
        panel.styles.height = canvas.height
    panel.show(canvas)
