"""What tells where one is: the overview of all addresses, the bar of the session, and how far back it is."""

import numpy as np

from damotui.render.canvas import Canvas, Ink
from damotui.render.overview import overview_of
from damotui.render.place_axis import behind, pointed_across, pointed_down, with_thumb
from damotui.render.raster import rasterise
from damotui.render.showing import Showing
from damotui.render.window import TimeWindow
from tests.damotui.aggregations import MIB, MMAP, step
from tests.damotui.test_render_places import drawn, view_of

SECOND = 1_000_000


def test_the_overview_has_all_addresses_as_they_were_last():
    view, latest = view_of(), step(269)
    drawn(view)
    assert overview_of(drawn(view), view, latest, 40) is None
    view.addresses.show(view.space, view.space.part(0, MMAP[0] + 50 * MIB, MMAP[0] + 75 * MIB))
    picture = drawn(view)
    made = overview_of(picture, view, latest, 56)  # 3, a gap, 48, a gap, 3
    assert (made.first, made.last) == (4 + 24, 4 + 35)
    assert made.picture.rates.shape == (2, 56)
    row = rasterise([latest], made.picture.layout, latest.start_us, 100_000, 1)[0]
    np.testing.assert_array_equal(made.picture.rates, [row, row])
    assert overview_of(picture, view, latest, 0) is None


def test_beside_a_turned_map_it_runs_down():
    view, latest = view_of(transposed=True), step(269)
    drawn(view)
    view.addresses.show(view.space, view.space.part(0, MMAP[0], MMAP[0] + 4096))
    made = overview_of(drawn(view), view, latest, 20)
    assert made.picture.rates.shape == (40, 1)
    assert (made.first, made.last) == (4, 4)
    view.showing = Showing.SORTED
    assert overview_of(drawn(view), view, latest, 20) is None


def thumb(window, begin_us, now_us, height=10):
    lines = with_thumb(Canvas(10, height), window, begin_us, now_us).text().split("\n")
    return [y for y, line in enumerate(lines) if line.startswith("┃")]


def test_the_bar_is_to_the_axis_as_the_window_is_to_the_session():
    assert thumb(TimeWindow(0, 20, SECOND), 0, 20 * SECOND) == []
    assert thumb(TimeWindow(0, 20, SECOND), 0, 200 * SECOND) == [0]
    assert thumb(TimeWindow(80, 40, SECOND), 0, 200 * SECOND) == [4, 5]
    assert thumb(TimeWindow(190, 20, SECOND), 0, 200 * SECOND) == [9]
    assert thumb(TimeWindow(150, 20, SECOND), 100 * SECOND, 200 * SECOND) == [5, 6]


def test_the_bar_leaves_what_is_written():
    canvas = Canvas(10, 4)
    canvas.write(0, 3, "everywhere", Ink.TICK)
    assert with_thumb(canvas, TimeWindow(190, 20, SECOND), 0, 200 * SECOND).text().split("\n")[3] == "everywhere"


def test_how_far_back_it_is():
    texts = [behind(us, 10).text() for us in (0, 300_000, 12_345_678, 3_723_000_000)]
    assert texts == ["", "◂ 300 ms", "◂ 12.3 s", "◂ 1h02m00s"]


def test_the_axes_point_at_the_cursor():
    across = Canvas(12, 2)
    across.write(4, 1, "╷+50 MiB", Ink.TICK)
    assert pointed_across(across, 1, (2, 7)).text() == "\n  ▾ ╷+50 MiB"
    assert pointed_across(across, 1, (6, 7)).text() == "\n  ▾ ╷+50 MiB"
    assert across.lines()[1][-3:] == [("╷+", Ink.TICK), ("5", Ink.MARK), ("0 MiB", Ink.TICK)]
    assert pointed_across(Canvas(12, 1), 0, (2, 7)).text() == "  ▴"
    assert pointed_down(Canvas(4, 3), (2, 1)).text() == "\n   ▸\n"
    assert pointed_down(Canvas(4, 3), None).text() == "\n\n"
