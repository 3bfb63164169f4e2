"""What is truly cold or hot, and how much of it a scheme would get: against page by page, and by hand."""

from dataclasses import replace

import numpy as np
import pytest

from damotui.session.tuning.preview import preview_of
from damotui.session.tuning.touched import MOST_AVERAGED, LastTime, Touched
from damotui.session.tuning.truly import Heat, heat_of, verdict_of
from engine.config.model import ULONG_MAX, AccessPattern, Context, Kdamond, Range, Scheme, Target
from engine.engine import Engine
from engine.truth import TRUE_SCALE
from engine.workload.library import load_workload
from tests.damotui.tuning.regions import PAGE, by_chance, found, truth

PAGES = 200
AGGR_US = 100_000


def scheme(action="pageout", nr=(0, 0), age=(1, ULONG_MAX)):
    return Scheme(action, AccessPattern(Range(0, ULONG_MAX), Range(*nr), Range(*age)))


def verdict(aggregation, wanted, touched):
    return verdict_of(aggregation, wanted, preview_of(aggregation, wanted, 0).mask, touched)


def ranges_by_chance(rng, targets, *, rated=True):
    """Ascending ranges of pages with rates, and gaps between some of them."""
    rows = []
    for target in range(targets):
        at = int(rng.integers(0, 30))
        while at < PAGES and rng.random() < 0.8:
            size = int(rng.integers(1, 30))
            rows.append((target, at, at + size, round(float(rng.random()), 4) if rated else 1.0))
            at += size + int(rng.integers(0, 2)) * int(rng.integers(0, 20))
    return rows


class Naive:
    """The same page by page: when each was touched and acted on, and at which rates."""

    def __init__(self):
        self.touched, self.acted, self.rates = {}, {}, []

    def add(self, rows, acted, number):
        rates = {}
        for target, first, end, rate in rows:
            for page in range(first, end):
                if round(rate * TRUE_SCALE) > 0:
                    self.touched[target, page] = number
                    rates[target, page] = round(rate * TRUE_SCALE)
        for target, first, end in acted:
            for page in range(first, end):
                self.acted[target, page] = number
        self.rates.append(rates)

    def is_cold(self, at, span):
        return self.touched.get(at, -1) <= len(self.rates) - 1 - span

    def is_hot(self, at, span, share):
        total = sum(rates.get(at, 0) for rates in self.rates[-span:])
        return total > 0 and total >= share * TRUE_SCALE * span

    def is_done(self, at, span):
        return self.is_cold(at, span) and at in self.acted and self.acted[at] >= self.touched.get(at, -1)


def pages(aggregation, index):
    first, end = (int(getattr(aggregation, side)[index]) // PAGE for side in ("start", "end"))
    return [(int(aggregation.target[index]), page) for page in range(first, end)]


@pytest.mark.parametrize("seed", range(12))
def test_is_what_page_by_page_is_found(seed):
    rng = np.random.default_rng(seed)
    targets, naive, touched = 2, Naive(), Touched()
    for number in range(int(rng.integers(3, 40))):
        rows, end_us = ranges_by_chance(rng, targets), (number + 1) * AGGR_US
        rows = [row for row in rows if row[3] > 0]
        acted = [(target, first, end) for target, first, end, _ in ranges_by_chance(rng, targets, rated=False)]
        touched.add(truth(rows, end_us=end_us, nr_targets=targets))
        one = found([(t, 0, 1, 0, 0) for t in range(targets)], end_us=end_us, acted=[(0, *span) for span in acted])
        touched.add_acted(one, 0)
        naive.add(rows, acted, number)
    aggregation = by_chance(rng, targets=targets, end_us=touched.end_us)
    for wanted in (
        scheme(age=(int(rng.integers(0, 50)), ULONG_MAX), nr=(0, 9)),
        scheme("lru_prio", nr=(int(rng.integers(0, 12)), 20), age=(int(rng.integers(0, 50)), ULONG_MAX)),
    ):
        told, mask = verdict(aggregation, wanted, touched), preview_of(aggregation, wanted, 0).mask
        span = min(max(wanted.access_pattern.age.min, 1), touched.known)
        share = wanted.access_pattern.nr_accesses.min / 20
        matched = right = true = done = 0
        for index in range(aggregation.nr_regions):
            for page in pages(aggregation, index):
                cold = told.heat is Heat.COLD
                truly = naive.is_cold(page, span) if cold else naive.is_hot(page, min(span, MOST_AVERAGED), share)
                matched += bool(mask[index])
                right += bool(mask[index]) and truly
                true += truly
                done += not mask[index] and cold and naive.is_done(page, span)
        expected = [amount * PAGE for amount in (matched, right, true, done)]
        assert [told.matched, told.right, told.true, told.done] == expected
        assert (told.aggregations, told.wanted) == (
            span if told.heat is Heat.COLD else min(span, MOST_AVERAGED),
            max(wanted.access_pattern.age.min, 1),
        )


class TestByHand:
    """Pages 0-9 hot all the time, 10-19 touched three aggregations ago, 20-39 never."""

    def touched(self):
        made = Touched()
        for number in range(10):
            rows = [(0, 0, 10, 0.6)] + [(0, 10, 20, 1.0)] * (number == 6)
            made.add(truth(rows, end_us=(number + 1) * AGGR_US))
        return made

    def aggregation(self):
        return found([(0, 0, 10, 12, 9), (0, 10, 30, 0, 3), (0, 30, 40, 0, 9)], end_us=10 * AGGR_US)

    def test_cold(self):
        told = verdict(self.aggregation(), scheme(age=(3, ULONG_MAX)), self.touched())
        assert (told.matched, told.right, told.true) == (30 * PAGE, 30 * PAGE, 30 * PAGE)
        assert (told.precision, told.recall, told.missed) == (100.0, 100.0, 0)
        # Four aggregations back the middle is not cold yet, and age 3 is too young to match.
        told = verdict(self.aggregation(), scheme(age=(4, ULONG_MAX)), self.touched())
        assert (told.matched, told.right, told.true, told.missed) == (10 * PAGE, 10 * PAGE, 20 * PAGE, 10 * PAGE)
        assert (told.precision, told.recall) == (100.0, 50.0)
        # With any count, the hot ones match, too.
        told = verdict(self.aggregation(), scheme(nr=(0, 20), age=(3, 9)), self.touched())
        assert (told.matched, told.right) == (40 * PAGE, 30 * PAGE)
        assert told.precision == 75.0

    def test_cold_memory_that_was_acted_on_is_not_missed(self):
        touched = self.touched()
        acted = found([(0, 0, 40, 0, 0)], end_us=10 * AGGR_US, acted=[(1, 0, 0, 3), (1, 0, 20, 25), (2, 0, 30, 40)])
        touched.add_acted(acted, 1)
        told = verdict(self.aggregation(), scheme(age=(4, ULONG_MAX)), touched)
        assert (told.done, told.missed, told.recall) == (5 * PAGE, 5 * PAGE, 75.0)
        failed = replace(acted, acted=replace(acted.acted, applied=acted.acted.applied * 0))
        unhelped = self.touched()
        unhelped.add_acted(failed, 1)
        assert verdict(self.aggregation(), scheme(age=(4, ULONG_MAX)), unhelped).done == 0
        assert touched.done(10)[0].start.tolist() == [20 * PAGE], "what is touched in an aggregation is not cold in it"
        # It was acted on, and touched again.
        touched.add(truth([(0, 20, 30, 0.1)], end_us=11 * AGGR_US))
        told = verdict(replace(self.aggregation(), end_us=11 * AGGR_US), scheme(age=(4, ULONG_MAX)), touched)
        assert (told.done, told.true) == (0, 20 * PAGE)

    def test_hot(self):
        told = verdict(self.aggregation(), scheme("lru_prio", nr=(12, 20), age=(5, ULONG_MAX)), self.touched())
        assert told.heat is Heat.HOT
        # On average over five aggregations the middle was touched at a fifth, the hot part at 60 %.
        assert (told.matched, told.right, told.true) == (10 * PAGE, 10 * PAGE, 10 * PAGE)
        told = verdict(self.aggregation(), scheme("lru_prio", nr=(4, 20), age=(5, ULONG_MAX)), self.touched())
        assert (told.right, told.true, told.missed) == (10 * PAGE, 20 * PAGE, 10 * PAGE)
        told = verdict(self.aggregation(), scheme("lru_prio", nr=(13, 20), age=(0, ULONG_MAX)), self.touched())
        assert (told.matched, told.true, told.precision, told.recall) == (0, 0, 0.0, 0.0)

    def test_is_not_known_of_another_aggregation(self):
        assert verdict(replace(self.aggregation(), end_us=1), scheme(), self.touched()) is None
        assert verdict(self.aggregation(), scheme(), Touched()) is None


def test_a_gap_or_another_target_begins_anew():
    touched = Touched()
    for end in (1, 2, 3, 6, 7):
        touched.add(truth([(0, end, end + 1, 0.5)], end_us=end * AGGR_US))
    assert touched.known == 2
    assert touched.within(2)[0].start.tolist() == [6 * PAGE]
    touched.add(truth([(1, 0, 1, 0.5)], end_us=8 * AGGR_US, nr_targets=2))
    assert touched.known == 1 and len(touched.within(1)) == 2
    faded = replace(truth([(0, 0, 1, 0.5)], end_us=20 * AGGR_US, nr_targets=2), start_us=9 * AGGR_US)
    touched.add(faded)
    assert touched.known == 0 and touched.end_us == 0


def test_last_times_stay_few():
    last = LastTime()
    for number in range(500):
        at = np.array([number % 7 * 10], np.uint64)
        last.add(at, at + np.uint64(10), number)
    assert last.bounds.tolist() == list(range(0, 80, 10))
    assert last.time_us.tolist() == [497, 498, 499, 493, 494, 495, 496]


@pytest.mark.parametrize(
    ("action", "nr", "heat"),
    [
        ("pageout", (0, 20), Heat.COLD),
        ("migrate_cold", (0, 0), Heat.COLD),
        ("hugepage", (0, 0), Heat.HOT),
        ("willneed", (1, 20), Heat.HOT),
        ("stat", (0, 2), Heat.COLD),
        ("stat", (1, ULONG_MAX), Heat.HOT),
        ("stat", (0, ULONG_MAX), None),
        ("stat", (0, 3), None),
    ],
)
def test_what_a_scheme_is_meant_for(action, nr, heat):
    assert heat_of(scheme(action, nr=nr), 20) is heat


def test_a_stat_scheme_of_both_kinds_is_not_judged():
    touched = TestByHand().touched()
    assert verdict(TestByHand().aggregation(), scheme("stat", nr=(0, 20)), touched) is None


def test_on_a_running_engine_cold_bytes_are_those_that_no_window_touched():
    engine, pairs = Engine(seed=2), []
    engine.start_process(load_workload("stairs"), loop=True)
    engine.subscribe(lambda one: pairs.append((one, engine.truth_of(one))))
    engine.turn_on(0, Kdamond(contexts=(Context(targets=(Target(),)),)))
    engine.advance(12_000_000)
    touched = Touched()
    for _, one in pairs:
        touched.add(one)
    last, span = pairs[-1][0], 25
    told = verdict(last, scheme(age=(span, ULONG_MAX)), touched)
    hit = set()
    for _, one in pairs[-span:]:
        for start, end in zip(one.start.tolist(), one.end.tolist(), strict=True):
            hit.update(range(start // PAGE, -(-end // PAGE)))
    cold = sum(
        PAGE * sum(page not in hit for page in range(start // PAGE, end // PAGE))
        for start, end in zip(last.start.tolist(), last.end.tolist(), strict=True)
    )
    assert told.true == pytest.approx(cold, abs=64 * PAGE)  # ranges begin and end inside of pages
    assert 50 << 20 < told.right <= told.matched
    assert told.precision > 90
