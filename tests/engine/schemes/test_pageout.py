"""Paging out saves memory, and costs when it was wrong (specification section 9.2)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.config.model import Quotas, Scheme, Target
from engine.engine import Engine
from engine.machine.costs import Costs
from engine.workload.library import load_workload
from tests.engine.make import GIB, MIB, collect, engine, kdamond, workload
from tests.engine.running import pid_of, status
from tests.engine.schemes.acting import HALF_COLD, cold, machine, pages, process, ram


def nightly(*schemes: Scheme) -> tuple[Engine, int]:
    """A machine that has run the nightly workload under these schemes, up to the next day."""
    system = engine(memory_bytes=16 * GIB, seed=1)
    pid = pid_of(system, load_workload("nightly"))
    system.turn_on(0, kdamond(Target(pid), schemes=schemes))
    system.advance(200_000_000)
    return system, pid


def test_what_is_cold_leaves_and_costs_nothing_while_nobody_needs_it() -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout")]))
    system.advance(500_000)
    before = process(system, pid)
    system.advance(9_500_000)
    after = process(system, pid)
    saved = before.rss_bytes - after.rss_bytes
    assert saved == pytest.approx(64 * MIB, rel=0.05)
    assert after.saved_bytes == pytest.approx(saved, rel=0.02)
    assert machine(system).saved_bytes == after.saved_bytes
    assert after.swap_bytes == pytest.approx(64 * MIB, rel=0.05)
    assert pages(system, pid, 0, "swapped") <= 2 * MIB // 4096
    # Some eight and a half seconds of 64 MiB.
    assert after.saved_byte_s == pytest.approx(8.5 * 64 * MIB, rel=0.1)
    assert after.slowdown < 0.01
    (stats,) = status(system).schemes
    assert stats.sz_applied == stats.sz_tried > 0


def test_what_is_needed_again_comes_back_and_the_process_waits_for_it() -> None:
    load = workload(
        {"a": 64 * MIB},
        (500, [("a", False, 4096, 1)]),
        (2_000, [("a", False, 4096, 0)]),
        (1_000, [("a", False, 4096, 1)]),
    )
    ends = {}
    for action in ("stat", "pageout"):
        system = engine(memory_bytes=GIB)
        pid = pid_of(system, load)
        system.turn_on(0, kdamond(Target(pid), schemes=[cold(action, age=10)]))
        while not system.finished():
            system.advance(100_000)
        done = process(system, pid)
        ends[action] = done.ended_us or 0
        if action == "pageout":
            assert done.refaults >= 64 * MIB // 4096
            # At 70 us each, and nothing else.
            assert done.slowdown == pytest.approx((ends[action] - 3_500_000) / 3_500_000, abs=0.01)
            assert ends[action] - 3_500_000 == pytest.approx(done.refaults * 70, rel=0.05)
            assert machine(system).refaults == done.refaults
        else:
            assert done.refaults < 100
    assert ends["stat"] == pytest.approx(3_500_000, rel=0.001)


def test_a_kdamond_outlives_what_faults_put_off() -> None:
    """When a process would end is put off by its faults; its kdamond stays until then, and not much longer."""
    load = workload(
        {"a": 200 * MIB, "b": 10 * MIB},
        (1_000, [("a", False, 4096, 1)]),
        (2_000, [("b", False, 4096, 1)]),
        (50, [("a", False, 4096, 1)]),
        accesses_per_ms=1_200,
    )
    system = engine()
    pid = pid_of(system, load)
    system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout")]))
    system.advance(3_040_000)
    while not system.finished():
        assert status(system).running
        system.advance(10_000)
    ended = process(system, pid).ended_us or 0
    assert ended > 4_000_000
    # It may be paging out just then, and looks when it has done that.
    system.advance(200_000)
    assert not status(system).running
    assert status(system).ended_because == "every target process has ended"


def test_nightly_saves_what_the_night_left_behind_and_waits_for_some_of_it() -> None:
    plain, pid = nightly()
    saving, _ = nightly(cold("pageout", age=50))
    without, with_it = process(plain, pid), process(saving, pid)
    # The archive and what was made of it; the sessions of the day are needed.
    assert without.rss_bytes > 5 * GIB > 2 * GIB > with_it.rss_bytes > 320 * MIB
    assert with_it.rss_bytes + with_it.saved_bytes == pytest.approx(without.rss_bytes, rel=0.01)
    figures = machine(saving)
    assert figures.saved_byte_s > 100 * GIB
    assert figures.saved_peak_bytes > 4 * GIB
    assert figures.moved_bytes > figures.saved_peak_bytes
    assert dict(figures.action_ns)["pageout"] > 0
    assert figures.refaults == with_it.refaults > 100_000
    assert 0.05 < with_it.slowdown < 0.5
    assert figures.psi_some_us == pytest.approx(with_it.refaults * 70, rel=0.05)
    unchanged = machine(plain)
    assert (unchanged.saved_byte_s, unchanged.refaults, unchanged.moved_bytes, without.slowdown) == (0.0, 0, 0, 0.0)


def test_zigzag_pays_for_paging_out_too_early() -> None:
    refaults, slowdowns = [], []
    for age in (3, 30, 600):
        system = engine(memory_bytes=16 * GIB, seed=1)
        pid = pid_of(system, load_workload("zigzag"), loop=True)
        system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout", age=age)]))
        system.advance(30_000_000)
        refaults.append(process(system, pid).refaults)
        slowdowns.append(process(system, pid).slowdown)
    assert refaults[0] > refaults[1] >= refaults[2]
    assert slowdowns[0] > slowdowns[1] >= slowdowns[2] >= 0.0
    assert slowdowns[0] > 0.01 > slowdowns[2]


def test_without_swap_only_files_leave() -> None:
    system = engine(memory_bytes=GIB, swap_bytes=0)
    pid = pid_of(system, HALF_COLD)
    system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout")]))
    system.advance(5_000_000)
    assert pages(system, pid, 1, "swapped") == 0
    assert process(system, pid).swap_bytes == 0
    assert machine(system).swap_free_bytes == 0


def test_swap_fills_up_to_its_size() -> None:
    system = engine(memory_bytes=GIB, swap_bytes=10 * MIB)
    pid = pid_of(system, HALF_COLD)
    system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout")]))
    system.advance(10_000_000)
    assert process(system, pid).swap_bytes == 10 * MIB
    assert machine(system).swap_free_bytes == 0


def test_a_byte_quota_is_the_pace() -> None:
    """4 MiB a second of 64 MiB: not more, and as much as there is to do."""
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    quota = Quotas(sz_bytes=4 * MIB, reset_interval_ms=1_000)
    system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout", quotas=quota)]))
    saved = []
    for _ in range(12):
        system.advance(1_000_000)
        saved.append(process(system, pid).saved_bytes)
    steps = [b - a for a, b in pairwise(saved[2:])]
    assert max(steps) <= 4 * MIB
    assert sum(steps) == pytest.approx(len(steps) * 4 * MIB, rel=0.25)
    assert status(system).schemes[0].qt_exceeds >= 8


@pytest.mark.parametrize("physical", [False, True])
def test_physical_memory_is_paged_out_as_well(physical: bool) -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    target = ram(system) if physical else Target(pid)
    system.turn_on(0, kdamond(target, ops="paddr" if physical else "vaddr", schemes=[cold("pageout", age=10)]))
    system.advance(10_000_000)
    assert pages(system, pid, 1, "swapped") * 4096 == pytest.approx(64 * MIB, rel=0.1)
    (stats,) = status(system).schemes
    if physical:
        # What was not there, or found young, is not counted as done.
        assert 0 < stats.sz_applied < stats.sz_tried
    else:
        assert stats.sz_applied == stats.sz_tried


def test_time_spent_paging_out_puts_off_the_next_samples() -> None:
    """64 MiB at 100 us a page are 1.6 s in which a kdamond finds nothing: one that does not act has 16 more."""
    load = workload({"a": 64 * MIB, "b": 4 * MIB}, (1_000, [("a", False, 4096, 1)]), (5_000, [("b", False, 4096, 1)]))
    aggregations: dict[str, int] = {}
    gaps: dict[str, int] = {}
    for action in ("stat", "pageout"):
        system = engine(costs=Costs(pageout_ns=100_000))
        found = collect(system)
        pid = pid_of(system, load)
        system.turn_on(0, kdamond(Target(pid), schemes=[cold(action, age=10)]))
        system.advance(5_900_000)
        aggregations[action] = len(found)
        gaps[action] = max(late.end_us - early.end_us for early, late in pairwise(found))
    assert aggregations["stat"] == 59
    assert 59 - 19 <= aggregations["pageout"] <= 59 - 14
    assert gaps["stat"] == 100_000
    assert gaps["pageout"] > 500_000
