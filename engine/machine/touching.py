"""What touching pages does to them: they become young and active, and those that are not in memory are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.machine.extents import ANONYMOUS, F64, HUGE_PAGES, I64, WANTS_HUGE, Extents
from engine.machine.layout import PAGE_SIZE
from engine.workload.touch import Touched

_NEARLY = 1e-9
_HALF = 0.5


@dataclass(slots=True)
class Carry:
    """Fractions of pages that expected numbers have left over, one for each kind of event.

    Rounding each step's expectation and keeping the rest lets the sums follow the expectations, without chance.
    """

    left: dict[str, float] = field(default_factory=dict)

    def whole(self, kind: str, expected: F64, limit: I64) -> I64:
        """Whole numbers [n] for the expected ones [n], none above `limit` [n]; together they are off by half a page."""
        if not len(expected):
            return np.zeros(0, np.int64)
        left = self.left.setdefault(kind, _HALF)
        if left + _NEARLY < 1.0 and not expected.any():
            return np.zeros(len(expected), np.int64)
        up_to = left + np.cumsum(expected)
        number = np.floor(up_to + _NEARLY).astype(np.int64)
        number[1:] -= number[:-1].copy()
        number = np.minimum(np.maximum(number, 0), limit)
        self.left[kind] = min(max(float(up_to[-1] - number.sum()), 0.0), 1.0)
        return number

    def sum(self, kind: str, expected: float) -> int:
        """What `whole` would give in all for an expected sum, without keeping anything."""
        return int(np.floor(self.left.get(kind, _HALF) + expected + _NEARLY))


@dataclass(slots=True)
class Wanted:
    """Pages that are needed and not in memory, per extent [n]."""

    untouched: I64
    swapped: I64
    huge: I64
    """Pages of `untouched` that come as parts of huge pages."""
    bloat: I64
    """Pages of `huge` that nobody asked for."""

    @property
    def total(self) -> I64:
        """How much memory it takes."""
        return self.untouched + self.swapped


@dataclass(frozen=True, slots=True)
class Expected:
    """What touching is expected to bring, in all of a process' memory, before anything is rounded."""

    small: float
    """First touches that make one page."""
    blocks: float
    """First touches that make a huge page."""
    swap_ins: float
    file_reads: float

    @property
    def pages(self) -> float:
        """Pages of memory that it takes."""
        return self.small + self.blocks * HUGE_PAGES + self.swap_ins + self.file_reads


@dataclass(frozen=True, slots=True)
class Share:
    """Which share of each extent's pages is touched in a window [n]."""

    every: F64
    """Of all pages."""
    novel: F64
    """Of those never touched before."""
    known: F64
    """Of the others."""

    @classmethod
    def alike(cls, share: F64) -> Share:
        """Of extents whose pages are all touched with equal chance."""
        return cls(share, share, share)

    @classmethod
    def apart(cls, extents: Extents, share: F64, novel: F64) -> Share:
        """Of extents that hold pages which are touched again and again beside others that never are."""
        fresh = extents.untouched + extents.bloat
        rest = share * extents.pages - novel * fresh
        known = np.where(fresh > 0, np.clip(rest / np.maximum(extents.pages - fresh, 1), 0.0, 1.0), share)
        return cls(share, novel, known)


def expected(extents: Extents, share: Share) -> Expected:
    """What touching pages once is expected to bring."""
    alone, block = _first_touch_shares(extents, share.novel)
    out = extents.swapped * share.known
    file = extents.backing != ANONYMOUS
    return Expected(
        small=float(extents.untouched @ alone),
        blocks=float(_untouched_blocks(extents) @ block),
        swap_ins=float(out[~file].sum()),
        file_reads=float(out[file].sum()),
    )


def shares(extents: Extents, touched: Touched) -> F64:
    """Touched share [k, n] of each extent in each window."""
    if not len(extents):
        return np.zeros((touched.share.shape[0], 0))
    start = (extents.start * PAGE_SIZE).astype(np.uint64)
    share = touched.shares_of(start, start + (extents.pages * PAGE_SIZE).astype(np.uint64))
    share[share < _NEARLY] = np.maximum(share[share < _NEARLY], 0.0)
    share[share > 1.0 - _NEARLY] = 1.0
    return share


def _first_touch_shares(extents: Extents, share: F64) -> tuple[F64, F64]:
    """Which share of the untouched pages [n] comes one by one, and which share of whole untouched blocks [n] at once.

    A block becomes a huge page at its first touch if no page of it is in memory or in swap. Extents that hold huge
    pages lie in whole blocks.
    """
    huge_area = (extents.advice == WANTS_HUGE) & (extents.backing == ANONYMOUS)
    if huge_area.any():
        huge_area &= _untouched_blocks(extents) > 0
    if not huge_area.any():
        return share, np.zeros(len(share))
    small = extents.pages - extents.huge
    density = (extents.resident - extents.huge + extents.swapped) / np.maximum(small, 1)
    empty = np.where(huge_area, (1.0 - np.clip(density, 0.0, 1.0)) ** HUGE_PAGES, 0.0)
    return share * (1.0 - empty), (1.0 - (1.0 - share) ** HUGE_PAGES) * empty


def _untouched_blocks(extents: Extents) -> I64:
    """How many blocks [n] can become huge pages at a first touch."""
    left = extents.blocks - -(-extents.huge // HUGE_PAGES)
    blocks: I64 = np.maximum(np.minimum(extents.untouched // HUGE_PAGES, left), 0)
    return blocks


def cut_at(extents: Extents, touched: Touched) -> None:
    """Cut extents where what is touched begins and ends; where huge pages are or may come, between blocks only."""
    start, end = (touched.start // PAGE_SIZE).astype(np.int64), (touched.end // PAGE_SIZE).astype(np.int64)
    if ((extents.advice == WANTS_HUGE) | (extents.huge > 0)).any():
        start, end = _between_blocks(extents, start, -1), _between_blocks(extents, end, 1)
    extents.cut(np.concatenate((start, end)))


def _between_blocks(extents: Extents, at: I64, direction: int) -> I64:
    row = np.maximum(np.searchsorted(extents.start, at, "right") - 1, 0)
    blocks = (extents.advice[row] == WANTS_HUGE) | (extents.huge[row] > 0)
    outward = at // HUGE_PAGES if direction < 0 else -(-at // HUGE_PAGES)
    return np.where(blocks, outward * HUGE_PAGES, at)


def touch(extents: Extents, share: Share, now_us: int, window_us: float, carry: Carry) -> Wanted:
    """Touch a share of each extent's pages in the window that ends now.

    Pages in memory become young; those on the inactive list move to the active one.

    Args:
        extents: of the process, cut where the share changes.
        share: of pages touched.
        now_us: the window's end.
        window_us: its length.
        carry: of the process.

    Returns:
        What is not in memory and has to be brought there; until it is admitted nothing of it counts as touched.
    """
    resident = extents.resident
    found = share.known
    if extents.huge.any():
        # A huge page is on one list, and young or not, as a whole.
        huge = extents.huge / np.maximum(resident, 1)
        found = found * (1.0 - huge) + (1.0 - (1.0 - share.every) ** HUGE_PAGES) * huge
    extents.activate(np.arange(len(extents)), carry.whole("activate", extents.inactive * found, extents.inactive))
    old = resident - extents.young
    extents.young += carry.whole("young", old * found, old)
    extents.bloat -= carry.whole("bloat", extents.bloat * share.novel, extents.bloat)
    last = now_us - _age_of_touch(share.known, window_us)
    moved = np.rint(extents.touched_us + (last - extents.touched_us) * found).astype(np.int64)
    later = (resident > 0) & (found > 0)
    extents.touched_us = np.where(later, np.maximum(moved, extents.touched_us), extents.touched_us)
    return _wanted(extents, share, carry)


def _wanted(extents: Extents, share: Share, carry: Carry) -> Wanted:
    alone, block = _first_touch_shares(extents, share.novel)
    whole_blocks = _untouched_blocks(extents)
    huge = carry.whole("blocks", whole_blocks * block, whole_blocks) * HUGE_PAGES
    asked = np.minimum(np.maximum(np.rint(huge * share.novel).astype(np.int64), huge // HUGE_PAGES), huge)
    room = extents.untouched - huge
    small = np.minimum(carry.whole("small", extents.untouched * alone, extents.untouched), room)
    out = extents.swapped * share.known
    file = extents.backing != ANONYMOUS
    swapped = carry.whole("swap_ins", np.where(file, 0.0, out), extents.swapped)
    swapped += carry.whole("file_reads", np.where(file, out, 0.0), extents.swapped)
    return Wanted(small + huge, swapped, huge, huge - asked)


def _age_of_touch(share: F64, window_us: float) -> F64:
    """How long before the window's end touched pages were last touched, in the mean, at random times."""
    c = np.clip(share, 1e-6, 1.0 - 1e-12)
    rate = -np.log1p(-c)
    return np.where(share >= 1.0, 0.0, window_us * np.clip(1.0 / rate - (1.0 - c) / c, 0.0, 0.5))
