"""When which addresses were how hot: a grid of time by address out of records.

Each region of a snapshot was seen at its access rate from the end of the snapshot before (or, after a pause, from
when it got its access pattern, as told by its age) to the end of its own. A cell is the mean of the rates in it, each
weighted with its share of the cell's time and bytes. This is what damo 3.4.3 computes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import InputError
from engine.records.model import I64, U64, Record

F64 = NDArray[np.float64]

_BLOCK = 1 << 18
"""Regions that are looked at together."""
_PAIRS = 1 << 22
"""(region, cell) pairs that are added up together; bounds the memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A grid of time (rows) by address (columns)."""

    start_ns: int
    step_ns: int
    start: int
    step: int
    unit: str
    """`hz`, accesses per second as far as sampling tells, or `samples` per aggregation if intervals are unknown."""
    heat: F64
    """[rows, columns] mean access rate in `unit`; NaN where nothing was observed."""

    @property
    def rows(self) -> int:
        """Number of steps of time."""
        return int(self.heat.shape[0])

    @property
    def columns(self) -> int:
        """Number of steps of address."""
        return int(self.heat.shape[1])

    @property
    def end_ns(self) -> int:
        """End of the last row."""
        return self.start_ns + self.rows * self.step_ns

    @property
    def end(self) -> int:
        """End of the last column."""
        return self.start + self.columns * self.step

    @property
    def hottest(self) -> float:
        """The highest rate; 0 if nothing was observed."""
        return float(np.nanmax(self.heat)) if not bool(np.isnan(self.heat).all()) else 0.0


def raw_cells(
    records: Sequence[Record],
    time_ns: tuple[int, int],
    addresses: tuple[int, int],
    resolution: tuple[int, int] = (500, 500),
) -> Cells:
    """The grid of `resolution` (rows, columns) over [start, end) of time and of addresses.

    `records` are of one identity. Rows and columns are whole nanoseconds and bytes, so the ends of both ranges may
    be cut off by less than a row and a column; a range of fewer nanoseconds or bytes than cells has fewer cells. A
    cell that a region only touches at its edge counts as observed, with 0. Differs from damo 3.4.3 in one thing:
    there, snapshots that end less than a row before `time_ns` are taken off the first row. Raises InputError.
    """
    rows, columns = _resolution(time_ns, addresses, resolution)
    step_ns, step = (time_ns[1] - time_ns[0]) // rows, (addresses[1] - addresses[0]) // columns
    grid = _Grid(time_ns[0], step_ns, rows, addresses[0], step, columns)
    known = {record.intervals is not None for record in records}
    if len(known) > 1:
        raise InputError("some records of the file tell their intervals and some don't, so rates can't be compared")
    sums = np.zeros(rows * columns)
    seen = np.zeros(rows * columns, dtype=np.bool_)
    last_end_ns: int | None = None
    for record in records:
        if not record.nr_snapshots:
            continue
        for cell, heat in _contributions(record, grid, last_end_ns):
            sums += np.bincount(cell, weights=heat, minlength=rows * columns)
            seen[cell] = True
        last_end_ns = int(record.end_ns[-1])
    return Cells(
        start_ns=time_ns[0],
        step_ns=step_ns,
        start=addresses[0],
        step=step,
        unit="samples" if known == {False} else "hz",
        heat=np.where(seen, sums, np.nan).reshape(rows, columns),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    start_ns: int
    step_ns: int
    rows: int
    start: int
    step: int
    columns: int

    @property
    def end(self) -> int:
        return self.start + self.step * self.columns


def _resolution(time_ns: tuple[int, int], addresses: tuple[int, int], resolution: tuple[int, int]) -> tuple[int, int]:
    if min(resolution) < 1:
        raise InputError(f"a resolution of {resolution[0]} by {resolution[1]} is not possible: give numbers above 0")
    if time_ns[1] <= time_ns[0]:
        raise InputError(
            f"the time range from {time_ns[0]} ns to {time_ns[1]} ns is empty: give an end after its start"
        )
    if addresses[1] <= addresses[0]:
        raise InputError(
            f"the address range from {addresses[0]:#x} to {addresses[1]:#x} is empty: give an end after its start"
        )
    return min(resolution[0], time_ns[1] - time_ns[0]), min(resolution[1], addresses[1] - addresses[0])


def _contributions(record: Record, grid: _Grid, last_end_ns: int | None) -> Iterator[tuple[I64, F64]]:
    """(cell, heat) pairs of all regions; a cell comes as often as regions overlap it."""
    rate_per_sample = 1e6 / record.aggr_us() if record.intervals is not None else np.ones(record.nr_snapshots)
    snapshot = np.repeat(np.arange(record.nr_snapshots), np.diff(record.first))
    low, high = np.uint64(grid.start), np.uint64(min(grid.end, 2**64 - 1))
    for begin in range(0, record.nr_regions, _BLOCK):
        block = np.arange(begin, min(begin + _BLOCK, record.nr_regions))
        in_time = (record.end_ns >= grid.start_ns)[snapshot[block]]
        block = block[in_time & (record.end[block] >= low) & (record.start[block] <= high)]
        of = snapshot[block]
        begin_ns, end_ns = _observed(record, block, of, last_end_ns)
        begin_ns = np.maximum(begin_ns, grid.start_ns)
        rate = record.nr_accesses[block] * rate_per_sample[of]
        start = (np.maximum(record.start[block], low) - low).astype(np.uint64)
        end = (np.minimum(record.end[block], high) - low).astype(np.uint64)
        yield from _spread(grid, begin_ns - grid.start_ns, end_ns - grid.start_ns, start, end, rate)


def _observed(record: Record, regions: I64, of: I64, last_end_ns: int | None) -> tuple[I64, I64]:
    """From when to when each region was seen with its access rate; `of` is its snapshot."""
    begin_ns = record.start_ns[of]
    if record.intervals is not None:
        aggr_ns = round(record.intervals.aggr_us * 1000)
        ages = np.clip(record.age[regions], 0, 2**60 // max(aggr_ns, 1))
        before = np.empty_like(record.end_ns)
        before[1:] = record.end_ns[:-1]
        before[0] = np.iinfo(np.int64).min if last_end_ns is None else last_end_ns
        begin_ns = np.maximum(begin_ns - ages * aggr_ns, before[of])
    return begin_ns, record.end_ns[of]


def _spread(grid: _Grid, begin_ns: I64, end_ns: I64, start: U64, end: U64, rate: F64) -> Iterator[tuple[I64, F64]]:
    """Share out each region among the cells that it overlaps or touches; times and addresses count from the grid's."""
    step = np.uint64(grid.step)
    row, last_row = begin_ns // grid.step_ns, np.minimum(end_ns // grid.step_ns, grid.rows - 1)
    column = (start // step).astype(np.int64)
    last_column = np.minimum((end // step).astype(np.int64), grid.columns - 1)
    nr_rows, nr_columns = np.maximum(last_row - row + 1, 0), np.maximum(last_column - column + 1, 0)
    ends = np.cumsum(nr_rows * nr_columns)
    if not len(ends):
        return
    cuts = np.searchsorted(ends, np.arange(_PAIRS, int(ends[-1]), _PAIRS), side="left") + 1
    for regions in np.split(np.arange(len(ends)), np.unique(cuts)):
        region, at_column = _expanded(regions, column[regions], nr_columns[regions])
        edge = at_column.astype(np.uint64) * step
        overlap = np.minimum(end[region], edge + step) - np.maximum(start[region], edge)
        heat = rate[region] * (overlap / grid.step)
        pair, at_row = _expanded(np.arange(len(region)), row[region], nr_rows[region])
        edge_ns = at_row * grid.step_ns
        region = region[pair]
        lasted = np.minimum(end_ns[region], edge_ns + grid.step_ns) - np.maximum(begin_ns[region], edge_ns)
        yield at_row * grid.columns + at_column[pair], heat[pair] * (np.maximum(lasted, 0) / grid.step_ns)


def _expanded(indices: I64, first: I64, count: I64) -> tuple[I64, I64]:
    """Each index `count` times, and beside it `first`, `first` + 1 and so on."""
    ends = np.cumsum(count)
    repeated = np.repeat(np.arange(len(indices)), count)
    within = np.arange(len(repeated)) - (ends - count)[repeated]
    return indices[repeated], first[repeated] + within
