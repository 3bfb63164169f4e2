"""What is shown of the engine beside the staged tree: the newest snapshot, and rates worked out from a row of them."""

from __future__ import annotations

from dataclasses import dataclass

from damotui.pacer.frame import Frame
from damotui.session.meter import Meter
from engine.config.model import Scheme, Target
from engine.snapshot import KdamondStatus, ProcessStatus, SchemeStats, Snapshot
from engine.units import format_us

_BIN_US = 500_000
"""What a bar of a sparkline covers, unless schemes are applied more rarely."""


@dataclass(frozen=True, slots=True)
class SchemeLine:
    """A scheme's statistics, with rates in bytes and regions per second of simulated time."""

    index: int
    scheme: Scheme
    stats: SchemeStats
    tried_per_s: float
    applied_per_s: float
    series: tuple[float, ...]
    """Bytes tried per second, oldest first."""
    bin_us: int
    """What one value of the series covers."""


class Live:
    """The engine as last seen. All rates are per second of simulated time."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.generation = 0
        self._checks: dict[int, Meter] = {}
        self._tried: dict[tuple[int, int], Meter] = {}
        self._applied: dict[tuple[int, int], Meter] = {}

    def feed(self, frame: Frame) -> None:
        """Take over what a frame shows."""
        if frame.snapshot is None:
            return
        if frame.generation != self.generation:
            self.generation = frame.generation
            self._checks.clear()
            self._tried.clear()
            self._applied.clear()
        self.snapshot = frame.snapshot
        for status in frame.snapshot.kdamonds:
            self._meter(status, frame.snapshot.time_us)

    @property
    def time_us(self) -> int:
        """Simulated time."""
        return self.snapshot.time_us if self.snapshot else 0

    @property
    def rss_bytes(self) -> int:
        """Resident memory of all processes."""
        return sum(p.rss_bytes for p in self.snapshot.processes if p.running) if self.snapshot else 0

    def status(self, index: int) -> KdamondStatus | None:
        """What the engine says about a kdamond; None if it never ran."""
        kdamonds = self.snapshot.kdamonds if self.snapshot else ()
        return next((status for status in kdamonds if status.index == index), None)

    def process(self, pid: int | None) -> ProcessStatus | None:
        """A process by its pid."""
        processes = self.snapshot.processes if self.snapshot else ()
        return next((process for process in processes if process.pid == pid), None)

    def kdamond_state(self, index: int) -> str:
        """In a word or two."""
        status = self.status(index)
        if status is None:
            return "off"
        if status.running:
            return f"on  pid {status.pid}"
        return "ended" if status.ended_because else "off"

    def ended_because(self, index: int) -> str:
        """Why a kdamond stopped by itself; empty if it did not."""
        status = self.status(index)
        return status.ended_because if status and not status.running else ""

    def nr_regions(self, index: int) -> int | None:
        """Regions now; None unless it runs."""
        status = self.status(index)
        return status.nr_regions if status and status.running else None

    def working_set_bytes(self, index: int) -> int | None:
        """Bytes found accessed in the last aggregation; None unless it runs and has one."""
        status = self.status(index)
        return status.last.working_set_bytes if status and status.running and status.last else None

    def checks_per_s(self, index: int) -> float:
        """Page checks per second."""
        status = self.status(index)
        return self._checks[index].per_s if status and status.running and index in self._checks else 0.0

    def target_pid(self, kdamond: int, target: int, staged: Target) -> int | None:
        """The process that a target stands for: as staged, or the one that the running kdamond has found for it."""
        if staged.pid is not None:
            return staged.pid
        status = self.status(kdamond)
        if status is None or status.config is None or not status.config.contexts:
            return None
        targets = status.config.contexts[0].targets
        return targets[target].pid if target < len(targets) else None

    def target_state(self, kdamond: int, target: int, staged: Target) -> tuple[str, bool]:
        """The process of a target in a few words, and whether it is gone."""
        pid = self.target_pid(kdamond, target, staged)
        if pid is None:
            return "next process", False
        process = self.process(pid)
        if process is None:
            return f"pid {pid}", self.snapshot is not None
        return f"{process.name} {pid}{'' if process.running else ' ended'}", not process.running

    def schemes(self, index: int) -> tuple[SchemeLine, ...]:
        """The schemes that a kdamond runs, or last ran, with."""
        status = self.status(index)
        if status is None or status.config is None or not status.config.contexts:
            return ()
        none = Meter()
        lines = []
        for at, (scheme, stats) in enumerate(zip(status.config.contexts[0].schemes, status.schemes, strict=False)):
            tried = self._tried.get((index, at), none)
            rates = (tried.per_s, self._applied.get((index, at), none).per_s) if status.running else (0.0, 0.0)
            lines.append(SchemeLine(at, scheme, stats, *rates, tried.series, tried.bin_us))
        return tuple(lines)

    def _meter(self, status: KdamondStatus, time_us: int) -> None:
        if not status.running:
            return
        self._checks.setdefault(status.index, Meter()).feed(time_us, status.checks)
        contexts = status.config.contexts if status.config else ()
        aggr_us, schemes = (contexts[0].intervals.aggr_us, contexts[0].schemes) if contexts else (0, ())
        for at, stats in enumerate(status.schemes):
            key = (status.index, at)
            bin_us = max(_BIN_US, aggr_us, schemes[at].apply_interval_us if at < len(schemes) else 0)
            if key not in self._tried or self._tried[key].bin_us != bin_us:
                self._tried[key] = Meter(bin_us)
            self._tried[key].feed(time_us, stats.sz_tried)
            self._applied.setdefault(key, Meter()).feed(time_us, stats.sz_applied)


def clock(time_us: int) -> str:
    """Simulated time for a status line: `12.3 s`, `2 m 05 s`."""
    seconds = time_us // 1_000_000
    if seconds < 60:
        return f"{time_us / 1e6:.1f} s"
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02} s"
    return format_us(time_us)
