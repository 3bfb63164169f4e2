"""What a perfect monitor would have found: the access rates that monitoring estimates, from the workload itself.

A check of a region finds an access if the page that it drew was touched in the sample's window. With unlimited checks
the share of a region's checks that find one is the share of its pages that is touched in a window, on average over the
windows: the expectation of nr_accesses, divided by the number of checks. What is touched is known here address by
address, so that the truth has no regions to be averaged over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.snapshot import U64, Aggregation
from engine.workload.realisation import F64
from engine.workload.touch import Touched

TRUE_SCALE = 10_000
"""`max_nr_accesses` of true aggregations: rates are told in steps of a ten-thousandth."""
MOST_WINDOWS = 200
"""Sample windows that are looked at in an aggregation; of more, the last ones."""


def windows_of(aggregation: Aggregation) -> F64:
    """Edges [k + 1], in microseconds, of the sample windows whose truth stands for an aggregation."""
    sample_us = max(aggregation.sample_us, 1)
    windows = min(max(round((aggregation.end_us - aggregation.start_us) / sample_us), 1), MOST_WINDOWS)
    edges: F64 = aggregation.end_us - sample_us * np.arange(windows, -1, -1, dtype=np.float64)
    return edges


def true_aggregation(aggregation: Aggregation, touched: Sequence[Touched]) -> Aggregation:
    """The truth beside an aggregation.

    Args:
        aggregation: what was found.
        touched: of each of its targets, what is touched in the windows of `windows_of`.

    Returns:
        Of the same context and time: the ranges that were touched at all, with their mean touched share in steps of
        1 / `TRUE_SCALE` as `nr_accesses` (at least 1) of `max_nr_accesses`. Memory in none of them was not touched.
        `age` is 0 throughout.
    """
    starts: list[U64] = []
    ends: list[U64] = []
    rates: list[F64] = []
    for one in touched:
        start, end, rate = _joined(one)
        starts.append(start)
        ends.append(end)
        rates.append(rate)
    counts = np.array([len(start) for start in starts], np.int64)
    nr = np.concatenate(rates).astype(np.int64) if rates else np.zeros(0, np.int64)
    return replace(
        aggregation,
        max_nr_accesses=TRUE_SCALE,
        target=np.repeat(np.arange(len(touched)), counts),
        start=np.concatenate(starts) if starts else np.zeros(0, np.uint64),
        end=np.concatenate(ends) if ends else np.zeros(0, np.uint64),
        nr_accesses=nr,
        age=np.zeros(len(nr), np.int64),
        acted=None,
    )


def _joined(touched: Touched) -> tuple[U64, U64, F64]:
    """The touched ranges with their scaled mean shares, neighbours with the same joined."""
    if not len(touched.start):
        return touched.start, touched.end, np.zeros(0)
    rate = np.rint(touched.share.mean(axis=0) * TRUE_SCALE)
    rate[(rate == 0) & touched.share.any(axis=0)] = 1.0
    some = rate > 0
    start, end, rate = touched.start[some], touched.end[some], rate[some]
    first = np.ones(len(start), bool)
    first[1:] = (start[1:] != end[:-1]) | (rate[1:] != rate[:-1])
    last = np.roll(first, -1)
    return start[first], end[last], rate[first]
