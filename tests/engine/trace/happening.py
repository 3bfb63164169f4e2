"""Events made up by hand, and a system in which all kinds of them happen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.config.model import Intervals, IntervalsGoal, Kdamond, Quotas, Target
from engine.engine import Engine
from engine.events import Aggregated, BeforeApply, EszChanged, Event, IntervalsTuned, Occasion, StatAfterApply
from engine.snapshot import SchemeStats
from engine.versions import Feature
from tests.engine.make import engine, kdamond
from tests.engine.running import pid_of, with_context
from tests.engine.schemes.acting import HALF_COLD, scheme
from tests.recordings import aggregation

AT = Occasion(kdamond=0, name="kdamond.0", pid=501, time_us=12_345_678)
MIB = 1 << 20


def aggregated(*sizes: int, at: Occasion = AT) -> Aggregated:
    """Targets with so many regions, which count and age as their index says."""
    rows = [(target, (target << 40) + i * MIB, (target << 40) + (i + 1) * MIB, i, 100 + i)
            for target, size in enumerate(sizes) for i in range(size)]  # fmt: skip
    return Aggregated(at, aggregation(rows))


def before_apply(*rows: tuple[int, int, int, int, int, int, int], at: Occasion = AT) -> BeforeApply:
    """Rows of (scheme, target, nr_regions, start, end, nr_accesses, age)."""
    scheme, target, nr_regions, start, end, nr_accesses, age = (np.array(column) for column in zip(*rows, strict=True))
    return BeforeApply(at, scheme, target, nr_regions, start.astype(np.uint64), end.astype(np.uint64), nr_accesses, age)


ALL_KINDS: Sequence[Event] = (
    aggregated(2, 1),
    before_apply((1, 0, 11, 4096, 2**64 - 4096, 20, 7)),
    IntervalsTuned(AT, 80_000),
    EszChanged(AT, 3, 2**64 - 1),
    StatAfterApply(AT, 2, SchemeStats(1, 2, 3, 4, 5, 6, 7)),
)


def acting(kernel: str, *, tuned: bool = True) -> tuple[Engine, Kdamond]:
    """A system, and a kdamond for it whose scheme pages out under a quota while its intervals are tuned."""
    system = engine(kernel)
    pid = pid_of(system, HALF_COLD, loop=True)
    quota = Quotas(time_ms=1, sz_bytes=3 * MIB, reset_interval_ms=300)
    config = kdamond(Target(pid), schemes=[scheme("pageout", nr=(0, 5), quotas=quota), scheme("stat")])
    if tuned and system.kernel.has(Feature.INTERVALS_GOAL):
        config = with_context(config, intervals=Intervals(goal=IntervalsGoal(400, 3, 5_000, 40_000)))
    return system, config


def traced(system: Engine) -> list[Event]:
    """The list into which all events of an engine go from now on."""
    events: list[Event] = []
    system.trace(events.append)
    return events
