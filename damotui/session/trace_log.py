"""Lines of events as they are looked at: a bounded number of them, filtered, and held still if wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from damotui.pacer.watched import TRACED_LINES, LinesSeen

MOST_LINES = TRACED_LINES
_LOST = "PERF_RECORD_LOST lost "


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A line, and the event that it tells of; none where it tells what is missing."""

    text: str
    event: str


class TraceLog:
    """Keeps the newest lines.

    Args:
        events: names of all events that the kernel has.
    """

    def __init__(self, events: Iterable[str]) -> None:
        self.events = tuple(events)
        self.is_open = False
        self.wanted = set(self.events)
        """Events that are collected and shown."""
        self.find = ""
        """Only lines that hold this are shown; empty for all."""
        self.frozen = False
        self.lost = 0
        """Lines that are missing for good, as they came too fast."""
        self.shown: list[TraceLine] = []
        """What passes the filters, oldest first."""
        self.dropped = 0
        """How many of `shown` were dropped at its beginning so far."""
        self.version = 0
        """Grows whenever `shown` has changed otherwise than at its ends."""
        self._lines: list[TraceLine] = []
        self._held: list[TraceLine] = []
        self._note = ""

    @property
    def collected(self) -> tuple[str, ...] | None:
        """What is to be listened to; None for nothing."""
        return tuple(event for event in self.events if event in self.wanted) if self.is_open else None

    @property
    def kept(self) -> int:
        """How many lines there are, shown or not."""
        return len(self._lines)

    @property
    def held(self) -> int:
        """How many lines have come since the view was frozen."""
        return len(self._held)

    def feed(self, seen: LinesSeen) -> None:
        """Take over what a frame brings."""
        new = [_line(text) for text in seen.lines]
        if seen.skipped:
            new.insert(0, _line(f"{_LOST}{seen.skipped}"))
        self.lost += sum(int(line.text[len(_LOST) :]) for line in new if not line.event)
        if not new:
            return
        if self._note:
            new.insert(0, TraceLine(self._note, ""))
            self._note = ""
        if self.frozen:
            self._held += new
            excess = len(self._held) - MOST_LINES
            if excess > 0:
                del self._held[:excess]
        else:
            self._add(new)

    def interrupt(self, note: str) -> None:
        """Have a line say why there is a gap before the next lines, if there are any before it."""
        if self._lines or self._held:
            self._note = note

    def freeze(self, frozen: bool) -> None:
        """Hold what is shown still, or go on with all that has come meanwhile."""
        self.frozen = frozen
        if not frozen:
            held, self._held = self._held, []
            self._add(held)

    def toggle(self, event: str) -> None:
        """Collect and show an event, or do not."""
        self.wanted ^= {event}
        self._filter()

    def search(self, text: str) -> None:
        """Show only lines that hold `text`, in letters of either case."""
        self.find = text
        self._filter()

    def clear(self) -> None:
        """Forget all lines."""
        self._lines, self._held, self._note = [], [], ""
        self.lost = 0
        self._filter()

    def _add(self, new: list[TraceLine]) -> None:
        self._lines += new
        self.shown += [line for line in new if self._passes(line)]
        excess = len(self._lines) - MOST_LINES
        if excess > 0:
            gone = sum(self._passes(line) for line in self._lines[:excess])
            del self._lines[:excess]
            del self.shown[:gone]
            self.dropped += gone

    def _filter(self) -> None:
        self.shown = [line for line in self._lines if self._passes(line)]
        self.version += 1

    def _passes(self, line: TraceLine) -> bool:
        if line.event and line.event not in self.wanted:
            return False
        return not self.find or self.find.lower() in line.text.lower()


def _line(text: str) -> TraceLine:
    """`kdamond.0   501 [000]    12.345678: damon:damon_aggregated: target_id=0 …`."""
    if text.startswith(_LOST):
        return TraceLine(text, "")
    parts = text.split(": ", 2)
    return TraceLine(text, parts[1] if len(parts) == 3 else "")
