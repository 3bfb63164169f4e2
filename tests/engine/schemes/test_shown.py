"""What is shown of schemes agrees with what they did: where they acted, how long it took, what is left of quotas."""

from __future__ import annotations

import pytest

from engine.config.model import AddrRange, Quotas, Target
from engine.snapshot import SchemeStats
from tests.engine.make import GIB, MIB, collect, engine, kdamond, stat
from tests.engine.running import pid_of, status
from tests.engine.schemes.acting import HALF_COLD, cold, hot, machine


def test_aggregations_say_where_each_scheme_acted() -> None:
    """Over all aggregations it is what the statistics count, scheme by scheme."""
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    seen = collect(system)
    schemes = [cold("pageout"), hot("stat", apply_interval_us=50_000), hot("lru_prio")]
    counted: list[tuple[SchemeStats, ...]] = []
    system.subscribe(lambda a: counted.append(status(system).schemes))
    system.turn_on(0, kdamond(Target(pid), schemes=schemes))
    system.advance(5_000_000)
    low, high = seen[0].start[0], seen[0].end[-1]
    for number, stats in enumerate(counted[-1]):
        nr = size = applied = 0
        for a in seen:
            if a.acted is not None:
                mine = a.acted.scheme == number
                nr += int(mine.sum())
                size += int((a.acted.end - a.acted.start)[mine].sum())
                applied += int(a.acted.applied[mine].sum())
                assert (a.acted.start >= low).all() and (a.acted.end <= high).all()
        assert (nr, size, applied) == (stats.nr_tried, stats.sz_tried, stats.sz_applied)
        assert nr > 0


def test_without_schemes_nothing_was_acted_on() -> None:
    system = engine(memory_bytes=GIB)
    pid_of(system, HALF_COLD)
    seen = collect(system)
    system.turn_on(0, kdamond(Target()))
    system.advance(1_000_000)
    assert all(a.acted is None for a in seen)


def test_a_time_quota_learns_how_long_actions_take() -> None:
    """4 MiB per ms is the guess; a page takes 2.8 us, so that 10 ms are some 14 MiB from the second window on."""
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    quota = Quotas(time_ms=10, reset_interval_ms=1_000)
    low, high = system.machine.processes[pid].space.model.spans[1]
    # Only what is all in memory, so that all that is tried takes time.
    target = Target(pid, (AddrRange(low, high),))
    system.turn_on(0, kdamond(target, ops="fvaddr", schemes=[cold("pageout", quotas=quota)]))
    system.advance(500_000)
    assert status(system).scheme_states[0].esz_bytes == 40 * MIB
    system.advance(2_000_000)
    learnt = status(system).scheme_states[0].esz_bytes
    spent_ns = dict(machine(system).action_ns)["pageout"]
    assert spent_ns > 10_000_000
    assert learnt == pytest.approx(10 * 4_096 * 1_000_000 / 2_800, rel=0.1)


def test_a_stat_scheme_takes_no_time() -> None:
    """So that a time quota stays at its guess (recordings of 6.12: 41943040 for 10 ms)."""
    for kernel in ("6.12", "7.1"):
        system = engine(kernel, memory_bytes=GIB)
        pid = pid_of(system, HALF_COLD)
        system.turn_on(0, kdamond(Target(pid), schemes=[stat(quotas=Quotas(time_ms=10, reset_interval_ms=1_000))]))
        for _ in range(5):
            system.advance(1_000_000)
            assert status(system).scheme_states[0].esz_bytes in (0, 41_943_040)
        assert status(system).scheme_states[0].esz_bytes == 41_943_040


def test_what_is_left_of_a_quota_is_shown() -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    quota = Quotas(sz_bytes=4 * MIB, reset_interval_ms=1_000)
    system.turn_on(0, kdamond(Target(pid), schemes=[cold("pageout", quotas=quota), stat()]))
    system.advance(1_500_000)
    limited, free = status(system).scheme_states
    assert (limited.active, limited.limited, limited.full) == (True, True, True)
    assert limited.charged_bytes == limited.esz_bytes == 4 * MIB
    assert (free.active, free.limited, free.full, free.esz_bytes) == (True, False, False, 0)
