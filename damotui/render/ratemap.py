"""Access rates for a moving window of time: keeps the rows that it has and computes only new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from damotui.render.binning import Source, bin_rows
from damotui.render.history import History
from damotui.render.layout import Layout, TargetRange, fold, ranges_of_columns, union
from damotui.render.overlay import U8, marks_of
from damotui.render.ranking import monitored_bytes, ranked_layout
from damotui.render.showing import Showing
from damotui.render.viewport import AddressSpace
from engine.snapshot import Aggregation

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

REGIONS_PER_FETCH = 16_000
"""Regions binned in one call, about 4 ms of work; what is left out comes with the next calls."""
REGIONS_PER_STEP = 4_000
"""Regions binned at once, about."""
AGGREGATIONS_PER_ROW = 200
"""A row with more aggregations is estimated from evenly spaced ones."""

_EMPTY = np.iinfo(np.int64).min


@dataclass(slots=True)
class _Seen:
    """When a range was monitored, first and last."""

    first_us: int
    last_us: int


class RateMap:
    """Rows of access rates, numbered from time 0 in steps of the source's `row_us`.

    The address axis follows the ranges that were monitored in the window asked for last, and moves only when their
    union changes.
    """

    def __init__(self) -> None:
        self.layout = Layout((), 0, 1)
        self.nr_computed = 0
        """Rows computed since the map was made, for measuring."""
        self._source: Source | None = None
        self._history: tuple[int, int] = (0, 0)
        self._rows = np.zeros((0, 0), np.float32)
        self._marks = np.zeros((0, 0), np.uint8)
        """Beside the rows, the marks of the overlay; without a column while there is no overlay."""
        self._numbers = np.zeros(0, np.int64)
        """The row that each slot holds: its number, or ~number while that row is not over."""
        self._stale = np.zeros(0, np.bool_)
        """Slots that can be shown until they are computed again: their marks are of another overlay."""
        self._latest: Aggregation | None = None
        self._truth: History | None = None
        self._seen: dict[TargetRange, _Seen] = {}
        self.space = AddressSpace(())
        """What was monitored in the window asked for last."""

    def fetch(
        self, history: History, source: Source, first: int, nr_rows: int, truth: History | None = None
    ) -> tuple[F32, U8 | None, bool]:
        """Values of rows first … first + nr_rows - 1.

        Args:
            history: Where the aggregations are.
            source: Which of them, and the axes.
            first: Number of the first row, 0 or more.
            nr_rows: How many rows.
            truth: Where the truth beside them is, if the source needs it.

        Returns:
            float32 [nr_rows, source.size], NaN where nothing is known; the overlay's marks in the same shape, None
            without overlay; and whether all that the history holds of these rows is in it. If not, the newest rows are,
            and a further call goes on.
        """
        if nr_rows <= 0 or source.size <= 0:
            return np.full((max(nr_rows, 0), max(source.size, 0)), np.nan, np.float32), None, True
        self._prepare(history, source, nr_rows)
        self._truth = truth
        start_us, end_us = first * source.row_us, (first + nr_rows) * source.row_us
        self._forget_ranges(start_us, end_us)
        complete = self._fill(history, first, nr_rows)
        if self._forget_ranges(start_us, end_us):
            complete = self._fill(history, first, nr_rows)
        wanted = np.arange(first, first + nr_rows)
        slots = wanted % len(self._numbers)
        rows = self._rows[slots]
        have = self._numbers[slots]
        unknown = (have != wanted) & (have != ~wanted)
        rows[unknown] = np.nan
        if source.overlay is None:
            return rows, None, complete
        marks = self._marks[slots]
        marks[unknown] = 0
        return rows, marks, complete

    def _prepare(self, history: History, source: Source, nr_rows: int) -> None:
        identity = (id(history), history.generation)
        if identity == self._history and self._source is not None and _differ_in_overlay(source, self._source):
            self._source = source
            self._marks = np.zeros((len(self._numbers), 0 if source.overlay is None else source.size), np.uint8)
            self._stale[:] = source.overlay is not None
        if identity != self._history or source != self._source:
            same_ranges = (
                identity == self._history
                and self._source is not None
                and (source.kdamond, source.context, source.target)
                == (self._source.kdamond, self._source.context, self._source.target)
            )
            self._history, self._source = identity, source
            if not same_ranges:
                self._seen.clear()
                self._join()
            self._relayout(nr_rows)
        elif len(self._numbers) < nr_rows:
            self._relayout(nr_rows)

    def _relayout(self, nr_rows: int) -> None:
        assert self._source is not None
        part = self._source.part
        ranges = self.space.ranges if part is None else self.space.cut(part.view(self.space))
        self.layout = fold(ranges, self._source.size, unit=self._source.unit)
        capacity = max(nr_rows, len(self._numbers))
        self._rows = np.full((capacity, self._source.size), np.nan, np.float32)
        self._marks = np.zeros((capacity, 0 if self._source.overlay is None else self._source.size), np.uint8)
        self._numbers = np.full(capacity, _EMPTY, np.int64)
        self._stale = np.zeros(capacity, np.bool_)

    def _fill(self, history: History, first: int, nr_rows: int) -> bool:
        source = self._source
        assert source is not None
        latest = history.latest(source.kdamond, source.context)
        if latest is None:
            return True
        fresh = latest is not self._latest
        self._latest = latest
        if source.showing is Showing.SORTED:
            self.layout = ranked_layout(monitored_bytes(latest, source.target), source.size, source.unit)
        row_us = source.row_us
        end = min(first + nr_rows, -(-latest.end_us // row_us))
        nr_final = latest.end_us // row_us
        step = max(1, min(64, REGIONS_PER_STEP * latest.aggr_us // (row_us * max(latest.nr_regions, 1))))
        budget = REGIONS_PER_FETCH
        missing = self._missing(first, end, fresh)
        while len(missing):
            if budget <= 0:
                return False
            numbers = missing[missing > missing[-1] - step]
            begin, nr_new = int(numbers[0]), int(numbers[-1] - numbers[0]) + 1
            found = history.between(source.kdamond, source.context, begin * row_us, (begin + nr_new) * row_us)
            everything, found = found, found[:: 1 + len(found) // (AGGREGATIONS_PER_ROW * nr_new)]
            budget -= 1 + sum(len(aggregation.start) for aggregation in found)
            if source.showing is not Showing.SORTED and self._learn(found):
                self._relayout(nr_rows)
                missing = self._missing(first, end, True)
                continue
            numbers = np.arange(begin, begin + nr_new)
            slots = numbers % len(self._numbers)
            truths = self._truths(begin * row_us, (begin + nr_new) * row_us)
            budget -= sum(len(truth.start) for truth in truths)
            self._rows[slots] = bin_rows(source, self.layout, found, truths, begin * row_us, nr_new)
            if source.overlay is not None:
                budget -= sum(0 if one.acted is None else len(one.acted.start) for one in everything)
                self._marks[slots] = marks_of(everything, self.layout, begin * row_us, row_us, nr_new, source.overlay)
            self._numbers[slots] = np.where(numbers < nr_final, numbers, ~numbers)
            self._stale[slots] = False
            self.nr_computed += nr_new
            missing = missing[missing < begin]
        return True

    def _missing(self, first: int, end: int, fresh: bool) -> I64:
        """Numbers of rows that must be computed; those that were not over count as missing when there is news."""
        wanted = np.arange(first, max(end, first))
        slots = wanted % len(self._numbers)
        have = self._numbers[slots]
        missing: I64 = wanted[self._stale[slots] | ((have != wanted) & (fresh | (have != ~wanted)))]
        return missing

    def _truths(self, start_us: int, end_us: int) -> list[Aggregation]:
        assert self._source is not None
        if self._truth is None or not self._source.showing.needs_truth:
            return []
        return self._truth.between(self._source.kdamond, self._source.context, start_us, end_us)

    def _learn(self, aggregations: Sequence[Aggregation]) -> bool:
        """Notes which ranges were monitored; true if that changes the axis."""
        assert self._source is not None
        if not aggregations:
            return False
        ranges = ranges_of_columns(
            np.concatenate([aggregation.target for aggregation in aggregations]),
            np.concatenate([aggregation.start for aggregation in aggregations]),
            np.concatenate([aggregation.end for aggregation in aggregations]),
        )
        start_us, end_us = aggregations[0].start_us, aggregations[-1].end_us
        new = False
        for one in ranges:
            if self._source.target not in (None, one.target):
                continue
            new |= one not in self._seen
            seen = self._seen.setdefault(one, _Seen(start_us, end_us))
            seen.first_us = min(seen.first_us, start_us)
            seen.last_us = max(seen.last_us, end_us)
        return new and self._join()

    def _forget_ranges(self, start_us: int, end_us: int) -> bool:
        """Leaves out the ranges that the window doesn't show, unless that is all; true if that changes the axis."""
        gone = [one for one, seen in self._seen.items() if seen.last_us <= start_us or seen.first_us >= end_us]
        if not gone or len(gone) == len(self._seen):
            return False
        for one in gone:
            del self._seen[one]
        if not self._join():
            return False
        self._relayout(len(self._numbers))
        return True

    def _join(self) -> bool:
        joined = union(self._seen)
        changed = joined != self.space.ranges
        if changed:
            self.space = AddressSpace(joined)
        return changed


def _differ_in_overlay(one: Source, other: Source) -> bool:
    """Whether the overlay, and nothing else, makes the difference."""
    return one != other and replace(one, overlay=other.overlay) == other
