"""What a terminal cell shows for two pixels above each other, as tables over all pairs of codes.

A code is a level (0 up), or one of the codes above the levels: no data, a folded gap, the edge between targets. A pair
is `top * nr_codes + bottom`; with `nr_codes * nr_codes` added for each step, the cell has one of the marks of
`overlay`: a scheme acted there, one would match there, or both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from damotui.render.colour import EDGE, FOLD, NO_DATA, NR_CODES, Paint, contrasting
from damotui.render.shading import Shade

Objects = NDArray[np.object_]

UPPER, LOWER = "▀", "▄"
MARKS = "×○⊗"
"""In cells where a scheme acted, where one would match, and where both are so."""
LETTERS = ("xX", "oO", "qQ")
"""The same without half blocks: small below half of the way from the middle of the ramp to its ends, large above."""

_Cell = tuple[str, Paint, Paint]


@dataclass(frozen=True, slots=True)
class Style:
    """How the codes above the levels look."""

    no_data: Paint = None
    marker: Paint = None
    """Foreground of folds and edges."""
    fold_glyph: str = "┊"
    edge_glyph: str = "│"
    no_data_glyph: str = " "


@dataclass(frozen=True, eq=False)
class CellTable:
    """For each pair, then for those with a mark, a character, its colours, and the escape sequence that sets them."""

    levels: int
    glyph: Objects
    """One character for each pair."""
    foreground: tuple[Paint, ...]
    background: tuple[Paint, ...]
    sgr: Objects
    """Escape sequence for each pair, complete whatever was set before."""

    @property
    def codes(self) -> int:
        """Number of codes: the levels and those above."""
        return self.levels + NR_CODES

    @property
    def marked(self) -> int:
        """What is added to a pair for each step of its mark."""
        return self.codes * self.codes


@lru_cache(maxsize=16)
def colour_table(colours: tuple[Paint, ...], style: Style, middle: int = 0) -> CellTable:
    """Two colours per cell by half blocks; one colour and a space where both are the same.

    A marked cell has the colour of that of its pixels which is further from the middle.

    Args:
        colours: The colour of each level.
        style: How the other codes look.
        middle: The level of nothing: the lowest, or for differences the one in the middle.
    """
    levels = len(colours)
    codes = levels + NR_CODES
    paints: list[Paint] = [*colours, style.no_data, style.no_data, style.no_data]
    cells: list[_Cell] = []
    for top in range(codes):
        for bottom in range(codes):
            upper, lower = paints[top], paints[bottom]
            if top == bottom == levels + FOLD:
                cells.append((style.fold_glyph, style.marker, upper))
            elif top == bottom == levels + EDGE:
                cells.append((style.edge_glyph, style.marker, upper))
            elif upper == lower:
                cells.append((" ", None, upper))
            elif upper is None:
                cells.append((LOWER, lower, None))
            else:
                cells.append((UPPER, upper, lower))

    def marked(mark: int, level: int | None) -> _Cell:
        paint = style.no_data if level is None else colours[level]
        return MARKS[mark], contrasting(paint), paint

    return _table(levels, middle, cells, marked)


def glyph_table(glyphs: str, style: Style, middle: int = 0) -> CellTable:
    """One character per cell in the terminal's own colours, a character for each level; see `shade_table`."""
    return shade_table(tuple(Shade(glyph) for glyph in glyphs), style, middle)


@lru_cache(maxsize=16)
def shade_table(shades: tuple[Shade, ...], style: Style, middle: int = 0) -> CellTable:
    """One character per cell; the level of a cell is that of its two pixels which is further from the middle.

    Args:
        shades: The look of each level.
        style: How the other codes look; its paints are not used.
        middle: The level of nothing: the lowest, or for differences the one in the middle.
    """
    levels = len(shades)
    signs = {levels + FOLD: style.fold_glyph, levels + EDGE: style.edge_glyph, levels + NO_DATA: style.no_data_glyph}
    cells: list[_Cell] = []
    for top in range(levels + NR_CODES):
        for bottom in range(levels + NR_CODES):
            level = _furthest(top, bottom, levels, middle)
            cells.append((signs[top], None, None) if level is None else shades[level])
    reach = max(middle, levels - 1 - middle)

    def marked(mark: int, level: int | None) -> _Cell:
        if level is None:
            return LETTERS[mark][0], None, None
        return LETTERS[mark][2 * abs(level - middle) > reach], shades[level].foreground, shades[level].background

    return _table(levels, middle, cells, marked)


def _furthest(top: int, bottom: int, levels: int, middle: int) -> int | None:
    """The one of two codes that is further from the middle, the lower one if both are; None if neither is a level."""
    rated = [code for code in (bottom, top) if code < levels]
    return max(rated, key=lambda code: abs(code - middle)) if rated else None


def _table(levels: int, middle: int, cells: Sequence[_Cell], marked: Callable[[int, int | None], _Cell]) -> CellTable:
    codes = range(levels + NR_CODES)
    shown = [_furthest(top, bottom, levels, middle) for top in codes for bottom in codes]
    every: list[_Cell] = [*cells]
    for mark in range(len(MARKS)):
        looks = {level: marked(mark, level) for level in (None, *range(levels))}
        every += [looks[level] for level in shown]
    escapes = {cell: _escape(*cell) for cell in set(every)}
    glyph = np.empty(len(every), object)
    glyph[:] = [cell[0] for cell in every]
    sgr = np.empty(len(every), object)
    sgr[:] = [escapes[cell] for cell in every]
    return CellTable(levels, glyph, tuple(cell[1] for cell in every), tuple(cell[2] for cell in every), sgr)


def _escape(glyph: str, foreground: Paint, background: Paint) -> str:
    """Sets what the glyph needs, whatever was set before."""
    if foreground is None and background is None:
        return "\x1b[0m"
    parts = [_codes(30, foreground), _codes(40, background)]
    if background is None or (foreground is None and glyph != " "):
        parts.insert(0, "0")
    return f"\x1b[{';'.join(part for part in parts if part)}m"


def _codes(first: int, paint: Paint) -> str:
    """What sets a colour: `first` is the code of the foreground's or the background's number 0."""
    if paint is None:
        return ""
    if isinstance(paint, tuple):
        return f"{first + 8};2;{paint[0]};{paint[1]};{paint[2]}"
    if paint < 16:
        return str(first + paint if paint < 8 else first + 60 + paint - 8)
    return f"{first + 8};5;{paint}"
