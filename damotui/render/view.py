"""The heat map without a terminal: from a history to pixels, axes and the meaning of each cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damotui.render import colour
from damotui.render.history import History
from damotui.render.layout import DATA, FOLD, Layout
from damotui.render.raster import Combine
from damotui.render.ratemap import RateMap, Source
from damotui.render.window import TimeAxis, TimeWindow

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
BOOL = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TimeMark:
    """Something to point out on the time axis."""

    time_us: int
    text: str


@dataclass(frozen=True, slots=True)
class CellInfo:
    """What one cell of the map stands for."""

    start_us: int
    end_us: int
    target: int
    start: int
    end: int
    """Addresses [start, end) in bytes."""
    rate: float | None
    """Share of checks that found an access, 0 to 1; None without data."""
    nr_accesses: float | None
    """The same as a number of checks in one aggregation."""
    hertz: float | None
    """The same per second: nr_accesses divided by the aggregation interval."""
    acted: bool = False
    """Whether a scheme of the overlay acted there."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One state of the map."""

    rates: F32
    """[pixel rows, columns], 0 to 1; NaN without data."""
    window: TimeWindow
    layout: Layout
    transposed: bool
    top: float
    """The rate of the highest colour."""
    max_nr_accesses: int
    aggr_us: int
    complete: bool
    """False if a further call has more to show."""
    empty: bool
    """True while there is no aggregation at all."""
    marks: BOOL | None = None
    """[pixel rows, columns] where the overlay's scheme acted; None without overlay."""
    overlay: int | None = None
    """The scheme whose actions are marked: its index, ALL_SCHEMES, or None."""

    @property
    def axes(self) -> tuple[object, ...]:
        """All that axes and legend are made of: equal while they stay the same."""
        scale = self.top, self.max_nr_accesses, self.aggr_us
        return self.window, self.layout, self.transposed, scale, self.overlay

    @property
    def marked_cells(self) -> BOOL | None:
        """[rows of cells, columns] where the overlay's scheme acted; None without overlay."""
        return None if self.marks is None else self.marks[0::2] | self.marks[1::2]

    def pixels(self, levels: int) -> U8:
        """Codes [pixel rows, columns], as `cells` takes them."""
        codes = colour.quantise(self.rates, levels, self.top)
        kinds = self.layout.kinds
        marker = kinds != DATA
        if marker.any() and not self.empty:
            values = np.where(kinds[marker] == FOLD, levels + colour.FOLD, levels + colour.EDGE).astype(np.uint8)
            if self.transposed:
                codes[marker, :] = values[:, None]
            else:
                codes[:, marker] = values
        return codes

    def cell(self, x: int, y: int) -> CellInfo | None:
        """What the cell at column x, row y stands for; None at a marker, or outside."""
        rows, columns = self.rates.shape
        if not (0 <= x < columns and 0 <= 2 * y + 1 < rows) or self.empty:
            return None
        upper, lower = (y * 2, y * 2 + 1)
        first, last = (upper, lower) if self.transposed else (x, x)
        head, tail = self.layout.addresses_at(first), self.layout.addresses_at(last)
        if head is None or tail is None:
            return None
        rates = self.rates[upper : lower + 1, x]
        known = rates[~np.isnan(rates)]
        rate = float(known.mean()) if len(known) else None
        accesses = None if rate is None else rate * self.max_nr_accesses
        row = self.window.first + (x if self.transposed else upper)
        return CellInfo(
            start_us=row * self.window.row_us,
            end_us=(row + (1 if self.transposed else 2)) * self.window.row_us,
            target=head.target,
            start=head.start,
            end=tail.end,
            rate=rate,
            nr_accesses=accesses,
            hertz=None if accesses is None else accesses * 1e6 / self.aggr_us,
            acted=self.marks is not None and bool(self.marks[upper : lower + 1, x].any()),
        )


class View:
    """What is shown of a history, and how; `picture` makes it."""

    def __init__(self) -> None:
        self.time = TimeAxis()
        self.transposed = False
        """False: time runs down and addresses across."""
        self.combine = Combine.MEAN
        self.target: int | None = None
        self.overlay: int | None = None
        """The scheme whose actions are marked: its index, ALL_SCHEMES, or None."""
        self.automatic = False
        """Colours up to the highest rate in view instead of all checks."""
        self._rates = RateMap()
        self._top = colour.AutoTop()

    @property
    def nr_computed(self) -> int:
        """Rows of rates computed so far, for measuring."""
        return self._rates.nr_computed

    def picture(self, history: History, kdamond: int, context: int, now_us: int, columns: int, rows: int) -> Picture:
        """The map for a place of columns x rows cells."""
        size, unit, nr_rows, rows_per_cell = (2 * rows, 2, columns, 1) if self.transposed else (columns, 1, 2 * rows, 2)
        latest = history.latest(kdamond, context)
        begin_us = history.begin_us(kdamond, context)
        if latest is None or begin_us is None:
            window = self.time.window(0, 0, 1, nr_rows, rows_per_cell)
            rates = np.full((2 * rows, columns), np.nan, np.float32)
            return Picture(rates, window, Layout((), size, unit), self.transposed, 1.0, 1, 1, True, True)
        window = self.time.window(begin_us, max(now_us, latest.end_us), latest.aggr_us, nr_rows, rows_per_cell)
        source = Source(kdamond, context, self.target, window.row_us, size, unit, self.combine, self.overlay)
        rates, marks, complete = self._rates.fetch(history, source, window.first, nr_rows)
        top = self._top.update(rates) if self.automatic else 1.0
        return Picture(
            rates.T if self.transposed else rates,
            window,
            self._rates.layout,
            self.transposed,
            top,
            max(latest.max_nr_accesses, 1),
            max(latest.aggr_us, 1),
            complete,
            False,
            marks.T if marks is not None and self.transposed else marks,
            self.overlay,
        )
