"""The table of tracepoints: their names, since which release they are there, and the events that they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from engine.errors import InputError, shown
from engine.events import Aggregated, BeforeApply, EszChanged, Event, IntervalsTuned, StatAfterApply
from engine.versions import Feature, Kernel

GROUP = "damon:"


@dataclass(frozen=True, slots=True)
class Tracepoint:
    """One tracepoint."""

    name: str
    """With its group: `damon:damon_aggregated`."""
    event: type[Event]
    feature: Feature
    """Tells which releases have it."""
    meaning: str


TRACEPOINTS = (
    Tracepoint(
        "damon:damon_aggregated",
        Aggregated,
        Feature.TRACE_AGGREGATED,
        "each region at the end of each aggregation",
    ),
    Tracepoint(
        "damon:damos_before_apply",
        BeforeApply,
        Feature.TRACE_BEFORE_APPLY,
        "each region that a scheme is about to act on",
    ),
    Tracepoint(
        "damon:damon_monitor_intervals_tune",
        IntervalsTuned,
        Feature.TRACE_INTERVALS_TUNE,
        "a new sampling interval, when the intervals are auto-tuned",
    ),
    Tracepoint(
        "damon:damos_esz",
        EszChanged,
        Feature.TRACE_ESZ,
        "a new effective quota of a scheme",
    ),
    Tracepoint(
        "damon:damos_stat_after_apply_interval",
        StatAfterApply,
        Feature.TRACE_STAT_AFTER_APPLY,
        "the statistics of a scheme after each of its turns",
    ),
)
"""All that are modelled, by the release that they came with."""


def tracepoints_of(kernel: Kernel) -> tuple[Tracepoint, ...]:
    """Those that a kernel release has."""
    return tuple(point for point in TRACEPOINTS if kernel.has(point.feature))


def chosen(kernel: Kernel, names: Iterable[str]) -> tuple[Tracepoint, ...]:
    """The tracepoints of these names, each once; the group may be left out, and `*` stands for anything.

    Raises:
        InputError: a name that the kernel does not have.
    """
    there = tracepoints_of(kernel)
    found: list[Tracepoint] = []
    for name in names:
        pattern = name if ":" in name else GROUP + name
        matching = [point for point in there if fnmatchcase(point.name, pattern)]
        if not matching:
            raise InputError(_missing(kernel, name, pattern, there))
        found += matching
    return tuple(point for point in there if point in found)


def _missing(kernel: Kernel, name: str, pattern: str, there: tuple[Tracepoint, ...]) -> str:
    for point in TRACEPOINTS:
        if fnmatchcase(point.name, pattern):
            return f"the event {point.name} {kernel.lack(point.feature)}"
    if pattern == "damon:damon_region_aggregated":
        return f"the event {pattern} tells of probes, which are not simulated"
    return f"{shown(name)} is no event: there are {', '.join(point.name for point in there)}"
