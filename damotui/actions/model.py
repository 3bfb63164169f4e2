"""What an action is, and where its keys work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """Where an action's keys work."""

    APP = "Everywhere"
    TREE = "In the tree"
    MAP = "In the heatmap"
    SCHEMES = "In the scheme statistics"
    EDIT = "While a value is edited"
    FILES = "In the files"
    WRITE = "While a file is written to"
    TRACE = "In the trace"
    REGIONS = "In the regions"
    ADVISOR = "In the intervals advisor"
    DIFF = "Where staged and committed stand side by side"
    TUNING = "While a scheme is tuned"
    WHATIF = "In the what-if"
    CARRY = "Where a config is carried elsewhere"
    LESSON = "In a lesson"


MAIN_SCOPES = (Scope.APP, Scope.TREE, Scope.MAP, Scope.SCHEMES)
"""Where keys work in the main screen, but while a value is edited."""
TYPING_SCOPES = (Scope.EDIT, Scope.WRITE)
"""Where letters are text."""
SIDE_SCOPES = tuple(scope for scope in Scope if scope not in (*MAIN_SCOPES, *TYPING_SCOPES))
"""The screens beside the main one."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do."""

    name: str
    label: str
    """A word or two, for the footer."""
    help: str
    """What it does, as one sentence without a full stop."""
    keys: tuple[str, ...]
    """As Textual names them; the first is the one that the footer shows. Without any, the palette alone has it."""
    scope: Scope = Scope.APP
    footer: int = 0
    """Its place among the footer's entries, the lowest first; 0 keeps it out of the footer."""
    undoable: bool = False
    """Whether `undo` takes it back."""
    beside: bool = False
    """Of those that work everywhere: whether it also does in the screens beside the main one."""
    also: tuple[Scope, ...] = ()
    """Of those that work everywhere: in which of the screens beside the main one it does, where it does not in all."""
    told: bool = False
    """Whether it is told by which of its keys it was asked for."""
    changes: bool = False
    """Whether it changes what is staged, committed or running: no other pane has another use for its letters."""
