"""The kernel's own selftests that need no kernel (specification section 15.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.config.model import Context, Goal, Intervals, Kdamond, NrRegions, Quotas, Scheme, Target
from engine.damos.walk import Tried
from engine.engine import Engine
from engine.snapshot import Aggregation
from engine.workload.library import Workload
from tests.engine.make import MIB, collect, engine, kdamond, stat, workload
from tests.engine.running import BOTH, pid_of, status, with_context


def alternating(size: int, ms: int = 2_000, rounds: int = 3) -> Workload:
    """access_memory: two regions of `size` bytes, touched one after the other."""
    return workload({"a": size, "b": size}, *[(ms, [("ab"[i % 2], False, 4096, 1)]) for i in range(2 * rounds)])


def even(n: int, size: int = 10 * MIB) -> Workload:
    """access_memory_even: `n` regions, of which those with even numbers are rewritten all the time."""
    regions = {f"r{i}": size for i in range(n)}
    return workload(regions, (3_600_000, [(f"r{i}", False, 4096, 1) for i in range(0, n, 2)]), batch=2_560)


HOT_FOR_A_WHILE = {"nr": (5, 20), "age": (2, 2**32 - 1)}
"""Of the kernel's tests: hot in at least a quarter of the samples, and for more than one aggregation."""


def tried_each_100_ms(system: Engine, times: int) -> list[list[Tried]]:
    """What each scheme tried, asked for that often."""
    found = []
    for _ in range(times):
        walk = system.tried_regions(0)
        system.advance(100_000)
        assert not walk.cancelled
        found.append([walk.results[index] for index in sorted(walk.results)])
    return found


@BOTH
@pytest.mark.parametrize("seed", range(3))
def test_selftest_working_set_size(kernel: str, seed: int) -> None:
    system = engine(kernel, seed=seed)
    pid_of(system, alternating(10 * MIB))
    system.turn_on(0, kdamond(Target(), schemes=[stat(**HOT_FOR_A_WHILE)]))
    sizes = sorted(tried.total_bytes for (tried,) in tried_each_100_ms(system, 40))
    for part in (0.5, 0.75):
        assert abs(sizes[int(len(sizes) * part)] / (10 * MIB) - 1) <= 0.2


@BOTH
def test_selftest_quota(kernel: str) -> None:
    """1 MiB per 100 ms: never more at once, and each window whose budget was used up is counted."""
    system = engine(kernel, seed=1)
    pid_of(system, alternating(10 * MIB))
    quota = Quotas(sz_bytes=MIB, reset_interval_ms=100)
    system.turn_on(0, kdamond(Target(), schemes=[stat(**HOT_FOR_A_WHILE, quotas=quota)]))
    system.advance(2_000_000)
    sizes = [tried.total_bytes for (tried,) in tried_each_100_ms(system, 40)]
    assert max(sizes) == MIB
    full = sum(size == MIB for size in sizes)
    assert full >= 20
    (stats,) = status(system).schemes
    assert stats.qt_exceeds >= full
    assert status(system).scheme_states[0].esz_bytes == MIB


@BOTH
def test_selftest_quota_goal(kernel: str) -> None:
    """Below its goal the effective quota rises, above it falls; it stands still only at one byte."""
    system = engine(kernel, seed=1)
    pid_of(system, alternating(10 * MIB))

    def scheme(value: int) -> Scheme:
        goal = Goal("user_input", target_value=10_000, current_value=value)
        return stat(quotas=Quotas(reset_interval_ms=100, goals=(goal,)))

    config = kdamond(Target(), schemes=[scheme(0)])
    system.turn_on(0, config)
    system.advance(500_000)
    steps = []
    for value in (0, 15_000, 5_000, 18_000):
        before = status(system).scheme_states[0].esz_bytes
        system.commit(0, with_context(config, schemes=(scheme(value),)))
        system.advance(500_000)
        steps.append((before, status(system).scheme_states[0].esz_bytes))
    assert [after > before for before, after in steps] == [True, False, True, False]
    assert all(after < before or after == before == 1 for before, after in steps[1::2])


@BOTH
def test_selftest_apply_interval(kernel: str) -> None:
    """10 ms against 100 ms: at least nine times as many tries."""
    system = engine(kernel)
    pid_of(system, alternating(10 * MIB, rounds=2))
    schemes = [stat(**HOT_FOR_A_WHILE), stat(**HOT_FOR_A_WHILE, apply_interval_us=10_000)]
    system.turn_on(0, kdamond(Target(), schemes=schemes))
    system.advance(8_000_000 - 1)
    slow, fast = status(system).schemes
    assert slow.nr_tried > 0
    assert fast.nr_tried / slow.nr_tried >= 9


@BOTH
def test_selftest_tried_regions(kernel: str) -> None:
    """Fourteen regions, hot and cold by turns: at least as many are tried, and together they are all there is."""
    system = engine(kernel, seed=2)
    pid_of(system, even(14))
    seen = collect(system)
    system.turn_on(0, kdamond(Target(), schemes=[stat()]))
    system.advance(1_400_000)
    asked = [tried for (tried,) in tried_each_100_ms(system, 11)]
    counts = sorted(len(tried.start) for tried in asked)
    assert counts[0] > 0 and counts[4] >= 14
    for tried, aggregation in zip(asked, seen[-11:], strict=True):
        assert tried.start.tolist() == aggregation.start.tolist()
        assert tried.nr_accesses.tolist() == aggregation.nr_accesses.tolist()
        assert tried.total_bytes == int(aggregation.end[-1] - aggregation.start[0]) - gaps(aggregation)


def gaps(a: Aggregation) -> int:
    """Bytes between regions."""
    return int((a.start[1:] - a.end[:-1]).sum())


@BOTH
@pytest.mark.parametrize(("n", "least", "most"), [(10, 20, 100), (15, 3, 10)])
def test_selftest_nr_regions(kernel: str, n: int, least: int, most: int) -> None:
    system = engine(kernel, seed=1)
    pid_of(system, even(n))
    seen = collect(system)
    system.turn_on(0, kdamond(Target(), nr_min=least, nr_max=most))
    system.advance(4_000_000)
    counts = [a.nr_regions for a in seen[3:]]
    assert least <= min(counts) and max(counts) <= most


@BOTH
def test_selftest_nr_regions_committed_online(kernel: str) -> None:
    system = engine(kernel, seed=1)
    pid_of(system, even(14))
    config = kdamond(Target())
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(3_000_000)
    assert seen[-1].nr_regions > 7
    context: Context = replace(config.contexts[0], nr_regions=NrRegions(3, 7), intervals=Intervals(update_us=100_000))
    system.commit(0, Kdamond((context,)))
    system.advance(300_000)
    assert seen[-1].nr_regions <= 7
