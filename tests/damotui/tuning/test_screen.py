"""The tuning screen as a user meets it. After a change that is meant: UPDATE_SCREENS=1 pytest tests/damotui/tuning."""

import os
from pathlib import Path

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from damotui.scene import ExperimentScene
from damotui.screens.explain import ExplainDialog
from damotui.screens.tuning import TuningScreen
from engine.config.model import ULONG_MAX, Range
from tests.damotui.app_in_test import driven

SCREENS = Path(__file__).parents[2] / "data" / "screens"
HOT = (0, "contexts", 0, "schemes", 0)
COLD = (0, "contexts", 0, "schemes", 1)
NR = (*HOT, "access_pattern", "nr_accesses")

UNDONE = {
    "tune_less": ["left"],
    "tune_more": ["right"],
    "tune_much_less": ["shift+left"],
    "tune_much_more": ["asterisk"],
    "tune_bit_less": ["left_square_bracket"],
    "tune_bit_more": ["alt+right"],
    "tune_default": ["0"],
    "tune_least": ["^"],
    "tune_greatest": ["$"],
    "tune_type": ["enter", "7", "enter"],
}
"""Keys of the actions that undo takes back."""


def real(setup):
    return ExperimentScene(setup.experiment)


def line(app, head):
    return next(text for text in app.lines if text.strip().startswith(head))


async def opened(app, *keys):
    await app.press("A", *keys)
    screen = app.app.screen
    assert isinstance(screen, TuningScreen)
    return screen


async def test_each_key_is_seen_at_once_and_undone_by_visits():
    async with driven((80, 24), seconds=2.0) as app:
        await opened(app)
        await app.run(1.0)
        # A MiB of ten is hot in all 20 checks, and the scheme asks for 10 of them.
        assert "matches    1.0 MiB of 10.0 MiB, 10 %" in app.text
        assert "truth      1.0 MiB truly hot 100 %" in app.text
        await app.press("down", "down", "down", "right", "right")
        assert app.session.get(NR) == Range(12, ULONG_MAX)
        assert "*nr_accesses.min" in app.text and "12 60 %" in app.text and "committed 10" in app.text
        assert "stat, scheme 0 of kdamond 0   1 not committed" in app.lines[0]
        await app.press("down", "minus", "^")
        assert app.session.get(NR) == Range(0, 0)
        assert "nr_accesses.min follows: 0" in app.text
        assert "matches    9.0 MiB of 10.0 MiB, 90 %" in app.text and "committed 1.0 MiB" in app.text
        assert app.scene.engine.calls == [("turn_on", 0)]
        await app.press("u")
        assert app.session.get(NR) == Range(12, ULONG_MAX)
        assert "undone: nr_accesses.max: max → 0" in app.told
        await app.press("u")
        assert app.session.get(NR) == Range(10, ULONG_MAX) and not app.session.uncommitted()
        await app.press("ctrl+r", "c")
        assert app.scene.engine.calls[-1] == ("commit", 0)
        assert "as committed" in app.lines[0] and not app.session.uncommitted()
        await app.press("s")
        assert app.scene.engine.calls[-1] == ("turn_off", 0)
        assert "kdamond 0 is off: s starts it" in app.lines[0]
        await app.press("s", "V", "V")
        await app.run(0.5)
        changes = [text[48:].strip() for text in app.lines if ": 10 → 12" in text or "turned on" in text]
        assert "since" in app.text and changes == ["turned on", "nr_accesses.min: 10 → 12"]
        await app.press("q")
        assert app.app.screen_stack == [app.main]
        assert not app.main.truths.on


async def test_values_are_typed_also_from_the_value_that_is_there():
    async with driven((120, 40), seconds=1.0) as app:
        await app.go_to("scheme 1")
        await app.press("l")
        await app.go_to("access_pattern")
        await app.press("l")
        await app.go_to("age")
        await app.press("l", "down")
        tuning = await opened(app)
        # The cursor is where it was in the tree.
        assert tuning.tuned.path == COLD and tuning.rows.cursor_row.label == "age.min"
        age = (*COLD, "access_pattern", "age", "min")
        await app.press("4")
        assert tuning.editor.has_focus_within and "4" in app.text
        await app.type("5 s")
        await app.press("enter")
        assert app.session.get(age) == 450 and "450 45 s" in app.text
        await app.press("enter")
        await app.type("*2")
        await app.press("enter", "enter")
        await app.type("soon")
        assert "'soon' is not a number of aggregation intervals" in app.text
        await app.press("escape")
        assert app.session.get(age) == 900 and tuning.rows.has_focus
        await app.press("u")
        assert app.session.get(age) == 30, "typing is part of the visit"
        await app.press("0", "$")
        assert app.session.get(age) == 72_000
        await app.press("home", "1")
        assert "action is a word" in app.told[-1] and not tuning.editor.is_open
        await app.press("enter")
        await app.type("page")
        await app.press("enter")
        assert app.session.get((*COLD, "action")) == "pageout"
        await app.press("f1")
        assert isinstance(app.app.screen, ExplainDialog)
        assert "action of scheme 1 of kdamond 0" in app.text and "takes memory out to swap" in app.text
        await app.press("escape")


async def test_undo_takes_back_whatever_a_key_stages():
    async with driven((80, 24)) as app:
        await opened(app, "down", "down", "down")
        before = app.session.staged
        for name, keys in UNDONE.items():
            await app.pilot.press(*keys)
            assert app.session.staged != before, name
            await app.pilot.press("u")
            assert app.session.staged == before, name


async def test_other_schemes_and_none():
    async with driven((120, 40), seconds=1.0) as app:
        tuning = await opened(app)
        await app.press("n")
        assert tuning.tuned.path == COLD and "stat, scheme 1 of kdamond 0" in app.lines[0]
        await app.press("right", "p", "p")
        assert tuning.tuned.path == COLD
        app.session.remove(COLD)
        await app.settle()
        assert tuning.tuned.path == HOT
        await app.press("n")
        assert "there is no other scheme: a adds one in the tree" in app.told
        app.session.remove(HOT)
        await app.settle()
        assert app.app.screen is app.main
        await app.press("A")
        assert app.app.screen is app.main
        assert "there is no scheme to tune: go to schemes in the tree, a adds one" in app.told


async def test_the_mouse_points_steps_and_slides():
    async with driven((120, 40), seconds=1.0) as app:
        tuning = await opened(app)
        rows, label = tuning.rows, "nr_accesses.min"
        at = next(y for y, row in enumerate(rows.rows) if row.label == label)
        await app.pilot.click(rows, offset=(5, at))
        assert rows.cursor_row.label == label

        for kind, y in ((MouseScrollUp, at), (MouseScrollUp, at), (MouseScrollDown, at), (MouseScrollDown, at + 1)):
            rows.post_message(kind(rows, 5, y, 0, 0, 0, False, False, False))
            await app.settle()
        assert app.session.get(NR).min == 11
        start, length = rows._slider(rows.scrollable_content_region.width)
        await app.pilot.click(rows, offset=(start + length - 1, at))
        assert app.session.get(NR).min == 20
        await app.pilot.click(rows, offset=(start, at))
        assert app.session.get(NR).min == 0
        await app.pilot.click(rows, offset=(5, at))
        assert tuning.editor.is_open
        await app.press("escape")
        before = tuning.pictures.chart.axes
        await app.pilot.click(tuning.pictures.chart)
        assert tuning.pictures.chart.axes != before


async def test_commit_and_watch_on_a_running_engine():
    async with driven((120, 40), scene=real, seconds=5.0, preset="prcl") as app:
        tuning = await opened(app)
        assert app.main.truths.on
        await app.run(7.0)
        before = tuning.tuned.outlook()
        assert before.preview.matched.bytes == 0 < before.verdict.missed, "what is 5 s old was taken out already"
        tuning.rows.move_to(next(at for at, row in enumerate(tuning.rows.rows) if row.label == "age.min"))
        await app.press("3", "0", "enter")
        staged = tuning.tuned.outlook()
        assert staged.preview.matched.bytes > 5 << 20 and staged.verdict.precision > 90
        assert staged.verdict.done > 20 << 20
        assert f"matches    {staged.preview.matched.bytes / (1 << 20):.1f} MiB" in line(app, "matches")
        assert "committed 0 B" in line(app, "matches") and "MiB acted on before" in line(app, "truth")
        assert tuning.pictures.chart._charted.scheme.access_pattern.age.min == 30
        await app.press("c")
        await app.run(4.0)
        old, new = tuning.tuned.stretches
        assert new.changes == ("age.min: 50 → 30",) and new.duration_us > 3_500_000
        assert new.tried_per_s > old.tried_per_s and new.refaults_per_s > 0 == old.refaults_per_s
        assert "age.min: 50 → 30" in app.text and "as it was" in app.text
        assert line(app, "running").split()[1] == "active"
        await app.press("V")
        assert tuning.pictures.map.display and not tuning.pictures.chart.display
        picture = tuning.pictures.map.map.picture
        assert (picture.marks & 2).any(), "where the staged pattern matches is marked on the heatmap"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (50, 20)], ids=lambda size: "x".join(map(str, size)))
async def test_screen(size, monkeypatch):
    if size == (80, 24):
        monkeypatch.setenv("NO_COLOR", "1")  # shades of the chart can be read then
    async with driven(size, seconds=1.0) as app:
        tuning = await opened(app)
        await app.run(1.0)
        await app.press("n", "down", "down", "down", "down", "right", "right", "shift+right")
        app.app.clear_notifications()
        await app.settle()
        shown = app.text + "\n"
        assert all(len(text) <= size[0] for text in app.lines)
        seen = []
        for _ in range(4):
            places = (tuning.query_one("#left"), tuning.pictures.chart, tuning.pictures.map, tuning.course)
            seen.append(tuple(place.is_on_screen and place.size.width > 0 for place in places))
            await app.pilot.press("tab")
    values, chart, heatmap, commits = (any(one[at] for one in seen) for at in range(4))
    assert values and chart and heatmap and commits, "every view is reached"
    path = SCREENS / f"tuning-{size[0]}x{size[1]}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")
