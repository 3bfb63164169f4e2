"""The directory of sessions that are kept by themselves: a file for each, and a lock beside it while it is open.

A lock is held by the process that has the session, and the system takes it away when that ends, however it ends. A
session that is closed takes its lock's file along. So a file without lock was closed; one with a lock that nobody
holds was not.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from damotui.keep.saved import SUFFIXES
from engine.errors import InputError

try:
    import fcntl
except ImportError:  # not a POSIX system: every other session counts as left behind
    fcntl = None  # type: ignore[assignment]

_LOCK = ".lock"


class Slot:
    """The place of one session on the shelf, which nobody else can take as long as it is held."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    def clear(self) -> None:
        """Remove the session's file; the place stays."""
        self.path.unlink(missing_ok=True)

    def release(self) -> None:
        """The session is closed."""
        lock_path(self.path).unlink(missing_ok=True)
        os.close(self._lock)


class Shelf:
    """All of them.

    Args:
        folder: need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new_slot(self) -> Slot:
        """A place for another session. Raises `InputError` if there can't be one."""
        return self._held(self.folder / f"{os.urandom(8).hex()}{SUFFIXES[0]}")

    def take(self, path: Path) -> Slot:
        """The place of a session that is there.

        Raises:
            InputError: another damotui has it open.
        """
        return self._held(path)

    def check_free(self, path: Path) -> None:
        """Raise `InputError` if another damotui has a session open."""
        if _is_held(lock_path(path)):
            raise InputError(f"{path}: this session is open already, here or in another damotui")

    def has(self, path: Path) -> bool:
        """Whether a file stands on the shelf, and not elsewhere."""
        return path.parent.resolve() == self.folder.resolve() and path.name.endswith(SUFFIXES[0])

    def left_behind(self) -> list[Path]:
        """The sessions that were not closed, the newest first."""
        locks = [path for path in _listed(self.folder) if path.name.endswith(_LOCK)]
        found = [path for lock in locks if (path := _session_of(lock)).exists() and not _is_held(lock)]
        return sorted(found, key=_age, reverse=True)

    def closed(self) -> list[Path]:
        """The sessions that were closed, the newest first."""
        here = (path for path in _listed(self.folder) if self.has(path) and not path.name.startswith("."))
        return sorted((path for path in here if not lock_path(path).exists()), key=_age, reverse=True)

    def remove(self, path: Path) -> None:
        """Forget a session that nobody has open."""
        if self.has(path):
            with contextlib.suppress(InputError, OSError):
                slot = self.take(path)
                slot.clear()
                slot.release()

    def sweep(self) -> None:
        """Remove what was left over when a writing was cut off."""
        for path in _listed(self.folder):
            session = self.folder / path.name[1:].rpartition(".")[0]
            if path.name.startswith(".") and self.has(session) and not _is_held(lock_path(session)):
                path.unlink(missing_ok=True)

    def _held(self, path: Path) -> Slot:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(lock_path(path), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise InputError(f"{self.folder}: sessions can't be kept there ({error.strerror})") from None
        if not _lock(lock):
            os.close(lock)
            raise InputError(f"{path}: this session is open already, here or in another damotui")
        return Slot(path, lock)


def lock_path(path: Path) -> Path:
    """Where the lock of a session is."""
    return path.with_name(path.name.removesuffix(SUFFIXES[0]) + _LOCK)


def _session_of(lock: Path) -> Path:
    return lock.with_name(lock.name.removesuffix(_LOCK) + SUFFIXES[0])


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _is_held(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _lock(lock)
    finally:
        os.close(lock)


def _lock(lock: int) -> bool:
    """Hold a lock until it is closed; False if another holds it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
