"""Keys that come faster than the app can follow, as over a slow link, do what they do one by one."""

import asyncio

import pytest

from damotui.app import DamotuiApp
from damotui.screens.dialogs import ChoiceDialog
from tests.damotui.app_in_test import burst, driven

AGE = (0, "contexts", 0, "schemes", 0, "access_pattern", "age", "min")


async def test_what_is_typed_goes_to_the_line_that_the_key_before_has_opened():
    async with driven((80, 24)) as app:
        await burst(app, "A", *["down"] * 5, "5", "0", "enter")
        assert app.session.get(AGE) == 50
        assert [step.label for step in app.session.steps] == ["age.min: 0 → 50"]
        await burst(app, "q")
        await app.go_to("aggr_us")
        # None of these letters removes, commits or turns off anything.
        await burst(app, "e", "ctrl+u", *"2s", "enter", "x")
        assert app.row("aggr_us").value == "2 s"
        assert len(app.session.steps) == 2 and app.scene.engine.calls == [("turn_on", 0)]


async def test_choices_are_made_in_dialogs_that_are_not_there_yet():
    async with driven((80, 24)) as app:
        await app.go_to("scheme 0")
        await burst(app, "a", "enter", *["down"] * 5, "enter", "a", "enter", "enter")
        schemes = app.session.get((0, "contexts", 0, "schemes"))
        assert [scheme.action for scheme in schemes] == ["stat", "stat", "pageout", "stat"]
        assert len(app.session.steps) == 2
        assert app.app.screen is app.main
        await burst(app, "a", "enter", "escape", "P")
        assert isinstance(app.app.screen, ChoiceDialog) and "preset" in app.text


async def test_what_has_changed_beside_the_tree_is_in_it_before_the_next_key():
    async with driven((80, 24), preset="none") as app:
        await app.press("a", "enter", "D")
        await burst(app, "u", "escape", "y", "x", "enter")
        assert app.told[-1] == "there is no kdamond: a adds one"


async def test_a_key_that_gets_lost_holds_up_none_for_long(monkeypatch):
    async with driven((80, 24)) as app:
        # As where a pane goes away with a key in its queue.
        monkeypatch.setattr(DamotuiApp, "_follow", lambda self, path, rounds: None)
        monkeypatch.setattr("damotui.keys_in_turn.LONGEST_S", 0.01)
        await burst(app, "down", "down", "down")
        for _ in range(100):
            await asyncio.sleep(0)
            if app.main.tree_pane.cursor_line == 3:
                break
            await app.pilot.pause()
        assert app.main.tree_pane.cursor_line == 3


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_the_app_can_be_left_whatever_it_is_at(key, monkeypatch):
    async with driven((80, 24)) as app:
        monkeypatch.setattr(DamotuiApp, "_follow", lambda self, path, rounds: None)
        await burst(app, "down", key)
        assert not app.app.is_running
