"""What is touched, as those who monitor it see it: in virtual or in physical addresses, huge pages as a whole."""

from __future__ import annotations

import numpy as np

from engine.machine.extents import F64, HUGE_PAGES, Extents
from engine.machine.frames import BEYOND
from engine.machine.layout import PAGE_SIZE
from engine.machine.space import Space
from engine.workload.touch import U64, Touched

_BLOCK = HUGE_PAGES * PAGE_SIZE


def virtual_view(space: Space, edges_us: F64) -> Touched:
    """What a process touches in the windows between `edges_us` [k + 1], in its own addresses.

    The edges are times of the engine's clock, none later than what the memory has been told to run until. Huge pages
    are those of now.
    """
    if space.ended_us is not None:
        edges_us = np.minimum(edges_us, space.ended_us)
    return seen(space.model.touched(space.clock.works_at(edges_us)), space.extents)


def physical_view(space: Space, edges_us: F64) -> Touched:
    """The same, where it lies in physical memory now; what has no place in it is left out."""
    touched, extents = virtual_view(space, edges_us), space.extents
    there = extents.frame < BEYOND
    start = (extents.start[there] * PAGE_SIZE).astype(np.uint64)
    size = (extents.pages[there] * PAGE_SIZE).astype(np.uint64)
    to = (extents.frame[there] * PAGE_SIZE).astype(np.uint64)
    if not len(touched.start) or not len(start):
        return touched
    return cut_touched(touched, start).moved(start, start + size, to)


def cut_touched(touched: Touched, at: U64) -> Touched:
    """The same, with no interval that has any of the addresses `at` inside."""
    cuts = np.unique(np.concatenate((touched.start, touched.end, at)))
    row = np.searchsorted(touched.start, cuts[:-1], "right") - 1
    inside = (row >= 0) & (cuts[:-1] < touched.end[row])
    return Touched(cuts[:-1][inside], cuts[1:][inside], touched.share[:, row[inside]])


def seen(touched: Touched, extents: Extents) -> Touched:
    """What monitoring finds touched: all of a huge page where any of it was, as it has one accessed bit only."""
    rows = np.flatnonzero(extents.huge > 0)
    if not len(rows) or not len(touched.start):
        return touched
    low = (extents.start[rows] * PAGE_SIZE).astype(np.uint64)
    high = low + (extents.pages[rows] * PAGE_SIZE).astype(np.uint64)
    cuts = np.unique(np.concatenate((touched.start, touched.end, low, high, _near(touched, low, high))))
    start, end = cuts[:-1], cuts[1:]
    share = np.array(touched.shares_of(start, end))
    at = np.searchsorted(low, start, "right") - 1
    huge = (at >= 0) & (start < high[at])
    row = rows[at[huge]]
    part = (extents.huge / np.maximum(extents.resident, 1))[row]
    first = np.maximum(start[huge] // np.uint64(_BLOCK) * np.uint64(_BLOCK), low[at[huge]])
    last = np.minimum(-(-end[huge].astype(np.int64) // _BLOCK) * _BLOCK, high[at[huge]].astype(np.int64))
    whole = touched.shares_of(first, last.astype(np.uint64))
    pages = np.minimum((last - first.astype(np.int64)) // PAGE_SIZE, HUGE_PAGES)
    share[:, huge] = (1.0 - part) * share[:, huge] + part * (1.0 - (1.0 - whole) ** pages)
    met = share.any(axis=0)
    return Touched(start[met], end[met], share[:, met])


def _near(touched: Touched, low: U64, high: U64) -> U64:
    """Borders of the blocks that something touched begins or ends in, within the ranges `low`, `high` [r]."""
    bounds = np.concatenate((touched.start, touched.end)).astype(np.int64)
    around = np.concatenate((bounds // _BLOCK * _BLOCK, -(-bounds // _BLOCK) * _BLOCK))
    borders = np.unique(around).astype(np.uint64)
    at = np.searchsorted(low, borders, "right") - 1
    return borders[(at >= 0) & (borders < high[at])]
