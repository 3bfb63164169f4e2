"""Patterns and the access counts they look at (specification sections 3.4, 6.1 and 15.1)."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config.model import UINT_MAX, ULONG_MAX, AccessPattern, Range
from engine.damos.pattern import fits_counters, fits_size, matches, moving_sum, moving_sum_on_demand
from tests.engine.damos.fakes import EVERYTHING


def column(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (EVERYTHING, [True] * 4),
        (AccessPattern(Range(4, 8), Range(0, 9), Range(0, 9)), [True, True, True, False]),
        (AccessPattern(Range(4, 7), Range(0, 9), Range(0, 9)), [True, True, False, False]),
        (AccessPattern(Range(5, 9), Range(1, 2), Range(0, 9)), [False, True, True, True]),
        (AccessPattern(Range(0, 9), Range(0, 0), Range(0, 9)), [True, False, False, False]),
        (AccessPattern(Range(0, 9), Range(0, 9), Range(3, 4)), [False, True, True, False]),
        (AccessPattern(Range(8, 4), Range(0, 9), Range(0, 9)), [False] * 4),
        (AccessPattern(Range(0, 9), Range(9, 0), Range(0, 9)), [False] * 4),
        # Stored in 32 bits: 2^32 is 0, and 2^64-1 is no limit.
        (AccessPattern(Range(0, ULONG_MAX), Range(0, 2**32), Range(0, ULONG_MAX)), [True, False, False, False]),
        (
            AccessPattern(Range(0, ULONG_MAX), Range(2**32 + 2, ULONG_MAX), Range(0, UINT_MAX)),
            [False, False, True, True],
        ),
    ],
)
def test_ranges_are_closed(pattern: AccessPattern, wanted: list[bool]) -> None:
    size, nr, age = np.array([4, 5, 8, 9], np.uint64), column(0, 1, 2, 2), column(2, 3, 4, 5)
    assert matches(pattern, size, nr, age).tolist() == wanted
    one_by_one = [
        fits_size(pattern, s) and fits_counters(pattern, n, a)
        for s, n, a in zip(size.tolist(), nr.tolist(), age.tolist(), strict=True)
    ]
    assert one_by_one == wanted


def test_moving_sum_replaces_the_last_count_bit_by_bit() -> None:
    hits = [1, 0, 1, 0, 0, 0, 1, 0, 0, 0]
    seen = [int(moving_sum(column(sum(hits[:i])), column(5), i, 10)[0]) for i in range(11)]
    # In 1/10,000: 50000, then 55000, 50000, 55000, 50000, 45000, 40000, 45000, 40000, 35000, 30000.
    assert seen == [5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3]


@pytest.mark.parametrize(
    ("now", "last", "left_bp", "count"),
    [(0, 49, 10_000, 49), (3, 10, 7_000, 10), (3, 10, 5_000, 8), (32, 100, 1_000, 42), (42, 49, 0, 42)],
)
def test_moving_sum_on_demand(now: int, last: int, left_bp: int, count: int) -> None:
    assert moving_sum_on_demand(column(now), column(last), left_bp, 10_000).tolist() == [count]


@pytest.mark.parametrize(
    ("passed", "nr", "last", "count"),
    [(0, 5, 3, 3), (0, 0, 7, 7), (5, 3, 10, 8), (8, 3, 10, 5), (10, 42, 49, 42)],
)
def test_moving_sum_on_demand_over_an_aggregation(passed: int, nr: int, last: int, count: int) -> None:
    assert moving_sum_on_demand(column(nr), column(last), 10 - passed, 10).tolist() == [count]
