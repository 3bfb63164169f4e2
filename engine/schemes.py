"""Operation schemes (DAMOS): which regions one matches, and what it counts (specification section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.config.model import UINT_MAX, AccessPattern, Scheme
from engine.regions.table import I64, Regions
from engine.snapshot import SchemeStats


def matches(pattern: AccessPattern, regions: Regions, nr_accesses: I64) -> NDArray[np.bool_]:
    """Which regions [n] lie in all three closed ranges of a pattern.

    Args:
        pattern: the bounds of `nr_accesses` and `age` are used modulo 2^32, as the kernel stores them.
        regions: of one context.
        nr_accesses: the count that decides, one per region.
    """
    size = regions.sizes
    found = (size >= np.uint64(pattern.sz.min)) & (size <= np.uint64(pattern.sz.max))
    found &= (nr_accesses >= pattern.nr_accesses.min & UINT_MAX) & (nr_accesses <= pattern.nr_accesses.max & UINT_MAX)
    found &= (regions.age >= pattern.age.min & UINT_MAX) & (regions.age <= pattern.age.max & UINT_MAX)
    return found


def moving_sum(regions: Regions, ticks: int, window: int) -> I64:
    """The access count [n] that schemes look at between two aggregations (6.7 to 7.1, section 3.4).

    A pseudo moving sum: at each check, the `window`-th part of the last count leaves, and what the check
    found enters. In units of 1/10,000 access, so that the division loses little.

    Args:
        regions: with the counts of the last aggregation and of the present one.
        ticks: checks since the last reset.
        window: checks per aggregation.
    """
    last = regions.last_nr_accesses * 10_000
    sum_bp = last - ticks * (last // max(window, 1)) + regions.nr_accesses * 10_000
    return sum_bp // 10_000


class AppliedScheme:
    """A scheme of a running context, with its statistics."""

    def __init__(self, config: Scheme, *, counts_snapshots: bool) -> None:
        self.config = config
        self.stats = SchemeStats()
        self.next_apply = 0
        """Number of passed samples at which it is applied next."""
        self._counts_snapshots = counts_snapshots

    def apply(self, regions: Regions, nr_accesses: I64, passed_over: Sequence[int] = ()) -> None:
        """Try all regions that match, and count them.

        Args:
            regions: of all targets of the context.
            nr_accesses: the access count to match, one per region.
            passed_over: indices of targets that are left alone.
        """
        found = matches(self.config.access_pattern, regions, nr_accesses)
        if passed_over:
            found &= ~np.isin(regions.target, passed_over)
        new_snapshots = 0
        if self._counts_snapshots:
            targets = np.setdiff1d(regions.target, passed_over)
            limit = self.config.max_nr_snapshots
            if limit:
                targets = targets[: max(0, limit - self.stats.nr_snapshots)]
                found &= np.isin(regions.target, targets)
            new_snapshots = len(targets)
        tried = int(found.sum())
        stats = self.stats
        self.stats = replace(
            stats,
            nr_tried=stats.nr_tried + tried,
            sz_tried=stats.sz_tried + (int(regions.sizes[found].sum()) if tried else 0),
            nr_snapshots=stats.nr_snapshots + new_snapshots,
        )


def ticks_between(scheme: Scheme, sample_us: int, aggr_us: int) -> int:
    """Samples from one application of a scheme to the next."""
    return (scheme.apply_interval_us or aggr_us) // max(sample_us, 1)
