"""What regions add up to: against loops over the regions, cases by hand, and the reports on records."""

import math
from itertools import pairwise

import numpy as np
import pytest

from damotui.render.chart import Bar, area, bar_lines, binned
from damotui.render.history import History
from damotui.render.spark import ASCII_BARS
from damotui.reports import access, wss
from damotui.session.snapshot_budget import budget_of, cpu_share
from damotui.session.snapshot_course import PERCENTILES as WSS_PERCENTILES
from damotui.session.snapshot_course import Course
from damotui.session.snapshot_figures import (
    PERCENTILES,
    by_age,
    by_rate,
    idle_at_least,
    percentiles,
    tail_times,
    totals,
)
from damotui.session.snapshot_regions import regions_of
from engine.records import read_record
from tests.recordings import GIB4, HOT_COLD_WARM, MIB, PAGE, aggregation, by_chance, recorded

SEEDS = range(5)


def by_seed(seed):
    (one,) = by_chance(seed, 1, nr_targets=2, nr_regions=20)
    return regions_of(one)


def naive_percentiles(values, sizes, wanted):
    """Region by region, as damo 3.4.3 goes through them."""
    order = sorted(range(len(values)), key=lambda index: values[index])
    found, reached, total = [], 0, sum(sizes)
    for index in order:
        reached += sizes[index]
        while len(found) < len(wanted) and reached * 100 >= wanted[len(found)] * total:
            found.append(values[index])
    return found


class TestClasses:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_bytes_by_rate_as_a_loop_adds_them(self, seed):
        regions = by_seed(seed)
        classes = by_rate(regions)
        assert [(one.low, one.high) for one in classes] == [(0, 0)] + [(low, low + 10) for low in range(0, 100, 10)]
        for one in classes:
            inside = [
                size
                for size, nr in zip(regions.bytes.tolist(), regions.nr_accesses.tolist(), strict=True)
                if (one.low < nr * 5 <= one.high if one.high else nr == 0)
            ]
            assert one.bytes == sum(inside)
            assert one.accessed == (one.bytes if one.high else 0)
        assert sum(one.bytes for one in classes) == regions.bytes.sum()

    def test_a_tenth_belongs_to_the_class_that_it_ends(self):
        one = aggregation([(0, at * PAGE, (at + 1) * PAGE, nr, 0) for at, nr in enumerate((0, 1, 2, 3, 20))])
        assert [share.bytes // PAGE for share in by_rate(regions_of(one))] == [1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 1]

    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("most", [3, 11])
    def test_bytes_by_age_as_a_loop_adds_them(self, seed, most):
        regions = by_seed(seed)
        classes = by_age(regions, most)
        assert 3 <= len(classes) <= most
        assert classes[0].low == 0 and math.isinf(classes[-1].high)
        assert all(before.high == after.low for before, after in pairwise(classes))
        for one in classes:
            inside = [at for at in range(len(regions)) if one.low <= regions.age_us[at] < one.high]
            assert one.bytes == sum(int(regions.bytes[at]) for at in inside)
            assert one.accessed == sum(int(regions.bytes[at]) for at in inside if regions.nr_accesses[at])


class TestIdle:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_percentiles_as_damo_goes_through_the_regions(self, seed):
        regions = by_seed(seed)
        expected = naive_percentiles(regions.idle_us.tolist(), regions.bytes.tolist(), PERCENTILES)
        assert percentiles(regions.idle_us, regions.bytes) == expected

    def test_percentiles_by_hand(self):
        one = aggregation([(0, 0, 50 * PAGE, 3, 9), (0, 50 * PAGE, 75 * PAGE, 0, 4), (0, 75 * PAGE, 100 * PAGE, 0, 99)])
        regions = regions_of(one)
        found = dict(zip(PERCENTILES, percentiles(regions.idle_us, regions.bytes), strict=True))
        assert found == {0: 0, 1: 0, 5: 0, 25: 0, 50: 0, 75: 500_000, 90: 10_000_000, 99: 10_000_000, 100: 10_000_000}
        assert percentiles(regions.idle_us[:0], regions.bytes[:0]) == []

    @pytest.mark.parametrize("seed", SEEDS)
    def test_the_tail_as_a_loop_adds_it(self, seed):
        regions = by_seed(seed)
        times = tail_times(regions, 8)
        assert times[0] == 100_000 and times == sorted(times) and len(times) <= 8
        for time, size in zip([0, *times, 10**12], idle_at_least(regions, [0, *times, 10**12]), strict=True):
            assert size == sum(int(b) for b, idle in zip(regions.bytes, regions.idle_us, strict=True) if idle >= time)


class TestTotals:
    def test_by_hand(self):
        regions = regions_of(aggregation(HOT_COLD_WARM))
        found = totals(regions, 100_000)
        assert (found.regions, found.bytes, found.accessed, found.cold) == (3, 68 * MIB, 8 * MIB, 60 * MIB)
        assert found.bandwidth == (4 * 20 + 4 * 10) * MIB * 10
        assert found.certain == 30 * PAGE * 10
        assert found.hottest == 0
        assert totals(regions, 100_001).cold == 0

    def test_nothing_accessed_has_no_hottest(self):
        assert totals(regions_of(aggregation([(0, 0, MIB, 0, 5)])), 1).hottest is None
        empty = totals(regions_of(aggregation([])), 1)
        assert (empty.regions, empty.bytes, empty.bandwidth, empty.hottest) == (0, 0, 0, None)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_as_the_access_report_has_them(self, seed, tmp_path):
        (one,) = by_chance(seed, 1)
        (shown,) = access.snapshots(read_record(recorded(tmp_path / "record", [one])))
        regions = regions_of(one)
        found = totals(regions, 1)
        assert found.accessed == shown.working_set_bytes
        assert math.isclose(found.bandwidth, shown.bytes_per_second)
        assert np.allclose(regions.hz, shown.hz) and np.allclose(regions.rate, shown.percent)
        assert np.allclose(regions.age_us, shown.age_us)


class TestBudget:
    def test_by_hand(self):
        """A region of one page is looked at each 5 ms; each page of one of 1023 pages once in 5.115 s."""
        budget = budget_of(regions_of(aggregation([(0, 0, PAGE, 0, 0), (0, PAGE, 1024 * PAGE, 0, 0)])))
        assert budget.checks_per_s == 400
        assert cpu_share(budget.checks_per_s) == pytest.approx(0.00004)
        assert budget.look_us == (5_000, *[1023 * 5_000] * 8)
        assert budget.median_us == 1023 * 5_000

    def test_the_figure_of_the_tuning_guide(self):
        """62 GiB in 10 regions at 5 ms: once in 8,126 s."""
        size = (62 << 30) // 10 // PAGE * PAGE
        one = aggregation([(0, at * size, (at + 1) * size, 0, 0) for at in range(10)])
        assert round(budget_of(regions_of(one)).median_us / 1e6) == 8_126

    def test_no_region_costs_nothing(self):
        budget = budget_of(regions_of(aggregation([])))
        assert (budget.checks_per_s, budget.median_us) == (0, 0)


class TestCourse:
    @pytest.mark.parametrize("count", [1, 20, 21, 45])
    def test_the_working_set_is_that_of_the_report(self, count, tmp_path):
        found = list(by_chance(count, count))
        history = History()
        for one in found:
            history.add(one)
        series = Course().follow(history, 0)
        (report,) = wss.working_set_sizes(read_record(recorded(tmp_path / "record", found)))
        assert tuple(sorted(series.working_set[series.skipped :].tolist())) == report.sizes
        assert series.percentiles() == [report.percentile(percent) for percent in WSS_PERCENTILES]
        assert series.end_us.tolist() == [one.end_us for one in found]
        assert series.bandwidth.tolist() == pytest.approx([totals(regions_of(one), 1).bandwidth for one in found])

    def test_it_goes_on_where_it_was_and_begins_anew_with_the_history(self):
        history, course = History(), Course()
        assert course.follow(history, 0).percentiles() == []
        for one in by_chance(1, 3):
            history.add(one)
            assert course.follow(history, 0).end_us[-1] == one.end_us
        assert len(course.follow(history, 0).end_us) == 3
        assert course.follow(history, 0) is course.follow(history, 0)
        assert course.follow(history, 0, 4).working_set[0] == 4 * course.follow(history, 0).working_set[0]
        history.clear()
        assert len(course.follow(history, 0).end_us) == 0

    def test_a_long_past_is_caught_up_with_by_and_by(self):
        history, course = History(), Course()
        for index in range(2_500):
            history.add(aggregation([(0, GIB4, GIB4 + MIB, 1, 0)], index))
        assert [len(course.follow(history, 0).end_us) for _ in range(4)] == [1_000, 2_000, 2_500, 2_500]


class TestCharts:
    def test_values_of_one_step_are_averaged_and_long_ones_held(self):
        means = binned(np.array([10.0, 20, 30, 100]), np.array([1.0, 3, 5, 7]), 0, 100, 5)
        assert means.tolist() == [1, 4, 4, 4, 7]
        assert np.isnan(binned(np.zeros(0), np.zeros(0), 0, 1, 3)).all()

    @pytest.mark.parametrize("seed", SEEDS)
    def test_means_as_a_loop_works_them_out(self, seed):
        rng = np.random.default_rng(seed)
        times, values = np.sort(rng.uniform(1, 1_000, 40)), rng.random(40)
        expected, last = [], math.nan
        for column in range(23):
            inside = [v for t, v in zip(times, values, strict=True) if min(int(t / 1_000 * 23), 22) == column]
            last = sum(inside) / len(inside) if inside else last
            expected.append(last)
        assert np.allclose(binned(times, values, 0, 1_000, 23), expected, equal_nan=True)

    def test_an_area_fills_up_from_below(self):
        assert area([0, 1, 4, 8, math.nan], 2, 8) == ["   █ ", " ▂██ "]
        assert area([0.001], 2, 8) == [" ", "▁"]
        assert area([2, 8], 1, 8, bars=ASCII_BARS) == [":@"]
        assert area([1], 1, 0) == [" "]

    def test_bars_share_their_columns(self):
        rows = [Bar("0 %", "1 MiB", 0.5, 0.5, True), Bar("90 %", "–", 0)]
        lines = bar_lines(rows, 20)
        assert ["".join(text for text, _ in line) for line in lines] == [
            "▸ 0 % 1 MiB ███▌   ",
            " 90 %     –        ",
        ]
        assert lines[0][0] == ("▸ 0 %", "mark")
        assert [(text, kind) for text, kind in lines[0][-2:]] == [("██", "bar"), ("█▌   ", "rest")]
        assert ["".join(text for text, _ in line) for line in bar_lines(rows, 12)] == ["▸ 0 % 1 MiB", " 90 %     –"]
