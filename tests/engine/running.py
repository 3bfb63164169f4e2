"""A running system to look at: a process that is hot here and cold there, and regions that stay as they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.config.model import Kdamond, Target
from engine.engine import Engine
from engine.snapshot import KdamondStatus
from engine.workload.library import Workload
from tests.engine.make import KIB, MIB, PAGE, kdamond, ranges, workload

BOTH = pytest.mark.parametrize("kernel", ["6.12", "7.1"])

HOT = workload({"a": MIB, "b": MIB}, (1_000_000, [("a", False, 4096, 1)]))
"""All of `a` is touched in each sample, and `b` never."""


def pid_of(system: Engine, load: Workload = HOT, *, loop: bool = False) -> int:
    """The pid of a process that runs `load` from now on."""
    return system.start_process(load, loop=loop)


def status(system: Engine, index: int = 0) -> KdamondStatus:
    """One kdamond as it is now."""
    return next(k for k in system.snapshot().kdamonds if k.index == index)


def page_of(system: Engine, pid: int, region: int) -> int:
    """Address of the first whole page of a masim region."""
    return -(-system.machine.processes[pid].layout.regions[region] // PAGE) * PAGE


def apart(first: int, size: int = 100 * KIB) -> list[tuple[int, int]]:
    """Three ranges of equal size that do not touch: with max_nr_regions 3 they stay as they are."""
    return [(first + i * (size + PAGE), first + i * (size + PAGE) + size) for i in range(3)]


def with_context(config: Kdamond, **changes: Any) -> Kdamond:
    """The same kdamond with changes to its context."""
    return Kdamond((replace(config.contexts[0], **changes),))


def fixed(pid: int, first: int, **more: Any) -> Kdamond:
    """Three regions that never merge, split or move."""
    return kdamond(Target(pid, ranges(*apart(first))), ops="fvaddr", nr_min=3, nr_max=3, **more)
