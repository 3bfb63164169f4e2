"""Aggregations and truths for tests of tuning, made by hand or by chance."""

from dataclasses import replace

import numpy as np

from engine.snapshot import Acted, Aggregation
from engine.truth import TRUE_SCALE

PAGE = 4096


def found(rows, *, end_us=100_000, checks=20, aggr_us=100_000, acted=None, nr_targets=None):
    """An aggregation of regions (target, first page, end page, nr_accesses, age)."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Aggregation(
        kdamond=0,
        context=0,
        start_us=end_us - aggr_us,
        end_us=end_us,
        sample_us=aggr_us // checks,
        aggr_us=aggr_us,
        max_nr_accesses=checks,
        target=columns[0].copy(),
        start=columns[1].astype(np.uint64) * np.uint64(PAGE),
        end=columns[2].astype(np.uint64) * np.uint64(PAGE),
        nr_accesses=columns[3].copy(),
        age=columns[4].copy(),
        nr_targets=nr_targets or 1 + max((row[0] for row in rows), default=0),
        acted=None if acted is None else spans(acted),
    )


def spans(rows):
    """What schemes acted on: (scheme, target, first page, end page)."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    start, end = (columns[side].astype(np.uint64) * np.uint64(PAGE) for side in (2, 3))
    return Acted(columns[0].copy(), columns[1].copy(), start, end, (end - start).astype(np.int64))


def truth(rows, *, end_us=100_000, aggr_us=100_000, nr_targets=1):
    """The truth beside an aggregation: (target, first page, end page, rate from 0 to 1)."""
    scaled = [(target, first, end, round(rate * TRUE_SCALE), 0) for target, first, end, rate in rows]
    made = found(scaled, end_us=end_us, aggr_us=aggr_us, nr_targets=nr_targets)
    return replace(made, max_nr_accesses=TRUE_SCALE)


def by_chance(rng, *, targets=2, most=40, checks=20, end_us=100_000):
    """Regions of any size, count and age, with gaps between some of them."""
    rows = []
    for target in range(targets):
        at = int(rng.integers(0, 50))
        for _ in range(int(rng.integers(1, most))):
            size = int(rng.integers(1, 9)) ** 3
            rows.append((target, at, at + size, int(rng.integers(0, checks + 1)), int(rng.integers(0, 300))))
            at += size + int(rng.integers(0, 2)) * int(rng.integers(0, 20))
    return found(rows, checks=checks, end_us=end_us)


def listed(aggregation):
    """(target, start, end, nr_accesses, age) of each region, as Python's own numbers."""
    return list(
        zip(
            aggregation.target.tolist(),
            aggregation.start.tolist(),
            aggregation.end.tolist(),
            aggregation.nr_accesses.tolist(),
            aggregation.age.tolist(),
            strict=True,
        )
    )
