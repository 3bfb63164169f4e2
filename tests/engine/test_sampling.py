"""What is random in sampling, and what kdamonds have in common."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config.model import Target
from engine.sampling import count_hits
from tests.engine.make import GIB, MIB, PAGE, collect, engine, kdamond, ranges, workload
from tests.engine.running import fixed, page_of, pid_of


@pytest.mark.parametrize("truncated", [False, True], ids=["all of it", "32 bits"])
def test_the_hot_end_of_a_huge_region_is_found_unless_addresses_have_32_bits(truncated: bool) -> None:
    system = engine("6.12", memory_bytes=32 * GIB, truncated_sampling=truncated)
    pid = pid_of(system, workload({"hot": 256 * MIB, "cold": 8 * GIB}, (90_000, [("hot", False, 4096, 1)])))
    low, high = page_of(system, pid, 1), page_of(system, pid, 0) + 256 * MIB
    spans = [(low, high), (high + MIB, high + 2 * MIB), (high + 3 * MIB, high + 4 * MIB)]
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid, ranges(*spans)), ops="fvaddr", nr_min=3, nr_max=3))
    system.advance(10_000_000)
    hits = sum(int(a.nr_accesses[0]) for a in seen)
    # 2000 checks, of which 1 in 33 hits.
    assert hits == 0 if truncated else 30 < hits < 100


def test_with_32_bits_the_hot_beginning_of_a_huge_region_is_all_of_it() -> None:
    """Of 8 GiB and 64 MiB only the first 64 MiB are ever looked at."""
    system = engine("6.12", memory_bytes=32 * GIB, truncated_sampling=True)
    pid = pid_of(system, workload({"cold": 8 * GIB, "hot": 256 * MIB}, (90_000, [("hot", False, 4096, 1)])))
    low = page_of(system, pid, 1)
    spans = [(low, low + 8 * GIB + 64 * MIB), (low + 9 * GIB, low + 10 * GIB), (low + 11 * GIB, low + 12 * GIB)]
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid, ranges(*spans)), ops="fvaddr", nr_min=3, nr_max=3))
    system.advance(1_000_000)
    assert all(a.nr_accesses.tolist() == [20, 0, 0] for a in seen)


def test_kdamonds_at_once_see_one_workload() -> None:
    """Which of two patterns runs is common to all who look, though each draws its own pages."""
    system = engine(seed=4)
    load = workload(
        {"a": MIB, "b": MIB},
        (60_000, [("a", False, 4096, 1), ("b", False, 4096, 1)]),
        accesses_per_ms=256,
        batch=256 * 30,
    )
    pid = pid_of(system, load)
    first = page_of(system, pid, 0)
    seen = collect(system)
    system.turn_on(0, fixed(pid, first))
    system.turn_on(1, fixed(pid, first + 100 * PAGE))
    system.turn_on(2, fixed(pid, page_of(system, pid, 1), sample_us=2_000, aggr_us=100_000))
    system.advance(10_000_000)
    counts = [np.array([a.nr_accesses.mean() for a in seen if a.kdamond == i]) for i in range(3)]
    together = np.corrcoef(counts)
    assert together[0, 1] > 0.99
    assert together[0, 2] < -0.98


# The checks of many windows at once


@pytest.mark.parametrize(
    ("windows", "alike"), [(20, True), (20, False), (64, True), (65, True), (200, True), (200, False), (1, True)]
)
def test_hits_are_those_of_one_check_after_the_other(windows: int, alike: bool) -> None:
    """A sum of Bernoulli draws, whichever way they are made: its mean, its variance, and no draw shared by two."""
    rng = np.random.default_rng(windows)
    shares = rng.random((1 if alike else windows, 4))
    shares[:, 0] = 0.03
    regions = 5_000
    hits = count_hits(np.repeat(shares, regions, axis=1), windows, np.random.default_rng(2)).reshape(4, regions)
    each = np.broadcast_to(shares, (windows, 4))
    mean, variance = each.sum(axis=0), (each * (1 - each)).sum(axis=0)
    assert (np.abs(hits.mean(axis=1) - mean) < 4.5 * np.sqrt(variance / regions)).all()
    assert (np.abs(hits.var(axis=1) / variance - 1) < 0.12).all()
    assert hits.min() >= 0 and hits.max() <= windows
    assert np.abs(np.corrcoef(hits) - np.eye(4)).max() < 0.07


@pytest.mark.parametrize("windows", [1, 20, 65])
@pytest.mark.parametrize("alike", [True, False])
def test_what_is_all_or_not_at_all_touched_has_no_chance(windows: int, alike: bool) -> None:
    share = np.tile([[0.0, 1.0, 1.0 + 1e-12, 1e-12]], (1 if alike else windows, 2_000))
    hits = count_hits(share, windows, np.random.default_rng(1))
    assert set(hits[0::4].tolist()) == set(hits[3::4].tolist()) == {0}
    assert set(hits[1::4].tolist()) == set(hits[2::4].tolist()) == {windows}


def test_windows_are_drawn_by_their_own_share() -> None:
    share = np.zeros((10, 3_000))
    share[:3] = 1.0
    share[3] = 0.5
    hits = count_hits(share, 10, np.random.default_rng(1))
    assert set(hits.tolist()) == {3, 4}
    assert abs(hits.mean() - 3.5) < 0.04
