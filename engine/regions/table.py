"""The columns that hold the regions of a context."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]
Ranges = list[tuple[int, int]]

PAGE_SIZE = 4096


def empty_u64(n: int = 0) -> U64:
    """A column of addresses, all zero."""
    return np.zeros(n, np.uint64)


def empty_i64(n: int = 0) -> I64:
    """A column of counters, all zero."""
    return np.zeros(n, np.int64)


class Regions:
    """Regions of all targets of one context, sorted by (target, start), never overlapping.

    The columns have one entry per region; each is replaced as a whole, never written in place once
    it may have been handed out.
    """

    __slots__ = ("age", "end", "last_nr_accesses", "nr_accesses", "start", "target")

    def __init__(
        self,
        target: I64,
        start: U64,
        end: U64,
        nr_accesses: I64 | None = None,
        last_nr_accesses: I64 | None = None,
        age: I64 | None = None,
    ) -> None:
        n = len(start)
        self.target = target
        """Index of the region's target."""
        self.start = start
        self.end = end
        self.nr_accesses = empty_i64(n) if nr_accesses is None else nr_accesses
        """Checks that found an access since the last reset."""
        self.last_nr_accesses = empty_i64(n) if last_nr_accesses is None else last_nr_accesses
        """What `nr_accesses` was at the last reset."""
        self.age = empty_i64(n) if age is None else age
        """Aggregations for which the access pattern has been the same."""

    @classmethod
    def from_ranges(cls, ranges: Iterable[tuple[int, int]], target: int = 0) -> Regions:
        """Regions of one target with all counters 0, one for each half-open (start, end)."""
        pairs = list(ranges)
        start = np.array([s for s, _ in pairs], np.uint64)
        end = np.array([e for _, e in pairs], np.uint64)
        return cls(np.full(len(pairs), target, np.int64), start, end)

    def __len__(self) -> int:
        return len(self.start)

    @property
    def sizes(self) -> U64:
        """Bytes of each region."""
        return self.end - self.start

    @property
    def total_bytes(self) -> int:
        """Bytes of all regions of all targets."""
        return int(self.sizes.sum(dtype=np.uint64))

    def ranges(self, target: int = 0) -> Ranges:
        """The half-open (start, end) of each region of one target."""
        of = self.target == target
        return list(zip(self.start[of].tolist(), self.end[of].tolist(), strict=True))

    def of_target(self, target: int) -> Regions:
        """A copy that holds only one target's regions."""
        return self.take(np.flatnonzero(self.target == target))

    def take(self, index: NDArray[np.intp]) -> Regions:
        """The regions at `index`, in that order."""
        return Regions(
            self.target[index],
            self.start[index],
            self.end[index],
            self.nr_accesses[index],
            self.last_nr_accesses[index],
            self.age[index],
        )

    def replace(self, other: Regions) -> None:
        """Take over the columns of `other`."""
        self.target, self.start, self.end = other.target, other.start, other.end
        self.nr_accesses, self.last_nr_accesses, self.age = other.nr_accesses, other.last_nr_accesses, other.age

    def reset(self) -> None:
        """Begin a new aggregation: remember `nr_accesses` and count from 0 again (section 2.3, step 9c)."""
        self.last_nr_accesses = self.nr_accesses
        self.nr_accesses = empty_i64(len(self))


def concatenate(parts: list[Regions]) -> Regions:
    """One table of the regions of `parts`, which must come in the order of their targets."""
    if not parts:
        return Regions.from_ranges([])
    return Regions(*(np.concatenate([getattr(p, name) for p in parts]) for name in COLUMNS))


COLUMNS = ("target", "start", "end", "nr_accesses", "last_nr_accesses", "age")
