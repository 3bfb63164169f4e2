"""The window of time follows the newest, and stays where it was scrolled to."""

import pytest

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
    axis.zoom(4, shown.row_us)
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
    axis = TimeAxis()
    axis.zoom(steps, row_us)
    assert axis.row_us == zoomed


def test_zoom_ends_at_the_last_step():
    axis = TimeAxis()
    axis.zoom(-100, 1_000)
    assert axis.row_us == 240 * 3600 * SECOND
