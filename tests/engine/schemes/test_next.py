"""What is newer than 7.1: pausing a context, and charging failures at a rate of their own."""

from __future__ import annotations

import pytest

from engine.config.model import Quotas, Target
from engine.engine import Engine
from engine.errors import InputError
from engine.snapshot import Aggregation
from tests.engine.make import GIB, MIB, collect, engine, fingerprint, kdamond, stat
from tests.engine.running import pid_of, status, with_context
from tests.engine.schemes.acting import HALF_COLD, cold, pages, scheme

# Pausing (sections 2.3 and 10.5)


def started(**more: bool) -> tuple[Engine, list[Aggregation]]:
    system = engine("next", memory_bytes=GIB)
    pid_of(system, HALF_COLD)
    seen = collect(system)
    system.turn_on(0, with_context(kdamond(Target(), schemes=[stat()]), **more))
    return system, seen


def pause(system: Engine, on: bool) -> None:
    config = status(system).config
    assert config is not None
    system.commit(0, with_context(config, pause=on))


@pytest.mark.parametrize("at_us", [300_000, 333_000])
def test_a_paused_context_stands_still_and_goes_on_where_it_was(at_us: int) -> None:
    system, seen = started()
    system.advance(at_us)
    pause(system, True)
    system.advance(5_000)
    found, shown = len(seen), status(system)
    system.advance(2_000_000)
    still = status(system)
    assert len(seen) == found
    assert (still.checks, still.schemes, still.nr_regions) == (shown.checks, shown.schemes, shown.nr_regions)
    assert still.running
    pause(system, False)
    system.advance(1_000_000)
    assert len(seen) == found + 10
    ends = [a.end_us for a in seen]
    # The aggregation that was under way has lost nothing but time.
    assert ends[found] - ends[found - 1] == pytest.approx(100_000 + 2_000_000, abs=10_000)
    assert all(b - a == 100_000 for a, b in zip(ends[found:], ends[found + 1 :], strict=False))
    assert seen[found].nr_accesses.max() == 20


def test_a_context_that_starts_paused_has_checked_once() -> None:
    system, seen = started(pause=True)
    system.advance(1_000_000)
    shown = status(system)
    assert shown.checks == shown.nr_regions and seen == []
    # There is nothing to wait for but the end of the process.
    assert system.next_event_us() > 1_000_000_000
    pause(system, False)
    system.advance(105_000)
    assert len(seen) == 1


def test_a_walk_is_cancelled_by_a_pause() -> None:
    system, _ = started()
    system.advance(300_000)
    before = system.tried_regions(0)
    pause(system, True)
    system.advance(5_000)
    assert before.cancelled
    assert system.tried_regions(0).cancelled


def test_a_paused_kdamond_ends_with_its_target() -> None:
    system, _ = started()
    system.advance(300_000)
    pause(system, True)
    system.advance(300_000)
    system.kill_process(1_001)
    system.advance(5_000)
    assert not status(system).running


def test_commits_come_into_force_while_it_pauses() -> None:
    system, _ = started(pause=True)
    system.advance(100_000)
    config = status(system).config
    assert config is not None
    system.commit(0, with_context(config, schemes=()))
    system.advance(5_000)
    assert status(system).config == with_context(config, schemes=())
    assert status(system).schemes == ()


def test_a_pause_is_the_same_however_time_is_cut() -> None:
    def play(step_us: int) -> list[tuple[object, ...]]:
        system, seen = started()
        for at_us, on in ((333_000, True), (700_001, False), (1_500_000, True), (1_500_100, False), (2_500_000, True)):
            while system.now_us < at_us:
                system.advance(min(step_us, at_us - system.now_us))
            pause(system, on)
        return [fingerprint(a) for a in seen]

    assert play(7_300) == play(10_000_000)


def test_7_1_refuses_to_pause() -> None:
    system = engine("7.1", memory_bytes=GIB)
    pid_of(system, HALF_COLD)
    with pytest.raises(InputError, match="pause"):
        system.turn_on(0, with_context(kdamond(Target()), pause=True))


def test_without_schemes_a_walk_is_refused_and_one_under_way_cancelled() -> None:
    system, _ = started()
    walk = system.tried_regions(0)
    config = status(system).config
    assert config is not None
    system.commit(0, with_context(config, schemes=()))
    system.advance(100_000)
    assert walk.cancelled
    with pytest.raises(InputError, match="no schemes"):
        system.tried_regions(0)


# Charging failures


def test_failures_cost_less_where_they_have_a_rate() -> None:
    """lru_prio does nothing under vaddr: at a thousandth of its size, a small budget goes around all of memory."""
    tried = {}
    for num, denom in ((0, 0), (1, 1_000)):
        quota = Quotas(sz_bytes=MIB, reset_interval_ms=100, fail_charge_num=num, fail_charge_denom=denom)
        system = engine("next", memory_bytes=GIB)
        pid = pid_of(system, HALF_COLD)
        system.turn_on(0, kdamond(Target(pid), schemes=[scheme("lru_prio", quotas=quota)]))
        system.advance(1_000_000)
        tried[denom] = status(system).schemes[0].sz_tried
        assert status(system).schemes[0].sz_applied == 0
    assert tried[0] == 10 * MIB
    assert tried[1_000] > 50 * tried[0]


def test_what_succeeds_costs_what_it_is() -> None:
    quota = Quotas(sz_bytes=4 * MIB, reset_interval_ms=1_000, fail_charge_num=1, fail_charge_denom=1_000)
    system = engine("next", memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout", quotas=quota, sz=(4_096, 2**40))]))
    system.advance(8_000_000)
    assert pages(system, pid, 1, "swapped") <= 8 * 4 * MIB // 4_096
    assert pages(system, pid, 1, "swapped") >= 4 * 4 * MIB // 4_096
