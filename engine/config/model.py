"""The tree of what a user asks DAMON for, as frozen values.

Names, defaults and units are the kernel's sysfs files (kernel document "DAMON usage", specification
section 11.3). Nothing is checked here: a value may be wrong while a user is editing it.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.units import ULONG_MAX as ULONG_MAX

UINT_MAX = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Range:
    """A closed range: both ends belong to it."""

    min: int = 0
    max: int = 0


@dataclass(frozen=True, slots=True)
class AddrRange:
    """A half-open range of addresses in bytes: `start` belongs to it, `end` does not."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class IntervalsGoal:
    """What the auto-tuning of the sampling and aggregation intervals aims at; off while `aggrs` is 0."""

    access_bp: int = 0
    """Observed accesses aimed at, in 1/10,000 of the observable ones."""
    aggrs: int = 0
    """Number of aggregations between two tunings."""
    min_sample_us: int = 0
    max_sample_us: int = 0


@dataclass(frozen=True, slots=True)
class Intervals:
    """The three periods of monitoring, in microseconds."""

    sample_us: int = 5_000
    """How often one page of each region is checked."""
    aggr_us: int = 100_000
    """How often the checks are added up, and regions merged and split."""
    update_us: int = 60_000_000
    """How often the mappings of the targets are read again."""
    goal: IntervalsGoal = IntervalsGoal()


@dataclass(frozen=True, slots=True)
class NrRegions:
    """Lower and upper bound of the number of regions of a context."""

    min: int = 10
    max: int = 1_000


@dataclass(frozen=True, slots=True)
class Target:
    """What is monitored: a process (vaddr, fvaddr), or the physical memory (paddr, `pid` is None)."""

    pid: int | None = None
    """None with vaddr or fvaddr stands for the next process of the workload, in order."""
    regions: tuple[AddrRange, ...] = ()
    """Initial regions; empty leaves the choice to the operations set."""
    obsolete: bool = False


@dataclass(frozen=True, slots=True)
class AccessPattern:
    """Which regions a scheme is about: all three must lie in their closed ranges."""

    sz: Range = Range()
    """Size of the region in bytes."""
    nr_accesses: Range = Range()
    """Samples of one aggregation that found the region accessed."""
    age: Range = Range()
    """Aggregations for which the region has kept its access pattern."""


@dataclass(frozen=True, slots=True)
class Dest:
    """One of several destination nodes of a migration, with its share."""

    id: int = 0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Goal:
    """What a quota is tuned towards."""

    metric: str = "user_input"
    target_value: int = 0
    current_value: int = 0
    nid: int = 0
    memcg_path: str = ""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much size, access frequency and age count in a region's priority, in permil."""

    sz_permil: int = 0
    nr_accesses_permil: int = 0
    age_permil: int = 0


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much a scheme may do in each reset interval; 0 means no limit of that kind."""

    time_ms: int = 0
    sz_bytes: int = 0
    reset_interval_ms: int = 0
    weights: Weights = Weights()
    goals: tuple[Goal, ...] = ()
    goal_tuner: str = "consist"
    fail_charge_num: int = 0
    fail_charge_denom: int = 0


@dataclass(frozen=True, slots=True)
class Watermarks:
    """When a scheme is active: `high`, `mid` and `low` in permil of `metric`."""

    metric: str = "none"
    interval_us: int = 0
    high: int = 0
    mid: int = 0
    low: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which memory of a matching region a scheme leaves alone, or alone takes."""

    type: str = "anon"
    matching: bool = False
    allow: bool = False
    memcg_path: str = ""
    addr: AddrRange = AddrRange()
    target_idx: int = 0
    sz: Range = Range()
    """Size of the page in bytes, for the type hugepage_size."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A DAMON-based operation scheme (DAMOS): do `action` to regions of `access_pattern`."""

    action: str = "stat"
    access_pattern: AccessPattern = AccessPattern()
    apply_interval_us: int = 0
    """How often the scheme is applied; 0 means each aggregation interval."""
    target_nid: int = -1
    dests: tuple[Dest, ...] = ()
    quotas: Quotas = Quotas()
    watermarks: Watermarks = Watermarks()
    filters: tuple[Filter, ...] = ()
    max_nr_snapshots: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """What is monitored, how, and what is done about it."""

    ops: str = "vaddr"
    intervals: Intervals = Intervals()
    nr_regions: NrRegions = NrRegions()
    targets: tuple[Target, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    addr_unit: int = 1
    pause: bool = False


@dataclass(frozen=True, slots=True)
class Kdamond:
    """A monitoring thread. The kernel runs one context in it at most."""

    contexts: tuple[Context, ...] = ()
    refresh_ms: int = 0
