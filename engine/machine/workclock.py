"""The clock of a process' work: how far it has come at any time.

A process that never waits for memory has worked for as long as it exists. One that waits, or whose memory is slow,
works less than time passes; its clock is piecewise linear.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from copy import copy

import numpy as np

from engine.machine.extents import F64

_NEAR = 0.01
_ROUNDS = 40


class WorkClock:
    """Work done, in microseconds, as a function of time, in microseconds of the engine's clock.

    Args:
        started_us: when the process starts, with no work done.
    """

    def __init__(self, started_us: int) -> None:
        self._time: list[float] = [float(started_us)]
        self._work: list[float] = [0.0]
        self._rate: list[float] = [1.0]

    def __deepcopy__(self, memo: dict[int, object]) -> WorkClock:
        """The same clock; numbers need no copies of their own, and a long life has many."""
        other = copy(self)
        other._time, other._work, other._rate = self._time.copy(), self._work.copy(), self._rate.copy()
        return other

    def run(self, from_us: float, rate: float) -> None:
        """From then on, which is not before any such time told so far, do `rate` microseconds of work in one."""
        if rate == self._rate[-1]:
            return
        work = self.work_at(from_us)
        if from_us == self._time[-1]:
            self._rate[-1] = rate
            self._rejoin()
            return
        self._time.append(from_us)
        self._work.append(work)
        self._rate.append(rate)

    def _rejoin(self) -> None:
        if len(self._rate) > 1 and self._rate[-1] == self._rate[-2]:
            for column in (self._time, self._work, self._rate):
                column.pop()

    @property
    def rate(self) -> float:
        """How fast it goes, as far as it has been told."""
        return self._rate[-1]

    def work_at(self, time_us: float) -> float:
        """Work done at a time; as if it went on like that, if it is later than anything told."""
        i = max(bisect_right(self._time, time_us) - 1, 0)
        return self._work[i] + (time_us - self._time[i]) * self._rate[i]

    def works_at(self, times_us: F64) -> F64:
        """Work done at each of the times [k], ascending."""
        if len(self._time) == 1:
            return self._work[0] + (times_us - self._time[0]) * self._rate[0]
        low = max(bisect_right(self._time, float(times_us[0])) - 1, 0)
        part = slice(low, max(bisect_right(self._time, float(times_us[-1])), low + 1))
        known = np.array(self._time[part])
        i = np.maximum(np.searchsorted(known, times_us, "right") - 1, 0)
        work: F64 = np.array(self._work[part])[i] + (times_us - known[i]) * np.array(self._rate[part])[i]
        return work


def most_work(
    budget_ns: float, limit_us: float, ns_per_us: float, guess_us: float, stall_ns: Callable[[float], float]
) -> float:
    """The most work, in microseconds, that can be done within `budget_ns`, and no more than `limit_us`.

    Work takes `ns_per_us` itself, and `stall_ns(work)` more, which never falls with more work. The result is near
    enough to it if less than a hundredth of the budget is missing or too much.

    Args:
        budget_ns: time that there is.
        limit_us: work that there is.
        ns_per_us: what a microsecond's work takes without any stall.
        guess_us: where to look first.
        stall_ns: what work stalls for.
    """
    most = min(limit_us, budget_ns / ns_per_us)
    if budget_ns <= 0 or most <= 0:
        return 0.0

    def over(work_us: float) -> float:
        return work_us * ns_per_us + stall_ns(work_us) - budget_ns

    near = budget_ns * _NEAR
    low, below = 0.0, -budget_ns
    high = min(max(guess_us, most * _NEAR), most)
    above = over(high)
    while above <= 0 and high < most:
        if above >= -near:
            return high
        low, below = high, above
        high = min(2 * high, most)
        above = over(high)
    if above <= 0:
        return high
    # The Illinois method: a secant that lets no end of the interval stay for long.
    side = 0
    for _ in range(_ROUNDS):
        if above <= near:
            return high
        work = low + (high - low) * below / (below - above)
        off = over(work)
        if abs(off) <= near:
            return work
        if off > 0:
            high, above = work, off
            below = below / 2 if side == 1 else below
            side = 1
        else:
            low, below = work, off
            above = above / 2 if side == -1 else above
            side = -1
    return low
