"""The engine draws no page and plays no access, and yet its results must follow the law of what does both.

Each case compares the engine with `naive`: masim access by access, and DAMON page check by page check. Both are run
many times with seeds of their own, and a chi-square or Kolmogorov-Smirnov test asks whether the two samples can come
from one law. All seeds are fixed, so a test either always passes or never; `ALIKE` is the least p that passes.
A model that draws each region's count by itself, from the right mean, is refused by the same tests.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2_contingency, ks_2samp

from engine.config.model import Target
from engine.workload.library import Workload
from tests.engine import naive, naive_masim
from tests.engine.make import KIB, PAGE, collect, engine, kdamond, ranges, workload

ALIKE = 1e-3
UNLIKE = 1e-9
REPETITIONS = 800
LONG_RUNS = 20
AGGREGATIONS = 100
WARM_UP_US = 37_000

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """A workload with attributes, and three regions of equal size to watch.

    `watched` are pages from the beginning of the first masim region, the first two of them inside it.
    """

    name: str
    load: Workload
    watched: tuple[int, int, int]
    pages: int
    sample_us: int = 5_000
    samples: int = 20

    def __str__(self) -> str:
        return self.name

    @property
    def aggr_us(self) -> int:
        return self.sample_us * self.samples


HALF_MIB = 512 * KIB
SWEEP, RANDOM = False, True

CASES = (
    Case(
        "four equal weights",
        workload(
            dict.fromkeys("abcd", HALF_MIB),
            (60_000, [(name, SWEEP, 4096, 5) for name in "abcd"]),
            accesses_per_ms=128,
            batch=384,
        ),
        (2, 66, -100),
        50,
    ),
    Case(
        "two patterns whose batches outlast a sample",
        workload(
            {"a": HALF_MIB, "b": HALF_MIB},
            (60_000, [("a", SWEEP, 4096, 1), ("b", SWEEP, 4096, 1)]),
            accesses_per_ms=64,
            batch=768,
        ),
        (2, 66, -100),
        50,
    ),
    Case(
        "unequal weights in batches of three samples and a bit",
        workload(
            {"a": HALF_MIB, "b": HALF_MIB, "c": HALF_MIB},
            (60_000, [("a", SWEEP, 4096, 5), ("b", SWEEP, 4096, 2), ("c", SWEEP, 4096, 1)]),
            accesses_per_ms=64,
            batch=640,
        ),
        (2, 66, -100),
        50,
        sample_us=3_000,
    ),
    Case(
        "one sweep of six samples",
        workload({"a": 4 * HALF_MIB}, (60_000, [("a", SWEEP, 4096, 1)]), accesses_per_ms=16, batch=256),
        (10, 140, 300),
        100,
        samples=10,
    ),
    Case(
        "two slow sweeps by turns",
        workload(
            {"a": 2 * HALF_MIB, "b": 2 * HALF_MIB},
            (60_000, [("a", SWEEP, 4096, 1), ("b", SWEEP, 4096, 1)]),
            accesses_per_ms=32,
            batch=128,
        ),
        (2, 130, -200),
        100,
        samples=10,
    ),
    Case(
        "random access beside a sweep",
        workload(
            {"a": 2 * HALF_MIB, "b": HALF_MIB},
            (60_000, [("a", RANDOM, 0, 3), ("b", SWEEP, 4096, 2)]),
            accesses_per_ms=64,
            batch=1_280,
        ),
        (2, 130, -120),
        100,
        samples=10,
    ),
    Case(
        "strides of 64 bytes",
        workload(
            {"a": HALF_MIB, "b": HALF_MIB},
            (60_000, [("a", SWEEP, 64, 1), ("b", SWEEP, 64, 1)]),
            accesses_per_ms=1_024,
            batch=20_480,
        ),
        (2, 66, -100),
        50,
        samples=12,
    ),
    Case(
        "strides of three pages",
        workload(
            {"a": 3 * HALF_MIB, "b": HALF_MIB},
            (60_000, [("a", SWEEP, 12_288, 2), ("b", SWEEP, 4096, 3)]),
            accesses_per_ms=64,
            batch=1_280,
        ),
        (3, 201, -110),
        99,
    ),
    Case(
        "random and sweep on one region, and a phase of rest",
        workload(
            {"a": 2 * HALF_MIB, "b": HALF_MIB},
            *[(30, [("a", RANDOM, 0, 1), ("a", SWEEP, 4096, 1), ("b", SWEEP, 4096, 1)]), (20, [("a", RANDOM, 0, 0)])]
            * 100,
            accesses_per_ms=32,
            batch=320,
        ),
        (2, 130, -120),
        100,
        sample_us=4_000,
        samples=10,
    ),
)


def bases_of(load: Workload) -> tuple[int, ...]:
    """Where a process puts the workload's regions: taken from the engine, as it would be from /proc/PID/maps."""
    system = engine(memory_bytes=1 << 30)
    return system.machine.processes[system.start_process(load)].layout.regions


def watched_ranges(case: Case, bases: Sequence[int]) -> list[tuple[int, int]]:
    first = bases[0] // PAGE
    return [((first + at) * PAGE, (first + at + case.pages) * PAGE) for at in case.watched]


# One aggregation of three regions that never merge or split


def count_by_engine(case: Case, seed: int) -> tuple[int, ...]:
    """Counts of one aggregation: gaps keep regions apart, and max_nr_regions keeps them whole."""
    system = engine(seed=seed, memory_bytes=1 << 30)
    pid = system.start_process(case.load)
    pairs = watched_ranges(case, system.machine.processes[pid].layout.regions)
    system.advance(WARM_UP_US)
    target = Target(pid, ranges(*sorted(pairs)))
    config = kdamond(target, ops="fvaddr", sample_us=case.sample_us, aggr_us=case.aggr_us, nr_min=3, nr_max=3)
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(case.aggr_us)
    found = dict(zip(seen[0].start.tolist(), seen[0].nr_accesses.tolist(), strict=True))
    return tuple(found[start] for start, _ in pairs)


def count_naively(case: Case, seed: int) -> tuple[int, ...]:
    """The same by looking at random pages of bitmaps."""
    bases = bases_of_cached(case)
    edges = [WARM_UP_US + i * case.sample_us for i in range(case.samples + 1)]
    touched, first = naive_masim.Masim(case.load, bases, seed).pages(edges)
    chance = random.Random(seed)
    width = touched.shape[1]
    counts = []
    for start, end in watched_ranges(case, bases):
        count = 0
        for window in range(case.samples):
            page = chance.randrange(start, end) // PAGE - first
            count += 0 <= page < width and bool(touched[window, page])
        counts.append(count)
    return tuple(counts)


@cache
def bases_of_cached(case: Case) -> tuple[int, ...]:
    return bases_of(case.load)


@cache
def counts(case: Case, how: Callable[[Case, int], tuple[int, ...]]) -> Counts:
    """Counts [REPETITIONS, 3]; the two ways never share a seed."""
    offset = 0 if how is count_by_engine else 1_000_000
    return np.array([how(case, offset + seed) for seed in range(REPETITIONS)])


def independent_counts(case: Case) -> Counts:
    """The wrong model: each region draws Binomial(samples, mean share) by itself."""
    mean = counts(case, count_naively).mean(axis=0) / case.samples
    return np.random.default_rng(7).binomial(case.samples, mean, size=(REPETITIONS, 3))


def p_of(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """Chi-square p of two samples of any values being from one law; rare values are taken together."""
    a, b = Counter(one), Counter(other)
    common = [value for value in {*a, *b} if a[value] + b[value] >= 16]
    cells = [[c[value] for value in common] + [sum(n for v, n in c.items() if v not in common)] for c in (a, b)]
    table = np.array(cells)
    table = table[:, table.sum(axis=0) > 0]
    return 1.0 if table.shape[1] < 2 else float(chi2_contingency(table)[1])


def pairs_of(found: Counts) -> list[tuple[int, ...]]:
    """Counts of the two regions inside one masim region, together."""
    return [tuple(row) for row in found[:, :2].tolist()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_one_regions_count_follows_the_naive_law(case: Case) -> None:
    mine, reference = counts(case, count_by_engine), counts(case, count_naively)
    for region in range(3):
        assert p_of(mine[:, region].tolist(), reference[:, region].tolist()) > ALIKE
        assert ks_2samp(mine[:, region], reference[:, region], method="asymp").pvalue > ALIKE


@pytest.mark.parametrize("case", CASES, ids=str)
def test_counts_of_two_regions_in_one_masim_region_follow_the_naive_joint_law(case: Case) -> None:
    mine, reference = counts(case, count_by_engine), counts(case, count_naively)
    assert p_of(pairs_of(mine), pairs_of(reference)) > ALIKE
    for one, other in ((0, 1), (0, 2)):
        difference = [(found[:, one] - found[:, other]).tolist() for found in (mine, reference)]
        assert p_of(*difference) > ALIKE


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_model_of_independent_regions_is_refused(case: Case) -> None:
    wrong, reference = independent_counts(case), counts(case, count_naively)
    assert abs(wrong.mean() - reference.mean()) < 0.3
    assert p_of(pairs_of(wrong), pairs_of(reference)) < UNLIKE


def test_regions_of_one_masim_region_are_correlated_and_those_of_two_are_not_positively() -> None:
    case = CASES[1]
    for how in (count_by_engine, count_naively):
        together = np.corrcoef(counts(case, how).T)
        assert together[0, 1] > 0.8
        assert together[0, 2] < -0.3


# A hundred aggregations with merging and splitting


def long_target(case: Case) -> tuple[int, int]:
    """All masim regions of a case and as much untouched memory below them."""
    bases = bases_of_cached(case)
    low, high = min(bases) // PAGE * PAGE, (bases[0] + case.load.config.regions[0].size) // PAGE * PAGE
    return low - (high - low), high


def regions_by_engine(case: Case, seed: int) -> int:
    system = engine(seed=seed, memory_bytes=1 << 30)
    pid = system.start_process(case.load)
    config = kdamond(
        Target(pid, ranges(long_target(case))),
        ops="fvaddr",
        sample_us=case.sample_us,
        aggr_us=case.aggr_us,
        nr_min=10,
        nr_max=200,
    )
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(AGGREGATIONS * case.aggr_us)
    return seen[-1].nr_regions


def regions_naively(case: Case, seed: int, *, independent: bool = False) -> int:
    """With `independent`, each check finds the window's mean share by itself, whatever else was found."""
    bases = bases_of_cached(case)
    edges = case.sample_us * np.arange(AGGREGATIONS * case.samples + 1)
    touched, first = naive_masim.Masim(case.load, bases, seed).pages(edges.tolist())
    width = touched.shape[1]
    chance = random.Random(seed)
    mean = touched.mean(axis=0)

    def hit(tick: int, page: int) -> bool:
        at = page - first
        if not 0 <= at < width:
            return False
        return bool(chance.random() < mean[at] if independent else touched[tick, at])

    start, end = long_target(case)
    damon = naive.Damon([[naive.Region(start, end)]], case.sample_us, case.aggr_us, 10, 200, chance)
    for _ in range(AGGREGATIONS):
        (seen,) = damon.aggregation(hit)
    return len(seen)


@cache
def long_runs(case: Case, how: Callable[[Case, int], int]) -> list[int]:
    offset = 0 if how is regions_by_engine else 1_000_000
    return [how(case, offset + seed) for seed in range(LONG_RUNS)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_number_of_regions_after_100_aggregations_follows_the_naive_law(case: Case) -> None:
    mine, reference = long_runs(case, regions_by_engine), long_runs(case, regions_naively)
    assert ks_2samp(mine, reference).pvalue > ALIKE


def test_regions_that_draw_independently_do_not_merge() -> None:
    case = CASES[1]
    wrong = [regions_naively(case, seed, independent=True) for seed in range(8)]
    reference = long_runs(case, regions_naively)
    assert min(wrong) > 2 * max(reference)
    assert ks_2samp(wrong, reference).pvalue < 1e-5
