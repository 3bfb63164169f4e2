"""Aggregations as the records that reports take, without a file between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from engine.records.model import UNKNOWN, Record, RecordIntervals
from engine.snapshot import Aggregation

_NS_PER_US = 1000


def records_of(aggregations: Sequence[Aggregation]) -> list[Record]:
    """A record of each target, and another one wherever the intervals change.

    Args:
        aggregations: of one context, in the order of time.
    """
    records = []
    for (sample_us, aggr_us), group in groupby(aggregations, lambda one: (one.sample_us, one.aggr_us)):
        alike = list(group)
        intervals = RecordIntervals(sample_us, aggr_us, 0)
        records += [_record(alike, target, intervals) for target in range(max(one.nr_targets for one in alike))]
    return records


def _record(aggregations: Sequence[Aggregation], target: int, intervals: RecordIntervals) -> Record:
    own = [one.target == target for one in aggregations]
    start, end, nr_accesses, age = (
        np.concatenate([getattr(one, name)[mask] for one, mask in zip(aggregations, own, strict=True)])
        for name in ("start", "end", "nr_accesses", "age")
    )
    first = np.concatenate(([0], np.cumsum([mask.sum() for mask in own]))).astype(np.int64)
    upto = np.concatenate(([0], np.cumsum(end - start, dtype=np.uint64))).astype(np.uint64)
    return Record(
        kdamond_idx=aggregations[0].kdamond,
        context_idx=aggregations[0].context,
        scheme_idx=None,
        target_id=target,
        intervals=intervals,
        start_ns=np.array([one.start_us for one in aggregations], np.int64) * _NS_PER_US,
        end_ns=np.array([one.end_us for one in aggregations], np.int64) * _NS_PER_US,
        sample_us=np.full(len(aggregations), UNKNOWN, np.int64),
        total_bytes=upto[first[1:]] - upto[first[:-1]],
        first=first,
        start=start,
        end=end,
        nr_accesses=nr_accesses,
        age=age,
    )
