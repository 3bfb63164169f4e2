"""Where files and events are asked for: they are opened with the first question, and again with each new engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from damotui.pacer.requests import (
    OpenFiles,
    Outcome,
    Request,
    StageFiles,
    TypeCommands,
    WatchFiles,
    WatchTrace,
    WriteFile,
)
from damotui.pacer.watched import FilesSeen, LinesSeen
from engine.config.model import Kdamond
from engine.errors import InputError


class FacesLike(Protocol):
    """What is needed of an engine's files and events; `damotui.pacer.faces` has it."""

    def advance(self, duration_us: int) -> None:
        """Let simulated time pass."""

    def stage(self, kdamonds: tuple[Kdamond, ...]) -> None:
        """Let the files say what is staged."""

    def note_started(self, index: int) -> None:
        """A kdamond was turned on by other means than its file."""

    def write(self, request: WriteFile, tell: Callable[[Outcome], None]) -> None:
        """Write to a file, and tell what the kernel answers."""

    def type(self, request: TypeCommands, tell: Callable[[Outcome], None], note: Callable[[Request], None]) -> None:
        """Carry out commands; tell what comes of each write and of all, and note what the engine depends on."""

    def look(self, watch: WatchFiles) -> FilesSeen:
        """What is watched, as it is now."""

    def trace(self, events: tuple[str, ...] | None) -> None:
        """Listen to these events from now on, or to none."""

    def lines(self) -> LinesSeen | None:
        """The next lines of events."""

    @property
    def more(self) -> bool:
        """Whether more lines could be had at once."""

    @property
    def awaits(self) -> bool:
        """Whether a write waits for its answer."""

    def close(self) -> list[WriteFile]:
        """Stop listening; gives the writes that will never be answered."""


_SHARE = 10
"""Looking at files takes no more than one part in this many of the time."""


class FaceDesk:
    """Remembers what is asked for, beyond the engine that it was asked of.

    Args:
        tell: takes what became of writes.
        clock: seconds, to tell for how long files may be shown as they were: thousands of them take long to look at.
            Without it, they are looked at each time.
        note: takes what commands come to, as requests of their own that were carried out.
    """

    def __init__(
        self,
        tell: Callable[[Outcome], None],
        clock: Callable[[], float] | None = None,
        note: Callable[[Request], None] = lambda request: None,
    ) -> None:
        self._tell = tell
        self._note = note
        self._clock = clock
        self._open: Callable[[], FacesLike] | None = None
        self._faces: FacesLike | None = None
        self._staged: StageFiles | None = None
        self._watch: WatchFiles | None = None
        self._trace: WatchTrace | None = None
        self._seen: FilesSeen | None = None
        self._look_s = 0.0
        """When they are to be looked at again."""

    @property
    def faces(self) -> FacesLike | None:
        """The present engine's, if they were opened."""
        return self._faces

    @property
    def staged(self) -> StageFiles | None:
        """What the files were last told."""
        return self._staged

    @property
    def waiting(self) -> bool:
        """Whether a write waits for its answer."""
        return self._faces is not None and self._faces.awaits

    def engine_kept(self, open_faces: Callable[[], FacesLike]) -> None:
        """A branch goes on in place of the engine whose files these are; its own are opened if those were open."""
        was_open = self._faces is not None
        self.engine_made(open_faces, "the other branch was kept")
        if was_open:
            self._opened()

    def engine_made(self, open_faces: Callable[[], FacesLike], because: str = "the engine was begun again") -> None:
        """There is another engine; `open_faces` opens what it has."""
        if self._faces is not None:
            for request in self._faces.close():
                self._tell(Outcome(request, f"the write was not carried out, as {because}"))
        self._faces = self._seen = None
        self._open = open_faces
        if self._watch is not None or self._trace is not None:
            self._opened()

    def takes(self, request: Request) -> bool:
        """Do what is asked, if it is about files or events; False if it is not.

        Raises:
            InputError: there is no engine to write to.
        """
        match request:
            case StageFiles():
                self._seen = None
                self._staged = request
                if self._faces is not None:
                    self._faces.stage(request.kdamonds)
            case OpenFiles(anew):
                if anew and self._open is not None:
                    self.engine_kept(self._open)
                self._opened()
            case WatchFiles():
                self._seen = None
                self._watch = request if request.folders or request.selected or request.find else None
                self._opened()
            case WatchTrace():
                self._trace = request if request.events is not None else None
                if self._faces is not None:
                    self._faces.trace(request.events)
                else:
                    self._opened()
            case WriteFile():
                self._needed().write(request, self._tell)
            case TypeCommands():
                self._needed().type(request, self._tell, self._note)
            case _:
                return False
        return True

    def files(self, *, last: bool) -> FilesSeen | None:
        """What is watched of files.

        Args:
            last: whether nobody may ask again soon, so that it has to be as it is now.
        """
        if self._faces is None or self._watch is None:
            return None
        if self._clock is None:
            return self._faces.look(self._watch)
        began_s = self._clock()
        if self._seen is None or last or began_s >= self._look_s:
            self._seen = self._faces.look(self._watch)
            ended_s = self._clock()
            self._look_s = ended_s + (ended_s - began_s) * (_SHARE - 1)
        return self._seen

    def lines(self) -> LinesSeen | None:
        """The next lines of events."""
        return self._faces.lines() if self._faces is not None else None

    def _needed(self) -> FacesLike:
        """They will change: what was seen of them is old."""
        self._seen = None
        faces = self._opened()
        if faces is None:
            raise InputError("there is no engine yet")
        return faces

    def _opened(self) -> FacesLike | None:
        if self._faces is None and self._open is not None:
            self._faces = self._open()
            if self._staged is not None:
                self._faces.stage(self._staged.kdamonds)
            if self._trace is not None:
                self._faces.trace(self._trace.events)
        return self._faces
