"""Memory from the hottest to the coldest, row by row of time, instead of by address."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from damotui.render.layout import Layout, Segment
from damotui.render.raster import NOTHING, Combine, highest, overlaps, spread
from engine.snapshot import Aggregation

F32 = NDArray[np.float32]

RANKED = -1
"""In place of the index of a target: an axis whose bytes are of all that is shown, counted from the hottest on."""


def ranked_layout(nr_bytes: int, size: int, unit: int) -> Layout:
    """The axis: from the hottest byte to the coldest.

    Args:
        nr_bytes: How much memory there is.
        size: Length of the axis in pixels.
        unit: Pixels per cell.
    """
    shown = size // unit * unit
    segments = (Segment(RANKED, 0, max(nr_bytes, 1), 0, shown),) if shown > 0 else ()
    return Layout(segments, max(size, 0), unit)


def monitored_bytes(aggregation: Aggregation, target: int | None) -> int:
    """Bytes of the regions of a target, or of all of them."""
    own = slice(None) if target is None else aggregation.target == target
    return int((aggregation.end[own] - aggregation.start[own]).sum(dtype=np.uint64))


def rank(
    aggregations: Sequence[Aggregation],
    target: int | None,
    size: int,
    first_us: int,
    row_us: int,
    nr_rows: int,
    combine: Combine = Combine.MEAN,
) -> F32:
    """Access rates of pixels, where each row has all memory that was monitored in its time, the hottest first.

    A region counts with its bytes and the time that its aggregation shares with the row. Pixel j stands for the share
    [j / size, (j + 1) / size) of that sum.

    Args:
        aggregations: In time order. What lies outside of the rows is left out.
        target: Index of the only target that counts; None for all.
        size: Number of pixels.
        first_us: Start of the first row, in microseconds.
        row_us: Length of a row, in microseconds.
        nr_rows: Number of rows.
        combine: What becomes of several rates in one pixel.

    Returns:
        float32 [nr_rows, size] from 0 to 1; NaN where nothing was monitored.
    """
    raster = np.full((max(nr_rows, 0), max(size, 0)), np.nan, np.float32)
    if raster.size == 0 or not aggregations:
        return raster
    which, row, share = overlaps(aggregations, first_us, row_us, nr_rows)
    picked = [aggregations[i] for i in which.tolist()]
    if not picked:
        return raster
    counts = [len(one.start) for one in picked]
    rate = np.concatenate([one.nr_accesses / max(one.max_nr_accesses, 1) for one in picked])
    weight = np.concatenate([(one.end - one.start).astype(np.float64) for one in picked]) * np.repeat(share, counts)
    of_row = np.repeat(row, counts)
    if target is not None:
        own = np.concatenate([one.target for one in picked]) == target
        rate, weight, of_row = rate[own], weight[own], of_row[own]
    order = np.lexsort((-rate, of_row))
    rate, weight, of_row = rate[order], weight[order], of_row[order]
    totals = np.bincount(of_row, weights=weight, minlength=nr_rows)
    upto = np.cumsum(weight) - (np.cumsum(totals) - totals)[of_row]
    scale = size / totals[of_row]
    x0, x1 = (np.clip(bytes_ * scale, 0, size) for bytes_ in (upto - weight, upto))
    if combine is Combine.MAX:
        highest(of_row, x0, x1, rate, raster)
        return raster
    covered = spread(of_row, x0, x1, np.ones(len(rate)), raster.shape)
    rated = spread(of_row, x0, x1, rate, raster.shape)
    np.divide(rated, covered, out=raster, where=covered > NOTHING, casting="unsafe")
    np.clip(raster, 0.0, 1.0, out=raster)
    return raster
