"""The app as a user meets it."""

import numpy as np
import pytest

from damotui.actions import ACTIONS
from damotui.app import run_app
from damotui.options import AppOptions
from damotui.scene import ExperimentScene
from damotui.screens.dialogs import ChoiceDialog, ConfirmDialog
from damotui.screens.help import HelpScreen
from engine.config.model import ULONG_MAX
from engine.errors import InputError
from tests.damotui.app_in_test import driven

CONTEXT = (0, "contexts", 0)
AGGR = (*CONTEXT, "intervals", "aggr_us")


def real(setup):
    return ExperimentScene(setup.experiment)


class TestOpening:
    async def test_shows_the_staircase_of_a_running_engine(self):
        async with driven(scene=real, seconds=25.0) as app:
            assert app.row("kdamond 0").value.startswith("on")
            assert "stairs" in app.row("target 0").value
            picture = app.main.map_pane.map.picture
            assert not picture.empty
            rates = np.nan_to_num(picture.rates)
            hottest = [int(np.flatnonzero(row > 0.9).mean()) // 6 for row in rates if row.max() > 0.9]
            # The hot step moves from the highest addresses to lower ones, phase by phase.
            steps = [at for at, before in zip(hottest, [None, *hottest], strict=False) if at != before]
            assert len(steps) >= 7
            assert steps == sorted(steps, reverse=True)

    async def test_shows_the_figures_of_the_status_line(self):
        async with driven(seconds=5.0) as app:
            status = app.lines[-2]
            # 10 regions, 20 checks each in 100 ms; one region of 1 MiB is hot; half of 1 GiB is free.
            for figure in ("5.0 s", "1×", "10 of 10–1,000", "2.0 k/s", "1.0 MiB", "10.0 MiB", "512.0 MiB"):
                assert figure in status

    async def test_shows_rates_of_schemes(self):
        async with driven(seconds=10.0) as app:
            (line,) = [line for line in app.lines if "0 stat " in line and " active" in line]
            at = app.lines.index(line)
            assert "100.0 MiB" in line  # the fake engine tries 1 MiB in each aggregation
            assert "10.0 MiB/s" in app.lines[at + 1]
            assert app.lines[at + 1].endswith("█")

    @pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (40, 12)])
    async def test_has_all_panes_at_any_workable_size(self, size):
        async with driven(size, seconds=2.0) as app:
            assert "kdamond 0" in app.text
            picture = app.main.map_pane.map.picture
            assert picture is not None and not picture.empty
            assert "2.0 s" in app.text
            assert "help" in app.lines[-1]
            assert all(len(line) <= size[0] for line in app.lines)


class TestTime:
    async def test_pause_and_step(self):
        async with driven() as app:
            await app.press("space")
            assert app.pacer.paused
            assert "paused" in app.lines[-2]
            assert "run" in app.lines[-1]
            await app.press("full_stop")
            assert "100.0 ms" not in app.text
            assert app.main.live.time_us == 100_000
            await app.press("space")
            assert not app.pacer.paused

    async def test_speed(self):
        async with driven() as app:
            await app.press("greater_than_sign")
            assert app.pacer.speed == 2.0
            assert "2×" in app.lines[-2]
            await app.press("m")
            assert "max" in app.lines[-2]
            await app.press("m", "less_than_sign", "less_than_sign")
            assert app.pacer.speed == 0.5


class TestEditing:
    async def test_an_edit_is_staged_committed_and_undone(self):
        async with driven(seconds=1.0) as app:
            await app.go_to("aggr_us")
            await app.press("enter")
            await app.type("200 ms")
            await app.press("enter")
            assert app.row("aggr_us").value == "200 ms"
            assert app.row("aggr_us").uncommitted and app.row("kdamond 0").uncommitted
            assert "200 ms *" in app.text and "* staged" in app.lines[-2]
            assert app.scene.engine.calls == [("turn_on", 0)]
            await app.press("c")
            assert app.scene.engine.calls[-1] == ("commit", 0)
            assert not app.session.uncommitted()
            assert "*" not in app.text
            await app.press("u")
            assert app.row("aggr_us").value == "100 ms"
            assert app.row("aggr_us").uncommitted
            await app.press("ctrl+r")
            assert app.row("aggr_us").value == "200 ms"
            assert not app.session.uncommitted()

    async def test_stop_edit_commit_and_start_again_is_seen(self):
        async with driven(scene=real, seconds=3.0) as app:
            await app.press("s")
            assert app.row("kdamond 0").value == "off"
            await app.go_to("aggr_us")
            await app.press("enter")
            await app.type("1s")
            await app.press("enter", "c", "s")
            await app.run(3.0)
            assert app.row("kdamond 0").value.startswith("on")
            latest = app.main.seen.history.latest(0)
            assert (latest.aggr_us, latest.end_us - latest.start_us) == (1_000_000, 1_000_000)
            assert "200 checks in 1 s" in app.text

    async def test_what_is_wrong_is_said_while_typing_and_nothing_is_lost(self):
        async with driven() as app:
            await app.go_to("sample_us")
            await app.press("enter")
            await app.type("5 weeks")
            assert "'5 weeks' is not a time" in app.text
            await app.press("enter")
            assert app.main.editor.is_open
            assert "5 weeks" in app.text
            await app.press("escape")
            assert not app.main.editor.is_open
            assert app.row("sample_us").value == "5 ms"
            assert not app.session.uncommitted()
            assert app.main.tree_pane.has_focus

    async def test_going_elsewhere_keeps_what_is_wrong(self):
        async with driven() as app:
            await app.go_to("sample_us")
            await app.press("enter")
            await app.type("never")
            await app.press("tab")
            assert app.main.editor.is_open
            assert "never" in app.text

    async def test_a_value_that_makes_another_wrong_is_staged_with_a_mark(self):
        async with driven() as app:
            await app.go_to("aggr_us")
            await app.press("enter")
            await app.type("1 ms")
            assert "sample_us: 5 ms is above aggr_us" in " ".join(app.text.split())
            await app.press("enter")
            assert app.row("sample_us").problem == "5 ms is above aggr_us: give at most 1 ms"
            await app.press("c")
            assert "kdamond 0 can't run: 5 ms is above aggr_us: give at most 1 ms" in app.told
            assert app.scene.engine.calls == [("turn_on", 0)]

    async def test_nudges_are_one_step_of_undo(self):
        async with driven() as app:
            await app.go_to("aggr_us")
            await app.press("plus", "plus", "minus", "plus")
            assert app.row("aggr_us").value == "500 ms"
            await app.press("u")
            assert app.row("aggr_us").value == "100 ms"

    async def test_keywords_are_nudged_and_completed(self):
        async with driven() as app:
            await app.go_to("ops")
            await app.press("plus")
            assert app.row("ops").value == "fvaddr"
            await app.press("enter")
            assert "vaddr, fvaddr, paddr" in app.text
            await app.type("pa")
            await app.press("enter")
            assert app.row("ops").value == "paddr"
            assert app.row("addr_unit").value == "1 B"

    async def test_the_default_is_a_key_away(self):
        async with driven() as app:
            await app.go_to("update_us")
            await app.press("0")
            assert app.row("update_us").value == "1 m"


class TestTree:
    async def test_schemes_are_added_and_removed(self):
        async with driven() as app:
            await app.go_to("schemes")
            await app.press("a")
            assert isinstance(app.app.screen, ChoiceDialog)
            assert "stat: cold" in app.text
            await app.press("down", "down", "down", "down", "enter")
            assert app.row("scheme 2").value == "stat nr=0 age≥30"
            assert app.main.tree_pane.cursor_row.label == "scheme 2"
            assert app.session.get((*CONTEXT, "schemes", 2)).access_pattern.sz.max == ULONG_MAX
            await app.press("x")
            assert len(app.session.get((*CONTEXT, "schemes"))) == 2
            assert app.main.tree_pane.cursor_row.label == "scheme 1"
            assert "scheme 2 (stat nr=0 age≥30) removed: u takes it back" in app.told
            await app.press("u")
            assert app.row("scheme 2").uncommitted

    async def test_targets_filters_and_kdamonds_too(self):
        async with driven() as app:
            await app.go_to("targets")
            await app.press("a")
            assert app.row("target 1").value == "next process"
            await app.go_to("scheme 0")
            await app.press("right")
            await app.go_to("filters")
            await app.press("enter", "enter")
            assert app.row("filter 0").value == "reject anon"
            await app.go_to("kdamond 0")
            await app.press("a", "enter", "enter")
            assert app.row("kdamond 1").value == "off"
            await app.press("s")
            assert app.row("kdamond 1").value == "on  pid 502"
            await app.press("u")
            assert "this can't be undone while kdamond 1 runs, which it would remove: stop it first" in app.told
            await app.press("s", "x")
            assert len(app.session.staged) == 1

    async def test_the_last_kdamond_can_be_removed_and_another_added(self):
        async with driven() as app:
            await app.press("s", "x")
            assert app.session.staged == ()
            await app.press("s")
            assert app.told[-1] == "there is no kdamond: a adds one"
            await app.press("a", "enter")
            assert app.row("kdamond 0").value == "off"

    async def test_the_cursor_moves_by_arrows_and_letters(self):
        async with driven() as app:
            tree = app.main.tree_pane
            await app.press("down", "j")
            assert tree.cursor_row.label == "ops"
            await app.press("k", "h", "h")
            assert tree.cursor_row.label == "kdamond 0"
            await app.press("left")
            assert len(tree.rows) == 1
            await app.press("l", "G")
            assert tree.cursor_line == len(tree.rows) - 1
            await app.press("g")
            assert tree.cursor_line == 0

    async def test_the_cursor_keeps_to_its_node(self):
        async with driven() as app:
            await app.go_to("scheme 1")
            app.session.remove((*CONTEXT, "schemes", 0))
            app.main.staged_changed()
            assert app.main.tree_pane.cursor_row.label == "scheme 0"

    async def test_a_long_tree_scrolls_with_the_cursor(self):
        async with driven((80, 12)) as app:
            await app.press("G")
            assert "refresh_ms" in app.text
            await app.press("g")
            assert "kdamond 0" in app.text


class TestMachine:
    async def test_a_process_is_killed_after_asking_with_another_key(self):
        async with driven(seconds=1.0) as app:
            await app.press("K")
            assert isinstance(app.app.screen, ConfirmDialog)
            assert "Kill process 1001" in app.text
            await app.press("K", "enter")
            assert app.scene.engine.alive[1001]
            await app.press("y")
            assert not app.scene.engine.alive[1001]
            assert app.row("kdamond 0").value == "ended"
            assert "kdamond 0 ended: every target process has ended" in app.text
            await app.press("N")
            assert app.scene.engine.alive[1002]

    async def test_an_engine_that_fails_does_not_close_the_app(self):
        async with driven(seconds=1.0) as app:
            app.scene.engine.fail_at_us = 2_000_000
            await app.run(2.0)
            assert "RuntimeError: the engine broke: the engine stands" in app.text
            await app.go_to("aggr_us")
            await app.press("plus")
            assert app.row("aggr_us").value == "200 ms"
            await app.press("R", "y")
            assert len(app.scene.engines) == 2
            app.pacer.set_paused(False)
            await app.run(1.0)
            assert "broke" not in app.text
            assert app.main.live.time_us == 1_000_000
            assert app.main.seen.history.latest(0).end_us == 1_000_000

    async def test_an_engine_that_can_not_be_made_does_not_close_the_app(self):
        class Refusing:
            def build(self, kdamonds=None):
                raise InputError("the workload does not fit")

        async with driven(scene=lambda setup: Refusing()) as app:
            assert "the workload does not fit" in app.text
            await app.press("s", "c", "plus", "space")
            assert "there is no engine yet" in app.told


class TestAround:
    async def test_help_shows_all_keys_and_finds_some(self):
        async with driven() as app:
            await app.press("question_mark")
            assert isinstance(app.app.screen, HelpScreen)
            shown = " ".join(app.app.screen.query_one("Static").content.plain.split())
            assert all(a.help in shown for a in ACTIONS)
            assert shown.startswith("In the tree")
            await app.type("undo")
            found = app.app.screen.query_one("Static").content.plain
            assert "Take the last staged edit back" in found
            assert "transpose" not in found
            line, shown = next((at, line) for at, line in enumerate(app.lines) if "Take the last staged edit" in line)
            app.session.set(AGGR, 50_000)
            await app.pilot.click(offset=(shown.index("u z"), line))
            await app.settle()
            assert app.app.screen is app.main
            assert app.session.get(AGGR) == 100_000
            await app.press("question_mark")
            await app.press("escape")
            assert app.app.screen is app.main

    async def test_the_palette_offers_the_table(self):
        async with driven() as app:
            commands = list(app.app.get_system_commands(app.main))
            assert {command.help for command in commands} >= {a.help for a in ACTIONS if a.scope.name == "APP"} - {
                "Find any of these by name"
            }
            (pause,) = [command for command in commands if command.title.startswith("pause")]
            pause.callback()
            assert app.pacer.paused
            await app.press("ctrl+p")
            assert app.app.screen is not app.main
            await app.press("escape")

    async def test_the_heatmap_turns(self):
        async with driven(seconds=3.0) as app:
            await app.press("t")
            assert app.main.map_pane.map.picture.transposed
            await app.press("t")
            assert not app.main.map_pane.map.picture.transposed

    async def test_the_footer_follows_the_focus(self):
        async with driven() as app:
            assert "edit" in app.lines[-1]
            await app.press("tab")
            assert "cursor" in app.lines[-1] and "edit" not in app.lines[-1]
            await app.press("shift+tab", "down", "down", "enter")
            assert app.lines[-1].strip() == "↵ stage  Esc leave as it was"

    async def test_everything_can_be_clicked(self):
        async with driven(seconds=1.0) as app:
            await app.pilot.click("#tree", offset=(5, 5))
            assert app.main.tree_pane.cursor_row.label == "aggr_us"
            await app.pilot.click("#tree", offset=(5, 5))
            assert app.main.editor.is_open
            await app.press("escape")
            await app.pilot.click("#tree", offset=(2, 3))
            assert not app.row("intervals").expanded
            await app.pilot.click("#keys", offset=(app.lines[-1].index("pause"), 0))
            assert app.pacer.paused
            await app.pilot.click("#status", offset=(app.lines[-2].index("paused"), 0))
            assert not app.pacer.paused

    async def test_too_small_a_terminal_is_told_so_and_loses_nothing(self):
        async with driven((120, 40)) as app:
            await app.go_to("aggr_us")
            await app.press("plus")
            await app.pilot.resize_terminal(30, 8)
            await app.settle()
            assert "This terminal is 30x8." in app.text and "damotui needs 40x12." in app.text
            assert "kdamond" not in app.text
            await app.pilot.resize_terminal(80, 24)
            await app.settle()
            assert "200 ms *" in app.text

    @pytest.mark.parametrize(
        ("keys", "code"), [(["q"], 0), (["ctrl+q"], 0), (["ctrl+c"], 130), (["enter", "ctrl+c"], 130)]
    )
    async def test_it_can_be_left(self, keys, code):
        async with driven() as app:
            await app.pilot.press(*keys)
            await app.pilot.pause()
            assert not app.app.is_running
            assert app.app.return_code == code

    async def test_other_looks_are_shown_while_one_is_chosen(self, monkeypatch):
        monkeypatch.setattr("damotui.screens.theme_dialog.ThemeDialog.set_timer", lambda self, _, show: show())
        async with driven(theme="damotui-light") as app:
            heat = app.main.map_pane.map
            await app.press("T", "down")
            assert app.app.theme != "damotui-light"
            await app.press("down")
            assert app.app.theme == "dusk"
            await app.press("escape")
            assert (app.app.theme, heat.palette) == ("damotui-light", "paper")
            await app.press("T", "up", "enter")
            assert (app.app.theme, heat.palette) == ("damotui-dark", "inferno")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workload": "nothing-like-it"}, "there is no workload"),
        ({"kernel": "2.4"}, "'2.4' is not a kernel"),
        ({"theme": "puce"}, "--theme: 'puce' is not a theme: give one of contrast-dark, contrast-light, damotui-dark"),
        ({}, "the app needs a terminal to run in"),
    ],
)
def test_bad_options_are_told_before_anything_starts(options, message, monkeypatch):
    monkeypatch.setattr("sys.__stdin__", None)
    with pytest.raises(InputError, match=message):
        run_app(AppOptions(**options))
