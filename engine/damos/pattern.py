"""Which regions a scheme is about, and with which access counts (sections 3.4 and 6.1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.config.model import UINT_MAX, ULONG_MAX, AccessPattern, Range
from engine.regions.table import I64, U64

Mask = NDArray[np.bool_]

_BP = 10_000


def moving_sum(nr_accesses: I64, last_nr_accesses: I64, ticks: int, window: int) -> I64:
    """The access count [n] that schemes look at between two aggregations (6.7 to 7.1, section 3.4).

    A pseudo moving sum: at each check, the `window`-th part of the last count leaves, and what the check
    found enters. In units of 1/10,000 access, so that the division loses little.

    Args:
        nr_accesses: of the present aggregation so far [n].
        last_nr_accesses: of the last aggregation [n].
        ticks: checks since the last reset.
        window: checks per aggregation.
    """
    last = last_nr_accesses * _BP
    return (last - ticks * (last // max(window, 1)) + nr_accesses * _BP) // _BP


def moving_sum_on_demand(nr_accesses: I64, last_nr_accesses: I64, ticks_left: int, window: int) -> I64:
    """The access count [n] that schemes look at in kernels after 7.1: the last count, as far as it is not yet replaced.

    Args:
        nr_accesses: of the present aggregation so far [n].
        last_nr_accesses: of the last aggregation [n].
        ticks_left: checks until the aggregation ends; 0 if it is overdue.
        window: checks per aggregation.
    """
    left_bp = ticks_left * _BP // max(window, 1)
    if left_bp == _BP:
        return last_nr_accesses
    return nr_accesses + last_nr_accesses * left_bp // _BP


def matches(pattern: AccessPattern, size: U64, nr_accesses: I64, age: I64) -> Mask:
    """Which regions [n] lie in all three closed ranges of a pattern.

    Args:
        pattern: the bounds of `nr_accesses` and `age` are used modulo 2^32, as the kernel stores them.
        size: bytes of each region [n].
        nr_accesses: the count that decides [n].
        age: in aggregations [n].
    """
    found = _within(nr_accesses, pattern.nr_accesses)
    found &= _within(age, pattern.age)
    low, high = pattern.sz.min, min(pattern.sz.max, ULONG_MAX)
    if low > high:
        found[:] = False
        return found
    if low:
        found &= size >= np.uint64(low)
    if high < ULONG_MAX:
        found &= size <= np.uint64(high)
    return found


def fits_size(pattern: AccessPattern, size: int) -> bool:
    """Whether a pattern is about regions of `size` bytes."""
    return pattern.sz.min <= size <= pattern.sz.max


def fits_counters(pattern: AccessPattern, nr_accesses: int, age: int) -> bool:
    """Whether a pattern is about regions with these counters."""
    counts, ages = pattern.nr_accesses, pattern.age
    if not counts.min & UINT_MAX <= nr_accesses <= counts.max & UINT_MAX:
        return False
    return ages.min & UINT_MAX <= age <= ages.max & UINT_MAX


def _within(value: I64, bounds: Range) -> Mask:
    low, high = bounds.min & UINT_MAX, bounds.max & UINT_MAX
    if low == high:
        equal: Mask = value == low
        return equal
    found = value >= low
    if high < UINT_MAX:
        found &= value <= high
    return found
