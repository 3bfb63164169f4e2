"""A process of the simulated machine: an address space and a workload that touches it."""

from __future__ import annotations

import math

import numpy as np

from engine.machine.layout import PAGE_SIZE, Layout, lay_out
from engine.machine.memory import Memory
from engine.machine.space import Space
from engine.machine.views import physical_view, virtual_view
from engine.snapshot import Mapping, ProcessStatus
from engine.workload.library import Workload
from engine.workload.realisation import F64, Realisation
from engine.workload.touch import Touched, TouchModel

NOTHING = Touched(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros((1, 0)))
"""What nobody touches."""


class Process:
    """One process, from the instant it starts. Times are microseconds of the engine's clock.

    Args:
        pid: its number.
        workload: what it runs.
        loop: whether the workload begins again when it is over; otherwise the process ends then.
        seed: of the workload's own chance.
        memory: of the machine that it runs on.
        started_us: when it starts.
    """

    def __init__(self, pid: int, workload: Workload, *, loop: bool, seed: int, memory: Memory, started_us: int) -> None:
        self.pid = pid
        self.workload = workload
        self.started_us = started_us
        self.layout: Layout = lay_out(tuple(region.size for region in workload.config.regions))
        self.realisation = Realisation(
            workload.config, accesses_per_ms=workload.accesses_per_ms, batch=workload.batch, loop=loop, seed=seed
        )
        self.model = TouchModel(self.realisation, self.layout.regions, self.layout.always)
        self._memory = memory
        self.space: Space = memory.start(pid, self.layout.mappings, self.model, started_us)

    @property
    def ends_us(self) -> float:
        """When it ended, or will end if nothing more makes it wait; infinite if it loops."""
        return self._memory.ends_us(self.space)

    def kill(self, now_us: int) -> None:
        """End it now, if it still runs."""
        self._memory.stop(self.pid, now_us)

    def runs_at(self, time_us: int) -> bool:
        """Whether it exists at a time."""
        return self.started_us <= time_us < self.ends_us

    def mappings_at(self, time_us: int) -> tuple[Mapping, ...]:
        """Its mappings in address order; none once it has ended."""
        return self.layout.mappings if self.runs_at(time_us) else ()

    def touched(self, edges_us: F64) -> Touched:
        """What it touches in the windows between `edges_us` [k + 1], in its own addresses."""
        if edges_us[0] >= self.ends_us or edges_us[-1] <= self.started_us:
            return NOTHING
        return virtual_view(self.space, edges_us)

    def touched_physical(self, edges_us: F64) -> Touched:
        """The same, in physical addresses."""
        if edges_us[0] >= self.ends_us or edges_us[-1] <= self.started_us:
            return NOTHING
        return physical_view(self.space, edges_us)

    def status(self, now_us: int) -> ProcessStatus:
        """What is shown of it at the time `now_us`; pages as they were at the end of the machine's last step."""
        runs = self.runs_at(now_us)
        space, account = self.space, self.space.account
        plan = self.realisation.phase_at(space.clock.work_at(now_us)) if runs else None
        usage = space.usage()
        ends = self.ends_us
        return ProcessStatus(
            pid=self.pid,
            name=self.workload.name,
            running=runs,
            started_us=self.started_us,
            ended_us=None if now_us < ends or math.isinf(ends) else int(ends),
            phase=plan.name if plan else "",
            rss_bytes=sum(usage.on_node) * PAGE_SIZE if runs else 0,
            mappings=self.mappings_at(now_us),
            swap_bytes=usage.in_swap * PAGE_SIZE if runs else 0,
            first_touches=account.first_touches,
            refaults=account.refaults,
            slowdown=account.slowdown,
            elapsed_us=account.elapsed_us,
            work_us=account.work_us,
            saved_bytes=usage.saved * PAGE_SIZE if runs else 0,
            saved_byte_s=account.saved_byte_s,
        )
