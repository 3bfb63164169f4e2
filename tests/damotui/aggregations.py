"""Aggregations made by hand."""

import numpy as np

from engine.snapshot import Aggregation

MIB = 1 << 20
HEAP = (0x55D0C8A00000, 1 * MIB)
MMAP = (0x7F3A40000000, 100 * MIB)
STACK = (0x7FFD8A3E0000, 132 << 10)


def aggregation(regions, start_us=0, end_us=100_000, *, checks=20, kdamond=0, context=0, aggr_us=100_000):
    """An aggregation of regions given as (target, start, end, nr_accesses)."""
    columns = np.array(regions, dtype=object).reshape(-1, 4)
    return Aggregation(
        kdamond=kdamond,
        context=context,
        start_us=start_us,
        end_us=end_us,
        sample_us=aggr_us // checks,
        aggr_us=aggr_us,
        max_nr_accesses=checks,
        target=columns[:, 0].astype(np.int64),
        start=columns[:, 1].astype(np.uint64),
        end=columns[:, 2].astype(np.uint64),
        nr_accesses=columns[:, 3].astype(np.int64),
        age=np.zeros(len(columns), np.int64),
        nr_targets=1 + max(columns[:, 0], default=0),
    )


def step(index, aggr_us=100_000, start_us=None):
    """One aggregation of a staircase: ten steps of 10 MiB, each hot for 2.5 s, between a heap and a stack."""
    start_us = index * aggr_us if start_us is None else start_us
    hot = start_us // 2_500_000 % 10
    steps = [(0, MMAP[0] + i * 10 * MIB, MMAP[0] + (i + 1) * 10 * MIB, 20 if i == hot else 0) for i in range(10)]
    regions = [(0, HEAP[0], sum(HEAP), 10), *steps, (0, STACK[0], sum(STACK), 5)]
    return aggregation(regions, start_us, start_us + aggr_us, aggr_us=aggr_us)
