"""What a shell does to its machine: lets time pass, writes to files, ends processes."""

from __future__ import annotations

from engine.files.nodes import OpenFile
from engine.files.waiting import Waiting
from engine.system import System


class Hands:
    """Does it, and tells nobody. Whoever has to know of it inherits from this.

    Args:
        system: the machine.
    """

    def __init__(self, system: System) -> None:
        self._system = system

    def advance(self, duration_us: int) -> None:
        """Let simulated time pass."""
        self._system.advance(duration_us)

    def write(self, path: str, opened: OpenFile, data: bytes, offset: int) -> Waiting:
        """Write to a file that is open.

        Args:
            path: where it is in the tree of files.
            opened: the file.
            data: what is written.
            offset: how much of the same was written before.

        Raises:
            FileError: it is refused.
        """
        with self._system.lock:
            return opened.write(data, offset)

    def kill(self, pid: int) -> None:
        """End a process.

        Raises:
            InputError: there is none of that pid.
        """
        with self._system.lock:
            self._system.engine.kill_process(pid)
