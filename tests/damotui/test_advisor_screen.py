"""The intervals advisor as a user meets it. Of ten regions one at a time is accessed at each check, for a second."""

import os
from pathlib import Path

import pytest

from damotui.screens.advisor import AdvisorScreen
from damotui.screens.explain import ExplainDialog
from damotui.session.intervals_proposal import GOAL
from engine.config.model import Intervals
from tests.damotui.app_in_test import driven

SCREENS = Path(__file__).parents[1] / "data" / "screens"
INTERVALS = (0, "contexts", 0, "intervals")


async def opened(app):
    await app.press("I")
    assert isinstance(app.app.screen, AdvisorScreen)
    return app.app.screen


async def committed(app, intervals):
    """Other intervals, in force."""
    app.session.set(INTERVALS, intervals)
    app.session.commit(0)
    await app.settle()


async def test_a_proposal_is_staged_as_one_step_and_taken_back():
    async with driven((80, 24)) as app:
        await committed(app, Intervals(100_000, 2_000_000, 60_000_000))
        screen = await opened(app)
        assert "The intervals are not known yet" in app.text
        await app.press("enter")
        assert app.told[-1] == "there is nothing to stage: no change is proposed"
        for _ in range(5):
            await app.run(4.0)
        assert "The intervals are about right" in app.text
        assert "10 % of the memory is accessed at each check, which no shorter interval" in " ".join(app.text.split())
        assert "▸ auto-tuning: intervals_goal on" in app.text
        before = app.session.staged
        await app.press("enter")
        assert app.session.get(INTERVALS) == Intervals(100_000, 2_000_000, 60_000_000, GOAL)
        assert app.session.to_undo.label == "auto-tuning: intervals_goal on"
        assert "staged: auto-tuning: intervals_goal on. u takes it back, c in the tree commits it" in app.told
        assert "Staged and not committed: sample 100 ms, aggr 2 s, auto-tuned" in " ".join(app.text.split())
        assert "▸" not in app.text
        await app.press("u")
        assert app.session.staged == before
        await app.press("f1")
        assert isinstance(app.app.screen, ExplainDialog)
        assert "observed" in [one.title for one in screen.explanations()]
        await app.press("escape", "q")
        assert app.app.screen is app.main


async def test_schemes_are_staged_along_and_the_cursor_chooses():
    async with driven((120, 40)) as app:
        # Only one of ten aggregations falls into the second of a region: what is found is what the engine plays.
        app.scene.engine._aggregate = quiet(app.scene.engine)
        await app.run(1.0)
        screen = await opened(app)
        assert "The intervals are too short" in app.text
        assert "▸ sample_us 50 ms, aggr_us 1 s" in app.text
        assert "scheme 1: age min from 30 to 3, still 3 s" in " ".join(app.text.split())
        await app.press("down", "down")
        assert "▸ auto-tuning" in app.text and screen.advice.cursor == 1
        line = next(at for at, text in enumerate(app.lines) if "sample_us 50 ms" in text)
        await app.pilot.click("#advice", offset=(10, line - 1))
        await app.settle()
        assert screen.advice.cursor == 0
        await app.pilot.click("#advice", offset=(10, line - 1))
        await app.settle()
        assert app.session.get(INTERVALS).sample_us == 50_000
        assert app.session.get((0, "contexts", 0, "schemes", 1, "access_pattern", "age")).min == 3
        assert app.session.uncommitted()


async def test_how_many_aggregations_are_looked_at():
    async with driven((80, 24), kernel="6.1") as app:
        await app.run(1.5)
        await opened(app)
        assert "the last 50 aggregations" in app.lines[0]
        assert "15 aggregations, 1.5 s" in app.text
        assert "auto-tuning" not in app.text
        await app.press("minus", "minus")
        assert "the last 10 aggregations" in app.lines[0]
        assert "10 aggregations, 1 s" in app.text
        await app.press("minus")
        assert app.told[-1] == "from 10 to 200 aggregations can be looked at"
        await app.press("plus")
        assert "15 aggregations, 1.5 s" in app.text
        await app.press("pagedown")
        assert "The intervals are" not in app.text and "It is not known what happens" in app.text
        await app.press("pageup")
        assert "The intervals are" in app.text


def quiet(engine):
    """A way for the engine to aggregate in which next to nothing is accessed: one check of a region in a hundred."""
    usual = type(engine)._aggregate

    def aggregate(index, end_us):
        listeners, engine._listeners = engine._listeners, []
        usual(engine, index, end_us)
        engine._listeners = listeners
        one = engine._last[index]
        one.nr_accesses[:] = 0
        one.nr_accesses[3] = 1 if end_us % 300_000 == 0 else 0
        for listener in listeners:
            listener(one)

    return aggregate


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: "x".join(map(str, size)))
async def test_screen(size):
    """Word for word, but for the keys in the last line. After a change that is meant: UPDATE_SCREENS=1."""
    async with driven(size) as app:
        app.scene.engine._aggregate = quiet(app.scene.engine)
        await app.run(1.0)
        await opened(app)
        shown = "\n".join(app.lines[:-1]) + "\n"
    path = SCREENS / f"advisor-{size[0]}x{size[1]}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")
