"""Where a quota cuts: against the engine's own round with its own charge window, and against loops."""

from dataclasses import replace

import numpy as np
import pytest

from damotui.session.tuning.cutoff import cut_off
from damotui.session.tuning.limit import Limit, NoMachine, RunningQuota, limit_of
from damotui.session.tuning.preview import Amount
from engine.config.model import (
    ULONG_MAX,
    AccessPattern,
    AddrRange,
    Context,
    Filter,
    Goal,
    Quotas,
    Range,
    Scheme,
    Target,
    Weights,
)
from engine.damos.actor import Applied
from engine.damos.apply import Moment, apply_schemes
from engine.damos.rules import Rules
from engine.damos.scheme import AppliedScheme
from engine.engine import Engine
from engine.regions.table import Regions
from engine.snapshot import SchemeStatus
from engine.versions import kernel_version
from tests.damotui.tuning.regions import PAGE, by_chance, found, listed
from tests.engine.make import kdamond, ranges
from tests.engine.running import page_of, pid_of, with_context

KERNEL = kernel_version("7.1")
PADDR = Context(ops="paddr")


def pageout(quotas, *, nr=(0, ULONG_MAX), age=(0, ULONG_MAX), action="pageout", filters=()):
    pattern = AccessPattern(Range(0, ULONG_MAX), Range(*nr), Range(*age))
    return Scheme(action, pattern, quotas=quotas, filters=filters)


def look(one, scheme, context=PADDR, kernel=KERNEL):
    return cut_off(one, scheme, context, kernel, limit_of(scheme.quotas, Rules.of(kernel), PAGE))


class AllSucceeds:
    """Does nothing and calls it done, as all that is needed of an operations set here."""

    def apply(self, action, target, start, end):
        size = (end - start).astype(np.int64)
        return Applied(size * (action.name != "stat"), size, size * 0)


def played_by_the_engine(one, scheme, context, kernel):
    """The round of a scheme that has just been installed, with the window and the quota that the engine opens."""
    applied = AppliedScheme(0, scheme, context.ops, Rules.of(kernel), PAGE)
    columns = [getattr(one, name).copy() for name in ("target", "start", "end", "nr_accesses", "nr_accesses", "age")]
    # Far from the beginning of time: up to 7.0 the first window begins as one that is long over.
    moment = Moment(10**9, 0, one.sample_us, one.aggr_us, one.max_nr_accesses, PAGE, 0)
    if not applied.rules.first_window_bound:
        applied.quota.charged_from_us = 0
    apply_schemes([applied], Regions(*columns), one.nr_accesses, moment, actor=AllSucceeds(), metrics=NoMachine())
    return applied


@pytest.mark.parametrize("kernel", ["6.1", "6.12", "7.1"])
@pytest.mark.parametrize("action", ["pageout", "lru_prio", "stat"])
def test_is_what_the_engine_does_with_the_same_regions(kernel, action):
    kernel, rng = kernel_version(kernel), np.random.default_rng(len(action))
    cuts = set()
    for _ in range(25):
        one = by_chance(rng)
        total = int((one.end - one.start).sum())
        quotas = Quotas(
            sz_bytes=int(rng.integers(1, total // PAGE)) * PAGE,
            time_ms=int(rng.integers(0, 2)),
            reset_interval_ms=1_000,
            weights=Weights(0, int(rng.integers(0, 10)), int(rng.integers(0, 10))),
        )
        filters = ()
        if kernel.name == "7.1" and rng.integers(0, 2):
            first = int(rng.integers(0, 400)) * PAGE
            filters = (Filter("addr", True, addr=AddrRange(first, first + 100 * PAGE)),)
        scheme = pageout(quotas, age=(int(rng.integers(0, 50)), ULONG_MAX), action=action, filters=filters)
        cut, engine = look(one, scheme, PADDR, kernel), played_by_the_engine(one, scheme, PADDR, kernel)
        assert cut.limit.esz == engine.quota.esz
        assert cut.min_score == engine.quota.min_score
        assert cut.tried == Amount(engine.nr_tried, engine.sz_tried)
        cuts.add(cut.min_score)
    assert (cuts == {0}) == (action == "stat"), "an order by score decides, unless all score the same"


def naive_score(hot, frequency_weight, age_weight, nr, checks, age, aggr_us):
    """The formula of section 7.4, step by step."""
    frequency = nr * 100 // checks
    seconds, logarithm = age * aggr_us // 1_000_000, 0
    while seconds >> logarithm:
        logarithm += 1
    signed = (-logarithm if frequency == 0 else logarithm) + 32
    score = (frequency_weight * frequency + age_weight * (signed * 100 // 32 // 2)) // (frequency_weight + age_weight)
    score = min(score * 99 // 100, 99)
    return score if hot else 99 - score


@pytest.mark.parametrize("seed", range(10))
def test_the_least_score_is_what_adding_up_from_the_highest_finds(seed):
    rng = np.random.default_rng(seed)
    one = by_chance(rng, targets=1)
    esz = int((one.end - one.start).sum()) // int(rng.integers(2, 6))
    weights = Weights(0, int(rng.integers(1, 9)), int(rng.integers(0, 9)))
    hot = bool(rng.integers(0, 2))
    scheme = pageout(
        Quotas(sz_bytes=esz, reset_interval_ms=1_000, weights=weights), action="lru_prio" if hot else "pageout"
    )
    scores = [
        naive_score(hot, weights.nr_accesses_permil, weights.age_permil, nr, 20, age, 100_000)
        for *_, nr, age in listed(one)
    ]
    sizes = [end - start for _, start, end, _, _ in listed(one)]
    reached, least = 0, 100
    while least and reached < esz:
        least -= 1
        reached += sum(size for size, score in zip(sizes, scores, strict=True) if score == least)
    cut = look(one, scheme)
    assert cut.scorer.scores(one.nr_accesses, one.age).tolist() == scores
    assert cut.min_score == least
    below = [size for size, score in zip(sizes, scores, strict=True) if score < least]
    assert cut.below == Amount(len(below), sum(below))


def test_by_hand_the_coldest_come_first():
    # Idle for 100 s, for 1 s, and just now: 7 binary digits, 1 and none, so ages of 39, 48 and 50, and 38, 47, 49 hot.
    one = found([(0, 0, 10, 0, 0), (0, 10, 30, 0, 1_000), (0, 30, 60, 0, 10)])
    scheme = pageout(Quotas(sz_bytes=20 * PAGE, reset_interval_ms=1_000, weights=Weights(0, 0, 1)))
    cut = look(one, scheme)
    assert cut.scorer.scores(one.nr_accesses, one.age).tolist() == [50, 61, 52]
    assert (cut.min_score, cut.below, cut.tried) == (61, Amount(2, 40 * PAGE), Amount(1, 20 * PAGE))
    # A byte more reaches into the next score: all of it gets a turn, and the charge ends it.
    more = look(one, replace(scheme, quotas=replace(scheme.quotas, sz_bytes=21 * PAGE)))
    assert (more.min_score, more.below, more.tried) == (52, Amount(1, 10 * PAGE), Amount(2, 21 * PAGE))


def test_on_a_running_engine_the_next_turn_is_the_one_foreseen():
    engine = Engine(seed=4)
    pid = pid_of(engine, loop=True)
    hot, cold = (page_of(engine, pid, region) for region in (0, 1))
    spans = ranges((cold, cold + 40 * PAGE), (cold + 50 * PAGE, cold + 90 * PAGE), (hot, hot + 40 * PAGE))
    config = kdamond(Target(pid, spans), ops="fvaddr", nr_min=3, nr_max=3)
    engine.turn_on(0, config)
    engine.advance(5_000_000)
    quotas = Quotas(sz_bytes=60 * PAGE, reset_interval_ms=1_000, weights=Weights(0, 1, 1))
    scheme = pageout(quotas)
    cut = look(engine.kdamond_status(0).last, scheme, config.contexts[0])
    engine.commit(0, with_context(config, schemes=(scheme,)))
    engine.advance(105_000)
    (installed,) = engine._kdamonds[0].schemes.schemes
    assert cut.tried == Amount(2, 60 * PAGE) == Amount(installed.nr_tried, installed.sz_tried)
    assert cut.min_score == installed.quota.min_score > 50
    assert cut.below == Amount(1, 40 * PAGE)


def test_without_a_quota_all_that_matches_gets_a_turn():
    one = by_chance(np.random.default_rng(1))
    cut = look(one, pageout(Quotas(weights=Weights(0, 3, 7)), nr=(0, 5)))
    fits = [end - start for _, start, end, nr, _ in listed(one) if nr <= 5]
    assert cut.limit == Limit(None)
    assert (cut.min_score, cut.below, cut.tried) == (0, Amount(0, 0), Amount(len(fits), sum(fits)))


def test_regions_stay_as_they_are():
    one = by_chance(np.random.default_rng(2))
    before = listed(one)
    look(one, pageout(Quotas(sz_bytes=5 * PAGE, reset_interval_ms=1_000)))
    assert listed(one) == before


class TestLimit:
    RULES = Rules.of(KERNEL)

    @staticmethod
    def running(quotas, esz, *, limited=True):
        return RunningQuota(quotas, SchemeStatus(True, limited, False, esz, 0, ()))

    def test_of_sizes_and_times(self):
        assert limit_of(Quotas(), self.RULES, PAGE) == Limit(None)
        assert limit_of(Quotas(sz_bytes=8 << 20), self.RULES, PAGE) == Limit(8 << 20, "quota.sz")
        # The kernel takes 4 MiB for what a millisecond gets done, until it knows better.
        guess = "quota.time at 4.0 MiB/ms, a first guess"
        assert limit_of(Quotas(time_ms=3), self.RULES, PAGE) == Limit(12 << 20, guess)
        assert limit_of(Quotas(time_ms=3, sz_bytes=20 << 20), self.RULES, PAGE) == Limit(12 << 20, guess)

    def test_a_running_time_quota_tells_how_much_a_millisecond_gets_done(self):
        running = self.running(Quotas(time_ms=2), 5 << 20)
        assert limit_of(Quotas(time_ms=4), self.RULES, PAGE, running).esz == 10 << 20
        assert limit_of(Quotas(time_ms=4, sz_bytes=1 << 20), self.RULES, PAGE, running) == Limit(1 << 20, "quota.sz")
        # Where the size is what limits, nothing is told about the time.
        running = self.running(Quotas(time_ms=2, sz_bytes=5 << 20), 5 << 20)
        assert limit_of(Quotas(time_ms=4), self.RULES, PAGE, running).esz == 16 << 20

    def test_goals_begin_where_they_have_got_to(self):
        goals = (Goal("some_mem_psi_us", 1_000),)
        fresh = Quotas(sz_bytes=64 << 20, goals=goals)
        assert limit_of(fresh, self.RULES, PAGE) == Limit(64 << 20, "goal_tuner consist begins at 1 B", at_most=True)
        assert limit_of(Quotas(goals=goals), self.RULES, PAGE).esz == ULONG_MAX
        temporal = limit_of(replace(fresh, goal_tuner="temporal"), self.RULES, PAGE)
        assert (temporal.esz, temporal.at_most) == (64 << 20, False)
        running = self.running(fresh, 3 << 20)
        assert limit_of(fresh, self.RULES, PAGE, running) == Limit(3 << 20, "the goals, as tuned so far")
        assert limit_of(replace(fresh, sz_bytes=2 << 20), self.RULES, PAGE, running) == Limit(2 << 20, "quota.sz")
        # At its upper end, how much more the goals would allow is not known.
        full = self.running(fresh, 64 << 20)
        assert limit_of(replace(fresh, sz_bytes=128 << 20), self.RULES, PAGE, full).at_most
        assert limit_of(replace(fresh, sz_bytes=32 << 20), self.RULES, PAGE, full) == Limit(32 << 20, "quota.sz")

    def test_goals_without_a_target_are_none_and_old_kernels_have_none(self):
        assert limit_of(Quotas(goals=(Goal(target_value=0),)), self.RULES, PAGE) == Limit(None)
        old = Rules.of(kernel_version("6.1"))
        assert limit_of(Quotas(goals=(Goal(target_value=9),)), old, PAGE) == Limit(None)
