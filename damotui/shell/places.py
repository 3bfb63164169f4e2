"""Paths as they are typed, and what they lead to: `/sys/kernel/mm/damon/admin` and `/sys/kernel/debug/damon`."""

from __future__ import annotations

import errno
import posixpath
from collections.abc import Callable
from dataclasses import dataclass

from engine.files.errors import FileError
from engine.files.nodes import OpenFile
from engine.files.tree import FileTree, Stat
from engine.versions import KERNELS, RELEASES, Feature, Kernel, release

SYSFS = "/sys"
DEBUGFS = "/sys/kernel/debug"
NULL = "/dev/null"

_TOP = {"/": ["dev", "sys"], "/dev": ["null"]}
_DIRECTORY = Stat(True, 0o755, 0)
_LONGEST_NAME = 255
_LONGEST_PATH = 4096
_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads."""

    path: str
    """Absolute, without `.` and `..`."""
    stat: Stat | None
    """None if there is nothing, in a directory that there is."""

    @property
    def in_tree(self) -> str | None:
        """Its path among the emulated files; None outside of them."""
        if self.path == SYSFS or self.path.startswith(f"{SYSFS}/"):
            return self.path[len(SYSFS) + 1 :]
        return None


class Places:
    """A working directory in a tree of files, and paths from there.

    Args:
        files: all that is below `/sys`.
        kernel: whose files they are.
        note: told, in a sentence, where a path leads that is misprinted, and why one leads nowhere.
    """

    def __init__(self, files: FileTree, kernel: Kernel, note: Callable[[str], None]) -> None:
        self._files = files
        self._kernel = kernel
        self._note = note
        self._noted: set[str] = set()
        self.here = "/"
        """The working directory; it may be gone by now."""

    def find(self, path: str) -> Place:
        """Where `path`, as typed, leads.

        Raises:
            FileError: ENOENT, ENOTDIR or ENAMETOOLONG on the way.
        """
        if not path:
            raise FileError(errno.ENOENT)
        if len(path.encode(errors="replace")) >= _LONGEST_PATH:
            raise FileError(errno.ENAMETOOLONG)
        names = path.split("/")
        at = "/" if path.startswith("/") else self.here
        # From a directory that is gone, the way up is still there.
        stat: Stat | None = _DIRECTORY if names[0] == ".." else self._stat(at)
        if stat is None:
            raise FileError(errno.ENOENT)
        for index, name in enumerate(names):
            if stat is None:
                if any(names[index:]):
                    self._explain(path, at)
                    raise FileError(errno.ENOENT)
                break
            if name and not stat.directory:
                raise FileError(errno.ENOTDIR)
            if name in ("", "."):
                continue
            if len(name.encode(errors="replace")) > _LONGEST_NAME:
                raise FileError(errno.ENAMETOOLONG)
            at, stat = self._step(at, name)
        if path.endswith("/") and stat is not None and not stat.directory:
            raise FileError(errno.ENOTDIR)
        if stat is None:
            self._explain(path, at)
        return Place(at, stat)

    def there(self, path: str) -> bool:
        """Whether exactly `path` leads to something; nothing is said about it."""
        return self._stat(posixpath.normpath(posixpath.join(self.here, path))) is not None

    def existing(self, path: str) -> Place:
        """Where `path` leads.

        Raises:
            FileError: nowhere, among others.
        """
        place = self.find(path)
        if place.stat is None:
            raise FileError(errno.ENOENT)
        return place

    def names(self, place: Place) -> list[str]:
        """What is in a directory, sorted.

        Raises:
            FileError: it is none, or gone.
        """
        if place.path in _TOP:
            return _TOP[place.path]
        return self._files.list(place.in_tree or "")

    def read(self, path: str) -> str:
        """What a file holds. Bytes that are no text become surrogates.

        Raises:
            FileError: it can't be read.
        """
        place = self.existing(path)
        if place.path == NULL:
            return ""
        if place.in_tree is None:
            raise FileError(errno.EISDIR)
        with self._files.lock:
            opened = self._files.open(place.in_tree)
            try:
                if getattr(opened, "stream", False):
                    self._note(
                        f"{path} tells what happens while time passes, and time stands while it is read: use perf"
                    )
                    return ""
                parts: list[bytes] = []
                while part := opened.read(_PART, sum(map(len, parts))):
                    parts.append(part)
            finally:
                opened.close()
        return b"".join(parts).decode("utf-8", errors="surrogateescape")

    def create(self, path: str) -> OpenFile | None:
        """Open a file for writing, as `>` does; None for one that takes everything.

        Raises:
            FileError: it can't be.
        """
        place = self.find(path)
        if place.path == NULL:
            return None
        if place.in_tree is None:
            raise FileError(errno.EISDIR if place.stat else errno.EROFS)
        return self._files.create(place.in_tree)

    def _step(self, at: str, name: str) -> tuple[str, Stat | None]:
        if name == "..":
            above = at.rpartition("/")[0] or "/"
            return above, self._stat(above)
        below = f"{at.rstrip('/')}/{name}"
        stat = self._stat(below)
        for meant in _meant(at.rpartition("/")[2], name) if stat is None else ():
            other = f"{at}/{meant}"
            if at.startswith(f"{SYSFS}/") and (found := self._stat(other)) is not None:
                self._note_once(f"there is no {below}: {meant} is its name, and is used")
                return other, found
        return below, stat

    def _stat(self, path: str) -> Stat | None:
        """What is at an absolute path without `.` and `..`."""
        if path in _TOP:
            return _DIRECTORY
        if path == NULL:
            return Stat(False, 0o666, 0)
        place = Place(path, None)
        if place.in_tree is None:
            return None
        try:
            return self._files.stat(place.in_tree)
        except FileError as error:
            if error.code in (errno.ENOENT, errno.ENOTDIR):
                return None
            raise

    def _explain(self, path: str, at: str) -> None:
        if (at == DEBUGFS or at.startswith(f"{DEBUGFS}/")) and not self._kernel.has(Feature.DEBUGFS):
            self._note(f"{path}: {_where_debugfs_is(self._kernel)}")

    def _note_once(self, sentence: str) -> None:
        if sentence not in self._noted:
            self._noted.add(sentence)
            self._note(sentence)


def _meant(directory: str, name: str) -> tuple[str, ...]:
    """What a name of the kernel document of Linux 6.0 may be meant to be, in a directory."""
    meant = {
        "nr": (f"nr_{directory}",),
        "pid": ("pid_target",),
        "target_pid": ("pid_target",),
        "monitor_on": ("monitor_on_DEPRECATED",),
    }
    return meant.get(name, (name.removesuffix("s"),) if name.endswith("s") else ())


def _where_debugfs_is(kernel: Kernel) -> str:
    """A sentence about the releases that have debugfs files."""
    chosen = [name for name in KERNELS if release(name).has(Feature.DEBUGFS)]
    named = f"{', '.join(chosen[:-1])} or {chosen[-1]}" if len(chosen) > 1 else "".join(chosen)
    last = Feature.DEBUGFS.last
    if last is not None and RELEASES.index(kernel.name) > RELEASES.index(last):
        return f"debugfs ended with Linux {last}, and this is {kernel.name}: start with --kernel {named}"
    return f"Linux {kernel.name} has no debugfs files: start with --kernel {named}"
