"""The engine draws no page and plays no access, and yet its results must follow the law of what does both.

Each case compares the engine with what `naive_law` plays: masim access by access, and DAMON page check by page check.
Both are run many times with seeds of their own, and a chi-square or Kolmogorov-Smirnov test asks whether the two
samples can come from one law. All seeds are fixed, so a test either always passes or never; `ALIKE` is the least p that
passes. A model that draws each region's count by itself, from the right mean, is refused by the same tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from engine.config.model import Target
from tests.engine.make import collect, engine, kdamond, ranges
from tests.engine.naive_law import (
    AGGREGATIONS,
    CASES,
    FIRST_SEED,
    INDEPENDENT_RUNS,
    WARM_UP_US,
    Case,
    Counts,
    count_naively,
    long_target,
    played,
    regions_naively,
    watched_ranges,
)

ALIKE = 1e-3
UNLIKE = 1e-9
REPETITIONS = 400
LONG_RUNS = 12


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


def counts_by_engine(case: Case) -> Counts:
    """Counts [REPETITIONS, 3]."""
    return np.array([count_by_engine(case, seed) for seed in range(REPETITIONS)])


def independent_counts(case: Case) -> Counts:
    """The wrong model: each region draws Binomial(samples, mean share) by itself."""
    mean = played()[case.name].counts.mean(axis=0) / case.samples
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
def test_what_was_played_is_what_the_naive_play_gives(case: Case) -> None:
    found = played()[case.name]
    again = [list(count_naively(case, FIRST_SEED + seed)) for seed in range(len(found.first))]
    assert again == found.first
    assert set(map(tuple, again)) <= set(map(tuple, found.counts.tolist()))
    assert regions_naively(case, FIRST_SEED) == found.regions[0]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_counts_of_regions_follow_the_naive_law_one_by_one_and_together(case: Case) -> None:
    mine, reference = counts_by_engine(case), played()[case.name].counts
    for region in range(3):
        assert p_of(mine[:, region].tolist(), reference[:, region].tolist()) > ALIKE
        assert ks_2samp(mine[:, region], reference[:, region], method="asymp").pvalue > ALIKE
    assert p_of(pairs_of(mine), pairs_of(reference)) > ALIKE
    for one, other in ((0, 1), (0, 2)):
        difference = [(found[:, one] - found[:, other]).tolist() for found in (mine, reference)]
        assert p_of(*difference) > ALIKE


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_model_of_independent_regions_is_refused(case: Case) -> None:
    wrong, reference = independent_counts(case), played()[case.name].counts
    assert abs(wrong.mean() - reference.mean()) < 0.3
    assert p_of(pairs_of(wrong), pairs_of(reference)) < UNLIKE


def test_regions_of_one_masim_region_are_correlated_and_those_of_two_are_not_positively() -> None:
    case = CASES[1]
    for found in (counts_by_engine(case), played()[case.name].counts):
        together = np.corrcoef(found.T)
        assert together[0, 1] > 0.8
        assert together[0, 2] < -0.3


# A hundred aggregations with merging and splitting


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


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_number_of_regions_after_100_aggregations_follows_the_naive_law(case: Case) -> None:
    mine = [regions_by_engine(case, seed) for seed in range(LONG_RUNS)]
    assert ks_2samp(mine, played()[case.name].regions).pvalue > ALIKE


def test_regions_that_draw_independently_do_not_merge() -> None:
    case = CASES[1]
    wrong = [regions_naively(case, seed, independent=True) for seed in range(INDEPENDENT_RUNS)]
    reference = played()[case.name].regions
    assert min(wrong) > 2 * max(reference)
    assert ks_2samp(wrong, reference).pvalue < 1e-5
