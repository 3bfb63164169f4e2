"""Making room: which pages leave memory when there is too little of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.machine.extents import ANONYMOUS, DEVICE, I64, Extents

_GIB_PAGES = 1 << 18


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """What was taken out of memory, of one process, in pages."""

    swapped_out: int
    dropped: int
    freed: int
    """All that is free now, including pages that nobody had ever touched."""


def reclaim(spaces: Sequence[Extents], node: int, wanted: int, swap_free: int) -> list[Reclaimed]:
    """Take up to `wanted` pages of a node out of memory: inactive ones, those touched longest ago first.

    Where that list is short compared to the active one, pages move from there first, longest untouched ones first.
    Anonymous pages need room in swap; pages of files are dropped.

    Args:
        spaces: of all processes.
        node: where memory is short.
        wanted: pages.
        swap_free: pages that swap has room for.

    Returns:
        What was taken from each of `spaces`; less than wanted in all if no more could be.
    """
    pages = _Pages(spaces, node)
    taken = np.zeros(len(pages.row), np.int64)
    while True:
        missing = wanted - int(taken.sum())
        if missing <= 0:
            break
        pages.balance(missing)
        more = pages.oldest(pages.inactive, missing, swap_free)
        if not more.any():
            if not pages.deactivate(missing, only_files=swap_free <= 0):
                break
            continue
        swap_free -= pages.take(more)
        taken += more
    return pages.results


class _Pages:
    """The extents of a node that have pages in memory, over all processes, the longest untouched first."""

    def __init__(self, spaces: Sequence[Extents], node: int) -> None:
        self._spaces = spaces
        found = [np.flatnonzero((e.node == node) & (e.resident > 0) & (e.backing != DEVICE)) for e in spaces]
        owner = np.repeat(np.arange(len(spaces)), [len(rows) for rows in found])
        row = np.concatenate(found) if found else np.zeros(0, np.int64)
        touched = np.concatenate([e.touched_us[rows] for e, rows in zip(spaces, found, strict=True)] or [row])
        order = np.argsort(touched, kind="stable")
        self.owner, self.row = owner[order], row[order]
        self.anonymous = self._column("backing") == ANONYMOUS
        self.results = [Reclaimed(0, 0, 0) for _ in spaces]

    def _column(self, name: str) -> I64:
        column = np.zeros(len(self.row), np.int64)
        for i, extents in enumerate(self._spaces):
            mine = self.owner == i
            column[mine] = getattr(extents, name)[self.row[mine]]
        return column

    @property
    def inactive(self) -> I64:
        return self._column("inactive")

    def balance(self, wanted: int) -> None:
        """Deactivate pages while the inactive list is short: less than the active one by a ratio that grows with both.

        The ratio is the square root of ten times the gigabytes, at least 1 (`inactive_is_low`).
        """
        inactive, active = int(self.inactive.sum()), int(self._column("active").sum())
        ratio = max(1, math.isqrt(10 * (inactive + active) // _GIB_PAGES))
        if inactive * ratio < active:
            level = -(-(inactive + active) // (ratio + 1))
            self.deactivate(min(max(level - inactive, 1), max(wanted, 32) * 2))

    def deactivate(self, pages: int, *, only_files: bool = False) -> bool:
        """Move the longest untouched active pages to the inactive list; whether there were any."""
        active = self._column("active")
        part = _first(np.where(self.anonymous, 0, active) if only_files else active, pages)
        for i, extents in enumerate(self._spaces):
            mine = (self.owner == i) & (part > 0)
            row = self.row[mine]
            young = extents.young[row]
            extents.activate(row, -part[mine])
            # Who is moved is made old.
            extents.young[row] = np.minimum(young, extents.resident[row] - part[mine])
        return bool(part.any())

    def oldest(self, count: I64, pages: int, swap_free: int) -> I64:
        """The first of `count` [n], at most `pages` in all, and of anonymous ones no more than swap has room for."""
        swappable = np.where(self.anonymous, _first(np.where(self.anonymous, count, 0), swap_free), count)
        return _first(swappable, pages)

    def take(self, part: I64) -> int:
        """Take so many inactive pages of each out of memory; returns how many went to swap."""
        swapped = 0
        for i, extents in enumerate(self._spaces):
            mine = (self.owner == i) & (part > 0)
            if not mine.any():
                continue
            row, pages = self.row[mine], part[mine]
            kept = extents.leave_memory(row, pages, np.zeros_like(pages), saves=False)
            out = int(kept[self.anonymous[mine]].sum())
            last = self.results[i]
            self.results[i] = Reclaimed(
                last.swapped_out + out, last.dropped + int(kept.sum()) - out, last.freed + int(pages.sum())
            )
            swapped += out
        return swapped


def _first(count: I64, pages: int) -> I64:
    """The first `pages` of `count` [n]."""
    before = np.cumsum(count) - count
    first: I64 = np.clip(pages - before, 0, count)
    return first
