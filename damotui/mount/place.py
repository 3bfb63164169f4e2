"""Where files can be mounted, and what is mounted there already."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path

from damotui.mount.device import FILE_SYSTEM, unmount
from engine.errors import InputError, shown

_MOUNTS = Path("/proc/self/mountinfo")
_KERNEL_TREES = ("/sys", "/proc")
_KERNEL_TYPES = frozenset(
    {
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "debugfs",
        "devpts",
        "devtmpfs",
        "efivarfs",
        "mqueue",
        "proc",
        "pstore",
        "securityfs",
        "sysfs",
        "tracefs",
    }
)


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system."""

    device: str
    """What tells it from others."""
    directory: str
    type: str


def checked_place(directory: Path) -> str:
    """The absolute path of an empty directory that may be mounted on.

    A mount that a killed damotui left behind is taken off it first.

    Raises:
        InputError: it isn't such a directory.
    """
    path = _resolved(directory)
    named = shown(str(directory))
    _refuse_kernel_trees(path, named)
    try:
        inside = os.listdir(path)
    except OSError as error:
        if error.errno != errno.ENOTCONN:
            raise InputError(_trouble(named, error)) from None
        _take_off_leftover(path, named)
        inside = os.listdir(path)
    on_it = mounted_on(path)
    if on_it is not None and on_it.type == FILE_SYSTEM:
        raise InputError(
            f"{named} has a mount of a running damotui on it: end that one first, or give another directory"
        )
    if inside:
        raise InputError(f"{named} is not empty, and a mount would hide what is in it: give an empty directory")
    return path


def mounted_on(path: str) -> Mount | None:
    """What is mounted right on `path`, which is absolute; None if nothing is."""
    return next((mount for mount in reversed(_mounts()) if mount.directory == path), None)


def _resolved(directory: Path) -> str:
    # The directory itself may be a dead mount, which has to be told apart from one that is missing.
    return (
        os.path.join(os.path.realpath(directory.parent), directory.name)
        if _dead(directory)
        else (os.path.realpath(directory))
    )


def _dead(directory: Path) -> bool:
    try:
        os.stat(directory)
    except OSError as error:
        return error.errno == errno.ENOTCONN
    return False


def _trouble(named: str, error: OSError) -> str:
    if error.errno == errno.ENOENT:
        return f"{named} does not exist: make it first, with mkdir"
    if error.errno == errno.ENOTDIR:
        return f"{named} is not a directory: give an empty one"
    return f"{named} can't be mounted on: {error.strerror}"


def _refuse_kernel_trees(path: str, named: str) -> None:
    around = [mount for mount in _mounts() if _within(path, mount.directory) and mount.directory != path]
    inner = max(around, key=lambda mount: len(mount.directory), default=None)
    if any(_within(path, tree) for tree in _KERNEL_TREES) or (inner is not None and inner.type in _KERNEL_TYPES):
        raise InputError(f"{named} belongs to this machine's own kernel: give an empty directory elsewhere")
    if inner is not None and inner.type == FILE_SYSTEM:
        raise InputError(f"{named} is inside a mount of damotui: give an empty directory elsewhere")


def _take_off_leftover(path: str, named: str) -> None:
    found = mounted_on(path)
    if found is None or found.type != FILE_SYSTEM:
        raise InputError(f"{named} has a dead mount of another program on it: take it off first, with umount -l")
    try:
        unmount(path)
    except OSError as error:
        raise InputError(
            f"{named} has the mount of a damotui on it that was killed, and it can't be taken off ({error.strerror}):"
            f" try umount -l {path}"
        ) from None


def _within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def _mounts() -> list[Mount]:
    mounts: list[Mount] = []
    for line in _MOUNTS.read_text(errors="surrogateescape").splitlines():
        before, _, after = line.partition(" - ")
        _, _, device, _, directory = before.split(" ")[:5]
        mounts.append(Mount(device, _unescaped(directory), after.split(" ")[0]))
    return mounts


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
