"""The file `trace`: whoever opens it gets all events from then on, as lines."""

from __future__ import annotations

import errno
from collections.abc import Callable

from engine.files.errors import FileError
from engine.files.nodes import About, File, OpenFile
from engine.files.waiting import Waiting
from engine.trace.reader import TraceReader

_SHORT_LINE = 60
"""Bytes that no line of an event is shorter than, or hardly."""


class TraceStream:
    """An open trace. Reading nothing means that nothing happened yet.

    Args:
        reader: closed with it.
    """

    stream = True

    def __init__(self, reader: TraceReader) -> None:
        self._reader = reader
        self._text = b""
        """Lines that were made, and did not fit what was asked for."""

    def read(self, size: int, offset: int) -> bytes:
        """What happened since it was last read: whole lines of at most `size` bytes together, wherever `offset` is.

        Only a line that is longer than `size` comes in parts.
        """
        if size <= 0:
            return b""
        while len(self._text) <= size:
            made = self._reader.read_lines(1 + (size - len(self._text)) // _SHORT_LINE)
            if not made:
                break
            self._text += "".join(f"{line}\n" for line in made).encode()
        end = len(self._text)
        if end > size:
            end = self._text.rfind(b"\n", 0, size) + 1 or size
        given, self._text = self._text[:end], self._text[end:]
        return given

    def write(self, data: bytes, offset: int) -> Waiting:
        """Refused: EBADF, as it is open for reading."""
        raise FileError(errno.EBADF)

    def close(self) -> None:
        """Forget what was not read."""
        self._reader.close()
        self._text = b""


class TraceFile(File):
    """The file.

    Args:
        open_reader: makes a reader of all events.
        names: the events, as its description tells.
        since: first release that has any.
    """

    mode = 0o400
    size = 0

    def __init__(self, open_reader: Callable[[], TraceReader], names: tuple[str, ...], since: str) -> None:
        self._open_reader = open_reader
        self._about = About(
            "What the kdamonds do, as lines of perf script, from when it is opened on; it does not end."
            f" Events: {', '.join(names)}.",
            since=since,
        )

    @property
    def about(self) -> About:
        """What it is for."""
        return self._about

    def open(self, *, write: bool) -> OpenFile:
        """Begin to listen.

        Raises:
            FileError: EACCES, for writing.
        """
        if write:
            raise FileError(errno.EACCES, "trace can only be read")
        return TraceStream(self._open_reader())
