"""How much simulated time is due, from wall-clock time and speed. No thread and no sleep: pure arithmetic."""

from __future__ import annotations

import math
from collections import deque

SPEEDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, math.inf)
"""Simulated seconds per second, as offered; infinite means as fast as it goes."""

_MAX_LAG_S = 0.1
_MEMORY = 0.9


def next_speed(speed: float, steps: int) -> float:
    """The offered speed `steps` above (below, if negative) the one next to `speed`."""
    if steps > 0:
        above = [s for s in SPEEDS if s > speed]
        return above[min(steps, len(above)) - 1] if above else SPEEDS[-1]
    below = [s for s in reversed(SPEEDS) if s < speed]
    return below[min(-steps, len(below)) - 1] if below else SPEEDS[0]


class Clock:
    """Keeps simulated time at wall-clock time × speed, from the moment of the last `anchor`.

    An engine that can't keep up is not owed what it missed: the lag is forgotten above 0.1 s.
    """

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._wall_s = 0.0
        self._sim_us = 0.0

    def anchor(self, wall_s: float, sim_us: int) -> None:
        """Let nothing be due at this moment."""
        self._wall_s, self._sim_us = wall_s, sim_us

    def due_us(self, wall_s: float, sim_us: int, *, busy: bool = True) -> int:
        """Microseconds of simulated time that are due; a great number at infinite speed.

        As fast as it goes means nothing while there is nothing to do (not `busy`): time then passes at 1×.
        """
        if math.isinf(self.speed) and busy:
            self.anchor(wall_s, sim_us)
            return 1 << 62
        per_s = 1e6 if math.isinf(self.speed) else self.speed * 1e6
        due = self._sim_us + (wall_s - self._wall_s) * per_s - sim_us
        if due > _MAX_LAG_S * per_s:
            due = _MAX_LAG_S * per_s
            self.anchor(wall_s - _MAX_LAG_S, sim_us)
        return max(0, int(due))


class Slice:
    """How much simulated time the engine can do within a few milliseconds, learnt from what it took before."""

    def __init__(self, wall_s: float = 0.003, least_us: int = 1_000, most_us: int = 1_000_000) -> None:
        self.us = least_us
        self._wall_s, self._least_us, self._most_us = wall_s, least_us, most_us
        self._spent_s = self._done_us = 0.0

    def learn(self, duration_us: int, wall_s: float) -> None:
        """Take note that `duration_us` of simulated time took `wall_s` seconds.

        Most of the work is done at events. A single slice therefore says little: the last dozen together count.
        """
        self._spent_s = self._spent_s * _MEMORY + wall_s
        self._done_us = self._done_us * _MEMORY + duration_us
        if self._spent_s > 0:
            fitting = int(self._done_us * self._wall_s / self._spent_s)
            self.us = min(self._most_us, max(self._least_us, min(fitting, 2 * self.us)))


class Achieved:
    """Simulated seconds per second over the last second."""

    def __init__(self, span_s: float = 1.0) -> None:
        self._span_s = span_s
        self._marks: deque[tuple[float, int]] = deque()

    def clear(self) -> None:
        """Forget everything, after a pause or at another speed."""
        self._marks.clear()

    def note(self, wall_s: float, sim_us: int) -> float:
        """Take note of a moment, and give the speed up to it; 0 while there is only one."""
        marks = self._marks
        marks.append((wall_s, sim_us))
        while len(marks) > 2 and wall_s - marks[1][0] >= self._span_s:
            marks.popleft()
        (first_s, first_us), (last_s, last_us) = marks[0], marks[-1]
        return (last_us - first_us) / 1e6 / (last_s - first_s) if last_s > first_s else 0.0
