"""Rates of counters that only grow, over simulated time."""

from __future__ import annotations

from collections import deque

_SPAN_US = 2_000_000
_MAX_BINS = 240


class Meter:
    """How fast one counter grows: now, and bin by bin for a sparkline.

    A counter that shrinks was set back: the meter begins anew.

    Args:
        bin_us: simulated time that one value of the series covers.
    """

    def __init__(self, bin_us: int = 500_000) -> None:
        self.bin_us = max(1, bin_us)
        self._begin()

    def _begin(self) -> None:
        self._seen: deque[tuple[int, int]] = deque()
        self._series: deque[float] = deque(maxlen=_MAX_BINS)
        self._bin = -1
        self._partial = 0.0

    def feed(self, time_us: int, total: int) -> None:
        """Take note of the counter at a moment; moments must not go back."""
        if self._seen and (total < self._seen[-1][1] or time_us < self._seen[-1][0]):
            self._begin()
        if self._seen and time_us > self._seen[-1][0]:
            self._spread(*self._seen[-1], time_us, total)
        if not self._seen or time_us > self._seen[-1][0] or total > self._seen[-1][1]:
            self._seen.append((time_us, total))
        while len(self._seen) > 2 and time_us - self._seen[1][0] >= _SPAN_US:
            self._seen.popleft()

    @property
    def per_s(self) -> float:
        """Growth per second of simulated time, over the last two of them."""
        if len(self._seen) < 2:
            return 0.0
        (first_us, first), (last_us, last) = self._seen[0], self._seen[-1]
        return (last - first) * 1e6 / (last_us - first_us) if last_us > first_us else 0.0

    @property
    def series(self) -> tuple[float, ...]:
        """Growth per second in each full bin, oldest first."""
        return tuple(self._series)

    def _spread(self, from_us: int, before: int, to_us: int, total: int) -> None:
        """Add growth to the bins that it may have happened in, evenly."""
        per_us = (total - before) / (to_us - from_us)
        # A jump over more bins than are kept needs no more than those.
        first = max(from_us // self.bin_us, to_us // self.bin_us - _MAX_BINS)
        for index in range(first, to_us // self.bin_us + 1):
            start, end = index * self.bin_us, (index + 1) * self.bin_us
            if index != self._bin:
                if self._bin >= 0:
                    self._series.append(self._partial * 1e6 / self.bin_us)
                self._bin, self._partial = index, 0.0
            self._partial += per_us * max(0, min(end, to_us) - max(start, from_us))
