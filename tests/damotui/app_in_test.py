"""The app, driven by hand: no thread, no clock, no terminal."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

from textual import events

from damotui.app import DamotuiApp
from damotui.options import AppOptions
from damotui.pacer import ManualPacer
from damotui.settings.model import Settings
from damotui.setup import load_setup
from tests.damotui.fake_engine import FakeScene


class Driven:
    """The app, its pacer, and the keys."""

    def __init__(self, app, scene, pilot):
        self.app = app
        self.scene = scene
        self.pilot = pilot

    @property
    def main(self):
        return self.app.screen_stack[0]

    @property
    def pacer(self):
        return self.app.pacer

    @property
    def session(self):
        return self.main.session

    async def run(self, seconds):
        """Let simulated time pass, in frames as the app would see them."""
        self.main.show_all()
        for _ in range(round(seconds * 10)):
            self.pacer.run(100_000)
            self.main.show_all()
        await self.settle()

    async def settle(self):
        self.main.show_all()
        await self.pilot.pause()

    async def press(self, *keys):
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text):
        names = {" ": "space", "%": "percent_sign", ".": "full_stop"}
        await self.press(*(names.get(letter, letter) for letter in text))

    async def go_to(self, label):
        """Put the cursor of the tree at the row with that label."""
        (line,) = [at for at, row in enumerate(self.main.tree_pane.rows) if row.label == label]
        self.main.tree_pane.move_to(line)
        await self.settle()

    def row(self, label):
        (row,) = [row for row in self.main.tree_pane.rows if row.label == label]
        return row

    @property
    def lines(self):
        """What is on the screen."""
        rows = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in row).rstrip() for row in rows]

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def told(self):
        """What was said in passing."""
        return [notification.message for notification in self.app._notifications]


def key_event(key):
    """A key as Textual gets it from a terminal."""
    return events.Key(key, key if len(key) == 1 else " " if key == "space" else None)


async def burst(app, *keys):
    """Press keys all at once, as they come over a slow link."""
    for key in keys:
        app.app.post_message(key_event(key).set_sender(app.app))
    await app.pilot.pause()
    await app.settle()


@asynccontextmanager
async def driven(
    size=(120, 40), *, scene=None, seconds=0.0, keymap=None, places=None, opened=None, tour=False, **options
):
    """The app on a fake engine, unless a scene is made by `scene` from the setup.

    Args:
        places: where it keeps sessions; None keeps none.
        opened: a session to begin with.
        tour: whether it offers the tour to who is new.
    """
    settings = Settings(tour=tour, **({"keymap": keymap} if keymap else {}))
    setup = replace(load_setup(AppOptions(**options), settings), places=places)
    if opened is not None:
        setup = setup.reopened(opened)
    scenes = []

    def make_pacer(setup):
        scenes.append(FakeScene(setup.kdamonds) if scene is None else scene(setup))
        return ManualPacer(scenes[-1], speed=setup.first_speed, replay=setup.replay)

    app = DamotuiApp(setup, make_pacer(setup), make_pacer)
    app.pacer.start()
    async with app.run_test(size=size) as pilot:
        one = Driven(app, scenes[0], pilot)
        await one.run(seconds)
        yield one
