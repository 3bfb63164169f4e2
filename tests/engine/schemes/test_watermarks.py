"""Watermarks decide when schemes are active, and a kdamond none of whose schemes is sleeps (section 8)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.model import Scheme, Target, Watermarks
from engine.engine import Engine
from tests.engine.make import EXAMPLES, GIB, MIB, collect, engine, kdamond, stat, workload
from tests.engine.running import BOTH, pid_of, status, with_context
from tests.engine.schemes.acting import cold, machine, process

LEAK = workload(
    {f"r{i:02}": 64 * MIB for i in range(12)},
    *[(2_000, [(f"r{i:02}", False, 4096, 1)]) for i in range(12)],
)
"""64 MiB more are needed every two seconds, and nothing of it again."""


def watched(high: int, mid: int, low: int, interval_us: int = 500_000, action: str = "stat") -> Scheme:
    return replace(cold(action, age=3), watermarks=Watermarks("free_mem_rate", interval_us, high, mid, low))


def free_rate(system: Engine) -> int:
    shown = system.snapshot()
    return shown.free_bytes * 1_000 // shown.memory_bytes


def test_a_leak_crosses_the_watermarks_one_after_the_other() -> None:
    """It sleeps above high, is on from below mid, and off below low: within an interval, and at once, by turns."""
    system = engine(memory_bytes=GIB, swap_bytes=0)
    pid = pid_of(system, LEAK)
    system.turn_on(0, kdamond(Target(pid), schemes=[watched(900, 600, 300)]))
    shown: list[tuple[int, int, bool]] = []
    while process(system, pid).running:
        system.advance(100_000)
        if status(system).running:
            shown.append((system.now_us, free_rate(system), not status(system).asleep))
    turned = [(b[0], b[1], b[2]) for a, b in pairwise(shown) if a[2] != b[2]]
    assert [awake for *_, awake in turned] == [True, False]
    (on_us, on_rate, _), (off_us, off_rate, _) = turned
    assert 300 <= on_rate < 600 and off_rate < 300
    below_mid = next(time for time, rate, _ in shown if rate < 600)
    below_low = next(time for time, rate, _ in shown if rate < 300)
    assert 0 <= on_us - below_mid <= 500_000
    assert 0 <= off_us - below_low <= 100_000


def test_an_inactive_kdamond_finds_nothing_and_stands_still() -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, LEAK)
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid), schemes=[watched(100, 50, 10)]))
    system.advance(5_000_000)
    shown = status(system)
    assert shown.asleep and shown.running and not shown.scheme_states[0].active
    assert seen == [] and shown.checks == 0 and shown.schemes[0].nr_tried == 0
    assert system.next_event_us() == 5_500_000


@pytest.mark.parametrize("kernel", ["7.1", "next"])
def test_a_commit_wakes_a_sleeper_at_its_next_look(kernel: str) -> None:
    system = engine(kernel, memory_bytes=GIB)
    pid = pid_of(system, LEAK)
    seen = collect(system)
    config = kdamond(Target(pid), schemes=[watched(100, 50, 10)])
    system.turn_on(0, config)
    system.advance(600_000)
    system.commit(0, with_context(config, schemes=(stat(),)))
    system.advance(399_999)
    assert status(system).asleep and status(system).config == config
    system.advance(1)
    assert not status(system).asleep
    system.advance(100_000)
    assert [a.end_us for a in seen] == [1_100_000]


def test_6_12_takes_a_commit_only_when_it_is_awake() -> None:
    """On that kernel writing `commit` blocks until memory is short enough (recordings of 6.12.107)."""
    system = engine("6.12", memory_bytes=GIB, swap_bytes=0)
    pid = pid_of(system, LEAK)
    config = kdamond(Target(pid), schemes=[watched(900, 600, 300)])
    system.turn_on(0, config)
    system.advance(300_000)
    if not status(system).asleep:
        system.advance(3_000_000)
    committed = with_context(config, schemes=(stat(),))
    system.commit(0, committed)
    system.advance(2_000_000)
    assert status(system).config == config
    while status(system).asleep:
        system.advance(100_000)
    assert status(system).config == config
    system.advance(500_000)
    assert status(system).config == committed


def test_an_active_scheme_keeps_the_kdamond_awake_and_others_idle() -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, LEAK)
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid), schemes=[watched(100, 50, 10), stat()]))
    system.advance(2_000_000)
    shown = status(system)
    assert not shown.asleep and len(seen) == 20
    assert [s.active for s in shown.scheme_states] == [False, True]
    assert shown.schemes[0].nr_tried == 0 < shown.schemes[1].nr_tried


def test_two_sleepers_wait_for_the_shorter_interval() -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, LEAK)
    schemes = [watched(100, 50, 10, interval_us=700_000), watched(100, 50, 10, interval_us=300_000)]
    system.turn_on(0, kdamond(Target(pid), schemes=schemes))
    assert system.next_event_us() == 300_000


def test_a_sleeper_notices_at_its_next_look_that_its_target_has_ended() -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, LEAK)
    system.turn_on(0, kdamond(Target(pid), schemes=[watched(100, 50, 10)]))
    system.advance(700_000)
    system.kill_process(pid)
    assert status(system).running
    system.advance(300_000)
    assert not status(system).running


def test_a_walk_is_cancelled_by_sleep() -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, LEAK)
    system.turn_on(0, kdamond(Target(pid), schemes=[watched(100, 50, 10)]))
    walk = system.tried_regions(0)
    system.advance(500_000)
    assert walk.cancelled and walk.results == {}


def test_proactive_reclaim_holds_free_memory_near_its_watermarks() -> None:
    """Without it the leak takes all; with it kdamond pages out until there is more than `high`, and sleeps then."""
    free = {}
    for action in ("stat", "pageout"):
        system = engine(memory_bytes=GIB)
        pid = pid_of(system, LEAK)
        system.turn_on(0, kdamond(Target(pid), schemes=[watched(500, 400, 50, interval_us=100_000, action=action)]))
        system.advance(23_000_000)
        free[action] = free_rate(system)
        if action == "pageout":
            assert machine(system).saved_bytes > 200 * MIB
    assert free["stat"] < 250
    assert free["pageout"] > 350


@BOTH
@settings(EXAMPLES, max_examples=12)
@given(
    marks=st.lists(st.integers(0, 1_000), min_size=3, max_size=3).map(sorted),
    interval_ms=st.integers(100, 900),
)
def test_no_scheme_acts_while_its_watermarks_say_off(kernel: str, marks: list[int], interval_ms: int) -> None:
    """Whatever the watermarks, in each interval at the end of which it was off both times it did nothing."""
    low, mid, high = marks
    system = engine(kernel, memory_bytes=GIB, swap_bytes=0)
    pid = pid_of(system, LEAK)
    config = kdamond(
        Target(pid), schemes=[watched(high, mid, low, interval_ms * 1_000), stat()], nr_max=20, sample_us=10_000
    )
    system.turn_on(0, config)
    before = False, status(system).schemes[0]
    for _ in range(60):
        system.advance(100_000)
        shown = status(system)
        rate = free_rate(system)
        off = not shown.scheme_states[0].active
        # Within the interval the rate may have been elsewhere; here it only falls.
        if off and before[0]:
            assert shown.schemes[0] == before[1]
        if rate > high or rate < low:
            assert off or system.now_us == 0
        before = off, shown.schemes[0]


@BOTH
def test_hysteresis(kernel: str) -> None:
    """Between mid and high it stays what it was, whichever side it came from."""
    system = engine(kernel, memory_bytes=GIB)
    grows = workload({"a": 300 * MIB, "b": 300 * MIB}, *[(1_000, [("a", False, 4096, 1)])] * 60)
    pid = pid_of(system, grows)
    system.turn_on(0, kdamond(Target(pid), schemes=[watched(800, 500, 100, interval_us=100_000)]))
    system.advance(1_000_000)
    assert 500 < free_rate(system) < 800
    # It began far above high.
    assert status(system).asleep
    second = pid_of(system, workload({"c": 250 * MIB}, (60_000, [("c", False, 4096, 1)])))
    system.advance(1_000_000)
    assert free_rate(system) < 500
    assert not status(system).asleep
    system.kill_process(second)
    system.advance(1_000_000)
    assert 500 < free_rate(system) < 800
    assert not status(system).asleep
    system.kill_process(pid)
    system.advance(200_000)
    assert not status(system).running
