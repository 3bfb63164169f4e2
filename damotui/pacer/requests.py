"""What the session asks of the engine, and what became of it: values that cross the thread boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.config.model import Kdamond

if TYPE_CHECKING:
    from damotui.pacer.watched import Written


@dataclass(frozen=True, slots=True)
class TurnOn:
    """Start kdamond `index` with `config`."""

    index: int
    config: Kdamond


@dataclass(frozen=True, slots=True)
class TurnOff:
    """Stop kdamond `index`."""

    index: int


@dataclass(frozen=True, slots=True)
class Commit:
    """Give the running kdamond `index` new parameters."""

    index: int
    config: Kdamond


@dataclass(frozen=True, slots=True)
class KillProcess:
    """End a process of the simulated machine."""

    pid: int


@dataclass(frozen=True, slots=True)
class StartProcess:
    """Run the workload once more, as a new process."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Throw the engine away and make a new one, at time 0."""

    kdamonds: tuple[Kdamond, ...]
    """What its kdamonds run."""


@dataclass(frozen=True, slots=True)
class CommitGoals:
    """Give the running kdamond `index` the goals of the quotas in `config`, as a file's command does."""

    index: int
    config: Kdamond


@dataclass(frozen=True, slots=True)
class StageFiles:
    """Let the files say what is staged, now and in each engine to come."""

    kdamonds: tuple[Kdamond, ...]


@dataclass(frozen=True, slots=True)
class WatchFiles:
    """Let each frame show these directories and one file, until something else is asked for; nothing ends it."""

    folders: tuple[str, ...] = ()
    selected: str = ""
    find: str = ""
    """Show all directories with names that hold this, in place of `folders`."""


@dataclass(frozen=True, slots=True)
class WriteFile:
    """Write to a file. Its outcome comes when the kernel has answered, which may take simulated time."""

    path: str
    text: str
    ticket: int
    """Tells it from other writes of the same."""


@dataclass(frozen=True, slots=True)
class WatchTruth:
    """Let frames hold the truth beside each aggregation, now and in each engine to come, or no more."""

    on: bool


@dataclass(frozen=True, slots=True)
class WatchTrace:
    """Let each frame show the lines of these events, now and in each engine to come; None ends it."""

    events: tuple[str, ...] | None


Request = (
    TurnOn
    | TurnOff
    | Commit
    | CommitGoals
    | KillProcess
    | StartProcess
    | Restart
    | StageFiles
    | WatchFiles
    | WatchTruth
    | WriteFile
    | WatchTrace
)
NEWEST_ONLY = (StageFiles, WatchFiles, WatchTruth, WatchTrace)
"""Of several in a row, only the last one needs to be carried out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """That a request was carried out, or why not."""

    request: Request
    error: str = ""
    """One sentence; empty if it was carried out."""
    written: Written | None = None
    """What a kernel answered to a write."""
