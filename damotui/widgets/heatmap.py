"""The heat map itself: a rectangle of pixels, two to a cell, drawn through Textual's line API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.filter import LineFilter
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from damotui.render.cells import CellTable
from damotui.render.history import History
from damotui.render.raster import Combine
from damotui.render.view import CellInfo, Picture, View
from damotui.widgets.backpressure import FrameGate
from damotui.widgets.map_rows import MapRows, changed_regions
from damotui.widgets.terminal_colours import ColourMode, cell_table, colour_mode
from themes import load_palette

WHEEL_PAGES = 0.1
"""Screens per step of the mouse wheel."""
RETRY_SECONDS = 1 / 30
"""When to look again, after the terminal was not ready or the frame not complete."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the map was asked to show."""

    history: History
    kdamond: int
    context: int
    now_us: int
    reason: str
    """Why there is nothing yet."""


class Heatmap(Widget):
    """Access rates over time and addresses.

    The map has no border, padding, tint or opacity of its own: it bypasses what would draw them. Put those on a
    parent. It draws `NO_COLOR` and ANSI themes itself (see `terminal_colours`).
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"heatmap--empty", "heatmap--marker"}
    """
    | Class | Description |
    | :- | :- |
    | `heatmap--empty` | The sentence in a map without aggregations. |
    | `heatmap--marker` | The signs at folded gaps and between targets. |
    """

    DEFAULT_CSS = """
    Heatmap {
        width: 1fr;
        height: 1fr;
        background: $surface;
        & > .heatmap--empty { color: $text-muted; }
        & > .heatmap--marker { color: $foreground 35%; }
    }
    """

    palette: reactive[str] = reactive("inferno")
    """Name of the heat palette."""
    transposed: reactive[bool] = reactive(False)
    """False: time runs down and addresses across."""
    automatic: reactive[bool] = reactive(False)
    """True: the highest colour is the highest rate in view; False: it is 100 %."""
    combine: reactive[Combine] = reactive(Combine.MEAN)
    """What becomes of several rates in one pixel."""
    target: reactive[int | None] = reactive(None)
    """Index of the only target shown; None shows all side by side."""
    overlay: reactive[int | None] = reactive(None)
    """Marks where a scheme acted: its index, ALL_SCHEMES, or None for no marks."""
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
        self.view = View()
        self.picture: Picture | None = None
        """What is on the screen."""
        self.nr_frames = 0
        """Frames made so far."""
        self.nr_skipped = 0
        """Frames not made because the terminal had not taken the one before."""
        self._rows = MapRows(reference=reference)
        self._shown: Shown | None = None
        self._strips: list[Strip] = []
        self._painted: object = None
        self._gate = FrameGate()
        self._retry: Timer | None = None
        self._pointer: tuple[int, int] | None = None

    def show(self, history: History, now_us: int, kdamond: int = 0, context: int = 0, *, reason: str = "") -> None:
        """Shows the newest of a context; makes no frame while the terminal hasn't taken the last one.

        Args:
            history: The aggregations. It must not be written to by another thread.
            now_us: The present, in simulated microseconds.
            kdamond: Index of the kdamond.
            context: Index of the context.
            reason: Why there may be nothing to show, such as "kdamond 0 is off".
        """
        self._shown = Shown(history, kdamond, context, now_us, reason)
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
        view.transposed, view.automatic = self.transposed, self.automatic
        view.combine, view.target, view.overlay = self.combine, self.target, self.overlay
        columns, rows = self.size
        picture = view.picture(shown.history, shown.kdamond, shown.context, shown.now_us, columns, rows)
        if picture.empty:
            strips = self._sentence(shown.reason)
        else:
            strips = self._rows.strips(picture, self._cell_table(picture.max_nr_accesses))
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

    def scroll_time(self, pages: float) -> None:
        """Moves by that many screens, negative into the past; back at the newest, the map follows it again."""
        if self.picture is None or self._shown is None:
            return
        shown, window = self._shown, self.picture.window
        rows = round(pages * window.nr_rows) or (1 if pages > 0 else -1)
        begin_us = shown.history.begin_us(shown.kdamond, shown.context)
        self.view.time.scroll(window, rows, begin_us or 0, shown.now_us)
        self.paint()

    def scroll_to_newest(self) -> None:
        """Follows the newest again."""
        self.view.time.held = None
        self.paint()

    @property
    def following(self) -> bool:
        """Whether the map moves on with the newest."""
        return self.view.time.held is None

    def zoom_time(self, steps: int) -> None:
        """Shows less time more finely (positive) or more time (negative), in steps of 1-2-5."""
        if self.picture is not None:
            self.view.time.zoom(steps, self.picture.window.row_us)
            self.paint()

    def auto_time(self, span_us: int | None = None) -> None:
        """Chooses the scale of time automatically, to show up to `span_us` (None leaves that as it is)."""
        self.view.time.row_us = None
        if span_us is not None:
            self.view.time.auto_span_us = span_us
        self.paint()

    def cell_at(self, x: int, y: int) -> CellInfo | None:
        """What the cell at a column and row of the map stands for."""
        return None if self.picture is None else self.picture.cell(x, y)

    def frame_ready(self) -> bool:
        """Whether the terminal has taken the last frame."""
        return self._gate.is_open(self.app)

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
        self._painted = None
        self.paint()

    def on_resize(self) -> None:
        """Draws for the new size."""
        self.paint()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tells what is under the mouse."""
        self._point((event.x, event.y))

    def on_leave(self) -> None:
        """Tells that the mouse is gone."""
        self._point(None)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scrolls into the past; with ctrl, zooms in."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scrolls towards the newest; with ctrl, zooms out."""
        self._wheel(event, -1)

    def validate_palette(self, palette: str) -> str:
        """Refuses a name that there is no palette of, with a ValueError."""
        return load_palette(palette).name

    def _on_setting(self) -> None:
        self.paint()

    watch_palette = watch_transposed = watch_automatic = watch_combine = watch_target = _on_setting
    watch_overlay = watch_mode = _on_setting

    def _wheel(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        event.prevent_default()
        if event.ctrl:
            self.zoom_time(direction)
        else:
            self.scroll_time(-direction * WHEEL_PAGES)

    def _point(self, at: tuple[int, int] | None) -> None:
        if at != self._pointer:
            self._pointer = at
            self._tell_pointed()

    def _tell_pointed(self) -> None:
        cell = None if self._pointer is None else self.cell_at(*self._pointer)
        self.post_message(self.Pointed(self, cell))

    def _inputs(self, shown: Shown) -> tuple[object, ...]:
        """All that a frame is made of, so that the same frame isn't made twice."""
        history, time = shown.history, self.view.time
        return (
            (history, history.generation, history.latest(shown.kdamond, shown.context)),
            (shown.kdamond, shown.context, shown.now_us, shown.reason),
            (self.size, self.transposed, self.automatic, self.combine, self.target, self.overlay),
            (self.palette, self.drawn_mode),
            (time.row_us, time.auto_span_us, time.held),
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

    def _cell_table(self, max_nr_accesses: int) -> CellTable:
        background = self.background_colors[1]
        marker = background + self.get_component_styles("heatmap--marker").color
        return cell_table(
            self.drawn_mode, self.palette, max_nr_accesses, background.rgb, marker.rgb, transposed=self.transposed
        )

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
