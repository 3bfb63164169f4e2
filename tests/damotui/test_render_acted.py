"""Where schemes acted: spans joined, kept within bounds, and drawn."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from damotui.render.acted import ALL_SCHEMES, joined, touched
from damotui.render.cells import Style, colour_table, glyph_table
from damotui.render.halfblock import pairs_of, runs
from damotui.render.history import History
from damotui.render.layout import TargetRange, fold
from damotui.render.legend import describe, notes
from damotui.render.overlay import Overlay
from damotui.render.view import View
from engine.snapshot import Acted
from tests.damotui.aggregations import aggregation

HEAP = [(0, 0, 100, 0)]


def acted(*spans):
    """Spans given as (scheme, target, start, end)."""
    columns = np.array(spans, np.int64).reshape(-1, 4)
    return Acted(
        columns[:, 0],
        columns[:, 1],
        columns[:, 2].astype(np.uint64),
        columns[:, 3].astype(np.uint64),
        columns[:, 3] - columns[:, 2],
    )


def spans_of(acted):
    return list(
        zip(acted.scheme.tolist(), acted.target.tolist(), acted.start.tolist(), acted.end.tolist(), strict=True)
    )


def window(index, *spans, regions=HEAP):
    """One aggregation of 100 ms in which schemes acted on spans."""
    found = aggregation(regions, index * 100_000, (index + 1) * 100_000)
    return replace(found, acted=acted(*spans) if spans else None)


class TestJoined:
    def test_what_overlaps_or_touches_becomes_one(self):
        together = joined(acted((0, 0, 10, 20), (0, 0, 20, 30), (0, 0, 5, 50), (0, 0, 51, 60), (1, 0, 5, 50)))
        assert spans_of(together) == [(0, 0, 5, 50), (0, 0, 51, 60), (1, 0, 5, 50)]
        assert together.applied.tolist() == [10 + 10 + 45, 9, 45]

    def test_targets_stay_apart(self):
        assert len(joined(acted((0, 0, 0, 10), (0, 1, 0, 10))).start) == 2

    def test_nothing_stays_nothing(self):
        assert spans_of(joined(acted())) == []

    @given(
        st.lists(
            st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 30), st.integers(1, 9)).map(
                lambda s: (*s[:3], s[2] + s[3])
            )
        )
    )
    def test_covers_the_same_bytes_once(self, spans):
        together = joined(acted(*spans))
        bytes_of = [(s, t, a) for s, t, start, end in spans_of(together) for a in range(start, end)]
        assert len(bytes_of) == len(set(bytes_of))
        assert set(bytes_of) == {(s, t, a) for s, t, start, end in spans for a in range(start, end)}
        assert together.applied.sum() == sum(end - start for *_, start, end in spans)


class TestTouched:
    LAYOUT = fold([TargetRange(0, 0, 100)], 10)

    def marks(self, *windows, scheme=ALL_SCHEMES, row_us=100_000, nr_rows=2):
        rows = touched(windows, self.LAYOUT, 0, row_us, nr_rows, scheme)
        return ["".join("x" if mark else "." for mark in row) for row in rows]

    def test_every_pixel_that_a_span_touches(self):
        assert self.marks(window(0, (0, 0, 10, 30), (0, 0, 55, 56)), window(1)) == [".xx..x....", ".........."]

    def test_one_scheme_alone(self):
        one = window(0, (0, 0, 0, 10), (1, 0, 90, 100))
        assert self.marks(one, scheme=1)[0] == ".........x"
        assert self.marks(one)[0] == "x........x"
        assert self.marks(one, scheme=7)[0] == ".........."

    def test_what_lies_elsewhere_is_left_out(self):
        assert self.marks(window(0, (0, 0, 200, 300), (0, 5, 0, 100)), window(7, (0, 0, 0, 100))) == [".........."] * 2

    def test_all_rows_that_share_time_with_the_aggregation(self):
        assert self.marks(window(0, (0, 0, 0, 10)), row_us=50_000, nr_rows=3) == ["x........."] * 2 + [".........."]


class TestHistory:
    def test_spans_count_towards_the_bound(self):
        without, having = History(), History()
        without.add(window(0))
        having.add(window(0, (0, 0, 0, 10), (0, 0, 20, 30)))
        assert having.nbytes == without.nbytes + 80
        having.add(window(1))
        having.keep_newest(0, 0, 1)
        assert having.nbytes == without.nbytes

    def test_the_same_span_again_and_again_is_kept_once(self):
        history = History()
        history.add(window(0, *[(0, 0, 0, 10)] * 1000))
        assert len(history.latest(0).acted.start) == 1

    def test_newest_are_kept(self):
        history = History()
        for index in range(5):
            history.add(window(index))
        before = history.generation
        history.keep_newest(0, 0, 9)
        assert (history.nr_aggregations, history.generation) == (5, before)
        history.keep_newest(0, 0, 2)
        assert (history.nr_aggregations, history.begin_us(0)) == (2, 300_000)
        assert [a.start_us for a in history.between(0, 0, 0, 10**6)] == [300_000, 400_000]
        assert history.generation > before
        history.keep_newest(0, 0, 0)
        assert (history.nr_aggregations, history.begin_us(0), history.latest(0)) == (0, None, None)


class TestPicture:
    def view(self, overlay, transposed=False):
        view = View()
        view.overlay = None if overlay is None else Overlay(overlay)
        view.transposed = transposed
        return view

    def history(self, count=4):
        history = History()
        for index in range(count):
            history.add(window(index, (index % 2, 0, 25 * index, 25 * index + 25)))
        return history

    def cells(self, view, history, columns=4, rows=2):
        marked = view.picture(history, 0, 0, history.latest(0).end_us, columns, rows).marked_cells
        return ["".join("x" if mark else "." for mark in row) for row in marked]

    def test_a_row_of_cells_is_two_aggregations(self):
        assert self.cells(self.view(ALL_SCHEMES), self.history()) == ["xx..", "..xx"]
        assert self.cells(self.view(1), self.history()) == [".x..", "...x"]
        assert self.cells(self.view(ALL_SCHEMES, True), self.history(), 4, 4) == ["x...", ".x..", "..x.", "...x"]

    def test_no_overlay_no_marks(self):
        assert self.view(None).picture(self.history(), 0, 0, 400_000, 4, 2).marks is None

    @pytest.mark.parametrize("overlay", [ALL_SCHEMES, 0])
    def test_following_gives_what_starting_anew_gives(self, overlay):
        history, view = History(), self.view(overlay)
        for index in range(40):
            history.add(window(index, (index % 3, 0, index, index + 9)))
            assert self.cells(view, history, 10, 4) == self.cells(self.view(overlay), history, 10, 4)

    def test_another_scheme_changes_the_marks_at_once(self):
        view, history = self.view(0), self.history()
        assert self.cells(view, history) == ["x...", "..x."]
        view.overlay = Overlay(1)
        assert self.cells(view, history) == [".x..", "...x"]

    def test_it_is_told(self):
        picture = self.view(1).picture(self.history(), 0, 0, 400_000, 4, 2)
        assert notes(picture)[1] == "× scheme 1 acted"
        assert notes(self.view(ALL_SCHEMES).picture(self.history(), 0, 0, 400_000, 4, 2), marks=("x", "o", "q"))[1] == (
            "x schemes acted"
        )
        assert "a scheme acted" in describe(picture.cell(1, 0))
        assert "a scheme acted" not in describe(picture.cell(0, 0))


class TestCells:
    MARKED = np.array([[True, True, False]])

    def test_a_mark_lies_on_the_colour_of_the_hotter_pixel(self):
        table = colour_table(((0, 0, 0), (255, 255, 0)), Style((9, 9, 9)))
        (row,) = runs(pairs_of(np.array([[0, 0, 1], [0, 1, 1]], np.uint8), table, self.MARKED), table)
        assert [(run.text, run.foreground, run.background) for run in row] == [
            ("×", (255, 255, 255), (0, 0, 0)),
            ("×", (0, 0, 0), (255, 255, 0)),
            (" ", None, (255, 255, 0)),
        ]

    def test_of_256_colours(self):
        table = colour_table((16, 226), Style(234))
        (row,) = runs(pairs_of(np.array([[0, 1, 1], [0, 0, 1]], np.uint8), table, self.MARKED), table)
        assert [(run.text, run.foreground, run.background) for run in row[:2]] == [("×", 231, 16), ("×", 16, 226)]

    def test_without_colours_the_mark_itself_says_cold_or_hot(self):
        table = glyph_table(" .#@", Style())
        (row,) = runs(pairs_of(np.array([[0, 1, 3], [1, 2, 3]], np.uint8), table, self.MARKED), table)
        assert "".join(run.text for run in row) == "xX@"
