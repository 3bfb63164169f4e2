"""Intervals that tune themselves towards a share of accesses (section 10.1), end to end."""

from __future__ import annotations

import pytest

from engine.config.model import Intervals, IntervalsGoal, Target
from engine.engine import Engine
from engine.snapshot import Aggregation
from engine.workload.library import Workload
from tests.engine.make import MIB, collect, engine, kdamond, workload
from tests.engine.running import pid_of, status, with_context
from tests.engine.schemes.acting import HALF_COLD

SLOW = workload({"a": 256 * MIB}, (1_000_000, [("a", True, 4096, 1)]), accesses_per_ms=60, batch=60)
"""Random pages, each once in about a second."""


def tuned(
    load: Workload = SLOW, goal: IntervalsGoal | None = None, seconds: int = 60
) -> tuple[Engine, list[Aggregation]]:
    """A system that has tuned its intervals, and what it found."""
    system = engine()
    pid = pid_of(system, load)
    seen = collect(system)
    goal = goal or IntervalsGoal(400, 3, 5_000, 10_000_000)
    config = kdamond(Target(pid))
    system.turn_on(0, with_context(config, intervals=Intervals(5_000, 100_000, 60_000_000, goal)))
    system.advance(seconds * 1_000_000)
    return system, seen


def observed_bp(a: Aggregation) -> float:
    """The share of the checks that found an access, weighted by size, in 1/10,000."""
    size = (a.end - a.start).astype(float)
    return float((size * a.nr_accesses).sum() / (size.sum() * a.max_nr_accesses) * 10_000)


def test_intervals_move_towards_the_goal_and_are_shown() -> None:
    system, seen = tuned()
    assert observed_bp(seen[0]) < 100
    # Checks are few, so that it goes up and down around the goal.
    late = [observed_bp(a) for a in seen[-15:]]
    assert 250 < sum(late) / 15 < 800
    shown = status(system)
    assert shown.intervals is not None and shown.config is not None
    assert shown.intervals.sample_us > 15_000
    # The ratio stays, what the user asked for stays, and an aggregation says what it was made with.
    assert shown.intervals.aggr_us == 20 * shown.intervals.sample_us
    assert shown.config.contexts[0].intervals.sample_us == 5_000
    assert all(a.max_nr_accesses == 20 for a in seen)
    assert len({a.sample_us for a in seen}) > 3


def test_intervals_change_after_every_third_aggregation() -> None:
    _, seen = tuned(seconds=5)
    changes = [i for i in range(1, len(seen)) if seen[i].sample_us != seen[i - 1].sample_us]
    assert changes and all(i % 3 == 0 for i in changes)
    # Nothing found doubles them, at most.
    assert all(seen[i].sample_us <= 2 * seen[i - 1].sample_us for i in changes)
    assert all(a.end_us - a.start_us == a.aggr_us for a in seen)


@pytest.mark.parametrize(("share", "bound"), [(1, 5_000), (9_900, 40_000)])
def test_bounds_are_kept(share: int, bound: int) -> None:
    system, seen = tuned(HALF_COLD if share == 1 else SLOW, IntervalsGoal(share, 2, 5_000, 40_000), seconds=20)
    assert {5_000 <= a.sample_us <= 40_000 for a in seen} == {True}
    shown = status(system).intervals
    assert shown is not None and shown.sample_us == bound


def test_a_commit_puts_the_users_intervals_in_force_again() -> None:
    system, seen = tuned()
    config = status(system).config
    assert config is not None
    system.commit(0, config)
    before = len(seen)
    system.advance(1_000_000)
    shown = seen[before:]
    assert shown[0].sample_us > 15_000 or shown[0].sample_us == 5_000
    assert 5_000 in {a.sample_us for a in shown}


def test_kernels_before_it_do_not_tune() -> None:
    system = engine("6.12")
    pid = pid_of(system, SLOW)
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid)))
    system.advance(5_000_000)
    assert {a.sample_us for a in seen} == {5_000}
