"""What the actions do that begin, go on with and end the tour and lessons."""

from __future__ import annotations

from damotui.screens.deed_base import DeedBase
from damotui.screens.dialogs import ChoiceDialog

_TOUR = (
    "Look around, build a scheme, commit it and watch it, tune it, and carry it elsewhere: on what runs now, with a "
    "few lines that say which keys to press. It goes on when something is done, and ends at any time."
)
_END = "Tree, files and heatmap stay as they are, and time can pass again: {} lets it."


class GuideDeeds(DeedBase):
    """Carries them out on the main screen."""

    def guide(self) -> None:
        """The lesson that is on, or a choice of what to take."""
        from damotui.screens.guide_lesson import LessonScreen

        guide = self._screen.guide
        if guide.lesson is not None and not isinstance(self._screen.app.screen, LessonScreen):
            guide.show_lesson()
        else:
            self._offer_guide()

    def guide_next(self) -> None:
        """Its next step."""
        self._screen.guide.go_on()

    def guide_end(self) -> None:
        """The tour; without one, go back to the tree."""
        if not self._screen.guide.leave():
            self._screen.tree_pane.focus()

    def _offer_guide(self) -> None:
        from damotui.guide.library import all_lessons
        from damotui.guide.page import machine

        lessons, on = all_lessons(), self._screen.guide.lesson is not None
        choices = [
            *([("end this lesson", "what it has built stays")] if on else []),
            ("the tour", "five steps through damotui, on what runs now"),
            *((lesson.title, f"{len(lesson.steps)} steps, Linux {lesson.kernel}") for lesson in lessons),
        ]
        details = [
            *([_END.format(self._screen.keymap.key("pause"))] if on else []),
            _TOUR,
            *(
                f"{lesson.about} It begins a session of its own: Linux {lesson.kernel}, {machine(lesson)}. "
                f"From the command line: damotui --lesson {lesson.name}"
                for lesson in lessons
            ),
        ]

        def chosen(choice: int | None) -> None:
            at = -1 if choice is None else choice - on
            if choice == 0 and on:
                self._screen.guide.end_lesson()
                self._to_main()
            elif at == 0:
                self._screen.guide.take_tour()
                self._to_main()
            elif at > 0:
                self._screen.attempt(lambda: self._begin_lesson(lessons[at - 1].name))

        self._screen.app.push_screen(ChoiceDialog("Tour and lessons", choices, details), chosen)

    def _to_main(self) -> None:
        from damotui.screens.side_screen import SideScreen

        if isinstance(self._screen.app.screen, SideScreen):
            self._screen.app.pop_screen()

    def _begin_lesson(self, name: str) -> None:
        """In a session of its own; ask before this one is left, if anything was done in it."""
        guide, keeper = self._screen.guide, self._screen.keeping.keeper
        if not keeper.unsaved:
            guide.begin_lesson(name)
            return
        key = self._screen.keymap.key("open_session")
        kept = (
            f"it is kept, and {key} opens it again" if keeper.safe else "what you did is not saved, and can't be kept"
        )
        self._ask(f"A lesson takes the place of this session: {kept}. Begin it?", lambda: guide.begin_lesson(name))
