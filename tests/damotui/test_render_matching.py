"""Where a scheme would match: as the engine decides it, and the same as what a running engine then does."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.experiment import start_engine
from damotui.options import AppOptions
from damotui.render.acted import ALL_SCHEMES, joined
from damotui.render.cells import Style, colour_table, glyph_table
from damotui.render.halfblock import pairs_of, runs
from damotui.render.history import History
from damotui.render.layout import TargetRange, fold
from damotui.render.legend import describe, notes
from damotui.render.matching import matched, matches, matches_any
from damotui.render.overlay import ACTED, MATCHES, Marking, Overlay, marks_of
from damotui.render.view import View
from damotui.setup import load_setup
from engine.config.model import UINT_MAX, ULONG_MAX, AccessPattern, Range, Scheme
from engine.damos.pattern import fits_counters, fits_size
from engine.snapshot import Acted
from tests.damotui.aggregations import aggregation

ANY, EVERY = Range(0, ULONG_MAX), Range(0, UINT_MAX)


def pattern(sz=ANY, nr_accesses=EVERY, age=EVERY):
    return Scheme(access_pattern=AccessPattern(sz, nr_accesses, age))


def aged(regions, ages, start_us=0, end_us=100_000):
    return replace(aggregation(regions, start_us, end_us), age=np.array(ages, np.int64))


FOUR = aged([(0, 0, 4096, 0), (0, 4096, 12288, 5), (0, 12288, 20480, 20), (1, 0, 4096, 20)], [100, 3, 0, 7])


class TestRegions:
    @pytest.mark.parametrize(
        ("scheme", "which"),
        [
            (pattern(), [0, 1, 2, 3]),
            (pattern(sz=Range(4096, 4096)), [0, 3]),
            (pattern(sz=Range(4097, ULONG_MAX)), [1, 2]),
            (pattern(nr_accesses=Range(5, 19)), [1]),
            (pattern(nr_accesses=Range(20, 20)), [2, 3]),
            (pattern(age=Range(0, 0)), [2]),
            (pattern(age=Range(3, 7)), [1, 3]),
            (pattern(Range(0, 8192), Range(1, 20), Range(1, 50)), [1, 3]),
            (pattern(nr_accesses=Range(10, 5)), []),
            # The kernel keeps counts in 32 bits.
            (pattern(age=Range(2**32 + 7, 2**32 + 7)), [3]),
        ],
    )
    def test_all_three_ranges_are_closed(self, scheme, which):
        assert np.flatnonzero(matches(FOUR, scheme)).tolist() == which

    def test_any_of_several(self):
        schemes = (pattern(age=Range(0, 0)), pattern(nr_accesses=Range(0, 0)))
        assert matches_any(FOUR, schemes).tolist() == [True, False, True, False]
        assert not matches_any(FOUR, ()).any()

    @given(st.tuples(*[st.tuples(st.integers(0, 12), st.integers(0, 12))] * 3))
    def test_one_region_at_a_time_says_the_same(self, bounds):
        sz, nr, age = (Range(*pair) for pair in bounds)
        scheme = pattern(Range(sz.min * 1024, sz.max * 1024), nr, age)
        one_by_one = [
            fits_size(scheme.access_pattern, size) and fits_counters(scheme.access_pattern, count, years)
            for size, count, years in zip((4096, 8192, 8192, 4096), (0, 5, 20, 20), (100, 3, 0, 7), strict=True)
        ]
        assert matches(FOUR, scheme).tolist() == one_by_one

    def test_a_running_scheme_acts_on_what_would_match(self):
        """A `stat` without quota takes all that matches and leaves ages alone: on each aggregation it did just that."""
        setup = load_setup(AppOptions())
        kdamond = setup.kdamonds[0]
        scheme = replace(pattern(Range(4096, 8 << 20), Range(0, 3), Range(2, UINT_MAX)), action="stat")
        context = replace(kdamond.contexts[0], schemes=(scheme,))
        engine = start_engine(replace(setup.experiment, kdamonds=(replace(kdamond, contexts=(context,)),)))
        seen = []
        engine.subscribe(seen.append)
        engine.advance(8_000_000)
        assert len(seen) == 80
        found = 0
        for one in seen:
            wanted = matches(one, scheme)
            found += int(wanted.sum())
            expected = [(t, s, e) for t, s, e, w in zip(one.target, one.start, one.end, wanted, strict=True) if w]
            acted = one.acted
            did = [] if acted is None else sorted(zip(acted.target, acted.start, acted.end, strict=True))
            assert did == expected
        assert 100 < found < sum(one.nr_regions for one in seen)


class TestRaster:
    LAYOUT = fold([TargetRange(0, 0, 100)], 10)
    HOT = pattern(nr_accesses=Range(10, 20))

    def rows(self, *windows, schemes=(HOT,), row_us=100_000, nr_rows=2):
        found = matched(windows, self.LAYOUT, 0, row_us, nr_rows, schemes)
        return ["".join("o" if mark else "." for mark in row) for row in found]

    def test_every_pixel_that_a_matching_region_touches(self):
        first = aggregation([(0, 0, 15, 20), (0, 15, 61, 0), (0, 61, 100, 10)], 0, 100_000)
        second = aggregation([(0, 0, 100, 9)], 100_000, 200_000)
        assert self.rows(first, second) == ["oo....oooo", ".........."]
        assert self.rows(first, second, row_us=200_000, nr_rows=1) == ["oo....oooo"]
        assert self.rows(first, schemes=()) == [".........."] * 2
        assert self.rows() == [".........."] * 2

    @settings(max_examples=40)
    @given(st.lists(st.lists(st.integers(0, 20), min_size=4, max_size=4), min_size=1, max_size=4), st.integers(30, 250))
    def test_as_pixel_by_pixel(self, counts, row_ms):
        bounds = ((0, 13), (13, 40), (40, 77), (77, 100))
        made = [
            aggregation([(0, *b, c) for b, c in zip(bounds, nr, strict=True)], i * 100_000, (i + 1) * 100_000)
            for i, nr in enumerate(counts)
        ]
        expected = [
            "".join(
                "o"
                if any(
                    c >= 10 and low < 10 * x + 10 and high > 10 * x
                    for i, nr in enumerate(counts)
                    if i * 100 < (row + 1) * row_ms and (i + 1) * 100 > row * row_ms
                    for (low, high), c in zip(bounds, nr, strict=True)
                )
                else "."
                for x in range(10)
            )
            for row in range(3)
        ]
        assert self.rows(*made, row_us=row_ms * 1000, nr_rows=3) == expected


def acting(regions, span, index=0):
    """An aggregation in which scheme 1 acted on a span."""
    columns = (np.array([1]), np.array([0]), np.array([span[0]], np.uint64), np.array([span[1]], np.uint64))
    made = aggregation(regions, index * 100_000, (index + 1) * 100_000)
    return replace(made, acted=joined(Acted(*columns, np.zeros(1, np.int64))))


class TestOverlay:
    ONE = acting([(0, 0, 50, 20), (0, 50, 100, 0)], (30, 70))
    HOT = TestRaster.HOT

    def test_marks_add_up(self):
        layout = TestRaster.LAYOUT
        both = marks_of([self.ONE], layout, 0, 100_000, 1, Overlay(1, True, (self.HOT,)))
        assert both.tolist() == [[2, 2, 2, 3, 3, 1, 1, 0, 0, 0]]
        assert marks_of([self.ONE], layout, 0, 100_000, 1, Overlay(0, True, (self.HOT,))).max() == MATCHES
        assert marks_of([self.ONE], layout, 0, 100_000, 1, Overlay(ALL_SCHEMES)).max() == ACTED

    def test_what_a_user_wants_of_which_schemes(self):
        schemes = (pattern(), self.HOT)
        assert [marking.overlay(schemes, 1) for marking in Marking] == [
            None, Overlay(1), Overlay(1, False, (self.HOT,)), Overlay(1, True, (self.HOT,)),
        ]  # fmt: skip
        assert Marking.BOTH.overlay(schemes, None) == Overlay(ALL_SCHEMES, True, schemes)
        assert Marking.MATCHES.overlay((), None) is None
        assert Marking.BOTH.overlay(schemes, 7) == Overlay(7, True, ())

    def picture(self, view, overlay, count=4):
        history = History()
        for index in range(count):
            history.add(acting([(0, 0, 50, 20), (0, 50, 100, 0)], (30, 70), index))
        view.overlay = overlay
        return view.picture(history, 0, 0, count * 100_000, 10, 2), history

    def test_it_is_told(self):
        shown, _ = self.picture(View(), Overlay(1, True, (self.HOT,)))
        assert notes(shown)[1:4] == ("× scheme 1 acted", "○ would match", "⊗ both")
        assert {"a scheme acted", "a scheme would match"} <= set(describe(shown.cell(3, 0)))
        assert "a scheme acted" not in describe(shown.cell(0, 0))
        shown, _ = self.picture(View(), Overlay(ALL_SCHEMES, False, (self.HOT,)))
        assert notes(shown, marks=("x", "o", "q"))[1] == "o schemes would match"
        assert notes(shown, terse=True)[0] == "○ would match"

    def test_another_pattern_marks_anew_and_rates_stay_in_sight_meanwhile(self, monkeypatch):
        monkeypatch.setattr("damotui.render.ratemap.REGIONS_PER_FETCH", 1)
        monkeypatch.setattr("damotui.render.ratemap.REGIONS_PER_STEP", 1)
        view = View()
        shown, history = self.picture(view, Overlay(1, False, (self.HOT,)))
        while not shown.complete:
            shown = view.picture(history, 0, 0, 400_000, 10, 2)
        rates = shown.rates.copy()
        view.overlay = Overlay(1, False, (pattern(nr_accesses=Range(0, 5)),))
        shown = view.picture(history, 0, 0, 400_000, 10, 2)
        assert not shown.complete
        while not shown.complete:
            np.testing.assert_array_equal(shown.rates, rates)
            shown = view.picture(history, 0, 0, 400_000, 10, 2)
        assert (shown.marked_cells == np.array([0] * 5 + [MATCHES] * 5)).all()
        view.overlay = None
        assert view.picture(history, 0, 0, 400_000, 10, 2).marks is None


class TestCells:
    MARKS = np.array([[1, 2, 3, 0]], np.uint8)
    PIXELS = np.array([[0, 1, 1, 1], [0, 0, 1, 1]], np.uint8)

    def row(self, table):
        (row,) = runs(pairs_of(self.PIXELS, table, self.MARKS), table)
        return [(run.text, run.background) for run in row]

    def test_each_mark_has_its_sign_on_the_colour_of_the_hotter_pixel(self):
        red = (255, 0, 0)
        assert self.row(colour_table(((0, 0, 0), red), Style())) == [
            ("×", (0, 0, 0)), ("○", red), ("⊗", red), (" ", red),
        ]  # fmt: skip

    def test_letters_are_large_where_it_is_hot(self):
        assert "".join(text for text, _ in self.row(glyph_table(" #", Style()))) == "xOQ#"

    def test_of_differences_the_greater_one_counts(self):
        """Three levels: less, nothing, more."""
        table = colour_table(((0, 0, 255), (9, 9, 9), (255, 0, 0)), Style(), middle=1)
        (row,) = runs(pairs_of(np.array([[1], [0]], np.uint8), table, np.array([[1]], np.uint8)), table)
        assert row[0].background == (0, 0, 255)
        signs = glyph_table("- +", Style(), middle=1)
        (row,) = runs(pairs_of(np.array([[1, 2, 1], [0, 1, 1]], np.uint8), signs), signs)
        assert "".join(run.text for run in row) == "-+ "
