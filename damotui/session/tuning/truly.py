"""How right a scheme would be: what of the memory that it matches is truly cold, or truly hot, and what it misses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from damotui.render.matching import BOOL
from damotui.session.tuning.touched import MOST_AVERAGED, Pieces, Touched
from engine.config.model import Scheme
from engine.snapshot import I64, Aggregation

_COLD_ACTIONS = frozenset({"pageout", "cold", "lru_deprio", "migrate_cold", "nohugepage"})
_HOT_ACTIONS = frozenset({"willneed", "hugepage", "collapse", "lru_prio", "migrate_hot"})
_COLD_STAT_PERCENT = 10
"""A `stat` scheme is taken to be about cold memory if it looks no further up than this rate."""


class Heat(Enum):
    """What memory a scheme is meant for."""

    COLD = "cold"
    HOT = "hot"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Bytes that are truly cold, or hot, among those that match and among all."""

    heat: Heat
    aggregations: int
    """Over how many of the last the truth was looked at."""
    wanted: int
    """Over how many it should be, as the scheme's `age.min` says."""
    matched: int
    """Bytes that match."""
    right: int
    """Those of them that are truly what the scheme is meant for."""
    true: int
    """All bytes that truly are."""
    done: int = 0
    """Those of the cold ones that do not match, but that the running scheme has acted on since they were touched."""

    @property
    def precision(self) -> float:
        """What is right of what matches, in percent; 0 of nothing."""
        return 100.0 * self.right / self.matched if self.matched else 0.0

    @property
    def recall(self) -> float:
        """What matches, or is done, of all that is truly so, in percent; 0 of nothing."""
        return 100.0 * (self.right + self.done) / self.true if self.true else 0.0

    @property
    def missed(self) -> int:
        """Bytes that are truly so, do not match, and are not done."""
        return self.true - self.right - self.done


def heat_of(scheme: Scheme, max_nr_accesses: int) -> Heat | None:
    """What a scheme is meant for; None for a `stat` scheme that counts hot and cold memory alike."""
    if scheme.action in _COLD_ACTIONS:
        return Heat.COLD
    if scheme.action in _HOT_ACTIONS:
        return Heat.HOT
    limits = scheme.access_pattern.nr_accesses
    if limits.max * 100 <= max_nr_accesses * _COLD_STAT_PERCENT:
        return Heat.COLD
    return Heat.HOT if limits.min else None


def verdict_of(
    aggregation: Aggregation, scheme: Scheme, mask: BOOL, touched: Touched, addr_unit: int = 1
) -> Verdict | None:
    """Compare what matches with the truth.

    Truly cold is what was not touched at all in the last `age.min` aggregations; truly hot what was touched, on
    average over them, at the rate of `nr_accesses.min` or more. One aggregation is looked at where `age.min` is 0.

    Args:
        aggregation: the newest.
        scheme: the scheme.
        mask: which of the regions it matches.
        touched: the truth up to that aggregation.
        addr_unit: bytes that one unit of its addresses stands for.

    Returns:
        None if there is nothing to be right about, or the truth of the aggregation is not known.
    """
    heat = heat_of(scheme, aggregation.max_nr_accesses)
    if heat is None or not touched.known or touched.end_us != aggregation.end_us:
        return None
    wanted = max(scheme.access_pattern.age.min, 1)
    span = min(wanted, touched.known)
    if heat is Heat.COLD:
        sizes = (aggregation.end - aggregation.start).astype(np.int64)
        true = sizes - _inside(aggregation, touched.within(span))
        done = _inside(aggregation, touched.done(span))[~mask] if scheme.action != "stat" else sizes[:0]
    else:
        span = min(span, MOST_AVERAGED)
        least = scheme.access_pattern.nr_accesses.min
        true = _inside(aggregation, touched.at_least(span, least, aggregation.max_nr_accesses))
        done = true[:0]
    matched = (aggregation.end - aggregation.start)[mask].sum(dtype=np.uint64)
    amounts = (int(amount) * addr_unit for amount in (matched, true[mask].sum(), true.sum(), done.sum()))
    return Verdict(heat, span, wanted, *amounts)


def _inside(aggregation: Aggregation, pieces: Sequence[Pieces]) -> I64:
    """How much of each region [n] the pieces of its target cover, in units of addresses."""
    inside = np.zeros(aggregation.nr_regions, np.int64)
    for target, one in enumerate(pieces):
        own = aggregation.target == target
        inside[own] = one.bytes_within(aggregation.start[own], aggregation.end[own])
    return inside
