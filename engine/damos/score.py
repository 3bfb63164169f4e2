"""Priorities of regions under a quota: scores from 0 to 99, and the least one that gets a turn (sections 7.3, 7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np

from engine.config.model import Weights
from engine.damos.rules import Rules
from engine.regions.table import I64, U64

MAX_SCORE = 99

_MAX_SUBSCORE = 100
_MAX_AGE_LOG = 32
_MAX_TABLED_CHECKS = 4_096
_EXACT_FLOAT = 2**53
_LOW = np.uint64(2**32 - 1)
_HALF = np.uint64(32)


class Order(Enum):
    """Which regions come first."""

    HOT = "hot"
    COLD = "cold"


def order_of(action: str, ops: str, rules: Rules) -> Order | None:
    """Which regions an action is for first; None where all of them score 99."""
    if ops == "paddr":
        if action in ("pageout", "lru_deprio", "migrate_cold"):
            return Order.COLD
        return Order.HOT if action in ("lru_prio", "migrate_hot") else None
    if action == "pageout":
        return Order.COLD
    if rules.scores_virtual_migration:
        return {"migrate_hot": Order.HOT, "migrate_cold": Order.COLD}.get(action)
    return None


@dataclass(frozen=True, slots=True)
class Scorer:
    """The score of a region from its counters.

    Without any weight all regions score the same, and so they do for an action that has no order.
    """

    order: Order
    frequency_weight: int
    age_weight: int
    max_nr_accesses: int
    """Checks per aggregation."""
    aggr_us: int

    @classmethod
    def of(cls, order: Order | None, weights: Weights, max_nr_accesses: int, aggr_us: int) -> Scorer | None:
        """None where all regions score the same, so that there is nothing to choose."""
        if order is None or not weights.nr_accesses_permil + weights.age_permil:
            return None
        return cls(order, weights.nr_accesses_permil, weights.age_permil, max_nr_accesses, aggr_us)

    def scores(self, nr_accesses: I64, age: I64) -> I64:
        """Scores [n] from 0 to 99 of regions with these counters [n].

        Args:
            nr_accesses: at most `max_nr_accesses`; more counts as that.
            age: in aggregations.
        """
        frequency = self._frequency(nr_accesses)
        row = frequency * (_MAX_AGE_LOG + 1) + self._age_log(age)
        scores: I64 = _table(self.order, self.frequency_weight, self.age_weight).take(row)
        return scores

    def score(self, nr_accesses: int, age: int) -> int:
        """The score of one region."""
        frequency = min(nr_accesses * _MAX_SUBSCORE // self.max_nr_accesses, _MAX_SUBSCORE)
        age_log = min((age * self.aggr_us // 1_000_000).bit_length(), _MAX_AGE_LOG)
        table = _table(self.order, self.frequency_weight, self.age_weight)
        return int(table[frequency * (_MAX_AGE_LOG + 1) + age_log])

    def _frequency(self, nr_accesses: I64) -> I64:
        """Share of the checks that found an access, in percent."""
        if self.max_nr_accesses <= _MAX_TABLED_CHECKS:
            tabled: I64 = _percents(self.max_nr_accesses).take(nr_accesses, mode="clip")
            return tabled
        percent: I64 = np.minimum(nr_accesses * _MAX_SUBSCORE // self.max_nr_accesses, _MAX_SUBSCORE)
        return percent

    def _age_log(self, age: I64) -> I64:
        """Number of binary digits of the age in whole seconds, at most 32.

        A quotient below a power of two up to 2^32 is below it by a millionth at least, which a float tells apart.
        """
        digits = np.frexp(age * float(self.aggr_us) / 1_000_000.0)[1]
        logarithm: I64 = np.minimum(np.maximum(digits, 0), _MAX_AGE_LOG).astype(np.int64)
        return logarithm


@lru_cache(maxsize=64)
def _percents(max_nr_accesses: int) -> I64:
    return np.arange(max_nr_accesses + 1, dtype=np.int64) * _MAX_SUBSCORE // max_nr_accesses


@lru_cache(maxsize=64)
def _table(order: Order, frequency_weight: int, age_weight: int) -> I64:
    """Scores of all frequencies (0 to 100) and age logarithms (0 to 32), flattened in that order."""
    frequency = np.arange(_MAX_SUBSCORE + 1, dtype=np.int64)[:, None]
    age_log = np.arange(_MAX_AGE_LOG + 1, dtype=np.int64)[None, :]
    # A region without accesses is the colder, the longer that has been so.
    signed = np.where(frequency == 0, -age_log, age_log) + _MAX_AGE_LOG
    age = signed * _MAX_SUBSCORE // _MAX_AGE_LOG // 2
    hot = (frequency_weight * frequency + age_weight * age) // (frequency_weight + age_weight)
    hot = np.clip(hot * MAX_SCORE // _MAX_SUBSCORE, 0, MAX_SCORE)
    scores: I64 = (hot if order is Order.HOT else MAX_SCORE - hot).ravel()
    return scores


def least_score(scores: I64, size: U64, esz: int) -> int:
    """The least score that gets a turn: counted from the highest score down, until `esz` bytes are reached.

    Args:
        scores: of the regions that match [k].
        size: their bytes [k].
        esz: effective quota in bytes.

    Returns:
        The score that reaches `esz`, whose regions together may exceed it; 0 where all of them do not.
    """
    reached = _histogram(scores, size)[::-1].cumsum(dtype=np.uint64)
    return max(0, MAX_SCORE - int(reached.searchsorted(np.uint64(esz))))


def _histogram(scores: I64, size: U64) -> U64:
    """Bytes per score [100], added as floats as far as these are exact, by halves otherwise."""
    if int(size.sum(dtype=np.uint64)) < _EXACT_FLOAT:
        return np.bincount(scores, size, MAX_SCORE + 1).astype(np.uint64)
    low = np.bincount(scores, size & _LOW, MAX_SCORE + 1).astype(np.uint64)
    high = np.bincount(scores, size >> _HALF, MAX_SCORE + 1).astype(np.uint64)
    return (high << _HALF) + low
