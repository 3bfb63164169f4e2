"""Rows of the heat map with signs drawn over some of their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from damotui.render.crosshair import Glyphs


class DrawnOver:
    """Keeps the rows that it drew over, so that a row that stays the same is the same object."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Strip, Glyphs, Style, Strip]] = {}

    def rows(self, rows: Sequence[Strip], glyphs: Mapping[int, Glyphs], style: Style) -> list[Strip]:
        """The rows with these signs.

        Args:
            rows: As wide as the map.
            glyphs: What is drawn over, by the index of the row.
            style: Of the signs.
        """
        drawn, made = list(rows), {}
        for y, signs in glyphs.items():
            if not 0 <= y < len(drawn):
                continue
            row = drawn[y]
            known = self._made.get(y)
            if known is None or known[0] is not row or known[1:3] != (signs, style):
                known = (row, signs, style, _drawn(row, signs, style))
            made[y] = known
            drawn[y] = known[3]
        self._made = made
        return drawn


def _drawn(row: Strip, signs: Glyphs, style: Style) -> Strip:
    pieces, at = [], 0
    for x, text in signs:
        pieces += [row.crop(at, x), Strip([Segment(text, style)], len(text))]
        at = x + len(text)
    return Strip.join([*pieces, row.crop(at, row.cell_length)])
