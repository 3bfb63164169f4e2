"""Rows of the heat map as Textual strips, one way by public API, one way much faster.

This is the only module that touches private attributes of `Strip`: it presets the cached text that a strip sends to
the terminal, and makes the segments only for those who ask (a row cut by an overlay, an exported screenshot).
Both ways show the same cells; a test compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from damotui.render.cells import CellTable
from damotui.render.colour import Paint
from damotui.render.halfblock import JoinedRow, Run


def reference_strip(runs: Sequence[Run]) -> Strip:
    """A row by public API."""
    return Strip(
        [Segment(run.text, _style(run.foreground, run.background)) for run in runs], sum(len(run.text) for run in runs)
    )


class JoinedStrip(Strip):
    """A row whose text for the terminal is already there."""

    __slots__ = ("_made", "_row", "_table")

    def __init__(self, row: JoinedRow, table: CellTable) -> None:
        self._made: list[Segment] | None = None
        super().__init__((), sum(row.lengths))
        self._made = None
        self._row = row
        self._table = table
        self._render_cache = row.ansi

    @property
    def _segments(self) -> list[Segment]:
        if self._made is None:
            table = self._table
            self._made = [
                Segment(table.glyph[pair] * length, _style(table.foreground[pair], table.background[pair]))
                for pair, length in zip(self._row.pairs, self._row.lengths, strict=True)
            ]
        return self._made

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        self._made = segments


@lru_cache(maxsize=8192)
def _style(foreground: Paint, background: Paint) -> Style:
    return Style(color=paint_colour(foreground), bgcolor=paint_colour(background))


def paint_colour(paint: Paint) -> Color:
    """The same colour for Rich."""
    if paint is None:
        return Color.default()
    if isinstance(paint, int):
        return Color.from_ansi(paint)
    return Color.from_rgb(*paint)
