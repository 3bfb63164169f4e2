"""Huge pages that are made of pages in memory: in the background, or at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from engine.machine.account import MachineAccount
from engine.machine.costs import Costs
from engine.machine.extents import ANONYMOUS, HUGE_PAGES, WANTS_HUGE, Extents
from engine.machine.layout import PAGE_SIZE
from engine.machine.space import Space

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
