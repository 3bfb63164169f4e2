"""What stands on a terminal, as values: what was typed into a shell, and what it printed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.snapshot import Snapshot


class Printed(Enum):
    """What a line is."""

    COMMAND = "command"
    MORE = "more of a command"
    OUT = "output"
    ERROR = "error"
    NOTE = "note"
    """What a real shell would not say."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line, without its newline."""

    printed: Printed
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a command came to that was carried out to look at something: it is in no transcript."""

    out: str
    err: str
    status: int


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """What a text came to."""

    lines: tuple[Line, ...]
    """All that stands on the terminal: the commands, and what they printed."""
    status: int
    """Of the last command."""
    looks: tuple[Look, ...]
    snapshot: Snapshot
    """The machine as it was left."""
    since: Snapshot
    """The machine as it was found."""
    dropped: int = 0
    """Lines that were too many."""

    @property
    def answer(self) -> str:
        """What the commands printed."""
        said = (Printed.OUT, Printed.ERROR)
        return "".join(f"{line.text}\n" for line in self.lines if line.printed in said)

    @property
    def complaints(self) -> tuple[str, ...]:
        """What they printed as errors; what perf says there of a recording that it made is none."""
        errors = (line.text for line in self.lines if line.printed is Printed.ERROR)
        return tuple(text for text in errors if not text.startswith("[ perf record: Captured"))
