"""Undo and redo of whole immutable states, as labelled steps."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One thing that a user did, and would want to take back as one."""

    label: str
    before: T
    after: T
    key: Hashable = None
    """Steps in a row with one key, other than None, are one step."""
    renumbers: range = range(0)
    """Indices of those entries of the state that have other ones after it than before."""


@dataclass(frozen=True, slots=True)
class Edits(Generic[T]):
    """All that a history knows, as a value."""

    state: T
    steps: tuple[Step[T], ...] = ()
    """Oldest first; each begins where the one before it ends."""
    place: int = 0
    """How many of them are done, which leads to `state`."""


class History(Generic[T]):
    """The states that a user can go back and forth between. It has no limit: states share what they have in common."""

    def __init__(self, state: T) -> None:
        self.state = state
        self._done: list[Step[T]] = []
        self._undone: list[Step[T]] = []
        self._open = False

    def do(self, label: str, state: T, key: Hashable = None, renumbers: range = range(0)) -> None:
        """Go to `state`. What was undone before is forgotten; a state equal to the present one changes nothing."""
        if state == self.state:
            return
        self._undone.clear()
        before = self.state
        if self._open and key is not None and self._done and self._done[-1].key == key:
            before = self._done.pop().before
        if state != before:
            self._done.append(Step(label, before, state, key, renumbers))
        self._open = True
        self.state = state

    def seal(self) -> None:
        """End the present step: the next one stands for itself, whatever its key."""
        self._open = False

    def undo(self) -> Step[T] | None:
        """Go back one step and give it; None if there is none."""
        return self._move(self._done, self._undone, back=True)

    def redo(self) -> Step[T] | None:
        """Go forth one undone step and give it; None if there is none."""
        return self._move(self._undone, self._done, back=False)

    @property
    def edits(self) -> Edits[T]:
        """All of it."""
        return Edits(self.state, self.steps, self.place)

    def restore(self, edits: Edits[T]) -> None:
        """Be as it was then; the next step stands for itself."""
        self.state = edits.state
        self._done = [*edits.steps[: edits.place]]
        self._undone = [*reversed(edits.steps[edits.place :])]
        self._open = False

    @property
    def to_undo(self) -> Step[T] | None:
        """The step that `undo` would take back."""
        return self._done[-1] if self._done else None

    @property
    def to_redo(self) -> Step[T] | None:
        """The step that `redo` would do again."""
        return self._undone[-1] if self._undone else None

    @property
    def steps(self) -> tuple[Step[T], ...]:
        """All steps, the oldest first: those that are done, then those that were undone."""
        return (*self._done, *reversed(self._undone))

    @property
    def place(self) -> int:
        """How many of the steps are done."""
        return len(self._done)

    def _move(self, source: list[Step[T]], sink: list[Step[T]], *, back: bool) -> Step[T] | None:
        self._open = False
        if not source:
            return None
        step = source.pop()
        sink.append(step)
        self.state = step.before if back else step.after
        return step
