"""The machine as it is shown: what schemes have won, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from damotui.session.gauge import Gauge
from damotui.session.meter import Meter
from engine.snapshot import MachineStatus, Snapshot


@dataclass(frozen=True, slots=True)
class MachineView:
    """The newest figures, and how they came about; series are oldest first."""

    status: MachineStatus
    free_permil: int
    refaults_per_s: float
    slowdown: float
    """The greatest among the processes that a kdamond looks at: 0.25 for a quarter longer."""
    slowest: str
    """Name and pid of the process that has it; empty without any."""
    saved: tuple[float, ...]
    refaults: tuple[float, ...]
    """Per second."""
    slowdowns: tuple[float, ...]
    psi: tuple[float, ...]
    """Shares of time in which some process waited for memory."""


class MachineMeters:
    """Follows the machine."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._saved = Gauge()
        self._refaults = Meter()
        self._psi = Meter()
        self._slowdowns: dict[int, Gauge] = {}

    def feed(self, snapshot: Snapshot) -> None:
        """Take note of a moment."""
        self._snapshot, machine = snapshot, snapshot.machine
        if machine is None:
            return
        self._saved.feed(snapshot.time_us, machine.saved_bytes)
        self._refaults.feed(snapshot.time_us, machine.refaults)
        self._psi.feed(snapshot.time_us, machine.psi_some_us)
        gauges = {process.pid: self._slowdowns.get(process.pid) or Gauge() for process in snapshot.processes}
        self._slowdowns = gauges
        for process in snapshot.processes:
            gauges[process.pid].feed(snapshot.time_us, process.slowdown)

    def view(self, pids: Iterable[int] | None) -> MachineView | None:
        """What is to be shown beside a kdamond that looks at these processes, or at all; None if nothing is known."""
        snapshot = self._snapshot
        if snapshot is None or snapshot.machine is None:
            return None
        wanted = None if pids is None else set(pids)
        processes = [p for p in snapshot.processes if (p.pid in wanted if wanted is not None else p.running)]
        slowest = max(processes, key=lambda p: (p.running, p.slowdown), default=None)
        return MachineView(
            status=snapshot.machine,
            free_permil=snapshot.free_bytes * 1000 // max(snapshot.memory_bytes, 1),
            refaults_per_s=self._refaults.per_s,
            slowdown=slowest.slowdown if slowest else 0.0,
            slowest=f"{slowest.name} {slowest.pid}" if slowest else "",
            saved=self._saved.series,
            refaults=self._refaults.series,
            slowdowns=self._slowdowns[slowest.pid].series if slowest else (),
            psi=tuple(us / 1e6 for us in self._psi.series),
        )
