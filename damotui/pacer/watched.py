"""What is seen of files and events: values that cross from the engine's thread with a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.config.model import Kdamond
    from engine.files.nodes import About

TRACED_LINES = 20_000
"""Lines of events that a frame holds at most; the oldest are dropped, and counted."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A name in a directory."""

    name: str
    directory: bool
    mode: int
    """Permissions, such as 0o600."""
    text: str = ""
    """The first line of what a file says."""
    error: str = ""
    """Why it can't be read, such as `EBUSY`; empty if it can."""


@dataclass(frozen=True, slots=True)
class FileSeen:
    """One file or directory, with all there is to know of it."""

    path: str
    directory: bool
    mode: int
    about: About
    text: str = ""
    """All that a file says."""
    error: str = ""
    """Why it can't be read: `Device or resource busy`; empty if it can."""
    why: str = ""
    """The same in a sentence for people, or what else there is to say."""


@dataclass(frozen=True, slots=True, eq=False)
class FilesSeen:
    """The directories and the file that are watched, as of now."""

    folders: Mapping[str, tuple[FileEntry, ...]]
    """What is in each directory, by its path; those that are gone are left out."""
    selected: FileSeen | None = None
    waiting: frozenset[int] = frozenset()
    """Tickets of the writes that wait for a kdamond."""
    cut: bool = False
    """Whether there is more than could be looked through."""


@dataclass(frozen=True, slots=True, eq=False)
class LinesSeen:
    """Lines of events, oldest first."""

    lines: tuple[str, ...]
    skipped: int = 0
    """How many are missing before the first of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """What a kernel answered to a write, and what became of the files."""

    count: int
    """Bytes written; without meaning if it was refused."""
    error: str
    """`Invalid argument`; empty if it was not refused."""
    why: str
    """The same in a sentence for people; may be empty."""
    before: tuple[Kdamond, ...]
    """What the sysfs files said."""
    after: tuple[Kdamond, ...]
    """What they say now. A write that is refused may have changed them, too."""
    running: frozenset[int]
    """Which of these kdamonds run now."""
    waited: bool = False
    """Whether simulated time passed meanwhile."""


def joined(old: LinesSeen | None, new: LinesSeen | None) -> LinesSeen | None:
    """The lines of two frames that follow each other."""
    if old is None or new is None:
        return old or new
    # What is missing between the two is told by a line of the trace itself, but for what a full frame drops.
    lines = old.lines + new.lines
    excess = max(0, len(lines) - TRACED_LINES)
    return LinesSeen(lines[excess:], old.skipped + new.skipped + excess)
