"""The figures beside the region table as lines of text, a pane for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from damotui.render.chart import Bar, Line, area, bar_lines, binned
from damotui.session.live import clock
from damotui.session.snapshot_budget import Budget, cpu_share
from damotui.session.snapshot_course import PERCENTILES as WORKING_SET_PERCENTILES
from damotui.session.snapshot_course import Series
from damotui.session.snapshot_figures import (
    PERCENTILES,
    Share,
    Totals,
    by_age,
    by_rate,
    idle_at_least,
    percentiles,
    tail_times,
)
from damotui.session.snapshot_regions import F64, Regions
from damotui.session.words import count
from engine.units import format_bytes, format_percent, format_us

PANE_HEIGHT = 12
"""Lines of a pane with all that it has to say, its title included."""
_AXIS = 11


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What the panes show."""

    regions: Regions
    """Those that pass the filter."""
    cursor: int | None
    """The one at the cursor of the table."""
    totals: Totals
    budget: Budget
    checked: tuple[float, int] | None
    """Checks per second and regions of the kdamond as it runs now; None while something else is looked at."""
    series: Series
    """Of all regions, whatever the filter."""
    true_bandwidth: float | None
    """Bytes really touched per second, in all regions; None if not known."""
    filtered: bool
    bars: str
    """Characters from an empty to a full bar."""


@dataclass(frozen=True, slots=True)
class Pane:
    """One of the panes."""

    title: str
    draw: Callable[[Facts, int, int], list[Line]]
    """Its lines below the title, for a width and a height."""
    filtered: bool = True
    """Whether it is about what passes the filter alone."""


def pane_lines(number: int, facts: Facts, width: int, height: int, *, chosen: bool) -> list[Line]:
    """The title and the lines of the pane with that number, from 2 on.

    Args:
        number: what key chooses it; 1 is the table.
        facts: what there is to show.
        width: cells.
        height: lines, the title included.
        chosen: whether it stands out.
    """
    pane = PANES[number - 2]
    title: Line = [(f" {number} ", "chosen" if chosen else "label"), (pane.title, "chosen" if chosen else "title")]
    if facts.filtered:
        title.append((" (filtered)" if pane.filtered else " (all regions)", "note"))
    if not len(facts.regions) and pane.filtered:
        return [title, [(" no region", "note")]]
    return [title, *pane.draw(facts, width, height - 1)][:height]


def _rates(facts: Facts, width: int, height: int) -> list[Line]:
    here = None if facts.cursor is None else float(facts.regions.rate[facts.cursor])
    rows = []
    for one in by_rate(facts.regions):
        label = "0 %" if not one.high else f"{one.low:.0f}–{one.high:.0f} %"
        marked = here is not None and (one.low < here <= one.high if one.high else here == 0)
        rows.append(_share(label, one, facts, marked=marked))
    return bar_lines(rows, width, bars=facts.bars)


def _ages(facts: Facts, width: int, height: int) -> list[Line]:
    here = None if facts.cursor is None else float(facts.regions.age_us[facts.cursor])
    shares = by_age(facts.regions, max(height, 3))
    rows = []
    for one in shares:
        label = f"≥ {format_us(one.low)}" if one.low else f"< {format_us(one.high)}"
        rows.append(_share(label, one, facts, marked=here is not None and one.low <= here < one.high))
    return bar_lines(rows, width, bars=facts.bars)


def _idle(facts: Facts, width: int, height: int) -> list[Line]:
    return _percentiles(percentiles(facts.regions.idle_us, facts.regions.bytes), facts, width)


def _tail(facts: Facts, width: int, height: int) -> list[Line]:
    times = tail_times(facts.regions, max(height - 1, 2))
    total = max(facts.totals.bytes, 1)
    rows = [
        Bar(f"≥ {format_us(time)}", _sized(size, total), size / total, 0.0)
        for time, size in zip(times, idle_at_least(facts.regions, times), strict=True)
    ]
    accessed = facts.totals.accessed
    return bar_lines([Bar("accessed", _sized(accessed, total), accessed / total), *rows], width, bars=facts.bars)


def _working_set(facts: Facts, width: int, height: int) -> list[Line]:
    sizes = dict(zip(WORKING_SET_PERCENTILES, facts.series.percentiles(), strict=False))
    words = {0: "min", 25: "25 %", 50: "median", 75: "75 %", 100: "max"}
    said = {percent: f"{word} {format_bytes(sizes[percent])}" for percent, word in words.items() if percent in sizes}
    note = "   ".join(said.values())
    if len(note) > width - 2:
        note = "   ".join(said[percent] for percent in (0, 50, 100))
    return [*_course(facts, facts.series.working_set, width, height - 1, format_bytes), [(f" {note}", "value")]]


def _bandwidth(facts: Facts, width: int, height: int) -> list[Line]:
    lines = _course(facts, facts.series.bandwidth, width, height - 1, lambda rate: f"{format_bytes(rate)}/s")
    true = "" if facts.true_bandwidth is None else f", true {format_bytes(facts.true_bandwidth)}/s"
    here = facts.totals
    note = f" {format_bytes(here.bandwidth)}/s{true}, at least {format_bytes(here.certain)}/s"
    return [*lines, [(note, "value")]]


def _looks(facts: Facts, width: int, height: int) -> list[Line]:
    budget = facts.budget
    per_s, number = facts.checked or (budget.checks_per_s, facts.totals.regions)
    share = cpu_share(per_s)
    cpu = format_percent(100 * share, 3 if share < 0.001 else 1)
    cost = f"{count(per_s)} checks/s of {number:,} regions: {cpu} of a CPU"
    half = f"half is looked at less than once in {format_us(budget.median_us)}"
    return [
        [(f" {half}", "value")],
        [(f" {cost}", "note")],
        *_percentiles(budget.look_us, facts, width),
    ]


def _percentiles(values: Sequence[float], facts: Facts, width: int) -> list[Line]:
    top = max(values, default=0.0)
    rows = [
        Bar(f"{percent} %", format_us(value) if value else "0", value / top if top else 0.0, 0.0)
        for percent, value in zip(PERCENTILES, values, strict=True)
    ]
    return bar_lines(rows, width, bars=facts.bars)


def _share(label: str, one: Share, facts: Facts, *, marked: bool) -> Bar:
    total = max(facts.totals.bytes, 1)
    part = one.accessed / one.bytes if one.bytes else 1.0
    return Bar(label, _sized(one.bytes, total), one.bytes / total, part, marked)


def _sized(size: int, total: int) -> str:
    return f"{format_bytes(size)} {format_percent(100 * size / total, 0):>5}" if size else "–"


def _course(facts: Facts, values: F64, width: int, height: int, show: Callable[[float], str]) -> list[Line]:
    """A curve with its scale at the left, time below it, and the moment that is looked at standing out."""
    series, rows, columns = facts.series, height - 1, width - _AXIS - 1
    if not len(series.end_us) or rows < 1 or columns < 4:
        return [[(" nothing yet", "note")]]
    first, last = float(series.end_us[0]), float(series.end_us[-1])
    at_us = facts.regions.aggregation.end_us
    begin = first - facts.regions.aggregation.aggr_us
    top = float(values.max())
    drawn = area(binned(series.end_us, values, begin, last, columns).tolist(), rows, top, bars=facts.bars)
    here = min(max(int((at_us - begin) / max(last - begin, 1) * columns), 0), columns - 1)
    lines: list[Line] = []
    for row, text in enumerate(drawn):
        label = show(top) if row == 0 else show(0) if row == rows - 1 and rows > 1 else ""
        cut = [(text[:here], "bar"), (text[here], "mark"), (text[here + 1 :], "bar")]
        lines.append([(f"{label:>{_AXIS}} ", "label"), *cut])
    left, right = clock(round(begin)), clock(round(last))
    mark = clock(at_us)
    axis = left.ljust(columns - len(right)) + right
    if at_us != last and len(left) < here < columns - len(right) - len(mark):
        axis = axis[:here] + mark + axis[here + len(mark) :]
    lines.append([(" " * (_AXIS + 1), "label"), (axis, "label")])
    return lines


PANES: tuple[Pane, ...] = (
    Pane("bytes by access rate", _rates),
    Pane("bytes by age", _ages),
    Pane("idle time, percentiles of bytes", _idle),
    Pane("cold memory: bytes idle for at least", _tail),
    Pane("working set over time", _working_set, filtered=False),
    Pane("estimated bandwidth over time", _bandwidth, filtered=False),
    Pane("detection budget: time between looks", _looks),
)
