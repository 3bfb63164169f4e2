"""Where addresses lie on the screen: the monitored ranges in order, with the large gaps between them folded.

A *pixel* is one step of the address axis: a column when addresses run across, half a row when they run down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.snapshot import Aggregation

F64 = NDArray[np.float64]

DATA, FOLD, EDGE = 0, 1, 2
"""What a pixel of the axis shows: addresses, a folded gap, the border between two targets."""

FOLD_CELLS = 3
"""A gap is folded when it would be wider than this many cells, drawn to scale."""
FOLD_FRACTION = 0.08
"""A gap is folded, too, when it is larger than this share of all monitored bytes."""
MIN_CELLS = 3
"""Cells that a segment gets at least, as far as there is room."""


@dataclass(frozen=True, slots=True, order=True)
class TargetRange:
    """A monitored range of a target, in bytes: `end` does not belong to it."""

    target: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RangeName:
    """What a range of addresses is called, such as a mapping."""

    target: int
    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Addresses drawn to one scale, without a break."""

    target: int
    start: int
    end: int
    first: int
    """Its first pixel."""
    size: int
    """Number of pixels."""

    @property
    def bytes_per_pixel(self) -> float:
        """Its scale."""
        return (self.end - self.start) / self.size


@dataclass(frozen=True)
class Layout:
    """The address axis: segments from the first pixel to the last, one marker between each two."""

    segments: tuple[Segment, ...]
    size: int
    """Number of pixels."""
    unit: int
    """Pixels per cell: segments and markers start and end at multiples of it."""

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """DATA, FOLD or EDGE for each pixel."""
        kinds = np.zeros(self.size, np.uint8)
        for left, right in pairwise(self.segments):
            kinds[left.first + left.size : right.first] = FOLD if left.target == right.target else EDGE
        return kinds

    @cached_property
    def targets(self) -> tuple[int, ...]:
        """Indices of the targets that have a segment."""
        return tuple(sorted({segment.target for segment in self.segments}))

    def positions(self, target: int, addresses: NDArray[np.uint64]) -> F64:
        """Pixel coordinates of addresses of a target; an address in a gap lies at the end of the segment before it.

        Raises:
            KeyError: The target has no segment.
        """
        start, end, first, scale = self._tables[target]
        at = np.searchsorted(start, addresses, side="right") - 1
        np.maximum(at, 0, out=at)
        offset: NDArray[np.uint64] = np.clip(addresses, start[at], end[at]) - start[at]
        position: F64 = first[at] + offset * scale[at]
        return position

    def pixel_of(self, target: int, address: int) -> int | None:
        """The pixel that stands for an address; None if the axis doesn't show it."""
        for segment in self.segments:
            if segment.target == target and segment.start <= address < segment.end:
                behind = (address - segment.start + 1) * segment.size - 1
                return segment.first + min(behind // (segment.end - segment.start), segment.size - 1)
        return None

    def segment_at(self, pixel: int) -> Segment | None:
        """The segment drawn at a pixel; None at a marker or outside."""
        for segment in self.segments:
            if segment.first <= pixel < segment.first + segment.size:
                return segment
        return None

    def addresses_at(self, pixel: int) -> TargetRange | None:
        """The addresses that a pixel stands for; None at a marker or outside."""
        segment = self.segment_at(pixel)
        if segment is None:
            return None
        span = segment.end - segment.start
        k = pixel - segment.first
        start = segment.start + span * k // segment.size
        end = segment.start + span * (k + 1) // segment.size
        return TargetRange(segment.target, start, max(end, start + 1))

    @cached_property
    def _tables(self) -> dict[int, tuple[NDArray[np.uint64], NDArray[np.uint64], F64, F64]]:
        tables = {}
        for target in self.targets:
            own = [segment for segment in self.segments if segment.target == target]
            tables[target] = (
                np.array([segment.start for segment in own], np.uint64),
                np.array([segment.end for segment in own], np.uint64),
                np.array([segment.first for segment in own], float),
                np.array([1 / segment.bytes_per_pixel for segment in own]),
            )
        return tables


def ranges_of(aggregation: Aggregation) -> tuple[TargetRange, ...]:
    """The ranges that the regions of an aggregation cover, adjacent regions joined."""
    return ranges_of_columns(aggregation.target, aggregation.start, aggregation.end)


def ranges_of_columns(
    target: NDArray[np.int64], start: NDArray[np.uint64], end: NDArray[np.uint64]
) -> tuple[TargetRange, ...]:
    """Distinct ranges in columns of one or more aggregations; each is sorted by (target, start)."""
    if len(start) == 0:
        return ()
    breaks = np.flatnonzero((start[1:] != end[:-1]) | (target[1:] != target[:-1])) + 1
    first = np.concatenate(([0], breaks))
    last = np.concatenate((breaks, [len(start)])) - 1
    found = zip(target[first].tolist(), start[first].tolist(), end[last].tolist(), strict=True)
    return tuple(TargetRange(*one) for one in sorted(set(found)))


def union(ranges: Iterable[TargetRange]) -> tuple[TargetRange, ...]:
    """The same addresses as disjoint, non-adjacent ranges in order."""
    joined: list[TargetRange] = []
    for one in sorted(ranges):
        if joined and joined[-1].target == one.target and one.start <= joined[-1].end:
            joined[-1] = TargetRange(one.target, joined[-1].start, max(joined[-1].end, one.end))
        elif one.start < one.end:
            joined.append(one)
    return tuple(joined)


def fold(ranges: Iterable[TargetRange], size: int, *, unit: int = 1) -> Layout:
    """Lays ranges out over an axis.

    Large gaps (`FOLD_CELLS`, `FOLD_FRACTION`) become one cell; smaller ones are drawn to scale. A segment
    gets pixels in proportion to its bytes, but no fewer than `MIN_CELLS` cells where there is room. The result is a
    function of the arguments only, so it does not move while the ranges stay.

    Args:
        ranges: What is monitored; they may overlap.
        size: Length of the axis in pixels.
        unit: Pixels per cell.
    """
    spans = list(union(ranges))
    cells = size // unit
    if not spans or cells < 1:
        return Layout((), max(size, 0), unit)
    limit = min(FOLD_FRACTION, FOLD_CELLS / cells) * sum(span.end - span.start for span in spans)
    spans = _close_gaps(spans, limit)
    while len(spans) > max(1, (cells + 1) // 2):
        if not _close_smallest_gap(spans):
            # More targets than cells: the last ones have no room.
            spans = spans[: max(1, (cells + 1) // 2)]
    shares = _share(cells - (len(spans) - 1), [span.end - span.start for span in spans])
    segments = []
    first = 0
    for span, share in zip(spans, shares, strict=True):
        segments.append(Segment(span.target, span.start, span.end, first * unit, share * unit))
        first += share + 1
    return Layout(tuple(segments), size, unit)


def _close_gaps(spans: Sequence[TargetRange], limit: float) -> list[TargetRange]:
    closed: list[TargetRange] = []
    for span in spans:
        if closed and closed[-1].target == span.target and span.start - closed[-1].end <= limit:
            closed[-1] = TargetRange(span.target, closed[-1].start, span.end)
        else:
            closed.append(span)
    return closed


def _close_smallest_gap(spans: list[TargetRange]) -> bool:
    gaps = [
        (right.start - left.end, i) for i, (left, right) in enumerate(pairwise(spans)) if left.target == right.target
    ]
    if not gaps:
        return False
    i = min(gaps)[1]
    spans[i : i + 2] = [TargetRange(spans[i].target, spans[i].start, spans[i + 1].end)]
    return True


def _share(cells: int, weights: Sequence[int]) -> list[int]:
    """Cells for each weight: in proportion, each at least the same minimum, summing to `cells`."""
    least = max(1, min(MIN_CELLS, cells // (2 * len(weights))))
    shares = [least] * len(weights)
    # Weights whose proportional share is below the minimum keep the minimum; the others divide what is left.
    active = list(range(len(weights)))
    room = cells
    while True:
        total = sum(weights[i] for i in active)
        small = {i for i in active if weights[i] * room < least * total}
        if not small:
            break
        active = [i for i in active if i not in small]
        room -= least * len(small)
    for i in active:
        shares[i] = weights[i] * room // total
    by_remainder = sorted(active, key=lambda i: weights[i] * room % total, reverse=True)
    for i in by_remainder[: cells - sum(shares)]:
        shares[i] += 1
    return shares
