"""Merging neighbours that look alike, and ageing (specification section 4).

Merging is sequential by nature: a region is compared with the running, truncated mean of those already
folded into its predecessor. Only the sequence inside a *chunk* matters, though: where two neighbours
can not merge whatever came before, the sequence starts afresh. All chunks advance together, one region
each per step, until so few are left that a plain loop is quicker.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.regions.table import I64, U64, Regions

_MASK = 2**64 - 1
_FEW_CHUNKS = 16


def update_ages(regions: Regions, threshold: int, *, zero_resets: bool) -> None:
    """Age regions whose `nr_accesses` stayed within `threshold` of the last one; others start at 0.

    With `zero_resets`, a change between none and some accesses also starts at 0 (6.11 and later).
    """
    nr, last = regions.nr_accesses, regions.last_nr_accesses
    changed = np.abs(nr - last) > threshold
    if zero_resets:
        changed |= (nr == 0) != (last == 0)
    regions.age = np.where(changed, 0, regions.age + 1)


def merge_pass(regions: Regions, threshold: int, size_limit: int, *, twins: bool = False) -> None:
    """Fold each region into its predecessor where they touch, differ by at most `threshold`, and fit.

    With `twins` only regions whose counters are all the same are folded, whatever the threshold.

    The merged region keeps the predecessor's `last_nr_accesses`; `nr_accesses` and `age` are means
    weighted by size, truncated at every fold, in 64-bit unsigned arithmetic as in the kernel.
    """
    n = len(regions)
    if n < 2:
        return
    start, end, nr = regions.start, regions.end, regions.nr_accesses
    size = end - start
    joins = end[:-1] == start[1:]
    joins &= regions.target[:-1] == regions.target[1:]
    # A fold moves the mean by no more than the threshold towards the folded region, so neighbours that
    # differ by more than twice the threshold can never meet.
    joins &= np.abs(nr[1:] - nr[:-1]) <= (0 if twins else 2 * threshold)
    if twins:
        joins &= regions.age[1:] == regions.age[:-1]
        joins &= regions.last_nr_accesses[1:] == regions.last_nr_accesses[:-1]
    joins &= size[:-1] + size[1:] <= np.uint64(min(size_limit, _MASK))
    if not joins.any():
        return
    merged = _Merged(end.copy(), nr.astype(np.uint64), regions.age.astype(np.uint64), size, np.ones(n, bool))
    first = np.flatnonzero(np.concatenate(([True], ~joins)))
    length = np.diff(first, append=n)
    long = length > 1
    first, length = first[long], length[long]
    head = first.copy()
    step = 1
    while len(first) > _FEW_CHUNKS:
        merged.fold(head, first + step, threshold, size_limit)
        step += 1
        more = length > step
        if not more.all():
            first, length, head = first[more], length[more], head[more]
    for chunk, (begin, count) in enumerate(zip(first.tolist(), length.tolist(), strict=True)):
        merged.fold_rest(int(head[chunk]), begin + step, begin + count, threshold, size_limit)
    keep = merged.keep
    regions.target, regions.start = regions.target[keep], start[keep]
    regions.last_nr_accesses = regions.last_nr_accesses[keep]
    regions.end = merged.end[keep]
    regions.nr_accesses = merged.nr[keep].astype(np.int64)
    regions.age = merged.age[keep].astype(np.int64)


class _Merged:
    """Columns under way: the entries at chunk heads hold what was folded into them so far."""

    __slots__ = ("age", "end", "keep", "nr", "size")

    def __init__(self, end: U64, nr: U64, age: U64, size: U64, keep: NDArray[np.bool_]) -> None:
        self.end, self.nr, self.age, self.size, self.keep = end, nr, age, size, keep

    def fold(self, head: I64, index: I64, threshold: int, size_limit: int) -> None:
        """Fold region `index[i]` into region `head[i]`, or make it the new head; `head` is updated."""
        left_nr, right_nr = self.nr[head], self.nr[index]
        left, right = self.size[head], self.size[index]
        both = left + right
        like = (left_nr - right_nr + np.uint64(threshold) <= np.uint64(2 * threshold)) & (
            both <= np.uint64(min(size_limit, _MASK))
        )
        into, at = head[like], index[like]
        a, b, total = left[like], right[like], both[like]
        self.nr[into] = (left_nr[like] * a + right_nr[like] * b) // total
        self.age[into] = (self.age[into] * a + self.age[at] * b) // total
        self.end[into] = self.end[at]
        self.size[into] = total
        self.keep[at] = False
        apart = ~like
        head[apart] = index[apart]

    def fold_rest(self, head: int, begin: int, stop: int, threshold: int, size_limit: int) -> None:
        """The same for the rest of one chunk, one after the other."""
        sizes, nrs, ages = self.size[begin:stop].tolist(), self.nr[begin:stop].tolist(), self.age[begin:stop].tolist()
        size, nr, age = int(self.size[head]), int(self.nr[head]), int(self.age[head])
        last = head
        for index, b, right_nr, right_age in zip(range(begin, stop), sizes, nrs, ages, strict=True):
            total = size + b
            if abs(nr - right_nr) <= threshold and total <= size_limit:
                nr = ((nr * size + right_nr * b) & _MASK) // total
                age = ((age * size + right_age * b) & _MASK) // total
                size = total
                last = index
                self.keep[index] = False
                continue
            self._store(head, last, size, nr, age)
            head = last = index
            size, nr, age = b, right_nr, right_age
        self._store(head, last, size, nr, age)

    def _store(self, head: int, last: int, size: int, nr: int, age: int) -> None:
        self.size[head], self.nr[head], self.age[head] = size, nr, age
        self.end[head] = self.end[last]


def merge(
    regions: Regions,
    threshold: int,
    size_limit: int,
    *,
    max_nr_regions: int,
    max_threshold: int,
    repeats: bool,
    zero_resets: bool,
    ages_once: bool,
) -> None:
    """Age and merge all regions of a context, as kdamond does at the end of an aggregation.

    Args:
        regions: changed in place.
        threshold: a tenth of the greatest `nr_accesses` of the last check.
        size_limit: no merged region grows beyond this many bytes.
        max_nr_regions: with `repeats`, merging goes on with doubled thresholds until no more are left.
        max_threshold: samples per aggregation; the threshold is doubled no further.
        repeats: 6.11 and later.
        zero_resets: 6.11 and later, see `update_ages`.
        ages_once: newer than 7.1; before, each repetition aged the regions again.
    """
    update_ages(regions, threshold, zero_resets=zero_resets)
    merge_pass(regions, threshold, size_limit)
    if not repeats:
        return
    if ages_once:
        while len(regions) > max_nr_regions and threshold < max_threshold:
            threshold = max(1, 2 * threshold) if threshold < max_threshold // 2 else max_threshold
            merge_pass(regions, threshold, size_limit)
        return
    threshold = max(1, 2 * threshold)
    while len(regions) > max_nr_regions and threshold // 2 < max_threshold:
        update_ages(regions, threshold, zero_resets=zero_resets)
        merge_pass(regions, threshold, size_limit)
        threshold = max(1, 2 * threshold)
