"""What crosses from the engine's thread to the user interface, and the slot that it crosses through."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from damotui.pacer.requests import Outcome
from damotui.pacer.watched import FilesSeen, LinesSeen, joined
from engine.snapshot import Aggregation, Snapshot

MAX_AGGREGATIONS = 4_096
"""Aggregations that a frame holds at most; the oldest are dropped, and counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error inside the engine. The engine is paused, and the user decides how to go on."""

    message: str
    """One line: the type and text of the exception."""
    detail: str
    """The traceback."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Everything new since the frame before it."""

    snapshot: Snapshot | None
    """The engine as of now; None while there is none."""
    aggregations: tuple[Aggregation, ...] = ()
    """Those since the last frame, oldest first."""
    truths: tuple[Aggregation, ...] = ()
    """What a perfect monitor would have found in them (see `engine.truth`), as far as it is watched."""
    dropped: int = 0
    """How many more there were, before them."""
    outcomes: tuple[Outcome, ...] = ()
    fault: Fault | None = None
    generation: int = 0
    """Counts the engines: when it grows, simulated time starts again at 0, and what is known of the past is void."""
    paused: bool = False
    speed: float = 1.0
    """As asked for; infinite for as fast as it goes."""
    achieved: float = 0.0
    """Simulated seconds per second, lately."""
    files: FilesSeen | None = None
    """What is watched of files; None if nothing is."""
    lines: LinesSeen | None = None
    """Lines of events since the last frame; None if none are asked for."""


def merge(old: Frame, new: Frame) -> Frame:
    """One frame in place of two that follow each other."""
    outcomes = old.outcomes + new.outcomes
    fault = new.fault or old.fault
    lines = joined(old.lines, new.lines)
    if new.generation != old.generation:
        return replace(new, outcomes=outcomes, fault=fault, lines=lines)
    aggregations = old.aggregations + new.aggregations
    excess = max(0, len(aggregations) - MAX_AGGREGATIONS)
    return replace(
        new,
        aggregations=aggregations[excess:],
        truths=(old.truths + new.truths)[-MAX_AGGREGATIONS:],
        dropped=old.dropped + new.dropped + excess,
        outcomes=outcomes,
        fault=fault,
        lines=lines,
    )


class Mailbox:
    """One slot: the writer never waits, the reader finds the newest frame, holding all since the one it last took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: Frame | None = None

    def put(self, frame: Frame) -> None:
        """Lay a frame into the slot, merged with the one that was not taken yet."""
        with self._lock:
            self._frame = frame if self._frame is None else merge(self._frame, frame)

    def take(self) -> Frame | None:
        """Empty the slot."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame
