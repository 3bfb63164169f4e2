"""Working sets of snapshots, alone or put together over a time of work."""

from __future__ import annotations

import numpy as np

from engine.records.model import I64, U64, Record


def working_sets(record: Record, skip: int, min_accesses: int, min_size: int, work_time_us: int) -> list[int]:
    """Bytes that were accessed in each window of snapshots after the first `skip`, in order.

    A window is as many snapshots as it takes to span `work_time_us`; what remains at the end is left out. Regions
    of a window: those of its first snapshot; what later ones have elsewhere is added. A region's accesses are the
    sum over the window's snapshots of the highest nr_accesses among the regions that overlap it. This is how damo
    3.4.3 aggregates.
    """
    sizes: list[int] = []
    alone = _sums(record, min_accesses, min_size)
    begin = skip
    for index in range(skip, record.nr_snapshots):
        if record.end_ns[index] - record.start_ns[begin] < work_time_us * 1000:
            continue
        if begin == index:
            sizes.append(int(alone[index]))
        else:
            sizes.append(_of_window(record, begin, index + 1, min_accesses, min_size))
        begin = index + 1
    return sizes


def _sums(record: Record, min_accesses: int, min_size: int) -> U64:
    """[S] bytes of each snapshot's regions that count."""
    sizes = record.end - record.start
    counted = np.where((record.nr_accesses >= min_accesses) & (sizes >= np.uint64(max(min_size, 0))), sizes, 0)
    ends = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(counted, dtype=np.uint64)])
    sums: U64 = ends[record.first[1:]] - ends[record.first[:-1]]
    return sums


def _of_window(record: Record, begin: int, end: int, min_accesses: int, min_size: int) -> int:
    snapshot = record.snapshot(begin)
    order = np.argsort(snapshot.start, kind="stable")
    starts, ends, counts = snapshot.start[order], snapshot.end[order], snapshot.nr_accesses[order]
    for index in range(begin + 1, end):
        snapshot = record.snapshot(index)
        order = np.argsort(snapshot.start, kind="stable")
        starts, ends, counts = _merged(
            starts, ends, counts, snapshot.start[order], snapshot.end[order], snapshot.nr_accesses[order]
        )
    sizes = ends - starts
    return int(sizes[(counts >= min_accesses) & (sizes >= np.uint64(max(min_size, 0)))].sum())


def _merged(
    starts: U64, ends: U64, counts: I64, new_starts: U64, new_ends: U64, new_counts: I64
) -> tuple[U64, U64, I64]:
    """The regions so far with a snapshot added. Both lists ascend, and neither overlaps itself."""
    first = np.searchsorted(new_ends, starts, side="right")
    last = np.searchsorted(new_starts, ends, side="left")
    overlapped = np.flatnonzero(last > first)
    counts = counts.copy()
    if len(overlapped):
        edges = np.stack([first[overlapped], last[overlapped]], axis=1).ravel()
        padded = np.append(new_counts, 0)
        counts[overlapped] += np.maximum.reduceat(padded, edges)[::2]
    bare_starts, bare_ends, of = _uncovered(starts, ends, new_starts, new_ends)
    starts, ends = np.concatenate([starts, bare_starts]), np.concatenate([ends, bare_ends])
    counts = np.concatenate([counts, new_counts[of]])
    order = np.argsort(starts, kind="stable")
    return starts[order], ends[order], counts[order]


def _uncovered(starts: U64, ends: U64, new_starts: U64, new_ends: U64) -> tuple[U64, U64, I64]:
    """The parts of the new regions that lie in none of the old, and the new region that each is of."""
    hole_starts = np.concatenate([np.zeros(1, dtype=np.uint64), ends])
    hole_ends = np.concatenate([starts, np.full(1, 2**64 - 1, dtype=np.uint64)])
    first = np.searchsorted(hole_ends, new_starts, side="right")
    last = np.searchsorted(hole_starts, new_ends, side="left")
    count = np.maximum(last - first, 0)
    of = np.repeat(np.arange(len(new_starts)), count)
    hole = first[of] + np.arange(len(of)) - (np.cumsum(count) - count)[of]
    bare_starts = np.maximum(new_starts[of], hole_starts[hole])
    bare_ends = np.minimum(new_ends[of], hole_ends[hole])
    some = bare_ends > bare_starts
    return bare_starts[some], bare_ends[some], of[some]
