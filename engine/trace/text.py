"""The text of events: lines as `perf script` prints them (specification section 13).

    kdamond.0   501 [000]    12.345678: damon:damon_aggregated: target_id=0 nr_regions=11 4096-8192: 0 864

The name and number of the thread, its CPU, which is always 0, seconds and microseconds of simulated time, the event,
and the tracepoint's own text as of 5.19 and later: targets are told by their index, and regions with their age.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine.events import Aggregated, BeforeApply, EszChanged, Event, IntervalsTuned, Occasion, StatAfterApply
from engine.trace.tracepoints import TRACEPOINTS

_NAMES = {point.event: point.name for point in TRACEPOINTS}
_AGGREGATED = "target_id=%d nr_regions=%d %d-%d: %d %d"
_BEFORE_APPLY = "ctx_idx=0 scheme_idx=%d target_idx=%d nr_regions=%d %d-%d: %d %d"


def lines(event: Event, first: int = 0, stop: int | None = None) -> list[str]:
    """The lines that an event is printed as, without line ends.

    Args:
        event: of any kind that has a tracepoint.
        first: the first line that is wanted.
        stop: the line before which to stop; None for all.
    """
    head = _head(event.at, _NAMES[type(event)])
    return [head + text for text in _TEXTS[type(event)](event, slice(first, stop))]


def _head(at: Occasion, name: str) -> str:
    seconds, us = divmod(at.time_us, 1_000_000)
    return f"{at.name} {at.pid:5} [000] {seconds:5}.{us:06}: {name}: "


def _aggregated(event: Aggregated, part: slice) -> Iterable[str]:
    found = event.aggregation
    target = found.target[part]
    nr_regions = np.bincount(found.target)[target]
    columns = (target, nr_regions, found.start[part], found.end[part], found.nr_accesses[part], found.age[part])
    return _rows(_AGGREGATED, columns)


def _before_apply(event: BeforeApply, part: slice) -> Iterable[str]:
    e = event
    columns = (e.scheme, e.target, e.nr_regions, e.start, e.end, e.nr_accesses, e.age)
    return _rows(_BEFORE_APPLY, tuple(column[part] for column in columns))


def _rows(form: str, columns: tuple[np.ndarray[Any, Any], ...]) -> Iterable[str]:
    return (form % row for row in zip(*(column.tolist() for column in columns), strict=True))


def _intervals_tuned(event: IntervalsTuned, part: slice) -> Iterable[str]:
    return [f"sample_us={event.sample_us}"][part]


def _esz(event: EszChanged, part: slice) -> Iterable[str]:
    return [f"ctx_idx=0 scheme_idx={event.scheme} esz={event.esz}"][part]


def _stat(event: StatAfterApply, part: slice) -> Iterable[str]:
    stats = event.stats
    # The kernel prints sz_applied under the label sz_tried, too.
    return [
        f"ctx_idx=0 scheme_idx={event.scheme} nr_tried={stats.nr_tried} sz_tried={stats.sz_tried}"
        f" nr_applied={stats.nr_applied} sz_tried={stats.sz_applied}"
        f" sz_ops_filter_passed={stats.sz_ops_filter_passed} qt_exceeds={stats.qt_exceeds}"
        f" nr_snapshots={stats.nr_snapshots}"
    ][part]


_TEXTS: dict[type[Event], Callable[[Any, slice], Iterable[str]]] = {
    Aggregated: _aggregated,
    BeforeApply: _before_apply,
    IntervalsTuned: _intervals_tuned,
    EszChanged: _esz,
    StatAfterApply: _stat,
}
