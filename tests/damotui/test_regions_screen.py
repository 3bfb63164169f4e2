"""The screen of regions as a user meets it."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.events import MouseScrollDown

from damotui.export.sheet import as_csv
from damotui.scene import ExperimentScene
from damotui.screens.explain import ExplainDialog
from damotui.screens.regions import RegionsScreen
from damotui.session.snapshot_meanings import COLUMNS, pane_meaning
from damotui.session.snapshot_order import KEYS, Order
from damotui.session.snapshot_regions import regions_of
from damotui.session.snapshot_sheet import region_sheet
from damotui.session.snapshot_view import Shown
from damotui.settings.keymap import keymap_of
from damotui.widgets import region_columns
from damotui.widgets.region_columns import cell, describe, fitting, widths_of
from damotui.widgets.region_panes import PANES
from tests.damotui.app_in_test import driven
from tests.recordings import HOT_COLD_WARM, MIB, PAGE, aggregation

SCREENS = Path(__file__).parents[1] / "data" / "screens"


def real(setup):
    return ExperimentScene(setup.experiment)


async def opened(app):
    await app.press("S")
    assert isinstance(app.app.screen, RegionsScreen)
    return app.app.screen


def listed(screen, column):
    shown = screen.view.show(0)
    return getattr(shown.regions, column)[shown.order].tolist()


class TestTable:
    async def test_it_is_sorted_filtered_and_read_with_keys(self):
        async with driven((120, 40), scene=real) as app:
            await app.run(2.0)
            screen = await opened(app)
            await app.run(0.5)
            everything = len(listed(screen, "start"))
            assert f"{everything} regions of" in app.lines[1]
            assert listed(screen, "start") == sorted(listed(screen, "start"))
            # By the next columns: size, then back to the address, and the other way round.
            await app.press("l")
            assert listed(screen, "bytes") == sorted(listed(screen, "bytes"), reverse=True)
            assert "size▼" in app.lines[2]
            await app.press("enter")
            assert listed(screen, "bytes") == sorted(listed(screen, "bytes"))
            assert "size▲" in app.lines[2]
            await app.press("h", "h")
            assert screen.view.order == Order("target")
            # What is typed is in force at once; what can't be read is told, and the filter before stays.
            await app.press("slash")
            await app.type("rate ")
            assert "rate needs a value: give a share of the checks such as rate < 10%" in app.lines[0]
            assert len(listed(screen, "rate")) == everything
            await app.type("0%")
            assert set(listed(screen, "rate")) == {0.0}
            assert f"of {everything} with rate 0%" in app.lines[0]
            await app.press("enter", "end")
            assert screen.table.has_focus
            assert screen.table.cursor_line == len(listed(screen, "rate")) - 1
            assert app.lines[-17].startswith(" target 0 0x7ff")
            await app.press("escape")
            assert len(listed(screen, "rate")) == everything
            await app.press("escape")
            assert app.app.screen is app.main

    async def test_it_stays_at_an_aggregation_and_goes_through_the_past(self):
        async with driven((80, 24), scene=real) as app:
            await app.run(2.0)
            screen = await opened(app)
            await app.run(1.0)
            assert "kdamond 0 at 3.0 s, following" in app.lines[0]
            await app.press("f")
            await app.run(1.0)
            assert "kdamond 0 at 3.0 s, frozen 1 s back" in app.lines[0]
            assert app.main.live.time_us == 4_000_000 and not app.pacer.paused
            await app.press("left_square_bracket", "left_square_bracket", "left_curly_bracket")
            assert "at 1.8 s, frozen 2.2 s back" in app.lines[0]
            # Truth was watched from 2 s on.
            assert np.isnan(screen.view.show(0).regions.true).all()
            await app.press("right_curly_bracket", "right_square_bracket")
            assert "at 2.9 s" in app.lines[0]
            assert not np.isnan(screen.view.show(0).regions.true).any()
            for _ in range(3):
                await app.press("left_curly_bracket")
            assert "at 0.1 s" in app.lines[0]
            await app.press("left_square_bracket")
            assert "this is the oldest aggregation that is kept" in app.told
            await app.press("space")
            assert "at 4.0 s, following" in app.lines[0]
            await app.press("left_square_bracket", "right_square_bracket")
            assert "at 4.0 s, frozen" in app.lines[0]
            await app.press("right_square_bracket")
            assert "following" in app.lines[0]
            await app.press("p")
            assert app.pacer.paused

    async def test_the_mouse_sorts_selects_and_scrolls(self):
        async with driven((120, 40), scene=real) as app:
            await app.run(1.0)
            screen = await opened(app)
            at = app.lines[2].index("size")
            await app.pilot.click("#regions", offset=(at, 0))
            await app.settle()
            assert screen.view.order == Order("size", falling=True)
            await app.pilot.click("#regions", offset=(at, 0))
            await app.pilot.click("#regions", offset=(at, 4))
            await app.settle()
            assert screen.view.order == Order("size")
            assert screen.table.cursor_line == 3
            await app.pilot.click("#figures", offset=(70, 3))
            await app.settle()
            assert screen.pane == 3
            top = screen.table.scroll_offset.y
            await app.pilot.resize_terminal(80, 24)
            screen.table.post_message(MouseScrollDown(screen.table, 5, 5, 0, 0, 0, False, False, False))
            await app.settle()
            assert screen.table.scroll_offset.y > top

    async def test_ten_thousand_regions_are_drawn_a_page_at_a_time(self, monkeypatch):
        drawn = []

        def counted(column, text, width):
            drawn.append(text)
            return cell(column, text, width)

        monkeypatch.setattr("damotui.widgets.region_table.cell", counted)
        async with driven((80, 24)) as app:
            await app.run(1.0)
            one = app.main.seen.history.latest(0)
            start = np.arange(10_000, dtype=np.uint64) * np.uint64(PAGE)
            many = replace(
                one,
                start=start,
                end=start + np.uint64(PAGE),
                start_us=one.end_us,
                end_us=one.end_us + 100_000,
                **{name: np.arange(10_000) % 21 for name in ("nr_accesses", "age")},
                target=np.zeros(10_000, np.int64),
            )
            app.main.seen.history.add(many)
            screen = await opened(app)
            assert "10,000 regions 39.1M" in app.lines[1]
            drawn.clear()
            await app.press("end")
            assert len(drawn) < 3 * 18 * len(screen.table._columns)
            assert "0x270f000" in app.lines[19]
            await app.press("l", "l")
            assert screen.view.order == Order("rate", falling=True)
            assert screen.table.cursor_line > 0
            assert screen.view.show(0).regions.start[screen.table.cursor] == 0x270F000
            assert sum("0x270f000 " in line for line in app.lines[3:20]) == 1


class TestFigures:
    async def test_one_at_a_time_where_there_is_little_room(self):
        async with driven((80, 24)) as app:
            await app.run(1.0)
            screen = await opened(app)
            assert screen.table.size.height == 18
            for number, pane in enumerate(PANES, 2):
                await app.press(str(number))
                assert f" {number} {pane.title}" in app.text
                assert screen.table.size.height == 6
            await app.press("tab")
            assert screen.pane == 1 and not screen.figures.display
            await app.press("shift+tab")
            assert "8 detection budget" in app.text
            await app.press("5")
            assert "≥ 100 ms 9.0 MiB  90 %" in app.text
            assert app.lines[1] == " 10 regions 10.0M · accessed 1.0M (10 %) · idle ≥ 5 s 0 (0 %)"
            await app.press("t", "t", "t", "t")
            assert "idle ≥ 1 s" in app.lines[1]
            await app.pilot.resize_terminal(40, 12)
            await app.settle()
            assert "≥ 100 ms" in app.text and not screen.table.display

    async def test_all_at_once_where_there_is_much(self):
        async with driven((200, 60)) as app:
            await app.run(1.0)
            await opened(app)
            await app.run(0.5)
            for number, pane in enumerate(PANES, 2):
                assert f" {number} {pane.title}" in app.text
            assert "true 200.0 MiB/s" in app.text  # the hot MiB at each of 200 windows a second
            assert "2.0 k checks/s of 10 regions: 0.02 % of a CPU" in app.text
            await app.press("slash")
            await app.type("nr 0")
            assert "bytes by access rate (filtered)" in app.text and "over time (all regions)" in app.text

    async def test_every_figure_is_explained(self):
        async with driven((120, 40)) as app:
            await app.run(2.0)
            screen = await opened(app)
            await app.press("l", "l", "l", "8", "f1")
            assert isinstance(app.app.screen, ExplainDialog)
            titles = [one.title for one in app.app.screen._explanations]
            assert titles[:3] == ["rate", "detection budget", "estimated bandwidth"]
            assert set(COLUMNS) == set(KEYS)
            assert {column.key for column in region_columns.COLUMNS} == set(KEYS)
            assert {one.title for one in COLUMNS.values()} <= set(titles)
            assert len({pane_meaning(number).title for number in range(2, 9)}) == 7
            assert screen.explanations()[0] is COLUMNS["rate"]


class TestNothing:
    async def test_what_is_missing_is_said(self):
        async with driven((80, 24)) as app:
            await app.press("s")
            screen = await opened(app)
            assert "kdamond 0 is off, and has found nothing: s in the tree starts it" in app.lines[3]
            await app.press("left_square_bracket", "end", "8", "5")
            assert "kdamond 0 is off, and has found nothing" in app.told[-1]
            await app.press("f1")
            assert isinstance(app.app.screen, ExplainDialog)
            await app.press("escape", "q")
            await app.press("s")
            screen = await opened(app)
            await app.run(0.5)
            assert "10 regions" in app.lines[1]
            await app.press("slash")
            await app.type("size > 1T")
            assert "none of 10 regions passes the filter" in app.text and "Esc lists all" in app.text
            await app.press("enter")
            assert "Esc lists all" not in app.text
            assert screen.view.show(0).nr_all == 10

    async def test_without_a_kdamond_it_says_how_to_add_one_by_the_users_keys(self):
        async with driven(
            (80, 24), preset="none", keymap=keymap_of({"add": ["f7"], "whatif": ["f8"], "cold_time": ["f9"]})
        ) as app:
            screen = await opened(app)
            (idle,) = [one for one in screen.explanations() if one.title == "idle ≥"]
            assert ("to change it", "F9 takes another time") in idle.facts
            assert "there is no kdamond: F7 in the tree adds one" in app.lines[3]
            await app.press("I")
            assert "There is no kdamond: F7 in the tree adds one" in app.text
            await app.press("f8")
            assert "then press F8: branch B goes on" in " ".join(app.text.split()) and "W here begins one" in app.text

    async def test_truth_is_watched_while_it_is_open_only(self):
        async with driven((80, 24)) as app:
            await opened(app)
            await app.run(0.5)
            seen = app.main.seen.truth.nr_aggregations
            assert seen and app.main.truths.on
            await app.press("q")
            await app.run(0.5)
            assert not app.main.truths.on and app.main.seen.truth.nr_aggregations == seen


class TestColumns:
    def test_each_title_shows_the_order_and_what_is_more_than_0_is_never_shown_as_0(self):
        for column in region_columns.COLUMNS:
            assert region_columns.title(column, column.width or 9, "▲").strip() == f"{column.title}▲"
        regions = replace(regions_of(aggregation(HOT_COLD_WARM)), true=np.array([0.0, 0.01, 0.4]))
        (true,) = [column for column in region_columns.COLUMNS if column.key == "true"]
        assert [true.text(regions, at) for at in range(3)] == ["0 %", "<0.1 %", "0.4 %"]

    def test_what_fits_begins_with_what_tells_most(self):
        titles = {width: [c.title for c in fitting(region_columns.COLUMNS, width)] for width in (40, 80, 200)}
        assert titles[40] == ["address", "size", "rate"]
        assert titles[80] == ["tg", "address", "size", "rate", "true", "for", "idle", "name"]
        assert titles[200] == [column.title for column in region_columns.COLUMNS]
        for width in (40, 80, 120, 200):
            assert sum(widths_of(fitting(region_columns.COLUMNS, width), width)) <= width

    def test_a_region_in_words(self):
        regions = regions_of(aggregation(HOT_COLD_WARM))
        assert describe(regions, 2, 200) == [
            "target 0 0x104000000 to 0x104400000 · nr_accesses 10 of 20 = 100 Hz · age 0 · temp 5,000"
            " · a page is looked at every 5.1 s · no scheme matches · 4.0 MiB"
        ]
        assert all(len(line) <= 78 for line in describe(regions, 2, 78))

    def test_the_regions_as_csv(self):
        regions = regions_of(aggregation(HOT_COLD_WARM))
        sheet = region_sheet(Shown(regions, Order("rate", falling=True).of(regions), 3))
        lines = as_csv(sheet).splitlines()
        assert lines[0].startswith("target,start,end,size_bytes,nr_accesses,rate_percent,rate_hz,age_aggregations")
        assert lines[1] == f"0,{4 << 30},{(4 << 30) + 4 * MIB},4194304,20,100.0,200.0,0,0,0,10000,5120000.0,,,"
        assert [line.split(",")[4] for line in lines[1:]] == ["20", "10", "0"]
        assert dict(sheet.about)["aggr_us"] == 100_000


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: "x".join(map(str, size)))
async def test_screen(size):
    """Word for word, but for the keys in the last line. After a change that is meant: UPDATE_SCREENS=1."""
    async with driven(size) as app:
        await app.run(0.5)
        await opened(app)
        await app.run(1.0)
        await app.press("4", "down")
        shown = "\n".join(app.lines[:-1]) + "\n"
    path = SCREENS / f"regions-{size[0]}x{size[1]}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")
