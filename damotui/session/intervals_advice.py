"""Whether the intervals of a kdamond suit what it finds: a verdict, what it rests on, and what could be changed.

After the kernel's tuning guide and its auto-tuning. What is said of schemes and regions are signs of the same thing:
intervals that are too short find next to nothing, those that are too long find everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from damotui.session.intervals_found import Found, found_of
from damotui.session.intervals_proposal import (
    CHECKS,
    GOAL,
    Proposal,
    about_right,
    auto_tuning,
    better_sample_us,
    more_regions,
    other_intervals,
)
from damotui.session.snapshot_budget import CHECK_NS, cpu_share
from engine.config.model import UINT_MAX, Context
from engine.snapshot import Aggregation
from engine.units import format_percent, format_us
from engine.versions import Feature, Kernel

LEAST = 5
"""Of fewer aggregations nothing is said."""
ADAPTING = 20
"""Aggregations after which regions have adapted, as damo's report wss has it."""
FEW_HITS = 30
"""With fewer accesses found, a ratio is a matter of luck."""
_EXTREME = 0.98
"""Share of the bytes from which on almost all is never, or always, accessed."""
_COARSE_AGE = 3
"""An age below it, in aggregations, is hardly told from chance."""
_DEAR = 0.03
"""CPU share above which monitoring costs more than what people report of it."""


class Verdict(Enum):
    """What is to be said of the intervals."""

    UNKNOWN = "not known yet"
    SHORT = "too short"
    RIGHT = "about right"
    LONG = "too long"


@dataclass(frozen=True, slots=True)
class Sign:
    """One figure, and what it means here."""

    name: str
    figure: str
    meaning: str
    good: bool | None = None
    """Whether it speaks for the intervals, or against them; None for neither."""


@dataclass(frozen=True, slots=True)
class Advice:
    """All that there is to say."""

    verdict: Verdict
    because: str
    """Why, in a sentence or two."""
    signs: tuple[Sign, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    found: Found | None = None


def advise(
    aggregations: Sequence[Aggregation],
    running: Context | None,
    staged: Context | None,
    kernel: Kernel,
    checks_per_s: float = 0.0,
) -> Advice:
    """The advice on a kdamond.

    Args:
        aggregations: the last ones, of the same intervals (`intervals_found.recent`).
        running: what the kdamond runs with, or last ran with.
        staged: what is staged of it, and would be changed; None where nothing can be.
        kernel: decides what can be proposed.
        checks_per_s: as the kdamond counts them; 0 where it does not, and regions as merged tell at least how many.
    """
    found = found_of(aggregations)
    if running is None or found is None or found.aggregations < LEAST:
        return Advice(Verdict.UNKNOWN, _too_little(found.aggregations if found else 0))
    tuning = running.intervals.goal
    goal = (tuning.access_bp if tuning.aggrs else GOAL.access_bp) / 10_000
    better = better_sample_us(found, goal)
    verdict = _verdict(found, goal, better)
    signs = tuple(_signs(found, running, goal, checks_per_s or found.checks_per_s))
    proposals = tuple(_proposals(found, staged, verdict, better, kernel)) if staged is not None else ()
    return Advice(verdict, _because(found, goal, verdict, tuned=bool(tuning.aggrs)), signs, proposals, found)


def _too_little(number: int) -> str:
    return f"{number} aggregation{'s' * (number != 1)} with these intervals so far, and {LEAST} are the least to tell"


def _verdict(found: Found, goal: float, better: int | None) -> Verdict:
    if about_right(found, goal) or better is None:
        return Verdict.RIGHT
    return Verdict.SHORT if better > found.sample_us else Verdict.LONG


def _because(found: Found, goal: float, verdict: Verdict, *, tuned: bool) -> str:
    observed, aim = _percent(found.ratio), _percent(goal)
    said = f"{observed} of the accesses that could be observed were, and {aim} are aimed at"
    match verdict:
        case Verdict.SHORT:
            said += ": longer intervals let each check find more"
        case Verdict.LONG:
            said += ": shorter intervals tell hot from warm"
        case _ if found.ratio > 2 * goal and found.sample_us <= GOAL.min_sample_us:
            said += (
                f", but {format_us(GOAL.min_sample_us)} is the shortest sample_us that the kernel's guide recommends"
            )
        case _ if found.ratio > 2 * goal:
            said += f". {_percent(found.always)} of the memory is accessed at each check, which no shorter interval"
            said += f" from {format_us(GOAL.min_sample_us)} on is expected to change"
        case _ if found.ratio < goal / 2:
            said += f", which no interval up to {format_us(GOAL.max_sample_us)} is expected to come nearer to"
        case _:
            said += ": within half and double of it, a change is not worth it"
    return said + ("; auto-tuning is on, and sees to it" if tuned else "")


def _signs(found: Found, running: Context, goal: float, checks_per_s: float) -> Iterator[Sign]:
    yield Sign(
        "looked at",
        f"{found.aggregations} aggregations, {format_us(found.span_us)}",
        "regions may have to adapt yet" if found.aggregations < ADAPTING else "all with these intervals",
        None if found.aggregations >= ADAPTING else False,
    )
    low, high = _percent(found.low), _percent(found.high)
    spread = f"from {low} to {high} in eight of ten aggregations" if low != high else "and that all the time"
    yield Sign(
        "observed",
        f"{_percent(found.ratio)} of the possible",
        f"{spread}; the goal is {_percent(goal)}",
        about_right(found, goal),
    )
    few = found.hits < FEW_HITS
    yield Sign(
        "accesses",
        f"{found.hits:,} checks found one",
        "too few for a ratio to rely on" if few else "enough for a ratio",
        not few,
    )
    yield Sign("never accessed", f"{_percent(found.never)} of the bytes", *_cold(found))
    yield Sign("at each check", f"{_percent(found.always)} of the bytes", *_hot(found))
    yield from _about_regions(found, running)
    yield Sign("checks", f"{found.checks} in an aggregation", *_levels(found))
    yield Sign("sampling", f"every {format_us(found.sample_us)}", *_sampling(found))
    looks = found.look_us / max(found.aggr_us, 1)
    yield Sign(
        "looks",
        f"half is looked at less than once in {format_us(found.look_us)}",
        f"{looks:,.0f} aggregations: what changes faster is found by luck" if looks >= 2 else "often enough",
    )
    yield from _about_ages(running)
    share = cpu_share(checks_per_s)
    dear = share > _DEAR
    yield Sign(
        "cost",
        f"{checks_per_s:,.0f} checks/s, {_percent(share)} of a CPU",
        f"at {CHECK_NS:.0f} ns a check" + (": longer intervals or fewer regions cost less" if dear else ""),
        False if dear else None,
    )


def _cold(found: Found) -> tuple[str, bool | None]:
    if found.never >= _EXTREME:
        return "almost all: nothing to tell apart but by age", False
    return "what age, and so idle time, is measured on", None


def _hot(found: Found) -> tuple[str, bool | None]:
    if found.always >= _EXTREME:
        return "almost all: nothing to tell apart", False
    if not found.always:
        return "nothing is as hot as can be told", None
    return "as hot as can be told; among them nothing is told apart", None


def _about_regions(found: Found, running: Context) -> Iterator[Sign]:
    limits = running.nr_regions
    figure = f"{found.regions:,.0f} of {limits.min:,} to {limits.max:,}"
    if found.regions > limits.max / 2:
        yield Sign("regions", figure, "more than half of max: they are split no more, which is coarse", False)
    elif found.regions <= 1.5 * limits.min and found.never >= _EXTREME:
        yield Sign("regions", figure, "hardly more than min: splitting finds no differences to keep", False)
    else:
        yield Sign("regions", figure, "room to be split", True)


def _levels(found: Found) -> tuple[str, bool | None]:
    if found.checks == CHECKS:
        return "as the kernel's guide recommends", True
    if found.checks < CHECKS:
        return f"{found.checks + 1} rates can be told apart; the guide recommends {CHECKS} checks", False
    return f"more than the {CHECKS} of the guide, which tell enough apart, and cost less", False


def _sampling(found: Found) -> tuple[str, bool | None]:
    often = f"what is touched more than {1e6 / max(found.sample_us, 1):,.4g} times a second looks alike"
    if found.sample_us > GOAL.max_sample_us:
        return f"{often}; the guide has {format_us(GOAL.max_sample_us)} for the longest", False
    return often, None


def _about_ages(running: Context) -> Iterator[Sign]:
    aggr_us = running.intervals.aggr_us
    for index, scheme in enumerate(running.schemes):
        age = scheme.access_pattern.age
        bounds = [value for value in (age.min, age.max) if 0 < value < UINT_MAX]
        if bounds:
            fine = min(bounds) >= _COARSE_AGE
            yield Sign(
                f"age of scheme {index}",
                " to ".join(f"{value:,} × {format_us(aggr_us)} = {format_us(value * aggr_us)}" for value in bounds),
                "fine enough" if fine else f"below {_COARSE_AGE} aggregations it is hardly told from chance",
                fine,
            )


def _proposals(
    found: Found, staged: Context, verdict: Verdict, better: int | None, kernel: Kernel
) -> Iterator[Proposal]:
    tuned = bool(staged.intervals.goal.aggrs) and kernel.has(Feature.INTERVALS_GOAL)
    if not tuned and better is not None and verdict is not Verdict.RIGHT:
        yield other_intervals(staged, found, better)
    if not tuned and kernel.has(Feature.INTERVALS_GOAL):
        yield auto_tuning(staged)
    if found.regions > staged.nr_regions.max / 2:
        yield more_regions(staged)


def _percent(share: float) -> str:
    percent = 100 * share
    if 0 < percent < 0.001:
        return "less than 0.001 %"
    return format_percent(percent, 0 if percent >= 10 else 1 if percent >= 1 else 2 if percent >= 0.1 else 3)
