"""The operations sets vaddr, fvaddr and paddr: where DAMON's monitoring meets the machine.

The loop knows targets, regions and shares; only here is it known what they are targets *of*.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from engine.config.fields import OPERATIONS
from engine.config.model import Target
from engine.damos.actor import Actor
from engine.damos.goals import Metrics
from engine.errors import InputError, shown
from engine.machine.actors import PhysicalActor, VirtualActor
from engine.machine.machine import Machine
from engine.machine.metrics import MachineMetrics
from engine.machine.process import NOTHING
from engine.regions.initial import three_ranges
from engine.regions.table import Ranges
from engine.workload.realisation import F64
from engine.workload.touch import Touched


class Operations(Protocol):
    """What monitoring needs of the memory that it monitors."""

    follows_mappings: bool
    """Whether regions are made from, and updated with, what `ranges` says; otherwise the user gives them."""
    of_processes: bool
    """Whether targets are processes: they need a pid, and monitoring ends with the last one."""
    metrics: Metrics
    """What goals and watermarks look at."""

    def ranges(self, target: Target, now_us: int, min_region_sz: int) -> Ranges | None:
        """What a target's regions shall cover now; None where that can not be told."""

    def touched(self, target: Target, edges_us: F64) -> Touched:
        """What of a target's memory is touched in the windows between `edges_us` [k + 1]."""

    def ends_us(self, target: Target) -> float:
        """From when on there is nothing left to monitor of a target."""

    def actor(self, pid_of: Callable[[int], int | None]) -> Actor:
        """What carries out actions of schemes; `pid_of` tells the process of the target with an index."""


class VirtualOperations:
    """vaddr, and with `follows_mappings` off, fvaddr: the address spaces of processes."""

    of_processes = True

    def __init__(self, machine: Machine, *, follows_mappings: bool) -> None:
        self._machine = machine
        self.follows_mappings = follows_mappings
        self.metrics: Metrics = machine.metrics

    def ranges(self, target: Target, now_us: int, min_region_sz: int) -> Ranges | None:
        """The three ranges that hold all mappings of the process but the two largest gaps."""
        process = self._machine.processes.get(target.pid or 0)
        if process is None:
            return None
        return three_ranges([(m.start, m.end) for m in process.mappings_at(now_us)], min_region_sz)

    def touched(self, target: Target, edges_us: F64) -> Touched:
        """What the process touches; nothing if it is a thread of the kernel, or init."""
        process = self._machine.processes.get(target.pid or 0)
        return NOTHING if process is None else process.touched(edges_us)

    def ends_us(self, target: Target) -> float:
        """When the process ends."""
        return self._machine.ends_us(target.pid or 0)

    def actor(self, pid_of: Callable[[int], int | None]) -> Actor:
        """Acts on the address spaces of the targets' processes."""
        return VirtualActor(self._machine.memory, pid_of)


class PhysicalOperations:
    """paddr: the physical memory of the machine."""

    follows_mappings = False
    of_processes = False

    def __init__(self, machine: Machine, addr_unit: int) -> None:
        self._machine = machine
        self._unit = addr_unit
        self.metrics: Metrics = MachineMetrics(machine.memory, addr_unit)

    def ranges(self, target: Target, now_us: int, min_region_sz: int) -> Ranges | None:
        """None: the user names the regions."""
        return None

    def touched(self, target: Target, edges_us: F64) -> Touched:
        """What all processes touch, where it lies in physical memory, in units of the context's addresses."""
        touched = self._machine.touched_physical(edges_us)
        if self._unit == 1:
            return touched
        # A unit is checked by the page that it begins in.
        unit = np.uint64(self._unit)
        one = np.uint64(1)
        start, end = (touched.start + unit - one) // unit, (touched.end + unit - one) // unit
        checked = start < end
        return Touched(start[checked], end[checked], touched.share[:, checked])

    def ends_us(self, target: Target) -> float:
        """Never."""
        return math.inf

    def actor(self, pid_of: Callable[[int], int | None]) -> Actor:
        """Acts on physical memory."""
        return PhysicalActor(self._machine.memory, self._unit)


OperationsMaker = Callable[[int], Operations]
"""Makes an operations set over addresses of which each stands for so many bytes."""


class Registry:
    """The operations sets of a system by their names: the kernel's own, and those that were registered.

    Args:
        machine: what the kernel's own are about.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._added: dict[str, OperationsMaker] = {}

    @property
    def added(self) -> tuple[str, ...]:
        """Names of those that were registered, in that order."""
        return tuple(self._added)

    def register(self, name: str, make: OperationsMaker) -> None:
        """Add an operations set.

        Raises:
            InputError: the name is taken, or none.
        """
        if name in (*OPERATIONS, *self._added) or not name.isidentifier():
            raise InputError(f"{shown(name)} can't be a new operations set: give a word that none of {self._names} is")
        self._added[name] = make

    def make(self, name: str, addr_unit: int) -> Operations:
        """The operations set of that name.

        Args:
            name: which one.
            addr_unit: bytes per unit of its addresses; those of processes are always in bytes.
        """
        if name in self._added:
            return self._added[name](addr_unit)
        if name == "paddr":
            return PhysicalOperations(self._machine, addr_unit)
        return VirtualOperations(self._machine, follows_mappings=name == "vaddr")

    def of_processes(self, name: str) -> bool:
        """Whether the targets of that operations set are processes."""
        return self.make(name, 1).of_processes if name in (*OPERATIONS, *self._added) else True

    @property
    def _names(self) -> str:
        return ", ".join((*OPERATIONS, *self._added))
