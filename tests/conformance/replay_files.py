"""The files that a transcript is played against: the tree itself, as a mount of it uses it."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Protocol

from engine.files.errors import FileError
from engine.files.waiting import Waiting
from engine.system import System
from tests.conformance.transcript import Answer, Entry

_READ_SIZE = 1 << 20


class Writing(Protocol):
    """A write that was begun."""

    def answer(self) -> Answer | None:
        """What came of it; None while it waits."""


class Files(Protocol):
    """Files on which the operations of a transcript can be carried out. Paths are those below /sys."""

    def read(self, path: str) -> Answer:
        """Open, read to the end."""

    def pread(self, path: str, size: int, offset: int) -> Answer:
        """Open, and read once."""

    def write(self, path: str, data: bytes) -> Writing:
        """Open for writing, and write once, without waiting for what comes of it."""

    def entries(self, path: str) -> Answer:
        """Names in a directory."""

    def tree(self, path: str) -> Answer:
        """All that is below a directory."""

    def name(self, op: str, path: str) -> Answer:
        """Make or remove a name: mkdir, rmdir, unlink or create."""


class Answered:
    """A write whose answer is there already."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def answer(self) -> Answer:
        """What came of it."""
        return self._answer


class TreeFiles:
    """The tree of a system, with the checks that Linux makes before it asks a file system."""

    def __init__(self, system: System) -> None:
        self._files = system.files
        self._lock = system.lock

    def read(self, path: str) -> Answer:
        """Open, read to the end."""
        return _answer(lambda: Answer(value=self._content(path)))

    def pread(self, path: str, size: int, offset: int) -> Answer:
        """Open, and read once."""

        def read() -> Answer:
            with self._lock:
                opened = self._files.open(path)
                try:
                    value = opened.read(size, offset)
                finally:
                    opened.close()
            return Answer(count=len(value), value=value)

        answer = _answer(read)
        return Answer(answer.errno, count=-1) if answer.errno else answer

    def write(self, path: str, data: bytes) -> Writing:
        """Open for writing, and write once."""
        with self._lock:
            try:
                opened = self._files.open(path, write=True)
            except FileError as error:
                return Answered(Answer(error.name, stage="open"))
            try:
                return _Waits(opened.write(data, 0))
            except FileError as error:
                return Answered(Answer(error.name, stage="write"))
            finally:
                opened.close()

    def entries(self, path: str) -> Answer:
        """Names in a directory."""
        return _answer(lambda: Answer(entries=tuple(self._files.list(path))))

    def tree(self, path: str) -> Answer:
        """All that is below a directory."""

        def found() -> Answer:
            self._files.stat(path)
            return Answer(tree={p.removeprefix(path + "/"): self._entry(p) for p in self._files.walk(path)})

        return _answer(found)

    def name(self, op: str, path: str) -> Answer:
        """Make or remove a name."""
        return _answer(lambda: self._change(op, path))

    def _change(self, op: str, path: str) -> Answer:
        if op == "create":
            with self._lock:
                self._files.create(path).close()
        elif op == "mkdir":
            self._files.change(path, exists=False)
        else:
            directory = self._files.stat(path).directory
            if directory != (op == "rmdir"):
                raise FileError(errno.EISDIR if directory else errno.ENOTDIR)
            self._files.change(path, exists=True)
        return Answer()

    def _content(self, path: str) -> bytes:
        with self._lock:
            opened = self._files.open(path)
            try:
                parts: list[bytes] = []
                while part := opened.read(_READ_SIZE, sum(map(len, parts))):
                    parts.append(part)
                return b"".join(parts)
            finally:
                opened.close()

    def _entry(self, path: str) -> Entry:
        stat = self._files.stat(path)
        if stat.directory:
            return Entry("dir", stat.mode)
        read = self.read(path)
        return Entry("file", stat.mode, stat.size, read.value, read.errno)


class _Waits:
    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    def answer(self) -> Answer | None:
        if not self._waiting.done:
            return None
        try:
            return Answer(count=self._waiting.result())
        except FileError as error:
            return Answer(error.name, stage="write")


def _answer(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except FileError as error:
        return Answer(error.name)
