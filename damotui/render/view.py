"""The heat map without a terminal: from a history to pixels, axes and the meaning of each cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damotui.render import colour
from damotui.render.binning import Source
from damotui.render.history import History
from damotui.render.layout import DATA, FOLD, Layout
from damotui.render.overlay import ACTED, MATCHES, Overlay
from damotui.render.raster import Combine
from damotui.render.ratemap import RateMap
from damotui.render.scale import Scale, Scaling
from damotui.render.showing import Showing
from damotui.render.sweep import Sweep, sweep_of
from damotui.render.viewport import AddressAxis, AddressSpace
from damotui.render.window import TimeAxis, TimeWindow

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


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
    """Share of checks that found an access, 0 to 1, or a difference of such shares; None without data."""
    nr_accesses: float | None
    """The same as a number of checks in one aggregation."""
    hertz: float | None
    """The same per second: nr_accesses divided by the aggregation interval."""
    acted: bool = False
    """Whether a scheme of the overlay acted there."""
    matches: bool = False
    """Whether a scheme of the overlay would match there."""
    showing: Showing = Showing.FOUND
    """What the rate is of; where memory is sorted, `start` and `end` count from the hottest byte on."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One state of the map."""

    rates: F32
    """[pixel rows, columns], 0 to 1, or differences from -1 to 1; NaN without data."""
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
    marks: U8 | None = None
    """[pixel rows, columns], the overlay's marks; None without overlay."""
    overlay: Overlay | None = None
    showing: Showing = Showing.FOUND
    scale: Scale = Scale.FIXED
    sweep: Sweep | None = None
    """Where lines are drawn when the newest is written over the oldest; None when the oldest is above the others."""

    @property
    def axes(self) -> tuple[object, ...]:
        """All that axes and legend are made of: equal while they stay the same."""
        scale = self.scale, self.top, self.max_nr_accesses, self.aggr_us
        return self.window, self.layout, self.transposed, scale, self.overlay, self.showing, self.sweep

    @property
    def marked_cells(self) -> U8 | None:
        """[lines, columns], the overlay's marks as the lines are on the screen; None without overlay."""
        if self.marks is None:
            return None
        cells: U8 = self.marks[0::2] | self.marks[1::2]
        return cells if self.sweep is None else self.sweep.drawn(cells, 0)

    @property
    def signed(self) -> bool:
        """Whether values are differences."""
        return self.showing is Showing.DIFFERENCE

    def pixels(self, levels: int) -> U8:
        """Codes [pixel rows, columns] as they are on the screen, as `cells` takes them."""
        quantise = colour.quantise_signed if self.signed else colour.quantise
        codes = quantise(self.rates, levels, self.top)
        kinds = self.layout.kinds
        marker = kinds != DATA
        if marker.any() and not self.empty:
            values = np.where(kinds[marker] == FOLD, levels + colour.FOLD, levels + colour.EDGE).astype(np.uint8)
            if self.transposed:
                codes[marker, :] = values[:, None]
            else:
                codes[:, marker] = values
        return codes if self.sweep is None else self.sweep.drawn(codes, levels + colour.NO_DATA)

    def line_of(self, y: int) -> int:
        """Which line of the window, counted from the oldest, is drawn at line y of the screen."""
        return y if self.sweep is None else self.sweep.line_of(y)

    def cell(self, x: int, y: int) -> CellInfo | None:
        """What the cell at column x, row y stands for; None at a marker, or outside."""
        rows, columns = self.rates.shape
        if not (0 <= x < columns and 0 <= 2 * y + 1 < rows) or self.empty:
            return None
        if self.sweep is not None and y == self.sweep.gap:
            return None
        y = self.line_of(y)
        upper, lower = (y * 2, y * 2 + 1)
        first, last = (upper, lower) if self.transposed else (x, x)
        head, tail = self.layout.addresses_at(first), self.layout.addresses_at(last)
        if head is None or tail is None:
            return None
        rates = self.rates[upper : lower + 1, x]
        known = rates[~np.isnan(rates)]
        rate = float(known.mean()) if len(known) else None
        accesses = None if rate is None else rate * self.max_nr_accesses
        marks = 0 if self.marks is None else int(self.marks[upper, x] | self.marks[lower, x])
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
            acted=bool(marks & ACTED),
            matches=bool(marks & MATCHES),
            showing=self.showing,
        )


class View:
    """What is shown of a history, and how; `picture` makes it."""

    def __init__(self) -> None:
        self.time = TimeAxis()
        self.addresses = AddressAxis()
        self.transposed = False
        """False: time runs down and addresses across."""
        self.combine = Combine.MEAN
        self.target: int | None = None
        self.overlay: Overlay | None = None
        """What is marked of schemes."""
        self.showing = Showing.FOUND
        self.scale = Scale.FIXED
        self.sweeps = False
        """While time runs down and the newest is followed: it is written over the oldest, and the rest stays."""
        self._rates = RateMap()
        self._scaling = Scaling()

    def go_along(self, other: View) -> None:
        """Show the same time, the same part of memory and the same scale of colours as another view from now on."""
        self.time, self.addresses, self._scaling = other.time, other.addresses, other._scaling

    @property
    def space(self) -> AddressSpace:
        """What was monitored in the time that is shown."""
        return self._rates.space

    @property
    def nr_computed(self) -> int:
        """Rows of rates computed so far, for measuring."""
        return self._rates.nr_computed

    def picture(
        self,
        history: History,
        kdamond: int,
        context: int,
        now_us: int,
        columns: int,
        rows: int,
        truth: History | None = None,
    ) -> Picture:
        """The map for a place of columns x rows cells; `truth` is beside the history, if it is known."""
        size, unit, nr_rows, rows_per_cell = (2 * rows, 2, columns, 1) if self.transposed else (columns, 1, 2 * rows, 2)
        latest = history.latest(kdamond, context)
        begin_us = history.begin_us(kdamond, context)
        if latest is None or begin_us is None:
            window = self.time.window(0, 0, 1, nr_rows, rows_per_cell)
            rates = np.full((2 * rows, columns), np.nan, np.float32)
            return Picture(rates, window, Layout((), size, unit), self.transposed, 1.0, 1, 1, True, True)
        window = self.time.window(begin_us, max(now_us, latest.end_us), latest.aggr_us, nr_rows, rows_per_cell)
        overlay = None if self.showing is Showing.SORTED else self.overlay
        source = Source(
            kdamond,
            context,
            self.target,
            window.row_us,
            size,
            unit,
            self.combine,
            overlay,
            self.showing,
            self.addresses.held,
        )
        rates, marks, complete = self._rates.fetch(history, source, window.first, nr_rows, truth)
        return Picture(
            rates.T if self.transposed else rates,
            window,
            self._rates.layout,
            self.transposed,
            self._scaling.top(self.scale, rates, (self.showing, self.combine, self.target)),
            max(latest.max_nr_accesses, 1),
            max(latest.aggr_us, 1),
            complete,
            False,
            marks.T if marks is not None and self.transposed else marks,
            overlay,
            self.showing,
            self.scale,
            self._sweep(window, begin_us, latest.end_us, rows),
        )

    def _sweep(self, window: TimeWindow, begin_us: int, end_us: int, lines: int) -> Sweep | None:
        if not self.sweeps or self.transposed or self.time.held is not None:
            return None
        return sweep_of(window, begin_us, end_us, lines)
