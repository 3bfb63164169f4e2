"""The files that a transcript is played against, reached through a mount of them by the system calls of a program."""

from __future__ import annotations

import errno
import math
import os
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from damotui.mount import Mounted
from engine.errors import InputError
from engine.system import System
from tests.conformance.replay_files import Answered, Writing
from tests.conformance.transcript import Answer, Entry

_READ_SIZE = 1 << 20
_BEFORE_WAITING_S = 0.05
"""How long a write is waited for before simulated time passes for it. Only those that block take so long."""
_BETWEEN_STEPS_S = 0.005


_LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class Mount:
    """Files of a system that are mounted, and its time."""

    files: MountFiles
    let_pass: Callable[[int], None]
    """Lets microseconds of simulated time pass."""


@contextmanager
def mount(system: System, speed: float = math.inf) -> Iterator[Mount]:
    """Mount the files of a system on a directory of its own.

    Args:
        system: whose files they are.
        speed: simulated seconds per second, at which time then passes by itself; infinite for none but what is let
            pass.

    Raises:
        InputError: nothing can be mounted here.
        Exception: the mount failed meanwhile.
    """
    by_itself = math.isfinite(speed)
    with (
        tempfile.TemporaryDirectory(prefix="damotui-replay-") as directory,
        Mounted(system, Path(directory), speed=speed if by_itself else None) as mounted,
    ):

        def wait(duration_us: int) -> None:
            with system.passed:
                until_us = system.engine.now_us + duration_us
                while system.engine.now_us < until_us and not mounted.ended.is_set():
                    system.passed.wait(_LOOK_S)

        yield Mount(MountFiles(Path(directory)), wait if by_itself else system.advance)
        if mounted.fault is not None:
            raise mounted.fault
        if mounted.ended.is_set():
            raise InputError(f"{directory} was unmounted before the transcript was at its end")


class MountFiles:
    """Files below a directory where they are mounted.

    Args:
        root: stands for /sys.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> Answer:
        """Open, read to the end."""
        return _answer(lambda: Answer(value=self._content(path)))

    def pread(self, path: str, size: int, offset: int) -> Answer:
        """Open, and read once."""

        def read() -> Answer:
            opened = os.open(self._root / path, os.O_RDONLY)
            try:
                value = os.pread(opened, size, offset)
            finally:
                os.close(opened)
            return Answer(count=len(value), value=value)

        answer = _answer(read)
        return Answer(answer.errno, count=-1) if answer.errno else answer

    def write(self, path: str, data: bytes) -> Writing:
        """Open for writing, and write once."""
        try:
            opened = os.open(self._root / path, os.O_WRONLY)
        except OSError as error:
            return Answered(Answer(_name(error), stage="open"))
        return _Write(opened, data)

    def entries(self, path: str) -> Answer:
        """Names in a directory."""
        return _answer(lambda: Answer(entries=tuple(sorted(os.listdir(self._root / path)))))

    def tree(self, path: str) -> Answer:
        """All that is below a directory."""
        return _answer(lambda: Answer(tree=dict(self._below(path, ""))))

    def name(self, op: str, path: str) -> Answer:
        """Make or remove a name."""
        return _answer(lambda: self._change(op, self._root / path))

    def _change(self, op: str, path: Path) -> Answer:
        match op:
            case "create":
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
            case "mkdir":
                os.mkdir(path)
            case "rmdir":
                os.rmdir(path)
            case _:
                os.unlink(path)
        return Answer()

    def _content(self, path: str) -> bytes:
        opened = os.open(self._root / path, os.O_RDONLY)
        try:
            parts: list[bytes] = []
            while part := os.read(opened, _READ_SIZE):
                parts.append(part)
            return b"".join(parts)
        finally:
            os.close(opened)

    def _below(self, path: str, prefix: str) -> list[tuple[str, Entry]]:
        found: list[tuple[str, Entry]] = []
        for name in sorted(os.listdir(self._root / path)):
            at = f"{path}/{name}"
            about = os.lstat(self._root / at)
            mode = stat.S_IMODE(about.st_mode)
            if stat.S_ISDIR(about.st_mode):
                found.append((prefix + name, Entry("dir", mode)))
                found += self._below(at, f"{prefix}{name}/")
            else:
                read = self.read(at)
                found.append((prefix + name, Entry("file", mode, about.st_size, read.value, read.errno)))
        return found


class _Write:
    """A write in a thread of its own, as it may block."""

    def __init__(self, opened: int, data: bytes) -> None:
        self._answer: Answer | None = None
        self._thread = threading.Thread(target=self._run, args=(opened, data), daemon=True)
        self._thread.start()
        self._thread.join(_BEFORE_WAITING_S)

    def answer(self) -> Answer | None:
        """What came of it; None while it waits."""
        if self._answer is None:
            self._thread.join(_BETWEEN_STEPS_S)
        return self._answer

    def _run(self, opened: int, data: bytes) -> None:
        try:
            self._answer = Answer(count=os.write(opened, data))
        except OSError as error:
            self._answer = Answer(_name(error), stage="write")
        finally:
            os.close(opened)


def _answer(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except OSError as error:
        return Answer(_name(error))


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, str(error.errno))
