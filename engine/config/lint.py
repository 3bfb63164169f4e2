"""What a kernel accepts, and surely nobody means: a pattern that matches nothing, an age in the wrong unit.

None of it keeps a kdamond from being turned on; what does is for `engine.config.validate`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.config.model import Context, Intervals, Kdamond, Range, Scheme, Watermarks
from engine.config.validate import Problem, min_region_bytes
from engine.units import Unit, format_bytes, format_bytes_exact, format_count, format_exact, format_permil, format_us
from engine.versions import Feature, Kernel

LONG_AGE_US = 2 * 3600 * 1_000_000
"""An age above it is asked about: it is hardly meant, and a run hardly lasts as long."""

_MADVISE = ("willneed", "cold", "pageout", "hugepage", "nohugepage", "collapse")
_PHYSICAL = ("pageout", "lru_prio", "lru_deprio", "migrate_hot", "migrate_cold", "stat")
_CORE_FILTERS = ("addr", "target")


def warnings(kdamond: Kdamond, kernel: Kernel) -> list[Problem]:
    """What is odd about `kdamond` under `kernel`, as problems of severity "warning"."""
    return [
        Problem(f"contexts[{c}].schemes[{s}].{at}", message, "warning")
        for c, context in enumerate(kdamond.contexts)
        for s, scheme in enumerate(context.schemes)
        for at, message in _scheme(scheme, context, kernel)
    ]


_Found = Iterator[tuple[str, str]]
"""Fields, from the scheme, and what is odd about each."""


def _scheme(scheme: Scheme, context: Context, kernel: Kernel) -> _Found:
    yield from _action(scheme, context, kernel)
    yield from _pattern(scheme, context)
    yield from _quotas(scheme, context, kernel)
    yield from _watermarks(scheme.watermarks)
    yield from _filters(scheme, context)


def _action(scheme: Scheme, context: Context, kernel: Kernel) -> _Found:
    """Specification section 9.1: what an operations set does not support applies to 0 bytes."""
    able = _PHYSICAL
    if context.ops != "paddr":
        able = (*_MADVISE, *(_PHYSICAL[3:5] if kernel.has(Feature.VADDR_MIGRATE) else ()), "stat")
    if scheme.action not in able:
        yield "action", f"{scheme.action} does nothing with {context.ops}: it can do {', '.join(able)}"
    elif scheme.action.startswith("migrate_") and scheme.target_nid < 0 and not any(d.weight for d in scheme.dests):
        yield "target_nid", f"{scheme.action} has no node to move memory to: give one, from 0"


def _pattern(scheme: Scheme, context: Context) -> _Found:
    """Specification section 6.1: ranges are closed, and one with its ends swapped is empty."""
    pattern, intervals = scheme.access_pattern, context.intervals
    units = {"sz": Unit.BYTES, "nr_accesses": Unit.COUNT, "age": Unit.COUNT}
    for name, unit in units.items():
        limits: Range = getattr(pattern, name)
        if limits.min > limits.max:
            low, high = (format_exact(unit, value) for value in (limits.min, limits.max))
            yield f"access_pattern.{name}.max", f"{high} is below min, which is {low}: no region ever matches"
    smallest = min_region_bytes(context)
    if pattern.sz.min <= pattern.sz.max < smallest:
        least = format_bytes_exact(smallest)
        yield "access_pattern.sz.max", f"{format_bytes_exact(pattern.sz.max)} is below the least region, {least}"
    checks = max(1, intervals.aggr_us // max(intervals.sample_us, 1))
    if checks < pattern.nr_accesses.min <= pattern.nr_accesses.max:
        yield (
            "access_pattern.nr_accesses.min",
            f"{format_count(pattern.nr_accesses.min)} is never reached: "
            f"an aggregation has {format_count(checks)} checks, aggr_us by sample_us",
        )
    if pattern.age.min <= pattern.age.max and pattern.age.min * intervals.aggr_us > LONG_AGE_US:
        yield "access_pattern.age.min", _long_age(pattern.age.min, intervals)


def _long_age(age: int, intervals: Intervals) -> str:
    """What so many aggregations come to; and what was meant, if they are a round time in us or ms."""
    text = f"{format_count(age)} aggregations are {format_us(age * intervals.aggr_us)}: age is counted in aggregations"
    for unit, us in (("us", 1), ("ms", 1_000)):
        meant, rest = divmod(age * us, intervals.aggr_us)
        if not rest and meant * intervals.aggr_us <= LONG_AGE_US:
            return f"{text}, and {format_count(age)} {unit} would be {format_count(meant)} of them"
    return f"{text} of {format_us(intervals.aggr_us)}"


def _quotas(scheme: Scheme, context: Context, kernel: Kernel) -> _Found:
    """Specification section 7."""
    quotas = scheme.quotas
    goals = quotas.goals if kernel.has(Feature.QUOTA_GOALS) else ()
    if (quotas.time_ms or quotas.sz_bytes or goals) and not quotas.reset_interval_ms:
        every = scheme.apply_interval_us or context.intervals.aggr_us
        yield (
            "quotas.reset_interval_ms",
            f"0 ms starts the quota anew at each turn of the scheme, every {format_us(every)}: give a longer time",
        )
    smallest = min_region_bytes(context)
    if 0 < quotas.sz_bytes < smallest:
        size, least = format_bytes(quotas.sz_bytes), format_bytes_exact(smallest)
        yield "quotas.sz_bytes", f"{size} is less than the least region, so that nothing is done: give at least {least}"
    for index, goal in enumerate(goals):
        if not goal.target_value:
            yield f"quotas.goals[{index}].target_value", "0 makes the kernel leave this goal out"


def _watermarks(marks: Watermarks) -> _Found:
    """Specification section 8."""
    if marks.metric == "none":
        return
    high, mid, low = (format_permil(value) for value in (marks.high, marks.mid, marks.low))
    if marks.mid > marks.high:
        yield "watermarks.mid", f"{mid} is above high, which is {high}: give them so that high ≥ mid ≥ low"
    if marks.low > marks.mid:
        yield "watermarks.low", f"{low} is above mid, which is {mid}: give them so that high ≥ mid ≥ low"
    elif marks.low > 1000:
        yield "watermarks.low", f"{low} is more than all memory, so that the scheme is always off"


def _filters(scheme: Scheme, context: Context) -> _Found:
    """Specification section 6.5: vaddr passes the filters of pages over when it advises the kernel."""
    if context.ops == "paddr" or scheme.action not in _MADVISE:
        return
    for index, item in enumerate(scheme.filters):
        if item.type not in _CORE_FILTERS:
            yield (
                f"filters[{index}].type",
                f"{item.type} is passed over by {context.ops} with {scheme.action}: only addr and target count there",
            )
