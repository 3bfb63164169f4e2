"""Files and directories, and what an open file can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.files.waiting import Waiting

SYSFS_SIZE = 4096
"""The size that sysfs states of every file; debugfs states 0."""


@dataclass(frozen=True, slots=True)
class About:
    """What a file is for, in the words that a screen shows."""

    meaning: str
    unit: str = ""
    """`bytes`, `microseconds`…; empty where there is none."""
    accepts: str = ""
    """What can be written: `0 to 18446744073709551615`, `on or off`; empty where nothing can."""
    since: str = ""
    """First kernel release that has it: `6.17`; `next` for what no release has yet."""


class OpenFile(Protocol):
    """An open file. One thread at a time, and with the lock of its files held."""

    def read(self, size: int, offset: int) -> bytes:
        """At most `size` bytes from `offset` on.

        Raises:
            FileError: it can't be read.
        """

    def write(self, data: bytes, offset: int) -> Waiting:
        """Write; what is returned may have to be waited for.

        Raises:
            FileError: it can't be written, or the data are refused.
        """

    def close(self) -> None:
        """No more is read or written."""


class Stream(OpenFile, Protocol):
    """An open file that more comes out of as time passes: reading nothing does not mean its end."""

    stream: bool
    """True."""


class File(ABC):
    """A file."""

    mode: int
    """Permissions, such as 0o600."""
    size: int
    """What `stat` says of it."""

    @property
    @abstractmethod
    def about(self) -> About:
        """What it is for."""

    @abstractmethod
    def open(self, *, write: bool) -> OpenFile:
        """Open it, for reading or for writing.

        Raises:
            FileError: that is not allowed.
        """


class Directory(ABC):
    """A directory."""

    mode: int = 0o755

    @property
    @abstractmethod
    def about(self) -> About:
        """What it is for."""

    @abstractmethod
    def entries(self) -> Mapping[str, Node]:
        """Names and what they stand for, as of now."""


Node = File | Directory


class Folder(Directory):
    """A directory whose entries change from within only."""

    def __init__(self, content: dict[str, Node], about: About | None = None) -> None:
        self.content = content
        self._about = about or About("")

    @property
    def about(self) -> About:
        """What it is for."""
        return self._about

    def entries(self) -> Mapping[str, Node]:
        """Names and what they stand for."""
        return self.content
