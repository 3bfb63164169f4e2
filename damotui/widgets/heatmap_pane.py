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
from damotui.render.view import Picture, TimeMark
from damotui.widgets.heatmap import Heatmap
from damotui.widgets.heatmap_axes import AxisPanel, HeatmapLegend

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
        & .heatmap--bottom {{ display: none; }}
        &.-transposed .heatmap--top {{ display: none; }}
        &.-transposed .heatmap--bottom {{ display: block; }}
        &.-transposed AxisPanel.heatmap--side {{ width: {axes.ADDRESS_WIDTH}; }}
        &.-narrow AxisPanel.heatmap--side {{ display: none; }}
        &.-short .heatmap--across, &.-short HeatmapLegend {{ display: none; }}
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
        self._legend = HeatmapLegend()
        self._names: tuple[RangeName, ...] = ()
        self._marks: tuple[tuple[int, str], ...] = ()

    def compose(self) -> ComposeResult:
        """Axes around the map."""
        with Horizontal(classes="heatmap--across heatmap--top"):
            yield AxisPanel(classes="heatmap--side heatmap--corner")
            yield self._top
        with Horizontal():
            yield self._left
            yield self.map
        with Horizontal(classes="heatmap--across heatmap--bottom"):
            yield AxisPanel(classes="heatmap--side heatmap--corner")
            yield self._bottom
        yield self._legend

    def on_mount(self) -> None:
        """Lays the axes out as the map is turned."""
        self.watch(self.map, "transposed", self._turn)

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
        """
        marked = tuple((mark.time_us, mark.text) for mark in marks)
        named = tuple(names)
        if marked != self._marks or named != self._names:
            self._marks, self._names = marked, named
            if self.map.picture is not None:
                self._show_axes(self.map.picture)
        self.map.show(history, now_us, kdamond, context, reason=reason)

    def on_resize(self, event: events.Resize) -> None:
        """Drops axes that leave the map too little room."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.set_class(event.size.height < SHORT, "-short")

    @on(Heatmap.Painted)
    def _painted(self, event: Heatmap.Painted) -> None:
        event.stop()
        self._show_axes(event.picture)

    @on(Heatmap.Pointed)
    def _pointed(self, event: Heatmap.Pointed) -> None:
        self._legend.point(event.cell)

    def _turn(self, transposed: bool) -> None:
        self.set_class(transposed, "-transposed")

    def _show_axes(self, picture: Picture) -> None:
        width, height = self.map.size
        if picture.empty:
            for panel in (self._left, self._top, self._bottom):
                panel.show(Canvas(0, 0))
        elif picture.transposed:
            self._left.show(axes.address_down(picture.layout, height, self._names))
            _show_across(self._bottom, axes.time_across(picture.window, width, self._marks))
        else:
            self._left.show(axes.time_down(picture.window, height, self._marks))
            _show_across(self._top, axes.address_across(picture.layout, width, self._names))
        self._legend.show(picture, self.map.palette, self.map.drawn_mode)


def _show_across(panel: AxisPanel, canvas: Canvas) -> None:
    if panel.styles.height is None or panel.styles.height.value != canvas.height:
        panel.styles.height = canvas.height
    panel.show(canvas)
