"""A lesson that is being taken: what is done, what is looked at, and what is done again."""

from dataclasses import replace

import pytest

from damotui.guide.check import Check
from damotui.guide.lesson import Lesson, Step
from damotui.guide.page import explanations, headline, notice, page, sheet
from damotui.guide.run import Done, LessonRun
from damotui.shell.printed import Line, Look, Printed, Typed
from engine.errors import InputError
from engine.snapshot import Snapshot

NOW = Snapshot(0, (), (), 1, 1)
ON = Check("It is {found}.", run="cat state", says="on")
STEPS = (
    Step("first", "About one.", "Root", "echo 1\necho 2", checks=(ON,)),
    Step("to read", "About two."),
    Step("second", "About three.", commands="echo 3", checks=(Check("Printed: {found}", says="3"),)),
)
LESSON = Lesson("l", "A lesson", "All about it.", 1, "6.0", "stairs", STEPS)


def typed(out, look="on"):
    return Typed((Line(Printed.COMMAND, "echo"), Line(Printed.OUT, out)), 0, (Look(look, "", 0),), NOW, NOW)


def taken(*outs):
    """The lesson, with as many steps done as there is output for; the one without commands is passed over."""
    run = LessonRun(LESSON)
    for out in outs:
        while run.go_on() is None:
            pass
        run.take(typed(out))
    return run


def text(run):
    return [line for _, line in page(run, lambda name: f"<{name}>")]


class TestOrder:
    def test_a_step_is_typed_then_looked_at_then_the_next_one_comes(self):
        run = LessonRun(LESSON)
        assert (run.shown, run.result, run.is_over) == (0, None, False)
        assert run.go_on() is STEPS[0]
        assert run.is_typing
        assert run.take(typed("1")) is None
        assert not run.is_typing
        assert run.result == run.done[0] and run.result.as_told
        assert run.go_on() is None
        assert (run.shown, run.result) == (1, None)

    def test_a_step_that_is_read_is_done_by_going_on(self):
        run = taken("1")
        run.go_on()
        assert run.go_on() is None
        assert (run.shown, run.done[1]) == (2, Done())

    def test_nothing_goes_on_while_commands_are_carried_out_or_behind_the_end(self):
        run = LessonRun(LESSON)
        run.go_on()
        with pytest.raises(InputError, match="are being carried out"):
            run.go_on()
        run.take(typed("1"))
        run = taken("1", "3")
        assert run.is_over
        with pytest.raises(InputError, match="this was the last step"):
            run.go_on()

    def test_what_could_not_be_carried_out_can_be_tried_again(self):
        run = LessonRun(LESSON)
        run.go_on()
        run.give_up()
        assert run.go_on() is STEPS[0]

    def test_what_is_done_can_be_looked_at_again(self):
        run = taken("1", "3")
        run.look(-2)
        assert run.step is STEPS[0] and run.result.as_told
        with pytest.raises(InputError, match="this is the first step"):
            run.look(-1)
        run.look(2)
        run = taken("1")
        run.look(1)
        with pytest.raises(InputError, match="is to be done first"):
            run.look(1)


class TestAgain:
    def test_all_steps_before_the_one_that_is_looked_at_are_done_again(self):
        run = taken("1", "3")
        assert run.step is STEPS[2]
        assert run.again() is STEPS[0]
        assert (run.done, run.is_typing) == ([], True)
        assert run.take(typed("1")) is None  # the second one has no commands
        assert (len(run.done), run.shown, run.result) == (2, 2, None)
        assert run.go_on() is STEPS[2]

    def test_several_with_commands_follow_each_other(self):
        run = LessonRun(replace(LESSON, steps=(STEPS[0], STEPS[2], STEPS[0], STEPS[1])))
        for _ in range(3):
            while run.go_on() is None:
                pass
            run.take(typed("3"))
        assert run.again() is STEPS[0]
        assert run.take(typed("1")) is STEPS[2]
        assert run.take(typed("3")) is None
        assert (len(run.done), run.shown) == (2, 2)

    def test_the_first_step_needs_none(self):
        run = taken("1")
        assert run.again() is None
        assert (run.done, run.shown) == ([], 0)


class TestPage:
    def test_before_and_after(self):
        run = LessonRun(LESSON)
        assert text(run) == [
            *(
                "1/3 first",
                "kernel document: Root",
                "About one.",
                "",
                "# echo 1",
                "# echo 2",
                "",
                "<lesson_next> types this",
            ),
        ]
        run.go_on()
        assert text(run)[-1] == "The commands are being carried out…"
        run.take(typed("1"))
        assert text(run)[4:] == ["# echo", "1", "", "It is on.", "", "<lesson_next> goes on"]
        assert headline(run) == "A lesson   1 of 3 steps done   Linux 6.0, stairs"

    def test_what_is_not_as_told_says_how_to_go_on(self):
        run = LessonRun(LESSON)
        run.go_on()
        run.take(typed("1", look="off"))
        assert "It is off. Wanted is on." in text(run)
        assert text(run)[-1].startswith("Something is not as told: <lesson_again> begins again")

    def test_the_end_says_so(self):
        run = taken("1", "3")
        assert "The lesson is at its end." in text(run)[-1] and "<guide>" in text(run)[-1]

    def test_a_long_transcript_is_cut_in_the_middle(self):
        lines = tuple(Line(Printed.OUT, str(at)) for at in range(100))
        shown = [line.text for line in Done(lines, dropped=5).shown]
        assert shown[:12] == [str(at) for at in range(12)]
        assert shown[12] == "… 81 lines …"
        assert shown[13:] == [str(at) for at in range(88, 100)]
        assert Done(lines[:25]).shown == list(lines[:25])

    def test_the_notice_for_other_screens_has_the_commands_or_what_came_of_them(self):
        run = LessonRun(replace(LESSON, steps=(replace(STEPS[0], commands="a\nb\nc\nd"), *STEPS[1:])))
        said = notice(run, lambda name: f"<{name}>")
        assert said.head == "lesson, step 1 of 3: first"
        assert said.keys == "<guide_next> types it · <guide> all of it"
        assert [line for _, line in said.lines] == ["a", "b", "  … 2 more lines"]
        run.go_on()
        run.take(typed("1"))
        said = notice(run, lambda name: f"<{name}>")
        assert [(tone.value, line) for tone, line in said.lines] == [("done", "It is on.")]
        assert said.keys.startswith("<guide_next> goes on")

    def test_each_check_is_explained_and_the_transcript_is_a_sheet(self):
        run = LessonRun(LESSON)
        with pytest.raises(InputError, match="no step of the lesson is done"):
            sheet(run)
        first, about = explanations(run)
        assert first.title == "To be seen after “first”: It is …."
        assert ("looks with", "cat state") in first.facts
        assert about.title == "A lesson" and ("kernel", "Linux 6.0") in about.facts
        assert sheet(taken("1")).rows == [(1, "command", "echo"), (1, "output", "1"), (1, "seen", "It is on.")]
