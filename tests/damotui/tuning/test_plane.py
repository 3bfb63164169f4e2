"""The chart of access rate, age and size: against painting region by region, and by hand."""

import numpy as np
import pytest

from damotui.render.plane import PLANES, Axis, Box, Quantity, plane_of
from damotui.render.plane_text import ASCII, Mark, across, marks_of, title, upright
from engine.config.model import UINT_MAX, ULONG_MAX, AccessPattern, Range, Scheme
from engine.damos.score import Order, Scorer
from tests.damotui.tuning.regions import by_chance, found, listed

RATE_AND_AGE = PLANES[0]


def scheme(sz=(0, ULONG_MAX), nr=(0, ULONG_MAX), age=(0, ULONG_MAX)):
    return Scheme("pageout", AccessPattern(Range(*sz), Range(*nr), Range(*age)))


class TestAxis:
    @pytest.mark.parametrize("cells", [1, 7, 21, 40, 200])
    def test_each_count_has_cells_of_its_own_or_shares_one(self, cells):
        axis = Axis(Quantity.NR_ACCESSES, 20, cells)
        first, end = axis.cells_of(np.arange(21))
        assert first[0] == 0 and end[-1] == cells
        assert (end > first).all() and (np.diff(first) >= 0).all()
        gaps = first[1:] - end[:-1]
        assert (gaps <= 0).all() and (gaps >= -1).all(), "no cell is left out, and none shared but by its neighbours"
        assert axis.cells_of(np.array([99]))[1] == cells

    @pytest.mark.parametrize("cells", [5, 16, 40])
    @pytest.mark.parametrize("quantity", [Quantity.AGE, Quantity.NR_ACCESSES])
    def test_the_least_value_of_a_cell_is_one_that_has_it(self, quantity, cells):
        axis = Axis(quantity, 64, cells)
        first, end = axis.cells_of(np.arange(65))
        for cell, value in enumerate(axis.least().tolist()):
            held = [v for v in range(65) if first[v] <= cell < end[v]]
            assert value == held[0]

    def test_a_range_has_the_cells_of_all_its_values(self):
        axis = Axis(Quantity.AGE, 64, 16)
        first, end = axis.cells_of(np.arange(65))
        for low in range(0, 65, 3):
            for high in (low, low + 5, 64, UINT_MAX, ULONG_MAX):
                assert axis.span(Range(low, high)) == (first[low], end[min(high, 64)])
        assert axis.span(Range(5, 4)) is None
        assert axis.span(Range(65, 100)) is None
        assert axis.span(Range(UINT_MAX + 4, UINT_MAX + 6)) == (first[3], end[5]), "the kernel keeps 32 bits of each"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("pair", PLANES)
def test_cells_hold_the_bytes_of_their_regions(seed, pair):
    rng = np.random.default_rng(seed)
    one = by_chance(rng)
    plane = plane_of(one, scheme(), *pair, int(rng.integers(1, 50)), int(rng.integers(1, 30)))
    expected = np.zeros((plane.y.cells, plane.x.cells), np.int64)
    for _, start, end, nr, age in listed(one):
        values = {Quantity.SZ: end - start, Quantity.NR_ACCESSES: nr, Quantity.AGE: age}
        spans = []
        for axis in (plane.x, plane.y):
            first, last = axis.cells_of(np.array([values[axis.quantity]]))
            spans.append(range(int(first[0]), int(last[0])))
        for y in spans[1]:
            for x in spans[0]:
                expected[y, x] += end - start
    assert plane.bytes.tolist() == expected.tolist()
    assert plane.total == sum(end - start for _, start, end, _, _ in listed(one))
    levels = plane.levels(6)
    assert ((levels == 0) == (expected == 0)).all() and levels.max() <= 5
    order = np.argsort(expected.ravel())
    assert (np.diff(levels.ravel()[order]) >= 0).all()


def test_by_hand():
    # One region cold for 20 aggregations, one hot since 3: 16 and 1 MiB.
    one = found([(0, 0, 4096, 0, 20), (0, 4096, 4352, 20, 3)])
    plane = plane_of(one, scheme(nr=(0, 2), age=(10, ULONG_MAX)), *RATE_AND_AGE, 22, 6)
    assert (plane.x.top, plane.y.top) == (20, 32)
    # Cells are 6 log(1 + age) / log(34) up, so that ages 0, 1, 3, 5, 10 and 18 begin one each.
    assert plane.y.least().tolist() == [0, 1, 3, 5, 10, 18]
    # And 22 log(1 + nr) / log(22) across: 0 has four of them, and 3, behind the pattern, begins at 9.87.
    assert plane.box == Box(0, 9, 4, 6)
    rows = ["".join(".:#"[level] for level in row) for row in reversed(plane.levels(3).tolist())]
    assert rows == ["####" + "." * 18, "." * 22, "." * 22, "." * 21 + "#", "." * 22, "." * 22]
    assert (plane.bytes[5, 0], plane.bytes[2, 21]) == (16 << 20, 1 << 20)


def test_shades_double_from_a_4096th_part_of_all():
    one = found([(0, 0, 1, 0, 0), (0, 1, 64, 5, 0), (0, 64, 2048, 10, 0), (0, 2048, 4096, 20, 0)])
    plane = plane_of(one, scheme(), *RATE_AND_AGE, 40, 4)
    levels = plane.levels(13)[0]
    # A page, 63, 1,984 and 2,048 of 4,096: 0, 5.98, 10.95 and 11 times doubled, of 12 times in 12 levels.
    assert [levels[plane.x.place(nr)] for nr in (0, 5, 10, 20)] == [1, 6, 11, 11]
    assert plane.levels(13).max() == 11 and levels[plane.x.place(3)] == 0


def test_cells_below_the_least_score_are_told():
    one = by_chance(np.random.default_rng(3))
    scorer = Scorer(Order.COLD, 3, 7, 20, 100_000)
    plane = plane_of(one, scheme(), *RATE_AND_AGE, 30, 12, scorer=scorer, min_score=60)
    for y, age in enumerate(plane.y.least().tolist()):
        for x, nr in enumerate(plane.x.least().tolist()):
            assert plane.cut[y, x] == (scorer.score(nr, age) < 60)
    assert plane.cut.any() and not plane.cut.all()
    assert plane_of(one, scheme(), *RATE_AND_AGE, 30, 12, scorer=scorer).cut is None
    assert plane_of(one, scheme(), *PLANES[1], 30, 12, scorer=scorer, min_score=60).cut is None


def drawn(plane, bound=None):
    marks = marks_of(plane, bound, ASCII)
    return ["".join(cell[0] if cell else "." for cell in row) for row in marks[::-1]]


class TestMarks:
    ONE = found([(0, 0, 10, 0, 20), (0, 10, 20, 20, 3)])

    def test_frame_the_pattern(self):
        plane = plane_of(self.ONE, scheme(nr=(1, 5), age=(2, 10)), *RATE_AND_AGE, 22, 8)
        assert plane.box == Box(4, 13, 2, 6)
        assert drawn(plane) == [
            "......................",
            "......................",
            "....+-------+.........",
            "....|.......|.........",
            "....|.......|.........",
            "....+-------+.........",
            "......................",
            "......................",
        ]

    def test_point_out_the_bound_that_is_changed(self):
        plane = plane_of(self.ONE, scheme(nr=(1, 5), age=(2, 10)), *RATE_AND_AGE, 22, 8)
        marks = marks_of(plane, (Quantity.AGE, "max"), ASCII)
        kinds = [{cell[1] for cell in row if cell} for row in marks]
        assert kinds[plane.box.y_end - 1] == {Mark.BOUND}
        assert kinds[plane.box.y] == {Mark.EDGE}
        marks = marks_of(plane, (Quantity.SZ, "max"), ASCII)
        assert {cell[1] for row in marks for cell in row if cell} == {Mark.EDGE}

    def test_narrow_to_a_line_or_a_dot(self):
        plane = plane_of(self.ONE, scheme(nr=(20, 20), age=(0, ULONG_MAX)), *RATE_AND_AGE, 22, 3)
        assert drawn(plane) == ["." * 21 + "|"] * 3
        plane = plane_of(self.ONE, scheme(nr=(20, 20), age=(20, ULONG_MAX)), *RATE_AND_AGE, 22, 3)
        assert drawn(plane)[0] == "." * 21 + "#"

    def test_are_none_where_nothing_is_enclosed(self):
        plane = plane_of(self.ONE, scheme(age=(5, 4)), *RATE_AND_AGE, 22, 3)
        assert plane.box is None and drawn(plane) == ["." * 22] * 3

    def test_strike_out_what_gets_no_turn_inside_only(self):
        scorer = Scorer(Order.COLD, 0, 1, 20, 1_000_000)
        plane = plane_of(self.ONE, scheme(nr=(0, 3)), *RATE_AND_AGE, 22, 6, scorer=scorer, min_score=53)
        rows = drawn(plane)
        # What was touched lately is too hot; idle memory is cold enough from an age of 2 s on.
        assert rows[1] == "|.../////////|........"[: plane.box.x_end - 1] + "|" + "." * (22 - plane.box.x_end)
        assert rows[-2] == "|" + "/" * (plane.box.x_end - 2) + "|" + "." * (22 - plane.box.x_end)
        assert all(set(row[plane.box.x_end :]) == {"."} for row in rows)


def test_axes_are_labelled_in_units_that_people_use():
    one = found([(0, 0, 1 << 14, 0, 900), (0, 1 << 14, 1 << 15, 20, 3)])
    plane = plane_of(one, scheme(), *RATE_AND_AGE, 60, 24)
    left = upright(plane, one).text()
    for label in ("0 s ╴", "1 s ╴", "10 s ╴", "1 m ╴"):
        assert label in left
    assert across(plane, one).text().replace(" ", "").startswith("╵0%╵5%")
    assert "╵50 %" in across(plane, one).text()
    sized = plane_of(one, scheme(), *PLANES[1], 60, 24)
    assert across(sized, one).text().split("╵")[1:3] == ["0  ", "4 KiB       "]
    assert "╵16 MiB" in across(sized, one).text()
    assert title(sized, 60) == "bytes by size → and age ↑"
    assert title(sized, 20) == "size → age ↑" and title(sized, 5) == ""
