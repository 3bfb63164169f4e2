"""What a record covers: from when to when, and which ranges of addresses.

The rules are those by which damo 3.4.3 chooses what its heatmap shows, with their oddities, as the same file must
give the same map: an address of 0 counts as unknown; a gap that closes later stays a gap; the regions at a range's
edges count with their whole size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.records.model import Identity, Record, joined

_Gap = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GuideRange:
    """A range without gaps, [start, end) in bytes."""

    start: int
    end: int
    heat: float
    """Accessed bytes (size times nr_accesses, over all snapshots) per byte of the range."""

    @property
    def size(self) -> int:
        """Bytes of the range."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Guide:
    """What the records of one identity cover."""

    identity: Identity
    start_ns: int
    """When the first snapshot began; earlier by the age of its oldest region, if intervals are known."""
    end_ns: int
    ranges: tuple[GuideRange, ...]
    """In order of addresses."""

    @property
    def size(self) -> int:
        """Bytes of all ranges."""
        return sum(r.size for r in self.ranges)

    @property
    def hottest(self) -> GuideRange:
        """The range with the most accesses per byte; the lowest of equal ones."""
        return max(self.ranges, key=lambda r: r.heat)


def guide(records: Sequence[Record]) -> Guide:
    """The guide to records of one identity, of which at least one has snapshots."""
    whole = joined([record for record in records if record.nr_snapshots])
    lowest, highest = _lowest(whole), int(whole.end.max()) if whole.nr_regions else 0
    edges = [lowest, *(edge for gap in _gaps(whole) for edge in gap), highest]
    ranges = zip(edges[::2], edges[1::2], strict=True)
    return Guide(
        identity=whole.identity,
        start_ns=_start_ns(whole),
        end_ns=int(whole.end_ns[-1]),
        ranges=tuple(GuideRange(start, end, _heat(whole, start, end)) for start, end in ranges),
    )


def _start_ns(record: Record) -> int:
    start_ns = int(record.start_ns[0])
    ages = record.age[: record.first[1]]
    if record.intervals is None or not len(ages):
        return start_ns
    return start_ns - max(int(ages.max()), 0) * round(record.intervals.aggr_us * 1000)


def _lowest(record: Record) -> int:
    zeros = np.flatnonzero(record.start == 0)
    known = record.start[zeros[-1] + 1 :] if len(zeros) else record.start
    return int(known.min()) if len(known) else 0


def _gaps(record: Record) -> list[_Gap]:
    """The gaps of the first snapshot that has some, narrowed to what they share with those of each later one."""
    after = np.flatnonzero(record.start[1:] != record.end[:-1]) + 1
    after = after[~np.isin(after, record.first)]
    snapshots = np.searchsorted(record.first, after, side="right")
    gaps: list[_Gap] = []
    last: list[_Gap] = []
    for regions in np.split(after, np.flatnonzero(np.diff(snapshots)) + 1):
        found = list(zip(record.end[regions - 1].tolist(), record.start[regions].tolist(), strict=True))
        if not gaps:
            gaps = found
        elif found != last:
            gaps = [_narrowed(gap, found) for gap in gaps]
        last = found
    return gaps


def _narrowed(gap: _Gap, others: list[_Gap]) -> _Gap:
    for start, end in others:
        if gap[1] >= start and end >= gap[0]:
            gap = (max(gap[0], start), min(gap[1], end))
    return gap


def _heat(record: Record, start: int, end: int) -> float:
    if end <= start:
        return 0.0
    inside = (record.nr_accesses > 0) & (record.end >= np.uint64(start)) & (record.start <= np.uint64(end))
    sizes = (record.end[inside] - record.start[inside]).astype(np.float64)
    return float(sizes @ record.nr_accesses[inside].astype(np.float64)) / (end - start)
