"""Page state of a process, as runs of pages that share it: whole pages are counted, none is named.

Within an extent nothing is known of which page is in which state: its pages are alike, and every part of
it holds its share of each state.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]

STATES = ("untouched", "swapped", "inactive", "active")
"""Every page is in exactly one: never touched; out of memory; in memory, on the inactive or active list."""
PLACE = ("start", "pages", "frame", "node", "backing", "advice", "touched_us")
COUNTS = (*STATES, "huge", "bloat", "young", "saved")
_OF_RESIDENT = ("huge", "bloat", "young")

HUGE_PAGES = 512
"""Pages of a huge page."""

ANONYMOUS, FILE, DEVICE = 0, 1, 2
NO_ADVICE, WANTS_HUGE, REFUSES_HUGE = 0, 1, 2
NEVER = -1

_ALIKE = 1 / 64
"""How much the shares of a state may differ between neighbours that are joined, if both hold it in part."""
_SAME_TIME_US = 100_000
_SAME_AGE = 1 / 8


class Piece(NamedTuple):
    """A run of pages before anything is touched."""

    start: int
    """Number of its first page in the process' address space."""
    pages: int
    frame: int
    """Number of its first physical page."""
    node: int
    backing: int


class Extents:
    """Columns over runs of pages, in address order, never overlapping.

    Invariants, in every extent: untouched + swapped + inactive + active = pages; huge, bloat and young are at most
    inactive + active, and saved is at most swapped.
    """

    start: I64
    """Number of the first page in the process' address space."""
    pages: I64
    frame: I64
    """Number of the first physical page; the others follow."""
    node: I64
    """NUMA node that the frames are on."""
    backing: I64
    """What backs the pages: nothing (anonymous memory), a file, or a device, which memory management leaves alone."""
    advice: I64
    """What madvise() said of huge pages."""
    touched_us: I64
    """When its pages in memory were last touched, in the mean; -1 if none ever was."""
    untouched: I64
    swapped: I64
    """Pages out of memory: in swap, or, where a file backs them, dropped."""
    inactive: I64
    active: I64
    huge: I64
    """Pages in memory that are parts of huge pages."""
    bloat: I64
    """Pages in memory that were never touched: what huge pages waste."""
    young: I64
    """Pages in memory that were touched since somebody last looked and made them old."""
    saved: I64
    """Pages out of memory that an action took out."""

    __slots__ = (*PLACE, *COUNTS)

    def __init__(self, pieces: Iterable[Piece]) -> None:
        rows = np.array(sorted(pieces), np.int64).reshape(-1, len(Piece._fields))
        for i, name in enumerate(Piece._fields):
            setattr(self, name, rows[:, i].copy())
        n = len(rows)
        self.advice = np.zeros(n, np.int64)
        self.touched_us = np.full(n, NEVER, np.int64)
        self.untouched = self.pages.copy()
        for name in COUNTS[1:]:
            setattr(self, name, np.zeros(n, np.int64))

    def __len__(self) -> int:
        return len(self.start)

    @property
    def end(self) -> I64:
        """Number of the page after the last one, per extent."""
        return self.start + self.pages

    @property
    def resident(self) -> I64:
        """Pages in memory, per extent."""
        return self.inactive + self.active

    @property
    def blocks(self) -> I64:
        """How many huge pages fit into each extent: they lie at multiples of their size."""
        blocks: I64 = np.maximum(self.end // HUGE_PAGES - -(-self.start // HUGE_PAGES), 0)
        return blocks

    def total(self, column: str) -> int:
        """Sum of a column of counts."""
        return int(getattr(self, column).sum())

    def rows_within(self, start: int, end: int) -> NDArray[np.intp]:
        """Extents inside the pages [start, end), after cutting at both."""
        self.cut(np.array([start, end], np.int64))
        low, high = np.searchsorted(self.start, (start, end))
        return np.arange(low, high)

    def cut(self, at: I64) -> None:
        """Make the page numbers `at` beginnings of extents, where they lie inside one."""
        if not len(self):
            return
        at = np.unique(at)
        row = np.searchsorted(self.start, at, "right") - 1
        inside = (row >= 0) & (at > self.start[row]) & (at < self.end[row])
        at = at[inside]
        while len(at):
            row = np.searchsorted(self.start, at, "right") - 1
            first = np.flatnonzero(np.concatenate(([True], row[1:] != row[:-1])))
            # The middle one of the cuts in each extent, so that a few rounds do for many cuts.
            middle = (first + np.append(first[1:], len(row)) - 1) // 2
            rows, pages = row[middle], at[middle] - self.start[row[middle]]
            self.divide(rows, pages, self._share(rows, pages))
            at = np.delete(at, middle)

    def _share(self, row: NDArray[np.intp], pages: I64) -> dict[str, I64]:
        """What belongs to the first `pages` of each extent of `row`: its share, in whole pages."""
        share = pages / self.pages[row]
        up_to = np.cumsum([getattr(self, name)[row] for name in STATES], axis=0)
        # Differences of rounded prefix sums: they add up, and none is more than there is.
        part = np.diff(np.rint(up_to * share).astype(np.int64), axis=0, prepend=0)
        return dict(zip(STATES, part, strict=True))

    def divide(self, row: NDArray[np.intp], pages: I64, left: dict[str, I64]) -> None:
        """Cut each extent of `row`, ascending and none twice, after its first `pages`: some of them, not all.

        Args:
            row: indices of extents [k].
            pages: how many pages the left part gets [k].
            left: how many of them are in each state; what else there is to count follows in proportion.
        """
        left = left | self._subcounts(row, left)
        whole = {name: getattr(self, name)[row] for name in COUNTS}
        order = np.sort(np.concatenate((np.arange(len(self)), row)))
        for name in (*PLACE, *COUNTS):
            setattr(self, name, getattr(self, name)[order])
        right = row + np.arange(len(row)) + 1
        for name in COUNTS:
            column = getattr(self, name)
            column[right - 1] = left[name]
            column[right] = whole[name] - left[name]
        self.start[right] += pages
        self.frame[right] += pages
        self.pages[right] -= pages
        self.pages[right - 1] = pages

    def _subcounts(self, row: NDArray[np.intp], part: dict[str, I64]) -> dict[str, I64]:
        resident, out = self.resident[row], self.swapped[row]
        gone = part["inactive"] + part["active"]
        found = {name: part_of(getattr(self, name)[row], gone, resident) for name in _OF_RESIDENT}
        return found | {"saved": part_of(self.saved[row], part["swapped"], out)}

    def coalesce(self, now_us: int, blocks: tuple[int, int] | None = None) -> None:
        """Join neighbours that lie in one piece, and whose pages are in the same states and of about the same age.

        Parts of one block are joined whatever their states where it wants to be a huge page, or one of them is part of
        one, or it lies in the range `blocks` of page numbers: what happens to huge pages happens to whole blocks.
        """
        n = len(self)
        if n < 2:
            return
        same = (self.start[1:] == self.end[:-1]) & (self.frame[1:] == self.frame[:-1] + self.pages[:-1])
        for name in ("node", "backing", "advice"):
            column = getattr(self, name)
            same &= column[1:] == column[:-1]
        within = (self.start[1:] % HUGE_PAGES != 0) & (self.backing[1:] == ANONYMOUS) & same
        wanted = (self.advice == WANTS_HUGE) | (self.huge > 0)
        chosen = wanted[1:] | wanted[:-1]
        if blocks is not None:
            chosen |= (self.start[1:] > blocks[0]) & (self.start[1:] < blocks[1])
        within &= chosen
        for name in STATES:
            same &= _alike(getattr(self, name), self.pages)
        resident = self.resident
        for name in _OF_RESIDENT:
            same &= _alike(getattr(self, name), resident)
        same &= _alike(self.saved, self.swapped)
        age = now_us - self.touched_us
        apart, allowed = np.abs(age[1:] - age[:-1]), np.minimum(age[1:], age[:-1]) * _SAME_AGE
        empty = resident == 0
        same &= (apart <= np.maximum(allowed, _SAME_TIME_US)) | empty[1:] | empty[:-1]
        same |= within
        if not same.any():
            return
        head = np.flatnonzero(np.concatenate(([True], ~same)))
        self.touched_us = self._mean_touched(resident, head)
        for name in ("pages", *COUNTS):
            setattr(self, name, np.add.reduceat(getattr(self, name), head))
        for name in ("start", "frame", "node", "backing", "advice"):
            setattr(self, name, getattr(self, name)[head])

    def _mean_touched(self, resident: I64, head: NDArray[np.intp]) -> I64:
        weight = np.add.reduceat(resident, head)
        total = np.add.reduceat(self.touched_us.astype(np.float64) * resident, head)
        latest = np.maximum.reduceat(self.touched_us, head)
        mean = np.rint(total / np.maximum(weight, 1)).astype(np.int64)
        return np.where(weight > 0, np.minimum(mean, latest), latest)

    # How pages change their state; rows of extents are given as indices, none twice

    def leave_memory(self, row: NDArray[np.intp], inactive: I64, active: I64, *, saves: bool) -> I64:
        """Take so many pages [k] of each list out of memory, and return how many of them need to be kept elsewhere.

        Pages that were never touched are forgotten: they are untouched again.
        """
        resident, part = self.resident[row], inactive + active
        gone = {name: part_of(getattr(self, name)[row], part, resident) for name in _OF_RESIDENT}
        kept = part - gone["bloat"]
        for name, amount in (("inactive", inactive), ("active", active), *gone.items()):
            getattr(self, name)[row] -= amount
        self.untouched[row] += gone["bloat"]
        self.swapped[row] += kept
        if saves:
            self.saved[row] += kept
        return kept

    def enter_memory(self, row: NDArray[np.intp], untouched: I64, swapped: I64) -> I64:
        """Bring so many pages [k] into memory, on the inactive list; returns how many an action had taken out."""
        back = part_of(self.saved[row], swapped, self.swapped[row])
        self.saved[row] -= back
        self.untouched[row] -= untouched
        self.swapped[row] -= swapped
        self.inactive[row] += untouched + swapped
        return back

    def activate(self, row: NDArray[np.intp], pages: I64) -> None:
        """Move so many pages [k] from the inactive list to the active one; the other way round where negative."""
        self.inactive[row] -= pages
        self.active[row] += pages


def part_of(count: I64, part: I64, whole: I64) -> I64:
    """How many of `count` out of `whole` lie in a `part` of it: their share, as far as they and the others fit."""
    share = np.rint(count * (part / np.maximum(whole, 1))).astype(np.int64)
    least = np.maximum(count - (whole - part), 0)
    fitting: I64 = np.clip(share, least, np.minimum(count, part))
    return fitting


def _alike(count: I64, whole: I64) -> Mask:
    """Which neighbours [n - 1] both hold nothing but this, nothing of it, or about the same share."""
    none, every = count == 0, count == whole
    mixed = ~(none | every)
    share = count / np.maximum(whole, 1)
    near = np.abs(share[1:] - share[:-1]) <= _ALIKE
    empty = whole == 0
    alike: Mask = (none[1:] & none[:-1]) | (every[1:] & every[:-1]) | (mixed[1:] & mixed[:-1] & near)
    alike |= empty[1:] | empty[:-1]
    return alike
