"""What the session asks of the engine, and what became of it: values that cross the thread boundary."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from engine.config.model import Kdamond

if TYPE_CHECKING:
    from damotui.pacer.watched import Written
    from damotui.shell.printed import Typed


class Branch(Enum):
    """Which engine: A is the only one, unless a what-if runs; then B goes on beside it."""

    A = "A"
    B = "B"

    @property
    def other(self) -> Branch:
        """The one that it is not."""
        return Branch.B if self is Branch.A else Branch.A


@dataclass(frozen=True, slots=True)
class TurnOn:
    """Start kdamond `index` with `config`."""

    index: int
    config: Kdamond
    branch: Branch = Branch.A


@dataclass(frozen=True, slots=True)
class TurnOff:
    """Stop kdamond `index`."""

    index: int
    branch: Branch = Branch.A


@dataclass(frozen=True, slots=True)
class Commit:
    """Give the running kdamond `index` new parameters."""

    index: int
    config: Kdamond
    branch: Branch = Branch.A


@dataclass(frozen=True, slots=True)
class Fork:
    """Let a copy of the engine, branch B, go on from this moment beside it, with other parameters."""

    changes: tuple[tuple[int, Kdamond], ...] = ()
    """Index and parameters of each running kdamond that is given others in B."""


@dataclass(frozen=True, slots=True)
class Keep:
    """End the what-if: go on with one branch, and forget the other."""

    branch: Branch


@dataclass(frozen=True, slots=True)
class KillProcess:
    """End a process of the simulated machine, in both branches."""

    pid: int


@dataclass(frozen=True, slots=True)
class StartProcess:
    """Run the workload once more, as a new process, in both branches."""


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
class OpenFiles:
    """Open the files, as the first look at them does."""

    anew: bool = False
    """In place of those that are open."""


@dataclass(frozen=True, slots=True)
class StayHere:
    """End the replay that is under way, and stay at the moment that it has come to."""


@dataclass(frozen=True, slots=True)
class WriteFile:
    """Write to a file. Its outcome comes when the kernel has answered, which may take simulated time."""

    path: str
    text: str
    ticket: int
    """Tells it from other writes of the same."""
    quiet: bool = False
    """Whether it is a part of commands, whose outcome tells all."""


@dataclass(frozen=True, slots=True)
class TypeCommands:
    """Let a shell on the files carry out commands, and let time pass as they say.

    Each write that they come to is told by an outcome of its own; what stands on the terminal then, by the last one.
    """

    text: str
    looks: tuple[str, ...]
    """Commands that only look at what has come of them."""
    workload: str
    """Name of the process that `<workload>` stands for."""
    ticket: int


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
    | Fork
    | Keep
    | CommitGoals
    | KillProcess
    | StartProcess
    | Restart
    | StageFiles
    | WatchFiles
    | OpenFiles
    | StayHere
    | WatchTruth
    | WriteFile
    | TypeCommands
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
    typed: Typed | None = None
    """What commands came to."""
    time_us: int = field(default=0, compare=False)
    """Simulated time at which that was."""
    aside: str = ""
    """A sentence about what else came of it, which the user should know."""
    replayed: bool = False
    """Whether nobody asked for it now: it was done again, as it was done before."""


@dataclass(frozen=True, slots=True)
class Done:
    """A request that an engine's course depends on, and when it was carried out."""

    time_us: int
    request: Request
