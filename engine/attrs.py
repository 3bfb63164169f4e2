"""What a change of the monitoring attributes does to results that are under way (section 1.5)."""

from __future__ import annotations

import numpy as np

from engine.config.model import UINT_MAX, Intervals
from engine.regions.table import I64, Regions, empty_i64
from engine.versions import Feature, Kernel

LEAST_TICK_US = 100
"""How long a sampling interval of 0 takes all the same, on a usual machine."""


def tick_us(sample_us: int) -> int:
    """How much time passes between two samples."""
    return sample_us or LEAST_TICK_US


def ticks_in(interval_us: int, sample_us: int, *, counted: bool) -> int:
    """Samples until an interval is over.

    Args:
        interval_us: the interval.
        sample_us: the sampling interval.
        counted: as many as fit into it (6.7 and later, section 2.3); before, until a clock says that it has passed.
    """
    return interval_us // max(sample_us, 1) if counted else -(-interval_us // tick_us(sample_us))


def max_nr_accesses(intervals: Intervals) -> int:
    """Checks per region in one aggregation (section 1.4); at least 1."""
    return max(1, min(intervals.aggr_us // max(intervals.sample_us, 1), UINT_MAX))


def convert_results(regions: Regions, old: Intervals, new: Intervals, *, aggregating: bool, kernel: Kernel) -> None:
    """Express counters that were taken with the `old` intervals in those of the `new` ones.

    Args:
        regions: changed in place.
        old: the intervals in force so far.
        new: the intervals from now on.
        aggregating: whether an aggregation is under way (some checks of it are done, or none).
        kernel: decides what of the counts is kept.
    """
    if not kernel.has(Feature.RESULTS_CONVERTED):
        return
    if 0 in (old.sample_us, old.aggr_us, new.sample_us, new.aggr_us):
        return
    before, after = max_nr_accesses(old), max_nr_accesses(new)
    age = regions.age.astype(np.uint64) * np.uint64(old.aggr_us) // np.uint64(new.aggr_us)
    regions.age = (age & np.uint64(UINT_MAX)).astype(np.int64)
    if aggregating and kernel.has(Feature.RESULTS_CONVERTED_BY_PHASE):
        regions.last_nr_accesses = _convert(regions.last_nr_accesses, before, after)
        regions.nr_accesses = empty_i64(len(regions))
        return
    regions.nr_accesses = _convert(regions.nr_accesses, before, after)
    if kernel.has(Feature.LAST_ALWAYS_CONVERTED):
        regions.last_nr_accesses = _convert(regions.last_nr_accesses, before, after)


def _convert(count: I64, before: int, after: int) -> I64:
    """`count` of `before` checks as a count of `after` ones, by way of 1/10,000, in 32-bit arithmetic."""
    bp = (count.astype(np.uint64) * np.uint64(10_000) // np.uint64(before)) & np.uint64(UINT_MAX)
    return ((bp * np.uint64(after)) & np.uint64(UINT_MAX)).astype(np.int64) // 10_000
