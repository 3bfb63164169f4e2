"""What the last aggregations of a kdamond tell of its intervals: how much of what could be observed was.

The measure is the kernel's own, that of auto-tuning (intervals_goal): access events observed, by access events that
could have been, where an event is a byte whose region was found accessed by a check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damotui.render.history import History
from damotui.session.snapshot_figures import percentiles
from damotui.session.snapshot_regions import PAGE_BYTES
from engine.snapshot import Aggregation

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Figures of aggregations that had the same intervals, at least one."""

    aggregations: int
    span_us: int
    """From the start of the first to the end of the last."""
    sample_us: int
    aggr_us: int
    checks: int
    """Per region in an aggregation."""
    regions: float
    """Mean number, as merged."""
    shares: F64
    """Of all bytes, the shares whose regions were found accessed 0, 1, … `checks` times; [checks + 1], 1 in all."""
    hits: int
    """Checks that found an access, over all regions and aggregations."""
    low: float
    """Ratio below which one of ten aggregations was."""
    high: float
    """Ratio above which one of ten aggregations was."""
    look_us: float
    """Half of the bytes were looked at less often than once in this time, in the last aggregation."""

    @property
    def ratio(self) -> float:
        """Access events observed, by those that could have been, from 0 to 1."""
        return float(self.shares @ np.arange(self.checks + 1)) / max(self.checks, 1)

    @property
    def never(self) -> float:
        """Share of the bytes without any access in an aggregation."""
        return float(self.shares[0])

    @property
    def always(self) -> float:
        """Share of the bytes found accessed at each check of an aggregation."""
        return float(self.shares[-1])

    @property
    def checks_per_s(self) -> float:
        """Checks of all regions, as merged; DAMON splits them right after that, and checks up to twice as many."""
        return self.regions * 1e6 / max(self.sample_us, 1)

    def expected(self, sample_us: int) -> float:
        """The ratio to expect with another sampling interval, and as many checks.

        A page that is touched at random times at an even rate is found untouched over k times the interval with the
        k-th power of the chance. What was found at each check, or at none, is expected to stay so.
        """
        untouched = 1.0 - np.arange(self.checks + 1) / max(self.checks, 1)
        return float(self.shares @ (1.0 - untouched ** (sample_us / max(self.sample_us, 1))))


def recent(history: History, kdamond: int, most: int) -> list[Aggregation]:
    """The last aggregations of a kdamond that had the intervals of the newest, at most so many, oldest first."""
    newest = history.latest(kdamond)
    if newest is None:
        return []
    since_us = newest.end_us - (most + 1) * max(newest.aggr_us, newest.end_us - newest.start_us)
    found: list[Aggregation] = []
    for one in reversed(history.between(kdamond, 0, since_us, newest.end_us)):
        alike = (one.sample_us, one.aggr_us, one.max_nr_accesses) == (
            newest.sample_us,
            newest.aggr_us,
            newest.max_nr_accesses,
        )
        if not alike or len(found) == most:
            break
        found.append(one)
    return found[::-1]


def found_of(aggregations: Sequence[Aggregation]) -> Found | None:
    """What aggregations with the same intervals tell, the newest last; None if there is nothing in them."""
    filled = [one for one in aggregations if one.nr_regions]
    if not filled:
        return None
    newest, checks = filled[-1], max(filled[-1].max_nr_accesses, 1)
    shares = [_shares(one, checks) for one in filled]
    ratios = np.sort([float(share @ np.arange(checks + 1)) / checks for share in shares])
    last = len(ratios) - 1
    sizes = (newest.end - newest.start).astype(np.int64)
    look = np.maximum(sizes / PAGE_BYTES, 1.0) * newest.sample_us
    return Found(
        aggregations=len(filled),
        span_us=newest.end_us - filled[0].start_us,
        sample_us=newest.sample_us,
        aggr_us=newest.aggr_us,
        checks=checks,
        regions=sum(one.nr_regions for one in filled) / len(filled),
        shares=np.mean(shares, axis=0),
        hits=sum(int(one.nr_accesses.sum()) for one in filled),
        low=float(ratios[round(0.1 * last)]),
        high=float(ratios[round(0.9 * last)]),
        look_us=percentiles(look, sizes, (50,))[0] if sizes.any() else 0.0,
    )


def _shares(one: Aggregation, checks: int) -> F64:
    sizes = (one.end - one.start).astype(np.float64)
    shares: F64 = np.bincount(np.clip(one.nr_accesses, 0, checks), sizes, checks + 1) / max(float(sizes.sum()), 1.0)
    return shares
