"""The kernel's side of a mount: `/dev/fuse`, mount(2) and umount(2), or their helper for those who aren't root."""

from __future__ import annotations

import array
import ctypes
import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from engine.errors import InputError, shown

SOURCE = "damotui"
"""What /proc/mounts shows as the source of a mount."""
FILE_SYSTEM = f"fuse.{SOURCE}"
"""The type of file system that it shows."""

_DEVICE = Path("/dev/fuse")
_HELPERS = ("fusermount3", "fusermount")
_HELPER_S = 10.0
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_MNT_DETACH = 2


def mount(directory: str) -> int:
    """Mount on a directory, for none but the user who does.

    Returns:
        A file descriptor, non-blocking, through which the kernel asks and is answered.

    Raises:
        InputError: this machine can't do it, or won't do it for this user.
    """
    if not sys.platform.startswith("linux"):
        raise InputError("damotui mount needs Linux, whose FUSE it uses")
    if not _DEVICE.exists():
        raise InputError(
            f"there is no {_DEVICE}, so nothing can be mounted: load FUSE with modprobe fuse,"
            " or give the container the device"
        )
    return _mount_as_root(directory) if os.geteuid() == 0 else _mount_by_helper(directory)


def unmount(directory: str) -> None:
    """Take a mount off at once, even if files of it are open.

    Raises:
        OSError: it can't be taken off.
    """
    if os.geteuid() != 0:
        _help("-u", "-q", "-z", "--", directory)
    elif _libc().umount2(os.fsencode(directory), _MNT_DETACH) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), directory)


def _mount_as_root(directory: str) -> int:
    try:
        device = os.open(_DEVICE, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        raise InputError(f"{_DEVICE} can't be opened ({error.strerror}), so nothing can be mounted") from None
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    names = SOURCE.encode(), os.fsencode(directory), FILE_SYSTEM.encode()
    if _libc().mount(*names, flags, options.encode()) != 0:
        code = ctypes.get_errno()
        os.close(device)
        hint = ": a container needs CAP_SYS_ADMIN for it" if code == errno.EPERM else ""
        raise InputError(f"{shown(directory)} can't be mounted on ({os.strerror(code)}){hint}")
    return device


def _mount_by_helper(directory: str) -> int:
    ours, its = socket.socketpair()
    with ours, its:
        environment = os.environ | {"_FUSE_COMMFD": str(its.fileno())}
        options = f"fsname={SOURCE},subtype={SOURCE},nosuid,nodev,noexec"
        try:
            _help("-o", options, "--", directory, environment=environment, keep=its.fileno())
        except OSError as error:
            raise InputError(f"{shown(directory)} can't be mounted on: {error.strerror}") from None
        device = _received(ours)
    if device is None:
        raise InputError(f"{shown(directory)} can't be mounted on: {_HELPERS[0]} gave no file")
    os.set_blocking(device, False)
    os.set_inheritable(device, False)
    return device


def _help(*arguments: str, environment: dict[str, str] | None = None, keep: int | None = None) -> None:
    helper = next(filter(None, map(shutil.which, _HELPERS)), None)
    if helper is None:
        raise OSError(errno.ENOENT, f"who isn't root needs {_HELPERS[0]}, of the package fuse3, for it")
    done = subprocess.run(
        [helper, *arguments],
        env=environment,
        pass_fds=() if keep is None else (keep,),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_HELPER_S,
        check=False,
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.split()) or f"{helper} failed"
        raise OSError(errno.EPERM, said)


def _received(connection: socket.socket) -> int | None:
    """The file descriptor that comes through a socket."""
    room = array.array("i", [0])
    connection.settimeout(_HELPER_S)
    _, ancillary, _, _ = connection.recvmsg(1, socket.CMSG_SPACE(room.itemsize))
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            room = array.array("i", data[: room.itemsize])
            return room[0]
    return None


def _libc() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.mount.argtypes = (*(ctypes.c_char_p,) * 3, ctypes.c_ulong, ctypes.c_char_p)
    return library
