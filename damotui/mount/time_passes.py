"""The thread in which the time of a mounted machine passes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from damotui.pacer.clock import Clock, Slice

if TYPE_CHECKING:
    from engine.system import System

_REST_S = 0.02
"""How long the thread rests when nothing is due."""
_BREATH_S = 0.0002
"""Between two slices: without it, the thread would take the lock back before anyone else could."""
_LONGEST_US = 200_000


class TimePasses:
    """Keeps the time of a machine at wall-clock time × speed, in slices of a few milliseconds, and its lock no longer.

    Args:
        system: whose time it is.
        speed: simulated seconds per second; infinite for as fast as it goes.
        writes: how many writes there have been: after one, a slice may take much longer than before.
        failed: is called with an error of the engine, in the thread; time stands from then on.
    """

    def __init__(
        self, system: System, speed: float, writes: Callable[[], int], failed: Callable[[Exception], None]
    ) -> None:
        self._system = system
        self._clock = Clock(speed)
        self._slice = _first_slice()
        self._writes = writes
        self._seen = 0
        self._failed = failed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="damotui-engine", daemon=True)

    def start(self) -> None:
        """Let time pass from now on."""
        self._clock.anchor(time.monotonic(), self._system.engine.now_us)
        self._thread.start()

    def stop(self) -> None:
        """Let time stand."""
        self._stopping.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread."""
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._pass())
        except Exception as error:
            self._failed(error)

    def _pass(self) -> float:
        """Let what is due pass, or a part of it, and give the seconds to rest."""
        if self._writes() != self._seen:
            self._seen, self._slice = self._writes(), _first_slice()
        with self._system.lock:
            before_s = time.monotonic()
            engine = self._system.engine
            due_us = self._clock.due_us(before_s, engine.now_us, busy=engine.any_running())
            part_us = min(due_us, self._slice.us)
            if part_us <= 0:
                return _REST_S
            self._system.advance(part_us)
            self._slice.learn(part_us, time.monotonic() - before_s)
        return _BREATH_S if part_us < due_us else _REST_S


def _first_slice() -> Slice:
    return Slice(most_us=_LONGEST_US)
