"""The truth, the difference and the ranking equal naive loops over bytes, and say what they don't know."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.render import legend
from damotui.render.beside import pairs, true_regions
from damotui.render.history import History
from damotui.render.ranking import RANKED, monitored_bytes, rank, ranked_layout
from damotui.render.raster import Combine
from damotui.render.scale import Scale
from damotui.render.share_axis import sorted_across, sorted_down
from damotui.render.showing import Showing
from damotui.render.view import View
from tests.damotui.aggregations import MIB, aggregation

SIZE = 16
BYTES = 64
MONITORED = ((0, 0, 24), (0, 32, 64))
"""Two ranges of 64 bytes: the gap between is small enough to be drawn."""


def truth_of(one, ranges):
    """The truth beside an aggregation, from (target, start, end, rate in 1/10,000)."""
    return aggregation(ranges, one.start_us, one.end_us, checks=10_000)


def per_byte(one, scale=1.0):
    """The rate of each byte of target 0; NaN where there is no region."""
    rates = np.full(BYTES, np.nan)
    for target, start, end, count in zip(one.target, one.start, one.end, one.nr_accesses, strict=True):
        if target == 0:
            rates[int(start) : int(end)] = count / one.max_nr_accesses * scale
    return rates


def naive(found, truths, row_us, nr_rows, of):
    """Mean of `of(found, true)` over each pixel's monitored bytes and time, byte by byte."""
    raster = np.full((nr_rows, SIZE), np.nan)
    for row in range(nr_rows):
        weights, sums = np.zeros(SIZE), np.zeros(SIZE)
        for one, truth in zip(found, truths, strict=True):
            shared = min(one.end_us, (row + 1) * row_us) - max(one.start_us, row * row_us)
            if shared <= 0 or truth is None:
                continue
            rates = per_byte(one)
            true = np.where(np.isnan(rates), np.nan, np.nan_to_num(per_byte(truth)))
            for byte in np.flatnonzero(~np.isnan(rates)).tolist():
                weights[byte * SIZE // BYTES] += shared
                sums[byte * SIZE // BYTES] += shared * of(rates[byte], true[byte])
        known = weights > 0
        raster[row, known] = sums[known] / weights[known]
    return raster


@st.composite
def recordings(draw):
    """Aggregations over the monitored ranges, and the truth of most of them."""
    found, truths, now = [], [], 0
    for _ in range(draw(st.integers(1, 4))):
        regions = []
        for target, low, high in MONITORED:
            cuts = sorted({low, high, *draw(st.lists(st.integers(low, high), max_size=3))})
            regions += [(target, a, b, draw(st.integers(0, 20))) for a, b in pairwise(cuts)]
        length = draw(st.integers(20, 150)) * 1000
        found.append(aggregation(regions, now, now + length))
        bounds = sorted(draw(st.sets(st.integers(0, BYTES + 9), max_size=6)))
        ranges = [(0, a, b, draw(st.integers(1, 10_000))) for a, b in zip(bounds[::2], bounds[1::2], strict=False)]
        truths.append(truth_of(found[-1], ranges) if draw(st.integers(0, 4)) else None)
        now += length
    return found, truths


def shown(found, truths, showing, row_us, nr_rows, *, combine=Combine.MEAN, at_once=True):
    """The rates of a view that was fed step by step, or all at once."""
    history, truth, view = History(), History(), View()
    view.showing, view.combine, view.time.row_us, view.transposed = showing, combine, row_us, True
    for one, true in zip(found, truths, strict=True):
        history.add(one)
        if true is not None:
            truth.add(true)
        if not at_once:
            view.picture(history, 0, 0, one.end_us, nr_rows, SIZE // 2, truth)
    picture = view.picture(history, 0, 0, found[-1].end_us, nr_rows, SIZE // 2, truth)
    assert picture.window.first == 0
    assert picture.complete
    return picture


class TestTrueRegions:
    FOUND = aggregation([(0, 0, 10, 5), (0, 10, 20, 0), (0, 40, 50, 20), (1, 0, 10, 1)])

    def columns(self, ranges):
        made = true_regions(self.FOUND, truth_of(self.FOUND, ranges))
        columns = (made.target, made.start, made.end, made.nr_accesses)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def test_what_is_monitored_and_untouched_is_0(self):
        assert self.columns([(0, 5, 8, 100), (0, 15, 45, 7), (1, 0, 10, 3)]) == [
            (0, 0, 5, 0), (0, 5, 8, 100), (0, 8, 15, 0), (0, 15, 20, 7), (0, 40, 45, 7), (0, 45, 50, 0), (1, 0, 10, 3),
        ]  # fmt: skip

    def test_what_is_touched_and_not_monitored_is_left_out(self):
        assert self.columns([(0, 20, 40, 9), (0, 60, 70, 9), (2, 0, 10, 9)]) == [
            (0, 0, 20, 0), (0, 40, 50, 0), (1, 0, 10, 0),
        ]  # fmt: skip
        assert self.columns([])[0] == (0, 0, 20, 0)

    def test_nothing_monitored_is_nothing(self):
        empty = aggregation([])
        assert true_regions(empty, truth_of(empty, [(0, 0, 10, 5)])).nr_regions == 0

    def test_which_truth_is_beside_which(self):
        found = [aggregation([(0, 0, 10, 5)], i * 100, i * 100 + 100) for i in range(4)]
        truths = [truth_of(found[1], []), truth_of(found[2], [])]
        assert [one.start_us for one in pairs(found, truths, same=True)[0]] == [100, 200]
        assert pairs(found, [], same=True) == ([], [])
        # A truth that stands for the time of two, where the past is thinned out.
        grain = aggregation([], 0, 200, checks=10_000)
        assert [one.start_us for one in pairs(found, [grain], same=False)[0]] == [0, 100]
        assert [one.start_us for one in pairs(found, [grain], same=True)[0]] == [0]


class TestTruth:
    @settings(max_examples=40, deadline=None)
    @given(recordings(), st.sampled_from([70_000, 100_000, 230_000]), st.booleans())
    def test_equals_bytes_one_by_one(self, recorded, row_us, at_once):
        found, truths = recorded
        nr_rows = -(-found[-1].end_us // row_us)
        for showing, of in (
            (Showing.TRUTH, lambda _, true: true),
            (Showing.DIFFERENCE, lambda rate, true: rate - true),
        ):
            picture = shown(found, truths, showing, row_us, nr_rows, at_once=at_once)
            expected = naive(found, truths, row_us, nr_rows, of)
            np.testing.assert_allclose(picture.rates.T, expected, rtol=1e-4, atol=1e-5)

    def test_the_highest_is_of_each(self):
        one = aggregation([(0, 0, 32, 10), (0, 32, 64, 0)])
        truth = truth_of(one, [(0, 0, 1, 9_000), (0, 62, 64, 5_000)])
        rates = shown([one], [truth], Showing.TRUTH, 100_000, 1, combine=Combine.MAX).rates.T[0]
        assert rates.tolist() == pytest.approx([0.9] + [0] * 14 + [0.5])
        rates = shown([one], [truth], Showing.DIFFERENCE, 100_000, 1, combine=Combine.MAX).rates.T[0]
        assert rates.tolist() == pytest.approx([-0.4] + [0.5] * 7 + [0] * 7 + [-0.5])

    def test_what_is_not_known_is_no_data(self):
        one = aggregation([(0, 0, 64, 10)])
        for showing in (Showing.TRUTH, Showing.DIFFERENCE):
            assert np.isnan(shown([one], [None], showing, 100_000, 1).rates).all()
            view = View()
            view.showing = showing
            history = History()
            history.add(one)
            assert np.isnan(view.picture(history, 0, 0, 100_000, 8, 2).rates).all()

    def test_what_the_legend_and_a_cell_say(self):
        one = aggregation([(0, 0, 32, 20), (0, 32, 64, 0)])
        picture = shown([one], [truth_of(one, [(0, 32, 64, 2_500)])], Showing.DIFFERENCE, 100_000, 1)
        assert legend.titles(picture) == ("found less truth", "diff")
        assert legend.scale_texts(picture) == ("−100 %", "+100 %")
        assert legend.notes(picture)[0] == "= ±200 Hz"
        assert legend.describe(picture.cell(0, 0))[0] == "100 % · 20 accesses · 200 Hz"
        assert legend.describe(picture.cell(0, 7))[0] == "−25 % · −5 accesses · −50 Hz"
        assert picture.pixels(41)[0].item() == 40 and picture.pixels(41)[-1].item() == 15

    def test_a_scale_of_differences_goes_both_ways(self):
        one = aggregation([(0, 0, 32, 1), (0, 32, 64, 0)])
        view, history, truth = View(), History(), History()
        view.showing, view.scale = Showing.DIFFERENCE, Scale.AUTOMATIC
        history.add(one)
        truth.add(truth_of(one, [(0, 32, 64, 1_500)]))
        for _ in range(42):
            picture = view.picture(history, 0, 0, 100_000, 2, 2, truth)
        assert legend.scale_texts(picture) == ("−20 %", "+20 %")
        assert picture.pixels(41)[0].tolist() == [25, 5]


def naive_rank(found, target, row_us, row):
    """Every byte of every microsecond in one list, sorted; then means of equal parts, in exact shares."""
    weighted = []
    for one in found:
        shared = min(one.end_us, (row + 1) * row_us) - max(one.start_us, row * row_us)
        if shared > 0:
            columns = zip(one.target, one.start, one.end, one.nr_accesses, strict=True)
            weighted += [
                (count / one.max_nr_accesses, int(end - start) * shared)
                for index, start, end, count in columns
                if target in (None, index)
            ]
    total = sum(weight for _, weight in weighted)
    means = []
    for pixel in range(SIZE if total else 0):
        low, high = total * pixel / SIZE, total * (pixel + 1) / SIZE
        at = mean = 0.0
        for rate, weight in sorted(weighted, reverse=True):
            mean += rate * max(0.0, min(at + weight, high) - max(at, low)) / (high - low)
            at += weight
        means.append(mean)
    return means or [np.nan] * SIZE


class TestSorted:
    def test_a_row_has_the_hottest_first_and_all_of_the_memory(self):
        one = aggregation([(0, 0, 32, 0), (0, 32, 48, 20), (0, 48, 64, 5)])
        row = rank([one], None, 8, 0, 100_000, 1)
        assert row.tolist() == [[1, 1, 0.25, 0.25, 0, 0, 0, 0]]
        assert rank([one], 1, 8, 0, 100_000, 1).size == 8
        assert np.isnan(rank([one], 1, 8, 0, 100_000, 1)).all()
        assert np.isnan(rank([], None, 8, 0, 100_000, 2)).all()
        assert rank([one], None, 8, 0, 100_000, 0).shape == (0, 8)
        assert rank([one], None, 3, 0, 100_000, 1, Combine.MAX).tolist() == [[1.0, 0.25, 0.0]]

    @settings(max_examples=40, deadline=None)
    @given(recordings(), st.sampled_from([70_000, 100_000, 230_000]), st.sampled_from([None, 0, 1]))
    def test_equals_all_bytes_in_one_list(self, recorded, row_us, target):
        found = recorded[0]
        nr_rows = -(-found[-1].end_us // row_us) + 1
        rates = rank(found, target, SIZE, 0, row_us, nr_rows)
        expected = [naive_rank(found, target, row_us, row) for row in range(nr_rows)]
        np.testing.assert_allclose(rates, expected, rtol=1e-4, atol=1e-5)
        known = rates[~np.isnan(rates).any(axis=1)]
        assert (np.diff(known, axis=1) < 1e-5).all()

    def test_the_axis_counts_bytes_from_the_hottest_on(self):
        history, view = History(), View()
        view.showing = Showing.SORTED
        regions = [(0, 0, 3 * MIB, 0), (1, 0, MIB, 20)]
        history.add(aggregation(regions))
        picture = view.picture(history, 0, 0, 100_000, 40, 4)
        assert picture.rates[0].tolist() == [1.0] * 10 + [0.0] * 30
        assert monitored_bytes(history.latest(0), None) == 4 * MIB
        assert (picture.layout.segments[0].target, picture.layout.segments[0].end) == (RANKED, 4 * MIB)
        assert legend.titles(picture)[1] == "sorted"
        assert legend.describe(picture.cell(5, 0))[1] == "hottest 512 KiB–614 KiB"
        view.target = 1
        assert view.picture(history, 0, 0, 100_000, 40, 4).layout.segments[0].end == MIB
        view.target = None
        # Back at addresses, these are where they were.
        view.showing = Showing.FOUND
        assert [s.target for s in view.picture(history, 0, 0, 100_000, 40, 4).layout.segments] == [0, 1]

    def test_the_axis_says_shares_and_bytes(self):
        layout = ranked_layout(400 * MIB, 60, 1)
        assert sorted_across(layout, 60).text() == (
            "hottest                  of 400 MiB                  coldest\n"
            "╷0 %           ╷25 % 100 MiB  ╷50 % 200 MiB  ╷75 % 300 MiB"
        )
        lines = sorted_down(ranked_layout(400 * MIB, 24, 2), 12).text().split("\n")
        assert [lines[0], lines[3], lines[6]] == ["      hottest ╶", " 25 % 100 MiB ╶", " 50 % 200 MiB ╶"]
        assert sorted_across(ranked_layout(1, 0, 1), 0).text() == "\n"
