"""What other threads want a kdamond to do between two of its samples (specification sections 2.3 and 11.4)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from engine.versions import Feature, Kernel


class CallRequest:
    """Something that was asked of a kdamond, and whether it was done."""

    def __init__(self) -> None:
        self.done = False
        """It was carried out, or never will be."""
        self.cancelled = False
        """The kdamond ended before."""
        self._then: list[Callable[[CallRequest], None]] = []

    def when_done(self, call: Callable[[CallRequest], None]) -> None:
        """Call `call` when it is done: now, if it is."""
        if self.done:
            call(self)
        else:
            self._then.append(call)

    def __deepcopy__(self, memo: dict[int, object]) -> CallRequest:
        """Nobody waits for a copy's answer."""
        return CallRequest()

    def finish(self, *, cancelled: bool = False) -> None:
        """It was carried out, or can't be any more."""
        self.done, self.cancelled = True, cancelled
        then, self._then = self._then, []
        for call in then:
            call(self)


@dataclass(frozen=True, slots=True)
class Call:
    """A request with what is to be done."""

    at_us: int
    """When it was made."""
    work: Callable[[], None]
    commits: bool
    """It brings new parameters."""
    request: CallRequest
    foreign: bool = False
    """Who asked for it is no part of the engine."""

    def __deepcopy__(self, memo: dict[int, object]) -> Call:
        """A copy of the engine leaves what others asked for undone."""
        work = _nothing if self.foreign else deepcopy(self.work, memo)
        return Call(self.at_us, work, self.commits, CallRequest(), self.foreign)


def _nothing() -> None:
    """Do nothing."""


class CallQueue:
    """The calls that a kdamond has not carried out yet, oldest first.

    Args:
        kernel: tells when calls are carried out.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._commits_each_tick = kernel.has(Feature.COMMANDS_EACH_TICK)
        self._each_tick = kernel.has(Feature.COMMANDS_AFTER_SAMPLING)
        self._commits_asleep = self._commits_each_tick or not self._each_tick
        self._calls: list[Call] = []

    def add(self, call: Call) -> None:
        """Ask for one more."""
        self._calls.append(call)

    def due_at_tick_us(self) -> int | None:
        """When the oldest call was made that any tick carries out; None if there is none."""
        return next((call.at_us for call in self._calls if self._at_tick(call)), None)

    def first_us(self) -> int | None:
        """When the oldest call was made; None if there is none."""
        return self._calls[0].at_us if self._calls else None

    def take(self, now_us: int, *, aggregated: bool, asleep: bool) -> Call | None:
        """The next call to carry out now.

        Args:
            now_us: the time.
            aggregated: an aggregation has just been completed.
            asleep: watermarks keep the kdamond from sampling.
        """
        for index, call in enumerate(self._calls):
            if call.at_us > now_us:
                break
            if aggregated or (self._commits_asleep or not call.commits if asleep else self._at_tick(call)):
                return self._calls.pop(index)
        return None

    def cancel(self) -> None:
        """The kdamond has ended."""
        calls, self._calls = self._calls, []
        for call in calls:
            call.request.finish(cancelled=True)

    def _at_tick(self, call: Call) -> bool:
        return self._commits_each_tick if call.commits else self._each_tick
