"""The messages of the kernel's FUSE protocol, version 7.31 (linux/fuse.h), that a tree of virtual files needs.

A message from the kernel begins with its length, what is asked for, a number that the answer has to repeat, and the
node that it is about. An answer begins with its length, an error (0 or below) and that number. All numbers are in the
machine's own byte order.
"""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

MAJOR: Final = 7
MINOR: Final = 31
ROOT_NODE: Final = 1
MAX_WRITE: Final = 1 << 20
"""Bytes that one write brings at most; the kernel cuts what is longer."""
MESSAGE_SIZE: Final = MAX_WRITE + 4096
"""Room for any message."""
MAX_READ: Final = 1 << 20

_MAX_PAGES = MAX_WRITE // 4096


class Op(IntEnum):
    """What is asked for."""

    LOOKUP = 1
    FORGET = 2
    GETATTR = 3
    SETATTR = 4
    SYMLINK = 6
    MKNOD = 8
    MKDIR = 9
    UNLINK = 10
    RMDIR = 11
    RENAME = 12
    LINK = 13
    OPEN = 14
    READ = 15
    WRITE = 16
    STATFS = 17
    RELEASE = 18
    INIT = 26
    OPENDIR = 27
    READDIR = 28
    RELEASEDIR = 29
    ACCESS = 34
    CREATE = 35
    INTERRUPT = 36
    DESTROY = 38
    BATCH_FORGET = 42
    RENAME2 = 45


UNANSWERED: Final = frozenset({Op.FORGET, Op.BATCH_FORGET, Op.INTERRUPT, Op.DESTROY})
"""What no answer is expected to."""


class Init(IntFlag):
    """What both sides must agree to."""

    ASYNC_READ = 1 << 0
    ATOMIC_O_TRUNC = 1 << 3
    """Opening with O_TRUNC is told as such, and not followed by a SETATTR."""
    BIG_WRITES = 1 << 5
    PARALLEL_DIROPS = 1 << 18
    MAX_PAGES = 1 << 22


_WANTED = Init.ASYNC_READ | Init.ATOMIC_O_TRUNC | Init.BIG_WRITES | Init.PARALLEL_DIROPS | Init.MAX_PAGES


class Opened(IntFlag):
    """How the kernel is to treat an open file."""

    DIRECT_IO = 1 << 0
    """Nothing is cached, and sizes are not believed."""
    NONSEEKABLE = 1 << 2
    STREAM = 1 << 4


class SetAttr(IntFlag):
    """What is to be set."""

    MODE = 1 << 0
    UID = 1 << 1
    GID = 1 << 2
    SIZE = 1 << 3


_IN_HEADER = struct.Struct("=IIQQIIIHH")
_OUT_HEADER = struct.Struct("=IiQ")
_INIT_IN = struct.Struct("=IIII")
_INIT_OUT = struct.Struct("=IIIIHHIIHHI28x")
_ATTR = struct.Struct("=6Q10I")
_ENTRY_OUT = struct.Struct("=4Q2I")
_ATTR_OUT = struct.Struct("=QII")
_OPEN_OUT = struct.Struct("=QIi")
_WRITE_OUT = struct.Struct("=II")
_STATFS_OUT = struct.Struct("=5Q4I24x")
_DIRENT = struct.Struct("=QQII")
_OPEN_IN = struct.Struct("=II")
_CREATE_IN = struct.Struct("=IIII")
_IO_IN = struct.Struct("=QQIIQII")
_U64 = struct.Struct("=Q")
_U32 = struct.Struct("=I")
_BATCH_FORGET_IN = struct.Struct("=II")
_FORGET_ONE = struct.Struct("=QQ")


@dataclass(frozen=True, slots=True)
class Request:
    """A message from the kernel."""

    op: int
    unique: int
    """Stands for it in the answer, and where it is interrupted."""
    node: int
    uid: int
    """Who asks."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Attributes:
    """What `stat` says of a node."""

    ino: int
    mode: int
    """Type and permissions."""
    size: int
    uid: int
    gid: int
    time_s: int
    """When it was made, accessed and changed: all the same."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A READ, a READDIR, or a WRITE, whose data follow."""

    handle: int
    offset: int
    size: int
    flags: int
    """With which the file was opened."""


def parse(message: memoryview) -> Request:
    """The parts of a message."""
    length, op, unique, node, uid, _gid, _pid, _ext, _pad = _IN_HEADER.unpack_from(message)
    return Request(op, unique, node, uid, bytes(message[_IN_HEADER.size : length]))


def answer(unique: int, body: bytes = b"") -> bytes:
    """What was asked for, done."""
    return _OUT_HEADER.pack(_OUT_HEADER.size + len(body), 0, unique) + body


def refusal(unique: int, code: int) -> bytes:
    """An error, as in `errno`."""
    return _OUT_HEADER.pack(_OUT_HEADER.size, -code, unique)


def agreed(body: bytes) -> bytes | None:
    """The answer to INIT; None to a kernel that is too old to talk to."""
    major, minor, readahead, offered = _INIT_IN.unpack_from(body)
    if (major, minor) < (MAJOR, MINOR):
        return None
    flags = int(_WANTED) & offered
    return _INIT_OUT.pack(MAJOR, MINOR, readahead, flags, 0, 0, MAX_WRITE, 1, _MAX_PAGES, 0, 0)


def entry(node: int, attributes: Attributes) -> bytes:
    """The answer to LOOKUP. Nothing of it may be remembered."""
    return _ENTRY_OUT.pack(node, 0, 0, 0, 0, 0) + _attr(attributes)


def attr(attributes: Attributes) -> bytes:
    """The answer to GETATTR and SETATTR. Nothing of it may be remembered."""
    return _ATTR_OUT.pack(0, 0, 0) + _attr(attributes)


def opened(handle: int, flags: int) -> bytes:
    """The answer to OPEN and OPENDIR."""
    return _OPEN_OUT.pack(handle, flags, 0)


def written(count: int) -> bytes:
    """The answer to WRITE."""
    return _WRITE_OUT.pack(count, 0)


def statfs() -> bytes:
    """The answer to STATFS: files that take no room, with names of up to 255 bytes."""
    return _STATFS_OUT.pack(0, 0, 0, 0, 0, 4096, 255, 4096, 0)


def directory_entry(ino: int, offset: int, mode: int, name: bytes) -> bytes:
    """An entry of the answer to READDIR; `offset` is that of the entry behind it."""
    filled = name + b"\0" * (-len(name) % 8)
    return _DIRENT.pack(ino, offset, len(name), stat.S_IFMT(mode) >> 12) + filled


def open_flags(body: bytes) -> int:
    """The flags of an OPEN."""
    return int(_OPEN_IN.unpack_from(body)[0])


def create_name(body: bytes) -> bytes:
    """The name in a CREATE."""
    return _name(body, _CREATE_IN.size)


def made_name(op: int, body: bytes) -> bytes:
    """The name that a MKDIR, MKNOD, SYMLINK or LINK would make, or that a LOOKUP, UNLINK, RMDIR or RENAME is about."""
    before = {Op.MKNOD: 16, Op.MKDIR: 8, Op.RENAME: 8, Op.LINK: 8, Op.RENAME2: 16}.get(Op(op), 0)
    return _name(body, before)


def handle_of(body: bytes) -> int:
    """The open file of a RELEASE or RELEASEDIR; the request of an INTERRUPT."""
    return int(_U64.unpack_from(body)[0])


def access_mask(body: bytes) -> int:
    """What an ACCESS asks for: R_OK, W_OK, X_OK."""
    return int(_U32.unpack_from(body)[0])


def set_what(body: bytes) -> SetAttr:
    """What a SETATTR is to set."""
    return SetAttr(_U32.unpack_from(body)[0] & 0xF)


def transfer(body: bytes) -> tuple[Transfer, bytes]:
    """What a READ, READDIR or WRITE is about, and the data of the last."""
    handle, offset, size, _, _, flags, _ = _IO_IN.unpack_from(body)
    return Transfer(handle, offset, size, flags), body[_IO_IN.size :]


def forgotten(op: int, node: int, body: bytes) -> list[tuple[int, int]]:
    """Nodes that the kernel forgets, and how many of the lookups that it knew of."""
    if op == Op.FORGET:
        return [(node, int(_U64.unpack_from(body)[0]))]
    count, _ = _BATCH_FORGET_IN.unpack_from(body)
    start = _BATCH_FORGET_IN.size
    return [_FORGET_ONE.unpack_from(body, start + at * _FORGET_ONE.size) for at in range(count)]


def _name(body: bytes, start: int) -> bytes:
    return body[start : body.index(b"\0", start)]


def _attr(a: Attributes) -> bytes:
    links = 2 if stat.S_ISDIR(a.mode) else 1
    times = (a.time_s,) * 3
    return _ATTR.pack(a.ino, a.size, 0, *times, 0, 0, 0, a.mode, links, a.uid, a.gid, 0, 4096, 0)
