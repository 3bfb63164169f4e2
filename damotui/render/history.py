"""The aggregations that a view can go back to: all of a session, within a stated bound of memory."""

from __future__ import annotations

from dataclasses import replace

from damotui.render.acted import joined
from damotui.render.track import Track
from engine.snapshot import Aggregation

_FADING = 64
"""Of the newest of a context, this part becomes the past at once: one after the other would cost more."""


class History:
    """The aggregations of every context: the newest as they came, those before thinned out with the time they span.

    The newest half of what the bounds allow is kept whole. What is older fades: it is told in grains of time, an
    aggregation for each, and grains double when a bound is met. So a context stays covered from its first aggregation
    on, however long it runs, and all of its past is equally fine: with 20,000 aggregations of 100 ms each, the newest
    17 minutes are whole and a day before is told in grains of about 10 s.

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
        self.generation = 0
        """Rises when the history is cleared: what was made from it before is void."""
        self._tracks: dict[tuple[int, int], Track] = {}

    @property
    def nbytes(self) -> int:
        """Bytes that the aggregations take, about."""
        return sum(track.nbytes for track in self._tracks.values())

    @property
    def nr_aggregations(self) -> int:
        """How many there are, over all contexts."""
        return sum(len(track) for track in self._tracks.values())

    def add(self, aggregation: Aggregation) -> None:
        """Appends an aggregation, and thins the past out while a bound is exceeded.

        Where schemes acted is kept in as few spans as possible. If the past alone can't make room, because there are
        more contexts than aggregations allowed, or some are too large, the oldest of all are dropped; one is left.

        Raises:
            ValueError: It ends before one of the same context that is already there.
        """
        key = (aggregation.kdamond, aggregation.context)
        track = self._tracks.get(key)
        if track is None:
            track = self._tracks[key] = Track(aggregation.start_us)
        elif (newest := track.newest) is not None and aggregation.end_us < newest.end_us:
            raise ValueError(
                f"the aggregation of kdamond {key[0]}, context {key[1]} that ends at {aggregation.end_us} us comes "
                f"after one that ends at {newest.end_us} us; they must be added in time order"
            )
        if aggregation.acted is not None:
            aggregation = replace(aggregation, acted=joined(aggregation.acted))
        track.add(aggregation)
        while (track := self._to_fade()) is not None:
            track.fade(max(1, track.nr_new // _FADING))
        while self._is_over() and self._make_room():
            pass

    def copy(self, generation: int) -> History:
        """Another history with the same past, which goes on by itself; aggregations are not copied.

        Args:
            generation: of the other one.
        """
        other = History(max_bytes=self.max_bytes, max_aggregations=self.max_aggregations)
        other.generation = generation
        other._tracks = {key: track.copy() for key, track in self._tracks.items()}
        return other

    def clear(self) -> None:
        """Forgets everything."""
        self._tracks.clear()
        self.generation += 1

    def keep_newest(self, kdamond: int, context: int, count: int) -> None:
        """Forgets all but the newest aggregations of a context, which begins with the first of those then.

        Those that are thinned out already are forgotten, too.
        """
        track = self._tracks.get((kdamond, context))
        if track is None or (track.nr_past == 0 and track.nr_new <= count):
            return
        track.drop_past()
        while track.nr_new > count:
            track.drop_oldest()
        if track.oldest is not None:
            track.begin_us = track.oldest.start_us
        else:
            del self._tracks[kdamond, context]
        self.generation += 1

    def contexts(self) -> tuple[tuple[int, int], ...]:
        """(kdamond, context) of each context that has an aggregation, sorted."""
        return tuple(sorted(key for key, track in self._tracks.items() if len(track)))

    def begin_us(self, kdamond: int, context: int = 0) -> int | None:
        """When the first aggregation ever added for a context began."""
        track = self._tracks.get((kdamond, context))
        return None if track is None else track.begin_us

    def latest(self, kdamond: int, context: int = 0) -> Aggregation | None:
        """The last aggregation added."""
        track = self._tracks.get((kdamond, context))
        return None if track is None else track.newest

    def grain_us(self, kdamond: int, context: int = 0) -> int:
        """Length of the grains in which the past of a context is told; 0 while all of it is whole."""
        track = self._tracks.get((kdamond, context))
        return 0 if track is None else track.grain_us

    def between(self, kdamond: int, context: int, start_us: int, end_us: int) -> list[Aggregation]:
        """Aggregations of a context that overlap [start_us, end_us), in time order.

        One that stands for others, too, has its own regions and the time of all of them: it is longer than `aggr_us`.
        """
        track = self._tracks.get((kdamond, context))
        return [] if track is None or end_us <= start_us else list(track.between(start_us, end_us))

    def _to_fade(self) -> Track | None:
        """The context whose newest take most, while the newest of all take more than half of what is allowed."""
        nr_new = sum(track.nr_new for track in self._tracks.values())
        new_bytes = sum(track.new_bytes for track in self._tracks.values())
        long = [track for track in self._tracks.values() if track.nr_new > 1]
        if long and 2 * new_bytes > self.max_bytes:
            return max(long, key=lambda track: track.new_bytes)
        if long and nr_new > -(-self.max_aggregations // 2):
            return max(long, key=lambda track: track.nr_new)
        return None

    def _is_over(self) -> bool:
        return self.nbytes > self.max_bytes or self.nr_aggregations > self.max_aggregations

    def _make_room(self) -> bool:
        """Thins out the past of the context where it takes most, or drops the oldest of all; false if one is left."""
        thick = [track for track in self._tracks.values() if track.nr_past > 1]
        if thick:
            by_bytes = self.nbytes > self.max_bytes
            max(thick, key=lambda track: track.past_bytes if by_bytes else track.nr_past).merge()
            return True
        if self.nr_aggregations <= 1:
            return False
        min((track for track in self._tracks.values() if len(track)), key=_oldest_end).drop_oldest()
        return True


def _oldest_end(track: Track) -> int:
    assert track.oldest is not None
    return track.oldest.end_us
