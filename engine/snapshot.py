"""What the engine shows of itself: immutable values that views, records and reports take.

Times are microseconds of simulated time since the engine was made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.config.model import Intervals, Kdamond

DEBUGFS_FIRST_INDEX = 1 << 16
"""Kdamonds from this index on are contexts of debugfs, in their order; those before are sysfs'."""

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Acted:
    """Regions that schemes were applied to, in the order in which that happened; columns [k]."""

    scheme: I64
    """Index of the scheme."""
    target: I64
    start: U64
    end: U64
    applied: I64
    """Bytes on which the action succeeded; 0 for `stat`."""


@dataclass(frozen=True, slots=True, eq=False)
class Aggregation:
    """What one aggregation of one context found: after merging, before the reset and the split.

    This is what the tracepoint damon_aggregated prints. The columns have one entry per region, over all
    targets of the context, sorted by (target, start). They must not be written to.
    """

    kdamond: int
    context: int
    start_us: int
    end_us: int
    sample_us: int
    aggr_us: int
    max_nr_accesses: int
    """Checks per region in one aggregation: what `nr_accesses` would be if each found an access."""
    target: I64
    """Index of each region's target."""
    start: U64
    end: U64
    nr_accesses: I64
    age: I64
    nr_targets: int
    acted: Acted | None = None
    """What schemes were applied to since the aggregation before; None for nothing."""

    @property
    def nr_regions(self) -> int:
        """Number of regions over all targets."""
        return len(self.start)

    @property
    def working_set_bytes(self) -> int:
        """Bytes of the regions in which at least one check found an access."""
        hit = self.nr_accesses > 0
        return int((self.end[hit] - self.start[hit]).sum())


@dataclass(frozen=True, slots=True)
class SchemeStats:
    """A scheme's statistics since it was installed (specification section 1.2)."""

    nr_tried: int = 0
    sz_tried: int = 0
    nr_applied: int = 0
    sz_applied: int = 0
    qt_exceeds: int = 0
    sz_ops_filter_passed: int = 0
    nr_snapshots: int = 0


@dataclass(frozen=True, slots=True)
class GoalStatus:
    """A goal of a quota, as last measured."""

    metric: str
    target_value: int
    current_value: int


@dataclass(frozen=True, slots=True)
class SchemeStatus:
    """What holds a scheme back, or does not, as of its last turn."""

    active: bool
    """Off while its watermarks say so."""
    limited: bool
    """Whether it has a quota in force."""
    full: bool
    """Whether the quota of the present charge window is used up."""
    esz_bytes: int
    """The effective quota of a charge window (effective_bytes); 0 before it is first computed."""
    charged_bytes: int
    """What is used of it in the present charge window."""
    goals: tuple[GoalStatus, ...]


@dataclass(frozen=True, slots=True, eq=False)
class KdamondStatus:
    """One kdamond as it is now."""

    index: int
    running: bool
    pid: int
    """-1 while it does not run."""
    config: Kdamond | None
    """What it runs with, or last ran with; None if it was never turned on."""
    nr_regions: int
    checks: int
    """Page checks done since it was turned on."""
    aggregations: int
    last: Aggregation | None
    schemes: tuple[SchemeStats, ...]
    ended_because: str
    """Why it stopped by itself; empty otherwise."""
    scheme_states: tuple[SchemeStatus, ...] = ()
    """One for each of `schemes`."""
    intervals: Intervals | None = None
    """In force now; auto-tuning changes them. None if it was never turned on."""
    asleep: bool = False
    """Whether the watermarks of all its schemes make it wait."""
    name: str = ""
    """Of the thread: `kdamond.0`."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapped range of a process' address space, in bytes."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class ProcessStatus:
    """One process of the simulated machine as it is now."""

    pid: int
    name: str
    running: bool
    started_us: int
    ended_us: int | None
    phase: str
    """Name of the phase of its workload; empty when it has ended."""
    rss_bytes: int
    mappings: tuple[Mapping, ...]
    swap_bytes: int = 0
    first_touches: int = 0
    """Minor faults so far; a huge page is one."""
    refaults: int = 0
    """Major faults so far: pages that were needed and had left memory."""
    slowdown: float = 0.0
    """How much longer it took so far than its work alone: 0.25 for a quarter more."""
    elapsed_us: int = 0
    """How long it has existed, as of the end of the machine's last step."""
    work_us: float = 0.0
    """What it has done in that time: so long it would have taken if it had never waited for memory."""
    saved_bytes: int = 0
    """What actions took out of memory and is still out."""
    saved_byte_s: float = 0.0
    """The same summed up over time, in byte-seconds."""


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """Memory of one NUMA node, in bytes."""

    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class MachineStatus:
    """The machine's memory, and what became of it since the engine was made; pages as of the end of its last step."""

    nodes: tuple[NodeStatus, ...]
    swap_bytes: int
    swap_free_bytes: int
    active_bytes: int
    inactive_bytes: int
    huge_bytes: int
    psi_some_us: int
    """Time in which some process waited for memory."""
    psi_some_avg10: float
    """Percent of about the last ten seconds."""
    refaults: int
    """Major faults of all processes."""
    saved_bytes: int
    """What actions took out of memory and is still out."""
    saved_byte_s: float
    """The same summed up over time, less what huge pages wasted, in byte-seconds."""
    saved_peak_bytes: int
    moved_bytes: int
    """Bytes that went to or came from swap, files and other nodes."""
    action_ns: tuple[tuple[str, int], ...]
    """Time that actions took, by their names."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The whole engine at one instant."""

    time_us: int
    kdamonds: tuple[KdamondStatus, ...]
    processes: tuple[ProcessStatus, ...]
    memory_bytes: int
    free_bytes: int
    machine: MachineStatus | None = None
