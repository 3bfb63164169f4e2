"""What to change about the intervals: the change itself, all that has to go with it, and why."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from damotui.session.intervals_found import Found
from engine.config.model import UINT_MAX, Context, Intervals, IntervalsGoal, Range, Scheme
from engine.units import format_percent, format_us

CHECKS = 20
"""Checks per aggregation that the kernel's guide recommends."""
GOAL = IntervalsGoal(access_bp=400, aggrs=3, min_sample_us=5_000, max_sample_us=10_000_000)
"""What the kernel's guide recommends for auto-tuning; the range holds for what is proposed without it, too."""
MOST_AT_ONCE = 10
"""No step is longer: what is expected rests on what was found, and further away less and less of it holds."""
_LEAST_EXPECTED = 0.0005
"""Below it a ratio is shown as 0.0 %."""
SAMPLES_US: tuple[int, ...] = tuple(step * 10**power for power in range(3, 8) for step in (1, 2, 5))
"""Sampling intervals to choose from."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change, to be staged as a whole."""

    label: str
    """What it does, in a few words: `sample_us 20 ms, aggr_us 400 ms`."""
    reason: str
    context: Context
    """What the context would be."""
    changes: tuple[str, ...]
    """Each value that changes, in words: `scheme 1: age min from 30 to 3, still 3 s`."""


def about_right(found: Found, goal: float) -> bool:
    """Whether the ratio is near the goal: less than a step of 1-2-5 would bring about on average."""
    return goal / 2 <= found.ratio <= goal * 2


def better_sample_us(found: Found, goal: float) -> int | None:
    """The sampling interval that is expected to come nearest to the goal; None if none is expected to do better.

    Where no access was found at all, nothing can be expected: then it is as much longer as a step may be.
    """
    within = [
        us
        for us in SAMPLES_US
        if GOAL.min_sample_us <= us <= GOAL.max_sample_us
        and found.sample_us / MOST_AT_ONCE <= us <= max(found.sample_us * MOST_AT_ONCE, GOAL.min_sample_us)
    ]
    if not found.hits:
        longer = [us for us in within if us > found.sample_us]
        return longer[-1] if longer else None

    def distance(us: int) -> float:
        return abs(math.log(max(found.expected(us), 1e-9) / goal))

    best = min(within, key=distance, default=None)
    # What moves the ratio by less than a tenth is not worth a change.
    if best is None or distance(best) > distance(found.sample_us) - 0.1:
        return None
    return best


def other_intervals(context: Context, found: Found, sample_us: int) -> Proposal:
    """Other intervals, with the patterns of the schemes meaning the same times and rates as before."""
    aggr_us = sample_us * CHECKS
    before, intervals = context.intervals, replace(context.intervals, sample_us=sample_us, aggr_us=aggr_us)
    changes = [_from_to("sample_us", before.sample_us, sample_us), _from_to("aggr_us", before.aggr_us, aggr_us)]
    schemes = []
    for index, scheme in enumerate(context.schemes):
        after = _converted(scheme, before, intervals)
        changes += [f"scheme {index}: {words}" for words in _differences(scheme, after, before, intervals)]
        schemes.append(after)
    return Proposal(
        label=f"sample_us {format_us(sample_us)}, aggr_us {format_us(aggr_us)}",
        reason=_reason(found, sample_us),
        context=replace(context, intervals=intervals, schemes=tuple(schemes)),
        changes=tuple(changes),
    )


def _reason(found: Found, sample_us: int) -> str:
    times = sample_us / max(found.sample_us, 1)
    step = f"{times:,.0f} times as long" if times > 1 else f"{1 / times:,.0f} times as short"
    share = found.expected(sample_us)
    if share < _LEAST_EXPECTED:
        some = "next to nothing" if found.hits else "nothing"
        return f"{step}, and then look again: {some} was found, so how much longer is not known"
    expected = format_percent(100 * share)
    if times > 1:
        return f"{step}: {expected} or more are to be expected; of what was never found accessed nothing is known"
    return f"{step}: about {expected} are to be expected, if pages are touched at random times"


def auto_tuning(context: Context) -> Proposal:
    """The kernel's own tuning, as its guide recommends it."""
    before = context.intervals
    sample_us = min(max(before.sample_us, GOAL.min_sample_us), GOAL.max_sample_us)
    aggr_us = before.aggr_us if sample_us == before.sample_us else sample_us * CHECKS
    changes = ["goal: access_bp 4 %, aggrs 3, sample_us from 5 ms to 10 s"]
    if sample_us != before.sample_us:
        changes += [_from_to("sample_us", before.sample_us, sample_us), _from_to("aggr_us", before.aggr_us, aggr_us)]
    reason = "both intervals then follow what is found, at most by half or double every 3 aggregations"
    if any(_has_age(scheme) for scheme in context.schemes):
        reason += "; ages of schemes are counted in aggregations, so that what they mean in time changes, too"
    intervals = replace(before, sample_us=sample_us, aggr_us=aggr_us, goal=GOAL)
    return Proposal("auto-tuning: intervals_goal on", reason, replace(context, intervals=intervals), tuple(changes))


def more_regions(context: Context) -> Proposal:
    """Room for regions to be split."""
    limits = context.nr_regions
    most = next(step * 10**power for power in range(1, 20) for step in (1, 2, 5) if step * 10**power > limits.max)
    return Proposal(
        label=f"nr_regions max {most:,}",
        reason="regions are split while there are no more than half of max; each costs checks, and time of a CPU",
        context=replace(context, nr_regions=replace(limits, max=most)),
        changes=(f"nr_regions max from {limits.max:,} to {most:,}",),
    )


def _from_to(name: str, before: int, after: int) -> str:
    return f"{name} from {format_us(before)} to {format_us(after)}"


def _has_age(scheme: Scheme) -> bool:
    age = scheme.access_pattern.age
    return bool(age.min) or age.max < UINT_MAX


def _checks(intervals: Intervals) -> int:
    return max(intervals.aggr_us // max(intervals.sample_us, 1), 1)


def _converted(scheme: Scheme, before: Intervals, after: Intervals) -> Scheme:
    """The scheme with ages of about the same time, and access counts of about the same share."""
    pattern = scheme.access_pattern
    age = _scaled(pattern.age, before.aggr_us / after.aggr_us)
    nr = _scaled(pattern.nr_accesses, _checks(after) / _checks(before))
    return replace(scheme, access_pattern=replace(pattern, age=age, nr_accesses=nr))


def _scaled(limits: Range, factor: float) -> Range:
    return Range(*(_scaled_one(value, factor) for value in (limits.min, limits.max)))


def _scaled_one(value: int, factor: float) -> int:
    """0 and what stands for no limit stay; nothing else becomes 0, which means something of its own."""
    return max(round(value * factor), 1) if 0 < value < UINT_MAX else value


def _differences(before: Scheme, after: Scheme, old: Intervals, new: Intervals) -> Iterator[str]:
    for name in ("age", "nr_accesses"):
        for end in ("min", "max"):
            was, now = (getattr(getattr(one.access_pattern, name), end) for one in (before, after))
            if was == now:
                continue
            words = f"{name} {end} from {was:,} to {now:,}"
            if name == "age":
                time, then = format_us(was * old.aggr_us), format_us(now * new.aggr_us)
                words += f", still {time}" if then == time else f", {then} in place of {time}"
            yield words
