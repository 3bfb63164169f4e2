"""What was really touched lately, and what a scheme has acted on since: folded aggregation by aggregation.

A truth (see `engine.truth`) holds the address ranges that were touched in one aggregation, with their rates.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.snapshot import I64, U64, Aggregation
from engine.truth import TRUE_SCALE

MOST_AVERAGED = 30
"""Aggregations over which rates are averaged at most: each has ranges of its own."""
MOST_KNOWN = 100_000
"""Aggregations that are looked back to at most."""

_NEVER = -1
_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Address ranges of one target, ascending and apart."""

    start: U64
    end: U64

    def bytes_within(self, start: U64, end: U64) -> I64:
        """How much of each of the ranges [start, end) [n] they cover, in units of addresses."""
        return self._below(end) - self._below(start)

    def _below(self, address: U64) -> I64:
        if not len(self.start):
            return np.zeros(len(address), np.int64)
        before = np.concatenate(([0], np.cumsum(self.end - self.start, dtype=np.int64)))
        begun = np.searchsorted(self.start, address, side="right")
        last = np.maximum(begun - 1, 0)
        inside = np.minimum(address, self.end[last]) - np.minimum(self.start[last], address)
        below: I64 = before[last] + inside.astype(np.int64)
        return below


class LastTime:
    """When each address of one target was last in one of the ranges that are added, in microseconds."""

    def __init__(self) -> None:
        self.bounds = np.zeros(0, np.uint64)
        self.time_us = np.zeros(0, np.int64)
        """Of each piece between two bounds."""

    def add(self, start: U64, end: U64, time_us: int) -> None:
        """Ascending ranges that do not overlap, of a time later than all before."""
        if not len(start):
            return
        bounds = np.unique(np.concatenate((self.bounds, start, end)))
        left = bounds[:-1]
        after = self.at(left)
        range_of = np.searchsorted(start, left, side="right") - 1
        after[(range_of >= 0) & (left < end[range_of])] = time_us
        changes = np.ones(len(after) + 1, np.bool_)
        changes[1:-1] = after[1:] != after[:-1]
        self.bounds, self.time_us = bounds[changes], after[changes[:-1]]

    def at(self, address: U64) -> I64:
        """When each address [n] was, below 0 if never."""
        found = np.full(len(address), _NEVER, np.int64)
        if len(self.time_us):
            piece = np.searchsorted(self.bounds, address, side="right") - 1
            inside = (piece >= 0) & (piece < len(self.time_us))
            found[inside] = self.time_us[piece[inside]]
        return found


class Touched:
    """When each address of a context was last touched and acted on, and how often it was touched lately."""

    def __init__(self) -> None:
        self.latest: Aggregation | None = None
        """The truth that came last."""
        self._ends_us: deque[int] = deque(maxlen=MOST_KNOWN)
        """Of the aggregations without a gap up to the last one of which the truth is known."""
        self._touched: list[LastTime] = []
        self._acted: list[LastTime] = []
        self._rates: deque[Aggregation] = deque(maxlen=MOST_AVERAGED)

    @property
    def known(self) -> int:
        """Of how many of the last aggregations the truth is known."""
        return len(self._ends_us)

    @property
    def end_us(self) -> int:
        """Until when it is known; 0 while it is not."""
        return self.latest.end_us if self.latest else 0

    def add(self, truth: Aggregation) -> None:
        """Take note of the truth of the next aggregation. After a gap, or with other targets, it begins anew."""
        before = self.latest
        if before is not None and not _follows(before, truth):
            self.clear()
        if not _is_whole(truth):
            self.clear()
            return
        self.latest = truth
        self._ends_us.append(truth.end_us)
        self._rates.append(truth)
        self._note(self._touched, truth.target, truth.start, truth.end, truth)

    def add_found(self, found: Aggregation) -> None:
        """Take note of what was found in an aggregation before the truth was known, for want of better."""
        hit = found.nr_accesses > 0
        self._note(self._touched, found.target[hit], found.start[hit], found.end[hit], found)

    def add_acted(self, found: Aggregation, scheme: int) -> None:
        """Take note of where a scheme acted, with success, up to the end of an aggregation and so after its touches."""
        if found.acted is not None:
            acted = found.acted
            own = (acted.scheme == scheme) & (acted.applied > 0)
            self._note(self._acted, acted.target[own], acted.start[own], acted.end[own], found)

    def clear(self) -> None:
        """Forget everything."""
        self.latest = None
        self._ends_us.clear()
        self._touched, self._acted = [], []
        self._rates.clear()

    def within(self, aggregations: int) -> list[Pieces]:
        """Of each target, what was touched at all in the last so many aggregations, which must be known."""
        since_us = self._ends_us[-aggregations]
        return [_pieces(last.bounds, last.time_us >= since_us) for last in self._touched]

    def done(self, aggregations: int) -> list[Pieces]:
        """Of each target, where it was acted, and touched neither since then nor in the last so many aggregations."""
        since_us = self._ends_us[-aggregations]
        found = []
        for touched, acted in zip(self._touched, self._acted, strict=True):
            bounds = np.union1d(touched.bounds, acted.bounds)
            last, done = touched.at(bounds), acted.at(bounds)
            found.append(_pieces(bounds, ((done >= 0) & (done >= last) & (last < since_us))[:-1]))
        return found

    def at_least(self, aggregations: int, nr_accesses: int, max_nr_accesses: int) -> list[Pieces]:
        """Of each target, what was touched at a mean rate of nr_accesses / max_nr_accesses or more, and at all.

        Args:
            aggregations: over how many of the last; at most `MOST_AVERAGED`, and known.
            nr_accesses: of the rate that is enough.
            max_nr_accesses: of the same.
        """
        truths = list(self._rates)[-aggregations:]
        enough = max(1, -(-nr_accesses * TRUE_SCALE * len(truths) // max(max_nr_accesses, 1)))
        return [_above([_of(truth, target) for truth in truths], enough) for target in range(len(self._touched))]

    def _note(self, lasts: list[LastTime], target: I64, start: U64, end: U64, of: Aggregation) -> None:
        while len(self._touched) < of.nr_targets:
            self._touched.append(LastTime())
            self._acted.append(LastTime())
        for index, last in enumerate(lasts):
            own = target == index
            last.add(start[own], end[own], of.end_us)


def _follows(before: Aggregation, truth: Aggregation) -> bool:
    """Whether no aggregation lies between the two, of the same targets. Actions may put the next one off a little."""
    same = (before.kdamond, before.context, before.nr_targets) == (truth.kdamond, truth.context, truth.nr_targets)
    return same and 0 <= truth.start_us - before.end_us < max(before.aggr_us, truth.aggr_us)


def _is_whole(truth: Aggregation) -> bool:
    """Whether it is the truth of one aggregation, and does not stand for the past around it as well."""
    return truth.end_us - truth.start_us < 2 * max(truth.aggr_us, 1)


def _pieces(bounds: U64, wanted: _Mask) -> Pieces:
    """The pieces between bounds [n + 1] that are wanted [n], neighbours joined."""
    if not len(wanted):
        return Pieces(np.zeros(0, np.uint64), np.zeros(0, np.uint64))
    begins = np.flatnonzero(wanted & ~np.concatenate(([False], wanted[:-1])))
    ends = np.flatnonzero(wanted & ~np.concatenate((wanted[1:], [False]))) + 1
    return Pieces(bounds[begins], bounds[ends])


_Ranges = tuple[U64, U64, I64]
"""Starts, ends, and rates in 1 / TRUE_SCALE."""


def _of(truth: Aggregation, target: int) -> _Ranges:
    own = truth.target == target
    return truth.start[own], truth.end[own], truth.nr_accesses[own]


def _above(parts: Sequence[_Ranges], enough: int) -> Pieces:
    """Where the rates of all parts, added up, are at least `enough`."""
    at = np.concatenate([side for start, end, _ in parts for side in (start, end)])
    steps = np.concatenate([side for _, _, rate in parts for side in (rate, -rate)])
    bounds, which = np.unique(at, return_inverse=True)
    rises: NDArray[np.int64] = np.zeros(len(bounds), np.int64)
    np.add.at(rises, which.reshape(-1), steps)
    return _pieces(bounds, (np.cumsum(rises) >= enough)[:-1])
