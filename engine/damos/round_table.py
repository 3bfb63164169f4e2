"""The regions of a context while schemes are applied to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from engine.regions.table import I64, U64, Regions


@dataclass(slots=True)
class Piece:
    """A region, or a part that was cut off it; its other counters are the region's."""

    start: int
    end: int
    age: int

    @property
    def size(self) -> int:
        """In bytes."""
        return self.end - self.start

    def cut(self, left: int) -> Piece:
        """Keep the first `left` bytes, and return the rest, which has the same counters."""
        rest = Piece(self.start + left, self.end, self.age)
        self.end = rest.start
        return rest


class Span(NamedTuple):
    """The regions of one target: indices from `low` up to `high`, exclusive."""

    target: int
    low: int
    high: int


class RoundTable:
    """Columns of all regions, with what a round changes: ages, and cuts.

    Indices stay as they are until `settle`: the pieces of a cut region are kept beside the columns.

    Args:
        regions: changed by `settle`.
        nr_accesses: the access count that schemes look at, of each region [n].
        copies_count: what is cut off keeps the region's count; otherwise (up to 6.6, section 5) its count is 0.
    """

    __slots__ = ("_copies_count", "_pieces", "_regions", "age", "end", "nr_accesses", "size", "start", "target")

    def __init__(self, regions: Regions, nr_accesses: I64, *, copies_count: bool = True) -> None:
        self._regions = regions
        self._copies_count = copies_count
        self._load(nr_accesses)

    def _load(self, nr_accesses: I64) -> None:
        regions = self._regions
        self.target, self.start, self.end = regions.target, regions.start, regions.end
        self.size: U64 = regions.end - regions.start
        self.nr_accesses = nr_accesses
        """The access count that schemes look at."""
        self.age = regions.age.copy()
        self._pieces: dict[int, list[Piece]] = {}

    def __len__(self) -> int:
        return len(self.start)

    def spans(self) -> Iterator[Span]:
        """The targets that have regions, in order."""
        n = len(self)
        if not n:
            return
        if self.target[0] == self.target[-1]:
            yield Span(int(self.target[0]), 0, n)
            return
        edges = [0, *(np.flatnonzero(self.target[1:] != self.target[:-1]) + 1).tolist(), n]
        for low, high in pairwise(edges):
            yield Span(int(self.target[low]), low, high)

    def piece(self, index: int) -> Piece:
        """A region as a whole piece."""
        return Piece(int(self.start[index]), int(self.end[index]), int(self.age[index]))

    def put(self, index: int, pieces: list[Piece]) -> None:
        """What became of a region: pieces in order, which cover it."""
        if len(pieces) == 1:
            self.age[index] = pieces[0].age
        else:
            self._pieces[index] = pieces

    def cuts_before(self) -> I64:
        """Of each region [n], how many pieces the regions before it have become more since the table was settled."""
        more = np.zeros(len(self), np.int64)
        for index, pieces in self._pieces.items():
            more[index] = len(pieces) - 1
        return more.cumsum() - more

    def settle(self) -> bool:
        """Write everything to the regions; the table then starts afresh from them. Returns whether any was cut."""
        regions = self._regions
        if not self._pieces:
            regions.age = self.age
            self.age = regions.age.copy()
            return False
        counts = np.ones(len(self), np.intp)
        for index, pieces in self._pieces.items():
            counts[index] = len(pieces)
        parent = np.repeat(np.arange(len(self)), counts)
        first = np.cumsum(counts) - counts
        regions.age = self.age
        cut = regions.take(parent)
        for index, pieces in self._pieces.items():
            at = slice(first[index], first[index] + len(pieces))
            cut.start[at] = [piece.start for piece in pieces]
            cut.end[at] = [piece.end for piece in pieces]
            cut.age[at] = [piece.age for piece in pieces]
            if not self._copies_count:
                cut.nr_accesses[first[index] + 1 : first[index] + len(pieces)] = 0
        regions.replace(cut)
        self._load(self.nr_accesses[parent])
        return True
