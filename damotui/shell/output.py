"""Redirections: where the output of one command goes, and how it gets into a file."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from damotui.shell.call import FAILED
from damotui.shell.jobs import Write
from damotui.shell.streams import Kept, Nowhere, Sink
from damotui.shell.syntax import Redirection
from engine.files.errors import FileError
from engine.files.nodes import OpenFile

if TYPE_CHECKING:
    from damotui.shell.session import Session

PATIENCE_US = 600_000_000
"""How much simulated time a write may wait."""


class Outlets:
    """The streams of one command. What goes into a file is written in one piece, when the command has ended.

    Args:
        session: whose command it is.
        out: where output goes at first.
        err: where errors go at first.
        background: whether nobody waits for the command.
    """

    def __init__(self, session: Session, out: Sink, err: Sink, *, background: bool) -> None:
        self.out = out
        self.err = err
        self.background = background
        self._session = session
        self._files: list[tuple[OpenFile, Kept, str]] = []
        """With the path of each."""

    def redirect(self, redirection: Redirection, target: str, given: str | None) -> str | None:
        """Carry out one redirection.

        Returns:
            What the command reads from now on.

        Raises:
            FileError: the target can't be opened.
        """
        if redirection.operator == "<":
            return self._session.places.read(target)
        sink = self._duplicate(target) if redirection.operator == ">&" else self._create(target)
        if redirection.descriptor == 2:
            self.err = sink
        elif redirection.descriptor == 1:
            self.out = sink
        return given

    def _duplicate(self, target: str) -> Sink:
        if target not in ("1", "2"):
            raise FileError(errno.EBADF)
        return self.out if target == "1" else self.err

    def _create(self, target: str) -> Sink:
        opened = self._session.places.create(target)
        if opened is None:
            return Nowhere()
        kept = Kept()
        self._files.append((opened, kept, self._session.places.find(target).in_tree or ""))
        return kept

    def error_sink(self, otherwise: Sink) -> Sink:
        """Where errors of writing go: not into a file that is still to be written."""
        return otherwise if any(self.err is kept for _, kept, _ in self._files) else self.err

    def deliver(self, name: str, status: int) -> int:
        """Write to the files what the command printed.

        Args:
            name: of the command.
            status: that it ended with.

        Returns:
            Its status, which is a failure if something could not be written.

        Raises:
            Interrupted: Ctrl-C was pressed while a write waited.
        """
        while self._files:
            opened, kept, path = self._files[0]
            data = kept.text.encode("utf-8", errors="surrogateescape")
            if not self._write(opened, path, data, name):
                status = status or FAILED
        return status

    def _write(self, opened: OpenFile, path: str, data: bytes, name: str) -> bool:
        session = self._session
        written = 0
        try:
            while written < len(data):
                waiting = session.hands.write(path, opened, data[written:], written)
                if not waiting.done and self.background:
                    del self._files[0]
                    pid = session.jobs.new_pid()
                    session.begin(Write(pid, name, opened, waiting, lambda error: self._failed(name, error)))
                    return True
                if not session.passing.wait(waiting, PATIENCE_US):
                    session.say(
                        f"{name}: the write still waits after {PATIENCE_US // 1_000_000} s of simulated time,"
                        " and is not waited for any longer"
                    )
                    break
                count = waiting.result()
                if count <= 0:
                    break
                written += count
        except FileError as error:
            self._failed(name, error)
        with session.system.lock:
            self._files.pop(0)[0].close()
        return written >= len(data)

    def _failed(self, name: str, error: FileError) -> None:
        self._session.say(f"{name}: write error: {error.words}")
        self._session.explain(error)

    def abandon(self) -> None:
        """Close what is still open; what was not written is not."""
        with self._session.system.lock:
            while self._files:
                self._files.pop()[0].close()
