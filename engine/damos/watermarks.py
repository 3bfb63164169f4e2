"""When a scheme is active: its watermarks over a metric of the machine (section 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.config.model import Watermarks
from engine.damos.goals import Metrics


@dataclass(slots=True)
class WatermarkState:
    """Whether a scheme is active; between `mid` and `high` it stays what it was."""

    config: Watermarks
    active: bool = True

    def commit(self, config: Watermarks) -> None:
        """Take over new watermarks; the scheme is active until they are looked at."""
        self.config = config
        self.active = True

    def check(self, free_mem_rate: int) -> int:
        """Look at the metric, in permil, and return how long to wait in microseconds: 0 if the scheme is active."""
        marks = self.config
        if marks.metric == "none":
            self.active = True
            return 0
        if free_mem_rate > marks.high or free_mem_rate < marks.low:
            self.active = False
        elif free_mem_rate < marks.mid:
            self.active = True
        return 0 if self.active else marks.interval_us


def free_mem_rate(metrics: Metrics) -> int:
    """Free memory in permil of all memory."""
    memory = metrics.memory()
    return memory.free * 1_000 // memory.total if memory.total else 0


def wait_us(states: Iterable[WatermarkState], metrics: Metrics) -> int:
    """Look at the watermarks of all schemes of a context, and return how long its kdamond sleeps.

    0 if any scheme is active, or there are none: it then goes on, and passes over those that are inactive.
    """
    rate = None
    waits = []
    for state in states:
        if rate is None and state.config.metric != "none":
            rate = free_mem_rate(metrics)
        waits.append(state.check(rate or 0))
    return min(waits, default=0)
