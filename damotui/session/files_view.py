"""The files as they are looked at: what is unfolded, what has just changed, and what was written and answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import monotonic

from damotui.pacer.requests import Outcome, WatchFiles, WriteFile
from damotui.pacer.watched import FileSeen, FilesSeen, Written

FRESH_S = 1.0
"""For how long a value that has changed is shown as such."""
ADMIN = "kernel/mm/damon/admin"
_MOST_WRITES = 50
_MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class FileRow:
    """One line of the list of files."""

    path: str
    depth: int
    label: str
    directory: bool
    mode: int
    text: str = ""
    """The first line of what the file says."""
    error: str = ""
    """Why it can't be read, such as `EBUSY`."""
    expanded: bool = False
    fresh: bool = False
    """Whether it has just changed."""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def expandable(self) -> bool:
        """Whether there may be something below."""
        return self.directory


@dataclass(frozen=True, slots=True)
class FileValue:
    """What a file said at first, or from some moment on."""

    time_us: int
    """Simulated time at which it was seen."""
    text: str


@dataclass(frozen=True, slots=True)
class FileWrite:
    """One thing that was written, and what came of it."""

    ticket: int
    text: str
    """As it was typed."""
    waits: bool = False
    """Whether it waits for a kdamond."""
    written: Written | None = None
    """The kernel's answer; None while there is none."""
    failure: str = ""
    """Why there was none at all."""


class FilesView:
    """What the files screen shows. It knows no widget, and stays as it is while the screen is closed.

    Args:
        clock: seconds, to tell for how long a change is new.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.is_open = False
        self.expanded = {ADMIN, f"{ADMIN}/kdamonds", f"{ADMIN}/kdamonds/0"}
        self.find = ""
        """Only names that hold this are shown; empty for all."""
        self.selected = ADMIN
        self._clock = clock
        self._seen: FilesSeen | None = None
        self._texts: dict[str, str] = {}
        self._changed: dict[str, float] = {}
        self._values: dict[str, deque[FileValue]] = {}
        self._writes: dict[str, list[FileWrite]] = {}

    @property
    def watch(self) -> WatchFiles:
        """What frames are to show."""
        if not self.is_open:
            return WatchFiles()
        return WatchFiles(("", *sorted(self.expanded)), self.selected, self.find)

    @property
    def cut(self) -> bool:
        """Whether not all files could be looked through for what is to be found."""
        return self._seen is not None and self._seen.cut

    @property
    def detail(self) -> FileSeen | None:
        """All about the selected file; None while it is not there."""
        found = self._seen.selected if self._seen else None
        return found if found is not None and found.path == self.selected else None

    def is_fresh(self, path: str) -> bool:
        """Whether a file has just changed."""
        return self._clock() - self._changed.get(path, -FRESH_S) < FRESH_S

    def clear(self) -> None:
        """Other files have come in place of those that were seen."""
        self._texts.clear()
        self._changed.clear()
        self._values.clear()

    def values(self, path: str) -> list[FileValue]:
        """What a file has said while it was in sight, the oldest first; one entry for each change."""
        return list(self._values.get(path, ()))

    def feed(self, seen: FilesSeen, time_us: int) -> None:
        """Take over what a frame shows of this moment of simulated time."""
        now_s = self._clock()
        self._seen = seen
        texts = {
            _below(folder, entry.name): entry.text
            for folder, entries in seen.folders.items()
            for entry in entries
            if not entry.directory
        }
        if seen.selected is not None and not seen.selected.directory:
            texts[seen.selected.path] = seen.selected.text.partition("\n")[0]
        for path, text in texts.items():
            if self._texts.get(path, text) != text:
                self._changed[path] = now_s
            values = self._values.setdefault(path, deque(maxlen=_MOST_VALUES))
            if not values or values[-1].text != text:
                values.append(FileValue(time_us, text))
        self._texts = texts
        self._changed = {path: at_s for path, at_s in self._changed.items() if now_s - at_s < FRESH_S}
        for writes in self._writes.values():
            writes[:] = [
                replace(w, waits=w.ticket in seen.waiting) if w.written is None and not w.failure else w for w in writes
            ]

    def rows(self) -> list[FileRow]:
        """The lines to show, from top to bottom."""
        now_s = self._clock()
        self._changed = {path: at_s for path, at_s in self._changed.items() if now_s - at_s < FRESH_S}
        return list(self._rows("", 0)) if self._seen is not None else []

    def set_expanded(self, path: str, expanded: bool) -> None:
        """Fold or unfold a directory."""
        if expanded:
            self.expanded.add(path)
        else:
            self.expanded.discard(path)

    # Writes

    def writes(self, path: str) -> list[FileWrite]:
        """What was written to a file, the oldest first."""
        return self._writes.get(path, [])

    def note_write(self, path: str, text: str, ticket: int) -> None:
        """Something is being written."""
        writes = self._writes.setdefault(path, [])
        writes.append(FileWrite(ticket, text))
        del writes[:-_MOST_WRITES]

    def note_answer(self, outcome: Outcome) -> None:
        """A write was answered."""
        request = outcome.request
        if isinstance(request, WriteFile):
            writes = self._writes.get(request.path, [])
            writes[:] = [
                replace(w, waits=False, written=outcome.written, failure=outcome.error)
                if w.ticket == request.ticket
                else w
                for w in writes
            ]

    def _rows(self, folder: str, depth: int) -> Iterator[FileRow]:
        assert self._seen is not None
        for entry in self._seen.folders.get(folder, ()):
            path = _below(folder, entry.name)
            opened = entry.directory and (path in self._seen.folders if self.find else path in self.expanded)
            yield FileRow(
                path=path,
                depth=depth,
                label=entry.name,
                directory=entry.directory,
                mode=entry.mode,
                text=entry.text,
                error=entry.error,
                expanded=opened,
                fresh=path in self._changed,
            )
            if opened:
                yield from self._rows(path, depth + 1)


def real_path(path: str) -> str:
    """Where a file is on a real system."""
    return f"/sys/{path}" if path.startswith("kernel/") else path


def permissions(mode: int, *, directory: bool) -> str:
    """`drwxr-xr-x`."""
    letters = "".join(
        letter if mode >> bit & 1 else "-" for bit, letter in zip(range(8, -1, -1), "rwxrwxrwx", strict=True)
    )
    return f"{'d' if directory else '-'}{letters}"


def typed(text: str) -> str:
    r"""What is typed on one line, as it is written: `\n` begins another line, and a newline ends it, as with echo."""
    return text.replace("\\n", "\n") + "\n"


def typable(text: str) -> str:
    """What a file says, on one line."""
    return text.removesuffix("\n").replace("\n", "\\n")


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
