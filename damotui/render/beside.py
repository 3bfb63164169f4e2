"""The truth laid over the memory that was monitored: what was not touched there has the rate 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from damotui.render.layout import ranges_of
from engine.snapshot import Aggregation


def true_regions(found: Aggregation, truth: Aggregation) -> Aggregation:
    """An aggregation of exactly the memory and the time of `found`, with the access rates of `truth`.

    Args:
        found: What monitoring found.
        truth: The ranges that were touched, ascending and apart, for the same targets.

    Returns:
        As many regions as it takes, with 0 accesses where the truth has no range. `age` is 0 throughout.
    """
    ranges = ranges_of(found)
    columns = []
    for index in sorted({one.target for one in ranges}):
        seen = np.array([(one.start, one.end) for one in ranges if one.target == index], np.uint64)
        own = truth.target == index
        start, end = truth.start[own], truth.end[own]
        cuts = np.unique(np.concatenate((seen.reshape(-1), start, end)))
        left, right = cuts[:-1], cuts[1:]
        span = np.searchsorted(seen[:, 0], left, side="right") - 1
        inside = (span >= 0) & (left < seen[np.maximum(span, 0), 1])
        left, right = left[inside], right[inside]
        accesses = np.zeros(len(left), np.int64)
        if len(start):
            at = np.searchsorted(start, left, side="right") - 1
            touched = (at >= 0) & (left < end[np.maximum(at, 0)])
            accesses[touched] = truth.nr_accesses[own][at[touched]]
        columns.append((np.full(len(left), index, np.int64), left, right, accesses))
    none = np.zeros(0, np.uint64)
    parts = columns or [(np.zeros(0, np.int64), none, none, np.zeros(0, np.int64))]
    target, left, right, accesses = (np.concatenate([part[i] for part in parts]) for i in range(4))
    return replace(
        found,
        max_nr_accesses=truth.max_nr_accesses,
        target=target,
        start=left,
        end=right,
        nr_accesses=accesses,
        age=np.zeros(len(left), np.int64),
        acted=None,
    )


def pairs(
    found: Sequence[Aggregation], truths: Sequence[Aggregation], *, same: bool
) -> tuple[list[Aggregation], list[Aggregation]]:
    """The aggregations of which the truth is known, and it beside each.

    Args:
        found: In time order.
        truths: Of the same context, in time order.
        same: Take only the truth of an aggregation itself. Otherwise one that stands for its beginning will do, too:
            of a past that is thinned out, the two may be of different moments.
    """
    starts = np.array([one.start_us for one in truths], np.int64)
    kept, beside = [], []
    for one in found:
        at = int(np.searchsorted(starts, one.start_us, side="right")) - 1
        if at < 0:
            continue
        truth = truths[at]
        if truth.start_us == one.start_us or (not same and one.start_us < truth.end_us):
            kept.append(one)
            beside.append(true_regions(one, truth))
    return kept, beside
