"""The truth of each region: how much of it was really touched, from what was touched address by address."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.snapshot import U64, Aggregation

F64 = NDArray[np.float64]


def true_shares(found: Aggregation, truth: Aggregation | None) -> F64:
    """The share of each region's pages that was touched in a sampling interval, on average over the aggregation.

    It is what nr_accesses / max_nr_accesses would be with unlimited checks.

    Args:
        found: the aggregation, n regions.
        truth: of the same aggregation, from `engine.truth`; None if not known.

    Returns:
        [n] from 0 to 1; NaN where the truth is not known.
    """
    shares = np.full(len(found.start), np.nan)
    if truth is None:
        return shares
    for target in range(found.nr_targets):
        own, real = found.target == target, truth.target == target
        start, end = found.start[own], found.end[own]
        rate = truth.nr_accesses[real] / truth.max_nr_accesses
        upto = _touched_below(np.concatenate((start, end)), truth.start[real], truth.end[real], rate)
        shares[own] = (upto[len(start) :] - upto[: len(start)]) / np.maximum(end - start, 1)
    return shares.clip(0.0, 1.0)


def _touched_below(addresses: U64, start: U64, end: U64, rate: F64) -> F64:
    """Bytes touched below each address, in all of the ascending ranges with their rates."""
    if not len(start):
        return np.zeros(len(addresses))
    before = np.concatenate(([0.0], np.cumsum((end - start) * rate)))
    whole = np.searchsorted(end, addresses, side="right")
    # The first range that does not end before the address may begin before it.
    part = np.minimum(whole, len(start) - 1)
    begun = np.where(addresses > start[part], addresses - start[part], 0)
    inside = np.where(whole < len(start), begun * rate[part], 0.0)
    touched: F64 = before[whole] + inside
    return touched


def touched_bytes(truth: Aggregation, addr_unit: int = 1) -> float:
    """Bytes that were touched in a sampling interval, on average over the aggregation."""
    sizes = (truth.end - truth.start).astype(np.float64)
    return float(sizes @ truth.nr_accesses.astype(np.float64)) / truth.max_nr_accesses * addr_unit
