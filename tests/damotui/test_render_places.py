"""Cells, moments and addresses: there and back, where the cursor goes, and how the view comes with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from damotui.render.crosshair import crosshair, outline
from damotui.render.cursor import moved, revealed
from damotui.render.history import History
from damotui.render.layout import TargetRange, fold
from damotui.render.places import Box, Cursor, box_of, cell_of, cursor_at
from damotui.render.showing import Showing
from damotui.render.view import View
from tests.damotui.aggregations import HEAP, MIB, MMAP, STACK, step

END_US = 27_000_000
COLUMNS, LINES = 40, 20


def filled(count=270):
    history = History()
    for i in range(count):
        history.add(step(i))
    return history


HISTORY = filled()


def drawn(view, columns=COLUMNS, lines=LINES):
    picture = view.picture(HISTORY, 0, 0, END_US, columns, lines)
    while not picture.complete:
        picture = view.picture(HISTORY, 0, 0, END_US, columns, lines)
    return picture


def view_of(*, transposed=False, sweeps=False, showing=Showing.FOUND, row_us=None):
    view = View()
    view.transposed, view.sweeps, view.showing = transposed, sweeps, showing
    view.time.row_us = row_us
    return view


VIEWS = {
    "down": {},
    "across": {"transposed": True},
    "sweep": {"sweeps": True, "row_us": 200_000},
    "sorted": {"showing": Showing.SORTED},
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_cursor_in_a_cell_is_in_that_cell(name):
    picture = drawn(view_of(**VIEWS[name]))
    cells = 0
    for x in range(COLUMNS):
        for y in range(LINES):
            cursor = cursor_at(picture, x, y)
            if cursor is not None:
                assert cell_of(picture, cursor) == (x, y)
                cell = picture.cell(x, y)
                assert cell.start_us <= cursor.time_us < cell.end_us
                assert cell.start <= cursor.address < cell.end
                cells += 1
    # All but the two folded gaps, and the line that a sweep leaves blank.
    assert cells == {"down": 38 * 20, "across": 40 * 18, "sweep": 38 * 19, "sorted": 40 * 20}[name]


@given(st.integers(0, 500), st.integers(1, 300), st.integers(1, 40))
def test_a_pixel_is_that_of_its_addresses(start, size, pixels):
    made = fold([TargetRange(3, start, start + size)], pixels)
    for address in range(start, start + size):
        at = [k for k in range(pixels) if start + size * k // pixels <= address < start + size * (k + 1) // pixels]
        assert made.pixel_of(3, address) == at[0]
    assert made.pixel_of(3, start + size) is made.pixel_of(3, start - 1) is made.pixel_of(2, start) is None


def test_moving_goes_over_a_folded_gap_and_stops_at_the_ends():
    view = view_of()
    picture = drawn(view)
    cursor = cursor_at(picture, 2, 0)

    def at(in_time, in_addresses):
        return cell_of(picture, moved(picture, view, cursor, in_time, in_addresses, 0, END_US))

    assert [at(0, 0), at(0, 1), at(0, -2), at(3, 0), at(-5, 0)] == [(2, 0), (4, 0), (0, 0), (2, 3), (2, 0)]
    assert at(0, 1_000) == (39, 0)
    assert at(1_000, 0) == (2, (END_US - 1) // picture.window.row_us // 2)


@pytest.mark.parametrize("transposed", [False, True])
def test_at_an_edge_the_view_comes_along(transposed):
    view = view_of(transposed=transposed, row_us=100_000)
    view.addresses.show(view.space, view.space.all)
    drawn(view)
    view.addresses.show(view.space, view.space.part(0, MMAP[0] + 20 * MIB, MMAP[0] + 40 * MIB))
    picture = drawn(view)
    corner = (0, 0)
    cursor = cursor_at(picture, *corner)
    place = moved(picture, view, cursor, -3, -2, 0, END_US)
    revealed(picture, view, place, END_US)
    after = drawn(view)
    assert cell_of(after, place) == corner
    rows = 1 if transposed else 2
    assert after.window.first == picture.window.first - 3 * rows
    cell_bytes = 20 * MIB / (20 if transposed else 40)
    (segment,) = after.layout.segments
    assert abs(segment.start - (MMAP[0] + 20 * MIB - 2 * cell_bytes)) <= 0.51 * cell_bytes
    assert view.addresses.view(view.space).size == 20 * MIB


def test_out_of_sight_it_is_brought_back_where_it_was():
    view = view_of(row_us=100_000)
    picture = drawn(view)
    cursor = Cursor(5_000_000, 0, STACK[0])
    assert cell_of(picture, cursor) is None
    revealed(picture, view, cursor, END_US)
    assert cell_of(drawn(view), cursor) == (37, 0)
    assert view.time.held is not None


def test_a_box_has_the_time_and_the_addresses_of_its_cells():
    picture = drawn(view_of(row_us=1_000_000))
    assert picture.window.first == 0
    assert box_of(picture, (2, 1), (0, 3)) == Box(2_000_000, 8_000_000, (0, HEAP[0]), (0, sum(HEAP) - 1))
    over_the_gap = box_of(picture, (2, 0), (4, 0))
    assert over_the_gap.first[1] < sum(HEAP) and over_the_gap.last[1] >= MMAP[0]
    assert box_of(picture, (3, 0), (3, 9)) is None  # the folded gap alone
    across = drawn(view_of(transposed=True, row_us=1_000_000))
    assert box_of(across, (0, 0), (1, 2)) == Box(0, 2_000_000, (0, HEAP[0]), (0, sum(HEAP) - 1))


def test_a_box_in_a_sweep_goes_from_the_earlier_line_to_the_later():
    picture = drawn(view_of(sweeps=True, row_us=200_000))
    newest, gap = picture.sweep.newest, picture.sweep.gap
    box = box_of(picture, (0, newest), (2, gap + 1))
    assert box.end_us >= END_US and box.start_us == picture.window.start_us + 400_000


def test_what_is_drawn_over_the_cells():
    assert crosshair((4, 2)) == {2: ((4, "┼"),)}
    assert crosshair((4, 2), ascii=True) == {2: ((4, "+"),)}
    assert crosshair(None) == {}
    assert outline((5, 3), (2, 1)) == {1: ((2, "┌──┐"),), 2: ((2, "│"), (5, "│")), 3: ((2, "└──┘"),)}
    assert outline((1, 1), (2, 2), ascii=True) == {1: ((1, "++"),), 2: ((1, "++"),)}
    assert outline((1, 1), (4, 1)) == {1: ((1, "────"),)}
    assert outline((1, 1), (1, 3)) == {1: ((1, "│"),), 2: ((1, "│"),), 3: ((1, "│"),)}


def test_a_part_of_the_addresses_has_the_rates_of_its_pixels():
    whole, part = view_of(row_us=1_000_000), view_of(row_us=1_000_000)
    all_rates = drawn(whole, 106).rates  # 3 + 1 + 98 + 1 + 3 columns
    drawn(part, 98)
    part.addresses.show(part.space, part.space.part(0, MMAP[0], sum(MMAP)))
    picture = drawn(part, 98)
    assert [(one.start, one.end) for one in picture.layout.segments] == [(MMAP[0], sum(MMAP))]
    np.testing.assert_allclose(picture.rates, all_rates[:, 4:102], atol=1e-6)
