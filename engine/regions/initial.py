"""Where regions begin: from a process' mappings, from a user, and in even pieces (sections 3.5 to 3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.regions.table import Ranges, Regions

_NEW = -1


def align_down(value: int, step: int) -> int:
    """`value` rounded down to a multiple of `step`."""
    return value - value % step


def align_up(value: int, step: int) -> int:
    """`value` rounded up to a multiple of `step`."""
    return -(-value // step) * step


def three_ranges(mappings: Sequence[tuple[int, int]], min_region_sz: int) -> Ranges | None:
    """The three ranges that leave out the two largest gaps between mappings (section 3.5).

    Args:
        mappings: half-open ranges in bytes, in address order.
        min_region_sz: bounds are rounded up to this many bytes.

    Returns:
        None where fewer than two gaps exist: the target then has no regions for now.
    """
    widest: list[tuple[int, int]] = []
    for (_, before), (after, _) in pairwise(mappings):
        gap = (before, after)
        if after - before <= 0:
            continue
        if len(widest) < 2:
            widest.append(gap)
        else:
            narrow = min(widest, key=lambda g: (g[1] - g[0], -g[0]))
            if after - before > narrow[1] - narrow[0]:
                widest[widest.index(narrow)] = gap
    if len(widest) < 2:
        return None
    (first_end, second_start), (second_end, third_start) = sorted(widest)
    bounds = (mappings[0][0], first_end, second_start, second_end, third_start, mappings[-1][1])
    a, b, c, d, e, f = (align_up(x, min_region_sz) for x in bounds)
    return [(a, b), (c, d), (e, f)]


def set_regions(regions: Regions, target: int, ranges: Ranges, min_region_sz: int) -> Regions:
    """Fit a target's regions to new ranges: drop, trim, stretch, and fill holes (section 3.8).

    Args:
        regions: of one target only, not changed.
        target: index of that target.
        ranges: half-open, sorted, not overlapping.
        min_region_sz: bounds are aligned to this many bytes.

    Returns:
        The target's new regions; those that stay keep their counters, new ones start at 0.
    """
    spans = [
        [s, e, i]
        for i, (s, e) in enumerate(regions.ranges(target))
        if any(s < high and low < e for low, high in ranges)
    ]
    at = 0
    for low, high in ranges:
        inside: list[int] = []
        # Rounding the range before may have stretched its last region into this one.
        at = max(0, at - 1)
        while at < len(spans) and spans[at][0] < high:
            if low < spans[at][1]:
                inside.append(at)
            at += 1
        bottom, top = align_down(low, min_region_sz), align_up(high, min_region_sz)
        if not inside:
            spans.insert(at, [bottom, top, _NEW])
            at += 1
            continue
        spans[inside[0]][0] = bottom
        spans[inside[-1]][1] = top
        for right in reversed(inside[1:]):
            hole = [spans[right - 1][1], spans[right][0], _NEW]
            if hole[0] != hole[1]:
                spans.insert(right, hole)
                at += 1
    return _with_counters(regions, target, spans)


def split_evenly(span: tuple[int, int], pieces: int, min_region_sz: int, *, exact: bool) -> Ranges | None:
    """Cut a range into equal pieces, the last one taking the rest (section 3.5, step 5).

    Args:
        span: half-open, in bytes.
        pieces: how many are wanted.
        min_region_sz: the size of a piece is rounded down to it.
        exact: exactly `pieces` (6.13 and later); before, one more where a whole piece was left over.

    Returns:
        None where that can not be done: no pieces are wanted, or each would be empty.
    """
    start, end = span
    if pieces == 0:
        return None
    size = align_down((end - start) // pieces, min_region_sz)
    if size == 0:
        return None
    if pieces == 1:
        return [span]
    count = pieces if exact else (end - start) // size
    bounds = [start + k * size for k in range(count)] + [end]
    return list(pairwise(bounds))


def pieces_of_three(ranges: Ranges, min_nr_regions: int, min_region_sz: int, *, exact: bool) -> Ranges:
    """The three ranges of a target cut so that `min_nr_regions` is about reached (up to 7.0)."""
    size = max(sum(e - s for s, e in ranges) // min_nr_regions, min_region_sz)
    out: Ranges = []
    for span in ranges:
        pieces = split_evenly(span, (span[1] - span[0]) // size, min_region_sz, exact=exact)
        out.extend(pieces if pieces is not None else [span])
    return out


def region_size_limit(regions: Regions, min_nr_regions: int, min_region_sz: int) -> int:
    """How large a region may grow, in bytes, so that `min_nr_regions` are left (section 3.6)."""
    return max(min_region_sz, regions.total_bytes // max(min_nr_regions, 1))


def apply_min_nr_regions(regions: Regions, min_nr_regions: int, min_region_sz: int) -> int:
    """Cut every region that is larger than the size limit (7.1 and later), and return the limit in bytes.

    Pieces are exactly as large as the limit, the last of each region is smaller; all keep its counters.
    """
    limit = align_up(region_size_limit(regions, min_nr_regions, min_region_sz), min_region_sz)
    step = np.uint64(limit)
    sizes = regions.sizes
    if not (sizes > step).any():
        return limit
    counts = np.maximum((sizes + step - np.uint64(1)) // step, np.uint64(1)).astype(np.int64)
    parent = np.repeat(np.arange(len(regions)), counts)
    nth = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
    cut = regions.take(parent)
    cut.start = cut.start + nth.astype(np.uint64) * step
    cut.end = np.minimum(cut.end, cut.start + step)
    regions.replace(cut)
    return limit


def _with_counters(regions: Regions, target: int, spans: list[list[int]]) -> Regions:
    """Regions of `spans` (start, end, index of the region whose counters they keep, or _NEW)."""
    fresh = Regions.from_ranges([(s, e) for s, e, _ in spans], target)
    old = np.array([i for _, _, i in spans], np.intp)
    stays = old >= 0
    fresh.nr_accesses[stays] = regions.nr_accesses[old[stays]]
    fresh.last_nr_accesses[stays] = regions.last_nr_accesses[old[stays]]
    fresh.age[stays] = regions.age[old[stays]]
    return fresh
