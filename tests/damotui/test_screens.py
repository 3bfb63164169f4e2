"""Key screens, word for word. After a change that is meant: UPDATE_SCREENS=1 pytest tests/damotui/test_screens.py."""

import os
from pathlib import Path

import pytest

from tests.damotui.app_in_test import driven

SCREENS = Path(__file__).parents[1] / "data" / "screens"


async def running(app):
    await app.run(12.0)


async def transposed(app):
    await app.run(12.0)
    await app.press("t")


async def looking(app):
    """A part of the addresses, and what is at its cursor."""
    await app.run(4.0)
    await app.press("2", "i")
    await app.run(2.0)
    await app.press("right_parenthesis", "plus", "down", "down")


async def staged(app):
    await app.run(3.0)
    await app.go_to("aggr_us")
    await app.press("plus")
    await app.go_to("nr_regions")
    await app.press("right")
    await app.go_to("max")
    await app.press("plus")


async def editing(app):
    await app.go_to("update_us")
    await app.press("enter")


async def wrong(app):
    await app.go_to("nr_regions")
    await app.press("right", "down", "enter")
    await app.type("2")


async def adding(app):
    await app.go_to("schemes")
    await app.press("a")


async def building(app):
    """The kinds of entries that can be added beside a scheme, and in it."""
    await app.go_to("scheme 0")
    await app.press("a")


async def comparing(app):
    await app.run(3.0)
    await app.go_to("scheme 0")
    await app.press("d", "d", "x", "P", *"jjjjj", "s")
    await app.go_to("aggr_us")
    await app.press("plus", "D", "down")


async def explaining(app):
    await app.go_to("aggr_us")
    await app.press("plus", "f1")


async def choosing(app):
    await app.press("P", "j", "j", "j", "j", "j", "j")


async def helping(app):
    await app.press("question_mark")


async def failed(app):
    app.scene.engine.fail_at_us = 1_000_000
    await app.run(2.0)


async def scheme(app):
    await app.go_to("scheme 1")
    await app.press("right")
    await app.go_to("access_pattern")
    await app.press("right")


SHOWN = [
    running,
    transposed,
    looking,
    staged,
    editing,
    wrong,
    adding,
    building,
    comparing,
    explaining,
    choosing,
    helping,
]
SHOWN += [failed, scheme]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("screen", SHOWN, ids=lambda f: f.__name__)
async def test_screen(screen, size):
    async with driven(size) as app:
        await screen(app)
        # What was said in passing goes away by itself, at a time of its own.
        app.app.clear_notifications()
        await app.settle()
        shown = app.text + "\n"
    path = SCREENS / f"{screen.__name__}-{size[0]}x{size[1]}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")
