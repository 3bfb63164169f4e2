"""Reads what is at the cursor of the heatmap from what has come from the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from damotui.render.layout import RangeName
from damotui.render.places import Cursor
from damotui.render.view import CellInfo
from damotui.session.readout import Readout, read
from damotui.session.seen import Seen
from engine.config.model import Scheme


class CursorReader:
    """Works a place out anew only when something is new about it.

    Args:
        seen: what has come from the engine.
    """

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._key: object = None
        self._readout: Readout | None = None

    def read(
        self,
        index: int,
        cursor: Cursor,
        cell: CellInfo | None,
        now_us: int,
        names: Sequence[RangeName],
        schemes: Sequence[Scheme],
    ) -> Readout | None:
        """What there is to tell; None where nothing was monitored.

        Args:
            index: of the kdamond.
            cursor: where it is.
            cell: the cell that it is in; None if that is out of sight.
            now_us: the present.
            names: of the mappings.
            schemes: those that might match.
        """
        start_us, end_us = (cell.start_us, cell.end_us) if cell else (cursor.time_us, cursor.time_us + 1)
        found = self._seen.history.between(index, 0, start_us, end_us)
        truths = self._seen.truth.between(index, 0, start_us, end_us)
        # The rate that the cell shows depends on the view; what is read here does not.
        place = None if cell is None else (cell.start_us, cell.end_us, cell.target, cell.start, cell.end)
        news = [(len(several), several[-1] if several else None) for several in (found, truths)]
        key = index, cursor, place, news, tuple(names), tuple(schemes)
        if key != self._key:
            self._key, self._readout = key, read(cursor, cell, now_us, found, truths, names, schemes)
        if self._readout is not None and self._readout.now_us != now_us:
            self._readout = replace(self._readout, now_us=now_us)
        return self._readout
