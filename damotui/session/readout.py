"""What is known of the place that a cursor in the heatmap is at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from damotui.render.beside import pairs
from damotui.render.layout import RangeName
from damotui.render.places import Cursor
from damotui.render.showing import Showing
from damotui.render.view import CellInfo
from engine.config.model import Scheme
from engine.damos.pattern import fits_counters, fits_size
from engine.snapshot import Aggregation

PAGE_BYTES = 4096
_MOST = 64
"""Aggregations of a cell that are looked at; of more, evenly spaced ones."""


@dataclass(frozen=True, slots=True)
class RegionThere:
    """The region that holds the address, in the aggregation of that moment."""

    start: int
    end: int
    nr_accesses: int
    max_nr_accesses: int
    age: int
    """In aggregations."""
    age_us: int
    schemes: tuple[int, ...]
    """Indices of the schemes whose access pattern it matches, of those that are given now."""


@dataclass(frozen=True, slots=True)
class Readout:
    """All that the cursor tells."""

    start_us: int
    end_us: int
    """The time of the cell."""
    now_us: int
    in_sight: bool
    """Whether the cell is on the screen; if not, the addresses are those of a page."""
    target: int
    start: int
    end: int
    """The addresses of the cell."""
    name: str
    """Of the mapping that holds the first of them; empty for none."""
    offset: int
    """Of the first of them in that mapping."""
    rate: float | None
    """Share of the checks that found an access, 0 to 1, on average over the cell; None without data."""
    truth: float | None
    """Share of the pages that was really touched in a sampling interval, likewise; None if it was not watched."""
    aggr_us: int
    max_nr_accesses: int
    region: RegionThere | None
    ranked: bool = False
    """Whether memory is sorted by its access rates: addresses then count from the hottest byte on."""

    @property
    def nr_accesses(self) -> float | None:
        """The rate as a number of checks in an aggregation."""
        return None if self.rate is None else self.rate * self.max_nr_accesses

    @property
    def hertz(self) -> float | None:
        """The same per second."""
        return None if self.nr_accesses is None else self.nr_accesses * 1e6 / self.aggr_us


def read(
    cursor: Cursor,
    cell: CellInfo | None,
    now_us: int,
    found: Sequence[Aggregation],
    truths: Sequence[Aggregation],
    names: Sequence[RangeName],
    schemes: Sequence[Scheme],
) -> Readout | None:
    """What there is to tell; None where nothing was monitored around that moment.

    Args:
        cursor: Where it is.
        cell: The cell that it is in; None if that is out of sight.
        now_us: The present.
        found: Aggregations of the cell's time, or of the cursor's moment, in time order.
        truths: What is known of the truth beside them.
        names: What ranges of addresses are called.
        schemes: Those that might match.
    """
    there = next((one for one in found if one.start_us <= cursor.time_us < one.end_us), found[-1] if found else None)
    if there is None:
        return None
    if cell is None:
        page = cursor.address // PAGE_BYTES * PAGE_BYTES
        span = there.start_us, there.end_us, page, page + PAGE_BYTES
    else:
        span = cell.start_us, cell.end_us, cell.start, cell.end
    start_us, end_us, start, end = span
    ranked = cell is not None and cell.showing is Showing.SORTED
    name = next((n for n in names if n.target == cursor.target and n.start <= start < n.end), None)
    picked = found[:: 1 + len(found) // _MOST]
    known, beside = pairs(picked, truths, same=False)
    return Readout(
        start_us=start_us,
        end_us=end_us,
        now_us=now_us,
        in_sight=cell is not None,
        target=cursor.target,
        start=start,
        end=end,
        name=name.name if name else "",
        offset=start - name.start if name else 0,
        rate=cell.rate if cell is not None and ranked else mean_rate(picked, cursor.target, *span),
        truth=mean_rate(beside, cursor.target, *span) if known else None,
        aggr_us=max(there.aggr_us, 1),
        max_nr_accesses=max(there.max_nr_accesses, 1),
        region=_region(there, cursor, schemes),
        ranked=ranked,
    )


def mean_rate(
    aggregations: Sequence[Aggregation], target: int, start_us: int, end_us: int, start: int, end: int
) -> float | None:
    """The mean share of checks that found an access, over a stretch of time and the addresses [start, end) of a target.

    Weighted with bytes and time, of what was monitored there. None if nothing was.
    """
    rated = covered = 0.0
    low, high = np.uint64(start), np.uint64(end)
    for one in aggregations:
        time = min(one.end_us, end_us) - max(one.start_us, start_us)
        own = (one.target == target) & (one.end > low) & (one.start < high)
        if time > 0 and own.any():
            size = np.minimum(one.end[own], high) - np.maximum(one.start[own], low)
            rate = one.nr_accesses[own] / max(one.max_nr_accesses, 1)
            rated += time * float(size @ rate)
            covered += time * float(size.sum())
    return rated / covered if covered else None


def _region(one: Aggregation, cursor: Cursor, schemes: Sequence[Scheme]) -> RegionThere | None:
    address = np.uint64(cursor.address)
    (at,) = np.nonzero((one.target == cursor.target) & (one.start <= address) & (address < one.end))
    if not len(at):
        return None
    start, end, nr_accesses, age = (int(column[at[0]]) for column in (one.start, one.end, one.nr_accesses, one.age))
    matching = tuple(
        index
        for index, scheme in enumerate(schemes)
        if fits_size(scheme.access_pattern, end - start) and fits_counters(scheme.access_pattern, nr_accesses, age)
    )
    return RegionThere(start, end, nr_accesses, max(one.max_nr_accesses, 1), age, age * max(one.aggr_us, 1), matching)
