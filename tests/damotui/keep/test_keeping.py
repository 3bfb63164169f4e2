"""Sessions in the app: saved, opened, and brought back."""

import os
from dataclasses import replace

import pytest

from damotui.app import run_app
from damotui.keep.opening import Opened, recents_of, shelf_of
from damotui.keep.places import Places
from damotui.keep.reader import read_session
from damotui.keep.writer import Writer
from damotui.options import AppOptions, parse_app_options
from damotui.render.scale import Scale
from damotui.scene import ExperimentScene
from damotui.screens.dialogs import ChoiceDialog, ConfirmDialog
from damotui.screens.keep_deeds import free_name
from damotui.screens.main import MainScreen
from damotui.screens.name_dialog import NameDialog
from damotui.screens.path_dialog import PathDialog
from engine.config.model import Scheme
from engine.errors import InputError
from tests.damotui.app_in_test import driven
from tests.damotui.keep.sessions import AGGR, CONTEXT
from tests.engine.make import fingerprint


def real(setup):
    return ExperimentScene(setup.experiment)


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "config", tmp_path / "state", tmp_path / "data")


async def commanded(app, name):
    """An action of the command palette."""
    app.main.action_perform(name)
    await app.settle()


async def saved_as(app, path):
    """Ctrl+S in a session without a file."""
    await app.press("ctrl+s")
    assert isinstance(app.app.screen, NameDialog)
    app.app.screen.query_one("Input").value = str(path)
    await app.press("enter")


async def opened(app, path):
    """`O`, and a path."""
    await app.press("O")
    if not isinstance(app.app.screen, PathDialog):
        await app.press("end", "enter")
    assert isinstance(app.app.screen, PathDialog)
    app.app.screen.query_one("Input").value = str(path)
    await app.press("enter")
    await app.settle()


def asked(app):
    """What is to be confirmed."""
    assert isinstance(app.app.screen, ConfirmDialog)
    return app.app.screen._question


async def until_back(app):
    for _ in range(200):
        if not app.main.keeping.brings_back:
            break
        app.pacer.run(100_000)
        await app.settle()
    assert not app.main.keeping.brings_back


class TestSavedAndOpened:
    async def test_all_of_it_comes_back_and_undo_goes_past_the_save(self, tmp_path, places):
        path = tmp_path / "mine"
        async with driven(scene=real, places=places, seed=3, seconds=1.0) as app:
            app.session.set(AGGR, 50_000, "aggr_us: 100 ms → 50 ms")
            await app.press("c")
            await app.run(0.5)
            await app.go_to("schemes")
            await app.press("a", "enter")
            app.main.map_pane.map.scale = Scale.AUTOMATIC
            await app.press("greater_than_sign", "t")
            await saved_as(app, path)
            assert f"the session is saved to {path}.damotui.json" in app.told
            before = app.main
            staged, steps = app.session.staged, app.session.edits.steps
            history = before.seen.history.between(0, 0, 0, 1 << 62)
            marks = before.seen.marks.until(before.live.snapshot)
            await app.press("u", "u")
            await opened(app, f"{path}.damotui.json")
            assert app.main is not before and isinstance(app.main, MainScreen)
            assert app.session.staged == staged != before.session.staged
            assert app.pacer.speed == float("inf")
            await until_back(app)
            assert app.main.live.time_us == 1_500_000 and app.pacer.paused and app.pacer.speed == 2.0
            assert "Space run" in app.text
            again = app.main.seen.history.between(0, 0, 0, 1 << 62)
            assert [fingerprint(a) for a in again] == [fingerprint(a) for a in history]
            assert app.main.seen.marks.until(app.main.live.snapshot) == marks
            heat = app.main.map_pane.map
            assert heat.transposed and heat.scale.value == "automatic"
            assert app.main.tree_pane.cursor_row.path == (
                *CONTEXT,
                "schemes",
                len(app.session.get((*CONTEXT, "schemes"))) - 1,
            )
            assert [step.label for step in app.session.edits.steps] == [step.label for step in steps]
            await app.press("u", "u")
            assert app.session.get(AGGR) == 100_000
            await app.press("space")
            await app.run(0.2)
            assert app.main.live.time_us == 1_700_000
        assert [one.name for one in shelf_of(places).closed()]  # what was undone since is kept

    async def test_saving_again_asks_nothing_unless_another_has_written_there(self, tmp_path, places):
        path, other = tmp_path / "mine.damotui", tmp_path / "other.damotui"
        other.write_text("another's")
        async with driven(places=places) as app:
            await saved_as(app, tmp_path / "no" / "where")
            assert isinstance(app.app.screen, NameDialog) and "there is no directory" in app.text
            app.app.screen.query_one("Input").value = str(other)
            await app.press("enter")
            assert asked(app) == f"{other} is there already. Replace it?"
            await app.press("n")
            assert other.read_text() == "another's"
            await saved_as(app, path)
            app.session.set(AGGR, 200_000)
            await app.press("ctrl+s")
            assert read_session(path).edits.place == 1 and app.app.screen is app.main
            path.write_text("another's")
            await app.press("ctrl+s")
            assert asked(app) == f"{path} has changed since it was read. Replace it?"
            await app.press("y")
            assert read_session(path).edits.place == 1
            await commanded(app, "save_session_as")
            assert app.app.screen.query_one("Input").value == str(path)

    async def test_what_can_t_be_opened_is_told_and_nothing_changes(self, tmp_path, places):
        path = tmp_path / "f.damotui"
        async with driven(places=places) as app:
            before = app.main
            for content, said in (
                ("{", "is not JSON"),
                ('{"format": 9}', "this is a session of format 9"),
                (None, "No such"),
            ):
                path.unlink(missing_ok=True)
                if content is not None:
                    path.write_text(content)
                await opened(app, path)
                assert isinstance(app.app.screen, PathDialog) and said in " ".join(app.text.split())
                await app.press("escape")
                assert app.main is before

    async def test_a_long_one_may_begin_at_time_0(self, tmp_path, places):
        path = tmp_path / "long.damotui"
        async with driven(places=places) as app:
            app.session.set(AGGR, 200_000)
            await app.press("c")
            saved = app.main.keeping.keeper.capture()
            path.write_text(Writer().text(replace(saved, time_us=900_000_000)))
            await opened(app, path)
            assert isinstance(app.app.screen, ChoiceDialog) and "Go on at 15 m 00 s" in app.text
            await app.press("down", "enter")
            await app.settle()
            assert app.main.live.time_us == 0 and not app.pacer.paused and not app.main.keeping.brings_back
            assert app.session.committed[0].contexts[0].intervals.aggr_us == 200_000
            assert app.main.live.status(0).config.contexts[0].intervals.aggr_us == 200_000
            assert app.session.to_undo is not None

    async def test_of_a_replay_time_can_stay_where_it_is(self, places):
        async with driven(places=places) as app:
            app.session.set(AGGR, 200_000)
            await app.press("c")
            await app.run(2.0)
            saved = app.main.keeping.keeper.capture()
        async with driven(places=places, opened=Opened(saved)) as app:
            await app.run(1.0)
            assert "done again: 1.0 s of 2.0 s. Space stays here" in " ".join(app.text.split())
            await app.press("s")
            assert "being done again" in app.told[-1]
            assert app.main.keeping.keeper.capture().time_us == 2_000_000
            await app.press("space")
            assert app.pacer.paused and not app.main.keeping.brings_back
            assert "done again" not in app.text
            assert app.main.keeping.keeper.capture().time_us == 1_000_000
            await app.press("space")
            await app.run(0.5)
            assert app.main.live.time_us == 1_500_000


def test_the_first_name_that_is_free_is_offered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert str(free_name("stairs", None)) == "stairs.damotui.json"
    (tmp_path / "stairs.damotui.json").touch()
    (tmp_path / "stairs-2.damotui.json").touch()
    assert str(free_name("stairs", None)) == "stairs-3.damotui.json"


class TestKeptByItself:
    async def test_after_a_crash_it_is_offered_and_gone_on_with(self, places):
        async with driven(places=places) as app:
            app.session.set(AGGR, 200_000, "aggr_us: 100 ms → 200 ms")
            app.session.add((*CONTEXT, "schemes"), Scheme("pageout"), "add pageout")
            await app.run(0.5)
            keeper = app.main.keeping.keeper
            app.main.keeping.look()
            keeper._autosave.flush()
            path = keeper._autosave.slot.path
            assert read_session(path).edits.place == 2
            os.close(keeper._autosave.slot._lock)  # what the system does with a process that is killed
            keeper.close = lambda: None
        async with driven(places=places) as app:
            await app.settle()
            assert any("was not closed: O opens it" in told for told in app.told)
            await app.press("O")
            assert "not closed" in app.text and "stairs on Linux 7.1, 0.5 s, 2 edits" in app.text
            await app.press("enter")
            await app.settle()
            await until_back(app)
            assert app.session.to_undo.label == "add pageout"
            assert app.main.keeping.keeper._autosave.slot.path == path
            await app.press("u", "u")
            assert not app.session.uncommitted()
        assert shelf_of(places).left_behind() == []
        assert shelf_of(places).closed() == [path]

    async def test_another_is_opened_without_a_question_as_nothing_is_lost(self, tmp_path, places):
        path = tmp_path / "mine.damotui"
        async with driven(places=places) as app:
            await saved_as(app, path)
            app.session.set(AGGR, 200_000)
            await opened(app, path)
            assert app.app.screen is app.main
            assert app.session.get(AGGR) == 100_000
            await app.press("O")
            assert "not saved" in app.text and "mine.damotui, not saved: stairs" in app.text
            await app.press("escape")

    async def test_where_nothing_can_be_kept_it_is_told_and_opening_asks(self, tmp_path):
        state = tmp_path / "state"
        state.write_text("no directory")
        places = Places(tmp_path, state, tmp_path)
        path = tmp_path / "mine.damotui"
        async with driven(places=places) as app:
            await saved_as(app, path)
            app.session.set(AGGR, 200_000)
            app.main.keeping.look()
            app.main.keeping.keeper._autosave.flush()
            app.main.keeping.look()
            await app.settle()
            assert any("what you do can't be kept" in told for told in app.told)
            await opened(app, path)
            assert "is not saved, and can't be kept" in asked(app)
            await app.press("n")
            assert app.session.get(AGGR) == 200_000
            await app.press("q")
            assert asked(app) == "What you did is not saved, and can't be kept. Leave all the same?"
            await app.press("n")
            assert app.app.screen is app.main

    async def test_without_places_nothing_is_written(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        async with driven() as app:
            app.session.set(AGGR, 200_000)
            app.main.keeping.look()
            await app.press("O")
            assert isinstance(app.app.screen, PathDialog)
            await app.press("escape")
        assert list(tmp_path.iterdir()) == []

    async def test_a_note_is_shown_in_the_list(self, tmp_path, places):
        async with driven(places=places) as app:
            await commanded(app, "session_note")
            app.app.screen.query_one("Input").value = "cold pages of stairs"
            await app.press("enter")
            await saved_as(app, tmp_path / "mine.damotui")
            await app.press("O")
            assert "cold pages of stairs: stairs on Linux 7.1" in app.text
            await app.press("escape")
            await app.run(0.5)
        (listed,) = recents_of(places).all()
        assert listed.time_us == 0, "what the file has, not what came after it was saved"


class TestCommandLine:
    def test_a_session_is_named_by_an_option(self):
        options = parse_app_options(["run", "--session", "a.damotui", "--no-replay", "--speed", "5"])
        assert (options.session.name, options.replay, options.speed) == ("a.damotui", False, 5.0)
        assert parse_app_options([]).replay and parse_app_options([]).loop

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("--session a.damotui --seed 1", "--seed can't be given together with --session"),
            ("--session a.damotui --no-loop", "--loop can't be given together with --session"),
            ("a.damotui", "a session is opened as in --session a.damotui"),
        ],
    )
    def test_what_can_t_be_given_with_it(self, line, said):
        with pytest.raises(InputError, match=said):
            parse_app_options(line.split())

    def test_what_can_t_be_opened_is_a_sentence(self, tmp_path):
        path = tmp_path / "f.damotui"
        path.write_text('{"format": 1}')
        with pytest.raises(InputError, match="workload is missing"):
            run_app(AppOptions(session=path))
