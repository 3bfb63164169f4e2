"""Whether the terminal has taken what was written to it.

Textual hands each frame to a thread that writes it, over a queue of 30, and never drops one: over a slow line the
frames pile up, and a key is answered seconds later. There is no public way to see that queue, so this module, and only
this one, looks at private attributes; where they are missing it says so, and the caller falls back to a fixed rate.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

FALLBACK_FPS = 10
"""Frames a second while it isn't known what the terminal has taken."""


def pending_writes(app: App[object]) -> int | None:
    """Frames that wait to be written to the terminal; None if that can't be known."""
    queue = getattr(getattr(getattr(app, "_driver", None), "_writer_thread", None), "_queue", None)
    qsize = getattr(queue, "qsize", None)
    return None if qsize is None else int(qsize())


class FrameGate:
    """Lets a frame pass when the terminal has taken the one before.

    Args:
        fallback_fps: Frames a second while that isn't known.
    """

    def __init__(self, fallback_fps: float = FALLBACK_FPS) -> None:
        self._interval = 1 / fallback_fps
        self._next = 0.0

    def is_open(self, app: App[object]) -> bool:
        """Whether a frame would be written at once. Without a terminal (headless) it always would."""
        if app.is_headless:
            return True
        pending = pending_writes(app)
        return monotonic() >= self._next if pending is None else pending == 0

    def passed(self) -> None:
        """Notes that a frame was made."""
        self._next = monotonic() + self._interval


SPAN_S = 1.0
"""How long frames are counted before it is told how many a terminal takes."""
_PATIENCE = 0.2
"""Share of the frames that may be refused in that time without a terminal being called slow."""


class LinkMeter:
    """How many frames a slow terminal takes.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began_s = clock()
        self._taken = self._refused = 0
        self.frames_per_s: int | None = None
        """Frames that it takes a second, of all that were due; None while it is not slow."""

    def note(self, taken: bool) -> None:
        """Count a frame that was due: whether the terminal was ready for it."""
        elapsed_s = self._clock() - self._began_s
        if elapsed_s >= SPAN_S:
            slow = self._refused > _PATIENCE * (self._taken + self._refused)
            self.frames_per_s = round(self._taken / elapsed_s) if slow else None
            self._began_s += elapsed_s
            self._taken = self._refused = 0
        if taken:
            self._taken += 1
        else:
            self._refused += 1
