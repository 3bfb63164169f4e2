"""What was asked of the engine since it was made, and when: the same again brings the same engine back."""

from __future__ import annotations

from dataclasses import replace

from damotui.pacer.requests import (
    Branch,
    Commit,
    Done,
    Fork,
    Keep,
    KillProcess,
    Restart,
    StartProcess,
    TurnOff,
    TurnOn,
)
from damotui.session.tree import Tree


class Journal:
    """Takes note of what was carried out. While a what-if runs, each branch has a past of its own.

    Args:
        begun: what the first engine's kdamonds run when it is made.
    """

    def __init__(self, begun: Tree) -> None:
        self.begun = begun
        self.entries: list[Done] = []
        """Of the only engine, or of branch A."""
        self._of_b: list[Done] = []

    def clear(self) -> None:
        """There is another engine."""
        self.entries = []

    def take(self, done: Done) -> None:
        """Note one more."""
        match done.request:
            case Restart(kdamonds):
                self.begun = kdamonds
            case Fork(changes):
                parted = (Done(done.time_us, Commit(index, config)) for index, config in changes)
                self._of_b = [*self.entries, *parted]
            case Keep(branch):
                if branch is Branch.B:
                    self.entries = self._of_b
                self._of_b = []
            case TurnOn(branch=Branch.B) | TurnOff(branch=Branch.B) | Commit(branch=Branch.B):
                self._of_b.append(Done(done.time_us, replace(done.request, branch=Branch.A)))
            case KillProcess() | StartProcess():
                self.entries.append(done)
                self._of_b.append(done)
            case _:
                self.entries.append(done)
