"""The intervals advisor: its figures by hand, what it says of clear cases, and whether its proposals come true."""

import math
from dataclasses import replace

import pytest

from damotui.render.history import History
from damotui.session.intervals_advice import Verdict, advise
from damotui.session.intervals_found import found_of, recent
from damotui.session.intervals_proposal import (
    CHECKS,
    GOAL,
    SAMPLES_US,
    about_right,
    auto_tuning,
    better_sample_us,
    more_regions,
    other_intervals,
)
from damotui.widgets.advice_lines import advised
from engine.config.model import (
    UINT_MAX,
    ULONG_MAX,
    AccessPattern,
    Context,
    Intervals,
    IntervalsGoal,
    Kdamond,
    NrRegions,
    Range,
    Scheme,
    Target,
)
from engine.config.validate import validate
from engine.damos.tuning import observed_score
from engine.engine import Engine
from engine.versions import kernel_version
from engine.workload.library import load_workload
from tests.recordings import MIB, PAGE, aggregation, by_chance

NEW, OLD = kernel_version("7.1"), kernel_version("6.12")
PLAIN = Context(targets=(Target(),))


def like(rates, count=30, *, sample_us=5_000, aggr_us=100_000, size=MIB):
    """Aggregations of equal regions with these nr_accesses."""
    regions = [(0, at * size, (at + 1) * size, nr, 3) for at, nr in enumerate(rates)]
    return [aggregation(regions, index, sample_us=sample_us, aggr_us=aggr_us) for index in range(count)]


def advice_on(rates, count=30, context=PLAIN, kernel=NEW, **intervals):
    return advise(like(rates, count, **intervals), context, context, kernel)


def sign(advice, name):
    (found,) = [one for one in advice.signs if one.name == name]
    return found


class TestFigures:
    def test_by_hand(self):
        """Of four equal regions one is found at each check, one at half of them."""
        found = found_of(like([20, 10, 0, 0], 12))
        assert (found.aggregations, found.span_us, found.checks, found.regions) == (12, 1_200_000, 20, 4)
        assert found.ratio == 0.375
        assert (found.never, found.always) == (0.5, 0.25)
        assert found.hits == 30 * 12
        assert (found.low, found.high) == (0.375, 0.375)
        assert found.checks_per_s == 800
        assert found.look_us == 256 * 5_000

    @pytest.mark.parametrize("seed", range(4))
    def test_the_ratio_is_the_one_that_the_kernel_tunes_by(self, seed):
        (one,) = by_chance(seed, 1)
        score = observed_score(one.end - one.start, one.nr_accesses, one.max_nr_accesses, 400)
        assert found_of([one]).ratio * 10_000 / 400 * 10_000 == pytest.approx(score, abs=2)

    def test_one_of_ten_aggregations_is_below_and_one_above(self):
        each = [like([nr], 1)[0] for nr in range(11)]
        found = found_of([replace(one, start_us=at * 10**5, end_us=(at + 1) * 10**5) for at, one in enumerate(each)])
        assert (found.low, found.high) == (1 / 20, 9 / 20)

    def test_what_is_touched_at_random_times_is_found_more_often_over_longer_intervals(self):
        found = found_of(like([20, 10, 0, 0]))
        assert found.expected(5_000) == pytest.approx(found.ratio)
        assert found.expected(10_000) == pytest.approx((1 + 0.75) / 4)
        assert found.expected(2_500) == pytest.approx((1 + 1 - math.sqrt(0.5)) / 4)

    def test_only_the_last_aggregations_with_the_intervals_of_now_count(self):
        history = History()
        for index, one in enumerate([*like([1], 30), *like([2], 12, sample_us=10_000, aggr_us=200_000)]):
            history.add(replace(one, start_us=index * 200_000, end_us=(index + 1) * 200_000))
        assert [one.sample_us for one in recent(history, 0, 50)] == [10_000] * 12
        assert [one.end_us for one in recent(history, 0, 3)] == [8_000_000, 8_200_000, 8_400_000]
        assert recent(history, 1, 3) == []

    def test_nothing_is_found_in_nothing(self):
        assert found_of([]) is None
        assert found_of([aggregation([])]) is None


class TestVerdict:
    def test_too_few_aggregations_are_no_ground_for_one(self):
        advice = advice_on([1, 0], 4)
        assert advice.verdict is Verdict.UNKNOWN
        assert advice.because.startswith("4 aggregations with these intervals so far, and 5 are the least")
        assert not advice.proposals
        assert advise([], None, None, NEW).verdict is Verdict.UNKNOWN

    def test_near_the_goal_nothing_is_to_be_changed(self):
        advice = advice_on([16, *[0] * 19])  # 4 %
        assert advice.verdict is Verdict.RIGHT
        assert "4 % of the accesses that could be observed were, and 4 % are aimed at" in advice.because
        assert [one.label for one in advice.proposals] == ["auto-tuning: intervals_goal on"]

    def test_hardly_anything_found_is_too_short(self):
        advice = advice_on([2, *[0] * 99])  # 0.1 %
        assert advice.verdict is Verdict.SHORT
        assert sign(advice, "never accessed").good is False
        assert advice.proposals[0].label == "sample_us 50 ms, aggr_us 1 s"
        assert "10 times as long" in advice.proposals[0].reason

    def test_nothing_found_is_too_short_by_as_much_as_may_be_at_once(self):
        advice = advice_on([0] * 10, sample_us=20_000, aggr_us=400_000)
        assert advice.verdict is Verdict.SHORT
        assert advice.proposals[0].label == "sample_us 200 ms, aggr_us 4 s"
        assert "nothing was found, so how much longer is not known" in advice.proposals[0].reason
        assert sign(advice, "accesses").good is False

    def test_warm_memory_found_all_over_is_too_long(self):
        advice = advice_on([4] * 10, sample_us=100_000, aggr_us=2_000_000)  # 20 %, none at each check
        assert advice.verdict is Verdict.LONG
        assert advice.proposals[0].label == "sample_us 20 ms, aggr_us 400 ms"
        assert "about 4.4 % are to be expected" in advice.proposals[0].reason

    def test_what_is_found_at_each_check_can_not_be_told_apart_by_shorter_intervals(self):
        advice = advice_on([20] * 3 + [0] * 7, sample_us=100_000, aggr_us=2_000_000)
        assert advice.verdict is Verdict.RIGHT
        assert "30 % of the memory is accessed at each check, which no shorter interval" in advice.because

    def test_nor_is_less_than_the_recommended_proposed(self):
        advice = advice_on([10] * 10)
        assert advice.verdict is Verdict.RIGHT
        assert "but 5 ms is the shortest sample_us that the kernel's guide recommends" in advice.because

    def test_a_goal_that_was_set_is_the_one_that_counts(self):
        goal = IntervalsGoal(access_bp=2_000, aggrs=3, min_sample_us=5_000, max_sample_us=10_000_000)
        tuned = replace(PLAIN, intervals=Intervals(goal=goal))
        advice = advice_on([4] * 10, context=tuned)
        assert advice.verdict is Verdict.RIGHT
        assert "20 % are aimed at" in advice.because and advice.because.endswith("auto-tuning is on, and sees to it")
        assert not advice.proposals


class TestSigns:
    def test_regions_that_are_split_no_more(self):
        few = replace(PLAIN, nr_regions=NrRegions(3, 18))
        advice = advice_on([8, *[0] * 9], context=few)
        assert sign(advice, "regions").good is False
        assert "split no more" in sign(advice, "regions").meaning
        (more,) = [one for one in advice.proposals if "nr_regions" in one.label]
        assert more.label == "nr_regions max 20"
        assert more.context.nr_regions == NrRegions(3, 20)

    def test_regions_that_are_split_for_nothing(self):
        found = sign(advice_on([0] * 11), "regions")
        assert (found.good, found.figure) == (False, "11 of 10 to 1,000")
        assert "hardly more than min" in found.meaning
        assert sign(advice_on([8] * 11), "regions").good is True

    def test_ages_that_are_too_few_aggregations(self):
        schemes = tuple(
            Scheme(access_pattern=AccessPattern(Range(0, ULONG_MAX), Range(0, 0), Range(low, high)))
            for low, high in ((30, UINT_MAX), (2, 8), (0, ULONG_MAX))
        )
        advice = advice_on([8] * 10, context=replace(PLAIN, schemes=schemes))
        assert sign(advice, "age of scheme 0").figure == "30 × 100 ms = 3 s"
        assert sign(advice, "age of scheme 0").good is True
        assert sign(advice, "age of scheme 1").figure == "2 × 100 ms = 200 ms to 8 × 100 ms = 800 ms"
        assert sign(advice, "age of scheme 1").good is False
        assert not [one for one in advice.signs if one.name == "age of scheme 2"]

    def test_checks_cost_and_levels(self):
        advice = advice_on([4] * 10, sample_us=5_000, aggr_us=50_000)
        assert sign(advice, "checks").meaning.startswith("11 rates can be told apart")
        assert sign(advice_on([4] * 10, sample_us=1_000), "checks").good is False
        assert sign(advice, "sampling").meaning == "what is touched more than 200 times a second looks alike"
        assert sign(advice_on([4] * 10, sample_us=20_000_000, aggr_us=400_000_000), "sampling").good is False
        assert sign(advice, "cost").figure == "2,000 checks/s, 0.02 % of a CPU"
        counted = advise(like([4] * 10, 20), PLAIN, PLAIN, NEW, 3_800.0)
        assert sign(counted, "cost").figure == "3,800 checks/s, 0.038 % of a CPU"
        dear = advice_on([4] * 1_000, 5, sample_us=1_000, aggr_us=20_000, size=PAGE)
        assert sign(dear, "cost").figure == "1,000,000 checks/s, 10 % of a CPU"
        assert sign(dear, "cost").good is False
        assert sign(dear, "looked at").good is False


class TestProposals:
    def test_next_to_nothing_found_foretells_nothing(self):
        """One of 4,000 regions is hot: 0.025 % of the bytes, with any interval."""
        advice = advice_on([12] + [0] * 3_999, 6)
        assert advice.verdict is Verdict.SHORT
        assert "look again: next to nothing was found" in advice.proposals[0].reason

    COLD = Scheme(access_pattern=AccessPattern(Range(0, ULONG_MAX), Range(0, 0), Range(30, UINT_MAX)))
    HOT = Scheme(access_pattern=AccessPattern(Range(0, ULONG_MAX), Range(5, ULONG_MAX), Range(1, 40)))

    def test_schemes_go_on_meaning_the_same_times_and_rates(self):
        context = replace(PLAIN, schemes=(self.COLD, self.HOT), intervals=Intervals(5_000, 50_000))
        found = found_of(like([1, 0], sample_us=5_000, aggr_us=50_000))
        proposal = other_intervals(context, found, 20_000)
        assert proposal.context.intervals == Intervals(20_000, 400_000)
        cold, hot = (scheme.access_pattern for scheme in proposal.context.schemes)
        assert (cold.age, cold.nr_accesses) == (Range(4, UINT_MAX), Range(0, 0))
        assert (hot.age, hot.nr_accesses) == (Range(1, 5), Range(10, ULONG_MAX))
        assert proposal.changes == (
            "sample_us from 5 ms to 20 ms",
            "aggr_us from 50 ms to 400 ms",
            "scheme 0: age min from 30 to 4, 1.6 s in place of 1.5 s",
            "scheme 1: age max from 40 to 5, still 2 s",
            "scheme 1: nr_accesses min from 5 to 10",
        )

    def test_the_series_is_1_2_5_and_the_steps_are_bounded(self):
        assert SAMPLES_US[:4] == (1_000, 2_000, 5_000, 10_000)
        for sample_us in (100, 5_000, 30_000, 1_000_000):
            for rates in ([1, *[0] * 400], [0] * 5, [19] * 5, [1] * 20):
                found = found_of(like(rates, sample_us=sample_us, aggr_us=20 * sample_us))
                better = better_sample_us(found, 0.04)
                assert better is None or better in SAMPLES_US
                assert better is None or sample_us / 10 <= better <= max(10 * sample_us, 5_000)
                assert better is None or GOAL.min_sample_us <= better <= GOAL.max_sample_us

    def test_auto_tuning_is_proposed_as_the_kernel_takes_it(self):
        short = replace(PLAIN, intervals=Intervals(100, 2_000), schemes=(self.COLD,))
        proposal = auto_tuning(short)
        assert proposal.context.intervals == Intervals(5_000, 100_000, goal=GOAL)
        assert "ages of schemes are counted in aggregations" in proposal.reason
        assert not [p for p in validate(Kdamond(contexts=(proposal.context,)), NEW) if p.severity == "error"]
        assert auto_tuning(PLAIN).context.intervals == Intervals(goal=GOAL)
        assert "schemes" not in auto_tuning(PLAIN).reason

    def test_and_only_where_the_kernel_has_it(self):
        assert not [one for one in advice_on([0] * 9, kernel=OLD).proposals if "auto-tuning" in one.label]
        assert [one for one in advice_on([0] * 9, kernel=NEW).proposals if "auto-tuning" in one.label]

    def test_a_context_of_debugfs_has_no_proposals(self):
        assert advise(like([0] * 9), PLAIN, None, NEW).proposals == ()

    def test_more_regions_come_in_the_same_series(self):
        most = [
            more_regions(replace(PLAIN, nr_regions=NrRegions(10, n))).context.nr_regions.max for n in (99, 100, 999)
        ]
        assert most == [100, 200, 1_000]


class TestLines:
    @pytest.mark.parametrize("width", [38, 78, 198])
    def test_all_of_it_is_there_in_any_width(self, width):
        advice = advice_on([2, *[0] * 99])
        made = advised(advice, 1, width, "Staged and not committed: sample 5 ms.")
        lines = ["".join(text for text, _ in line) for line in made.lines]
        assert all(len(line) <= width for line in lines)
        assert lines[0] == "The intervals are too short"
        assert lines[made.first] == "▸ auto-tuning: intervals_goal on"
        text = " ".join(" ".join(lines).split())
        for one in (*[p.reason for p in advice.proposals], *[s.figure for s in advice.signs]):
            assert one in text

    def test_of_no_proposals_the_cursor_is_at_none(self):
        made = advised(advice_on([1], 2), 0, 60, "")
        assert (made.first, made.end) == (0, 0)


def watched(workload, sample_us, seconds, from_s=0):
    """A history of a workload under intervals of that sampling interval, and its context."""
    context = Context(intervals=Intervals(sample_us, CHECKS * sample_us, 1_000_000), targets=(Target(),))
    return context, history_of(workload, context, seconds, from_s)


def history_of(workload, context, seconds, from_s=0):
    engine, history = Engine(seed=1), History()
    engine.subscribe(history.add)
    engine.start_process(load_workload(workload), loop=True)
    engine.advance(from_s * 1_000_000)
    engine.turn_on(0, Kdamond(contexts=(context,)))
    engine.advance(int(seconds * 1_000_000))
    return history


@pytest.mark.parametrize(
    ("workload", "sample_us", "seconds", "from_s", "verdict"),
    [
        ("kvstore", 100, 1, 4, Verdict.SHORT),
        ("nightly", 5_000, 8, 0, Verdict.SHORT),
        ("shifter", 50_000, 20, 0, Verdict.LONG),
    ],
)
def test_what_is_proposed_brings_the_ratio_nearer_to_the_goal(workload, sample_us, seconds, from_s, verdict):
    context, history = watched(workload, sample_us, seconds, from_s)
    advice = advise(recent(history, 0, 50), context, context, NEW)
    assert advice.verdict is verdict
    proposal = advice.proposals[0]
    assert proposal.context.intervals.aggr_us == 20 * proposal.context.intervals.sample_us
    after = found_of(recent(history_of(workload, proposal.context, 2 * seconds, from_s), 0, 50))

    def distance(ratio):
        return abs(math.log(ratio / 0.04))

    assert after.aggregations >= 5
    assert distance(after.ratio) < distance(advice.found.ratio) - 0.25


def test_stairs_at_the_default_intervals_are_right():
    context, history = watched("stairs", 5_000, 8, 4)
    advice = advise(recent(history, 0, 50), context, context, NEW)
    assert advice.verdict is Verdict.RIGHT
    assert 0.08 < advice.found.ratio < 0.11 and not about_right(advice.found, 0.04)
    assert "5 ms is the shortest sample_us" in advice.because
