"""The debugfs files of a small machine, and short ways to use them."""

from __future__ import annotations

import threading

import pytest

from engine.debugfs import Debugfs
from engine.engine import Engine
from engine.files.errors import FileError
from engine.files.tree import FileTree
from engine.versions import kernel_version
from tests.engine.make import MIB, workload

LOAD = workload({"a": MIB}, (10_000_000, [("a", False, 4096, 1)]))
EVERYTHING = "0 18446744073709551615 0 4294967295 0 4294967295"
COUNT_ALL = f"{EVERYTHING} 5 0 0 0 0 0 0 0 0 0 0 0"
"""A scheme that counts all regions."""


class Face:
    """Files of an engine that runs a process for each of `pids`."""

    def __init__(self, kernel: str = "6.1", pids: tuple[int, ...] = (42, 4242)) -> None:
        self.engine = Engine(kernel=kernel_version(kernel))
        for pid in pids:
            self.engine.start_process(LOAD, pid=pid)
        self.files = FileTree(Debugfs(self.engine).root, threading.RLock())

    def read(self, path: str, size: int = 1 << 16) -> str:
        """All of a file, read in one piece."""
        return self.files.open(path).read(size, 0).decode()

    def write(self, path: str, text: str | bytes) -> None:
        """Write in one piece; all of it must be taken, at once."""
        data = text.encode() if isinstance(text, str) else text
        written = self.files.open(path, write=True).write(data, 0)
        assert written.done
        assert written.result() == len(data)

    def error(self, path: str, text: str | bytes | None = None) -> str:
        """The error with which writing `text`, or reading, fails."""
        with pytest.raises(FileError) as raised:
            if text is None:
                self.read(path)
            else:
                self.write(path, text)
        assert raised.value.why
        return raised.value.name

    def rewritten(self, path: str, text: str | bytes) -> str:
        """What a file reads as after writing `text`."""
        self.write(path, text)
        return self.read(path)

    def stats(self, line: int = 0, path: str = "schemes") -> list[int]:
        """The five statistics of a scheme."""
        return [int(number) for number in self.read(path).splitlines()[line].split()[18:]]
