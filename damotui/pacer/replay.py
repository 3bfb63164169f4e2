"""Doing again what was done: requests at the moments of simulated time at which they were carried out before."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from damotui.pacer.requests import (
    Commit,
    Done,
    Fork,
    Keep,
    KillProcess,
    OpenFiles,
    Request,
    StageFiles,
    StartProcess,
    TurnOff,
    TurnOn,
    WatchFiles,
    WatchTrace,
    WriteFile,
)

RECORDED = (TurnOn, TurnOff, Commit, Fork, Keep, KillProcess, StartProcess, StageFiles, OpenFiles, WriteFile)
"""What an engine's course depends on: the same of these at the same times gives the same bytes."""
_LATER = (StageFiles, WatchFiles, WatchTrace)
"""What waits for the end of a replay: files are opened, and told what is staged, as they were before."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What was asked of an engine from its start up to a moment."""

    done: tuple[Done, ...]
    """In the order in which it was carried out."""
    until_us: int


class Rerun:
    """A replay under way."""

    def __init__(self, replay: Replay) -> None:
        self.until_us = max([replay.until_us, *(done.time_us for done in replay.done[-1:])])
        self._left = deque(replay.done)
        self._later: dict[type, Request] = {}

    @property
    def next_us(self) -> int:
        """When something is to be done again, or the end is reached."""
        return self._left[0].time_us if self._left else self.until_us

    def due(self, now_us: int) -> Request | None:
        """The next request whose time has come."""
        return self._left.popleft().request if self._left and self._left[0].time_us <= now_us else None

    def is_over(self, now_us: int) -> bool:
        """Whether nothing is left to do again, and the end is reached."""
        return not self._left and now_us >= self.until_us

    def puts_off(self, request: Request) -> bool:
        """Keep what is asked for now until the replay has ended, the newest of each kind; False if it need not wait."""
        if not isinstance(request, _LATER):
            return False
        self._later[type(request)] = request
        return True

    @property
    def put_off(self) -> tuple[Request, ...]:
        """What was kept so."""
        return tuple(self._later.values())
