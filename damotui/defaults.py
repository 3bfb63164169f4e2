"""What is monitored when a user doesn't say."""

from __future__ import annotations

from engine.config.model import Context, Intervals, Kdamond, Target

DEFAULT_UPDATE_US = 1_000_000
"""damo's own. The kernel's default of a minute outlasts most workloads here."""


def default_kdamonds() -> tuple[Kdamond, ...]:
    """One kdamond that monitors the process of the workload, and does nothing about what it finds."""
    intervals = Intervals(update_us=DEFAULT_UPDATE_US)
    return (Kdamond(contexts=(Context(ops="vaddr", intervals=intervals, targets=(Target(),)),)),)
