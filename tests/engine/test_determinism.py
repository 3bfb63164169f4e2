"""Same seed, same configuration, same calls at the same times: the same bytes, however time is cut or looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.model import Intervals, Kdamond, Target
from engine.engine import Engine
from engine.snapshot import Aggregation
from engine.workload import truth
from tests.engine.make import EXAMPLES, MIB, collect, engine, fingerprint, kdamond, ranges, stat, workload

LOAD = workload(
    {"a": 3 * MIB, "b": 2 * MIB, "c": 1 * MIB},
    (330, [("a", False, 4096, 2), ("b", False, 64, 1), ("c", True, 0, 1)]),
    (170, [("a", True, 0, 1)]),
    (100, [("b", False, 4096, 0)]),
    (400, [("a", False, 12_288, 1), ("c", False, 4096, 3)]),
    accesses_per_ms=300,
    batch=1_000,
)
SHORT = workload({"d": MIB}, (650, [("d", False, 4096, 1)]), accesses_per_ms=100, batch=700)

FIRST = kdamond(Target(), sample_us=5_000, aggr_us=50_000, update_us=230_000, schemes=[stat(nr=(5, 20))])
SECOND = kdamond(
    Target(1_001), Target(1_002), sample_us=3_100, aggr_us=31_000, nr_min=5, schemes=[stat(apply_interval_us=7_000)]
)
THIRD = kdamond(Target(None, ranges((4 << 30, 5 << 30))), ops="paddr", sample_us=10_000, aggr_us=70_000)

Act = Callable[[Engine], object]


def change(index: int, **intervals: int) -> Act:
    def act(system: Engine) -> None:
        context = (FIRST, SECOND, THIRD)[index].contexts[0]
        context = replace(context, intervals=replace(context.intervals, **intervals))
        system.commit(index, Kdamond((context,)))

    return act


SCRIPT: Sequence[tuple[int, Act]] = (
    (0, lambda system: system.start_process(LOAD, loop=True)),
    (0, lambda system: system.start_process(SHORT)),
    (0, lambda system: system.turn_on(0, FIRST)),
    (12_345, lambda system: system.turn_on(1, SECOND)),
    (50_000, lambda system: system.turn_on(2, THIRD)),
    (333_333, change(0, aggr_us=80_000)),
    (400_000, change(1, sample_us=2_000)),
    (612_000, lambda system: system.start_process(SHORT)),
    (700_001, lambda system: system.kill_process(1_003)),
    (800_000, lambda system: system.turn_off(2)),
    (850_000, lambda system: system.turn_on(2, THIRD)),
)
END_US = 1_300_000
"""Into the second repetition of the workload that loops."""


def play(
    kernel: str = "7.1", seed: int = 3, cuts: Sequence[int] = (), look: Callable[[Engine], object] | None = None
) -> tuple[Engine, list[Aggregation]]:
    """Run the script, stopping at `cuts` too, and looking at each stop."""
    system = engine(kernel, seed=seed)
    seen = collect(system)
    stops = sorted({time for time, _ in SCRIPT} | set(cuts) | {END_US})
    for stop in stops:
        system.advance(stop - system.now_us)
        for time, act in SCRIPT:
            if time == stop:
                act(system)
        if look is not None:
            look(system)
    return system, seen


def summary(system: Engine) -> tuple[object, ...]:
    """What a snapshot shows, as values that can be compared."""
    shown = system.snapshot()
    kdamonds = tuple(
        (k.index, k.running, k.pid, k.config, k.nr_regions, k.checks, k.aggregations, k.schemes, k.ended_because)
        for k in shown.kdamonds
    )
    lasts = tuple(fingerprint(k.last) for k in shown.kdamonds if k.last)
    processes = tuple(
        (p.pid, p.name, p.running, p.started_us, p.ended_us, p.phase, p.rss_bytes) for p in shown.processes
    )
    return shown.time_us, kdamonds, lasts, processes, shown.memory_bytes, shown.free_bytes


def prints(seen: Sequence[Aggregation]) -> list[tuple[object, ...]]:
    return [fingerprint(a) for a in seen]


REFERENCE = {kernel: play(kernel) for kernel in ("6.12", "7.1")}


def test_the_script_shows_what_it_should() -> None:
    """So that what is compared below is not empty: several kdamonds, changes in force, an end in the middle."""
    system, seen = REFERENCE["7.1"]
    assert {a.kdamond for a in seen} == {0, 1, 2}
    assert [a.end_us for a in seen] == sorted(a.end_us for a in seen)
    assert {a.aggr_us for a in seen if a.kdamond == 0} == {50_000, 80_000}
    assert {a.sample_us for a in seen if a.kdamond == 1} == {3_100, 2_000}
    assert {a.nr_targets for a in seen if a.kdamond == 1} == {2}
    assert all(any(a.nr_accesses.any() for a in seen if a.kdamond == i) for i in range(3))
    assert [p.running for p in system.snapshot().processes] == [True, False, False]


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
@settings(EXAMPLES, max_examples=12)
@given(st.lists(st.integers(1, END_US - 1), max_size=12))
def test_cutting_time_changes_nothing(kernel: str, cuts: list[int]) -> None:
    expected, seen = REFERENCE[kernel]
    system, found = play(kernel, cuts=cuts)
    assert prints(found) == prints(seen)
    assert summary(system) == summary(expected)


@pytest.mark.parametrize(
    "cuts",
    [range(1_000, END_US, 10_000), range(0, END_US, 5_000), range(0, END_US, 3_100), [49_999, 50_000, 50_001]],
    ids=["anywhere", "on ticks of the first", "on ticks of the second", "around an aggregation"],
)
def test_many_small_steps_are_one_large_step(cuts: Sequence[int]) -> None:
    expected, seen = REFERENCE["7.1"]
    system, found = play(cuts=cuts)
    assert prints(found) == prints(seen)
    assert summary(system) == summary(expected)


def test_equal_seeds_give_equal_bytes_and_others_do_not() -> None:
    assert prints(play()[1]) == prints(REFERENCE["7.1"][1])
    others = [prints(play(seed=seed)[1]) for seed in (4, 5)]
    assert others[0] != prints(REFERENCE["7.1"][1])
    assert others[0] != others[1]


def test_kernels_differ() -> None:
    assert prints(REFERENCE["6.12"][1]) != prints(REFERENCE["7.1"][1])


def test_looking_changes_nothing() -> None:
    """Neither snapshots, nor the truth, nor a fork that goes its own way."""

    def look(system: Engine) -> None:
        system.snapshot()
        system.next_event_us()
        system.finished()
        process = next(iter(system.machine.processes.values()), None)
        if process is not None:
            truth.accesses(process.model, process.layout.regions[0], process.layout.regions[0] + MIB, 7_777, 950_000)
            truth.resident_bytes(process.model, 432_100)
        system.fork().advance(123_456)

    system, found = play(cuts=range(0, END_US, 90_000), look=look)
    assert prints(found) == prints(REFERENCE["7.1"][1])
    assert summary(system) == summary(REFERENCE["7.1"][0])


def test_listeners_change_nothing() -> None:
    system = engine(seed=3)
    silent, seen = play()
    leave = system.subscribe(lambda a: None)
    for time, act in SCRIPT:
        system.advance(time - system.now_us)
        act(system)
        leave()
        leave = system.subscribe(lambda a: a.nr_regions)
    system.advance(END_US - system.now_us)
    assert summary(system) == summary(silent)
    assert seen


def test_a_listener_hears_until_it_leaves() -> None:
    system = engine()
    system.start_process(LOAD, loop=True)
    system.turn_on(0, FIRST)
    heard: list[int] = []
    leave = system.subscribe(lambda a: heard.append(a.end_us))
    system.advance(100_000)
    leave()
    system.advance(100_000)
    assert heard == [50_000, 100_000]


def test_a_listener_may_leave_while_it_is_called() -> None:
    system = engine()
    system.start_process(LOAD, loop=True)
    system.turn_on(0, FIRST)
    first: list[int] = []
    second: list[int] = []

    def once(a: Aggregation) -> None:
        first.append(a.end_us)
        leave()

    leave = system.subscribe(once)
    system.subscribe(lambda a: second.append(a.end_us))
    system.advance(100_000)
    assert first == [50_000]
    assert second == [50_000, 100_000]


@pytest.mark.parametrize("at_us", [0, 333_333, 650_000, 1_234_567])
def test_a_fork_has_the_same_future(at_us: int) -> None:
    system = engine(seed=3)
    for time, act in SCRIPT:
        if time <= at_us:
            system.advance(time - system.now_us)
            act(system)
    system.advance(at_us - system.now_us)
    branch = system.fork()
    assert summary(branch) == summary(system)
    here, there = collect(system), collect(branch)
    branch.advance(700_000)
    system.advance(350_000)
    system.advance(350_000)
    assert prints(here) == prints(there) != []
    assert summary(branch) == summary(system)


def test_a_fork_leaves_listeners_behind() -> None:
    system = engine()
    heard = collect(system)
    system.start_process(LOAD, loop=True)
    system.turn_on(0, FIRST)
    branch = system.fork()
    branch.advance(500_000)
    assert heard == []
    system.advance(100_000)
    assert len(heard) == 2


def test_a_fork_with_other_parameters_sees_the_same_workload() -> None:
    """What the processes do is drawn from streams of its own, whatever kdamonds do."""
    system = engine(seed=9)
    pid = system.start_process(LOAD, loop=True)
    system.turn_on(0, FIRST)
    system.advance(200_000)
    branch = system.fork()
    branch.commit(0, kdamond(Target(), sample_us=1_000, aggr_us=20_000, nr_min=40))
    branch.turn_on(1, SECOND if 1_002 in branch.machine.processes else kdamond(Target(pid)))
    system.advance(900_000)
    branch.advance(900_000)
    span = (200_000.0, 1_100_000.0)
    for number in range(3):
        mine, other = system.machine.processes[pid], branch.machine.processes[pid]
        start, end = mine.layout.regions[number], mine.layout.regions[number] + MIB // 2
        assert truth.accesses(mine.model, start, end, *span) == truth.accesses(other.model, start, end, *span)


def test_a_kdamond_does_not_depend_on_one_beside_it() -> None:
    """But for the number of regions at the last split, which kernels up to 7.1 share among all contexts."""
    steady = kdamond(Target(1_001), nr_min=3, nr_max=5)
    alone = engine(seed=2)
    alone.start_process(LOAD, loop=True)
    seen_alone = collect(alone)
    alone.turn_on(0, steady)
    alone.advance(1_000_000)
    beside = engine(seed=2)
    beside.start_process(LOAD, loop=True)
    seen_beside = collect(beside)
    beside.turn_on(1, kdamond(Target(1_001), sample_us=1_700, aggr_us=34_000, nr_min=3, nr_max=5))
    beside.turn_on(0, steady)
    beside.advance(1_000_000)
    assert prints(seen_alone) == prints([a for a in seen_beside if a.kdamond == 0])


def test_a_restarted_kdamond_draws_anew() -> None:
    system = engine(seed=3)
    system.start_process(workload({"a": MIB}, (9_000, [("a", True, 0, 1)]), accesses_per_ms=30, batch=30))
    rounds = []
    for _ in range(2):
        seen = collect(system)
        system.turn_on(0, kdamond(Target()))
        system.advance(600_000)
        system.turn_off(0)
        rounds.append([(a.nr_accesses.tobytes(), a.start.tobytes()) for a in seen])
    assert rounds[0] != rounds[1]


def test_what_was_handed_out_is_never_written_to() -> None:
    system = engine(seed=3)
    kept: list[tuple[Aggregation, tuple[object, ...]]] = []
    system.subscribe(lambda a: kept.append((a, fingerprint(a))))
    system.start_process(LOAD, loop=True)
    system.turn_on(0, FIRST)
    for aggr_us in (50_000, 100_000, 20_000):
        system.commit(0, Kdamond((replace(FIRST.contexts[0], intervals=Intervals(5_000, aggr_us, 150_000)),)))
        system.advance(400_000)
    assert len(kept) > 10
    assert all(fingerprint(a) == before for a, before in kept)


def test_looking_at_other_windows_first_changes_nothing() -> None:
    """A speed that is no round number, more checks than are drawn one by one, and windows that are all alike."""
    load = workload({"a": 16 * MIB}, (5_000, [("a", True, 0, 1)]), accesses_per_ms=86_507 / 64)
    found = []
    for looks in (False, True):
        system = engine(seed=1)
        pid = system.start_process(load)
        process = system.machine.processes[pid]
        start = np.array([process.layout.regions[0]], np.uint64)
        if looks:
            truth.touched_share(process.model, start, start + np.uint64(MIB), np.array([1_777.0, 2_777.0]))
        seen = collect(system)
        system.turn_on(0, kdamond(Target(), sample_us=1_000, aggr_us=100_000))
        system.advance(700_000)
        found.append(prints(seen))
    assert found[0] == found[1]
