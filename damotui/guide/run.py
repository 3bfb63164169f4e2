"""A lesson that is being taken: which steps are done, what came of them, and which of them is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from damotui.guide.check import Finding, findings
from damotui.guide.lesson import Lesson, Step
from damotui.shell.printed import Line, Printed, Typed
from engine.errors import InputError

SIGNS: Mapping[Printed, str] = MappingProxyType(
    {Printed.COMMAND: "# ", Printed.MORE: "> ", Printed.OUT: "", Printed.ERROR: "", Printed.NOTE: "note: "}
)
"""What lines of a transcript begin with."""
_MOST_SHOWN = 24
"""Lines of a step's transcript that are shown, at its beginning and its end together."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a step."""

    lines: tuple[Line, ...] = ()
    """What stands on the terminal; empty for a step that was only to be read."""
    dropped: int = 0
    """Lines that were too many to be kept."""
    findings: tuple[Finding, ...] = ()

    @property
    def shown(self) -> list[Line]:
        """What stands on the terminal, cut in the middle if it is long."""
        hidden = len(self.lines) - _MOST_SHOWN
        if hidden <= 1:
            return list(self.lines)
        half = _MOST_SHOWN // 2
        cut = Line(Printed.OUT, f"… {hidden + self.dropped:,} lines …")
        return [*self.lines[:half], cut, *self.lines[len(self.lines) - half :]]

    @property
    def as_told(self) -> bool:
        """Whether all that should be seen is."""
        return all(finding.seen for finding in self.findings)


def done_of(step: Step, typed: Typed) -> Done:
    """What came of a step whose commands came to `typed`."""
    return Done(typed.lines, typed.dropped, findings(step.checks, typed, refused=step.refused))


class LessonRun:
    """Steps are done in their order; each can be looked at again, and done again from the beginning.

    Args:
        lesson: what is taken.
    """

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.done: list[Done] = []
        """What came of each step so far."""
        self.shown = 0
        """The step that is looked at."""
        self._typing: Step | None = None
        self._to_do = 0
        """How many steps are to be done without being asked for."""

    @property
    def step(self) -> Step:
        """The step that is looked at."""
        return self.lesson.steps[self.shown]

    @property
    def is_over(self) -> bool:
        """Whether all steps are done."""
        return len(self.done) == len(self.lesson.steps)

    @property
    def result(self) -> Done | None:
        """What came of the step that is looked at; None if it is not done yet."""
        return self.done[self.shown] if self.shown < len(self.done) else None

    @property
    def is_typing(self) -> bool:
        """Whether the commands of a step are being carried out."""
        return self._typing is not None

    def go_on(self) -> Step | None:
        """Do what comes next; gives the step whose commands are to be carried out, if it is one that has some.

        That is the step that is looked at, unless it is done: then the next one is looked at.

        Raises:
            InputError: the last step is done, or its commands are still being carried out.
        """
        if self._typing is not None:
            raise InputError("the commands of this step are being carried out: wait for their answer")
        if self.result is not None:
            self.look(1)
            return None
        if not self.step.commands:
            self.done.append(Done())
            if self.shown + 1 < len(self.lesson.steps):
                self.shown += 1
            return None
        self._typing = self.step
        return self.step

    def take(self, typed: Typed) -> Step | None:
        """Take note of what commands came to; gives the next step to be done, when several are."""
        step, self._typing = self._typing, None
        if step is not None:
            self.done.append(done_of(step, typed))
        while len(self.done) < self._to_do:
            self.shown = len(self.done)
            if step := self.go_on():
                return step
        if self._to_do:
            self.shown, self._to_do = self._to_do, 0
        return None

    def give_up(self) -> None:
        """The commands could not be carried out."""
        self._typing, self._to_do = None, 0

    def look(self, steps: int) -> None:
        """Look at another step, as far as they are done.

        Raises:
            InputError: there is none there.
        """
        at = self.shown + steps
        if at < 0:
            raise InputError("this is the first step")
        if at > len(self.done):
            raise InputError("this step is to be done first")
        if at >= len(self.lesson.steps):
            raise InputError("this was the last step")
        self.shown = at

    def again(self) -> Step | None:
        """Forget all that was done, and do it again up to the step that is looked at; gives the first of these steps.

        That step waits to be done then.
        """
        self._typing, self._to_do = None, self.shown
        self.done.clear()
        self.shown = 0
        while len(self.done) < self._to_do:
            self.shown = len(self.done)
            if step := self.go_on():
                return step
        self.shown, self._to_do = self._to_do, 0
        return None
