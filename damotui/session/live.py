"""What is shown of the engine beside the staged tree: the newest snapshot, and rates worked out from a row of them."""

from __future__ import annotations

from damotui.pacer.frame import Frame
from damotui.session.machine_view import MachineMeters, MachineView
from damotui.session.meter import Meter
from damotui.session.scheme_view import BIN_US, SchemeLine, SchemeMeters, bin_of
from engine.config.model import Target
from engine.snapshot import DEBUGFS_FIRST_INDEX, KdamondStatus, ProcessStatus, SchemeStatus, Snapshot
from engine.units import format_us


class Live:
    """The engine as last seen. All rates are per second of simulated time."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.generation = 0
        self._checks: dict[int, Meter] = {}
        self._schemes: dict[tuple[int, int], SchemeMeters] = {}
        self._machine = MachineMeters()

    def feed(self, frame: Frame) -> None:
        """Take over what a frame shows."""
        if frame.snapshot is None:
            return
        if frame.generation != self.generation:
            self.generation = frame.generation
            self._checks.clear()
            self._schemes.clear()
            self._machine = MachineMeters()
        self.snapshot = frame.snapshot
        self._machine.feed(frame.snapshot)
        for status in frame.snapshot.kdamonds:
            self._meter(status, frame.snapshot.time_us)

    def exchange(self, other: Live) -> None:
        """Become the other one, and it this one: whoever holds on to either sees another engine from now on."""
        self.__dict__, other.__dict__ = other.__dict__, self.__dict__

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

    @property
    def running_processes(self) -> tuple[ProcessStatus, ...]:
        """Those that have not ended."""
        return tuple(process for process in self.snapshot.processes if process.running) if self.snapshot else ()

    @property
    def debugfs(self) -> tuple[KdamondStatus, ...]:
        """The contexts that were started through debugfs and run."""
        kdamonds = self.snapshot.kdamonds if self.snapshot else ()
        return tuple(status for status in kdamonds if status.running and status.index >= DEBUGFS_FIRST_INDEX)

    def kdamond_state(self, index: int) -> str:
        """In a word or two."""
        status = self.status(index)
        if status is None:
            return "off"
        if status.running and status.asleep:
            return f"on, asleep  pid {status.pid}"
        if status.running:
            return f"on  pid {status.pid}"
        return "ended" if status.ended_because else "off"

    def ended_because(self, index: int) -> str:
        """Why a kdamond stopped by itself; empty if it did not."""
        status = self.status(index)
        return status.ended_because if status and not status.running else ""

    def idle_because(self, index: int) -> str:
        """Why a kdamond that runs does nothing; empty if it does."""
        status = self.status(index)
        asleep = status is not None and status.running and status.asleep
        return f"{kdamond_name(index)} sleeps: all its schemes are off by watermark" if asleep else ""

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
        lines = []
        for at, (scheme, stats) in enumerate(zip(status.config.contexts[0].schemes, status.schemes, strict=False)):
            meters = self._schemes.get((index, at)) or SchemeMeters(BIN_US)
            lines.append(meters.line(at, scheme, stats, _state_of(status, at), running=status.running))
        return tuple(lines)

    def machine(self, index: int) -> MachineView | None:
        """The machine, and of its processes the one that suffers most among those that a kdamond looks at."""
        status = self.status(index)
        contexts = status.config.contexts if status and status.config else ()
        if not contexts or contexts[0].ops == "paddr":
            return self._machine.view(None)
        return self._machine.view(target.pid for target in contexts[0].targets if target.pid is not None)

    def _meter(self, status: KdamondStatus, time_us: int) -> None:
        if not status.running:
            return
        self._checks.setdefault(status.index, Meter()).feed(time_us, status.checks)
        contexts = status.config.contexts if status.config else ()
        for at, (scheme, stats) in enumerate(
            zip(contexts[0].schemes if contexts else (), status.schemes, strict=False)
        ):
            key, bin_us = (status.index, at), bin_of(scheme, contexts[0].intervals.aggr_us)
            if key not in self._schemes or self._schemes[key].bin_us != bin_us:
                self._schemes[key] = SchemeMeters(bin_us)
            self._schemes[key].feed(time_us, stats, _state_of(status, at))


def _state_of(status: KdamondStatus, scheme: int) -> SchemeStatus | None:
    return status.scheme_states[scheme] if scheme < len(status.scheme_states) else None


def kdamond_name(index: int) -> str:
    """What people call a kdamond of the engine: `kdamond 0`, `debugfs context 0`."""
    return f"kdamond {index}" if index < DEBUGFS_FIRST_INDEX else f"debugfs context {index - DEBUGFS_FIRST_INDEX}"


def clock(time_us: int) -> str:
    """Simulated time for a status line: `12.3 s`, `2 m 05 s`."""
    seconds = time_us // 1_000_000
    if seconds < 60:
        return f"{time_us / 1e6:.1f} s"
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02} s"
    return format_us(time_us)
