"""A process of the simulated machine: an address space and a workload that touches it."""

from __future__ import annotations

import math

import numpy as np

from engine.machine.layout import Layout, lay_out
from engine.snapshot import Mapping, ProcessStatus
from engine.workload import truth
from engine.workload.library import Workload
from engine.workload.realisation import F64, Realisation
from engine.workload.touch import Touched, TouchModel

_NOTHING = Touched(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros((1, 0)))


class Process:
    """One process, from the instant it starts. Times are microseconds of the engine's clock.

    Args:
        pid: its number.
        workload: what it runs.
        loop: whether the workload begins again when it is over; otherwise the process ends then.
        seed: of the workload's own chance.
        started_us: when it starts.
    """

    def __init__(self, pid: int, workload: Workload, *, loop: bool, seed: int, started_us: int) -> None:
        self.pid = pid
        self.workload = workload
        self.started_us = started_us
        self.layout: Layout = lay_out(tuple(region.size for region in workload.config.regions))
        self.realisation = Realisation(
            workload.config, accesses_per_ms=workload.accesses_per_ms, batch=workload.batch, loop=loop, seed=seed
        )
        self.model = TouchModel(self.realisation, self.layout.regions, self.layout.always)
        self._killed_us: int | None = None

    @property
    def ends_us(self) -> float:
        """When it ends or ended; infinite if it loops."""
        natural = self.started_us + self.realisation.duration_us
        if self._killed_us is not None:
            return min(natural, self._killed_us)
        return natural if math.isinf(natural) else math.ceil(natural)

    def kill(self, now_us: int) -> None:
        """End it now, if it still runs."""
        if self.runs_at(now_us):
            self._killed_us = now_us

    def runs_at(self, time_us: int) -> bool:
        """Whether it exists at a time."""
        return self.started_us <= time_us < self.ends_us

    def mappings_at(self, time_us: int) -> tuple[Mapping, ...]:
        """Its mappings in address order; none once it has ended."""
        return self.layout.mappings if self.runs_at(time_us) else ()

    def touched(self, edges_us: F64) -> Touched:
        """What it touches in the windows between `edges_us` [k + 1], in its own addresses."""
        if edges_us[0] >= self.ends_us or edges_us[-1] <= self.started_us:
            return _NOTHING
        if edges_us[-1] > self.ends_us:
            edges_us = np.minimum(edges_us, self.ends_us)
        return self.model.touched(edges_us - self.started_us)

    def rss_bytes(self, time_us: int) -> int:
        """Bytes of its memory that are resident: all that it has touched so far."""
        return int(truth.resident_bytes(self.model, time_us - self.started_us)) if self.runs_at(time_us) else 0

    def status(self, now_us: int) -> ProcessStatus:
        """What is shown of it at the time `now_us`."""
        runs = self.runs_at(now_us)
        plan = self.realisation.phase_at(now_us - self.started_us) if runs else None
        ended = None if now_us < self.ends_us else int(self.ends_us)
        return ProcessStatus(
            pid=self.pid,
            name=self.workload.name,
            running=runs,
            started_us=self.started_us,
            ended_us=ended,
            phase=plan.name if plan else "",
            rss_bytes=self.rss_bytes(now_us),
            mappings=self.mappings_at(now_us),
        )
