"""A value that rises and falls, over simulated time."""

from __future__ import annotations

from collections import deque

_MAX_BINS = 240


class Gauge:
    """The last value in each bin of time, for a sparkline. Bins in which nothing was seen repeat the one before.

    Args:
        bin_us: simulated time that one value of the series covers.
    """

    def __init__(self, bin_us: int = 500_000) -> None:
        self.bin_us = max(1, bin_us)
        self._series: deque[float] = deque(maxlen=_MAX_BINS)
        self._bin = -1

    def feed(self, time_us: int, value: float) -> None:
        """Take note of the value at a moment; if moments go back, the gauge begins anew."""
        at = time_us // self.bin_us
        if at < self._bin:
            self._series.clear()
        if self._series:
            self._series.extend([self._series[-1]] * min(at - self._bin, _MAX_BINS))
            self._series.pop()
        self._series.append(value)
        self._bin = at

    @property
    def series(self) -> tuple[float, ...]:
        """Oldest first; the last one is the newest seen."""
        return tuple(self._series)
