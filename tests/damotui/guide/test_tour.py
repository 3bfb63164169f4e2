"""The tour: its steps go on when something is really done, and it is offered to who is new, once."""

from dataclasses import replace

import pytest

from damotui.actions import ACTIONS
from damotui.guide.first_time import is_first, note_first
from damotui.guide.notice import Notice, Tone, laid_out
from damotui.guide.tour import STEPS, Sight, TourRun, notice_of
from damotui.keep.places import Places
from damotui.screens.carry import CarryScreen
from damotui.screens.dialogs import ChoiceDialog
from damotui.screens.tuning import TuningScreen
from damotui.screens.whatif import WhatIfScreen
from damotui.settings.keymap import keymap_of
from tests.damotui.app_in_test import driven
from tests.damotui.fake_engine import FakeEngine


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "config", tmp_path / "state" / "deep", tmp_path / "data")


class TestSteps:
    def test_go_on_when_all_of_a_step_is_done_in_any_order(self):
        run, sight = TourRun(), Sight(speed=2.0)
        assert not run.see(sight)
        assert not run.see(replace(sight, truth=True))
        assert run.ticked == {2}
        assert not run.see(replace(sight, speed=5.0))
        assert run.ticked == {0, 2}  # what was done stays done
        assert run.see(replace(sight, cursor=True))
        assert (run.at, run.ticked) == (1, frozenset())

    def test_count_what_was_done_in_them_only(self):
        run = TourRun()
        run.skip()
        before = Sight(pane="TREE", reclaiming=2)
        assert not run.see(before)
        assert run.ticked == {0}
        assert run.see(replace(before, reclaiming=3))

    def test_end_behind_the_last_one(self):
        run = TourRun()
        for _ in STEPS:
            run.skip()
        assert run.step is None and not run.see(Sight())
        run.skip()
        assert run.at == len(STEPS) == 5
        assert "that was it" in notice_of(run, str).head

    def test_name_keys_of_actions_that_there_are(self):
        asked = []
        for at in range(len(STEPS)):
            run = TourRun()
            run.at = at
            said = notice_of(run, lambda name: asked.append(name) or "K")
            assert said.head == f"tour, step {at + 1} of 5: {STEPS[at].title}"
            assert "{" not in said.text + "".join(text for _, text in said.lines)
        assert set(asked) <= {a.name for a in ACTIONS}

    def test_fit_into_a_small_terminal(self):
        for at in range(len(STEPS) + 1):
            run = TourRun()
            run.at = at
            said = notice_of(run, lambda name: {"tune_down": "↓", "tune_more": "→"}.get(name, "F2"))
            whole = laid_out(said, 78, 100)
            assert len(whole) <= 6 and all(len(text) <= 78 for _, text in whole)
            assert laid_out(said, 78, 6) == whole


class TestNotice:
    NOTICE = Notice("head", "keys", "some text", ((Tone.DONE, "one"), (Tone.TODO, "two"), (Tone.TODO, "three")))

    def rows(self, width, rows):
        return [text for _, text in laid_out(self.NOTICE, width, rows)]

    def test_has_its_keys_at_the_right(self):
        assert self.rows(20, 9) == ["head" + " " * 12 + "keys", "some text", "✓ one", "· two", "· three"]

    def test_leaves_out_the_text_first_and_then_what_is_done(self):
        assert self.rows(20, 4)[1:] == ["✓ one", "· two", "· three"]
        assert self.rows(20, 3)[1:] == ["· two", "· three"]
        assert self.rows(20, 2)[1:] == ["· two"]
        assert self.rows(20, 1)[1:] == []

    def test_never_is_wider_or_higher_than_there_is_room(self):
        for width in range(1, 40):
            for rows in range(1, 8):
                laid = laid_out(self.NOTICE, width, rows)
                assert 1 <= len(laid) <= rows
                assert all(len(text) <= width for _, text in laid)


class TestFirstTime:
    def test_is_remembered(self, places):
        assert is_first(places)
        note_first(places)
        assert not is_first(places)

    def test_is_no_reason_to_fail(self, places):
        places.state.parent.mkdir()
        places.state.write_text("a file where a directory should be")
        note_first(places)
        assert not (places.state / "tour-offered").is_file()


def panel(app):
    """The lines of the guide."""
    widget = app.app.screen.query_one("#guide")
    if not widget.display:
        return []
    region = widget.region
    return [line[1:] for line in app.lines[region.y : region.bottom]]


@pytest.fixture
def acting(monkeypatch):
    """Begins to apply schemes, once in each aggregation, when it is called."""
    status, begun = FakeEngine._status, []

    def with_applied(self, index):
        told = status(self, index)
        schemes = tuple(replace(one, nr_applied=one.nr_tried if begun else 0) for one in told.schemes)
        return replace(told, schemes=schemes)

    monkeypatch.setattr(FakeEngine, "_status", with_applied)
    return lambda: begun.append(True)


async def test_it_leads_through_the_app_and_goes_on_when_things_are_done(acting):
    async with driven((80, 24), seconds=2.0) as app:
        assert panel(app) == []
        await app.press("L")
        assert isinstance(app.app.screen, ChoiceDialog)
        await app.press("enter")
        assert panel(app)[0].startswith("tour, step 1 of 5: look") and "F2 skips · Esc ends" in panel(app)[0]
        assert len(panel(app)) <= 6
        assert app.main.map_pane.map.region.height > 5  # it hides nothing of what it speaks of

        await app.press(">")
        assert [line[0] for line in panel(app)[2:]] == ["✓", "·", "·"]
        await app.press("2", "V")
        assert [line[0] for line in panel(app)[2:]] == ["✓", "·", "✓"]
        await app.press("i")
        assert panel(app)[0].startswith("tour, step 2 of 5: build")
        assert "tour: look is done" in app.told

        await app.press("1")
        await app.press("a", "j", "enter", "enter")
        assert panel(app)[0].startswith("tour, step 3 of 5: commit, and watch")
        await app.press("c", "o")
        await app.run(0.2)
        assert [line[0] for line in panel(app)[2:]] == ["✓", "✓", "·"]
        acting()
        await app.run(0.1)
        assert panel(app)[0].startswith("tour, step 4 of 5: tune")

        await app.press("A")
        assert isinstance(app.app.screen, TuningScreen)
        assert [line[0] for line in panel(app)[2:]] == ["✓", "·", "·"]
        await app.press("right")  # the action is no threshold
        assert [line[0] for line in panel(app)[2:]] == ["✓", "·", "·"]
        await app.press("left", "j", "right")
        assert [line[0] for line in panel(app)[2:]] == ["✓", "✓", "·"]
        await app.press("W")
        await app.run(0.1)
        assert isinstance(app.app.screen, WhatIfScreen)
        assert panel(app)[0].startswith("tour, step 5 of 5: carry")

        await app.press("Y")
        assert isinstance(app.app.screen, CarryScreen)
        assert [line[0] for line in panel(app)[2:]] == ["✓", "·"]
        await app.press("y")
        assert panel(app)[0].startswith("tour: that was it")
        await app.press("escape")
        assert app.app.screen is app.main and panel(app)[0].startswith("tour: that was it")
        await app.press("f2")
        assert panel(app) == []


async def test_it_can_be_skipped_ended_and_taken_again():
    async with driven((120, 40), keymap=keymap_of({"guide_next": ["f7"], "faster": ["ctrl+f"]}), seconds=1.0) as app:
        await app.press("f7")
        assert "no tour or lesson is on: L offers them" in app.told
        await app.press("L", "enter")
        assert "F7 skips" in panel(app)[0]
        assert panel(app)[2] == "· Ctrl+F  time passes faster"
        await app.press("f7")
        assert panel(app)[0].startswith("tour, step 2 of 5")
        await app.press("3", "escape")
        assert panel(app) == []
        assert "the tour has ended: L offers it again" in app.told
        await app.press("escape")
        assert app.main.tree_pane.has_focus
        await app.press("L", "enter", "2", "escape")
        assert panel(app) == []
        await app.press("L", "enter", "1", "number_sign", "escape")
        assert panel(app)[0].startswith("tour, step 1 of 5")  # all lines are shown again first
        await app.pilot.click("#guide")
        await app.settle()
        assert panel(app)[0].startswith("tour, step 2 of 5")
        await app.press("escape")
        assert panel(app) == []


async def test_it_is_offered_at_the_first_start_and_never_again(places):
    async with driven((80, 24), places=places, tour=True, seconds=0.5) as app:
        await app.settle()
        assert "new here? A tour of five steps" in panel(app)[0]
        await app.press("j", "+")  # it is not in the way
        assert app.session.steps or app.main.tree_pane.cursor_line == 1
        await app.press("f2")
        assert panel(app)[0].startswith("tour, step 1 of 5")
    async with driven((80, 24), places=places, tour=True) as app:
        await app.settle()
        assert panel(app) == []
        app.main.guide.offers_tour = True
        await app.settle()
        assert panel(app)
        await app.press("escape")
        assert panel(app) == [] and app.told == []


async def test_it_is_offered_to_nobody_who_does_not_want_it(places):
    async with driven(places=places, tour=False) as app:
        await app.settle()
        assert panel(app) == []
    assert is_first(places)


@pytest.mark.parametrize(("size", "rows"), [((40, 12), 2), ((60, 18), 4)])
async def test_it_takes_no_more_room_than_there_is(size, rows):
    async with driven(size) as app:
        app.main.guide.take_tour()
        await app.settle()
        assert len(panel(app)) == rows
        assert panel(app)[0].startswith("tour, step 1")
        assert app.main.map_pane.map.region.height >= 1
