"""Rows of a heat map from the aggregations of their time, for each way to look at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damotui.render.beside import pairs
from damotui.render.layout import Layout
from damotui.render.overlay import Overlay
from damotui.render.ranking import rank
from damotui.render.raster import Combine, rasterise
from damotui.render.showing import Showing
from damotui.render.viewport import Held
from engine.snapshot import Aggregation

F32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Source:
    """Which aggregations are shown, and how they are binned."""

    kdamond: int
    context: int
    target: int | None
    """Index of the only target shown; None shows all."""
    row_us: int
    size: int
    """Pixels of the address axis."""
    unit: int
    """Pixels per cell of the address axis."""
    combine: Combine
    overlay: Overlay | None = None
    """What is marked of schemes."""
    showing: Showing = Showing.FOUND
    part: Held | None = None
    """The only part of the addresses that is shown; None shows all."""


def bin_rows(
    source: Source,
    layout: Layout,
    found: Sequence[Aggregation],
    truths: Sequence[Aggregation],
    first_us: int,
    nr_rows: int,
) -> F32:
    """Values [nr_rows, source.size] of the rows from `first_us` on: rates, or differences of rates.

    NaN where there is no data, and where the truth is needed and not known.
    """
    if source.showing is Showing.SORTED:
        return rank(found, source.target, source.size, first_us, source.row_us, nr_rows, source.combine)
    if source.showing is Showing.FOUND:
        return rasterise(found, layout, first_us, source.row_us, nr_rows, source.combine)
    kept, beside = pairs(found, truths, same=source.showing is Showing.DIFFERENCE)
    true = rasterise(beside, layout, first_us, source.row_us, nr_rows, source.combine)
    if source.showing is Showing.TRUTH:
        return true
    difference: F32 = rasterise(kept, layout, first_us, source.row_us, nr_rows, source.combine) - true
    return difference
