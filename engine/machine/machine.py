"""The machine that processes run on."""

from __future__ import annotations

import math

import numpy as np

from engine.errors import InputError
from engine.machine.costs import Costs
from engine.machine.hardware import Hardware
from engine.machine.layout import PAGE_SIZE
from engine.machine.memory import Memory
from engine.machine.metrics import MachineMetrics
from engine.machine.process import Process
from engine.snapshot import MachineStatus, NodeStatus
from engine.units import format_bytes
from engine.workload.library import Workload
from engine.workload.realisation import F64
from engine.workload.touch import Touched, together

RAM_START = 4 << 30
"""Physical address of the first byte of System RAM."""
SYSTEM_PIDS = frozenset({1, 2})
"""init and kthreadd: tasks that every system has, and whose memory nobody touches here."""
_FIRST_PID = 1_001
_LEAST_NODE = 64 << 20


class Machine:
    """Physical memory from `RAM_START` on, swap, and processes.

    Args:
        node_bytes: memory of each NUMA node, one behind the other.
        swap_bytes: how much anonymous memory can leave for swap.
        costs: of what happens to pages; None for the defaults.
        seed: of the workloads' chance.
    """

    def __init__(self, node_bytes: tuple[int, ...], swap_bytes: int, costs: Costs | None, seed: int) -> None:
        for size in node_bytes:
            if size < _LEAST_NODE:
                raise InputError(
                    f"a machine with {format_bytes(size)} of memory is too small;"
                    f" {format_bytes(_LEAST_NODE)} and more are accepted"
                )
        if swap_bytes < 0:
            raise InputError(f"swap of {swap_bytes} bytes can not be; 0 and more are accepted")
        self.node_bytes = node_bytes
        self.memory_bytes = sum(node_bytes)
        self.swap_bytes = swap_bytes
        self.memory = Memory(Hardware.of(node_bytes, swap_bytes, ram_start=RAM_START), costs)
        self.metrics = MachineMetrics(self.memory)
        self.processes: dict[int, Process] = {}
        self._seed = seed
        self._started = 0

    @property
    def system_ram(self) -> tuple[int, int]:
        """Physical addresses of all of the memory, half open, in bytes."""
        return RAM_START, RAM_START + self.memory_bytes

    def start(self, workload: Workload, *, pid: int | None, loop: bool, now_us: int) -> Process:
        """Start a process.

        Raises:
            InputError: a process has or had the pid, or memory and swap together can not hold what is mapped.
        """
        if pid is None:
            pid = self.next_pid
        if pid <= 0:
            raise InputError(f"pid {pid} can not be a process; a positive number is accepted")
        if pid in SYSTEM_PIDS:
            raise InputError(f"pid {pid} is the system's own; a number from 3 on is accepted")
        if pid in self.processes:
            # A target is a process, not a number: one that ended must not come back to life as another.
            raise InputError(
                f"pid {pid} is or was {self.processes[pid].workload.name}; a number that no process has had is accepted"
            )
        self._check_room(workload, now_us)
        seed = self._seed * 1_000_003 + self._started
        process = Process(pid, workload, loop=loop, seed=seed, memory=self.memory, started_us=now_us)
        self.processes[pid] = process
        self._started += 1
        return process

    def _check_room(self, workload: Workload, now_us: int) -> None:
        wanted = workload.footprint_bytes
        held = sum(p.workload.footprint_bytes for p in self.processes.values() if p.runs_at(now_us))
        usable = sum(node.usable for node in self.memory.hardware.nodes) * PAGE_SIZE + self.swap_bytes
        if held + wanted > usable:
            raise InputError(
                f"workload {workload.name} maps {format_bytes(wanted)}, but of the machine's"
                f" {format_bytes(usable)} of memory and swap only {format_bytes(max(usable - held, 0))} are free;"
                " a larger memory or a smaller workload is needed"
            )

    @property
    def next_pid(self) -> int:
        """What the next process is numbered, unless it is told otherwise."""
        return max([_FIRST_PID - 1, *self.processes]) + 1

    def runs(self, pid: int, now_us: int) -> bool:
        """Whether a process of that number exists."""
        process = self.processes.get(pid)
        return pid in SYSTEM_PIDS if process is None else process.runs_at(now_us)

    def ends_us(self, pid: int) -> float:
        """When a process ends; minus infinity if there never was one of that number."""
        process = self.processes.get(pid)
        if process is None:
            return math.inf if pid in SYSTEM_PIDS else -math.inf
        return process.ends_us

    def pids(self, now_us: int) -> list[int]:
        """Of the processes that run a workload now."""
        return [process.pid for process in self.processes.values() if process.runs_at(now_us)]

    def memcgs(self) -> set[str]:
        """Paths of all control groups: those that processes are in, and what these are below."""
        paths = {"/"}
        for space in self.memory.spaces.values():
            parts = space.memcg.strip("/").split("/")
            paths.update("/" + "/".join(parts[: n + 1]) for n in range(len(parts)))
        return paths

    def touched_physical(self, edges_us: F64) -> Touched:
        """What all processes touch in the windows between `edges_us` [k + 1], in physical addresses."""
        parts = [process.touched_physical(edges_us) for process in self.processes.values()]
        return together([part for part in parts if len(part.start)])

    def physical_ranges(self, pid: int) -> list[tuple[int, int]]:
        """Where each of a process' mappings begins and ends in physical memory now, in bytes.

        Of a mapping that lies in several pieces, only the first one is told.
        """
        extents = self.processes[pid].space.extents
        ranges = []
        for mapping in self.processes[pid].layout.mappings:
            rows = np.flatnonzero(
                (extents.start >= mapping.start // PAGE_SIZE) & (extents.end <= mapping.end // PAGE_SIZE)
            )
            first = last = int(extents.frame[rows[0]])
            for row in rows.tolist():
                if int(extents.frame[row]) != last:
                    break
                last += int(extents.pages[row])
            ranges.append((first * PAGE_SIZE, last * PAGE_SIZE))
        return ranges

    def free_bytes(self) -> int:
        """Memory that neither the kernel nor a resident page holds, as of the end of the last step."""
        return sum(max(0, self.memory.free(n)) for n in range(len(self.node_bytes))) * PAGE_SIZE

    def status(self) -> MachineStatus:
        """What is shown of it, as of the end of its last step."""
        memory, account = self.memory, self.memory.account
        nodes = tuple(
            NodeStatus(node.pages * PAGE_SIZE, max(0, memory.free(number)) * PAGE_SIZE)
            for number, node in enumerate(memory.hardware.nodes)
        )
        active, inactive = self.metrics.lru_bytes()
        return MachineStatus(
            nodes=nodes,
            swap_bytes=self.swap_bytes,
            swap_free_bytes=memory.swap_free * PAGE_SIZE,
            active_bytes=active,
            inactive_bytes=inactive,
            huge_bytes=self.metrics.huge_bytes(),
            psi_some_us=self.metrics.some_psi_us(),
            psi_some_avg10=memory.pressure.some_avg10,
            refaults=account.refaults,
            saved_bytes=sum(space.usage().saved for space in memory.spaces.values()) * PAGE_SIZE,
            saved_byte_s=account.saved_byte_s,
            saved_peak_bytes=account.saved_peak_bytes,
            moved_bytes=account.moved_bytes,
            action_ns=tuple(sorted(account.action_ns.items())),
        )
