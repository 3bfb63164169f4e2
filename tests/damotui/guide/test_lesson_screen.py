"""A lesson in the app: its commands are typed for the user, and everything else follows."""

import re

import pytest

from damotui.app import pacer_for
from damotui.guide.library import load_lesson
from damotui.options import AppOptions, parse_app_options
from damotui.scene import ExperimentScene
from damotui.screens.dialogs import ChoiceDialog, ConfirmDialog
from damotui.screens.explain import ExplainDialog
from damotui.screens.files import FilesScreen
from damotui.screens.guide_lesson import LessonScreen
from damotui.setup import load_setup
from engine.errors import InputError
from engine.snapshot import DEBUGFS_FIRST_INDEX
from tests.damotui.app_in_test import driven


def real(setup):
    return ExperimentScene(setup.experiment)


def shown(app):
    """The page, as one text."""
    return " ".join(" ".join(app.lines).split())


async def test_steps_are_typed_and_tree_files_and_heatmap_follow():
    async with driven((80, 24), scene=real, lesson="sysfs") as app:
        await app.settle()
        assert isinstance(app.app.screen, LessonScreen)
        assert "1/9 A kdamond" in shown(app) and "kernel document: kdamonds/" in shown(app)
        assert "# echo 1 > kdamonds/nr_kdamonds" in shown(app) and "Enter types this" in shown(app)
        assert app.session.staged == ()

        await app.press("enter")
        assert "✓ A directory has come beside nr_kdamonds." in shown(app)
        assert app.lines[-3].strip() == "Enter goes on"  # the end of a long page is in sight
        assert len(app.session.staged) == 1
        await app.press("g")
        assert "1/9 A kdamond" in shown(app)
        await app.press("enter")
        assert "2/9 Its context" in shown(app)
        await app.press("left", "G")
        assert "✓ The kdamond does not run yet: its state is off." in shown(app)
        await app.press("right", "enter", "enter")
        assert "3/9" in shown(app)

        await app.press("f1")
        assert isinstance(app.app.screen, ExplainDialog)
        assert "cat kdamonds/0/contexts/0/operations" in shown(app)
        await app.press("escape", "F")
        await app.settle()
        assert isinstance(app.app.screen, FilesScreen)
        assert "lesson, step 3 of 9: What kind of memory" in shown(app)
        assert "F2 types it · L all of it" in shown(app)
        await app.press("f2")
        assert "✓ Virtual memory is chosen: operations says vaddr." in shown(app)
        await app.press("L")
        assert isinstance(app.app.screen, LessonScreen)
        assert len(app.app.screen_stack) == 2

        await app.press("escape")
        for _ in range(6):  # three steps, each typed and gone on from
            await app.press("f2")
        assert "step 6 of 9: On" in shown(app) and "✓ The kdamond is on." in shown(app)
        assert app.main.live.time_us == 5_000_000
        assert app.row("kdamond 0").value.startswith("on")
        assert not app.main.map_pane.map.picture.empty


async def test_the_heatmap_is_beside_it_where_there_is_room_and_all_can_be_done_again():
    async with driven((130, 34), scene=real, lesson="debugfs-contexts") as app:
        await app.settle()
        run = app.main.guide.lesson
        await app.press("enter", "enter", "enter")
        assert "✓ Together they completed 40 aggregations in two seconds." in shown(app)
        screen = app.app.screen
        assert not screen.map.map.picture.empty  # of a context of debugfs
        assert app.main.live.snapshot.kdamonds[0].index == DEBUGFS_FIRST_INDEX
        await app.press("enter", "enter")
        assert "The lesson is at its end." in shown(app)
        assert screen.sheet().rows[0] == (1, "command", "cd <debugfs>/damon")
        before = [[finding.text for finding in done.findings] for done in run.done]

        await app.press("left", "B")
        assert (len(run.done), run.shown, app.main.live.time_us) == (1, 1, 0)
        assert "begun again" in app.told and "2/3 Two threads" in shown(app)
        await app.press("enter", "enter", "enter")
        assert [[finding.text for finding in done.findings] for done in run.done] == before
        await app.press("enter")
        assert "this was the last step" in app.told
        app.app.screen.action_perform("lesson_end")
        await app.settle()
        assert app.app.screen is app.main and app.main.guide.lesson is None
        assert app.app.screen.query_one("#guide").display is False


async def test_what_is_typed_by_hand_counts_and_what_is_not_as_told_is_said():
    async with driven((80, 24), scene=real, lesson="filters") as app:
        await app.settle()
        await app.press("enter", "enter")
        files = "kernel/mm/damon/admin/kdamonds/0/contexts/0/schemes/0"
        app.session.write_file(f"{files}/access_pattern/sz/max", "1\n")
        await app.settle()
        (step,) = app.session.steps[-1:]
        assert step.label == "write …/sz/max"
        await app.press("enter")
        assert "✗ 0 B match now: one block. Wanted is at least 8.6 MiB" in shown(app)
        assert "B begins again and does all steps before this one" in shown(app)
        await app.press("B", "enter")
        assert "✓ 9.5 MiB match now: one block." in shown(app)


async def test_from_the_app_one_begins_in_a_session_of_its_own():
    async with driven((80, 24), scene=real) as app:
        before = app.session
        await app.press("L", "j", "enter")
        await app.settle()
        assert app.session is not before and app.session.kernel.name == "6.0"
        assert isinstance(app.app.screen, LessonScreen) and "1/9 A kdamond" in shown(app)
        await app.press("enter", "L")
        assert isinstance(app.app.screen, ChoiceDialog)
        await app.press("j", "j", "j", "enter")
        assert isinstance(app.app.screen, ConfirmDialog)  # this one has something to lose
        question = str(app.app.screen.query("Static").first().content)
        assert "what you did is not saved, and can't be kept. Begin it?" in question
        await app.press("n")
        assert isinstance(app.app.screen, LessonScreen) and "1 of 9 steps done" in shown(app)
        await app.press("escape", "escape")
        assert "lesson, step 1 of 9" in shown(app)  # it is not lost so easily
        await app.press("L", "L", "enter")
        assert app.app.screen is app.main and app.main.guide.lesson is None
        assert "lesson, step" not in shown(app) and len(app.session.staged) == 1


class TestOptions:
    def test_a_lesson_is_named(self):
        options = parse_app_options(["--lesson", "debugfs", "--theme", "damotui-light"])
        assert options == AppOptions(lesson="debugfs", theme="damotui-light")
        setup = load_setup(options)
        assert (setup.lesson, setup.kernel.name, setup.kdamonds, setup.theme.name) == (
            *("debugfs", "6.0", (), "damotui-light"),
        )
        assert setup.experiment.processes == load_lesson("debugfs").processes

    def test_time_stands_at_first(self):
        assert pacer_for(load_setup(AppOptions(lesson="sysfs"))).paused
        assert not pacer_for(load_setup(AppOptions())).paused

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--kernel", "6.12"], "--kernel can't be given together with --lesson: a lesson has a machine of its own"),
            (["--seed", "3"], "--seed can't be given together with --lesson"),
            (["--session", "x"], "--session can't be given together with --lesson"),
            (["--plain"], "a lesson is printed as text by damotui lessons --plain sysfs"),
        ],
    )
    def test_what_does_not_go_together_is_refused(self, arguments, said):
        with pytest.raises(InputError, match=re.escape(said)):
            parse_app_options(["--lesson", "sysfs", *arguments])

    def test_a_lesson_that_there_is_not(self):
        with pytest.raises(InputError, match="there is no lesson 'sysf': did you mean sysfs"):
            load_setup(AppOptions(lesson="sysf"))
