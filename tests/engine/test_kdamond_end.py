"""When a kdamond ends, and what it makes of processes that do (specification section 2.1)."""

from __future__ import annotations

import pytest

from engine.config.model import Target
from engine.errors import InputError
from tests.engine.make import GIB, KIB, MIB, collect, engine, kdamond, ranges, stat, workload
from tests.engine.running import BOTH, HOT, apart, page_of, pid_of, status


@BOTH
@pytest.mark.parametrize("ops", ["vaddr", "fvaddr"])
def test_a_kdamond_ends_at_the_first_tick_after_its_process_was_killed(kernel: str, ops: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    seen = collect(system)
    spans = apart(page_of(system, pid, 0))
    system.turn_on(0, kdamond(Target(pid, ranges(*spans)), ops=ops, schemes=[stat()]))
    system.advance(212_345)
    system.kill_process(pid)
    system.advance(2_654)
    assert status(system).running
    system.advance(1)
    ended = status(system)
    assert (ended.running, ended.pid, ended.nr_regions, ended.aggregations) == (False, -1, 0, 2)
    assert ended.ended_because
    assert ended.schemes[0].nr_tried > 0
    system.advance(1_000_000)
    assert len(seen) == 2
    assert system.finished()


@BOTH
@pytest.mark.parametrize(("length_ms", "aggregations"), [(250, 2), (300, 3)])
def test_a_kdamond_ends_when_its_workload_is_over(kernel: str, length_ms: int, aggregations: int) -> None:
    """An aggregation that ends together with the process is still shown."""
    system = engine(kernel)
    load = workload({"a": MIB}, (length_ms, [("a", False, 4096, 1)]), accesses_per_ms=1_000, batch=1_000)
    pid = pid_of(system, load)
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid)))
    system.advance(length_ms * 1_000 - 1)
    assert status(system).running and not system.finished()
    system.advance(1)
    assert not status(system).running and system.finished()
    system.advance(500_000)
    assert len(seen) == aggregations
    assert system.snapshot().processes[0].ended_us == length_ms * 1_000


def test_a_workload_that_loops_never_ends() -> None:
    system = engine()
    load = workload({"a": MIB}, (100, [("a", False, 4096, 1)]), accesses_per_ms=1_000, batch=1_000)
    pid_of(system, load, loop=True)
    system.turn_on(0, kdamond(Target()))
    system.advance(5_000_000)
    assert status(system).aggregations == 50
    assert not system.finished()


@BOTH
def test_without_targets_vaddr_ends_at_once_and_paddr_runs_on(kernel: str) -> None:
    system = engine(kernel)
    pid_of(system)
    seen = collect(system)
    system.turn_on(0, kdamond())
    system.turn_on(1, kdamond(ops="paddr"))
    system.turn_on(2, kdamond(Target(), ops="paddr"))
    assert not status(system, 0).running
    assert status(system, 0).ended_because
    system.advance(300_000)
    assert status(system, 1).running and status(system, 2).running
    assert {(a.kdamond, a.nr_regions) for a in seen} == {(1, 0), (2, 0)}
    assert len(seen) == 6


@BOTH
def test_paddr_outlives_every_process(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    low, high = system.machine.system_ram
    seen = collect(system)
    system.turn_on(0, kdamond(Target(None, ranges((low, high))), ops="paddr"))
    system.advance(2_000_000)
    system.kill_process(pid)
    system.advance(2_000_000)
    assert status(system).aggregations == len(seen) == 40
    assert not seen[-1].nr_accesses.any()


def test_paddr_finds_a_process_where_it_lies() -> None:
    system = engine()
    pids = [pid_of(system), pid_of(system)]
    for pid in pids:
        for (low, high), mapping in zip(
            system.machine.physical_ranges(pid), system.machine.processes[pid].layout.mappings, strict=True
        ):
            assert high - low == mapping.end - mapping.start
    (low, high) = next(
        found
        for found, mapping in zip(
            system.machine.physical_ranges(pids[1]), system.machine.processes[pids[1]].layout.mappings, strict=True
        )
        if mapping.name == "anon"
    )
    # Of the mapping, the upper half is the hot region, which was allocated first.
    middle = high - MIB
    spans = [(low, low + 800 * KIB), (middle + 8 * KIB, middle + 808 * KIB), (high + GIB, high + GIB + 800 * KIB)]
    seen = collect(system)
    system.turn_on(0, kdamond(Target(None, ranges(*spans)), ops="paddr", nr_min=3, nr_max=3))
    system.advance(200_000)
    assert seen[-1].nr_accesses.tolist() == [0, 20, 0]


def test_memory_that_changed_hands_within_an_aggregation_is_counted_for_both() -> None:
    system = engine()
    first = pid_of(system)
    anon = [m.name for m in system.machine.processes[first].layout.mappings].index("anon")
    low, high = system.machine.physical_ranges(first)[anon]
    spans = [(high - 900 * KIB + i * 200 * KIB, high - 900 * KIB + i * 200 * KIB + 100 * KIB) for i in range(3)]
    seen = collect(system)
    system.turn_on(0, kdamond(Target(None, ranges(*spans)), ops="paddr", nr_min=3, nr_max=3))
    system.advance(50_000)
    system.kill_process(first)
    system.advance(20_000)
    second = pid_of(system)
    assert system.machine.physical_ranges(second)[anon] == (low, high)
    system.advance(30_000)
    # Touched in the first ten samples by one and in the last six by the other.
    assert seen[0].nr_accesses.tolist() == [16] * 3


@BOTH
def test_one_of_two_targets_may_end(kernel: str) -> None:
    system = engine(kernel)
    one, two = pid_of(system), pid_of(system)
    first = page_of(system, one, 0)
    config = kdamond(
        Target(one, ranges(*apart(first)[:2])), Target(two, ranges(*apart(first)[2:])), ops="fvaddr", nr_min=3, nr_max=3
    )
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(250_000)
    system.kill_process(one)
    system.advance(150_000)
    assert status(system).running
    assert [a.nr_accesses.tolist() for a in seen] == [[20, 20, 20]] * 2 + [[10, 10, 20], [0, 0, 20]]
    system.kill_process(two)
    system.advance(5_000)
    assert not status(system).running


@BOTH
def test_a_process_that_takes_over_the_pid_is_not_monitored(kernel: str) -> None:
    """A target is a process, not a number."""
    system = engine(kernel)
    one, two = pid_of(system), pid_of(system)
    first = page_of(system, one, 0)
    config = kdamond(
        Target(one, ranges(*apart(first)[:2])), Target(two, ranges(*apart(first)[2:])), ops="fvaddr", nr_min=3, nr_max=3
    )
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(200_000)
    system.kill_process(one)
    try:
        system.start_process(HOT, pid=one)
    except InputError:
        return
    system.advance(200_000)
    assert seen[-1].nr_accesses.tolist() == [0, 0, 20]
