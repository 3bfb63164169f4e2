"""What the kernel is answered, out of the virtual files of a simulated machine.

The answers are those of `engine.files`, so a program meets the errors, counts and contents that it would meet in
`/sys`. One thing can't be shown: the kernel keeps a write of no bytes to itself and returns 0, where debugfs has a
meaning for it (an empty `target_ids` selects paddr).
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING

from damotui.mount import protocol
from damotui.mount.nodes import Node, Nodes
from damotui.mount.protocol import Attributes, Op, Opened, Request, SetAttr, Transfer
from engine.files.errors import FileError
from engine.files.nodes import Directory, OpenFile
from engine.files.tree import Stat

if TYPE_CHECKING:
    from engine.files.waiting import Waiting
    from engine.system import System


@dataclass(slots=True)
class _Handle:
    """An open file or directory."""

    node: Node
    ino: int
    stat: Stat
    """As of when it was opened: it may be gone since."""
    reader: OpenFile | None = None
    writer: OpenFile | None = None
    appended: int = 0
    """Where the next write of a file that was opened to append goes: at 0 first, as the kernel's files have no end."""
    listed: list[tuple[str, int]] = field(default_factory=list)
    """Names and types of a directory, as of when its reading began."""

    @property
    def stream(self) -> bool:
        return bool(getattr(self.reader, "stream", False))

    def close(self) -> None:
        for opened in (self.reader, self.writer):
            if opened is not None:
                opened.close()


_STREAM_SIZE = 1 << 16
"""Bytes of events that one read gives at most: text is made while the lock is held."""


@dataclass(frozen=True, slots=True)
class _WaitingRead:
    handle: _Handle
    size: int


class Answers:
    """Answers requests, one at a time. Those that have to wait are answered later, by whoever lets time pass.

    Args:
        system: whose files they are; its lock is held during each answer.
        send: gives the kernel an answer to a request that waited.
    """

    def __init__(self, system: System, send: Callable[[bytes], None]) -> None:
        self._system = system
        self._tree = system.files
        self._send = send
        self._nodes = Nodes()
        self._handles: dict[int, _Handle] = {}
        self._numbers = count(1)
        self._writes: set[int] = set()
        self._reads: dict[int, _WaitingRead] = {}
        self._uid, self._gid = os.getuid(), os.getgid()
        self._time_s = int(time.time())
        self._ended = False
        self.nr_writes = 0
        """How many writes there have been."""
        self._how: dict[int, Callable[[Request], bytes | None]] = {
            Op.LOOKUP: self._look_up,
            Op.GETATTR: self._getattr,
            Op.SETATTR: self._setattr,
            Op.ACCESS: self._access,
            Op.STATFS: lambda request: protocol.statfs(),
            Op.OPEN: self._open,
            Op.CREATE: self._create,
            Op.READ: self._read,
            Op.WRITE: self._write,
            Op.RELEASE: self._release,
            Op.OPENDIR: self._open_directory,
            Op.READDIR: self._read_directory,
            Op.RELEASEDIR: self._release,
            **dict.fromkeys((Op.MKDIR, Op.MKNOD, Op.SYMLINK, Op.LINK), self._make),
            **dict.fromkeys((Op.UNLINK, Op.RMDIR, Op.RENAME, Op.RENAME2), self._remove),
        }

    @property
    def waiting(self) -> int:
        """How many requests will be answered later."""
        return len(self._writes) + len(self._reads)

    def answer(self, request: Request) -> bytes | None:
        """The message to send; None if there is none, or none yet."""
        with self._system.lock:
            if request.op in protocol.UNANSWERED:
                self._note(request)
                return None
            if self._ended:
                return protocol.refusal(request.unique, errno.ENOTCONN)
            how = self._how.get(request.op)
            if how is None:
                return protocol.refusal(request.unique, errno.ENOSYS)
            try:
                body = how(request)
            except FileError as error:
                return protocol.refusal(request.unique, error.code)
        return None if body is None else protocol.answer(request.unique, body)

    def look_for_events(self) -> None:
        """Answer those reads that waited for events which are there by now."""
        with self._system.lock:
            for unique, read in list(self._reads.items()):
                try:
                    data = _reader(read.handle).read(read.size, 0)
                except FileError as error:
                    message = protocol.refusal(unique, error.code)
                else:
                    if not data:
                        continue
                    message = protocol.answer(unique, data)
                del self._reads[unique]
                self._send(message)

    def end(self) -> None:
        """Answer whatever waits: writes were interrupted, and no more events will come. All that is new is refused."""
        with self._system.lock:
            self._ended = True
            writes, self._writes = self._writes, set()
            reads, self._reads = self._reads, {}
            for unique in writes:
                self._send(protocol.refusal(unique, errno.EINTR))
            for unique in reads:
                self._send(protocol.answer(unique))
            for handle in self._handles.values():
                handle.close()
            self._handles.clear()

    # What is there

    def _look_up(self, request: Request) -> bytes:
        path = self._below(request)
        return self._entry(path, self._tree.stat(path))

    def _entry(self, path: str, found: Stat) -> bytes:
        return protocol.entry(self._nodes.look_up(path), self._attributes(_ino(path), found))

    def _getattr(self, request: Request) -> bytes:
        node = self._nodes[request.node]
        try:
            found = self._tree.stat(node.path)
        except FileError:
            # Removed, but open: the kernel doesn't tell which of the open files it is about.
            handle = next((handle for handle in self._handles.values() if handle.node is node), None)
            if handle is None:
                raise
            found = handle.stat
        return protocol.attr(self._attributes(_ino(node.path), found))

    def _setattr(self, request: Request) -> bytes:
        """Sizes can be set, to no effect. Modes and owners can't, as the kernel's can, and times stay as they are."""
        found = self._tree.stat(self._nodes[request.node].path)
        what = protocol.set_what(request.body)
        if what & (SetAttr.MODE | SetAttr.UID | SetAttr.GID):
            raise FileError(errno.EPERM)
        if what & SetAttr.SIZE:
            _check_access(found, os.W_OK, request.uid)
        return self._getattr(request)

    def _access(self, request: Request) -> bytes:
        _check_access(self._tree.stat(self._nodes[request.node].path), protocol.access_mask(request.body), request.uid)
        return b""

    def _make(self, request: Request) -> bytes:
        self._tree.change(self._below(request), exists=False)
        raise FileError(errno.EPERM)

    def _remove(self, request: Request) -> bytes:
        self._tree.change(self._below(request), exists=True)
        raise FileError(errno.EPERM)

    def _below(self, request: Request) -> str:
        return _join(self._nodes[request.node].path, os.fsdecode(protocol.made_name(request.op, request.body)))

    def _attributes(self, ino: int, found: Stat) -> Attributes:
        mode = found.mode | (stat.S_IFDIR if found.directory else stat.S_IFREG)
        return Attributes(ino, mode, found.size, self._uid, self._gid, self._time_s)

    # Files

    def _open(self, request: Request) -> bytes:
        return self._opened(self._nodes[request.node], protocol.open_flags(request.body))

    def _opened(self, node: Node, flags: int) -> bytes:
        access = flags & os.O_ACCMODE
        handle = _Handle(node, _ino(node.path), self._tree.stat(node.path))
        if access != os.O_RDONLY:
            handle.writer = self._tree.open(node.path, write=True)
        if access != os.O_WRONLY:
            try:
                handle.reader = self._tree.open(node.path)
            except FileError:
                if handle.writer is not None:
                    handle.writer.close()
                raise
        node.writers += handle.writer is not None
        how = Opened.DIRECT_IO | (Opened.NONSEEKABLE | Opened.STREAM if handle.stream else Opened(0))
        return protocol.opened(self._keep(handle), how)

    def _create(self, request: Request) -> bytes:
        path = _join(self._nodes[request.node].path, os.fsdecode(protocol.create_name(request.body)))
        self._tree.create(path).close()
        entry = self._entry(path, self._tree.stat(path))
        return entry + self._opened(self._nodes[self._nodes.look_up(path)], protocol.open_flags(request.body))

    def _read(self, request: Request) -> bytes | None:
        wanted, _ = protocol.transfer(request.body)
        handle = self._handles[wanted.handle]
        size = min(wanted.size, _STREAM_SIZE) if handle.stream else wanted.size
        data = _reader(handle).read(size, wanted.offset)
        if data or not handle.stream:
            return data
        if wanted.flags & os.O_NONBLOCK:
            raise FileError(errno.EAGAIN)
        self._reads[request.unique] = _WaitingRead(handle, size)
        return None

    def _write(self, request: Request) -> bytes | None:
        given, data = protocol.transfer(request.body)
        handle = self._handles[given.handle]
        if handle.writer is None:
            raise FileError(errno.EBADF)
        self.nr_writes += 1
        waiting = handle.writer.write(data, _offset(given, handle))
        if waiting.done:
            return self._written(handle, waiting)
        self._writes.add(request.unique)
        waiting.when_done(lambda done: self._finish(request.unique, handle, done))
        return None

    def _finish(self, unique: int, handle: _Handle, waiting: Waiting) -> None:
        """Answer a write that waited, unless it was interrupted meanwhile."""
        if unique not in self._writes:
            return
        self._writes.remove(unique)
        try:
            message = protocol.answer(unique, self._written(handle, waiting))
        except FileError as error:
            message = protocol.refusal(unique, error.code)
        self._send(message)

    def _written(self, handle: _Handle, waiting: Waiting) -> bytes:
        written = waiting.result()
        handle.appended += written
        return protocol.written(written)

    def _release(self, request: Request) -> bytes:
        handle = self._handles.pop(protocol.handle_of(request.body))
        handle.close()
        handle.node.writers -= handle.writer is not None
        return b""

    def _keep(self, handle: _Handle) -> int:
        number = next(self._numbers)
        self._handles[number] = handle
        return number

    # Directories

    def _open_directory(self, request: Request) -> bytes:
        node = self._nodes[request.node]
        found = self._tree.stat(node.path)
        if not found.directory:
            raise FileError(errno.ENOTDIR)
        return protocol.opened(self._keep(_Handle(node, _ino(node.path), found)), 0)

    def _read_directory(self, request: Request) -> bytes:
        wanted, _ = protocol.transfer(request.body)
        handle = self._handles[wanted.handle]
        if wanted.offset == 0:
            handle.listed = self._listing(handle.node.path)
        parts: list[bytes] = []
        room = wanted.size
        for at, (name, mode) in enumerate(handle.listed[wanted.offset :], wanted.offset + 1):
            ino = _ino(_join(handle.node.path, name)) if name not in (".", "..") else handle.ino
            part = protocol.directory_entry(ino, at, mode, os.fsencode(name))
            room -= len(part)
            if room < 0:
                break
            parts.append(part)
        return b"".join(parts)

    def _listing(self, path: str) -> list[tuple[str, int]]:
        node = self._tree.node(path)
        if not isinstance(node, Directory):
            raise FileError(errno.ENOTDIR)
        types = {True: stat.S_IFDIR, False: stat.S_IFREG}
        inside = [(name, types[isinstance(below, Directory)]) for name, below in sorted(node.entries().items())]
        return [(".", stat.S_IFDIR), ("..", stat.S_IFDIR), *inside]

    def _note(self, request: Request) -> None:
        if request.op == Op.INTERRUPT:
            unique = protocol.handle_of(request.body)
            if unique in self._writes or unique in self._reads:
                self._writes.discard(unique)
                self._reads.pop(unique, None)
                self._send(protocol.refusal(unique, errno.EINTR))
        elif request.op != Op.DESTROY:
            for number, lookups in protocol.forgotten(request.op, request.node, request.body):
                self._nodes.forget(number, lookups)


def _reader(handle: _Handle) -> OpenFile:
    if handle.reader is None:
        raise FileError(errno.EBADF)
    return handle.reader


def _offset(given: Transfer, handle: _Handle) -> int:
    return handle.appended if given.flags & os.O_APPEND else given.offset


def _check_access(found: Stat, mask: int, uid: int) -> None:
    """Refuse what the permissions don't allow to the owner. Root may read and write anything."""
    allowed = found.mode >> 6 & 7
    if uid == 0:
        allowed |= os.R_OK | os.W_OK
    if mask & ~allowed:
        raise FileError(errno.EACCES)


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _ino(path: str) -> int:
    """The same number for the same path, whenever it is asked for."""
    return int.from_bytes(blake2b(path.encode(errors="surrogateescape"), digest_size=7).digest()) | 1
