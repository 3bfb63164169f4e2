"""How simulated time passes in a shell: while it sleeps, and while a write waits for the kernel."""

from __future__ import annotations

import time
from collections.abc import Callable

from engine.files.waiting import Waiting
from engine.system import System

_SHORTEST_US = 10_000
_LONGEST_US = 10_000_000
_LIVELY_S = 0.05
"""Real time after which Ctrl-C is heeded."""
_LOOK_US = 100_000
"""Simulated time after which whoever records events looks at them again."""


class Interrupted(Exception):
    """Ctrl-C ended what was going on."""


class Passing:
    """Lets time pass in strides, so that it can be interrupted.

    Args:
        system: whose time it is.
        interrupted: whether Ctrl-C was pressed.
        look: called after each stride.
        advance: lets simulated time pass.
    """

    def __init__(
        self,
        system: System,
        interrupted: Callable[[], bool],
        look: Callable[[], bool],
        advance: Callable[[int], None],
    ) -> None:
        self._system = system
        self._advance = advance
        self._interrupted = interrupted
        self._look = look
        """Returns whether someone has to look often."""

    @property
    def now_us(self) -> int:
        """Simulated time."""
        return self._system.engine.now_us

    def sleep(self, duration_us: int) -> None:
        """Let this much time pass.

        Raises:
            Interrupted: by Ctrl-C, before all of it has passed.
        """
        ends_us = self.now_us + duration_us
        stride_us = _SHORTEST_US
        while self.now_us < ends_us:
            stride_us = self._stride(min(stride_us, ends_us - self.now_us), stride_us)

    def wait(self, waiting: Waiting, patience_us: int) -> bool:
        """Let time pass until a write is carried out; False if it is not after `patience_us`.

        Raises:
            Interrupted: by Ctrl-C, before it was.
        """
        ends_us = self.now_us + patience_us
        while not waiting.done and self.now_us < ends_us:
            self._stride(min(_SHORTEST_US, ends_us - self.now_us), _SHORTEST_US)
        return waiting.done

    def _stride(self, duration_us: int, stride_us: int) -> int:
        """Let time pass, and return how much may pass at once the next time."""
        if self._interrupted():
            raise Interrupted
        began = time.monotonic()
        self._advance(duration_us)
        often = self._look()
        took_s = time.monotonic() - began
        longest_us = _LOOK_US if often else _LONGEST_US
        wanted_us = stride_us * 2 if took_s < _LIVELY_S / 2 else stride_us // 2 if took_s > _LIVELY_S else stride_us
        return max(_SHORTEST_US, min(wanted_us, longest_us))
