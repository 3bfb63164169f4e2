"""Where schemes acted: fewer spans for the same addresses, and the pixels that they touch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from damotui.render.layout import DATA, Layout
from damotui.render.raster import overlaps
from engine.snapshot import Acted, Aggregation

BOOL = NDArray[np.bool_]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

ALL_SCHEMES = -1
"""In place of the index of a scheme."""

_NOTHING = 1e-9
"""A span that covers less of a pixel than this does not touch it: above the rounding of positions."""


class Spans(NamedTuple):
    """Ranges of addresses, in columns [k]."""

    target: I64
    start: U64
    end: U64


def joined(acted: Acted) -> Acted:
    """The same addresses for each scheme and target in as few spans as possible, sorted; applied bytes are summed up.

    A scheme with a short apply interval acts on the same regions again and again before an aggregation ends.
    """
    if not len(acted.start):
        return acted
    order = np.lexsort((acted.start, acted.target, acted.scheme))
    scheme, target = acted.scheme[order], acted.target[order]
    start, end = acted.start[order], acted.end[order]
    new_group = np.ones(len(order), bool)
    new_group[1:] = (scheme[1:] != scheme[:-1]) | (target[1:] != target[:-1])
    # The furthest end so far in each group, by a running maximum over ranks that grow from group to group.
    ranks = np.unique(end, return_inverse=True)[1].reshape(-1) + (np.cumsum(new_group) - 1) * (len(end) + 1)
    furthest = np.maximum.accumulate(ranks)
    by_rank = np.argsort(ranks, kind="stable")
    reach = end[by_rank][np.searchsorted(ranks[by_rank], furthest)]
    begins = new_group.copy()
    begins[1:] |= start[1:] > reach[:-1]
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(order)) - 1
    return Acted(scheme[first], target[first], start[first], reach[last], np.add.reduceat(acted.applied[order], first))


def touched(
    aggregations: Sequence[Aggregation], layout: Layout, first_us: int, row_us: int, nr_rows: int, scheme: int
) -> BOOL:
    """Pixels [nr_rows, layout.size] in whose time and addresses a scheme acted.

    When in an aggregation it acted is not known: the pixels of all its time are touched.

    Args:
        aggregations: In time order. What lies outside of the rows or of the layout is left out.
        layout: The address axis.
        first_us: Start of the first row, in microseconds.
        row_us: Length of a row, in microseconds.
        nr_rows: Number of rows.
        scheme: Index of the scheme, or ALL_SCHEMES.
    """
    having = [(one, one.acted) for one in aggregations if one.acted is not None]
    spans = [_of_scheme(acted, scheme) for _, acted in having]
    return touched_by([one for one, _ in having], spans, layout, first_us, row_us, nr_rows)


def touched_by(
    aggregations: Sequence[Aggregation],
    spans: Sequence[Spans],
    layout: Layout,
    first_us: int,
    row_us: int,
    nr_rows: int,
) -> BOOL:
    """Pixels [nr_rows, layout.size] that the spans of the aggregations touch, over all of each aggregation's time.

    Args:
        aggregations: In time order. What lies outside of the rows or of the layout is left out.
        spans: For each aggregation.
        layout: The address axis.
        first_us: Start of the first row, in microseconds.
        row_us: Length of a row, in microseconds.
        nr_rows: Number of rows.
    """
    marks = np.zeros((max(nr_rows, 0), layout.size), bool)
    if marks.size == 0 or not aggregations:
        return marks
    which, row, _ = overlaps(aggregations, first_us, row_us, nr_rows)
    pixels = [_pixels(one, layout) for one in spans]
    picked = [pixels[i] for i in which.tolist()]
    if not picked:
        return marks
    rows = np.repeat(row, [len(left) for left, _ in picked])
    left, right = (np.concatenate([pair[side] for pair in picked]) for side in (0, 1))
    steps = np.zeros((len(marks), layout.size + 1), np.int64)
    np.add.at(steps, (rows, left), 1)
    np.add.at(steps, (rows, right), -1)
    np.greater(np.cumsum(steps, axis=1)[:, :-1], 0, out=marks)
    marks[:, layout.kinds != DATA] = False
    return marks


def _of_scheme(acted: Acted, scheme: int) -> Spans:
    """Where that scheme acted, or any if it is ALL_SCHEMES."""
    own = slice(None) if scheme == ALL_SCHEMES else acted.scheme == scheme
    return Spans(acted.target[own], acted.start[own], acted.end[own])


def _pixels(spans: Spans, layout: Layout) -> tuple[I64, I64]:
    """First pixel of each span that is on the axis, and the one behind its last."""
    left, right = [], []
    for target in layout.targets:
        own = spans.target == target
        start = layout.positions(target, spans.start[own])
        end = layout.positions(target, spans.end[own])
        on_axis = end > start
        left.append(np.minimum(start[on_axis] + _NOTHING, layout.size - 1).astype(np.int64))
        right.append(np.minimum(np.ceil(end[on_axis] - _NOTHING), layout.size).astype(np.int64))
    if not left:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(left), np.maximum(np.concatenate(right), np.concatenate(left) + 1)
