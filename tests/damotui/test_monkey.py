"""Whatever keys are pressed, on whatever screen: the app goes on, the tree stands, and all of it can be undone."""

import asyncio
import random

import pytest
from textual.widgets import Input

from damotui.keep.plain import plain, read_tree
from damotui.scene import ExperimentScene
from damotui.screens.main import MainScreen
from damotui.screens.side_screen import SideScreen
from engine.config.json_place import Place
from tests.damotui.app_in_test import driven, key_event
from tests.damotui.tree.test_machine import well_made

KEYS = 150
LOOK_EVERY = 10
LEAST_EDITS, LEAST_SCREENS = 5, 6
NEVER = ("ctrl+q", "ctrl+c", "ctrl+z", "f5")
NOISE = [*"0123456789abcdefghijklmnopqrstuvwxyz%/.", "space", "backspace", "enter", "enter", "tab", "up", "down"]
NOISE += ["left", "right", "home", "end", "pagedown", "ctrl+u", "f1", "question_mark", "shift+up"]
BUILDING = ["a", "d", "v", "y", "x", "ctrl+x", "P", "plus", "minus", "0", "e", "ctrl+up", "ctrl+down", "backspace"]
BUILDING += ["c", "C", "s", "u", "ctrl+r", "U", "A", "down", "down", "down", "right", "right", "up"]


def real(setup):
    return ExperimentScene(setup.experiment)


def key_for(screen, rng):
    """A key: one that means something there, one that builds, or any."""
    in_front = not isinstance(screen, MainScreen)
    if (in_front or isinstance(screen.focused, Input)) and rng.random() < 0.2:
        return "escape"
    if in_front and not isinstance(screen, SideScreen) and rng.random() < 0.6:
        return rng.choice(["enter", "enter", "down"])
    if not in_front and rng.random() < 0.05:
        return "1"  # to the tree, where most can be done
    known = [key for key in screen.active_bindings if key not in NEVER]
    kinds = (known or NOISE, NOISE, NOISE if in_front else BUILDING)
    key = rng.choice(rng.choices(kinds, (0.4, 0.2, 0.6))[0])
    return key if in_front or key != "q" else "z"


class Watch:
    """What is known of each session that was shown."""

    def __init__(self):
        self.starts = {}
        self.screens = set()
        self.edits = 0
        self._staged = None

    def see(self, app):
        """Take note of a key's outcome."""
        session = app.session
        self.screens.add(type(app.app.screen))
        self.edits += session.staged is not self._staged
        self._staged = session.staged
        if session.place == 0:
            self.starts.setdefault(session, session.staged)

    def look(self, app):
        """See whether all is as it has to be."""
        session, shown = app.session, app.app.screen
        assert app.app.is_running
        assert well_made(session.staged)
        assert read_tree(Place("session", "staged", plain(session.staged), [])) == session.staged
        for row in app.main.tree_side.view.rows() if shown is app.main else ():
            session.get(row.path)
        assert "could not be shown" not in app.text and "can't be shown" not in app.text


async def send(app, key):
    """Press a key, and wait until it has done what it does, but not until that is painted."""
    app.app.post_message(key_event(key).set_sender(app.app))
    await asyncio.sleep(0)
    while app.app.is_running and not app.app.all_keys_done:
        await asyncio.sleep(0)


async def back_to_main(app):
    """Leave all that is in front."""
    for _ in range(20):
        if app.app.screen is app.main:
            break
        await app.press("escape")
    assert app.app.screen is app.main, f"{app.app.screen} can't be left"
    await app.press("1", "escape", "escape")


@pytest.mark.parametrize(
    ("seed", "options"),
    [(60, {}), (73, {"preset": "none"}), (63, {"preset": "prcl"}), (62, {"scene": real, "workload": "shifter"})],
)
async def test_any_keys_on_all_screens(seed, options, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # what is shown may be saved
    rng, watch = random.Random(seed), Watch()
    async with driven(rng.choice([(80, 24), (120, 40)]), seconds=1.0, **options) as app:
        for number in range(KEYS):
            if number % LOOK_EVERY == 0:
                app.pacer.run(rng.choice([0, 100_000, 500_000]))
                await app.settle()
                watch.look(app)
            await send(app, key_for(app.app.screen, rng))
            watch.see(app)
        watch.look(app)
        await back_to_main(app)
        watch.look(app)
        session = app.session
        if session.has_branches:
            session.keep(session.branch)
        await app.settle()
        for index in sorted(session.running):
            session.turn_off(index)
        await app.settle()
        session.go_to(len(session.steps))
        end = session.staged
        while session.undo():
            app.main.staged_changed()
        await app.settle()
        assert session.staged == watch.starts[session]
        assert [row.path for row in app.main.tree_side.view.rows() if row.depth == 0] == [
            (at,) for at in range(len(session.staged))
        ]
        while session.redo():
            app.main.staged_changed()
        assert session.staged == end
    assert watch.edits >= LEAST_EDITS and len(watch.screens) >= LEAST_SCREENS, "the keys led nowhere"
