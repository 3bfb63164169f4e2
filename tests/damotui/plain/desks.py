"""A desk without the command line around it."""

from __future__ import annotations

from damotui.options import AppOptions
from damotui.pacer import ManualPacer
from damotui.plain.desk import Desk
from damotui.plain.words import perform
from damotui.render.ascii_text import spelled
from damotui.scene import ExperimentScene
from damotui.setup import load_setup
from tests.damotui.fake_engine import FakeScene


def desk_of(*, real=False, seconds=0.0, **options):
    """A desk on the fake engine, or the real one, after some seconds."""
    setup = load_setup(AppOptions(**options))
    scene = ExperimentScene(setup.experiment) if real else FakeScene(setup.kdamonds)
    desk = Desk(setup, ManualPacer(scene, speed=setup.speed))
    list(desk.start())
    list(desk.run(round(seconds * 1e6)))
    return desk


def said(desk, *lines, interrupted=lambda: False):
    """What the commands answer, as it is printed."""
    return [spelled(line) for command in lines for line in perform(command, desk, interrupted)]
