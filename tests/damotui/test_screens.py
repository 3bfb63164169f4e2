"""Key screens, word for word at three sizes. After a change that is meant: UPDATE_SCREENS=1 pytest tests/damotui."""

import os
from pathlib import Path

import pytest

from damotui.keep.places import Places
from damotui.keep.recent import Recent, Recents
from damotui.scene import ExperimentScene
from tests.damotui.app_in_test import driven
from tests.damotui.pictures import assert_as_kept

SCREENS = Path(__file__).parents[1] / "data" / "screens"
SIZES = ((120, 40), (200, 60), (80, 24))


def real(setup):
    return ExperimentScene(setup.experiment)


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


async def deciding(app):
    """A what-if, one second on."""
    await app.run(3.0)
    await app.go_to("aggr_us")
    await app.press("plus", "W")
    await app.run(1.0)


async def files(app):
    await app.run(1.0)
    await app.press("F", *["down"] * 4, "right", *["down"] * 3)
    await app.run(0.1)


async def trace(app):
    await app.press("E")
    await app.run(0.3)


async def dressing(app):
    await app.run(3.0)
    await app.press("T", "down")


async def going_back(app):
    """All edits, two of which are taken back."""
    await app.go_to("aggr_us")
    await app.press("plus", "down", "plus", "up", "plus", "down", "u", "u", "U")


async def sessions(app):
    await app.press("O")


async def learning(app):
    await app.press("L", "down", "down")


async def invited(app):
    await app.run(2.0)


async def touring(app):
    await app.run(2.0)
    await app.press("f2")


async def lesson(app):
    """Its second step, done."""
    await app.press("L", "down", "enter")
    await app.press("enter", "enter", "enter")


SHOWN = [running, transposed, looking, staged, editing, wrong, adding, building, comparing, explaining, choosing]
SHOWN += [helping, failed, scheme, deciding, files, trace, dressing, going_back, sessions, learning, invited, touring]
SHOWN += [lesson]
PICTURED = (deciding, comparing, files, trace, helping, explaining, dressing, sessions, touring, lesson)
"""Those of which there is a picture, too."""
OPTIONS = {
    "files": {"scene": real},
    "trace": {"scene": real},
    "lesson": {"scene": real},
    "invited": {"tour": True, "places": True},
    "touring": {"tour": True, "places": True},
    "sessions": {"places": True},
}


def kept(folder):
    """Where two sessions were kept."""
    places = Places(folder / "config", folder / "state", folder / "data")
    recents = Recents(places.state / "recent.json")
    for name, at, about in (
        ("reclaim", "2026-03-13T09:26:53+01:00", "leak on Linux 6.12, 2 m 05 s, 12 edits"),
        ("stairs", "2026-03-14T15:09:26+01:00", "before the talk: stairs on Linux 7.1, 12.3 s, 5 edits"),
    ):
        file = folder / f"{name}.damotui"
        file.touch()
        recents.add(Recent(file, at, about))
    return places


@pytest.mark.parametrize("screen", SHOWN, ids=lambda f: f.__name__)
async def test_screen(screen, tmp_path, monkeypatch):
    # A theme is shown when the cursor has been at it for a while.
    monkeypatch.setattr("damotui.screens.theme_dialog.ThemeDialog.set_timer", lambda self, _, show: show())
    options = OPTIONS.get(screen.__name__, {})
    if options.get("places"):
        options = {**options, "places": kept(tmp_path)}
    async with driven(SIZES[0], **options) as app:
        await screen(app)
        for size in SIZES:
            await app.pilot.resize_terminal(*size)
            # What was said in passing goes away by itself, at a time of its own.
            app.app.clear_notifications()
            await app.settle()
            shown = app.text + "\n"
            assert all(len(line) <= size[0] for line in app.lines)
            path = SCREENS / f"{screen.__name__}-{size[0]}x{size[1]}.txt"
            if os.environ.get("UPDATE_SCREENS"):
                path.write_text(shown, "utf-8")
            assert shown == path.read_text("utf-8")
        if screen in PICTURED:
            await app.pilot.resize_terminal(100, 32)
            await app.settle()
            assert_as_kept(app.app, screen.__name__)
