"""Strips for the rows of a heat map: made only where the content is new."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip

from damotui.render.cells import CellTable
from damotui.render.halfblock import joined, pairs_of, runs
from damotui.render.view import Picture
from damotui.widgets.joined_strip import JoinedStrip, reference_strip


class MapRows:
    """Keeps the strips of the last picture by content, so that rows that stay or move are not made again.

    Args:
        reference: Make them by public API only.
    """

    def __init__(self, *, reference: bool = False) -> None:
        self._reference = reference
        self._table: CellTable | None = None
        self._known: dict[bytes, Strip] = {}

    def strips(self, picture: Picture, table: CellTable) -> list[Strip]:
        """A strip for each row of cells; the same object as before where the row looks the same."""
        if table is not self._table:
            self._table = table
            self._known = {}
        pairs = pairs_of(picture.pixels(table.levels), table, picture.marked_cells)
        keys = [row.tobytes() for row in pairs]
        new = {key: y for y, key in enumerate(keys) if key not in self._known}
        rows = pairs[list(new.values())]
        made: list[Strip]
        if self._reference:
            made = [reference_strip(row) for row in runs(rows, table)]
        else:
            made = [JoinedStrip(row, table) for row in joined(rows, table)]
        known = self._known | dict(zip(new, made, strict=True))
        self._known = {key: known[key] for key in keys}
        return [known[key] for key in keys]


def changed_regions(old: Sequence[Strip], new: Sequence[Strip], width: int) -> list[Region]:
    """Where rows of a widget of that width differ as objects, neighbouring rows joined."""
    if len(old) != len(new) or (old and old[0].cell_length != width):
        return [Region(0, 0, width, len(new))]
    regions: list[Region] = []
    for y, (before, after) in enumerate(zip(old, new, strict=True)):
        if before is not after:
            if regions and regions[-1].bottom == y:
                regions[-1] = Region(0, regions[-1].y, width, regions[-1].height + 1)
            else:
                regions.append(Region(0, y, width, 1))
    return regions
