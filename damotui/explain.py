"""What something on the screen means: said of whatever the cursor is at when a user asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Explanation:
    """One thing explained."""

    title: str
    """Its name, and where it is: `aggr_us of kdamond 0`."""
    text: str
    """What it means, in a few sentences; for a figure how it is worked out, and where the formula is from."""
    facts: Sequence[tuple[str, str]] = field(default=())
    """Pairs such as ("unit", "microseconds"), ("default", "100 ms"), ("since", "Linux 5.15")."""

    def and_of(self, title: str, name: str, text: str) -> Explanation:
        """The same with one more fact, if it is the one with that title."""
        return replace(self, facts=(*self.facts, (name, text))) if self.title == title else self


@runtime_checkable
class Explained(Protocol):
    """A pane or screen that can say what its cursor is at."""

    def explanations(self) -> Sequence[Explanation]:
        """The thing under the cursor first, then what else the pane shows; empty if there is nothing to say."""
