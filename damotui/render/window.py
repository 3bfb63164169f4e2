"""Which stretch of time is on the screen: following the newest, or held where the user scrolled to."""

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


@dataclass(slots=True)
class TimeAxis:
    """The user's choice of scale and place in time."""

    row_us: int | None = None
    """Microseconds a row; None is automatic."""
    auto_span_us: int = AUTO_SPAN_US
    held: tuple[int, int] | None = None
    """The window ends there, with that many microseconds a row; None follows the newest."""

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
        span_us = min(now_us - begin_us, self.auto_span_us)
        aggregations = max(span_us / max(nr_rows, 1) / max(aggr_us, 1), 1)
        power = 1
        while aggregations > 100 * power:
            power *= 10
        return max(aggr_us, 1) * step_at_least(aggregations, tuple(m * power for m in (*_MULTIPLES, 100)))

    def zoom(self, steps: int, row_us: int) -> None:
        """Changes the scale from `row_us` by that many steps of 1-2-5; positive shows less time, more finely."""
        at = bisect_left(TIME_STEPS, row_us) if steps > 0 else bisect_right(TIME_STEPS, row_us) - 1
        self.row_us = TIME_STEPS[min(max(at - steps, 0), len(TIME_STEPS) - 1)]

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
