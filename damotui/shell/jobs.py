"""What goes on in the background of a shell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from engine.files.errors import FileError
from engine.files.nodes import OpenFile
from engine.files.waiting import Waiting
from engine.system import System

_FIRST_PID = 2_001


class Job(ABC):
    """One simulated process of the shell's own. Its methods are called with the lock of the files held.

    Args:
        pid: its number.
        name: as `pidof` finds it.
    """

    frequent = False
    """Whether it has to look often while time passes."""
    ends = True
    """Whether it ends by itself."""

    def __init__(self, pid: int, name: str) -> None:
        self.pid = pid
        self.name = name

    @abstractmethod
    def look(self) -> bool:
        """See what happened as time passed; False once it has ended."""

    @abstractmethod
    def end(self, signal: str) -> None:
        """A signal ends it."""


class Jobs:
    """All that run.

    Args:
        system: that they run on.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._running: list[Job] = []
        self._last_pid = _FIRST_PID - 1

    def new_pid(self) -> int:
        """A number that nothing has or had."""
        taken = {*self._system.engine.machine.processes}
        self._last_pid += 1
        while self._last_pid in taken:
            self._last_pid += 1
        return self._last_pid

    @property
    def last_pid(self) -> int | None:
        """Of the job that was begun last; None if there was none."""
        return self._last_pid if self._last_pid >= _FIRST_PID else None

    @property
    def running(self) -> tuple[Job, ...]:
        """All that have not ended, the oldest first."""
        return tuple(self._running)

    def begin(self, job: Job) -> None:
        """Let a job run."""
        self._running.append(job)

    def look(self) -> bool:
        """Let all see what happened; whether one of them has to look often."""
        with self._system.lock:
            self._running = [job for job in self._running if job.look()]
        return any(job.frequent for job in self._running)

    def find(self, pid: int) -> Job | None:
        """The job of a pid, if it runs."""
        return next((job for job in self._running if job.pid == pid), None)

    def end(self, job: Job, signal: str) -> None:
        """Send a signal that ends it."""
        if job in self._running:
            self._running.remove(job)
            with self._system.lock:
                job.end(signal)

    def end_all(self) -> None:
        """End all of them, as a shell that goes away does."""
        for job in self.running:
            self.end(job, "HUP")


class Sleep(Job):
    """`sleep 5 &`."""

    def __init__(self, pid: int, system: System, ends_us: int) -> None:
        super().__init__(pid, "sleep")
        self._system = system
        self._ends_us = ends_us

    def look(self) -> bool:
        """It ends by itself."""
        return self._system.engine.now_us < self._ends_us

    def end(self, signal: str) -> None:
        """Nothing is left of it."""


class Write(Job):
    """A write that waits, as `echo commit > state &` does.

    Args:
        pid: its number.
        name: of the command that writes.
        opened: the file; closed when it is done.
        waiting: what has to come.
        failed: told of the error that it ended with.
    """

    def __init__(
        self, pid: int, name: str, opened: OpenFile, waiting: Waiting, failed: Callable[[FileError], None]
    ) -> None:
        super().__init__(pid, name)
        self._opened = opened
        self._waiting = waiting
        self._failed = failed

    def look(self) -> bool:
        """It ends once the kernel has done what was written."""
        if not self._waiting.done:
            return True
        self._opened.close()
        try:
            self._waiting.result()
        except FileError as error:
            self._failed(error)
        return False

    def end(self, signal: str) -> None:
        """The kernel carries out what was written all the same."""
        self._opened.close()
