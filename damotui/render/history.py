"""The aggregations that a view can go back to, within a stated bound of memory."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from operator import attrgetter

from damotui.render.acted import joined
from engine.snapshot import Aggregation

_OVERHEAD_BYTES = 1_000
"""An aggregation without regions: the object and five array headers, measured and rounded up."""
_BYTES_PER_REGION = 40
"""Five columns of 8 bytes; a span in which a scheme acted has as many."""

_end = attrgetter("end_us")


class _Track:
    """The aggregations of one context in time order; those before `first` are dropped."""

    __slots__ = ("begin_us", "first", "items")

    def __init__(self, begin_us: int) -> None:
        self.items: list[Aggregation | None] = []
        self.first = 0
        self.begin_us = begin_us

    def __len__(self) -> int:
        return len(self.items) - self.first

    def pop_oldest(self) -> Aggregation:
        oldest = self.items[self.first]
        assert oldest is not None
        self.items[self.first] = None
        self.first += 1
        if self.first > 1_000 and self.first * 2 > len(self.items):
            del self.items[: self.first]
            self.first = 0
        return oldest


class History:
    """The newest aggregations of every context, oldest dropped first.

    Adding one costs O(1), amortised. An instance belongs to one thread.

    Args:
        max_bytes: Bound on `nbytes`, over all contexts.
        max_aggregations: Bound on `nr_aggregations`, over all contexts.

    Raises:
        ValueError: A bound is below 1.
    """

    def __init__(self, *, max_bytes: int = 64 << 20, max_aggregations: int = 20_000) -> None:
        if max_bytes < 1 or max_aggregations < 1:
            raise ValueError(f"a history of {max_bytes} bytes and {max_aggregations} aggregations can hold nothing")
        self.max_bytes = max_bytes
        self.max_aggregations = max_aggregations
        self.nbytes = 0
        """Bytes that the aggregations take, about."""
        self.nr_aggregations = 0
        self.nr_dropped = 0
        """Aggregations dropped since the history was made or cleared."""
        self.generation = 0
        """Rises when the history is cleared: what was made from it before is void."""
        self._tracks: dict[tuple[int, int], _Track] = {}

    def add(self, aggregation: Aggregation) -> None:
        """Appends an aggregation; drops the oldest while there is more than one and a bound is exceeded.

        Where schemes acted is kept in as few spans as possible.

        Raises:
            ValueError: It ends before one of the same context that is already there.
        """
        key = (aggregation.kdamond, aggregation.context)
        track = self._tracks.get(key)
        if track is None:
            track = self._tracks[key] = _Track(aggregation.start_us)
        elif len(track):
            last = track.items[-1]
            assert last is not None
            if aggregation.end_us < last.end_us:
                raise ValueError(
                    f"the aggregation of kdamond {key[0]}, context {key[1]} that ends at {aggregation.end_us} us comes "
                    f"after one that ends at {last.end_us} us; they must be added in time order"
                )
        if aggregation.acted is not None:
            aggregation = replace(aggregation, acted=joined(aggregation.acted))
        track.items.append(aggregation)
        self.nr_aggregations += 1
        self.nbytes += _nbytes(aggregation)
        while self.nr_aggregations > 1 and (
            self.nbytes > self.max_bytes or self.nr_aggregations > self.max_aggregations
        ):
            self._drop_oldest()

    def clear(self) -> None:
        """Forgets everything."""
        self._tracks.clear()
        self.generation += 1
        self.nbytes = self.nr_aggregations = self.nr_dropped = 0

    def keep_newest(self, kdamond: int, context: int, count: int) -> None:
        """Forgets all but the newest aggregations of a context, which begins with the first of those then."""
        track = self._tracks.get((kdamond, context))
        if track is None or len(track) <= count:
            return
        while len(track) > count:
            self._drop(track)
        if count:
            oldest = track.items[track.first]
            assert oldest is not None
            track.begin_us = oldest.start_us
        else:
            del self._tracks[kdamond, context]
        self.generation += 1

    def contexts(self) -> tuple[tuple[int, int], ...]:
        """(kdamond, context) of each context that has an aggregation, sorted."""
        return tuple(sorted(key for key, track in self._tracks.items() if len(track)))

    def begin_us(self, kdamond: int, context: int = 0) -> int | None:
        """When the first aggregation ever added for a context began; it may have been dropped since."""
        track = self._tracks.get((kdamond, context))
        return None if track is None else track.begin_us

    def latest(self, kdamond: int, context: int = 0) -> Aggregation | None:
        """The last aggregation added."""
        track = self._tracks.get((kdamond, context))
        return track.items[-1] if track else None

    def between(self, kdamond: int, context: int, start_us: int, end_us: int) -> list[Aggregation]:
        """Aggregations of a context that overlap [start_us, end_us), in time order."""
        track = self._tracks.get((kdamond, context))
        if track is None or end_us <= start_us:
            return []
        items = track.items
        found: list[Aggregation] = []
        for i in range(bisect_right(items, start_us, lo=track.first, key=_end), len(items)):
            aggregation = items[i]
            assert aggregation is not None
            if aggregation.start_us >= end_us:
                break
            found.append(aggregation)
        return found

    def _drop_oldest(self) -> None:
        track = min((t for t in self._tracks.values() if len(t)), key=_oldest_end)
        self._drop(track)

    def _drop(self, track: _Track) -> None:
        dropped = track.pop_oldest()
        self.nr_aggregations -= 1
        self.nr_dropped += 1
        self.nbytes -= _nbytes(dropped)


def _nbytes(aggregation: Aggregation) -> int:
    spans = 0 if aggregation.acted is None else len(aggregation.acted.start)
    return _OVERHEAD_BYTES + _BYTES_PER_REGION * (len(aggregation.start) + spans)


def _oldest_end(track: _Track) -> int:
    oldest = track.items[track.first]
    assert oldest is not None
    return oldest.end_us
