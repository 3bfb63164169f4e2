"""Memory by two of size, access rate and age: how many bytes have which, and what of it a scheme's pattern encloses.

All axes are logarithmic from 0 on: a place is the logarithm of 1 + value / unit, so that 0 has a cell of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.config.model import UINT_MAX, Range, Scheme
from engine.damos.score import Scorer
from engine.snapshot import I64, Aggregation

BOOL = NDArray[np.bool_]

_PAGE = 4096
_ROUNDING = 1e-9
_OCTAVES = 12
"""How many times the bytes of the faintest shade double up to all there are."""


class Quantity(StrEnum):
    """What an axis tells."""

    SZ = "sz"
    NR_ACCESSES = "nr_accesses"
    AGE = "age"


PLANES: tuple[tuple[Quantity, Quantity], ...] = (
    (Quantity.NR_ACCESSES, Quantity.AGE),
    (Quantity.SZ, Quantity.AGE),
    (Quantity.SZ, Quantity.NR_ACCESSES),
)
"""The pairs of axes, across and up, to choose from."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From 0 to `top`, on so many cells."""

    quantity: Quantity
    top: int
    cells: int

    @property
    def unit(self) -> int:
        """From where on the scale is logarithmic; a value has the cells from itself to one unit more."""
        return _PAGE if self.quantity is Quantity.SZ else 1

    def cells_of(self, values: I64) -> tuple[I64, I64]:
        """The first cell of each value [n], and the one behind its last; what is beyond the top has the last cell."""
        bounded = np.minimum(values, self.top)
        first = np.minimum(self._cell(bounded), self.cells - 1)
        if self.quantity is Quantity.SZ:
            return first, first + 1
        return first, np.maximum(self._cell(bounded + 1), first + 1)

    def span(self, limits: Range) -> tuple[int, int] | None:
        """The cells of a closed range; None if it is empty, or begins beyond the top."""
        low, high = limits.min, limits.max
        if self.quantity is not Quantity.SZ:
            low, high = low & UINT_MAX, high & UINT_MAX
        if low > high or low > self.top:
            return None
        (first, _), (last, end) = (
            tuple(int(side[0]) for side in self.cells_of(np.array([min(v, self.top)], np.int64))) for v in (low, high)
        )
        return first, max(end, last + 1)

    def least(self) -> I64:
        """The least whole value of each cell [cells]; of cells that share one, all have it."""
        share = np.arange(self.cells) / self.cells
        reach = 1 + (self.top + self.unit) / self.unit
        values = (reach**share - 1) * self.unit
        if self.quantity is Quantity.SZ:
            return np.rint(values).astype(np.int64)
        floor = np.floor(values + _ROUNDING).astype(np.int64)
        # Within the cells of a value, which begin at or below it.
        first, end = self.cells_of(floor)
        at = np.arange(self.cells)
        return np.where(at < first, floor - 1, np.where(at >= end, floor + 1, floor))

    def place(self, value: int) -> int:
        """The cell that a value begins in."""
        return min(int(self._cell(np.array([value], np.int64))[0]), self.cells - 1)

    def _cell(self, values: I64) -> I64:
        whole = np.log1p((self.top + self.unit) / self.unit)
        cells: I64 = np.floor(np.log1p(values / self.unit) / whole * self.cells + _ROUNDING).astype(np.int64)
        return cells


@dataclass(frozen=True, slots=True)
class Box:
    """Cells of a rectangle: from the first on, up to and without the end."""

    x: int
    x_end: int
    y: int
    y_end: int


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A picture of all regions of an aggregation."""

    x: Axis
    y: Axis
    bytes: I64
    """Of the regions that belong to each cell [y.cells, x.cells], the lowest values first."""
    total: int
    """Bytes of all regions."""
    box: Box | None
    """What the pattern encloses; None if it encloses nothing."""
    cut: BOOL | None
    """Cells [y.cells, x.cells] with a score below the least that gets a turn; None if all do, or it can't be told."""

    def levels(self, count: int) -> I64:
        """Levels of the cells: 0 for no bytes, then in equal steps of the logarithm up to count - 1 for all of them.

        1 is for a 4,096th part of all, and for less.
        """
        share = 1 + np.log2(np.maximum(self.bytes, 1) / max(self.total, 1)) / _OCTAVES
        level = 1 + np.floor(np.minimum(share, 1.0) * (count - 1) - _ROUNDING).astype(np.int64)
        return np.where(self.bytes > 0, np.clip(level, 1, count - 1), 0)


def plane_of(
    aggregation: Aggregation,
    scheme: Scheme,
    across: Quantity,
    up: Quantity,
    columns: int,
    rows: int,
    *,
    scorer: Scorer | None = None,
    min_score: int = 0,
) -> Plane:
    """The picture for a place of columns x rows cells.

    Args:
        aggregation: whose regions are drawn. Sizes are in units of its addresses.
        scheme: whose pattern is outlined.
        across: the axis from left to right.
        up: the axis from the lower edge up.
        columns: at least 1.
        rows: at least 1.
        scorer: what scores regions by nr_accesses and age; None where all score the same.
        min_score: the least score that gets a turn.
    """
    sizes = (aggregation.end - aggregation.start).astype(np.int64)
    values = {Quantity.SZ: sizes, Quantity.NR_ACCESSES: aggregation.nr_accesses, Quantity.AGE: aggregation.age}
    x = Axis(across, _top(across, values[across], aggregation, scheme), columns)
    y = Axis(up, _top(up, values[up], aggregation, scheme), rows)
    pattern = scheme.access_pattern
    across_span, up_span = (axis.span(getattr(pattern, axis.quantity.value)) for axis in (x, y))
    box = Box(*across_span, *up_span) if across_span and up_span else None
    cut = None
    if scorer is not None and min_score and (across, up) == PLANES[0]:
        nr, age = np.broadcast_arrays(x.least()[None, :], y.least()[:, None])
        cut = scorer.scores(nr.ravel(), age.ravel()).reshape(nr.shape) < min_score
    return Plane(x, y, _spread(x, y, values, sizes), int(sizes.sum()), box, cut)


def _spread(x: Axis, y: Axis, values: dict[Quantity, I64], sizes: I64) -> I64:
    """Bytes per cell: each region's own in each of its cells. A rectangle is a difference of steps, summed up twice."""
    left, right = x.cells_of(values[x.quantity])
    low, high = y.cells_of(values[y.quantity])
    steps = np.zeros((y.cells + 1, x.cells + 1), np.int64)
    for row, column, sign in ((low, left, 1), (low, right, -1), (high, left, -1), (high, right, 1)):
        np.add.at(steps, (row, column), sign * sizes)
    filled: I64 = steps.cumsum(axis=0).cumsum(axis=1)[:-1, :-1]
    return filled


def _top(quantity: Quantity, values: I64, aggregation: Aggregation, scheme: Scheme) -> int:
    """The end of an axis: all checks; otherwise a power of two above all there is, well above the bounds."""
    if quantity is Quantity.NR_ACCESSES:
        return max(aggregation.max_nr_accesses, 1)
    limits: Range = getattr(scheme.access_pattern, quantity.value)
    endless = 1 << 48 if quantity is Quantity.SZ else UINT_MAX
    bounds = [2 * bound for bound in (limits.min, limits.max) if bound < endless]
    most = max(int(values.max(initial=0)), _PAGE if quantity is Quantity.SZ else 15, *bounds, 0)
    return 1 << (most - 1).bit_length()
