"""When a kdamond aggregates, and when it reads the mappings again, counted in samples (specification section 2.3)."""

from __future__ import annotations

import math

from engine.attrs import max_nr_accesses, tick_us, ticks_in
from engine.config.model import Intervals
from engine.damos.tuning import samples_per_aggregation


class Schedule:
    """The intervals in force, and the samples at which they are over.

    Args:
        intervals: to begin with.
        now_us: when the first aggregation begins.
        counted: intervals are counted in samples (6.7 and later); before, they are read off a clock.
    """

    def __init__(self, intervals: Intervals, now_us: int, *, counted: bool) -> None:
        self._counted = counted
        self.passed = 0
        """Samples since the kdamond was turned on."""
        self.begin_window(now_us)
        self.plan(intervals)
        self.next_tune = self.next_aggr * intervals.goal.aggrs
        """When the intervals are adapted to their goal next."""

    def plan(self, intervals: Intervals) -> None:
        """Begin an aggregation, and the wait for the next update, with these intervals."""
        self.intervals = intervals
        self.sample_us = max(intervals.sample_us, 1)
        self.tick_us = tick_us(intervals.sample_us)
        """How much time passes between two samples."""
        self.aggr_samples = max(1, samples_per_aggregation(intervals))
        self.max_nr = max_nr_accesses(intervals)
        self.next_aggr = self.passed + self.ticks(intervals.aggr_us)
        self.next_ops = self.passed + self.ticks(intervals.update_us)

    def begin_window(self, now_us: int) -> None:
        """Counts start again now."""
        self._window_began = self.passed
        self.window_began_us = now_us

    @property
    def window(self) -> tuple[int, int]:
        """Samples since counts started again, and until the aggregation is over."""
        return self.passed - self._window_began, max(0, self.next_aggr - self.passed)

    def tune_due(self) -> bool:
        """Whether the intervals are to be adapted to their goal now; if so, the next time is one goal later."""
        goal = self.intervals.goal
        if not goal.aggrs or self.passed < self.next_tune:
            return False
        self.next_tune += self.aggr_samples * goal.aggrs
        return True

    def hasten(self) -> None:
        """Let the first sample end both intervals, as they do when they began long before (up to 6.6)."""
        self.next_aggr = self.next_ops = self.passed + 1

    @property
    def due(self) -> int:
        """The sample at which the first of them is over."""
        return min(self.next_aggr, self.next_ops)

    @property
    def aggregating(self) -> bool:
        """Whether an aggregation is under way."""
        return self.passed < self.next_aggr

    def ticks(self, interval_us: int) -> int:
        """Samples until an interval is over."""
        return ticks_in(interval_us, self.intervals.sample_us, counted=self._counted)

    def ticks_between(self, now_us: int, time_us: float) -> int:
        """Samples until a time is reached; 0 if it has passed."""
        return max(0, math.ceil((time_us - now_us) / self.tick_us))
