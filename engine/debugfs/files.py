"""Files as debugfs has them: of size 0, read from where one likes, written from the beginning only."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable

from engine.files.errors import FileError
from engine.files.nodes import About, File
from engine.files.waiting import Waiting, written

MOST_BYTES = 1 << 22
"""The largest piece of memory that the kernel's allocator gives; what is written must fit, with a byte to spare."""


class DebugFile(File):
    """A file whose content is made anew at each read.

    Args:
        about: what it is for.
        read: its content for a reader who has room for so many bytes; None if it can't be read (EINVAL).
        write: takes what is written; None if it can't be written (EINVAL).
        gone: whether its directory has been removed: files that are still open then fail with EIO.
    """

    mode = 0o600
    size = 0

    def __init__(
        self,
        about: About,
        read: Callable[[int], str] | None = None,
        write: Callable[[bytes], None] | None = None,
        gone: Callable[[], bool] = lambda: False,
    ) -> None:
        self._about = about
        self.read = read
        self.write = write
        self.gone = gone

    @property
    def about(self) -> About:
        """What it is for."""
        return self._about

    def open(self, *, write: bool) -> OpenDebugFile:
        """Open it; that is always allowed, whatever reading or writing then says."""
        return OpenDebugFile(self)


class OpenDebugFile:
    """An open file of debugfs."""

    def __init__(self, file: DebugFile) -> None:
        self._file = file

    def read(self, size: int, offset: int) -> bytes:
        """At most `size` bytes from `offset` on.

        Raises:
            FileError: EINVAL if it is for writing only; what the file itself says.
        """
        self._check_there()
        if self._file.read is None:
            raise FileError(errno.EINVAL, "this file can't be read, only written")
        return self._file.read(size).encode()[offset : offset + size]

    def write(self, data: bytes, offset: int) -> Waiting:
        """Write all of `data`, which must begin where the file begins.

        Raises:
            FileError: EINVAL if it is for reading only, or `offset` is not 0; ENOMEM from 4 MiB on; what the
                file itself says.
        """
        self._check_there()
        if self._file.write is None:
            raise FileError(errno.EINVAL, "this file can't be written, only read")
        if offset:
            raise FileError(errno.EINVAL, "all must be written at once, from the beginning of the file")
        if len(data) >= MOST_BYTES:
            raise FileError(errno.ENOMEM, f"less than {MOST_BYTES} bytes can be written")
        self._file.write(data)
        return written(len(data))

    def close(self) -> None:
        """Nothing is held."""

    def _check_there(self) -> None:
        if self._file.gone():
            raise FileError(errno.EIO, "the context of this file has been removed")


def fitted(lines: Iterable[str], size: int) -> str:
    """Lines as they fit into a buffer of `size` bytes, whose last one stays free: the last line is cut.

    Raises:
        FileError: ENOMEM if a line has no room at all.
    """
    parts: list[str] = []
    room = size - 1
    for line in lines:
        if room <= 0:
            raise FileError(errno.ENOMEM, f"{size} bytes are too few to read this file with")
        parts.append(line[:room])
        room -= len(parts[-1])
    return "".join(parts)
