"""An engine with the files through which a real kernel is told what to do: sysfs, debugfs and trace."""

from __future__ import annotations

import threading

from engine.debugfs import Debugfs
from engine.engine import Engine
from engine.files.errors import FileError
from engine.files.nodes import Folder, Node
from engine.files.tree import FileTree
from engine.files.waiting import Waiting
from engine.sysfs import Sysfs
from engine.trace import Tracing
from engine.versions import Feature

ADMIN = "kernel/mm/damon/admin"
"""Where the sysfs files are below the root of all files: `/sys` of a real system."""
DEBUG = "kernel/debug/damon"
"""Where the debugfs files are, on kernels that have them."""
TRACE = "trace"
"""The file that events come out of."""

_STEP_US = 10_000
_READ_SIZE = 1 << 20


class StillWaiting(Exception):
    """A write was not carried out within the time that it was given."""


class System:
    """All faces of one engine, over one tree of files.

    Threads may use it at once: whatever reads or writes files, or lets time pass, holds `lock` while it does.

    Args:
        engine: from now on it must be used with `lock` held.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.lock = threading.RLock()
        self.passed = threading.Condition(self.lock)
        """Notified whenever time has passed."""
        self.sysfs = Sysfs(engine)
        self.trace = Tracing(engine)
        self.debugfs = Debugfs(engine) if engine.kernel.has(Feature.DEBUGFS) else None
        kernel: dict[str, Node] = {
            "mm": Folder({"damon": Folder({"admin": self.sysfs.root})}),
        }
        if self.debugfs is not None:
            kernel["debug"] = Folder({"damon": self.debugfs.root})
        self.files = FileTree(Folder({"kernel": Folder(kernel), TRACE: self.trace.file}), self.lock)

    def advance(self, duration_us: int) -> None:
        """Let simulated time pass, and files be refreshed when that is due (`refresh_ms`)."""
        with self.lock:
            ends_us = self.engine.now_us + duration_us
            self.sysfs.refresh()
            while True:
                step_us = int(min(ends_us, self.sysfs.next_refresh_us())) - self.engine.now_us
                self.engine.advance(step_us)
                self.sysfs.refresh()
                if self.engine.now_us >= ends_us:
                    break
            self.passed.notify_all()

    def read(self, path: str) -> str:
        """What a file holds, as text.

        Raises:
            FileError: it can't be read.
        """
        with self.lock:
            opened = self.files.open(path)
            try:
                parts: list[bytes] = []
                offset = 0
                while part := opened.read(_READ_SIZE, offset):
                    parts.append(part)
                    offset += len(part)
            finally:
                opened.close()
        return b"".join(parts).decode("utf-8", errors="replace")

    def begin_write(self, path: str, text: str | bytes) -> Waiting:
        """Write to a file in one piece, without waiting for what comes of it.

        Raises:
            FileError: it can't be written, or what is written is refused at once.
        """
        data = text.encode() if isinstance(text, str) else text
        with self.lock:
            opened = self.files.open(path, write=True)
            try:
                return opened.write(data, 0)
            finally:
                opened.close()

    def write(self, path: str, text: str | bytes, *, patience_us: int = 600_000_000) -> int:
        """Write to a file in one piece, and let time pass until it is carried out.

        Args:
            path: of the file.
            text: what is written.
            patience_us: how much simulated time may pass.

        Returns:
            Bytes written.

        Raises:
            FileError: it can't be written, or what is written is refused.
            StillWaiting: it is not carried out yet.
        """
        with self.lock:
            waiting = self.begin_write(path, text)
            ends_us = self.engine.now_us + patience_us
            while not waiting.done:
                if self.engine.now_us >= ends_us:
                    raise StillWaiting(f"{path}: the write still waits after {patience_us / 1e6:g} s")
                self.advance(min(_STEP_US, ends_us - self.engine.now_us))
            return waiting.result()


__all__ = ["ADMIN", "DEBUG", "TRACE", "FileError", "StillWaiting", "System"]
