"""Moving pages to another NUMA node."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.config.model import Dest
from engine.machine.extents import DEVICE, HUGE_PAGES, I64, Extents
from engine.machine.memory import Memory
from engine.machine.page_filters import Passing
from engine.machine.space import Space

NOWHERE = -1
_STRIPES = 512


def stripe_pages(extents: Extents) -> int:
    """How many pages in a row go to one destination when pages are spread over several.

    The kernel spreads single pages. Here runs of pages share a node, so that stripes have to be wide: 2 MiB, or in
    large processes a 512th of them and less. What goes where follows from the address alone, as in the kernel.
    """
    pages, stripe = extents.total("pages"), HUGE_PAGES
    while stripe * _STRIPES < pages:
        stripe *= 2
    return stripe


def cut_stripes(extents: Extents, row: NDArray[np.intp]) -> None:
    """Cut these extents at the borders of stripes."""
    stripe = stripe_pages(extents)
    cuts = [
        np.arange((start // stripe + 1) * stripe, end, stripe)
        for start, end in zip(extents.start[row].tolist(), extents.end[row].tolist(), strict=True)
    ]
    extents.cut(np.concatenate(cuts) if cuts else np.zeros(0, np.int64))


def spread(extents: Extents, row: NDArray[np.intp], dests: Sequence[Dest]) -> I64:
    """The node [k] that each of these extents belongs to, by weight; nowhere without any weight."""
    up_to = np.cumsum([dest.weight for dest in dests])
    if not len(up_to) or up_to[-1] <= 0:
        return np.full(len(row), NOWHERE)
    offset = extents.start[row] // stripe_pages(extents) % up_to[-1]
    ids = np.array([dest.id for dest in dests], np.int64)
    node: I64 = ids[np.searchsorted(up_to, offset, "right")]
    return node


def migrate(memory: Memory, space: Space, row: NDArray[np.intp], node: I64, chosen: Passing) -> I64:
    """Move chosen pages of extents to other nodes, as far as there is room without reclaim.

    Extents are cut where only a part of them moves: what moves comes first.

    Args:
        memory: gives room and page numbers.
        space: of the process.
        row: indices of extents, ascending [k]; they are not valid afterwards.
        node: where each shall go [k]; nothing happens if it is there, or if there is no such node.
        chosen: which pages of each.

    Returns:
        Pages moved [k].
    """
    extents = space.extents
    moved = np.zeros(len(row), np.int64)
    there = extents.resident[row]
    possible = (node >= 0) & (node < len(memory.hardware.nodes)) & (node != extents.node[row])
    possible &= (chosen.total > 0) & (extents.backing[row] != DEVICE)
    if not possible.any():
        return moved
    starts, targets = [], []
    room = {int(n): memory.room(int(n)) for n in np.unique(node[possible])}
    for i in np.flatnonzero(possible).tolist():
        fits = min(int(chosen.total[i]), room[int(node[i])])
        if fits:
            room[int(node[i])] -= fits
            moved[i] = fits
            starts.append(int(extents.start[row[i]]))
            targets.append(int(node[i]))
    # From behind, so that cutting does not change the indices of what is still to be cut.
    for i in np.flatnonzero(moved).tolist()[::-1]:
        if moved[i] < there[i]:
            _part_off(extents, int(row[i]), int(moved[i]), int(chosen.inactive[i]), int(chosen.total[i]))
    for start, target in zip(starts, targets, strict=True):
        _place_anew(memory, extents, start, target)
    if starts:
        space.changed()
    return moved


def _part_off(extents: Extents, row: int, pages: int, inactive: int, chosen: int) -> None:
    """Cut an extent so that the first part holds nothing but so many of the chosen pages."""
    if pages == extents.pages[row]:
        return
    listed = min(max(round(inactive * pages / chosen), pages - (chosen - inactive)), inactive, pages)
    left = {"untouched": 0, "swapped": 0, "inactive": listed, "active": pages - listed}
    extents.divide(
        np.array([row]), np.array([pages]), {name: np.array([value], np.int64) for name, value in left.items()}
    )


def _place_anew(memory: Memory, extents: Extents, start: int, node: int) -> None:
    row = int(np.searchsorted(extents.start, start))
    memory.frames.give(int(extents.frame[row]), int(extents.pages[row]))
    runs = memory.frames.take(int(extents.pages[row]), node)
    at = start + np.cumsum([pages for _, pages in runs])[:-1]
    extents.cut(at.astype(np.int64))
    for i, (frame, _) in enumerate(runs):
        extents.frame[row + i] = frame
        extents.node[row + i] = node
