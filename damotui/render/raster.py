"""Binning aggregations into pixels: the mean or highest access rate per piece of time and address.

The rate of a region in an aggregation is nr_accesses / max_nr_accesses: the share of its checks that found an access.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from damotui.render.layout import DATA, Layout
from engine.snapshot import Aggregation

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

NOTHING = 1e-9
"""Covered share of a pixel below which it counts as not covered: above the rounding of the running sums."""


class Combine(StrEnum):
    """How the rates that fall into one pixel become one."""

    MEAN = "mean"
    """Weighted with bytes and time."""
    MAX = "max"


def rasterise(
    aggregations: Sequence[Aggregation],
    layout: Layout,
    first_us: int,
    row_us: int,
    nr_rows: int,
    combine: Combine = Combine.MEAN,
) -> F32:
    """Access rates of pixels.

    Row i stands for the time [first_us + i * row_us, first_us + (i + 1) * row_us), column j for the addresses of
    pixel j of the layout.

    Args:
        aggregations: In time order. What lies outside of the rows or of the layout is left out.
        layout: The address axis.
        first_us: Start of the first row, in microseconds.
        row_us: Length of a row, in microseconds.
        nr_rows: Number of rows.
        combine: What becomes of several rates in one pixel.

    Returns:
        float32 [nr_rows, layout.size] from 0 to 1; NaN where nothing was monitored, and at the layout's markers.
    """
    shape = (max(nr_rows, 0), layout.size)
    raster = np.full(shape, np.nan, np.float32)
    if raster.size == 0 or not aggregations:
        return raster
    which, row, share = overlaps(aggregations, first_us, row_us, nr_rows)
    if len(which) == 0:
        return raster
    picked = [aggregations[i] for i in which.tolist()]
    counts = np.array([len(aggregation.start) for aggregation in picked])
    region_row = np.repeat(row, counts)
    region_share = np.repeat(share, counts)
    checks = np.array([max(aggregation.max_nr_accesses, 1) for aggregation in picked])
    rate = np.concatenate([aggregation.nr_accesses for aggregation in picked]) / np.repeat(checks, counts)
    x0, x1 = _pixel_ranges(picked, layout)
    if combine is Combine.MEAN:
        covered = spread(region_row, x0, x1, region_share, shape)
        rated = spread(region_row, x0, x1, region_share * rate, shape)
        seen = covered > NOTHING
        np.divide(rated, covered, out=raster, where=seen, casting="unsafe")
        np.clip(raster, 0.0, 1.0, out=raster)
    else:
        highest(region_row, x0, x1, rate, raster)
    raster[:, layout.kinds != DATA] = np.nan
    return raster


def overlaps(aggregations: Sequence[Aggregation], first_us: int, row_us: int, nr_rows: int) -> tuple[I64, I64, F64]:
    """Pairs of (aggregation, row) that share time: both indices, and the shared time as a share of the row."""
    start = np.array([aggregation.start_us for aggregation in aggregations], np.int64) - first_us
    end = np.array([aggregation.end_us for aggregation in aggregations], np.int64) - first_us
    first_row = np.maximum(start // row_us, 0)
    end_row = np.minimum(-(-end // row_us), nr_rows)
    counts = np.maximum(end_row - first_row, 0)
    which = np.repeat(np.arange(len(aggregations)), counts)
    row = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts - first_row, counts)
    shared = np.minimum(end[which], (row + 1) * row_us) - np.maximum(start[which], row * row_us)
    return which, row, shared / row_us


def _pixel_ranges(picked: Sequence[Aggregation], layout: Layout) -> tuple[F64, F64]:
    """Pixel coordinates of where each region starts and ends; equal when it isn't on the axis."""
    target = np.concatenate([aggregation.target for aggregation in picked])
    start = np.concatenate([aggregation.start for aggregation in picked])
    end = np.concatenate([aggregation.end for aggregation in picked])
    x0 = np.zeros(len(target))
    x1 = np.zeros(len(target))
    for index in layout.targets:
        own = target == index
        x0[own] = layout.positions(index, start[own])
        x1[own] = layout.positions(index, end[own])
    return x0, x1


def spread(row: I64, x0: F64, x1: F64, weight: F64, shape: tuple[int, int]) -> F64:
    """Sum over ranges [x0, x1) of weight times the share of each pixel that the range covers.

    A range is the difference of two steps; a step that begins at x adds 1 - frac(x) of its weight in pixel floor(x)
    and all of it from the next pixel on. So the steps' differences are added up per pixel, then summed along rows.
    """
    rows, columns = shape
    stride = columns + 2
    left: I64 = x0.astype(np.int64)
    right: I64 = x1.astype(np.int64)
    left_part = weight * (x0 - left)
    right_part = weight * (x1 - right)
    base = row * stride
    where = np.concatenate((base + left, base + left + 1, base + right, base + right + 1))
    steps = np.concatenate((weight - left_part, left_part, right_part - weight, -right_part))
    sums = np.asarray(np.bincount(where, weights=steps, minlength=rows * stride), np.float64)
    spread: F64 = np.cumsum(sums.reshape(rows, stride), axis=1)[:, :columns]
    return spread


def highest(row: I64, x0: F64, x1: F64, rate: F64, raster: F32) -> None:
    """Writes the highest rate of the ranges that touch each pixel."""
    columns = raster.shape[1]
    left = (x0 + NOTHING).astype(np.int64)
    right = np.minimum(np.ceil(x1 - NOTHING).astype(np.int64), columns)
    counts = np.maximum(right - left, 0)
    total = int(counts.sum())
    flat = np.arange(total) + np.repeat(row * columns + left - (np.cumsum(counts) - counts), counts)
    np.fmax.at(raster.reshape(-1), flat, np.repeat(rate, counts).astype(np.float32))
