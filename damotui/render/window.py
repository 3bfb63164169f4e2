"""Which stretch of time is on the screen: following the newest, or held where the user moved it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from damotui.render.ticks import TIME_STEPS, step_at_least

_MULTIPLES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)

AUTO_SPAN_US = 60_000_000
"""The automatic scale shows the whole past up to this long, then scrolls."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Rows of time, numbered from time 0."""

    first: int
    nr_rows: int
    row_us: int

    @property
    def start_us(self) -> int:
        """When the first row begins."""
        return self.first * self.row_us

    @property
    def end_us(self) -> int:
        """When the last row ends."""
        return (self.first + self.nr_rows) * self.row_us

    @property
    def middle_us(self) -> int:
        """The moment in the middle."""
        return (self.start_us + self.end_us) // 2

    def pan(self, rows: int) -> TimeWindow:
        """As long, that many rows later."""
        return TimeWindow(self.first + rows, self.nr_rows, self.row_us)

    def zoom(self, row_us: int, at_us: int, unit: int) -> TimeWindow:
        """With rows of another length, where the moment `at_us` stays in its cell.

        Args:
            row_us: The new length.
            at_us: A moment, in the window or not.
            unit: Rows per cell; the window begins at a multiple.
        """
        cell = at_us // (unit * self.row_us) - self.first // unit
        return TimeWindow((at_us // (unit * row_us) - cell) * unit, self.nr_rows, row_us)

    def reveal(self, at_us: int, unit: int) -> TimeWindow:
        """As long, moved by whole cells no further than it takes to have the moment `at_us` in it."""
        row = at_us // (unit * self.row_us) * unit
        return self.pan(max(0, row + unit - self.first - self.nr_rows)).pan(min(0, row - self.first))


@dataclass(slots=True)
class TimeAxis:
    """The user's choice of scale and place in time."""

    row_us: int | None = None
    """Microseconds a row; None is automatic."""
    auto_span_us: int = AUTO_SPAN_US
    held: tuple[int, int] | None = None
    """The window ends there, with that many microseconds a row; None follows the newest."""
    home_us: int | None = None
    """The automatic scale from which it was zoomed: coming back there is automatic again."""
    least_us: int = 0
    """What the automatic scale takes for the length of an aggregation, if it is longer: so that views of different
    aggregations can share it."""

    def window(self, begin_us: int, now_us: int, aggr_us: int, nr_rows: int, unit: int) -> TimeWindow:
        """The rows to show.

        Args:
            begin_us: When monitoring began.
            now_us: The present.
            aggr_us: Length of an aggregation; the automatic scale has no finer rows.
            nr_rows: Rows that fit.
            unit: Rows per cell; the window begins at a multiple, so that cells keep their content when it moves on.
        """
        row_us = self.scale(begin_us, now_us, aggr_us, nr_rows)
        begin = begin_us // row_us // unit * unit
        end_us = now_us if self.held is None else self.held[0]
        last_first = -(-end_us // row_us) - nr_rows
        return TimeWindow(max(begin, -(-last_first // unit) * unit), nr_rows, row_us)

    def scale(self, begin_us: int, now_us: int, aggr_us: int, nr_rows: int) -> int:
        """Microseconds a row: what the user chose, or a whole number of aggregations."""
        if self.row_us is not None:
            return self.row_us
        if self.held is not None:
            return self.held[1]
        aggr_us = max(aggr_us, self.least_us)
        span_us = min(now_us - begin_us, self.auto_span_us)
        return _whole_aggregations(span_us / max(nr_rows, 1), aggr_us)

    def zoom(
        self, steps: int, shown: TimeWindow, begin_us: int, now_us: int, unit: int, at_us: int | None = None
    ) -> None:
        """Shows less time more finely (positive) or more time, by that many steps of 1-2-5.

        The automatic scale is a step among these, so that zooming back to it makes the scale automatic again.

        Args:
            steps: How many.
            shown: The window as it is.
            begin_us: When monitoring began.
            now_us: The present.
            unit: Rows per cell.
            at_us: The moment that stays where it is, of those that were monitored; None for the newest while that is
                followed, else for the middle.
        """
        if self.row_us is None:
            self.home_us = shown.row_us
        row_us = self._step(shown.row_us, steps)
        self.row_us = None if row_us == self.home_us else row_us
        if at_us is None and self.held is not None:
            at_us = shown.middle_us
        if at_us is not None:
            self.hold(shown.zoom(row_us, max(min(at_us, now_us - 1), begin_us), unit), now_us)

    def scroll(self, shown: TimeWindow, rows: int, begin_us: int, now_us: int) -> None:
        """Moves the window by rows, negative into the past; arriving at the newest follows it again.

        Args:
            shown: The window as it is.
            rows: By how many rows.
            begin_us: When monitoring began: no further back.
            now_us: The present.
        """
        if rows < 0 and shown.start_us <= begin_us:
            return
        end_us = min(shown.end_us, -(-now_us // shown.row_us) * shown.row_us) + rows * shown.row_us
        self.held = None if end_us >= now_us else (max(end_us, 0), shown.row_us)

    def hold(self, window: TimeWindow, now_us: int) -> None:
        """Shows that window, and follows the newest if it is in."""
        self.held = None if window.end_us >= now_us else (max(window.end_us, 0), window.row_us)

    def show(self, start_us: int, end_us: int, aggr_us: int, nr_rows: int, unit: int) -> None:
        """Shows a stretch of time, and stays there, as finely as whole aggregations allow with a cell to spare."""
        row_us = _whole_aggregations((end_us - start_us) / max(nr_rows - 2 * unit, 1), aggr_us)
        self.row_us = self.home_us = None
        self.held = -(-end_us // (unit * row_us)) * unit * row_us, row_us

    def show_session(self, begin_us: int, now_us: int, nr_rows: int, unit: int) -> None:
        """Shows all from the beginning to now, and follows."""
        self.row_us, self.held = step_at_least((now_us - begin_us) / max(nr_rows - unit, 1), TIME_STEPS), None

    def automatic(self, shown: TimeWindow, begin_us: int, now_us: int, aggr_us: int, unit: int) -> None:
        """Chooses the scale automatically; a window that is held stays at its middle."""
        self.row_us = self.home_us = None
        if self.held is not None:
            row_us = TimeAxis(auto_span_us=self.auto_span_us, least_us=self.least_us).scale(
                begin_us, now_us, aggr_us, shown.nr_rows
            )
            self.hold(shown.zoom(row_us, shown.middle_us, unit), now_us)

    def freeze(self, shown: TimeWindow, now_us: int) -> None:
        """Stays where it is, also with the newest in view."""
        self.held = min(shown.end_us, -(-now_us // shown.row_us) * shown.row_us), shown.row_us

    def follow(self) -> None:
        """Shows the newest, and goes on with it."""
        self.held = None

    def _step(self, row_us: int, steps: int) -> int:
        choice = TIME_STEPS if self.home_us is None else tuple(sorted({*TIME_STEPS, self.home_us}))
        at = bisect_left(choice, row_us) if steps > 0 else bisect_right(choice, row_us) - 1
        return choice[min(max(at - steps, 0), len(choice) - 1)]


def _whole_aggregations(row_us: float, aggr_us: int) -> int:
    """The first length of a row that is no shorter, of some multiples of an aggregation."""
    aggregations = max(row_us / max(aggr_us, 1), 1)
    power = 1
    while aggregations > 100 * power:
        power *= 10
    return max(aggr_us, 1) * step_at_least(aggregations, tuple(m * power for m in (*_MULTIPLES, 100)))
