"""A bounded buffer between an engine, which never waits, and somebody who reads its events as lines or as values."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from engine.events import Event
from engine.trace.text import lines

LOST_LINE = "PERF_RECORD_LOST lost {}"
"""What stands where lines are missing. `perf script` says it so; of its three words damo's parser takes no notice,
as lines of a trace have more."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Something is missing here, because the reader was slow."""

    count: int
    """Of lines."""

    @property
    def line(self) -> str:
        """The line that says so."""
        return LOST_LINE.format(self.count)


@dataclass(slots=True)
class _Entry:
    event: Event
    lost_before: int = 0
    """Lines that are missing between the entry before and this one."""


class TraceReader:
    """Takes events in, and gives them out once.

    When it is full the oldest events go, each as a whole, so that no aggregation is left with a part of its regions;
    the one that is being read stays, and an event that is larger than the buffer is lost at once. Text is made when
    lines are read. It may be used by another thread than the engine.

    Args:
        capacity: lines that it holds at most; a region is one, at about 50 bytes.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._entries: deque[_Entry] = deque()
        self._waiting = 0
        self._lost_last = 0
        self._lost = 0
        self._read: Event | None = None
        """The event that some lines were taken of."""
        self._at = 0
        """How many."""
        self._on_close: Callable[[], None] | None = None
        self._closed = False

    @property
    def lost(self) -> int:
        """How many lines were lost so far."""
        return self._lost

    @property
    def waiting(self) -> int:
        """How many lines there are to be read, apart from those that say what was lost."""
        return self._waiting

    def put(self, event: Event) -> None:
        """Take an event in; the engine does that."""
        count = event.count
        with self._lock:
            if self._closed:
                return
            if count + self._rest() > self._capacity:
                self._lost += count
                self._lost_last += count
                return
            while self._waiting + count > self._capacity:
                self._drop_oldest()
            self._entries.append(_Entry(event, self._lost_last))
            self._lost_last = 0
            self._waiting += count

    def _rest(self) -> int:
        return self._read.count - self._at if self._read is not None else 0

    def _drop_oldest(self) -> None:
        oldest = self._entries.popleft()
        count = oldest.event.count
        self._waiting -= count
        self._lost += count
        if self._entries:
            self._entries[0].lost_before += oldest.lost_before + count
        else:
            self._lost_last += oldest.lost_before + count

    def read_lines(self, limit: int) -> list[str]:
        """At most `limit` lines, without line ends; none if there is nothing yet.

        Where lines are missing, one line says how many: `PERF_RECORD_LOST lost 120`.
        """
        taken: list[str] = []
        while len(taken) < limit:
            with self._lock:
                part = self._take_part(limit - len(taken))
            if part is None:
                break
            taken += [part.line] if isinstance(part, Lost) else lines(*part)
        return taken

    def _take_part(self, limit: int) -> Lost | tuple[Event, int, int] | None:
        """What comes next: lines of an event, from one up to another."""
        if self._read is None:
            lost = self._take_lost()
            if lost is not None or not self._entries:
                return lost
            self._read, self._at = self._entries.popleft().event, 0
        event, first = self._read, self._at
        stop = min(first + limit, event.count)
        self._waiting -= stop - first
        self._read, self._at = (event, stop) if stop < event.count else (None, 0)
        return event, first, stop

    def _take_lost(self) -> Lost | None:
        if self._entries:
            count, self._entries[0].lost_before = self._entries[0].lost_before, 0
        else:
            count, self._lost_last = self._lost_last, 0
        return Lost(count) if count else None

    def take(self) -> list[str]:
        """All lines that are there."""
        # For each event that waits, at most one line says that others before it are missing.
        return self.read_lines(2 * self._capacity + 1)

    def take_events(self) -> list[Event | Lost]:
        """All that is there as values, instead of as lines; an event that lines were read of already is left out."""
        with self._lock:
            taken: list[Event | Lost] = []
            self._read, self._at, self._waiting = None, 0, 0
            while (lost := self._take_lost()) or self._entries:
                taken.append(lost or self._entries.popleft().event)
            return taken

    def when_closed(self, call: Callable[[], None]) -> None:
        """Call `call` when it is closed."""
        self._on_close = call

    def close(self) -> None:
        """Take nothing in any more, and forget what is there. Closing it again does nothing."""
        with self._lock:
            call, self._on_close = self._on_close, None
            self._closed = True
            self._entries.clear()
            self._read, self._at, self._waiting, self._lost_last = None, 0, 0, 0
        if call is not None:
            call()

    def __enter__(self) -> TraceReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
