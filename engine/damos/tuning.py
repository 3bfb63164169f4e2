"""Auto-tuning of the sampling and aggregation intervals (6.15 and later, section 10.1)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.config.model import Intervals
from engine.damos.goals import GOAL_SCORE, feed
from engine.regions.table import I64, U64

_FEED_SCALE = 10_000
_LOW = np.uint64(2**32 - 1)


def samples_per_aggregation(intervals: Intervals) -> int:
    """The ratio of the two intervals that tuning keeps."""
    return intervals.aggr_us // max(intervals.sample_us, 1)


def observed_score(size: U64, nr_accesses: I64, aggr_samples: int, access_bp: int) -> int:
    """How many of the accesses aimed at were observed; 10000 for just as many.

    Args:
        size: bytes of all regions [n].
        nr_accesses: checks that found each accessed [n].
        aggr_samples: checks per aggregation.
        access_bp: the goal, in 1/10,000 of what could be observed.
    """
    counts = nr_accesses.astype(np.uint64)
    events = (int(((size >> np.uint64(32)) * counts).sum()) << 32) + int(((size & _LOW) * counts).sum())
    most = int(size.sum(dtype=np.uint64)) * aggr_samples
    return events * GOAL_SCORE // max(1, most * access_bp // 10_000)


def tuned(intervals: Intervals, aggr_samples: int, score: int) -> Intervals | None:
    """The intervals to go on with; None where they stay.

    Args:
        intervals: the present ones, with a goal.
        aggr_samples: samples per aggregation, which stay the same.
        score: from `observed_score`.
    """
    adapt_bp = feed(GOAL_SCORE * _FEED_SCALE, score) // _FEED_SCALE
    if adapt_bp <= GOAL_SCORE:
        adapt_bp = GOAL_SCORE // 2 + adapt_bp // 2
    if adapt_bp == GOAL_SCORE:
        return None
    goal = intervals.goal
    sample_us = intervals.sample_us * adapt_bp // 10_000
    sample_us = max(goal.min_sample_us, min(goal.max_sample_us, sample_us))
    return replace(intervals, sample_us=sample_us, aggr_us=sample_us * aggr_samples)
