"""What the actions of a lesson do: one method for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from damotui.screens.guide_lesson import LessonScreen


class LessonDeeds:
    """Carries them out on one screen."""

    def __init__(self, screen: LessonScreen) -> None:
        self._screen = screen

    def lesson_next(self) -> None:
        """Do it, or go on."""
        self._screen.guide.do_step()

    def lesson_back(self) -> None:
        """One step back."""
        self._screen.guide.look_at_step(-1)

    def lesson_forth(self) -> None:
        """One step forth."""
        self._screen.guide.look_at_step(1)

    def lesson_again(self) -> None:
        """From time 0, up to here."""
        self._screen.guide.do_again()

    def lesson_up(self) -> None:
        """One line."""
        self._screen.text.move_by(-1)

    def lesson_down(self) -> None:
        """One line."""
        self._screen.text.move_by(1)

    def lesson_page_up(self) -> None:
        """One page."""
        self._screen.text.move_by_pages(-1)

    def lesson_page_down(self) -> None:
        """One page."""
        self._screen.text.move_by_pages(1)

    def lesson_first(self) -> None:
        """The beginning."""
        self._screen.text.move_to_end(last=False)

    def lesson_last(self) -> None:
        """The end."""
        self._screen.text.move_to_end(last=True)

    def lesson_end(self) -> None:
        """No more of it."""
        self._screen.guide.end_lesson()
        self._screen.dismiss()

    def leave_lesson(self) -> None:
        """To the heatmap."""
        self._screen.dismiss()
