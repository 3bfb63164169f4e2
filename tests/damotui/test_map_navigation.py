"""Looking around in the heatmap with keys and mouse, as a user does."""

import numpy as np
import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Region

from damotui.render.places import cell_of
from damotui.scene import ExperimentScene
from damotui.screens.dialogs import ChoiceDialog
from damotui.screens.explain import ExplainDialog
from damotui.widgets.heatmap import Heatmap
from damotui.widgets.map_overview import MapOverview
from tests.damotui.aggregations import MIB, MMAP, step
from tests.damotui.app_in_test import driven
from tests.damotui.test_heatmap_widget import PaneApp, filled, lines


def first_and_last(heat):
    """The addresses at the ends of the axis."""
    segments = heat.picture.layout.segments
    return segments[0].start, segments[-1].end


def rows(heat):
    return heat.picture.window.first, heat.picture.window.row_us


class TestMouse:
    async def test_wheel_drag_and_clicks(self):
        app, history = PaneApp(), filled(400)
        async with app.run_test(size=(70, 24)) as pilot:
            heat = app.pane.map
            heat.has_cursor = True
            app.pane.show(history, 40_000_000)
            await pilot.pause()

            async def wheel(kind, **keys):
                await pilot._post_mouse_events([kind], heat, offset=(30, 10), **keys)
                await pilot.pause()

            whole = first_and_last(heat)
            await pilot.mouse_down(heat, offset=(10, 4))
            await pilot.hover(heat, offset=(20, 7))
            assert "┌─────────┐" in lines(app)[heat.region.y + 4]
            box = [heat.picture.cell(*corner) for corner in ((10, 4), (20, 7))]
            await pilot.mouse_up(heat, offset=(20, 7))
            await pilot.pause()
            assert "┌" not in "".join(lines(app))
            start, end = first_and_last(heat)
            assert abs(start - box[0].start) < 4096 and abs(end - box[1].end) < 8192
            window = heat.picture.window
            assert window.start_us <= box[0].start_us and window.end_us >= box[1].end_us
            assert window.row_us == 300_000

            before = rows(heat)
            await wheel(MouseScrollUp)
            await wheel(MouseScrollDown)
            assert rows(heat) == before
            await wheel(MouseScrollDown, shift=True)
            moved = first_and_last(heat)
            assert abs(moved[0] - start - (end - start) / 10) < 4096
            await wheel(MouseScrollUp, shift=True)
            assert first_and_last(heat) == (start, end)
            under = heat.picture.cell(30, 10)
            await wheel(MouseScrollUp, control=True)
            assert heat.picture.window.row_us == 200_000
            assert heat.picture.cell(30, 10).start_us <= (under.start_us + under.end_us) // 2
            assert heat.picture.cell(30, 10).end_us >= (under.start_us + under.end_us) // 2
            await wheel(MouseScrollDown, control=True)
            assert rows(heat) == before

            (overview,) = (one for one in app.query(MapOverview) if one.region)
            assert "[" in lines(app, overview.region)[0]
            await pilot.click(overview, offset=(30, 0))
            await pilot.pause()
            at = overview._overview.picture.layout.addresses_at(30)
            middle = sum(first_and_last(heat)) // 2
            assert abs(middle - (at.start + at.end) // 2) < 8192
            heat.show_all_addresses()
            await pilot.pause()
            assert first_and_last(heat) == whole
            assert not [one for one in app.query(MapOverview) if one.region]

            await pilot.click(heat, offset=(30, 3))
            assert heat.cursor is None
            under = heat.picture.cell(31, 4)
            await pilot.click(heat, offset=(31, 4), times=2)
            await pilot.pause()
            assert under.start_us <= heat.cursor.time_us < under.end_us
            assert under.start <= heat.cursor.address < under.end
            x, y = cell_of(heat.picture, heat.cursor)
            assert lines(app)[heat.region.y + y][heat.region.x + x] == "┼"
            await pilot.click(heat, offset=(40, 6))
            assert cell_of(heat.picture, heat.cursor) == (40, 6)


async def test_moving_the_cursor_draws_two_rows_and_following_leaves_it_where_it_is():
    app, history = PaneApp(), filled(20)
    async with app.run_test(size=(60, 30)) as pilot:
        heat = app.pane.map
        app.pane.show(history, 2_000_000)
        await pilot.pause()
        assert heat.start_cursor()
        await pilot.pause()
        x, y = cell_of(heat.picture, heat.cursor)
        assert y == 9  # the newest line
        refreshed = []
        refresh = heat.refresh
        heat.refresh = lambda *regions, **_: refreshed.extend(regions)
        heat.move_cursor(0, -1)
        assert refreshed == [Region(0, 8, heat.size.width, 2)]
        refreshed.clear()
        heat.move_cursor(-2, 0)
        assert refreshed == [Region(0, 8, heat.size.width, 1)]
        heat.refresh = refresh
        there = heat.cursor
        heat.view.time.row_us = 100_000
        for i in range(20, 90):
            history.add(step(i))
        app.pane.show(history, 9_000_000)
        assert heat.cursor == there
        assert cell_of(heat.picture, there) is None  # out of sight
        heat.move_cursor(0, 0)
        assert cell_of(heat.picture, there) == (x - 2, 0)
        heat.drop_cursor()
        heat.scroll_to_newest()
        heat.start_cursor()
        assert cell_of(heat.picture, heat.cursor)[0] == heat.picture.layout.size // 2


async def test_keys_move_and_zoom_in_both_directions():
    async with driven((80, 24), seconds=3.0) as app:
        heat = app.main.map_pane.map
        await app.press("2", "plus", "plus", "right")
        assert app.told[-1] == "all addresses are in view: ) shows fewer, in more detail"
        start, end = first_and_last(heat)
        await app.press("right_parenthesis", "right_parenthesis")
        half = first_and_last(heat)
        assert half[1] - half[0] == 10 * MIB // 4
        assert any(one.region for one in app.app.screen.query(MapOverview))
        await app.press("right")
        assert first_and_last(heat)[0] - half[0] == 10 * MIB // 40
        await app.press("left")
        assert first_and_last(heat) == half
        await app.press("shift+left")
        assert first_and_last(heat)[0] == round((half[0] - 0.9 * 2.5 * MIB) / 4096) * 4096
        before = rows(heat)
        await app.press("up")
        assert not heat.following and rows(heat) < before
        assert "◂" in app.text
        await app.press("down", "down")
        assert heat.following
        await app.press("f")
        still = rows(heat)
        await app.run(0.5)
        assert not heat.following and rows(heat) == still
        await app.press("f", "home")
        assert heat.picture.window.first == 0
        await app.press("end", "left_parenthesis", "left_parenthesis", "left_parenthesis")
        assert heat.following and heat.all_addresses
        assert app.told[-1] == "all addresses are in view"
        await app.press("right_parenthesis", "minus", "equals_sign")
        assert first_and_last(heat) == (start, end) and heat.view.time.row_us is None
        await app.press("equals_sign")
        assert heat.picture.window.start_us == 0 and heat.picture.window.end_us >= 3_000_000


async def test_turned_they_move_as_time_and_addresses_lie():
    async with driven((80, 24), seconds=3.0) as app:
        heat = app.main.map_pane.map
        await app.press("2", "t", "plus", "right_parenthesis")
        half = first_and_last(heat)
        await app.press("j")
        assert first_and_last(heat)[0] - half[0] == 10 * MIB // 20
        await app.press("k", "h")
        assert first_and_last(heat) == half and not heat.following
        await app.press("l", "V", "V", "V", "k")
        assert heat.following
        assert "sorted by access rate there are no addresses" in app.told[-1]


async def test_the_cursor_tells_what_is_there_and_f1_what_it_means():
    async with driven((80, 24), seconds=5.0) as app:
        heat = app.main.map_pane.map
        await app.press("2", "i")
        read = app.main.map_pane.readout.region
        assert read.height == 2 and "truth ?" in lines(app.app, read)[0]
        await app.run(1.0)
        await app.press("down", "down", "down", "shift+left", "shift+left", "shift+left", "right")
        window = heat.picture.window
        assert cell_of(heat.picture, heat.cursor) == (1, (5_999_999 // window.row_us - window.first) // 2)
        # An aggregation that ends in the sixth second finds the sixth MiB: nothing here, then all of it there.
        assert lines(app.app, read)[0].startswith("0 % 0 Hz 0/20 · truth 0 %")
        await app.press("shift+right", "shift+right", "plus", "plus", "plus", "up")
        assert lines(app.app, read)[0].startswith("100 % 200 Hz 20/20 · truth 100 %")
        assert lines(app.app, read)[1].startswith("scheme 0 · 5.8 s −100 ms · 0x586bca 269 KiB")
        await app.press("f1")
        assert isinstance(app.app.screen, ExplainDialog)
        said = app.app.screen.query_one("Static").content.plain
        assert said.startswith("access rate at the cursor\n") and "here  100 %, 200 Hz, 20 of 20 checks" in said
        assert "\na cell\n" in said and "\naxes\n" in said
        await app.press("escape", "V", "V", "V", "right", "right")
        assert "hottest" in lines(app.app, read)[1]
        await app.press("V", "right", "escape")
        assert heat.cursor is None and app.main.map_pane.readout.region.height == 0
        assert not app.main.truths.on
        await app.press("escape")
        assert app.told[-1] == "there is nothing to leave here: q leaves the app"


async def test_a_mapping_is_shown_alone():
    async with driven((100, 30), seconds=3.0) as app:
        heat = app.main.map_pane.map
        await app.press("2", "g")
        assert isinstance(app.app.screen, ChoiceDialog)
        assert "a  0x0  1 MiB  30 % accessed" in app.text
        await app.press("down", "enter")
        assert first_and_last(heat) == (0, MIB)
        await app.press("g", "enter")
        assert first_and_last(heat) == (0, 10 * MIB)
        await app.press("g", "down", "enter", "escape")
        assert heat.all_addresses
        await app.press("right_parenthesis", "R", "y")
        await app.run(1.0)
        assert heat.all_addresses and heat.following  # another past, other places


async def test_panes_are_a_key_away_and_take_the_whole_screen():
    async with driven((80, 24), seconds=2.0) as app:
        main = app.main
        await app.press("2")
        assert main.focused is main.map_pane
        width = main.map_pane.size.width
        await app.press("w")
        assert main.map_pane.region == Region(0, 0, 80, 22)
        assert "kdamond 0" not in app.text and "help" in app.lines[-1] and "2.0 s" in app.lines[-2]
        await app.press("3")
        assert main.focused is main.scheme_pane and main.scheme_pane.region == Region(0, 0, 80, 22)
        await app.press("1", "enter")
        assert main.focused is main.tree_pane and main.tree_side.region == Region(0, 0, 80, 22)
        await app.press("2", "escape")
        assert main.map_pane.size.width == width and "kdamond 0" in app.text
        await app.press("3", "w")
        await app.pilot.resize_terminal(30, 8)
        await app.settle()
        assert "This terminal is 30x8." in app.text and not main.scheme_pane.region
        await app.pilot.resize_terminal(80, 24)
        await app.settle()
        assert main.scheme_pane.region == Region(0, 0, 80, 22)
        await app.press("w")
        assert main.maximized is None and main.map_pane.region


def real(setup):
    return ExperimentScene(setup.experiment)


async def test_on_a_real_engine_the_truth_stands_beside_what_was_found():
    async with driven((120, 40), scene=real, seconds=4.0) as app:
        heat, pane = app.main.map_pane.map, app.main.map_pane
        await app.press("2", "i")
        await app.run(3.0)
        await app.press("shift+down")
        assert app.main.truths.on
        seen = {}
        for _ in range(6):
            readout = pane._told[0]
            found = app.main.seen.history.between(0, 0, readout.start_us, readout.end_us)
            (mapping,) = [one for one in app.main.map_feed.names if one.name == readout.name]
            assert mapping.start <= readout.start < mapping.end and readout.offset == readout.start - mapping.start
            assert readout.region.start <= heat.cursor.address < readout.region.end
            assert any(
                readout.region.start in one.start.tolist() and readout.region.max_nr_accesses == 20 for one in found
            )
            assert readout.rate == pytest.approx(np.nanmean(_rates_at(heat)), abs=1e-4)
            seen[readout.start] = readout.truth
            await app.press("shift+left" if len(seen) % 2 else "right")
        assert all(0 <= truth <= 1 for truth in seen.values()) and len(seen) >= 4


def _rates_at(heat):
    x, y = cell_of(heat.picture, heat.cursor)
    return heat.picture.rates[2 * y : 2 * y + 2, x]


async def test_the_session_is_in_sight_from_its_beginning(monkeypatch):
    app, history = PaneApp(), filled(1)
    history.max_aggregations = 120
    for i in range(1, 1_500):
        history.add(step(i))
    async with app.run_test(size=(60, 24)) as pilot:
        heat = app.query_one(Heatmap)
        app.pane.show(history, 150_000_000)
        heat.show_everything()
        await pilot.pause()
        window = heat.picture.window
        assert window.start_us == 0 and window.end_us >= 150_000_000
        known = ~np.isnan(heat.picture.rates).all(axis=1)
        assert known[: 150_000_000 // window.row_us].all()
        heat.scroll_to_beginning()
        heat.zoom_time(1)
        heat.zoom_time(1)
        heat.scroll_to_beginning()
        await pilot.pause()
        assert heat.picture.window.start_us == 0 and heat.behind_us > 0
        # The first step is hot at first, as told by an aggregation of that time.
        first = heat.picture.layout.pixel_of(0, MMAP[0] + 5 * MIB)
        assert heat.picture.rates[0, first] > 0.9
        assert lines(app)[0].startswith("◂ ")
