"""The trace screen as a user meets it, over a real engine."""

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from damotui.scene import ExperimentScene
from damotui.screens.name_dialog import NameDialog
from damotui.screens.trace import TraceScreen
from tests.damotui.app_in_test import driven


def real(setup):
    return ExperimentScene(setup.experiment)


async def opened(app):
    await app.press("E")
    assert isinstance(app.app.screen, TraceScreen)
    return app.app.screen


def lines_of(app, event):
    return [line for line in app.lines[2:-2] if f"{event}: " in line]


class TestLines:
    async def test_events_come_as_they_happen(self):
        async with driven((120, 40), scene=real) as app:
            trace = await opened(app)
            assert "nothing has happened yet" in app.text
            await app.run(1.0)
            aggregated = lines_of(app, "damon_aggregated")
            assert aggregated and "1.000000: damon_aggregated: target_id=0 nr_regions=" in aggregated[-1]
            assert lines_of(app, "damos_stat_after_apply_interval")
            assert "following" in app.text
            assert len(trace.trace.shown) == trace.trace.kept > 100

    async def test_lines_are_whole_where_there_is_room_and_when_asked_for(self):
        async with driven((200, 40), scene=real) as app:
            await opened(app)
            await app.run(0.5)
            assert "kdamond.0   501 [000]     0.500000: damon:damon_aggregated: target_id=0" in app.text
            await app.press("w")
            assert "kdamond.0" not in app.text
            assert "    0.500000: damon_aggregated: target_id=0" in app.text

    async def test_long_lines_are_moved_aside(self):
        async with driven((80, 24), scene=real) as app:
            await opened(app)
            await app.run(0.5)
            assert "damon_aggregated" in app.text
            await app.press("l", "l", "l")
            assert not lines_of(app, "damon_aggregated")
            await app.press("h", "h", "h", "h")
            assert lines_of(app, "damon_aggregated")

    async def test_nothing_is_collected_while_nobody_looks(self):
        async with driven((120, 40), scene=real) as app:
            await opened(app)
            await app.run(0.5)
            await app.press("q")
            assert app.app.screen is app.main
            kept = app.main.seen.trace.kept
            await app.run(2.0)
            assert app.main.seen.trace.kept == kept
            trace = await opened(app)
            await app.run(0.2)
            texts = [line.text for line in trace.trace.shown]
            assert texts[kept] == "-- nothing was collected up to 2.5 s --"
            assert " 2.600000: " in texts[kept + 1]

    async def test_a_kernel_has_its_own_events(self):
        async with driven((120, 40), scene=real, kernel="6.1") as app:
            trace = await opened(app)
            assert trace.trace.events == ("damon:damon_aggregated",)
            await app.press("3")
            assert "there is no event 3: Linux 6.1 has 1" in app.told


class TestChoosing:
    async def test_events_are_chosen_by_number(self):
        async with driven((120, 40), scene=real) as app:
            trace = await opened(app)
            await app.run(0.5)
            kept = trace.trace.kept
            await app.press("1")
            assert "1 ○ damon_aggregated" in app.text and "2 ● damos_before_apply" in app.text
            assert not lines_of(app, "damon_aggregated")
            await app.run(0.5)
            assert trace.trace.kept > kept
            await app.press("1")
            new = trace.trace.shown[kept:]
            assert new and all(line.event != "damon:damon_aggregated" for line in new)
            await app.press("g")
            assert lines_of(app, "damon_aggregated")

    async def test_and_by_mouse(self):
        async with driven((120, 40), scene=real) as app:
            trace = await opened(app)
            await app.pilot.click("#events", offset=(app.lines[0].index("damos_before_apply"), 0))
            assert "damon:damos_before_apply" not in trace.trace.wanted
            await app.pilot.click("#events", offset=(app.lines[1].index("damos_stat"), 1))
            assert "damon:damos_stat_after_apply_interval" not in trace.trace.wanted

    async def test_none_is_told(self):
        async with driven((120, 40), scene=real) as app:
            await opened(app)
            await app.press(*"12345")
            await app.run(0.5)
            assert "no event is chosen: 1 to 5 choose" in app.text

    async def test_text_is_found(self):
        async with driven((120, 40), scene=real) as app:
            trace = await opened(app)
            await app.run(0.5)
            await app.press("slash")
            await app.type("scheme_idx=1")
            await app.run(0.5)
            assert all("scheme_idx=1" in line.text for line in trace.trace.shown)
            assert len(trace.trace.shown) == 10  # the statistics of each of ten turns
            await app.press("enter")
            assert trace.lines.has_focus
            await app.press("escape")
            assert len(trace.trace.shown) > 10
            assert isinstance(app.app.screen, TraceScreen)
            await app.press("escape")
            assert app.app.screen is app.main


class TestPlace:
    async def test_space_holds_the_lines_and_time_goes_on(self):
        async with driven((120, 40), scene=real) as app:
            trace = await opened(app)
            await app.run(0.5)
            await app.press("space")
            assert not app.pacer.paused
            before, kept = lines_of(app, "damon_aggregated"), trace.trace.kept
            await app.run(1.0)
            assert lines_of(app, "damon_aggregated") == before
            assert f"frozen, {trace.trace.held:,} more since" in app.text
            assert app.main.live.time_us == 1_500_000
            await app.press("space")
            assert trace.trace.kept > kept
            assert "1.500000: " in lines_of(app, "damon_aggregated")[-1]

    async def test_p_lets_time_stand(self):
        async with driven((120, 40), scene=real) as app:
            await opened(app)
            await app.press("p")
            assert app.pacer.paused
            assert "time stands: p lets it pass" in app.text

    async def test_looking_back_stays_where_it_is_while_lines_come(self):
        async with driven((120, 40), scene=real) as app:
            await opened(app)
            await app.run(1.0)
            await app.press("pageup", "k", "up")
            before = app.lines[3:-2]
            assert "at " in app.lines[2]
            await app.run(1.0)
            assert [line.rstrip("▐ ") for line in app.lines[3:-2]] == [line.rstrip("▐ ") for line in before]
            await app.press("G")
            assert "following" in app.lines[2]
            assert "2.000000: " in lines_of(app, "damon_aggregated")[-1]
            await app.press("g")
            assert "0.100000: " in app.lines[3]

    async def test_the_wheel_looks_back(self):
        async with driven((120, 40), scene=real) as app:
            trace = await opened(app)
            await app.run(1.0)
            first = trace.lines.place[0]
            for wheel in (MouseScrollUp, MouseScrollDown):
                trace.lines.post_message(wheel(trace.lines, 5, 5, 0, 0, 0, False, False, False))
                await app.settle()
                assert trace.lines.following == (wheel is MouseScrollDown)
                assert trace.lines.place[0] == (first if trace.lines.following else first - 3)

    async def test_forgetting(self):
        async with driven((120, 40), scene=real) as app:
            trace = await opened(app)
            await app.run(0.5)
            await app.press("ctrl+l")
            assert trace.trace.kept == 0
            assert "nothing has happened yet" in app.text


class TestSaving:
    async def test_what_is_shown_is_saved_under_the_name_that_is_asked_for(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        async with driven((120, 40), scene=real) as app:
            trace = await opened(app)
            await app.run(0.5)
            await app.press("1", "X")
            assert isinstance(app.app.screen, NameDialog)
            assert "damotui-trace.txt" in app.text
            await app.press("enter")
            saved = (tmp_path / "damotui-trace.txt").read_text("utf-8").splitlines()
            assert saved == [line.text for line in trace.trace.shown]
            assert all(line.startswith("kdamond.0   501 [000]  ") for line in saved)
            assert f"{len(saved):,} lines saved to damotui-trace.txt" in app.told

    async def test_no_file_is_replaced(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "damotui-trace.txt").write_text("mine")
        async with driven((120, 40), scene=real) as app:
            await opened(app)
            await app.run(0.5)
            await app.press("X")
            assert "damotui-trace-2.txt" in app.text, "a name that nothing has"
            await app.press("ctrl+u")
            await app.type("damotui-trace.txt")
            await app.press("enter")
            said = app.app.screen.query_one("#trouble")
            assert said.content == "damotui-trace.txt is there already and stays as it is: give another name"
            await app.press("ctrl+u")
            await app.type("nowhere/x")
            await app.press("enter")
            assert said.content == "there is no directory 'nowhere' that may be written"
            await app.press("ctrl+u")
            await app.type("~nobody-here/x")
            await app.press("enter")
            assert said.content == "there is no directory '~nobody-here' that may be written"
            await app.press("ctrl+u")
            await app.type("other.txt")
            await app.press("enter")
            assert (tmp_path / "damotui-trace.txt").read_text() == "mine"
            assert (tmp_path / "other.txt").read_text().startswith("kdamond.0")

    async def test_nothing_is_not_saved(self):
        async with driven((120, 40), scene=real) as app:
            await opened(app)
            await app.press("X")
            assert "there are no lines to save" in app.told


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 60)])
async def test_any_workable_size_shows_lines(size):
    async with driven(size, scene=real) as app:
        await opened(app)
        await app.run(1.0)
        assert lines_of(app, "damon_aggregated")
        assert all(len(line) <= size[0] for line in app.lines)
