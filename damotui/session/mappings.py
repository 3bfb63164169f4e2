"""What the addresses of a kdamond can be divided into by name: targets, mappings, and ranges without a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np

from damotui.render.layout import Layout, RangeName, Segment, TargetRange
from damotui.render.raster import rasterise
from engine.snapshot import Aggregation


@dataclass(frozen=True, slots=True)
class NamedPart:
    """A part of the addresses that can be shown alone."""

    name: str
    target: int
    start: int
    end: int
    monitored_bytes: int
    rate: float | None
    """Mean share of checks that found an access, 0 to 1; None without data."""


def named_parts(
    ranges: Sequence[TargetRange],
    names: Sequence[RangeName],
    target_names: Sequence[str],
    aggregations: Sequence[Aggregation],
) -> tuple[NamedPart, ...]:
    """The targets, if there are several, then each mapping that is monitored, then ranges in which there is none.

    Args:
        ranges: What is monitored, disjoint and in order.
        names: Of the mappings; those of one target do not overlap.
        target_names: What the targets are called, by their indices.
        aggregations: Those that the mean rates are of, in time order.
    """
    parts = []
    targets = [(target, list(own)) for target, own in groupby(ranges, key=attrgetter("target"))]
    if len(targets) > 1:
        for target, own in targets:
            called = f"target {target} {target_names[target] if target < len(target_names) else ''}".rstrip()
            parts.append((called, target, own[0].start, own[-1].end))
    mapped = sorted(names, key=lambda one: (one.target, one.start))
    parts += [(one.name, one.target, one.start, one.end) for one in mapped]
    for one in ranges:
        if not any(n.target == one.target and n.start < one.end and one.start < n.end for n in mapped):
            parts.append(("", one.target, one.start, one.end))
    found = []
    for name, target, start, end in parts:
        inside = [
            TargetRange(target, max(one.start, start), min(one.end, end))
            for one in ranges
            if one.target == target and one.start < end and start < one.end
        ]
        if inside:
            size = sum(one.end - one.start for one in inside)
            found.append(NamedPart(name or "range", target, start, end, size, _mean_rate(inside, aggregations)))
    return tuple(found)


def _mean_rate(ranges: Sequence[TargetRange], aggregations: Sequence[Aggregation]) -> float | None:
    """Weighted with bytes and time: each range is a pixel, and all time a row."""
    if not aggregations:
        return None
    segments = tuple(Segment(one.target, one.start, one.end, at, 1) for at, one in enumerate(ranges))
    begin_us, end_us = aggregations[0].start_us, aggregations[-1].end_us
    row = rasterise(aggregations, Layout(segments, len(segments), 1), begin_us, end_us - begin_us, 1)[0]
    sizes = np.array([one.end - one.start for one in ranges], float)
    known = ~np.isnan(row)
    return float(np.average(row[known], weights=sizes[known])) if known.any() else None
