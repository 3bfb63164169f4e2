"""The access report: the regions of a snapshot, with figures as those of damo 3.4.3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

import numpy as np

from damotui.reports.cells import F64
from damotui.reports.selection import EVERYTHING, Selection, identity_json, identity_text, selected
from engine.errors import InputError, shown
from engine.records.model import I64, UNKNOWN, Identity, Record, RecordSnapshot
from engine.units import format_address, format_bytes, format_count, format_percent, format_us

SORTS = ("address", "size", "access", "age")
_BAR = 10


@dataclass(frozen=True, slots=True, eq=False)
class AccessSnapshot:
    """One snapshot, with what its intervals tell about it."""

    identity: Identity
    index: int
    """Among the snapshots of its identity."""
    nr_snapshots: int
    """Of its identity."""
    record_start_ns: int
    """When the first of them began."""
    snapshot: RecordSnapshot
    sample_us: float | None
    """None, as all rates and times of regions, if the file doesn't tell the intervals."""
    aggr_us: float | None
    age_us: F64
    """Time for which each region has kept its access pattern; NaN if unknown."""

    @property
    def max_nr_accesses(self) -> float | None:
        """Samples per aggregation."""
        return None if self.sample_us is None or self.aggr_us is None else self.aggr_us / self.sample_us

    @property
    def hz(self) -> F64 | None:
        """Accesses per second of each region that sampling could tell apart."""
        return None if self.aggr_us is None else self.snapshot.nr_accesses / (self.aggr_us / 1e6)

    @property
    def percent(self) -> F64 | None:
        """Share of each region's samples that found an access."""
        most = self.max_nr_accesses
        return None if most is None else self.snapshot.nr_accesses * 100 / most

    @property
    def bytes_per_second(self) -> float | None:
        """Memory bandwidth, if each sample that found an access stood for one touch of the whole region."""
        if self.aggr_us is None:
            return None
        touched = self.snapshot.sizes.astype(np.float64) @ self.snapshot.nr_accesses.astype(np.float64)
        return float(touched) / (self.aggr_us / 1e6)

    @property
    def working_set_bytes(self) -> int:
        """Bytes of the regions in which at least one sample found an access."""
        return int(self.snapshot.sizes[self.snapshot.nr_accesses > 0].sum())

    def order(self, sort: str) -> I64:
        """Indices of the regions: by address, or the largest, most accessed, oldest first. Raises InputError."""
        keys = {
            "address": self.snapshot.start.astype(np.float64),
            "size": -self.snapshot.sizes.astype(np.float64),
            "access": -self.snapshot.nr_accesses.astype(np.float64),
            "age": -self.snapshot.age.astype(np.float64),
        }
        if sort not in keys:
            raise InputError(f"{shown(sort)} is no order of regions: give {', '.join(SORTS)}")
        return np.argsort(keys[sort], kind="stable")


class What(TypedDict, total=False):
    """Keywords of `snapshots`."""

    selection: Selection
    snapshot: int | None


def snapshots(
    records: Sequence[Record], *, selection: Selection = EVERYTHING, snapshot: int | None = -1
) -> list[AccessSnapshot]:
    """Snapshots of each selected (kdamond, context, scheme, target).

    `snapshot` is an index, negative ones from the end, the last one by default; None takes all. Raises InputError
    if nothing is selected, or there is no such snapshot.
    """
    found = []
    for records_of_one in selected(records, selection):
        spots = [spot for record in records_of_one for spot in _spots(record)]
        count = len(spots)
        if snapshot is not None and not -count <= snapshot < count:
            name = identity_text(records_of_one[0].identity)
            raise InputError(f"snapshot {snapshot} is not in the record: {name} has 0 to {count - 1}")
        start_ns = int(records_of_one[0].start_ns[0])
        wanted = range(count) if snapshot is None else (snapshot % count,)
        found += [_access(*spots[at], at, count, start_ns) for at in wanted]
    return found


def render_text(
    records: Sequence[Record], *, sort: str = "address", limit: int | None = None, **what: Unpack[What]
) -> str:
    """A table of the regions of each snapshot, at most `limit` of them in the order `sort`, and totals.

    The other keywords are those of `snapshots`. Raises InputError, as it does, and for a wrong `sort`.
    """
    return "\n\n".join("\n".join(_table(one, sort, limit)) for one in snapshots(records, **what))


def to_json(
    records: Sequence[Record], *, sort: str = "address", limit: int | None = None, **what: Unpack[What]
) -> dict[str, Any]:
    """The same as an object for JSON: nanoseconds, bytes, Hz, percent, microseconds; None for what is unknown."""
    return {"snapshots": [_json(one, sort, limit) for one in snapshots(records, **what)]}


def _spots(record: Record) -> list[tuple[Record, int, float | None]]:
    """Each snapshot by its record and index, with its aggregation interval."""
    aggr_us = [None] * record.nr_snapshots if record.intervals is None else record.aggr_us().tolist()
    return [(record, index, aggr) for index, aggr in enumerate(aggr_us)]


def _access(record: Record, index: int, aggr_us: float | None, at: int, count: int, start_ns: int) -> AccessSnapshot:
    snapshot = record.snapshot(index)
    age_us = np.full(snapshot.nr_regions, np.nan)
    sample_us = None
    if record.intervals is not None and aggr_us is not None:
        age_us = np.where(snapshot.age == UNKNOWN, np.nan, snapshot.age * record.intervals.aggr_us)
        sample_us = aggr_us / record.intervals.max_nr_accesses
    return AccessSnapshot(
        identity=record.identity,
        index=at,
        nr_snapshots=count,
        record_start_ns=start_ns,
        snapshot=snapshot,
        sample_us=sample_us,
        aggr_us=aggr_us,
        age_us=age_us,
    )


def _table(one: AccessSnapshot, sort: str, limit: int | None) -> list[str]:
    snapshot = one.snapshot
    start, end = ((time - one.record_start_ns) / 1000 for time in (snapshot.start_ns, snapshot.end_ns))
    lines = [
        f"{identity_text(one.identity)}: snapshot {one.index} of {one.nr_snapshots},"
        f" {format_us(start)} to {format_us(end)} of the record",
        _intervals(one),
    ]
    order = one.order(sort)
    listed = order if limit is None else order[: max(limit, 0)]
    heads = ("region", "address", "size", "access", "", "age")
    rows = [heads, *(_row(one, index) for index in listed.tolist())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    lines += ["  ".join(f"{text:>{width}}" for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if len(listed) < len(order):
        lines.append(f"and {format_count(len(order) - len(listed))} more regions")
    total = f"total {format_bytes(snapshot.total_bytes)} in {format_count(snapshot.nr_regions)} regions"
    lines.append(f"{total}, accessed {format_bytes(one.working_set_bytes)}")
    if one.bytes_per_second is not None:
        lines.append(f"memory bandwidth, roughly: {format_bytes(one.bytes_per_second)} per second")
    return lines


def _intervals(one: AccessSnapshot) -> str:
    if one.sample_us is None or one.aggr_us is None:
        return "the file doesn't tell the intervals, so accesses are in samples of one aggregation"
    return (
        f"sample {format_us(one.sample_us)}, aggr {format_us(one.aggr_us)}:"
        f" at most {format_hz(1e6 / one.sample_us)} can be seen"
    )


def _row(one: AccessSnapshot, index: int) -> tuple[str, ...]:
    snapshot = one.snapshot
    hz, percent = one.hz, one.percent
    nr_accesses = int(snapshot.nr_accesses[index])
    if hz is not None and percent is not None:
        access, share = format_hz(float(hz[index])), float(percent[index])
        bar = "#" * min(round(share / 100 * _BAR), _BAR)
        shown_share = f"{format_percent(share, 0):>5} {bar:<{_BAR}}"
        age = "?" if np.isnan(one.age_us[index]) else format_us(float(one.age_us[index]))
    else:
        access, shown_share = f"{nr_accesses} samples", ""
        age = "?" if snapshot.age[index] == UNKNOWN else f"{int(snapshot.age[index])} aggregations"
    size = format_bytes(int(snapshot.sizes[index]))
    return str(index), format_address(int(snapshot.start[index])), size, access, shown_share, age


def format_hz(hz: float) -> str:
    """Short: `200 Hz`, `6.67 Hz`, `1,235 Hz`."""
    return f"{hz:,.0f} Hz" if hz >= 1000 or hz == round(hz) else f"{hz:.3g} Hz"


def _json(one: AccessSnapshot, sort: str, limit: int | None) -> dict[str, Any]:
    snapshot = one.snapshot
    hz, percent = one.hz, one.percent
    order = one.order(sort)
    return {
        **identity_json(one.identity),
        "snapshot": one.index,
        "nr_snapshots": one.nr_snapshots,
        "start_ns": snapshot.start_ns,
        "end_ns": snapshot.end_ns,
        "sample_us": one.sample_us,
        "aggr_us": one.aggr_us,
        "total_bytes": snapshot.total_bytes,
        "working_set_bytes": one.working_set_bytes,
        "bytes_per_second": one.bytes_per_second,
        "nr_regions": snapshot.nr_regions,
        "regions": [
            {
                "index": index,
                "start": int(snapshot.start[index]),
                "end": int(snapshot.end[index]),
                "nr_accesses": int(snapshot.nr_accesses[index]),
                "access_hz": None if hz is None else float(hz[index]),
                "access_percent": None if percent is None else float(percent[index]),
                "age": None if snapshot.age[index] == UNKNOWN else int(snapshot.age[index]),
                "age_us": None if np.isnan(one.age_us[index]) else float(one.age_us[index]),
            }
            for index in (order if limit is None else order[: max(limit, 0)]).tolist()
        ],
    }
