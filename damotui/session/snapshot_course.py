"""How the working set and the estimated bandwidth of a context changed, aggregation by aggregation."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np

from damotui.render.history import History
from damotui.session.snapshot_regions import F64
from engine.snapshot import Aggregation

_MOST = 20_000
_PER_TURN = 1_000
"""Aggregations that are looked at in one turn: about 15 ms."""
SKIPPED = 20
"""First aggregations that percentiles leave out, as damo does: the regions have not adapted yet."""
PERCENTILES = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Figures of the aggregations, oldest first; columns [n]."""

    end_us: F64
    working_set: F64
    """Bytes of the regions in which a check found an access."""
    bandwidth: F64
    """Bytes touched per second, by damo's estimate."""
    skipped: int
    """How many of them come before the regions have adapted."""

    def percentiles(self) -> list[int]:
        """The working set's, in bytes, at `PERCENTILES`: element int(p / 100 × n) of the rising sizes, as damo does.

        Empty while there is nothing.
        """
        sizes = np.sort(self.working_set[self.skipped :])
        count = len(sizes)
        return [int(sizes[min(int(p / 100 * count), count - 1)]) for p in PERCENTILES] if count else []


class Course:
    """Follows one context's history."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._begin()

    def _begin(self) -> None:
        self._end_us = array("d")
        self._sets = array("d")
        self._rates = array("d")
        self._seen = 0
        self._made: Series | None = None

    def follow(self, history: History, kdamond: int, addr_unit: int = 1) -> Series:
        """The figures up to now. A long history is caught up with in several turns."""
        of = (id(history), history.generation, kdamond, addr_unit)
        if of != self._of:
            self._of = of
            self._begin()
        latest = history.latest(kdamond)
        last_us = int(self._end_us[-1]) if len(self._end_us) else 0
        if latest is not None and (latest.end_us > last_us or not len(self._end_us)):
            for one in history.between(kdamond, 0, last_us, latest.end_us)[:_PER_TURN]:
                if one.end_us > last_us:
                    self._take(one, addr_unit)
            self._made = None
        if self._made is None:
            skipped = max(SKIPPED - (self._seen - len(self._end_us)), 0)
            self._made = Series(
                np.array(self._end_us),
                np.array(self._sets),
                np.array(self._rates),
                skipped if skipped < len(self._end_us) else 0,
            )
        return self._made

    def _take(self, one: Aggregation, addr_unit: int) -> None:
        self._seen += 1
        sizes = (one.end - one.start).astype(np.float64) * addr_unit
        self._end_us.append(one.end_us)
        self._sets.append(one.working_set_bytes * addr_unit)
        self._rates.append(float(sizes @ one.nr_accesses) * 1e6 / max(one.aggr_us, 1))
        if len(self._end_us) > _MOST:
            for column in (self._end_us, self._sets, self._rates):
                del column[: _MOST // 10]
