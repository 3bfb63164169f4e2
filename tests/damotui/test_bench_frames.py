"""The frame bench measures what it says, and a frame stays within its budget of work."""

import json

import pytest

from damotui.bench import app
from damotui.bench.frames import SCENARIOS, FrameFigures, Scenario, measure, staircase
from damotui.render.layout import ranges_of


def test_staircase_has_one_hot_step_at_a_time():
    data = staircase(60)
    assert [one.start_us for one in data] == [i * 100_000 for i in range(60)]
    for i, one in enumerate(data):
        hot = one.nr_accesses >= 15
        assert int((one.end[hot] - one.start[hot]).sum()) == 10 << 20
        assert int(one.start[hot].min()) == 0x7F3A40000000 + ((2 + 10 * (i // 25)) << 20)
        assert len(ranges_of(one)) == 3
        assert 58 <= one.nr_regions <= 62


def test_same_seed_same_data():
    first, second = staircase(3), staircase(3)
    assert all(
        (a.nr_accesses == b.nr_accesses).all() and (a.start == b.start).all()
        for a, b in zip(first, second, strict=True)
    )


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_every_scenario_is_measured(scenario):
    figures = measure(scenario, frames=4, size=(60, 12))
    assert figures.scenario == scenario.name
    assert 0 < figures.ms_per_frame <= figures.ms_per_frame_p95
    assert 100 < figures.bytes_per_frame < 60 * 12 * 60


def test_256_colours_need_fewer_bytes():
    from damotui.widgets.terminal_colours import ColourMode

    true, fewer = (
        measure(Scenario("x", transposed=True, mode=mode), frames=6, size=(60, 12)).bytes_per_frame
        for mode in (ColourMode.TRUECOLOR, ColourMode.XTERM256)
    )
    assert fewer < 0.8 * true


def test_scrolling_makes_few_rows_anew():
    """A structural bound on the work of a frame, where a clock would depend on the machine."""
    from textual.app import App

    from damotui.render.history import History
    from damotui.widgets import map_rows
    from damotui.widgets.heatmap import Heatmap

    made = []
    joined = map_rows.joined

    class One(App):
        def compose(self):
            yield Heatmap()

    async def run():
        history = History()
        data = staircase(260, regions=40)
        for one in data[:200]:
            history.add(one)
        async with One().run_test(size=(100, 50)) as pilot:
            heat = pilot.app.query_one(Heatmap)
            heat.view.time.row_us = 100_000
            heat.show(history, 20_000_000)
            await pilot.pause()
            made.clear()
            computed = heat.view.nr_computed
            for one in data[200:]:
                history.add(one)
                heat.show(history, one.end_us)
            return heat.view.nr_computed - computed

    import asyncio

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(map_rows, "joined", lambda pairs, table: made.append(len(pairs)) or joined(pairs, table))
        assert asyncio.run(run()) == 60
    assert sum(made) <= 2 * 60


def test_printed(monkeypatch):
    figures = FrameFigures("time down", 1.25, 2.0, 18_000, 2.5)
    monkeypatch.setattr(app, "measure", lambda scenario: figures)
    monkeypatch.setattr(app, "SPEEDS", ())
    assert json.loads(app.run(as_json=True))["frames"]["figures"][0] == {
        "scenario": "time down",
        "ms_per_frame": 1.25,
        "ms_per_frame_p95": 2.0,
        "bytes_per_frame": 18_000,
        "percent_of_core_at_20_fps": 2.5,
    }
    assert "time down                             1.25    2.00       18,000                    2.5" in app.run(
        as_json=False
    )
