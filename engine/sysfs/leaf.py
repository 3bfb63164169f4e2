"""Files of the tree: values that are written and read, counts that make directories, and what the interface makes."""

from __future__ import annotations

import errno
from typing import Protocol

from engine.files.errors import FileError
from engine.files.nodes import SYSFS_SIZE, About, File
from engine.files.waiting import Waiting, written
from engine.sysfs.grammar import WRITE_LIMIT, Value, shown_bytes
from engine.sysfs.layout import FileSpec


class Interface(Protocol):
    """What files ask of the interface that they belong to."""

    def check_lock(self, spec: FileSpec, *, write: bool) -> None:
        """See that the lock of the interface can be had, if that kind of access to the file needs it.

        Raises:
            FileError: EBUSY.
        """

    def catch_up(self) -> None:
        """Do what is due by now before anything is read."""

    def read_made(self, spec: FileSpec, kdamond: int) -> str:
        """What a file shows whose content the interface makes, of the kdamond with that index."""

    def write_made(self, spec: FileSpec, kdamond: int, data: bytes) -> Waiting:
        """Take what is written to it; `data` is not empty, and a page at most.

        Raises:
            FileError: it is refused.
        """


class SysfsFile(File):
    """A file.

    Args:
        spec: its description.
        interface: that it belongs to.
    """

    size = SYSFS_SIZE

    def __init__(self, spec: FileSpec, interface: Interface) -> None:
        self.spec = spec
        self.mode = spec.mode
        self.removed = False
        """It is not in the tree any more; who has it open can't use it."""
        self._interface = interface

    @property
    def about(self) -> About:
        """What it is for."""
        return self.spec.about

    def open(self, *, write: bool) -> OpenSysfsFile:
        """Open it; EACCES for writing what only reads, even for root."""
        if write and not self.mode & 0o200:
            raise FileError(errno.EACCES, f"{self.spec.name} can only be read")
        return OpenSysfsFile(self, write)

    def read(self) -> bytes:
        """All that it shows now.

        Raises:
            FileError: EBUSY.
        """
        self._interface.check_lock(self.spec, write=False)
        self._interface.catch_up()
        return self.content()

    def write(self, data: bytes) -> Waiting:
        """Take one write, of which a page at most counts; an empty one changes nothing.

        Raises:
            FileError: it is refused.
        """
        if not data:
            return written(0)
        return self.accept(data[:WRITE_LIMIT])

    def content(self) -> bytes:
        """What it shows."""
        raise NotImplementedError

    def accept(self, data: bytes) -> Waiting:
        """Take what is written; there is something, and a page at most."""
        raise NotImplementedError


class ValueFile(SysfsFile):
    """A file that shows what was last written, or last found out."""

    def __init__(self, spec: FileSpec, interface: Interface) -> None:
        super().__init__(spec, interface)
        self.value: Value = spec.default

    def content(self) -> bytes:
        """The value."""
        return shown_bytes(self.spec.grammar, self.value)

    def accept(self, data: bytes) -> Waiting:
        """Take a value."""
        value = self.spec.grammar.parse(data)
        self._interface.check_lock(self.spec, write=True)
        self.value = value
        return written(len(data))


class MadeFile(SysfsFile):
    """A file of a kdamond whose content the interface makes.

    Args:
        spec: its description.
        interface: that it belongs to.
        kdamond: index of the kdamond.
    """

    def __init__(self, spec: FileSpec, interface: Interface, kdamond: int) -> None:
        super().__init__(spec, interface)
        self._kdamond = kdamond

    def content(self) -> bytes:
        """As of now."""
        return self._interface.read_made(self.spec, self._kdamond).encode()

    def accept(self, data: bytes) -> Waiting:
        """A command."""
        return self._interface.write_made(self.spec, self._kdamond, data)


class OpenSysfsFile:
    """A file that is open.

    What it shows is made when its beginning is read, or a place other than where reading stopped; so reading it on in
    small pieces gives one state of it. Where in the file one writes does not matter.

    Args:
        file: that was opened.
        writable: it may be written to.
    """

    def __init__(self, file: SysfsFile, writable: bool) -> None:
        self._file = file
        self._writable = writable
        self._content = b""
        self._at = 0

    def read(self, size: int, offset: int) -> bytes:
        """At most `size` bytes from `offset` on.

        Raises:
            FileError: EBUSY; ENODEV if the file is not there any more.
        """
        if not size:
            return b""
        goes_on = 0 < offset == self._at
        # What is left of a beginning that was read can still be had.
        if self._file.removed and not (goes_on and offset < len(self._content)):
            raise FileError(errno.ENODEV)
        if not goes_on:
            self._content = self._file.read()
        part = self._content[offset : offset + size]
        self._at = offset + len(part)
        return part

    def write(self, data: bytes, offset: int) -> Waiting:
        """Write, wherever that is.

        Raises:
            FileError: what is written is refused; ENODEV if the file is not there any more.
        """
        if not self._writable:
            raise FileError(errno.EBADF)
        if self._file.removed:
            raise FileError(errno.ENODEV)
        return self._file.write(data)

    def close(self) -> None:
        """Nothing is held."""
