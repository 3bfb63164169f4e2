"""The aggregations of one context: the newest whole, the past before them in grains that grow with its length."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter

import numpy as np

from damotui.render.acted import joined
from engine.snapshot import Acted, Aggregation

_OVERHEAD_BYTES = 1_000
"""An aggregation without regions: the object and five array headers, measured and rounded up."""
_BYTES_PER_REGION = 40
"""Five columns of 8 bytes; a span in which a scheme acted has as many."""

_end = attrgetter("end_us")


class Track:
    """Aggregations in time order.

    Those that `fade` sends to the past are told in grains: neighbours there that span at most `grain_us` from the
    start of one to the end of the other are one, which has the regions of the earlier and stands for the time of both.
    """

    __slots__ = ("_first", "_hand", "_new", "_past", "begin_us", "grain_us", "new_bytes", "past_bytes")

    def __init__(self, begin_us: int) -> None:
        self.begin_us = begin_us
        """When the first aggregation of all began."""
        self.grain_us = 0
        self.new_bytes = 0
        self.past_bytes = 0
        self._past: list[Aggregation] = []
        self._hand = 0
        """Before it in the past, no two neighbours fit into a grain."""
        self._new: list[Aggregation | None] = []
        self._first = 0
        """Where the newest begin in `_new`: what was before is None."""

    def __len__(self) -> int:
        return self.nr_past + self.nr_new

    def copy(self) -> Track:
        """Another one of the same aggregations."""
        other = copy(self)
        other._past, other._new = self._past.copy(), self._new.copy()
        return other

    @property
    def nr_new(self) -> int:
        """Aggregations that are whole."""
        return len(self._new) - self._first

    @property
    def nr_past(self) -> int:
        """Aggregations that stand for the past."""
        return len(self._past)

    @property
    def nbytes(self) -> int:
        """Bytes that all of them take, about."""
        return self.new_bytes + self.past_bytes

    @property
    def oldest(self) -> Aggregation | None:
        """The first that is left."""
        return self._past[0] if self._past else self._new[self._first] if self.nr_new else None

    @property
    def newest(self) -> Aggregation | None:
        """The last that was added."""
        return self._new[-1] if self.nr_new else self._past[-1] if self._past else None

    def add(self, aggregation: Aggregation) -> None:
        """Append one."""
        self._new.append(aggregation)
        self.new_bytes += nbytes_of(aggregation)

    def fade(self, count: int) -> None:
        """Send that many of the newest to the past, the oldest of them first."""
        grain = [self._past.pop()] if self._past else []
        self.past_bytes -= sum(nbytes_of(one) for one in grain)
        for _ in range(count):
            faded = self._pop_new()
            if grain and not self._fits(grain[0], faded):
                self._append_past(_told_as_one(grain))
                grain = []
            grain.append(faded)
        self._append_past(_told_as_one(grain))

    def merge(self) -> None:
        """Make one of two neighbours in the past; there must be two at least.

        A hand goes through the past. When it has found all that fit into a grain, grains become twice as long, and long
        enough for half of the neighbours. Of these at least every second is merged, so that what the hand passes comes
        to a few steps for each aggregation that was ever added.
        """
        past = self._past
        while True:
            while self._hand + 1 < len(past):
                left, right = past[self._hand : self._hand + 2]
                if self._fits(left, right):
                    merged = _told_as_one((left, right))
                    past[self._hand : self._hand + 2] = [merged]
                    self.past_bytes += nbytes_of(merged) - nbytes_of(left) - nbytes_of(right)
                    return
                self._hand += 1
            spans = [right.end_us - left.start_us for left, right in pairwise(past)]
            self.grain_us = max(2 * self.grain_us, int(np.median(spans)))
            self._hand = 0

    def drop_oldest(self) -> None:
        """Forget the first that is left."""
        if self._past:
            self.past_bytes -= nbytes_of(self._past.pop(0))
            self._hand = 0
        else:
            self._pop_new()

    def drop_past(self) -> None:
        """Forget all but the newest that are whole."""
        self._past = []
        self.past_bytes = self.grain_us = self._hand = 0

    def between(self, start_us: int, end_us: int) -> Iterator[Aggregation]:
        """Those that overlap [start_us, end_us), in time order."""
        for items, first in ((self._past, 0), (self._new, self._first)):
            for i in range(bisect_right(items, start_us, lo=first, key=_end), len(items)):
                one = items[i]
                assert one is not None
                if one.start_us >= end_us:
                    return
                yield one

    def _fits(self, left: Aggregation, right: Aggregation) -> bool:
        return right.end_us - left.start_us <= self.grain_us

    def _append_past(self, one: Aggregation) -> None:
        self._past.append(one)
        self.past_bytes += nbytes_of(one)

    def _pop_new(self) -> Aggregation:
        oldest = self._new[self._first]
        assert oldest is not None
        self._new[self._first] = None
        self._first += 1
        if self._first > 1_000 and self._first * 2 > len(self._new):
            del self._new[: self._first]
            self._first = 0
        self.new_bytes -= nbytes_of(oldest)
        return oldest


def nbytes_of(aggregation: Aggregation) -> int:
    """Bytes that an aggregation takes, about."""
    spans = 0 if aggregation.acted is None else len(aggregation.acted.start)
    return _OVERHEAD_BYTES + _BYTES_PER_REGION * (len(aggregation.start) + spans)


def _told_as_one(grain: Sequence[Aggregation]) -> Aggregation:
    """The regions of the first, for the time of all; where schemes acted in any of them."""
    if len(grain) == 1:
        return grain[0]
    acted = [one.acted for one in grain if one.acted is not None]
    return replace(grain[0], end_us=grain[-1].end_us, acted=_all_of(acted) if acted else None)


def _all_of(acted: Sequence[Acted]) -> Acted:
    if len(acted) == 1:
        return acted[0]
    columns = ("scheme", "target", "start", "end", "applied")
    return joined(Acted(*(np.concatenate([getattr(one, name) for one in acted]) for name in columns)))
