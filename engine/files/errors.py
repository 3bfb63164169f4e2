"""How an operation on a virtual file fails."""

from __future__ import annotations

import errno
import os


class FileError(Exception):
    """The kernel refuses an operation.

    Args:
        code: number of the error, as in `errno`.
        why: a sentence for people, which a kernel does not say; may be empty.
    """

    def __init__(self, code: int, why: str = "") -> None:
        super().__init__(code, why)
        self.code = code
        self.why = why

    @property
    def name(self) -> str:
        """`EINVAL`."""
        return errno.errorcode.get(self.code, str(self.code))

    @property
    def words(self) -> str:
        """`Invalid argument`, as the C library says it."""
        return os.strerror(self.code)

    def __str__(self) -> str:
        return f"{self.words} ({self.why})" if self.why else self.words
