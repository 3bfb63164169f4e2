"""A sweep writes the newest line over the oldest: little is drawn, and all of it is where it belongs."""

import numpy as np
import pytest
from textual.app import App

from damotui.bench.frames import SCENARIOS, measure
from damotui.render.colour import NO_DATA
from damotui.render.history import History
from damotui.render.sweep import Sweep, sweep_of
from damotui.render.sweep_axis import time_swept
from damotui.render.view import View
from damotui.render.window import TimeWindow
from damotui.widgets.heatmap import Heatmap
from damotui.widgets.heatmap_pane import HeatmapPane
from damotui.widgets.terminal_colours import ColourMode
from tests.damotui.aggregations import step

LINES = 6
AGGR_US = 100_000


def swept(count, *, sweeps=True, columns=30):
    """A view of 6 lines, two aggregations to a line, after `count` of them."""
    view, history = View(), History()
    view.sweeps, view.time.row_us = sweeps, AGGR_US
    for i in range(count):
        history.add(step(i))
    picture = view.picture(history, 0, 0, count * AGGR_US, columns, LINES)
    while not picture.complete:
        picture = view.picture(history, 0, 0, count * AGGR_US, columns, LINES)
    return picture


class TestPicture:
    @pytest.mark.parametrize("count", range(1, 40))
    def test_each_line_of_cells_stays_at_its_place(self, count):
        """Line c of all time is drawn at c % 6, the newest is the last that was written, and the next is blank."""
        picture = swept(count)
        newest = (count - 1) // 2
        gap = (newest + 1) % LINES
        assert (picture.sweep.newest, picture.sweep.gap) == (newest % LINES, gap)
        codes = picture.pixels(21)
        for line in range(max(0, newest - LINES + 2), newest + 1):
            y = line % LINES
            assert y != gap
            assert picture.cell(5, y).start_us == 2 * line * AGGR_US
            cell_rates = swept(count, sweeps=False)
            at = line - cell_rates.window.first // 2
            plain = cell_rates.pixels(21)[2 * at : 2 * at + 2]
            np.testing.assert_array_equal(codes[2 * y : 2 * y + 2], plain)
        assert (codes[2 * gap : 2 * gap + 2] != 21 + NO_DATA).sum() == 0
        assert picture.cell(5, gap) is None

    def test_only_while_time_runs_down_and_the_newest_is_followed(self):
        view, history = View(), History()
        view.sweeps = True
        for i in range(30):
            history.add(step(i))
        assert view.picture(history, 0, 0, 3_000_000, 20, 5).sweep is not None
        view.transposed = True
        assert view.picture(history, 0, 0, 3_000_000, 20, 5).sweep is None
        view.transposed = False
        view.time.held = (1_500_000, 100_000)
        assert view.picture(history, 0, 0, 3_000_000, 20, 5).sweep is None

    @pytest.mark.parametrize("lines", [1, 2])
    def test_too_few_lines_have_no_gap(self, lines):
        window = TimeWindow(4, 2 * lines, AGGR_US)
        sweep = sweep_of(window, 0, 500_000, lines)
        assert sweep.gap is None
        values = np.arange(2 * lines, dtype=np.uint8)[:, None]
        assert sorted(sweep.drawn(values, 99).ravel().tolist()) == list(range(2 * lines))
        assert sweep_of(window, 0, 500_000, 0) is None

    def test_it_begins_at_the_top_when_monitoring_begins_late(self):
        """The first aggregation began at 2.5 s: its line is the first of the screen."""
        sweep = sweep_of(TimeWindow(24, 2 * LINES, AGGR_US), 2_500_000, 2_600_000, LINES)
        assert sweep == Sweep(LINES, 0, 0)
        assert sweep_of(TimeWindow(30, 2 * LINES, AGGR_US), 2_500_000, 4_200_000, LINES) == Sweep(LINES, 3, 2)


def test_the_axis_turns_with_the_lines_and_points_at_the_newest():
    window = TimeWindow(20, 12, AGGR_US)
    assert time_swept(window, Sweep(LINES, 4, 3), ((2_500_000, "commit"),)).text().split("\n") == [
        "   commit▸",
        "",
        "",
        "   3.0 s ▶",
        "",
        "",
    ]
    assert time_swept(TimeWindow(0, 12, AGGR_US), Sweep(LINES, 0, 2)).text().split("\n")[:3] == [
        "     0 s ╶",
        "",
        "  400 ms ▶",
    ]


class PaneApp(App):
    def __init__(self):
        super().__init__()
        self.pane = HeatmapPane()
        self.pane.map.set_reactive(Heatmap.mode, ColourMode.SHADES)
        self.pane.map.set_reactive(Heatmap.sweeps, True)
        self.pane.map.view.time.row_us = AGGR_US

    def compose(self):
        yield self.pane


async def test_a_new_sample_draws_its_line_and_the_gap_alone():
    app, history = PaneApp(), History()
    async with app.run_test(size=(60, 16)) as pilot:
        heat = app.pane.map
        for i in range(60):
            history.add(step(i))
        app.pane.show(history, 60 * AGGR_US)
        await pilot.pause()
        lines = heat.size.height
        assert heat.picture.sweep.newest == 29 % lines
        refreshed = []
        heat.refresh = lambda *regions, **_: refreshed.append([(r.y, r.height) for r in regions])
        for i in range(60, 120):
            history.add(step(i))
            app.pane.show(history, (i + 1) * AGGR_US)
            y = i // 2 % lines
            drawn = {line for top, height in refreshed.pop() for line in range(top, top + height)}
            # The second sample of a line may look like the first, and the one that it replaces like the gap.
            assert drawn <= ({y, (y + 1) % lines} if i % 2 == 0 else {y})
            assert not refreshed
            assert heat.picture.cell(20, y).start_us == i // 2 * 2 * AGGR_US


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.sweeps], ids=lambda one: one.name)
def test_a_sample_takes_less_than_2_kb_on_200_by_50_cells(scenario):
    figures = measure(scenario, frames=40)
    assert 200 < figures.bytes_per_frame < 2_000
