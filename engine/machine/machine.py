"""The machine that processes run on: its physical memory and who holds it."""

from __future__ import annotations

import math

import numpy as np

from engine.errors import InputError
from engine.machine.process import Process
from engine.units import format_bytes
from engine.workload.library import Workload
from engine.workload.realisation import F64
from engine.workload.touch import Touched, together

RAM_START = 4 << 30
"""Physical address of the first byte of System RAM."""
_KERNEL_SHARE = 64
_FIRST_PID = 1_001


class Machine:
    """Physical memory from `RAM_START` on, and processes.

    Each process holds one contiguous physical range per mapping from its start to its end; the pages of
    it count as used once they are resident. The kernel itself holds 1/64 of the memory, and never
    touches it.
    """

    def __init__(self, memory_bytes: int, seed: int) -> None:
        self.memory_bytes = memory_bytes
        self.kernel_bytes = memory_bytes // _KERNEL_SHARE
        self.processes: dict[int, Process] = {}
        self._physical: dict[int, int] = {}
        self._seed = seed
        self._started = 0

    @property
    def system_ram(self) -> tuple[int, int]:
        """Physical addresses of all of the memory, half open, in bytes."""
        return RAM_START, RAM_START + self.memory_bytes

    def start(self, workload: Workload, *, pid: int | None, loop: bool, now_us: int) -> Process:
        """Start a process.

        Raises:
            InputError: a process has or had the pid, or the workload's mappings do not fit into the free memory.
        """
        if pid is None:
            pid = max([_FIRST_PID - 1, *self.processes]) + 1
        if pid <= 0:
            raise InputError(f"pid {pid} can not be a process; a positive number is accepted")
        if pid in self.processes:
            # A target is a process, not a number: one that ended must not come back to life as another.
            raise InputError(
                f"pid {pid} is or was {self.processes[pid].workload.name}; a number that no process has had is accepted"
            )
        seed = self._seed * 1_000_003 + self._started
        process = Process(pid, workload, loop=loop, seed=seed, started_us=now_us)
        self._physical[pid] = self._find_room(process, now_us)
        self.processes[pid] = process
        self._started += 1
        return process

    def _find_room(self, process: Process, now_us: int) -> int:
        """Physical address of a free range that holds all mappings of a process; the lowest one."""
        wanted = sum(m.end - m.start for m in process.layout.mappings)
        held = sorted(
            (self._physical[pid], self._physical[pid] + sum(m.end - m.start for m in other.layout.mappings))
            for pid, other in self.processes.items()
            if now_us < other.ends_us
        )
        at = RAM_START + self.kernel_bytes
        for low, high in held:
            if low - at >= wanted:
                break
            at = max(at, high)
        if at + wanted > RAM_START + self.memory_bytes:
            free = self.memory_bytes - self.kernel_bytes - sum(high - low for low, high in held)
            raise InputError(
                f"workload {process.workload.name} maps {format_bytes(wanted)}, but of the machine's"
                f" {format_bytes(self.memory_bytes)} of memory only {format_bytes(max(free, 0))} are free;"
                " a larger memory or a smaller workload is needed"
            )
        return at

    def runs(self, pid: int, now_us: int) -> bool:
        """Whether a process of that number exists."""
        process = self.processes.get(pid)
        return process is not None and process.runs_at(now_us)

    def ends_us(self, pid: int) -> float:
        """When a process ends; minus infinity if there never was one of that number."""
        process = self.processes.get(pid)
        return -math.inf if process is None else process.ends_us

    def touched_physical(self, edges_us: F64) -> Touched:
        """What all processes touch in the windows between `edges_us` [k + 1], in physical addresses."""
        parts = []
        for pid, process in self.processes.items():
            touched = process.touched(edges_us)
            if not len(touched.start):
                continue
            mappings = process.layout.mappings
            starts = np.array([m.start for m in mappings], np.uint64)
            ends = np.array([m.end for m in mappings], np.uint64)
            sizes = ends - starts
            to = np.uint64(self._physical[pid]) + np.cumsum(sizes) - sizes
            parts.append(touched.moved(starts, ends, to))
        return together(parts)

    def physical_ranges(self, pid: int) -> list[tuple[int, int]]:
        """Where a process' mappings lie in physical memory, half open, in the order of its mappings."""
        at = self._physical[pid]
        ranges = []
        for mapping in self.processes[pid].layout.mappings:
            size = mapping.end - mapping.start
            ranges.append((at, at + size))
            at += size
        return ranges

    def free_bytes(self, now_us: int) -> int:
        """Memory that neither the kernel nor a resident page holds."""
        used = sum(process.rss_bytes(now_us) for process in self.processes.values())
        return max(0, self.memory_bytes - self.kernel_bytes - used)
