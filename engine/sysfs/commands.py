"""The commands that are written to `state` (specification section 11.4).

Up to 6.13 there is one place for a request, for all kdamonds together: the writer waits until the kdamond has taken it
from there, or has ended, and learns nothing of what came of it. From 6.14 on the writer holds the lock of the interface
until it knows.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.calls import CallRequest
from engine.config.validate import Problem
from engine.damos.walk import WalkRequest
from engine.engine import Engine
from engine.errors import BusyError, InputError
from engine.files.errors import FileError
from engine.files.waiting import Waiting, written
from engine.snapshot import KdamondStatus
from engine.sysfs.build import in_use, read_kdamond
from engine.sysfs.results import (
    clear_tried,
    fill_tried,
    update_effective_quotas,
    update_stats,
    update_tuned_intervals,
)
from engine.sysfs.tree import MemberDirectory
from engine.versions import Feature

Update = Callable[[MemberDirectory, KdamondStatus], None]

_UPDATES: Mapping[str, Update] = {
    "update_schemes_stats": update_stats,
    "update_schemes_effective_quotas": update_effective_quotas,
    "update_tuned_intervals": update_tuned_intervals,
}
_WALKS = ("update_schemes_tried_regions", "update_schemes_tried_bytes")


@dataclass(slots=True)
class Lock:
    """The lock of the interface. Who can't have it at once fails."""

    held: bool = False

    def check(self) -> None:
        """EBUSY while it is held."""
        if self.held:
            raise FileError(errno.EBUSY, "another command is being carried out")


class Commands:
    """Carries out commands.

    Args:
        engine: whose kdamonds they are for.
        lock: of the interface.
    """

    def __init__(self, engine: Engine, lock: Lock) -> None:
        self._engine = engine
        self._lock = lock
        self._pending = False
        """Up to 6.13: the one place for a request is taken."""
        self._started: set[int] = set()

    # What is known of kdamonds

    def note_running(self, kdamonds: int) -> None:
        """See which of the first so many kdamonds run, by whomever they were started."""
        if self._engine.any_running():
            self._started.update(index for index in range(kdamonds) if self._engine.is_running(index))

    def note_started(self, index: int) -> None:
        """A kdamond was started otherwise."""
        self._started.add(index)

    def forget(self, first: int = 0) -> None:
        """Kdamonds from that index on were removed, or made anew: none has been started."""
        self._started = {index for index in self._started if index < first}

    def started(self, index: int) -> bool:
        """Whether a kdamond runs, or has run since it was made and could be started the last time."""
        return index in self._started or self._engine.is_running(index)

    # Commands

    def run(self, directory: MemberDirectory, command: str, count: int) -> Waiting:
        """Carry out a command that this kernel knows.

        Args:
            directory: of the kdamond.
            command: the word.
            count: bytes that the write returns.

        Raises:
            FileError: it can't be carried out.
        """
        index = directory.index
        contexts = directory.listing("contexts")
        if command != "off" and (contexts is None or len(contexts.members) != 1):
            raise FileError(errno.EINVAL, "nr_contexts has to be 1")
        if command == "on":
            self._on(directory)
        elif command == "off":
            self._off(index)
        elif not self._engine.kernel.has(Feature.SYSFS_CALLS):
            return self._request(directory, command, count)
        elif command == "clear_schemes_tried_regions":
            clear_tried(directory)
        else:
            return self._call(directory, command, count)
        return written(count)

    def _on(self, directory: MemberDirectory) -> None:
        index, engine = directory.index, self._engine
        if engine.is_running(index):
            raise FileError(errno.EBUSY, f"kdamond {index} runs already")
        self._started.discard(index)
        config = in_use(read_kdamond(directory))
        problems = engine.problems(config)
        if problems:
            raise refusal(problems)
        try:
            engine.turn_on(index, config)
        except BusyError as error:
            raise FileError(errno.EBUSY, str(error)) from error
        except InputError as error:
            raise FileError(errno.EINVAL, str(error)) from error
        self._started.add(index)

    def _off(self, index: int) -> None:
        if not self.started(index):
            raise FileError(errno.EINVAL, f"kdamond {index} was not started")
        if self._engine.is_running(index):
            self._engine.turn_off(index)
        elif not self._engine.kernel.has(Feature.SYSFS_OFF_AGAIN):
            raise FileError(errno.EPERM, f"kdamond {index} does not run")

    # Up to 6.13

    def _request(self, directory: MemberDirectory, command: str, count: int) -> Waiting:
        if self._pending:
            raise FileError(errno.EBUSY, "another command is being waited for")
        if not self._engine.is_running(directory.index):
            raise FileError(errno.EINVAL, f"kdamond {directory.index} does not run")
        waiting = Waiting(count)
        walks = command in _WALKS

        def end() -> None:
            self._pending = self._lock.held = False
            waiting.finish()

        def work() -> None:
            if walks:
                self._collect(directory, command, end)
            else:
                self._carry_out(directory, command)

        def done(request: CallRequest) -> None:
            if request.cancelled or not walks:
                end()

        self._pending = True
        self._engine.request(directory.index, work, commits=command == "commit").when_done(done)
        return waiting

    def _carry_out(self, directory: MemberDirectory, command: str) -> None:
        if command == "clear_schemes_tried_regions":
            clear_tried(directory)
        elif self._do(directory, command) is not None:
            self._engine.turn_off(directory.index)

    def _collect(self, directory: MemberDirectory, command: str, end: Callable[[], None]) -> None:
        """Hold the lock from the kdamond's next turn on, until all schemes had theirs or can't have it."""
        clear_tried(directory)
        self._lock.held = True

        try:
            asked = self._engine.tried_regions(directory.index)
        except InputError:  # there are no schemes
            end()
            return

        def found(walk: WalkRequest) -> None:
            if walk is asked:  # and not what a fork of the engine has of it
                self._fill(directory, walk, command)
                end()

        asked.when_done(found)

    # From 6.14 on

    def _call(self, directory: MemberDirectory, command: str, count: int) -> Waiting:
        index = directory.index
        if not self.started(index):
            raise FileError(errno.EINVAL, f"kdamond {index} was not started")
        if command in _WALKS:
            clear_tried(directory)
        if not self._engine.is_running(index):
            code = errno.ECANCELED if self._engine.kernel.has(Feature.SYSFS_CANCELED) else errno.EINVAL
            raise FileError(code, f"kdamond {index} does not run")
        if command in _WALKS:
            return self._walk(directory, command, count)
        waiting = Waiting(count)
        error: FileError | None = None

        def work() -> None:
            nonlocal error
            error = self._do(directory, command)

        def done(request: CallRequest) -> None:
            self._lock.held = False
            waiting.finish(_ended(index) if request.cancelled else error)

        self._lock.held = True
        self._engine.request(index, work, commits=command == "commit").when_done(done)
        return waiting

    def _walk(self, directory: MemberDirectory, command: str, count: int) -> Waiting:
        index = directory.index
        waiting = Waiting(count)
        try:
            asked = self._engine.tried_regions(index)
        except InputError as error:
            status = self._engine.kdamond_status(index)
            # A second walk at once is busy; without any scheme it is given up.
            code = errno.EBUSY if status is not None and status.schemes else errno.ECANCELED
            raise FileError(code, str(error)) from error

        def found(walk: WalkRequest) -> None:
            if walk is not asked:  # but what a fork of the engine has of it
                return
            self._lock.held = False
            self._fill(directory, walk, command)
            waiting.finish(FileError(errno.ECANCELED, "no scheme had its turn") if walk.cancelled else None)

        self._lock.held = True
        asked.when_done(found)
        return waiting

    # Both

    def _fill(self, directory: MemberDirectory, walk: WalkRequest, command: str) -> None:
        fill_tried(directory, walk, self._engine.kernel, total_only=command == "update_schemes_tried_bytes")

    def _do(self, directory: MemberDirectory, command: str) -> FileError | None:
        """Carry out what is no walk, while the kdamond waits; why it was refused, if it was."""
        index, engine = directory.index, self._engine
        if command in _UPDATES:
            status = engine.kdamond_status(index)
            if status is not None:
                _UPDATES[command](directory, status)
            return None
        contexts = directory.listing("contexts")
        if contexts is None or not contexts.members:
            return FileError(errno.EINVAL, "nr_contexts has to be 1")
        config = in_use(read_kdamond(directory))
        problems = engine.problems(config)
        if command == "commit_schemes_quota_goals":
            groups = [problem for problem in problems if ".goals[" in problem.path]
            if groups:
                return FileError(errno.EINVAL, str(groups[0]))
            engine.commit_goals_now(index, config)
            return None
        if problems:
            return refusal(problems)
        try:
            engine.commit_now(index, config)
        except InputError as error:
            return FileError(errno.EINVAL, str(error))
        return None


def refusal(problems: list[Problem]) -> FileError:
    """How the kernel refuses a configuration with these problems.

    Attributes and targets come first; a scheme that can't be made, for its filters or a cgroup, is told as ENOMEM.
    """
    for problem in problems:
        if not _of_scheme(problem) and not problem.path.endswith(".addr_unit"):
            return FileError(errno.EINVAL, str(problem))
    for problem in problems:
        if ".filters[" in problem.path or problem.path.endswith(".memcg_path"):
            return FileError(errno.ENOMEM, str(problem))
    return FileError(errno.EINVAL, str(problems[0]))


def _of_scheme(problem: Problem) -> bool:
    return ".schemes[" in problem.path


def _ended(index: int) -> FileError:
    return FileError(errno.ECANCELED, f"kdamond {index} ended before it came to it")
