"""A session as it is kept: all that is needed to go on with it elsewhere, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from damotui.experiment import Experiment
from damotui.pacer.requests import Done
from damotui.session.history import Edits
from damotui.session.tree import Path, Tree

SUFFIXES = (".damotui.json", ".damotui")
"""What the name of a session's file ends in; the first is added where it ends in neither."""

Setting = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class View:
    """How a session is looked at."""

    theme: str = ""
    """Name of the theme; empty leaves it to the settings."""
    speed: float = 1.0
    """Simulated seconds per second; infinite for as fast as it goes."""
    cursor: Path = ()
    """What the cursor of the tree is at."""
    expanded: frozenset[Path] | None = None
    """Branches of the tree that are unfolded; None leaves it as at the start of a session."""
    panes: Mapping[str, Mapping[str, Setting]] = field(default_factory=lambda: MappingProxyType({}))
    """What was chosen in each pane, by the names that the pane itself gives to it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One session. Equal ones are equal in all that can be edited, run and seen."""

    experiment: Experiment
    """Its kdamonds are those that the engine began with."""
    edits: Edits[Tree]
    """What is staged, and all steps on the way there and back."""
    committed: Tree
    done: tuple[Done, ...] = ()
    """What was asked of the engine since it began, in order."""
    time_us: int = 0
    """Simulated time that was reached."""
    view: View = View()
    note: str = ""
    """A line of the user's own."""
    at: str = field(default="", compare=False)
    """When it was written: `2026-03-14T15:09:26+01:00`."""
    file: str = field(default="", compare=False)
    """Where the user saves it, if it was kept by itself; empty if nowhere yet."""
    passed_over: tuple[str, ...] = field(default=(), compare=False)
    """What of its file is not known here, a sentence each."""

    def begun_again(self) -> Saved:
        """The same at time 0: what is staged and committed, with nothing done yet."""
        return replace(self, experiment=replace(self.experiment, kdamonds=self.committed), done=(), time_us=0)
