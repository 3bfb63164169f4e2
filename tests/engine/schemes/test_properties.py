"""What holds for any schemes: budgets, page counts, statistics, and that looking and cutting time change nothing."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import astuple, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.model import Filter, Goal, Quotas, Scheme, Target, Watermarks, Weights
from engine.engine import Engine
from engine.snapshot import SchemeStats
from tests.engine.machine.machines import check
from tests.engine.make import EXAMPLES, GIB, MIB, collect, engine, fingerprint, kdamond, stat, workload
from tests.engine.running import BOTH, pid_of, status
from tests.engine.schemes.acting import HALF_COLD, cold, page_state, ram, scheme

FEW = settings(EXAMPLES, max_examples=10)
TURNS = workload(
    {"a": 40 * MIB, "b": 40 * MIB, "c": 60 * MIB},
    *[(700, [("abc"[i % 3], i % 2 == 0, 4096, 2), ("a", True, 4096, 1)]) for i in range(6)],
    accesses_per_ms=300,
    batch=300,
)
"""Some memory turns cold and hot again every two seconds."""
SHORT = workload({"d": 4 * MIB}, *[(400, [("d", False, 4096, i % 2)]) for i in range(5)], accesses_per_ms=100, batch=50)
SECOND = workload(
    {"e": 100 * MIB}, *[(800, [("e", False, 4096, i % 2)]) for i in range(6)], accesses_per_ms=100, batch=50
)
SMALL = 192 * MIB
"""Less memory than the processes touch."""
LOW_ON_MEMORY = Watermarks("free_mem_rate", 100_000, 900, 800, 0)

ACTIONS = st.sampled_from(["pageout", "cold", "willneed", "hugepage", "nohugepage", "migrate_cold", "stat"])
SCHEMES = st.lists(
    st.builds(
        lambda action, most, age, mib, reset, apply_us: scheme(
            action,
            (0, most),
            (age, 2**32 - 1),
            target_nid=1,
            apply_interval_us=apply_us,
            quotas=Quotas(sz_bytes=mib * MIB, reset_interval_ms=reset, weights=Weights(0, 3, 7)),
        ),
        ACTIONS,
        st.sampled_from([0, 3, 20]),
        st.integers(0, 6),
        st.integers(0, 8),
        st.sampled_from([0, 100, 250, 1_000]),
        st.sampled_from([0, 25_000]),
    ),
    min_size=1,
    max_size=4,
)


def statistics(system: Engine) -> list[tuple[int, ...]]:
    return [astuple(stats) for kdamond_ in system.snapshot().kdamonds for stats in kdamond_.schemes]


@BOTH
@FEW
@given(
    mib=st.integers(1, 24),
    reset_ms=st.sampled_from([50, 100, 330, 1_000]),
    actions=st.lists(st.sampled_from(["stat", "pageout", "cold"]), min_size=1, max_size=3),
    weights=st.tuples(st.integers(0, 100), st.integers(0, 100)),
    seed=st.integers(0, 99),
)
def test_a_bound_window_is_never_overdrawn_by_more_than_a_region(
    kernel: str, mib: int, reset_ms: int, actions: list[str], weights: tuple[int, int], seed: int
) -> None:
    system = engine(kernel, seed=seed, memory_bytes=GIB)
    pid = pid_of(system, TURNS, loop=True)
    quota = Quotas(sz_bytes=mib * MIB + 12_345, reset_interval_ms=reset_ms, weights=Weights(0, *weights))
    schemes = [scheme(action, quotas=quota, apply_interval_us=20_000 * i) for i, action in enumerate(actions)]
    system.turn_on(0, kdamond(Target(pid), schemes=schemes))
    # Up to 7.0 the first window has no limit.
    system.advance(1_000_000 + reset_ms * 1_000)
    for _ in range(40):
        system.advance(50_000)
        for state in status(system).scheme_states:
            assert state.esz_bytes == quota.sz_bytes
            assert state.charged_bytes <= state.esz_bytes + 4_096


@FEW
@given(schemes=SCHEMES, physical=st.booleans(), seed=st.integers(0, 99), swap=st.sampled_from([0, 30 * MIB, GIB]))
def test_pages_are_counted_exactly_whatever_is_done_to_them(
    schemes: list[Scheme], physical: bool, seed: int, swap: int
) -> None:
    """Each is untouched, in memory or out of it; node and swap hold no more than they can; statistics only grow."""
    system = engine(seed=seed, memory_bytes=(SMALL, 128 * MIB), swap_bytes=swap)
    pids = [pid_of(system, TURNS, loop=True), pid_of(system, SHORT)]
    target = [ram(system)] if physical else [Target(pid) for pid in pids]
    system.turn_on(0, kdamond(*target, ops="paddr" if physical else "vaddr", schemes=schemes))
    mapped = {pid: system.machine.processes[pid].space.extents.total("pages") for pid in pids}
    before = statistics(system)
    for _ in range(12):
        system.advance(333_333)
        check(system.machine.memory)
        for pid in pids:
            extents = system.machine.processes[pid].space.extents
            assert extents.total("pages") == mapped[pid]
        after = statistics(system)
        assert all(b >= a for old, new in zip(before, after, strict=True) for a, b in zip(old, new, strict=True))
        before = after
        for stats in status(system).schemes:
            assert stats.nr_applied <= stats.nr_tried
            if not physical:
                assert stats.sz_applied <= stats.sz_tried
        last = status(system).last
        assert last is None or (last.end > last.start).all()


@pytest.mark.parametrize(
    "watcher",
    [
        stat(),
        stat(apply_interval_us=10_000),
        replace(stat(), watermarks=LOW_ON_MEMORY),
        replace(stat(apply_interval_us=10_000), watermarks=Watermarks("free_mem_rate", 77_000, 990, 500, 100)),
        stat(quotas=Quotas(sz_bytes=MIB, time_ms=3, reset_interval_ms=70, weights=Weights(1, 2, 3))),
        stat(quotas=Quotas(reset_interval_ms=50, goals=(Goal("some_mem_psi_us", 1_000),))),
        stat(quotas=Quotas(reset_interval_ms=50, goals=(Goal("node_mem_free_bp", 5_000), Goal("active_mem_bp", 1)))),
        stat(filters=(Filter("anon", True, True), Filter("active", True, False))),
    ],
    ids=["plain", "10 ms", "watermarks", "watermarks, 10 ms", "quota", "psi", "goals", "filters"],
)
@pytest.mark.parametrize("ops", ["vaddr", "paddr"])
@pytest.mark.parametrize("kernel", ["7.1", "next"])
def test_stat_never_changes_the_machine(kernel: str, ops: str, watcher: Scheme) -> None:
    """The same page state and clocks as without it, with memory short, and on `next` with another kdamond paging out.

    Up to 7.1 kdamonds do influence each other: how one splits depends on how many regions another has.
    """

    def play(schemes: Sequence[Scheme], walks: bool) -> list[list[tuple[object, ...]]]:
        system = engine(kernel, seed=4, memory_bytes=SMALL)
        one, two = pid_of(system, TURNS), pid_of(system, SHORT)
        if kernel == "next":
            system.turn_on(1, kdamond(Target(two), Target(one), schemes=[cold("pageout", age=3)]))
        else:
            pid_of(system, SECOND)
        target = ram(system) if ops == "paddr" else Target(one)
        system.turn_on(0, kdamond(target, ops=ops, schemes=schemes, sample_us=4_700, aggr_us=94_000))
        states = []
        for _ in range(5):
            if walks and status(system).running:
                system.tried_regions(0)
            system.advance(777_000)
            states.append(page_state(system))
        assert system.machine.memory.account.refaults > 100
        return states

    assert play([], walks=False) == play([watcher], walks=True)


# Determinism, with everything that acts

PAGES_OUT = cold("pageout", age=3, quotas=Quotas(sz_bytes=16 * MIB, reset_interval_ms=200, weights=Weights(0, 3, 7)))
END_US = 3_000_000


def busy() -> Engine:
    """Memory is short, three kdamonds act and watch, and a process ends later than it would by itself."""
    system = engine("next", seed=11, memory_bytes=(SMALL, 96 * MIB), swap_bytes=512 * MIB)
    one, two = pid_of(system, TURNS), pid_of(system, SHORT)
    system.turn_on(0, kdamond(Target(one), schemes=[PAGES_OUT, replace(stat(), watermarks=LOW_ON_MEMORY)]))
    system.turn_on(
        1,
        kdamond(
            Target(two), sample_us=3_100, aggr_us=31_000, schemes=[cold("pageout", age=9, apply_interval_us=13_000)]
        ),
    )
    demote = cold("migrate_cold", age=8, target_nid=1)
    prefer = scheme("lru_prio", (5, 20), quotas=Quotas(time_ms=5, reset_interval_ms=100))
    system.turn_on(2, kdamond(ram(system), ops="paddr", sample_us=7_000, aggr_us=70_000, schemes=[demote, prefer]))
    return system


def summary(system: Engine) -> tuple[object, ...]:
    shown = system.snapshot()
    kdamonds = [
        (k.index, k.running, k.checks, k.nr_regions, k.schemes, k.scheme_states, k.intervals, k.asleep)
        for k in shown.kdamonds
    ]
    processes = [(p.pid, p.running, p.ended_us, p.refaults, p.slowdown, p.saved_byte_s) for p in shown.processes]
    return shown.time_us, kdamonds, processes, shown.machine, page_state(system)


def run(cuts: Sequence[int]) -> tuple[Engine, list[tuple[object, ...]]]:
    system = busy()
    seen = collect(system)
    for stop in sorted({*cuts, END_US}):
        system.advance(stop - system.now_us)
        system.snapshot()
    return system, [fingerprint(a) for a in seen]


WHOLE = run([])


def test_the_busy_machine_shows_what_it_should() -> None:
    """So that what is compared below is not empty."""
    system, seen = WHOLE
    shown = system.snapshot()
    assert len(seen) > 100
    short = shown.processes[1]
    assert short.ended_us is not None and short.ended_us > 2_050_000
    assert shown.machine is not None and shown.machine.refaults > 1_000 and shown.machine.psi_some_us > 100_000
    first, second, third = shown.kdamonds
    assert first.running and third.running and not second.running
    stats: list[SchemeStats] = [*first.schemes, *second.schemes, *third.schemes]
    assert all(s.nr_tried > 0 for s in stats)
    assert third.schemes[1].sz_applied > 0


@FEW
@given(st.lists(st.integers(1, END_US - 1), max_size=12))
def test_cutting_time_and_looking_change_nothing(cuts: list[int]) -> None:
    system, seen = run(cuts)
    assert seen == WHOLE[1]
    assert summary(system) == summary(WHOLE[0])


@pytest.mark.parametrize("step_us", [7_000, 31_000, 100_000])
def test_many_small_steps_are_one_large_step(step_us: int) -> None:
    system, seen = run(range(step_us, END_US, step_us))
    assert seen == WHOLE[1]
    assert summary(system) == summary(WHOLE[0])


@pytest.mark.parametrize("at_us", [0, 1_234_567, 2_050_000])
def test_a_fork_has_the_same_future_and_no_hold_on_the_past(at_us: int) -> None:
    system = busy()
    system.advance(at_us)
    twin = system.fork()
    before = copy.deepcopy(summary(system))
    found = collect(twin)
    twin.advance(END_US - at_us)
    assert repr(summary(system)[:4]) == repr(before[:4])
    late = [fingerprint(a) for a in found]
    assert late == WHOLE[1][len(WHOLE[1]) - len(late) :]
    assert summary(twin) == summary(WHOLE[0])


def test_page_state_is_told_apart() -> None:
    """So that equal states above mean something."""
    one, two = (engine(seed=1, memory_bytes=GIB) for _ in range(2))
    for system, schemes in ((one, []), (two, [cold("pageout")])):
        pid = pid_of(system, HALF_COLD)
        system.turn_on(0, kdamond(Target(pid), schemes=schemes))
        system.advance(3_000_000)
    assert page_state(one) != page_state(two)
