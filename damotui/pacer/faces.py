"""The files and events of one engine, as they are watched, written to and read. Belongs to the engine's thread."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from damotui.pacer.requests import Outcome, Request, TypeCommands, WatchFiles, WriteFile
from damotui.pacer.watched import FileEntry, FileSeen, FilesSeen, LinesSeen, Written
from engine.config.model import Kdamond
from engine.errors import InputError
from engine.files.errors import FileError
from engine.files.nodes import Directory, File, Node
from engine.files.waiting import Waiting
from engine.system import ADMIN, DEBUG, TRACE, System
from engine.trace import Lost, TraceReader

if TYPE_CHECKING:
    from damotui.pacer.face_shell import FaceShell

LINES_PER_FRAME = 2_000
"""Lines of events that are made into text for one frame."""
_LINES_WAITING = 20_000
"""Lines that may wait to be made into text; the oldest are lost."""
_MOST_NAMES = 20_000
"""Names that are looked at to find some among them."""
_READ_SIZE = 1 << 20


class Faces:
    """What a user sees and does of a system's files and events.

    Args:
        system: with the engine, which must be driven by `advance` from now on.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._roots = [ADMIN, *([DEBUG] if system.debugfs is not None else []), TRACE]
        self._known: tuple[Kdamond, ...] = ()
        """What the sysfs files said when they were last compared."""
        self._waiting: dict[int, WriteFile] = {}
        self._reader: TraceReader | None = None
        self._unread = 0
        self._shell: FaceShell | None = None

    def advance(self, duration_us: int) -> None:
        """Let simulated time pass."""
        self._system.advance(duration_us)
        if self._shell is not None:
            self._shell.time_passed()

    # Files

    def stage(self, kdamonds: tuple[Kdamond, ...]) -> None:
        """Let the files say what is staged."""
        with self._system.lock:
            self._system.sysfs.stage(kdamonds)
            self._known = self._system.sysfs.kdamonds()

    def note_started(self, index: int) -> None:
        """A kdamond was turned on by other means than its file."""
        with self._system.lock:
            self._system.sysfs.note_started(index)

    def write(self, request: WriteFile, tell: Callable[[Outcome], None]) -> None:
        """Write to a file, and tell what the kernel answers: now, or once it has."""
        with suppress(FileError):
            self.begin(request, lambda: self._system.begin_write(request.path, request.text), tell)

    def begin(self, request: WriteFile, write: Callable[[], Waiting], tell: Callable[[Outcome], None]) -> Waiting:
        """Write to a file, as `write` does it, and tell what the kernel answers: now, or once it has.

        Raises:
            FileError: it is refused at once, which is told, too.
        """
        with self._system.lock:
            self._known = self._system.sysfs.kdamonds()
            try:
                waiting = write()
            except FileError as error:
                tell(Outcome(request, written=self._written(0, error)))
                raise
            waited = not waiting.done
            if waited:
                self._waiting[request.ticket] = request

            def answered(waiting: Waiting) -> None:
                self._waiting.pop(request.ticket, None)
                tell(Outcome(request, written=self._answer(waiting, waited=waited)))

            waiting.when_done(answered)
            return waiting

    def type(self, request: TypeCommands, tell: Callable[[Outcome], None], note: Callable[[Request], None]) -> None:
        """Carry out commands; tell what comes of each write and of all, and note what the engine depends on."""
        from damotui.pacer.face_shell import FaceShell

        if self._shell is None:
            self._shell = FaceShell(self, self._system, request.workload)
        self._shell.type(request, tell, note)

    def look(self, watch: WatchFiles) -> FilesSeen:
        """What is watched, as it is now."""
        with self._system.lock:
            if watch.find:
                folders, cut = self._found(watch.find.lower())
            else:
                folders, cut = {}, False
                for path in watch.folders:
                    if (names := self._entries(path)) is not None:
                        folders[path] = names
            return FilesSeen(folders, self._file(watch.selected), frozenset(self._waiting), cut)

    def close(self) -> list[WriteFile]:
        """Stop listening to events; gives the writes that will never be answered."""
        self.trace(None)
        if self._shell is not None:
            self._shell.close()
        return list(self._waiting.values())

    def _answer(self, waiting: Waiting, *, waited: bool) -> Written:
        try:
            return self._written(waiting.result(), None, waited=waited)
        except FileError as error:
            return self._written(0, error, waited=waited)

    def _written(self, count: int, error: FileError | None, *, waited: bool = False) -> Written:
        before, self._known = self._known, self._system.sysfs.kdamonds()
        return Written(
            count=count,
            error=error.words if error else "",
            why=error.why if error else "",
            before=before,
            after=self._known,
            running=frozenset(i for i in range(len(self._known)) if self._system.engine.is_running(i)),
            waited=waited,
        )

    def _node(self, path: str) -> Node | None:
        try:
            return self._system.files.node(path)
        except FileError:
            return None

    def _entries(self, path: str) -> tuple[FileEntry, ...] | None:
        node = self._node(path)
        if not isinstance(node, Directory):
            return None
        names = self._roots if not path else sorted(node.entries(), key=_in_order)
        return tuple(self._entry(_below(path, name), name) for name in names)

    def _entry(self, path: str, name: str) -> FileEntry:
        node = self._node(path)
        if not isinstance(node, File):
            return FileEntry(name, True, 0 if node is None else node.mode)
        text, error = self._text(path, node)
        first = text.partition("\n")[0]
        return FileEntry(name, False, node.mode, first, error.name if error else "")

    def _file(self, path: str) -> FileSeen | None:
        node = self._node(path)
        if not path or node is None:
            return None
        if isinstance(node, Directory):
            return FileSeen(path, True, node.mode, node.about)
        text, error = self._text(path, node)
        if error is None:
            why = "Events come out of it as they happen, and it does not end: the trace screen shows them."
            return FileSeen(path, False, node.mode, node.about, text, why=why if path == TRACE else "")
        return FileSeen(path, False, node.mode, node.about, "", error.words, error.why)

    def _text(self, path: str, node: File) -> tuple[str, FileError | None]:
        """What a file says. The trace is not read: it would have to be listened to."""
        if path == TRACE or not node.mode & 0o400:
            return "", None
        try:
            opened = node.open(write=False)
            try:
                return opened.read(_READ_SIZE, 0).decode("utf-8", errors="replace"), None
            finally:
                opened.close()
        except FileError as error:
            return "", error

    def _found(self, wanted: str) -> tuple[dict[str, tuple[FileEntry, ...]], bool]:
        """All directories on the way to names that hold `wanted`, with nothing else in them."""
        names: dict[str, list[str]] = {}
        budget = _MOST_NAMES
        for path in self._walk(""):
            budget -= 1
            if budget < 0:
                break
            if not path or wanted not in (path if "/" in wanted else _name(path)).lower():
                continue
            while path and _name(path) not in (siblings := names.setdefault(_above(path, self._roots), [])):
                siblings.append(_name(path) if path not in self._roots else path)
                path = _above(path, self._roots)
        folders = {
            above: tuple(
                self._entry(_below(above, name), name)
                for name in sorted(set(there), key=self._roots.index if not above else _in_order)
            )
            for above, there in names.items()
        }
        return folders, budget < 0

    def _walk(self, path: str) -> Iterator[str]:
        yield path
        node = self._node(path)
        if isinstance(node, Directory):
            for name in self._roots if not path else sorted(node.entries(), key=_in_order):
                yield from self._walk(_below(path, name))

    # Events

    def trace(self, events: tuple[str, ...] | None) -> None:
        """Listen to these events from now on, or to none. What was not read of others by then is told as lost."""
        with self._system.lock:
            if self._reader is not None:
                self._unread = self._unread + self._reader.waiting if events else 0
                self._reader.close()
                self._reader = None
            if events:
                try:
                    self._reader = self._system.trace.open(events, _LINES_WAITING)
                except InputError:
                    self._reader = None  # another kernel's: there is nothing to hear

    def lines(self) -> LinesSeen | None:
        """The next lines of events; None while nothing is listened to."""
        if self._reader is None:
            return None
        unread, self._unread = self._unread, 0
        lost = [Lost(unread).line] if unread else []
        return LinesSeen((*lost, *self._reader.read_lines(LINES_PER_FRAME)))

    @property
    def more(self) -> bool:
        """Whether more lines could be had at once."""
        return self._reader is not None and self._reader.waiting > 0

    @property
    def awaits(self) -> bool:
        """Whether a write waits for its answer."""
        return bool(self._waiting)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _below(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _above(path: str, roots: list[str]) -> str:
    return "" if path in roots else path.rpartition("/")[0]


def _in_order(name: str) -> tuple[object, ...]:
    """Numbers by their value, before names."""
    return (0, int(name), "") if re.fullmatch("[0-9]{1,18}", name) else (1, 0, name)
