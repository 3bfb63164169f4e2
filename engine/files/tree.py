"""Operations on paths, with the answers of the kernel's virtual file systems."""

from __future__ import annotations

import errno
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.files.errors import FileError
from engine.files.nodes import About, Directory, Node, OpenFile

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Stat:
    """What `stat` says."""

    directory: bool
    mode: int
    """Permissions, without the type."""
    size: int


class FileTree:
    """All files under one directory. Paths have no leading slash; the root is the empty one, or `.`.

    Args:
        root: the directory.
        lock: held during every operation, and by whoever lets time pass; open files must be used with it held.
    """

    def __init__(self, root: Directory, lock: threading.RLock) -> None:
        self.root = root
        self.lock = lock

    def node(self, path: str) -> Node:
        """What stands at `path`.

        Raises:
            FileError: ENOENT or ENOTDIR.
        """
        node: Node = self.root
        for name in _steps(path):
            if not isinstance(node, Directory):
                raise FileError(errno.ENOTDIR)
            found = node.entries().get(name)
            if found is None:
                raise FileError(errno.ENOENT)
            node = found
        if path.endswith("/") and not isinstance(node, Directory):
            raise FileError(errno.ENOTDIR)
        return node

    def stat(self, path: str) -> Stat:
        """Type, permissions and size."""
        with self.lock:
            node = self.node(path)
            if isinstance(node, Directory):
                return Stat(True, node.mode, 0)
            return Stat(False, node.mode, node.size)

    def about(self, path: str) -> About:
        """What the file or directory is for."""
        with self.lock:
            return self.node(path).about

    def list(self, path: str) -> list[str]:
        """Names in a directory, sorted.

        Raises:
            FileError: ENOTDIR if it is a file.
        """
        with self.lock:
            node = self.node(path)
            if not isinstance(node, Directory):
                raise FileError(errno.ENOTDIR)
            return sorted(node.entries())

    def walk(self, path: str = "") -> Iterator[str]:
        """Paths of all files and directories below `path`, in order of name, directories before what is in them.

        What goes away meanwhile is passed over.
        """
        with self.lock:
            names = self.list(path) if self.stat(path).directory else []
        for name in names:
            below = f"{path}/{name}" if path not in ("", ".") else name
            yield below
            try:
                yield from self.walk(below)
            except FileError as error:
                if error.code not in (errno.ENOENT, errno.ENOTDIR):
                    raise

    def open(self, path: str, *, write: bool = False) -> OpenFile:
        """Open a file.

        Raises:
            FileError: EISDIR; EACCES where its permissions don't allow that (not even to root).
        """
        with self.lock:
            node = self.node(path)
            if isinstance(node, Directory):
                raise FileError(errno.EISDIR)
            return node.open(write=write)

    def create(self, path: str) -> OpenFile:
        """Open a file for writing that is made if it isn't there; here none ever is (EACCES)."""
        with self.lock:
            try:
                return self.open(path, write=True)
            except FileError as error:
                if error.code != errno.ENOENT:
                    raise
            self._parent(path)
            raise FileError(errno.EACCES, "files come and go by writing to nr_* files only")

    def change(self, path: str, *, exists: bool) -> None:
        """Refuse to make (`exists` is False) or to remove a name: EPERM, unless its place says otherwise."""
        with self.lock:
            parent = self._parent(path)
            name = _steps(path)[-1] if _steps(path) else ""
            there = name in parent.entries()
            if exists and not there:
                raise FileError(errno.ENOENT)
            if not exists and there:
                raise FileError(errno.EEXIST)
            raise FileError(errno.EPERM, "files come and go by writing to nr_* files only")

    def _parent(self, path: str) -> Directory:
        above = self.node("/".join(_steps(path)[:-1]))
        if not isinstance(above, Directory):
            raise FileError(errno.ENOTDIR)
        return above


def _steps(path: str) -> list[str]:
    """The names of a path, with `.` and `..` worked out."""
    steps: list[str] = []
    for name in path.split("/"):
        if name == "..":
            del steps[-1:]
        elif name not in ("", "."):
            steps.append(name)
    return steps
