"""Splitting regions at random places, so that differences inside them can show (section 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.regions.table import Regions


def split(
    regions: Regions, pieces: int, min_region_sz: int, rng: np.random.Generator, chosen: NDArray[np.bool_] | None = None
) -> None:
    """Cut regions into up to `pieces`, each cut at 10 to 90 percent of what is left of the region.

    Args:
        regions: changed in place; the pieces inherit all counters.
        pieces: 2 or more.
        min_region_sz: bytes, a power of two; cuts are rounded down to it, and no region of at most twice
            that size is cut.
        rng: draws `pieces - 1` numbers per region, whether or not they are used.
        chosen: which regions [n]; None for all.
    """
    n = len(regions)
    if not n:
        return
    step = np.uint64(min_region_sz)
    tenths = rng.integers(1, 10, size=(pieces - 1, n), dtype=np.uint64)
    left = regions.end - regions.start
    cuts = np.empty((pieces - 1, n), np.uint64)
    counts = np.ones(n, np.int64)
    for tries in range(pieces - 1):
        at = tenths[tries] * left // np.uint64(10)
        at -= at % step
        valid = (left > step * np.uint64(2)) & (at > 0) & (at < left)
        if chosen is not None:
            valid &= chosen
        counts += valid
        left = np.where(valid, at, left)
        cuts[tries] = left
    if counts.max() == 1:
        return
    parent = np.repeat(np.arange(n), counts)
    begin = np.cumsum(counts) - counts
    start = regions.start[parent]
    # Of `cuts`, which never grow from one try to the next, piece number i > 0 starts at the i-th smallest
    # distinct one below the region's size: seen from the last try backwards, those that differ.
    piece = np.zeros(n, np.int64)
    below = np.zeros(n, np.uint64)
    size = regions.end - regions.start
    for tries in reversed(range(pieces - 1)):
        fresh = (cuts[tries] > below) & (cuts[tries] < size)
        piece += fresh
        below = np.where(fresh, cuts[tries], below)
        start[(begin + piece)[fresh]] += below[fresh]
    end = regions.end[parent]
    inner = parent[1:] == parent[:-1]
    end[:-1][inner] = start[1:][inner]
    regions.start, regions.end = start, end
    regions.target = regions.target[parent]
    regions.nr_accesses = regions.nr_accesses[parent]
    regions.last_nr_accesses = regions.last_nr_accesses[parent]
    regions.age = regions.age[parent]


def chosen_above_half(nr_regions: int, max_nr_regions: int, rotation: int) -> NDArray[np.bool_] | None:
    """Which regions are still split when there are more than half of the upper bound (newer than 7.1).

    One of every so many, so that the bound is not passed, another one each time.

    Args:
        nr_regions: number of regions of the context, more than half of the bound.
        max_nr_regions: the bound.
        rotation: how often it was asked before.

    Returns:
        A mask [nr_regions]; None where none is split.
    """
    if nr_regions >= max_nr_regions:
        return None
    step = max_nr_regions // (max_nr_regions - nr_regions)
    chosen: NDArray[np.bool_] = np.arange(nr_regions) % step == rotation % step
    return chosen


def pieces_wanted(nr_regions: int, last_nr_regions: int, max_nr_regions: int) -> int:
    """Into how many pieces kdamond splits every region now; 1 for not at all (up to 7.1).

    Args:
        nr_regions: number of regions of the context.
        last_nr_regions: that number when regions were last split, by any context of the system.
        max_nr_regions: the context's upper bound.
    """
    if nr_regions > max_nr_regions // 2:
        return 1
    if nr_regions == last_nr_regions and nr_regions < max_nr_regions // 3:
        return 3
    return 2
