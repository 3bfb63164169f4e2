"""Huge pages: made in the background or at once, and how they blur what monitoring sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from engine.machine.account import MachineAccount
from engine.machine.costs import Costs
from engine.machine.extents import ANONYMOUS, HUGE_PAGES, WANTS_HUGE, Extents
from engine.machine.layout import PAGE_SIZE
from engine.machine.space import Space
from engine.workload.touch import U64, Touched

_MAX_SWAPPED = 64
"""khugepaged leaves a block alone of which more pages are in swap (`max_ptes_swap`)."""


class Khugepaged:
    """The thread that makes huge pages of what has been in memory before the advice came."""

    def __init__(self, costs: Costs) -> None:
        self._costs = costs
        self._blocks = 0.0

    def run(
        self, spaces: Iterable[Space], duration_us: int, room: Callable[[int], int], account: MachineAccount
    ) -> None:
        """Work for a time.

        Args:
            spaces: of all processes, in the order in which they are looked at.
            duration_us: how long.
            room: pages of a node that can be had.
            account: takes note of it.
        """
        found = [(space, rows) for space in spaces if len(rows := collapsible(space.extents, _MAX_SWAPPED))]
        if not found:
            self._blocks = 0.0
            return
        self._blocks += duration_us / 1e6 * self._costs.khugepaged_pages_per_s / HUGE_PAGES
        for space, rows in found:
            blocks = int(self._blocks)
            if not blocks:
                return
            done = collapse(space, rows, blocks, room, account)
            self._blocks -= done


def collapsible(extents: Extents, max_swapped: int = HUGE_PAGES) -> NDArray[np.intp]:
    """Extents that want huge pages and hold a whole block, with something in memory, that is none yet."""
    small = extents.pages - extents.huge
    there = extents.resident - extents.huge
    blocks = (extents.blocks - 1) * HUGE_PAGES >= extents.huge
    wanted = (extents.advice == WANTS_HUGE) & (extents.backing == ANONYMOUS)
    few = extents.swapped * HUGE_PAGES <= max_swapped * small
    return np.flatnonzero(wanted & blocks & (there > 0) & few)


def collapse(
    space: Space,
    rows: NDArray[np.intp],
    blocks: int,
    room: Callable[[int], int],
    account: MachineAccount,
) -> int:
    """Make huge pages of up to so many blocks of these extents, as far as there is memory; returns how many.

    What of a block was never touched becomes bloat; what was in swap is read.
    """
    extents, done = space.extents, 0
    for row in rows.tolist():
        small = int(extents.pages[row] - extents.huge[row])
        there = int(extents.resident[row] - extents.huge[row])
        left = int(extents.blocks[row]) - -(-int(extents.huge[row]) // HUGE_PAGES)
        # How many blocks hold something, if what is there lies anywhere.
        used = left * (1.0 - (1.0 - there / small) ** HUGE_PAGES) if there < small else left
        count = min(blocks - done, max(round(used), int(there > 0)), left)
        if there < small:
            count = min(count, int(room(int(extents.node[row])) * small / (small - there)) // HUGE_PAGES)
        if count <= 0:
            continue
        part = count * HUGE_PAGES / small
        untouched, swapped = (
            np.array([round(int(column[row]) * part)]) for column in (extents.untouched, extents.swapped)
        )
        extents.enter_memory(np.array([row]), untouched, swapped)
        extents.huge[row] = min(int(extents.huge[row]) + count * HUGE_PAGES, int(extents.resident[row]))
        extents.bloat[row] += untouched[0]
        account.swapped_in_bytes += int(swapped[0]) * PAGE_SIZE
        account.collapsed_bytes += count * HUGE_PAGES * PAGE_SIZE
        done += count
        space.changed()
    return done


def seen(touched: Touched, extents: Extents) -> Touched:
    """What monitoring finds touched: all of a huge page where any of it was, as it has one accessed bit only."""
    rows = np.flatnonzero(extents.huge > 0)
    if not len(rows) or not len(touched.start):
        return touched
    block = HUGE_PAGES * PAGE_SIZE
    low = (extents.start[rows] * PAGE_SIZE).astype(np.uint64)
    high = low + (extents.pages[rows] * PAGE_SIZE).astype(np.uint64)
    near = _near(touched, low, high, block)
    cuts = np.unique(np.concatenate((touched.start, touched.end, low, high, near)))
    start, end = cuts[:-1], cuts[1:]
    share = np.array(touched.shares_of(start, end))
    at = np.searchsorted(low, start, "right") - 1
    huge = (at >= 0) & (start < high[at])
    row = rows[at[huge]]
    part = (extents.huge / np.maximum(extents.resident, 1))[row]
    first = np.maximum(start[huge] // np.uint64(block) * np.uint64(block), low[at[huge]])
    last = np.minimum(-(-end[huge].astype(np.int64) // block) * block, high[at[huge]].astype(np.int64))
    whole = touched.shares_of(first, last.astype(np.uint64))
    pages = np.minimum((last - first.astype(np.int64)) // PAGE_SIZE, HUGE_PAGES)
    share[:, huge] = (1.0 - part) * share[:, huge] + part * (1.0 - (1.0 - whole) ** pages)
    met = share.any(axis=0)
    return Touched(start[met], end[met], share[:, met])


def _near(touched: Touched, low: U64, high: U64, block: int) -> U64:
    """Borders of the blocks that something touched begins or ends in, within the ranges `low`, `high` [r]."""
    bounds = np.concatenate((touched.start, touched.end)).astype(np.int64)
    around = np.unique(np.concatenate((bounds // block * block, -(-bounds // block) * block))).astype(np.uint64)
    at = np.searchsorted(low, around, "right") - 1
    return around[(at >= 0) & (around < high[at])]
