"""Page state of a process, as runs of pages that share it: whole pages are counted, none is named.

Within an extent nothing is known of which page is in which state: its pages are alike, and every part of
it holds its share of each state.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.snapshot import Mapping

I64 = NDArray[np.int64]

PAGE_SIZE = 4096

STATES = ("untouched", "swapped", "inactive", "active")
"""Every page is in exactly one: never touched; out of memory; in memory, on the inactive or active list."""
_PLACE = ("start", "pages", "frame", "node", "file", "advice", "touched_us")
_COUNTS = (*STATES, "huge", "bloat")

NO_ADVICE, WANTS_HUGE, REFUSES_HUGE = 0, 1, 2
NEVER = -1


class Extents:
    """Columns over runs of pages, in address order, never overlapping.

    Invariant: untouched + swapped + inactive + active = pages, in every extent.
    """

    start: I64
    """Number of the first page in the process' address space."""
    pages: I64
    frame: I64
    """Number of the first physical page; the others follow."""
    node: I64
    """NUMA node that the frames are on."""
    file: I64
    """1 where a file backs the pages, 0 for anonymous memory."""
    advice: I64
    """What madvise() said of huge pages."""
    touched_us: I64
    """When a page of it was last touched; -1 for never."""
    untouched: I64
    swapped: I64
    inactive: I64
    active: I64
    huge: I64
    """Pages in memory that are parts of huge pages."""
    bloat: I64
    """Pages in memory that were never touched: what huge pages waste."""

    __slots__ = (*_PLACE, *_COUNTS)

    def __init__(self, mappings: Iterable[Mapping], frames: Iterable[int], file_backed: Iterable[bool]) -> None:
        rows = [
            (m.start // PAGE_SIZE, (m.end - m.start) // PAGE_SIZE, frame, int(backed))
            for m, frame, backed in zip(mappings, frames, file_backed, strict=True)
        ]
        n = len(rows)
        self.start, self.pages, self.frame, self.file = (
            np.array([row[i] for row in rows], np.int64) for i in range(4)
        )
        self.node = np.zeros(n, np.int64)
        self.advice = np.zeros(n, np.int64)
        self.touched_us = np.full(n, NEVER, np.int64)
        self.untouched = self.pages.copy()
        for name in _COUNTS[1:]:
            setattr(self, name, np.zeros(n, np.int64))

    def __len__(self) -> int:
        return len(self.start)

    @property
    def resident(self) -> I64:
        """Pages in memory, per extent."""
        return self.inactive + self.active

    def total(self, column: str) -> int:
        """Sum of a column of counts."""
        return int(getattr(self, column).sum())

    def cut(self, at: I64) -> None:
        """Make the page numbers `at` beginnings of extents, where they lie inside one."""
        at = np.unique(at)
        row = np.searchsorted(self.start, at, "right") - 1
        inside = (row >= 0) & (at > self.start[row]) & (at < self.start[row] + self.pages[row])
        at, row = at[inside], row[inside]
        # Of several cuts in one extent, each takes its part off what the former one left on the right.
        while len(at):
            first = np.concatenate(([True], row[1:] != row[:-1]))
            self._cut_once(row[first], at[first])
            rest = ~first
            at, row = at[rest], row[rest]
            row = np.searchsorted(self.start, at, "right") - 1

    def _cut_once(self, row: I64, at: I64) -> None:
        """Cut each extent of `row`, which holds none twice, at one page number inside."""
        n = len(self)
        left_pages = at - self.start[row]
        counts = {name: getattr(self, name)[row] for name in _COUNTS}
        left = share_out({name: counts[name] for name in STATES}, left_pages, self.pages[row])
        resident_left = left["inactive"] + left["active"]
        resident = np.maximum(counts["inactive"] + counts["active"], 1)
        for name in ("huge", "bloat"):
            left[name] = np.minimum(counts[name] * resident_left // resident, resident_left)
            # What is left for the right part must fit there too.
            spare = (resident - resident_left) - (counts[name] - left[name])
            left[name] -= np.minimum(spare, 0)
        order = np.sort(np.concatenate((np.arange(n), row)))
        right = np.flatnonzero(np.concatenate(([False], order[1:] == order[:-1])))
        for name in (*_PLACE, *_COUNTS):
            setattr(self, name, getattr(self, name)[order])
        for name in _COUNTS:
            column = getattr(self, name)
            column[right - 1] = left[name]
            column[right] = counts[name] - left[name]
        self.start[right] = at
        self.frame[right] += left_pages
        self.pages[right] -= left_pages
        self.pages[right - 1] = left_pages

    def coalesce(self) -> None:
        """Join neighbours whose pages are all in one state, the same one, and lie in one piece."""
        n = len(self)
        if n < 2:
            return
        same = (self.start[1:] == self.start[:-1] + self.pages[:-1]) & (
            self.frame[1:] == self.frame[:-1] + self.pages[:-1]
        )
        for name in ("node", "file", "advice"):
            column = getattr(self, name)
            same &= column[1:] == column[:-1]
        alike = np.zeros(n - 1, bool)
        for name in STATES:
            whole = getattr(self, name) == self.pages
            alike |= whole[1:] & whole[:-1]
        same &= alike
        for name in ("huge", "bloat"):
            column = getattr(self, name)
            none, all_of = column == 0, column == self.pages
            same &= (none[1:] & none[:-1]) | (all_of[1:] & all_of[:-1])
        if not same.any():
            return
        head = np.flatnonzero(np.concatenate(([True], ~same)))
        for name in ("pages", *_COUNTS):
            setattr(self, name, np.add.reduceat(getattr(self, name), head))
        self.touched_us = np.maximum.reduceat(self.touched_us, head)
        for name in ("start", "frame", "node", "file", "advice"):
            setattr(self, name, getattr(self, name)[head])

    def covering(self, start: int, end: int) -> slice:
        """Rows of the extents inside the pages [start, end), after cutting at both."""
        self.cut(np.array([start, end], np.int64))
        low, high = np.searchsorted(self.start, (start, end))
        return slice(int(low), int(high))


def share_out(counts: dict[str, I64], part: I64, whole: I64) -> dict[str, I64]:
    """How many of each of `counts` [n], which add up to `whole`, belong to a `part` of the pages.

    As near to proportional as whole numbers allow, adding up to `part` exactly.
    """
    names = list(counts)
    table = np.stack([counts[name] for name in names])
    exact = table * (part / np.maximum(whole, 1))
    given = np.minimum(np.floor(exact + 1e-9).astype(np.int64), table)
    missing = part - given.sum(axis=0)
    # Largest remainders first; there are never more missing than states with a remainder.
    order = np.argsort(given - exact, axis=0, kind="stable")
    for rank in range(len(names)):
        state = order[rank]
        column = np.arange(table.shape[1])
        room = table[state, column] - given[state, column]
        more = np.minimum(np.maximum(missing, 0), room)
        more = np.minimum(more, 1) if rank < len(names) - 1 else more
        given[state, column] += more
        missing -= more
    return {name: given[i] for i, name in enumerate(names)}
