"""A recording of one target (or one scheme), as packed columns.

Nothing here knows how a file looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

Identity = tuple[int, int, int | None, int | None]
UNKNOWN = -1
"""Stands in `age` and `sample_us` for what a file does not tell."""


@dataclass(frozen=True, slots=True)
class RecordIntervals:
    """The intervals that a recording was made with, in microseconds."""

    sample_us: float
    aggr_us: float
    ops_update_us: float
    access_bp: float = 0
    """The four that follow are the goal of intervals auto-tuning, as in `engine.config.model.IntervalsGoal`."""
    goal_aggrs: int = 0
    min_sample_us: float = 0
    max_sample_us: float = 0

    @property
    def tuned(self) -> bool:
        """Whether the intervals were auto-tuned, so that each snapshot has its own."""
        return self.goal_aggrs != 0

    @property
    def max_nr_accesses(self) -> float:
        """Samples per aggregation. Auto-tuning keeps it."""
        return self.aggr_us / self.sample_us


@dataclass(frozen=True, slots=True, eq=False)
class RecordSnapshot:
    """One snapshot of a record. The arrays are views of the record's columns, one entry per region."""

    index: int
    start_ns: int
    end_ns: int
    sample_us: int
    total_bytes: int
    start: U64
    end: U64
    nr_accesses: I64
    age: I64

    @property
    def nr_regions(self) -> int:
        """Number of regions."""
        return len(self.start)

    @property
    def sizes(self) -> U64:
        """Bytes of each region."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Snapshots of one target of a context, or of the regions that one scheme tried.

    S snapshots in order of time, R regions over all of them in the order of the file. The columns must not be
    written to.
    """

    kdamond_idx: int
    context_idx: int
    scheme_idx: int | None
    target_id: int | None
    intervals: RecordIntervals | None
    """None in old files, which did not tell."""
    start_ns: I64
    """[S] nanoseconds of an arbitrary clock."""
    end_ns: I64
    """[S] nanoseconds of the same clock."""
    sample_us: I64
    """[S] the auto-tuned sampling interval of the snapshot in microseconds, or `UNKNOWN`."""
    total_bytes: U64
    """[S] bytes of all regions."""
    first: I64
    """[S+1] index of each snapshot's first region; the last entry is R."""
    start: U64
    """[R] first byte of the region."""
    end: U64
    """[R] first byte after the region."""
    nr_accesses: I64
    """[R] samples of one aggregation that found the region accessed."""
    age: I64
    """[R] aggregations for which the region has kept its access pattern, or `UNKNOWN`."""

    @property
    def identity(self) -> Identity:
        """(kdamond, context, scheme, target): what tells records of a file apart."""
        return (self.kdamond_idx, self.context_idx, self.scheme_idx, self.target_id)

    @property
    def nr_snapshots(self) -> int:
        """Number of snapshots."""
        return len(self.start_ns)

    @property
    def nr_regions(self) -> int:
        """Number of regions over all snapshots."""
        return len(self.start)

    def snapshot(self, index: int) -> RecordSnapshot:
        """The snapshot of that index; negative ones count from the end. Raises IndexError."""
        count = self.nr_snapshots
        if not -count <= index < count:
            raise IndexError(index)
        index %= count
        regions = slice(int(self.first[index]), int(self.first[index + 1]))
        return RecordSnapshot(
            index=index,
            start_ns=int(self.start_ns[index]),
            end_ns=int(self.end_ns[index]),
            sample_us=int(self.sample_us[index]),
            total_bytes=int(self.total_bytes[index]),
            start=self.start[regions],
            end=self.end[regions],
            nr_accesses=self.nr_accesses[regions],
            age=self.age[regions],
        )

    def __iter__(self) -> Iterator[RecordSnapshot]:
        return (self.snapshot(index) for index in range(self.nr_snapshots))

    def aggr_us(self) -> NDArray[np.float64]:
        """[S] the aggregation interval of each snapshot in microseconds. Raises ValueError if intervals are unknown.

        Where the intervals were auto-tuned and a snapshot does not tell its own, its duration stands for the
        interval if it is 10 % or more off the recorded one: the rule of damo 3.4.3.
        """
        if self.intervals is None:
            raise ValueError("the record has no intervals")
        recorded = np.full(self.nr_snapshots, float(self.intervals.aggr_us))
        if not self.intervals.tuned:
            return recorded
        lasted = (self.end_ns - self.start_ns) / 1000
        inferred = np.where(np.abs(lasted - recorded) / recorded < 0.1, recorded, lasted)
        told = self.sample_us * self.intervals.max_nr_accesses
        return np.where(self.sample_us == UNKNOWN, inferred, told)


def joined(records: Sequence[Record]) -> Record:
    """One record with the snapshots of all, in their order. The first gives identity and intervals.

    Raises ValueError if there is none.
    """
    if not records:
        raise ValueError("no record to join")
    if len(records) == 1:
        return records[0]
    head = records[0]
    offsets = np.cumsum([0] + [r.nr_regions for r in records])
    return Record(
        kdamond_idx=head.kdamond_idx,
        context_idx=head.context_idx,
        scheme_idx=head.scheme_idx,
        target_id=head.target_id,
        intervals=head.intervals,
        start_ns=np.concatenate([r.start_ns for r in records]),
        end_ns=np.concatenate([r.end_ns for r in records]),
        sample_us=np.concatenate([r.sample_us for r in records]),
        total_bytes=np.concatenate([r.total_bytes for r in records]),
        first=np.concatenate(
            [r.first[:-1] + offset for r, offset in zip(records, offsets, strict=False)] + [offsets[-1:]]
        ),
        start=np.concatenate([r.start for r in records]),
        end=np.concatenate([r.end for r in records]),
        nr_accesses=np.concatenate([r.nr_accesses for r in records]),
        age=np.concatenate([r.age for r in records]),
    )
