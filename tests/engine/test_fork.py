"""A copy of a running engine: with the same future, of no influence on the engine, and cheap however long that ran."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from engine.config.model import Goal, Intervals, IntervalsGoal, Kdamond, Quotas, Scheme, Target, Watermarks, Weights
from engine.engine import Engine
from engine.snapshot import Aggregation
from engine.versions import Feature
from tests.engine.make import GIB, MIB, collect, engine, fingerprint, kdamond, stat, workload
from tests.engine.running import pid_of, with_context
from tests.engine.schemes.acting import cold, page_state, ram, scheme

TURNS = workload(
    {"a": 40 * MIB, "b": 40 * MIB, "c": 60 * MIB},
    *[(700, [("abc"[i % 3], i % 2 == 0, 4096, 2), ("a", True, 4096, 1)]) for i in range(6)],
    accesses_per_ms=300,
    batch=300,
)
"""Some memory turns cold and hot again every two seconds."""
OTHER = workload({"e": 60 * MIB}, *[(800, [("e", False, 4096, i % 2)]) for i in range(6)], accesses_per_ms=100, batch=9)
SHORT_OF_MEMORY = Watermarks("free_mem_rate", 100_000, 990, 980, 0)
GUARDED = cold(
    "pageout",
    age=3,
    watermarks=SHORT_OF_MEMORY,
    quotas=Quotas(
        sz_bytes=16 * MIB,
        time_ms=5,
        reset_interval_ms=200,
        weights=Weights(0, 3, 7),
        goals=(Goal("some_mem_psi_us", 9),),
    ),
)
TUNED = IntervalsGoal(access_bp=400, aggrs=3, min_sample_us=1_000, max_sample_us=8_000)
FORK_US = 530_000
LOOK_US = 250_000


def busy(kernel: str) -> Engine:
    """Memory is short; kdamonds of both kinds act under quotas, goals and watermarks; one tunes its intervals.

    Up to the fork a process was killed and another one started, a kdamond turned off and on again, and at the fork a
    commit, a question for tried regions and a call of somebody else wait for their kdamond.
    """
    system = engine(kernel, seed=11, memory_bytes=(192 * MIB, 96 * MIB), swap_bytes=512 * MIB)
    goal = TUNED if system.kernel.has(Feature.INTERVALS_GOAL) else IntervalsGoal()
    one, two = pid_of(system, TURNS, loop=True), pid_of(system, OTHER, loop=True)
    gone = pid_of(system, OTHER)
    first = kdamond(Target(one), sample_us=1_000, aggr_us=4_000, schemes=[GUARDED, stat()])
    second = kdamond(Target(two), Target(gone), sample_us=3_100, aggr_us=31_000, schemes=[cold("pageout", age=9)])
    tuned = with_context(second, intervals=Intervals(4_000, 40_000, 1_000_000, goal))
    demote = cold("migrate_cold", age=8, target_nid=1)
    prefer = scheme("lru_prio", (5, 20), quotas=Quotas(time_ms=5, reset_interval_ms=100))
    third = kdamond(ram(system), ops="paddr", sample_us=7_000, aggr_us=70_000, schemes=[demote, prefer])
    for index, config in enumerate((first, tuned, third)):
        system.turn_on(index, config)
    system.advance(300_000)
    system.kill_process(gone)
    system.turn_off(2)
    system.advance(100_000)
    system.turn_on(2, third)
    pid_of(system, TURNS)
    system.advance(FORK_US - system.now_us)
    system.commit(0, more_eager(first))
    system.request(1, lambda: None)
    system.tried_regions(2)
    return system


def more_eager(config: Kdamond) -> Kdamond:
    eager: Scheme = replace(GUARDED, quotas=replace(GUARDED.quotas, sz_bytes=24 * MIB))
    return with_context(config, schemes=(eager, *config.contexts[0].schemes[1:]))


def play(system: Engine, duration_us: int) -> list[tuple[object, ...]]:
    """All that can be seen of it: aggregations with what was acted on, and statuses every quarter second."""
    seen: list[Aggregation] = collect(system)
    shown: list[tuple[object, ...]] = []
    for _ in range(duration_us // LOOK_US):
        system.advance(LOOK_US)
        shown.append(statuses(system))
    return [(*fingerprint(one), *acted(one)) for one in seen] + shown


def acted(one: Aggregation) -> tuple[bytes, ...]:
    columns = ("scheme", "target", "start", "end", "applied") if one.acted is not None else ()
    return tuple(getattr(one.acted, column).tobytes() for column in columns)


def statuses(system: Engine) -> tuple[object, ...]:
    """The whole snapshot, but for the last aggregations, which are looked at by themselves."""
    shown = system.snapshot()
    kdamonds = [replace(k, last=None) for k in shown.kdamonds]
    fields = [tuple(getattr(k, name) for name in k.__slots__) for k in kdamonds]
    return (
        shown.time_us,
        repr(fields),
        repr(list(map(astuple, shown.processes))),
        shown.free_bytes,
        shown.machine,
    )


def test_equal_branches_stay_byte_equal_for_1000_aggregations() -> None:
    system = busy("7.1")
    branch = system.fork()
    here, there = play(system, 4_250_000), play(branch, 4_250_000)
    first = [one for one in here if one[0] == 0 and len(one) > 5]
    assert len(first) >= 1_000
    assert here == there
    assert page_state(system) == page_state(branch)
    shown = system.snapshot()
    # So that what is equal is not nothing.
    assert shown.machine is not None and shown.machine.refaults > 1_000 and shown.machine.saved_byte_s > 0
    assert all(stats.nr_tried > 0 for k in shown.kdamonds for stats in k.schemes)
    assert shown.kdamonds[1].intervals != Intervals(4_000, 40_000, 1_000_000, TUNED)
    assert shown.kdamonds[0].config is not None
    assert shown.kdamonds[0].config.contexts[0].schemes[0].quotas.sz_bytes == 24 * MIB


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_a_branch_that_goes_its_own_way_does_not_change_the_other(kernel: str) -> None:
    """The one with a branch is equal to one that never had any, whatever is done to the branch, and whenever."""
    alone = play(busy(kernel), 500_000)
    system = busy(kernel)
    branch = system.fork()
    first = branch.snapshot().kdamonds[0].config
    assert first is not None
    branch.commit(0, with_context(first, schemes=(replace(GUARDED, quotas=Quotas(), watermarks=Watermarks()),)))
    branch.kill_process(branch.machine.pids(branch.now_us)[-1])
    pid_of(branch, OTHER)
    other = play(branch, 250_000)
    here = play(system, 500_000)
    other += play(branch, 250_000)
    assert here == alone
    assert other != alone
    assert len(system.machine.processes) == 4 and len(branch.machine.processes) == 5


def test_a_branch_of_a_branch_is_as_good_as_the_first() -> None:
    system = busy("7.1")
    twin = system.fork().fork()
    assert play(twin, 250_000) == play(system, 250_000)


def test_calls_of_others_are_left_to_those_who_asked() -> None:
    system = engine()
    pid = pid_of(system, OTHER)
    system.turn_on(0, kdamond(Target(pid)))
    done: list[str] = []
    call = system.request(0, lambda: done.append("called"))
    branch = system.fork()
    branch.advance(200_000)
    assert done == [] and not call.done
    system.advance(200_000)
    assert done == ["called"] and call.done


def test_a_long_life_does_not_make_it_dear() -> None:
    """What grows with the time that passed, waits and draws of the workload, is shared or copied in one piece."""
    system = engine(seed=2, memory_bytes=192 * MIB, swap_bytes=GIB)
    pid = pid_of(system, TURNS, loop=True)
    system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout", age=2)]))
    counts = []
    for _ in range(2):
        system.advance(2_000_000)
        counts.append(calls_of(system))
    process = system.machine.processes[pid]
    assert process.space.account.refaults > 1_000  # its clock had to bend
    assert counts[1] < 1.2 * counts[0]


def calls_of(system: Engine) -> int:
    """How many functions a fork calls: its cost, without a clock."""
    import sys

    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        system.fork()
    finally:
        sys.setprofile(None)
    return count
