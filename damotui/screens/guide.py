"""What leads a user through the tour or a lesson; it belongs to one main screen, and shows on those beside it, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from damotui.guide.notice import Notice, Tone
from damotui.pacer.frame import Frame
from damotui.pacer.requests import TypeCommands
from damotui.screens.keeping import Keeping
from damotui.setup import Setup
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.guide.lesson import Step
    from damotui.guide.run import LessonRun
    from damotui.guide.tour import Sight, TourRun
    from damotui.screens.main import MainScreen


class Guide:
    """Holds the tour or the lesson that is being taken.

    Args:
        main: the screen.
        setup: what its session starts with.
    """

    def __init__(self, main: MainScreen, setup: Setup) -> None:
        self._main = main
        self._setup = setup
        self.offers_tour = False
        """Whether the tour waits for an answer."""
        self.tour: TourRun | None = None
        self.lesson: LessonRun | None = None

    def begin(self) -> None:
        """The main screen is there: begin the lesson that was asked for, or offer the tour to who is new."""
        if self._setup.lesson is not None:
            from damotui.guide.library import load_lesson
            from damotui.guide.run import LessonRun

            self.lesson = LessonRun(load_lesson(self._setup.lesson))
            self._main.call_after_refresh(self.show_lesson)
        elif self._setup.settings.tour and self._setup.places is not None and self._setup.opened is None:
            self._main.call_after_refresh(self._offer_tour)

    def _offer_tour(self) -> None:
        from damotui.guide.first_time import is_first, note_first

        places = self._setup.places
        if places is not None and is_first(places):
            note_first(places)
            self.offers_tour = True
            self.look()

    # Going on

    def take_tour(self) -> None:
        """Begin the tour."""
        from damotui.guide.tour import TourRun

        self.offers_tour, self.lesson, self.tour = False, None, TourRun()
        self.look()

    def go_on(self) -> None:
        """Do what comes next.

        Raises:
            InputError: nothing does.
        """
        if self.lesson is not None:
            self.do_step()
        elif self.tour is not None:
            if self.tour.step is None:
                self.leave()
            else:
                self.tour.skip()
        elif self.offers_tour:
            self.take_tour()
        else:
            raise InputError(f"no tour or lesson is on: {self._main.keymap.key('guide')} offers them")
        self.look()

    def leave(self) -> bool:
        """End the tour, or take its offer away; false if there is neither."""
        if not self.offers_tour and self.tour is None:
            return False
        if self.tour is not None:
            self._main.tell(f"the tour has ended: {self._main.keymap.key('guide')} offers it again")
        self.offers_tour, self.tour = False, None
        self.look()
        return True

    def end_lesson(self) -> None:
        """No more of it; what it has built stays."""
        self.lesson = None
        self.look()

    # Lessons

    def show_lesson(self) -> None:
        """Show the lesson on a screen of its own."""
        from damotui.screens.guide_lesson import LessonScreen

        app = self._main.app
        if self.lesson is None or isinstance(app.screen, LessonScreen):
            return
        if app.screen is self._main:
            app.push_screen(LessonScreen(self._main))
        else:
            app.switch_screen(LessonScreen(self._main))

    def begin_lesson(self, name: str) -> None:
        """Show a session that the lesson is taken in, in place of this one.

        Raises:
            InputError: its machine can't be made.
        """
        from damotui.guide.library import load_lesson

        setup = self._main.keeping.setup
        experiment = load_lesson(name).experiment()
        self._main.post_message(Keeping.Begin(replace(setup, experiment=experiment, opened=None, lesson=name)))

    def do_step(self) -> None:
        """Do the step that is looked at, or go on to the next one.

        Raises:
            InputError: there is none, or its commands are being carried out.
        """
        run = self._lesson()
        step = run.go_on()
        if step is not None:
            self._type(step)

    def look_at_step(self, steps: int) -> None:
        """Look at another step.

        Raises:
            InputError: there is none, or it is not done yet.
        """
        self._lesson().look(steps)

    def do_again(self) -> None:
        """Begin again at time 0, and do all steps before the one that is looked at.

        Raises:
            InputError: commands are being carried out, or a what-if runs.
        """
        run = self._lesson()
        if run.is_typing:
            raise InputError("the commands of a step are being carried out: wait for their answer")
        self._main.session.restart_with(self._setup.kdamonds, f"lesson {run.lesson.name} from the beginning")
        self._main.staged_changed()
        step = run.again()
        if step is not None:
            self._type(step)

    def receive(self, frame: Frame) -> None:
        """Take note of what commands have come to."""
        for outcome in frame.outcomes:
            if self.lesson is None or not isinstance(outcome.request, TypeCommands):
                continue
            if outcome.typed is None:
                self.lesson.give_up()
            elif step := self.lesson.take(outcome.typed):
                self._type(step)

    def _lesson(self) -> LessonRun:
        if self.lesson is None:
            raise InputError(f"no lesson is on: {self._main.keymap.key('guide')} offers some")
        return self.lesson

    def _type(self, step: Step) -> None:
        run = self._lesson()
        try:
            self._main.session.type_commands(step.commands, step.looks, run.lesson.process)
        except InputError:
            run.give_up()
            raise

    # What is said

    def look(self) -> None:
        """A frame has come, or a moment has passed: see what was done, and say what comes next."""
        if self.tour is not None and self.tour.step is not None:
            done = self.tour.step.title
            if self.tour.see(self._sight(self.tour)):
                self._main.tell(f"tour: {done} is done")
        self._main.show_guide(self.notice())

    def notice(self) -> Notice | None:
        """What is to be said now."""
        if self.lesson is not None:
            from damotui.guide.page import notice

            return notice(self.lesson, self._main.keymap.key)
        if self.tour is not None:
            from damotui.guide.tour import notice_of

            return notice_of(self.tour, self._main.keymap.key)
        if self.offers_tour:
            return self._offer()
        return None

    def _offer(self) -> Notice:
        key = self._main.keymap.key
        return Notice(
            "new here? A tour of five steps shows what there is to do",
            f"{key('guide_next')} takes it · {key('guide_end')} not now",
            lines=((Tone.TEXT, f"It is never in the way: {key('guide')} offers it at any time, and lessons besides."),),
        )

    def _sight(self, tour: TourRun) -> Sight:
        from damotui.screens.guide_sight import sight_of

        return sight_of(self._main)
