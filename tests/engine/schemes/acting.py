"""Schemes that act, and what became of the memory that they acted on."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from engine.config.model import AccessPattern, AddrRange, Range, Scheme, Target
from engine.damos.walk import Tried
from engine.engine import Engine
from engine.machine.extents import COUNTS, PLACE
from engine.machine.space import Space
from engine.snapshot import MachineStatus, ProcessStatus
from tests.engine.make import MIB, workload

ANY = 2**32 - 1
SIZES = (0, 2**64 - 1)

HALF_COLD = workload(
    {"hot": 64 * MIB, "cold": 64 * MIB},
    (500, [("hot", False, 4096, 1), ("cold", False, 4096, 1)]),
    (1_000_000, [("hot", False, 4096, 1)]),
    batch=90,
)
"""All is touched in the first half second, and only one half from then on."""


def scheme(
    action: str,
    nr: tuple[int, int] = (0, ANY),
    age: tuple[int, int] = (0, ANY),
    sz: tuple[int, int] = SIZES,
    **more: Any,
) -> Scheme:
    """A scheme for all regions, unless something else is said."""
    return Scheme(action, AccessPattern(Range(*sz), Range(*nr), Range(*age)), **more)


def cold(action: str, age: int = 5, **more: Any) -> Scheme:
    """A scheme for regions that no sample found accessed for `age` aggregations."""
    return scheme(action, (0, 0), (age, ANY), **more)


def hot(action: str, age: int = 0, **more: Any) -> Scheme:
    """A scheme for regions that at least half of the samples found accessed."""
    return scheme(action, (10, ANY), (age, ANY), **more)


def space_of(system: Engine, pid: int) -> Space:
    """The address space of a process."""
    return system.machine.processes[pid].space


def pages(system: Engine, pid: int, region: int, column: str) -> int:
    """How many pages of a masim region are in a state."""
    space = space_of(system, pid)
    low, high = space.model.spans[region]
    extents = space.extents
    inside = (extents.start >= low // 4096) & (extents.end <= -(-high // 4096))
    return int(getattr(extents, column)[inside].sum())


def process(system: Engine, pid: int) -> ProcessStatus:
    """A process as it is now."""
    return next(p for p in system.snapshot().processes if p.pid == pid)


def machine(system: Engine) -> MachineStatus:
    """The machine as it is now."""
    shown = system.snapshot().machine
    assert shown is not None
    return shown


def ram(system: Engine, unit: int = 1) -> Target:
    """All physical memory, in units of addresses."""
    low, high = system.machine.system_ram
    return Target(None, (AddrRange(low // unit, high // unit),))


def asked(system: Engine, index: int = 0, within_us: int = 100_000) -> list[Tried]:
    """What each scheme tries in its next turn."""
    walk = system.tried_regions(index)
    system.advance(within_us)
    assert not walk.cancelled
    return [walk.results[i] for i in sorted(walk.results)]


def page_state(system: Engine) -> list[tuple[object, ...]]:
    """Every column of every process' page state, and its clock: equal only if nothing differs."""
    return [
        (
            pid,
            process.space.clock.work_at(system.now_us),
            *astuple(process.space.account),
            *(getattr(process.space.extents, name).tobytes() for name in (*PLACE, *COUNTS)),
        )
        for pid, process in system.machine.processes.items()
    ]
