"""The kernel's own selftests that need no kernel (specification section 15.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.config.model import Context, Intervals, Kdamond, NrRegions, Scheme, Target
from engine.snapshot import Aggregation
from engine.workload.library import Workload
from tests.engine.make import MIB, collect, engine, kdamond, stat, workload
from tests.engine.running import BOTH, pid_of


def alternating(size: int, ms: int = 2_000, rounds: int = 3) -> Workload:
    """access_memory: two regions of `size` bytes, touched one after the other."""
    return workload({"a": size, "b": size}, *[(ms, [("ab"[i % 2], False, 4096, 1)]) for i in range(2 * rounds)])


def even(n: int, size: int = 10 * MIB) -> Workload:
    """access_memory_even: `n` regions, of which those with even numbers are rewritten all the time."""
    regions = {f"r{i}": size for i in range(n)}
    return workload(regions, (3_600_000, [(f"r{i}", False, 4096, 1) for i in range(0, n, 2)]), batch=2_560)


def working_set(a: Aggregation, nr: int = 5, age: int = 2) -> int:
    """Bytes that a stat scheme of at least this many accesses and this age would try."""
    return int((a.end - a.start)[(a.nr_accesses >= nr) & (a.age >= age)].sum())


@BOTH
@pytest.mark.parametrize("seed", range(3))
def test_selftest_working_set_size(kernel: str, seed: int) -> None:
    system = engine(kernel, seed=seed)
    pid_of(system, alternating(10 * MIB))
    seen = collect(system)
    system.turn_on(0, kdamond(Target()))
    system.advance(4_000_000)
    sizes = sorted(working_set(a) for a in seen)
    for part in (0.5, 0.75):
        assert abs(sizes[int(len(sizes) * part)] / (10 * MIB) - 1) <= 0.2


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


@BOTH
def test_selftest_tried_regions(kernel: str) -> None:
    """Fourteen regions, hot and cold by turns: at least as many are seen."""
    system = engine(kernel, seed=2)
    pid_of(system, even(14))
    everything: Scheme = stat()
    seen = collect(system)
    system.turn_on(0, kdamond(Target(), schemes=[everything]))
    system.advance(2_500_000)
    counts = sorted(a.nr_regions for a in seen[-11:])
    assert counts[4] >= 14
