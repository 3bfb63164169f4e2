"""What a terminal cell shows for two pixels above each other, as tables over all pairs of codes.

A code is a level (0 up), or one of the codes above the levels: no data, a folded gap, the edge between targets. A pair
is `top * nr_codes + bottom`; with `nr_codes * nr_codes` added, the cell is marked: a scheme acted there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from damotui.render.colour import EDGE, FOLD, NO_DATA, NR_CODES, Paint, contrasting

Objects = NDArray[np.object_]

UPPER, LOWER = "▀", "▄"
MARKED_COLD, MARKED_HOT = "x", "X"
"""A marked cell without colours: below, or from half of the levels on."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the codes above the levels look."""

    no_data: Paint = None
    marker: Paint = None
    """Foreground of folds and edges."""
    fold_glyph: str = "┊"
    edge_glyph: str = "│"
    no_data_glyph: str = " "
    mark_glyph: str = "×"
    """In marked cells, on the colour of the hotter one of the two pixels."""


@dataclass(frozen=True, eq=False)
class CellTable:
    """For each pair, then for each marked one, a character, its colours, and the escape sequence that sets them."""

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
        """What is added to a pair whose cell is marked."""
        return self.codes * self.codes


@lru_cache(maxsize=16)
def colour_table(colours: tuple[Paint, ...], style: Style) -> CellTable:
    """Two colours per cell by half blocks; one colour and a space where both are the same.

    Args:
        colours: The colour of each level.
        style: How the other codes look.
    """
    levels = len(colours)
    codes = levels + NR_CODES
    paints: list[Paint] = [*colours, style.no_data, style.no_data, style.no_data]
    cells: list[tuple[str, Paint, Paint]] = []
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
    for hottest in _hottest(levels):
        paint = style.no_data if hottest is None else colours[hottest]
        cells.append((style.mark_glyph, contrasting(paint), paint))
    return _table(levels, cells)


@lru_cache(maxsize=16)
def glyph_table(glyphs: str, style: Style) -> CellTable:
    """One character per cell in the terminal's own colours; the level of a cell is the higher of its two pixels.

    Args:
        glyphs: The character of each level.
        style: How the other codes look; its paints are not used.
    """
    levels = len(glyphs)
    marks = {levels + FOLD: style.fold_glyph, levels + EDGE: style.edge_glyph, levels + NO_DATA: style.no_data_glyph}
    cells: list[tuple[str, Paint, Paint]] = []
    for top in range(levels + NR_CODES):
        for bottom in range(levels + NR_CODES):
            rated = [code for code in (top, bottom) if code < levels]
            cells.append((glyphs[max(rated)] if rated else marks[top], None, None))
    cells += [(MARKED_HOT if 2 * (hottest or 0) >= levels else MARKED_COLD, None, None) for hottest in _hottest(levels)]
    return _table(levels, cells)


def _hottest(levels: int) -> Iterator[int | None]:
    """For each pair the higher level of the two, None if neither is a level."""
    for top in range(levels + NR_CODES):
        for bottom in range(levels + NR_CODES):
            yield max((code for code in (top, bottom) if code < levels), default=None)


def _table(levels: int, cells: Sequence[tuple[str, Paint, Paint]]) -> CellTable:
    glyph = np.empty(len(cells), object)
    glyph[:] = [cell[0] for cell in cells]
    sgr = np.empty(len(cells), object)
    sgr[:] = [_escape(*cell) for cell in cells]
    return CellTable(levels, glyph, tuple(cell[1] for cell in cells), tuple(cell[2] for cell in cells), sgr)


def _escape(glyph: str, foreground: Paint, background: Paint) -> str:
    """Sets what the glyph needs, whatever was set before."""
    if foreground is None and background is None:
        return "\x1b[0m"
    parts = [_codes(38, foreground), _codes(48, background)]
    if background is None or (foreground is None and glyph != " "):
        parts.insert(0, "0")
    return f"\x1b[{';'.join(part for part in parts if part)}m"


def _codes(kind: int, paint: Paint) -> str:
    if paint is None:
        return ""
    if isinstance(paint, int):
        return f"{kind};5;{paint}"
    return f"{kind};2;{paint[0]};{paint[1]};{paint[2]}"
