"""How much memory has which access rate, age or size, and what of it a scheme encloses: a chart of two of the three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from damotui.render.canvas import Canvas
from damotui.render.colour import Paint, contrasting
from damotui.render.plane import PLANES, Plane, Quantity, plane_of
from damotui.render.plane_text import ASCII, LEFT, Mark, Marks, Signs, across, marks_of, title, upright
from damotui.widgets.inked import Inked
from damotui.widgets.joined_strip import paint_colour
from damotui.widgets.pieces import Piece, strip_of
from damotui.widgets.terminal_colours import ColourMode, colour_mode, level_colours, load_glyphs
from engine.config.model import Scheme
from engine.damos.score import Scorer
from engine.snapshot import Aggregation

_LEVELS = 64
_FAINTEST = 0.25
"""Where on the palette the fewest bytes are: its beginning is hardly told from nothing."""
_LEAST_WIDTH, _LEAST_HEIGHT = LEFT + 8, 5


@dataclass(frozen=True, slots=True, eq=False)
class Charted:
    """What a chart shows."""

    aggregation: Aggregation
    scheme: Scheme
    scorer: Scorer | None
    """What scores regions; None where all score the same."""
    min_score: int
    """The least score that gets a turn."""
    addr_unit: int = 1


class PlaneChart(Inked, Widget):
    """Shades for bytes, an outline for the pattern, and strokes where the quota leaves what matches out."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "plane-chart--title",
        "plane-chart--tick",
        "plane-chart--edge",
        "plane-chart--bound",
        "plane-chart--cut",
    }

    DEFAULT_CSS = """
    PlaneChart {
        background: $surface;
        & > .plane-chart--title { color: $foreground; }
        & > .plane-chart--tick { color: $foreground 68%; }
        & > .plane-chart--edge { color: $foreground; text-style: bold; }
        & > .plane-chart--bound { color: $accent; text-style: bold; }
        & > .plane-chart--cut { color: $foreground 45%; }
    }
    """

    @dataclass
    class Pressed(Message):
        """It was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._palette = ""
        self._pair = 0
        self._charted: Charted | None = None
        self._bound: tuple[Quantity, str] | None = None
        self._strips: list[Strip] = []

    @property
    def axes(self) -> tuple[Quantity, Quantity]:
        """What is told across and up."""
        return PLANES[self._pair]

    def next_axes(self) -> None:
        """Take the next pair of axes."""
        self._pair = (self._pair + 1) % len(PLANES)
        self._redraw()

    def show(self, charted: Charted | None, bound: tuple[Quantity, str] | None, palette: str) -> None:
        """Show an aggregation.

        Args:
            charted: what to show; None while there is nothing.
            bound: the bound of the pattern that is being changed, and is pointed out.
            palette: name of a heat palette.
        """
        if charted is not self._charted or (bound, palette) != (self._bound, self._palette):
            self._charted, self._bound, self._palette = charted, bound, palette
            self._redraw()

    def notify_style_update(self) -> None:
        """Take over the colours of another theme."""
        super().notify_style_update()
        self._redraw()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()

    def on_click(self, event: events.Click) -> None:
        """Tell of it."""
        self.post_message(self.Pressed())

    def render_line(self, y: int) -> Strip:
        """One line."""
        if not self._strips and self.size.width:
            self._strips = self._drawn(self.size.width, self.size.height)
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.base)

    def _redraw(self) -> None:
        self._strips = []
        if self.is_attached:
            self.refresh()

    def _drawn(self, width: int, height: int) -> list[Strip]:
        charted = self._charted
        if charted is None or width < _LEAST_WIDTH or height < _LEAST_HEIGHT:
            text = "no aggregation yet" if charted is None else "too small for a chart"
            return [strip_of([(f" {text}", self.ink("plane-chart--title"))], width, self.base)]
        mode = colour_mode(self.app)
        signs = ASCII if mode is ColourMode.ASCII else Signs()
        one, scheme = charted.aggregation, charted.scheme
        plane = plane_of(
            one, scheme, *self.axes, width - LEFT, height - 2, scorer=charted.scorer, min_score=charted.min_score
        )
        left = _texts(upright(plane, one, charted.addr_unit, signs))
        below = _texts(across(plane, one, charted.addr_unit, signs))[0]
        tick = self.ink("plane-chart--tick")
        heading = self._title(plane, width, signs)
        rows = self._rows(plane, marks_of(plane, self._bound, signs), mode)
        strips = [strip_of([(f" {heading}", self.ink("plane-chart--title"))], width, self.base)]
        strips += [
            strip_of([(label, tick), *row], width, self.base) for label, row in zip(left, reversed(rows), strict=True)
        ]
        return [*strips, strip_of([(" " * LEFT + below, tick)], width, self.base)]

    def _title(self, plane: Plane, width: int, signs: Signs) -> str:
        text = title(plane, width - 1, signs)
        if plane.box is None:
            note = "  the pattern encloses nothing"
        elif plane.cut is not None and plane.cut.any():
            note = f"  {signs.cut} gets no turn"
        else:
            return text
        return text + note if len(text) + len(note) < width else text

    def _rows(self, plane: Plane, marks: Marks, mode: ColourMode) -> list[list[Piece]]:
        """Pieces of each row of cells, the lowest first."""
        colours = self._colours(mode)
        glyphs = "" if colours else load_glyphs(ColourMode.SHADES if mode.has_colours else mode)
        levels = plane.levels(len(colours) or len(glyphs)).tolist()
        rows = []
        for row, signs in zip(levels, marks.tolist(), strict=True):
            cells = zip(row, signs, strict=True)
            pieces: list[Piece] = []
            for (level, sign), same in groupby(cells):
                pieces.append(self._piece(level, sign, sum(1 for _ in same), colours, glyphs))
            rows.append(pieces)
        return rows

    def _piece(
        self, level: int, sign: tuple[str, Mark] | None, length: int, colours: Sequence[Paint], glyphs: str
    ) -> Piece:
        if not colours:
            if sign is None:
                return glyphs[level] * length, self.base
            # Shades must not be hidden where there is nothing else to tell them.
            glyph = glyphs[level] if level and sign[1] is Mark.CUT else sign[0]
            return glyph * length, self.ink(f"plane-chart--{sign[1].value}")
        ground = Style(bgcolor=paint_colour(colours[level])) if level else Style()
        if sign is None:
            return " " * length, ground
        ink = self.ink(f"plane-chart--{sign[1].value}")
        if level and sign[1] is not Mark.BOUND:
            ink = Style(color=paint_colour(contrasting(colours[level])), bold=ink.bold)
        return sign[0] * length, ink + ground

    def _colours(self, mode: ColourMode) -> tuple[Paint, ...]:
        """A colour for each level from 0, which has none of its own; empty without colours enough."""
        if not mode.halves_cells:
            return ()
        colours = level_colours(mode, self._palette, _LEVELS - 1)
        least = round(_FAINTEST * len(colours))
        return (None, *colours[least:])


def _texts(canvas: Canvas) -> list[str]:
    return ["".join(text for text, _ in line) for line in canvas.lines()]
