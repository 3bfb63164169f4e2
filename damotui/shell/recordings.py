"""What `perf record` of a shell records, and keeps for `perf script`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from damotui.shell.jobs import Job
from engine.engine import Engine
from engine.events import Event
from engine.trace import Lost, TraceReader, lines

MOST = 4_000_000
"""Lines of one recording."""


@dataclass(slots=True)
class Recording:
    """Events, in the order in which they happened."""

    events: list[Event | Lost] = field(default_factory=list)
    samples: int = 0
    """How many lines they make."""
    full: bool = False
    """Whether there was no room for more."""

    def add(self, event: Event | Lost) -> None:
        """Take an event in, if there is room."""
        if isinstance(event, Lost):
            self.events.append(event)
        elif self.samples + event.count > MOST:
            self.full = True
        else:
            self.events.append(event)
            self.samples += event.count

    def text(self) -> Iterator[str]:
        """Lines of `perf script`, with their ends."""
        for event in self.events:
            for line in [event.line] if isinstance(event, Lost) else lines(event):
                yield f"{line}\n"


class Recordings:
    """All that were made, by the file that they would be in."""

    def __init__(self) -> None:
        self._by_path: dict[str, Recording] = {}

    def begin(self, path: str) -> Recording:
        """A new one, in place of what was there."""
        recording = self._by_path[path] = Recording()
        return recording

    def find(self, path: str) -> Recording | None:
        """The one of a file."""
        return self._by_path.get(path)

    @property
    def paths(self) -> list[str]:
        """Of all files."""
        return sorted(self._by_path)


class Recorder(Job):
    """`perf record`, as a process.

    Args:
        pid: its number.
        reader: what it listens to; closed at its end.
        recording: where it puts what happens.
        engine: tells the time.
        ends_us: when the command that it runs along with ends; None without one.
    """

    frequent = True

    def __init__(
        self, pid: int, reader: TraceReader, recording: Recording, engine: Engine, ends_us: int | None
    ) -> None:
        super().__init__(pid, "perf")
        self.recording = recording
        self._reader = reader
        self._engine = engine
        self.ends = ends_us is not None
        self._ends_us = math.inf if ends_us is None else ends_us

    def look(self) -> bool:
        """Take in what happened."""
        for event in self._reader.take_events():
            if isinstance(event, Lost) or event.at.time_us <= self._ends_us:
                self.recording.add(event)
        over = self.recording.full or self._engine.now_us >= self._ends_us
        if over:
            self._reader.close()
        return not over

    def end(self, signal: str) -> None:
        """What was recorded until then is kept."""
        self.look()
        self._reader.close()
