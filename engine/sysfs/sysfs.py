"""The sysfs interface of an engine."""

from __future__ import annotations

import errno
import math
from collections.abc import Sequence

from engine.config.model import Kdamond
from engine.engine import Engine
from engine.errors import InputError
from engine.files.errors import FileError
from engine.files.nodes import About, Directory, Folder
from engine.files.waiting import Waiting
from engine.sysfs.build import read_kdamond
from engine.sysfs.commands import Commands, Lock
from engine.sysfs.layout import FileSpec
from engine.sysfs.results import update_effective_quotas, update_stats, update_tuned_intervals
from engine.sysfs.stage import stage
from engine.sysfs.table import tree_of
from engine.sysfs.tree import ListingDirectory, MemberDirectory, Room
from engine.versions import Feature


class Sysfs:
    """All that is below `/sys/kernel/mm/damon/admin`.

    Kdamond n of the files is kdamond n of the engine; those that were started otherwise are shown, too. It must be used
    by one thread at a time.

    Args:
        engine: whose kdamonds are turned on and off, and whose kernel decides what there is.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._commands = Commands(engine, self._lock)
        self._room = Room()
        self._next_refresh_us: dict[int, int] = {}
        self._caught_up_us = -1
        self._kdamonds = ListingDirectory(tree_of(engine.kernel), self, self._room)
        self._kdamonds.before_change = self._begin_anew
        self.root: Directory = Folder(
            {"kdamonds": self._kdamonds}, About("Where monitoring is configured and controlled.")
        )
        """What is in `admin`."""

    # For programs that use the engine beside the files

    def stage(self, kdamonds: Sequence[Kdamond]) -> None:
        """Let the files say what `kdamonds` say, whatever the kernel would think of it.

        Only what differs is changed, so that statistics, tried regions, and what only files hold stay. What the kernel
        does not have is dropped. An open pid becomes that of the engine's next process, or 0 if there is none.
        """
        self._commands.forget(min(len(kdamonds), len(self._kdamonds.members)))
        stage(self._kdamonds, kdamonds, self._engine)

    def note_started(self, index: int) -> None:
        """Tell that a kdamond was turned on by other means than its file, even if it has stopped since.

        Only the answer to `off` depends on it: EPERM, and not EINVAL.
        """
        self._commands.note_started(index)

    def config(self, index: int) -> Kdamond:
        """What the files of one kdamond say.

        Raises:
            InputError: there is no such kdamond.
        """
        if not 0 <= index < len(self._kdamonds.members):
            raise InputError(f"there is no kdamond {index}: nr_kdamonds is {len(self._kdamonds.members)}")
        return read_kdamond(self._kdamonds.members[index])

    def kdamonds(self) -> tuple[Kdamond, ...]:
        """What the files of all kdamonds say."""
        return tuple(read_kdamond(directory) for directory in self._kdamonds.members)

    @property
    def nodes(self) -> int:
        """How many files and directories there are."""
        return self._room.nodes

    # Regular refreshes (`refresh_ms`)

    def next_refresh_us(self) -> float:
        """When a running kdamond's files are to be refreshed next; infinite if never. It may have passed."""
        due = (self._next_refresh_us.get(k.index, self._engine.now_us) for k in self._refreshed())
        return min(due, default=math.inf)

    def refresh(self) -> None:
        """Refresh what is due by now; called after time has passed, and at `next_refresh_us` to be exact.

        Statistics, effective quotas and tuned intervals of each running kdamond whose `refresh_ms` is not 0 are shown
        as they are now, unless another command holds the lock.
        """
        self._commands.note_running(len(self._kdamonds.members))
        now_us = self._caught_up_us = self._engine.now_us
        for directory in self._refreshed():
            if self._next_refresh_us.get(directory.index, 0) > now_us:
                continue
            self._next_refresh_us[directory.index] = now_us + _refresh_ms(directory) * 1_000
            status = self._engine.kdamond_status(directory.index)
            if status is not None and not self._lock.held:
                update_tuned_intervals(directory, status)
                update_stats(directory, status)
                update_effective_quotas(directory, status)

    def _refreshed(self) -> list[MemberDirectory]:
        if not self._engine.kernel.has(Feature.REFRESH_MS) or not self._engine.any_running():
            return []
        return [k for k in self._kdamonds.members if _refresh_ms(k) and self._engine.is_running(k.index)]

    # What files ask

    def check_lock(self, spec: FileSpec, *, write: bool) -> None:
        """EBUSY for what needs the lock while a command holds it."""
        if write:
            needed = spec.locks
        elif spec.made and spec.name == "pid":
            needed = True
        else:
            needed = (spec.made or spec.name.endswith("path")) and self._engine.kernel.has(Feature.SYSFS_READS_LOCKED)
        if needed:
            self._lock.check()

    def catch_up(self) -> None:
        """Do what is due before a file is read, if time has passed since that was last done."""
        if self._caught_up_us != self._engine.now_us:
            self.refresh()

    def read_made(self, spec: FileSpec, kdamond: int) -> str:
        """`state` and `pid`."""
        running = self._engine.is_running(kdamond)
        if spec.name == "state":
            return "on\n" if running else "off\n"
        status = self._engine.kdamond_status(kdamond)
        return f"{status.pid if running and status is not None else -1}\n"

    def write_made(self, spec: FileSpec, kdamond: int, data: bytes) -> Waiting:
        """A command for `state`."""
        self._lock.check()
        word = spec.grammar.parse(data)
        self._commands.note_running(len(self._kdamonds.members))
        return self._commands.run(self._kdamonds.members[kdamond], str(word), len(data))

    def _begin_anew(self) -> None:
        """The number of kdamonds is to be written."""
        if any(self._engine.is_running(index) for index in range(len(self._kdamonds.members))):
            raise FileError(errno.EBUSY, "a kdamond runs")
        self._commands.forget()
        self._next_refresh_us.clear()


def _refresh_ms(directory: MemberDirectory) -> int:
    file = directory.value("refresh_ms")
    return int(file.value) if file is not None else 0
