"""Auto-tuning of the intervals (specification section 10.1)."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config.model import Intervals, IntervalsGoal
from engine.damos.tuning import observed_score, samples_per_aggregation, tuned

GOAL = IntervalsGoal(access_bp=400, aggrs=3, min_sample_us=5_000, max_sample_us=10_000_000)
INTERVALS = Intervals(50_000, 1_000_000, 60_000_000, GOAL)


@pytest.mark.parametrize(
    ("score", "sample_us"),
    [(0, 100_000), (5_000, 75_000), (10_000, None), (15_000, 37_500), (20_000, 25_000), (10**9, 25_000)],
)
def test_intervals_shrink_and_grow_together(score: int, sample_us: int | None) -> None:
    got = tuned(INTERVALS, 20, score)
    if sample_us is None:
        assert got is None
    else:
        assert got is not None
        assert (got.sample_us, got.aggr_us, got.update_us, got.goal) == (
            (sample_us, 20 * sample_us, INTERVALS.update_us, GOAL)
        )


def test_the_sampling_interval_keeps_its_bounds() -> None:
    assert tuned(Intervals(6_000, 120_000, 1, GOAL), 20, 20_000) == Intervals(5_000, 100_000, 1, GOAL)
    assert tuned(Intervals(9_000_000, 180_000_000, 1, GOAL), 20, 0) == Intervals(10_000_000, 200_000_000, 1, GOAL)


def test_score_of_what_was_observed() -> None:
    size, nr = np.array([100, 300], np.uint64), np.array([20, 0])
    # 2000 of 8000 byte-checks were hits, and 4 % are aimed at.
    assert observed_score(size, nr, 20, 400) == 2_000 * 10_000 // 320
    assert observed_score(size, np.array([0, 0]), 20, 400) == 0
    assert observed_score(size, np.array([0, 1]), 20, 0) == 300 * 10_000
    huge = np.array([2**63, 2**62], np.uint64)
    assert observed_score(huge, np.array([20, 20]), 20, 10_000) == 10_000


def test_samples_per_aggregation() -> None:
    assert samples_per_aggregation(INTERVALS) == 20
    assert samples_per_aggregation(Intervals(0, 7)) == 7
