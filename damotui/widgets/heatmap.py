"""The heat map itself: a rectangle of pixels, two to a cell, drawn through Textual's line API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from damotui.render.cells import CellTable
from damotui.render.crosshair import Glyphs, crosshair, outline
from damotui.render.history import History
from damotui.render.overlay import Overlay
from damotui.render.places import cell_of
from damotui.render.raster import Combine
from damotui.render.scale import Scale
from damotui.render.showing import Showing
from damotui.render.view import CellInfo, Picture
from damotui.widgets.backpressure import FrameGate, LinkMeter, pending_writes
from damotui.widgets.drawn_over import DrawnOver
from damotui.widgets.map_mouse import MapMouse
from damotui.widgets.map_navigation import Shown
from damotui.widgets.map_rows import MapRows, changed_regions
from damotui.widgets.terminal_colours import ColourMode, cell_table, colour_mode
from themes import load_palette

RETRY_SECONDS = 1 / 30
"""When to look again, after the terminal was not ready or the frame not complete."""


class Heatmap(MapMouse):
    """Access rates over time and addresses.

    The map has no border, padding, tint or opacity of its own: it bypasses what would draw them. Put those on a
    parent. It draws `NO_COLOR` and ANSI themes itself (see `terminal_colours`).
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"heatmap--empty", "heatmap--marker", "heatmap--cursor"}
    """
    | Class | Description |
    | :- | :- |
    | `heatmap--empty` | The sentence in a map without aggregations. |
    | `heatmap--marker` | The signs at folded gaps and between targets. |
    | `heatmap--cursor` | The cursor, and the box that the mouse draws. |
    """

    DEFAULT_CSS = """
    Heatmap {
        width: 1fr;
        height: 1fr;
        background: $surface;
        & > .heatmap--empty { color: $text-muted; }
        & > .heatmap--marker { color: $foreground 35%; }
        & > .heatmap--cursor { color: $background; background: $accent; text-style: bold; }
    }
    """

    palette: reactive[str] = reactive("inferno")
    """Name of the heat palette."""
    transposed: reactive[bool] = reactive(False)
    """False: time runs down and addresses across."""
    showing: reactive[Showing] = reactive(Showing.FOUND)
    """What is shown of the aggregations."""
    scale: reactive[Scale] = reactive(Scale.FIXED)
    """What the highest colour stands for."""
    sweeps: reactive[bool] = reactive(False)
    """While time runs down, whether the newest is written over the oldest instead of moving all that is above it."""
    combine: reactive[Combine] = reactive(Combine.MEAN)
    """What becomes of several rates in one pixel."""
    target: reactive[int | None] = reactive(None)
    """Index of the only target shown; None shows all side by side."""
    overlay: reactive[Overlay | None] = reactive(None)
    """What is marked of schemes; None for no marks."""
    mode: reactive[ColourMode | None] = reactive(None)
    """How to draw; None finds out what the terminal can do."""

    @dataclass
    class Painted(Message):
        """A frame was made.

        Attributes:
            heatmap: The map.
            picture: What it shows.
        """

        heatmap: Heatmap
        picture: Picture

        @property
        def control(self) -> Heatmap:
            """The map."""
            return self.heatmap

        def can_replace(self, message: Message) -> bool:
            """Only the newest frame matters."""
            return isinstance(message, Heatmap.Painted) and message.heatmap is self.heatmap

    @dataclass
    class Pointed(Message):
        """The mouse is over a cell, or left the map.

        Attributes:
            heatmap: The map.
            cell: What is there; None without data, at a marker, or outside.
        """

        heatmap: Heatmap
        cell: CellInfo | None

        @property
        def control(self) -> Heatmap:
            """The map."""
            return self.heatmap

        def can_replace(self, message: Message) -> bool:
            """Only the newest place matters."""
            return isinstance(message, Heatmap.Pointed) and message.heatmap is self.heatmap

    def __init__(
        self,
        *,
        reference: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Makes a map that shows nothing yet.

        Args:
            reference: Draw by public API only, which is several times slower.
            name: The name of the widget.
            id: The ID of the widget in the DOM.
            classes: The CSS classes for the widget.
            disabled: Whether the widget is disabled or not.
        """
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.nr_frames = 0
        """Frames made so far."""
        self.nr_skipped = 0
        """Frames not made because the terminal had not taken the one before."""
        self.link = LinkMeter()
        """How many frames the terminal takes, if it is slow."""
        self._rows = MapRows(reference=reference)
        self._over = DrawnOver()
        self._sign: Style | None = None
        self._strips: list[Strip] = []
        self._painted: object = None
        self._gate = FrameGate()
        self._retry: Timer | None = None
        self._pointer: tuple[int, int] | None = None

    def show(
        self,
        history: History,
        now_us: int,
        kdamond: int = 0,
        context: int = 0,
        *,
        reason: str = "",
        truth: History | None = None,
    ) -> None:
        """Shows the newest of a context; makes no frame while the terminal hasn't taken the last one.

        Args:
            history: The aggregations. It must not be written to by another thread.
            now_us: The present, in simulated microseconds.
            kdamond: Index of the kdamond.
            context: Index of the context.
            reason: Why there may be nothing to show, such as "kdamond 0 is off".
            truth: The truth beside the aggregations, if it is known.
        """
        self.show_other(Shown(history, kdamond, context, now_us, reason, truth))
        self.paint()

    def paint(self) -> None:
        """Makes a frame of what was shown last, now or as soon as the terminal has taken the one before."""
        shown = self._shown
        if shown is None or not self.is_attached or not self.size:
            return
        inputs = self._inputs(shown)
        if inputs == self._painted:
            return
        if not self._gate.is_open(self.app):
            self.nr_skipped += 1
            self._paint_later()
            return
        view = self.view
        view.transposed, view.sweeps = self.transposed, self.sweeps
        view.showing, view.scale = self.showing, self.scale
        view.combine, view.target, view.overlay = self.combine, self.target, self.overlay
        columns, rows = self.size
        picture = view.picture(shown.history, shown.kdamond, shown.context, shown.now_us, columns, rows, shown.truth)
        if picture.empty:
            strips = self._sentence(shown.reason)
        else:
            strips = self._rows.strips(picture, self.cell_table(picture))
            if signs := self._signs(picture):
                strips = self._over.rows(strips, signs, self._sign_style())
        changed = changed_regions(self._strips, strips, columns)
        self._strips = strips
        old, self.picture = self.picture, picture
        self._painted = inputs if picture.complete else None
        if changed:
            self._gate.passed()
            self.nr_frames += 1
            self.refresh(*changed)
        if changed or old is None or old.axes != picture.axes:
            self.post_message(self.Painted(self, picture))
            if self._pointer is not None:
                self._tell_pointed()
        if not picture.complete:
            self._paint_later()

    def cell_at(self, x: int, y: int) -> CellInfo | None:
        """What the cell at a column and row of the map stands for."""
        return None if self.picture is None else self.picture.cell(x, y)

    def frame_ready(self) -> bool:
        """Whether the terminal has taken the last frame; to be asked once for each that is due."""
        ready = self._gate.is_open(self.app)
        if pending_writes(self.app) is not None:
            self.link.note(ready)
        return ready

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows in a region, cut to it."""
        width, height = self.size
        if len(self._strips) != height or self._strips[0].cell_length != width:
            self._strips = self._blank_strips()
        rows = self._strips[crop.y : crop.bottom]
        if crop.column_span != (0, width):
            rows = [row.crop(crop.x, crop.right) for row in rows]
        return rows

    def get_line_filters(self) -> Sequence[LineFilter]:
        """None: the map's colours are already those of the terminal."""
        return []

    def notify_style_update(self) -> None:
        """Draws in the colours of a new theme."""
        super().notify_style_update()
        self._sign = None
        self._painted = None
        self.paint()

    def on_resize(self) -> None:
        """Draws for the new size."""
        self.paint()

    def validate_palette(self, palette: str) -> str:
        """Refuses a name that there is no palette of, with a ValueError."""
        return load_palette(palette).name

    def _on_setting(self) -> None:
        self.paint()

    watch_palette = watch_transposed = watch_showing = watch_scale = watch_sweeps = _on_setting
    watch_combine = watch_target = watch_overlay = watch_mode = _on_setting

    def tell_pointed(self, at: tuple[int, int] | None) -> None:
        """Tells what is under the mouse; None when it has left."""
        if at != self._pointer:
            self._pointer = at
            self._tell_pointed()

    def _tell_pointed(self) -> None:
        cell = None if self._pointer is None else self.cell_at(*self._pointer)
        self.post_message(self.Pointed(self, cell))

    def _inputs(self, shown: Shown) -> tuple[object, ...]:
        """All that a frame is made of, so that the same frame isn't made twice."""
        history, time = shown.history, self.view.time
        truth = shown.truth if self.showing.needs_truth else None
        return (
            (history, history.generation, history.latest(shown.kdamond, shown.context)),
            (shown.kdamond, shown.context, shown.now_us, shown.reason),
            (truth, truth and (truth.generation, truth.latest(shown.kdamond, shown.context))),
            (self.size, self.transposed, self.sweeps, self.showing, self.scale),
            (self.combine, self.target, self.overlay),
            (self.palette, self.drawn_mode),
            (time.row_us, time.auto_span_us, time.held, self.view.addresses.held),
            (self.cursor, self.box),
        )

    def _paint_later(self) -> None:
        if self._retry is None:
            self._retry = self.set_timer(RETRY_SECONDS, self._paint_again)

    def _paint_again(self) -> None:
        self._retry = None
        self.paint()

    @property
    def drawn_mode(self) -> ColourMode:
        """How the map is drawn: `mode`, or what suits the terminal."""
        return self.mode or colour_mode(self.app)

    def cell_table(self, picture: Picture) -> CellTable:
        """What its cells look like in this terminal."""
        background = self.background_colors[1]
        marker = background + self.get_component_styles("heatmap--marker").color
        return cell_table(
            self.drawn_mode,
            self.palette,
            picture.max_nr_accesses,
            background.rgb,
            marker.rgb,
            transposed=self.transposed,
            signed=picture.signed,
        )

    def _signs(self, picture: Picture) -> Mapping[int, Glyphs]:
        """What is drawn over the cells: the box that the mouse draws, or the cursor."""
        ascii = self.drawn_mode is ColourMode.ASCII
        if self.box is not None:
            return outline(*self.box, ascii=ascii)
        return crosshair(None if self.cursor is None else cell_of(picture, self.cursor), ascii=ascii)

    def _sign_style(self) -> Style:
        if not self.drawn_mode.has_colours:
            return Style(reverse=True, bold=True)
        if self._sign is None:
            self._sign = self.get_component_rich_style("heatmap--cursor")
        return self._sign

    def _sentence(self, reason: str) -> list[Strip]:
        """The sentence that says why there is nothing, in the middle."""
        width, height = self.size
        text = f"no aggregation yet: {reason}" if reason else "no aggregation yet"
        lines = wrap(text, width)[:height]
        style = self.get_component_rich_style("heatmap--empty")
        strips = self._blank_strips()
        for y, line in enumerate(lines, (height - len(lines)) // 2):
            strips[y] = self._filtered(Strip([Segment(line.center(width), style)], width))
        return strips

    def _blank_strips(self) -> list[Strip]:
        width, height = self.size
        return [self._filtered(Strip.blank(width, self.get_component_rich_style("heatmap--empty")))] * height

    def _filtered(self, strip: Strip) -> Strip:
        """The strip as the app's filters (NO_COLOR) want it, which the map bypasses otherwise."""
        background = self.background_colors[1]
        for line_filter in self.app.get_line_filters():
            strip = strip.apply_filter(line_filter, background)
        return strip
