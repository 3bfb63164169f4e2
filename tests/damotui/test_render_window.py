"""The window of time follows the newest, and stays where it was scrolled to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.render.window import TimeAxis, TimeWindow

SECOND = 1_000_000


def window(axis, now_us, begin_us=0, aggr_us=100_000, nr_rows=50, unit=2):
    return axis.window(begin_us, now_us, aggr_us, nr_rows, unit)


def test_automatic_scale_shows_the_whole_past_in_whole_aggregations():
    axis = TimeAxis()
    shown = [window(axis, s * SECOND) for s in (1, 5, 6, 12, 20, 31)]
    assert [w.row_us // 1000 for w in shown] == [100, 100, 200, 300, 400, 800]
    assert all(w.first == 0 and w.end_us >= s * SECOND for w, s in zip(shown, (1, 5, 6, 12, 20, 31), strict=True))


def test_automatic_scale_then_scrolls():
    shown = window(TimeAxis(auto_span_us=10 * SECOND), 100 * SECOND)
    assert shown.row_us == 200_000
    assert shown.end_us - 400_000 < 100 * SECOND <= shown.end_us
    assert shown.first % 2 == 0


@pytest.mark.parametrize(
    ("span_s", "row_ms"), [(501, 12_000), (4_000, 80_000), (50_000, 1_000_000), (10**6, 20_000_000)]
)
def test_automatic_scale_of_long_spans(span_s, row_ms):
    assert window(TimeAxis(auto_span_us=10**18), span_s * SECOND).row_us == row_ms * 1000


def test_begins_where_monitoring_began():
    assert window(TimeAxis(), 30_200_000, begin_us=30_050_000) == TimeWindow(300, 50, 100_000)


def test_moves_in_whole_cells():
    axis = TimeAxis(row_us=100_000)
    firsts = [window(axis, 10 * SECOND + i * 100_000).first for i in range(6)]
    assert firsts == [50, 52, 52, 54, 54, 56]


def test_scrolled_back_it_stays():
    axis = TimeAxis()
    shown = window(axis, 60 * SECOND)
    axis.zoom(4, shown, 0, 60 * SECOND, 2)
    shown = window(axis, 60 * SECOND)
    axis.scroll(shown, -20, 0, 60 * SECOND)
    held = [window(axis, s * SECOND) for s in (60, 61, 100)]
    assert held[0] == held[1] == held[2]
    assert held[0].first == shown.first - 20


def test_the_automatic_scale_stays_too_while_scrolled_back():
    axis = TimeAxis(auto_span_us=10 * SECOND)
    axis.scroll(window(axis, 20 * SECOND), -10, 0, 20 * SECOND)
    assert window(axis, 20 * SECOND) == window(axis, 500 * SECOND, aggr_us=300_000)


def test_back_at_the_newest_it_follows_again():
    axis = TimeAxis(row_us=100_000)
    axis.scroll(window(axis, 60 * SECOND), -20, 0, 60 * SECOND)
    axis.scroll(window(axis, 60 * SECOND), 10, 0, 60 * SECOND)
    assert axis.held is not None
    axis.scroll(window(axis, 60 * SECOND), 12, 0, 60 * SECOND)
    assert axis.held is None
    assert window(axis, 70 * SECOND).end_us >= 70 * SECOND


def test_never_scrolls_before_the_beginning():
    axis = TimeAxis(row_us=100_000)
    for _ in range(5):
        axis.scroll(window(axis, 9 * SECOND), -30, 0, 9 * SECOND)
    assert window(axis, 9 * SECOND).first == 0
    axis.scroll(window(axis, 9 * SECOND), 40, 0, 9 * SECOND)
    assert axis.held is None


def test_nothing_to_scroll_to_goes_on_following():
    axis = TimeAxis()
    axis.scroll(window(axis, 3 * SECOND), -10, 0, 3 * SECOND)
    assert axis.held is None


@pytest.mark.parametrize(
    ("row_us", "steps", "zoomed"),
    [(300_000, 1, 200_000), (300_000, -1, 500_000), (500_000, 1, 200_000), (500_000, -2, 2_000_000), (1, 9, 1)],
)
def test_zoom_goes_in_steps_of_1_2_5(row_us, steps, zoomed):
    axis = TimeAxis(row_us=row_us)
    axis.zoom(steps, TimeWindow(0, 50, row_us), 0, 0, 2)
    assert axis.row_us == zoomed


def test_zoom_ends_at_the_last_step():
    axis = TimeAxis()
    axis.zoom(-100, TimeWindow(0, 50, 1_000), 0, 0, 2)
    assert axis.row_us == 240 * 3600 * SECOND


def test_zooming_back_to_the_automatic_scale_makes_it_automatic_again():
    axis = TimeAxis()
    scales = []
    for steps in (1, 1, -1, -1, -1, 1):
        axis.zoom(steps, window(axis, 12 * SECOND), 0, 12 * SECOND, 2)
        scales.append((window(axis, 12 * SECOND).row_us // 1_000, axis.row_us is None))
    assert scales == [(200, False), (100, False), (200, False), (300, True), (500, False), (300, True)]
    assert axis.held is None


def test_the_moment_at_which_it_is_zoomed_stays_in_its_cell():
    axis = TimeAxis(row_us=100_000, held=(40 * SECOND, 100_000))
    shown = window(axis, 60 * SECOND)
    assert shown == TimeWindow(350, 50, 100_000)
    axis.zoom(-1, shown, 0, 60 * SECOND, 2, at_us=36_950_000)  # in the tenth cell of 25
    zoomed = window(axis, 60 * SECOND)
    assert zoomed == TimeWindow(184 - 18, 50, 200_000)
    axis.zoom(2, zoomed, 0, 60 * SECOND, 2, at_us=36_950_000)
    assert window(axis, 60 * SECOND) == TimeWindow(738 - 18, 50, 50_000)


def test_held_it_zooms_at_its_middle_and_following_at_the_newest():
    axis = TimeAxis(row_us=100_000, held=(40 * SECOND, 100_000))
    axis.zoom(-1, window(axis, 60 * SECOND), 0, 60 * SECOND, 2)
    assert abs(window(axis, 60 * SECOND).middle_us - 37_500_000) <= 400_000
    axis = TimeAxis(row_us=100_000)
    axis.zoom(-1, window(axis, 60 * SECOND), 0, 60 * SECOND, 2)
    assert axis.held is None


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_zooming_in_at_a_moment_and_out_again_shows_the_same(data):
    draw = data.draw
    begin, length = draw(st.integers(0, 30 * SECOND)), draw(st.integers(0, 3_000 * SECOND))
    now, aggr = begin + length, draw(st.sampled_from([5_000, 100_000, 130_000, 1_000_000]))
    nr_rows, unit = draw(st.sampled_from([(50, 2), (48, 2), (1, 1), (77, 1)]))
    axis = TimeAxis()
    for _ in range(draw(st.integers(0, 3))):
        shown = window(axis, now, begin, aggr, nr_rows, unit)
        if draw(st.booleans()):
            axis.scroll(shown, draw(st.integers(-200, 100)), begin, now)
        else:
            axis.zoom(draw(st.integers(-3, 3).filter(bool)), shown, begin, now, unit)
    shown = window(axis, now, begin, aggr, nr_rows, unit)
    at = draw(st.integers(shown.start_us, shown.end_us - 1)) if draw(st.booleans()) else None
    followed = axis.held is None
    axis.zoom(1, shown, begin, now, unit, at)
    zoomed = window(axis, now, begin, aggr, nr_rows, unit)
    assert zoomed.row_us < shown.row_us or zoomed == shown
    axis.zoom(-1, zoomed, begin, now, unit, at)
    if zoomed != shown and (at is not None or followed):
        assert window(axis, now, begin, aggr, nr_rows, unit) == shown
        assert (axis.held is None) == followed


def test_reveal_moves_by_whole_cells_and_no_further_than_needed():
    shown = TimeWindow(100, 50, 100_000)
    assert shown.reveal(12_000_000, 2) == shown
    assert shown.reveal(9_990_000, 2) == shown.pan(-2)
    assert shown.reveal(15_000_000, 2) == shown.pan(2)
    assert shown.reveal(15_250_000, 2) == shown.pan(4)


def test_a_stretch_of_time_is_shown_as_finely_as_whole_aggregations_allow():
    axis = TimeAxis(row_us=1)
    axis.show(7_300_000, 22_000_000, 100_000, 50, 2)  # 14.7 s in 46 rows
    shown = window(axis, 60 * SECOND)
    assert shown == TimeWindow(16, 50, 400_000) or shown == TimeWindow(6, 50, 400_000)
    assert shown.start_us <= 7_300_000 and shown.end_us >= 22_000_000
    axis.zoom(1, shown, 0, 60 * SECOND, 2, at_us=20 * SECOND)
    axis.zoom(-1, window(axis, 60 * SECOND), 0, 60 * SECOND, 2, at_us=20 * SECOND)
    assert window(axis, 60 * SECOND) == shown
    axis.show(50 * SECOND, 60 * SECOND, 100_000, 50, 2)
    assert window(axis, 60 * SECOND) == window(axis, 90 * SECOND)  # it stays


def test_the_whole_session_is_shown_and_followed():
    axis = TimeAxis(row_us=1, held=(5, 1))
    axis.show_session(3 * SECOND, 200 * SECOND, 50, 2)
    shown = window(axis, 200 * SECOND, begin_us=3 * SECOND)
    assert shown.row_us == 5 * SECOND
    assert shown.start_us <= 3 * SECOND and shown.end_us >= 200 * SECOND and axis.held is None


def test_automatic_again_keeps_the_place():
    axis = TimeAxis(row_us=20_000, held=(30 * SECOND, 20_000))
    axis.automatic(window(axis, 300 * SECOND), 0, 300 * SECOND, 100_000, 2)
    shown = window(axis, 300 * SECOND)
    assert shown.row_us == 1_200_000
    assert shown.start_us <= 29_500_000 <= shown.end_us and axis.held is not None
