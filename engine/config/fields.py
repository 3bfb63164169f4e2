"""What each field of the configuration is: unit, meaning, accepted values, first release.

One table for whatever shows, edits or validates a configuration. The ranges are those of the kernel's
files (specification section 11.3): `ulong`, `uint`, `int`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args, get_type_hints

from engine.config.model import (
    UINT_MAX,
    ULONG_MAX,
    AccessPattern,
    AddrRange,
    Context,
    Dest,
    Filter,
    Goal,
    Intervals,
    IntervalsGoal,
    Kdamond,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.units import Unit
from engine.versions import Feature, Kernel

INT_MIN, INT_MAX = -(2**31), 2**31 - 1

ACTIONS: Mapping[str, Feature] = {
    "willneed": Feature.SCHEMES,
    "cold": Feature.SCHEMES,
    "pageout": Feature.SCHEMES,
    "hugepage": Feature.SCHEMES,
    "nohugepage": Feature.SCHEMES,
    "collapse": Feature.COLLAPSE_ACTION,
    "lru_prio": Feature.LRU_ACTIONS,
    "lru_deprio": Feature.LRU_ACTIONS,
    "migrate_hot": Feature.MIGRATE_ACTIONS,
    "migrate_cold": Feature.MIGRATE_ACTIONS,
    "stat": Feature.SCHEMES,
}
OPERATIONS: Mapping[str, Feature] = {"vaddr": Feature.VADDR, "fvaddr": Feature.FVADDR, "paddr": Feature.PADDR}
FILTER_TYPES: Mapping[str, Feature] = {
    "anon": Feature.FILTERS,
    "active": Feature.FILTERS_PAGE_STATE,
    "memcg": Feature.FILTERS,
    "young": Feature.FILTER_YOUNG,
    "hugepage_size": Feature.FILTERS_PAGE_STATE,
    "unmapped": Feature.FILTERS_PAGE_STATE,
    "addr": Feature.FILTERS_ADDR_TARGET,
    "target": Feature.FILTERS_ADDR_TARGET,
}
GOAL_METRICS: Mapping[str, Feature] = {
    "user_input": Feature.QUOTA_GOALS,
    "some_mem_psi_us": Feature.GOAL_PSI,
    "node_mem_used_bp": Feature.GOAL_NODE_MEM,
    "node_mem_free_bp": Feature.GOAL_NODE_MEM,
    "node_memcg_used_bp": Feature.GOAL_NODE_MEMCG,
    "node_memcg_free_bp": Feature.GOAL_NODE_MEMCG,
    "active_mem_bp": Feature.GOAL_ACTIVE_MEM,
    "inactive_mem_bp": Feature.GOAL_ACTIVE_MEM,
    "node_eligible_mem_bp": Feature.GOAL_NODE_ELIGIBLE,
    "hugepage_mem_bp": Feature.GOAL_HUGEPAGE_MEM,
}
GOAL_TUNERS: Mapping[str, Feature] = {"consist": Feature.SCHEMES, "temporal": Feature.GOAL_TUNER}
WATERMARK_METRICS: Mapping[str, Feature] = {"none": Feature.SCHEMES, "free_mem_rate": Feature.SCHEMES}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: how to print and parse it, and what it means."""

    name: str
    unit: Unit | None
    """None for a group or list of groups, which has fields of its own; a range is a group with its ends' unit."""
    help: str
    since: Feature | None = None
    """What a kernel needs for any value but the default; None: every kernel has it."""
    low: int = 0
    high: int = ULONG_MAX
    """Least and greatest number that the kernel's type holds; only for numbers."""
    choice_since: Mapping[str, Feature] = field(default_factory=dict)
    """Keywords and what a kernel needs for each; empty when the field is no keyword."""
    default: object = None

    @property
    def choices(self) -> tuple[str, ...] | None:
        """All keywords of every release, in the kernel's order; None when the field is no keyword."""
        return tuple(self.choice_since) or None

    def choices_in(self, kernel: Kernel) -> tuple[str, ...]:
        """The keywords that `kernel` knows."""
        return tuple(word for word, feature in self.choice_since.items() if kernel.has(feature))


def spec_for(owner: type, name: str) -> FieldSpec:
    """The spec of field `name` of the configuration dataclass `owner`; `KeyError` when there is none."""
    return FIELDS[owner][name]


def spec_at(path: str) -> FieldSpec:
    """The spec at a path from a kdamond, such as `contexts[0].schemes[1].access_pattern.sz.min`.

    Unlike `spec_for` it knows the unit of a range's ends. `KeyError` when there is no such field.
    """
    owner: type | None = Kdamond
    spec: FieldSpec | None = None
    for name in re.sub(r"\[[0-9]+\]", "", path).split("."):
        if owner is None:
            raise KeyError(path)
        spec, owner = _inherit(spec_for(owner, name), spec), member_type(owner, name)
    assert spec is not None
    return spec


def leaves(value: Any, path: str = "", above: FieldSpec | None = None) -> Iterator[tuple[str, FieldSpec, Any]]:
    """(path, spec, value) of every field below the configuration object `value`, groups before what is in them."""
    for member in fields(value):
        spec = _inherit(spec_for(type(value), member.name), above)
        inner = getattr(value, member.name)
        at = f"{path}.{member.name}" if path else member.name
        yield at, spec, inner
        if isinstance(inner, tuple):
            for index, entry in enumerate(inner):
                yield from leaves(entry, f"{at}[{index}]", spec)
        elif is_dataclass(inner):
            yield from leaves(inner, at, spec)


@cache
def member_type(owner: type, name: str) -> type | None:
    """The configuration dataclass that field `name` of `owner` holds, one or a tuple of; None for a plain value."""
    hint = get_type_hints(owner)[name]
    for candidate in (hint, *get_args(hint)):
        if isinstance(candidate, type) and is_dataclass(candidate):
            return candidate
    return None


def _inherit(spec: FieldSpec, above: FieldSpec | None) -> FieldSpec:
    """The ends of a range have the unit of the field that holds it."""
    if above is not None and above.unit is not None:
        return replace(spec, unit=above.unit)
    return spec


def _group(help: str, since: Feature | None = None) -> FieldSpec:
    return FieldSpec("", None, help, since)


def _ulong(unit: Unit, help: str, since: Feature | None = None, low: int = 0) -> FieldSpec:
    return FieldSpec("", unit, help, since, low)


def _uint(unit: Unit, help: str, since: Feature | None = None) -> FieldSpec:
    return FieldSpec("", unit, help, since, 0, UINT_MAX)


def _int(unit: Unit, help: str, since: Feature | None = None) -> FieldSpec:
    return FieldSpec("", unit, help, since, INT_MIN, INT_MAX)


def _keyword(choices: Mapping[str, Feature], help: str, since: Feature | None = None) -> FieldSpec:
    return FieldSpec("", Unit.KEYWORD, help, since, choice_since=choices)


def _bool(help: str, since: Feature | None = None) -> FieldSpec:
    return FieldSpec("", Unit.BOOL, help, since)


def _text(help: str, since: Feature | None = None) -> FieldSpec:
    return FieldSpec("", Unit.TEXT, help, since)


def _named(owner: type, specs: dict[str, FieldSpec]) -> dict[str, FieldSpec]:
    defaults = {member.name: member.default for member in fields(owner)}
    return {name: replace(spec, name=name, default=defaults[name]) for name, spec in specs.items()}


_SPECS: dict[type, dict[str, FieldSpec]] = {
    Kdamond: {
        "contexts": _group("What this thread monitors. The kernel runs exactly one context in it."),
        "refresh_ms": _uint(
            Unit.MS,
            "How often the statistics and tuned intervals that can be read are brought up to date. 0 turns it off.",
            Feature.REFRESH_MS,
        ),
    },
    Context: {
        "ops": _keyword(
            OPERATIONS,
            "Which memory is monitored: the address space of processes (vaddr), only the given ranges of it (fvaddr), "
            "or the physical memory (paddr).",
        ),
        "intervals": _group("How often memory is checked, and the checks added up."),
        "nr_regions": _group("How many regions the memory may be divided into. More see finer and cost more."),
        "targets": _group("The processes, or the physical memory, that are monitored."),
        "schemes": _group("What is done to the memory that is found hot or cold.", Feature.SCHEMES),
        "addr_unit": _ulong(
            Unit.BYTES,
            "How many bytes one step of an address stands for. Only paddr uses it.",
            Feature.ADDR_UNIT,
            low=1,
        ),
        "pause": _bool("Whether sampling stops, with the results kept as they are.", Feature.PAUSE),
    },
    Intervals: {
        "sample_us": _ulong(
            Unit.US, "How often one page of each region is checked for an access. Shorter sees more and costs more."
        ),
        "aggr_us": _ulong(
            Unit.US, "How often the checks are added up to nr_accesses, and regions are merged and split."
        ),
        "update_us": _ulong(Unit.US, "How often the mappings of the processes are read again. Only vaddr does it."),
        "goal": _group("What the two intervals are tuned towards automatically.", Feature.INTERVALS_GOAL),
    },
    IntervalsGoal: {
        "access_bp": _ulong(Unit.BP, "The share of checks that should find an access. 4 % is recommended."),
        "aggrs": _ulong(Unit.COUNT, "How many aggregations pass between two tunings. 0 turns tuning off."),
        "min_sample_us": _ulong(Unit.US, "The shortest sampling interval that tuning may choose."),
        "max_sample_us": _ulong(Unit.US, "The longest sampling interval that tuning may choose."),
    },
    NrRegions: {
        "min": _ulong(Unit.COUNT, "The memory is always divided into at least this many regions. 3 is the least."),
        "max": _ulong(Unit.COUNT, "The memory is never divided into more regions. It bounds the cost of monitoring."),
    },
    Target: {
        "pid": _int(Unit.PID, "The process to monitor. Left open, it is the workload's next process; paddr has none."),
        "regions": _group(
            "The address ranges to start with, ascending. vaddr finds them itself when there are none.",
            Feature.INIT_REGIONS,
        ),
        "obsolete": _bool("Whether the next commit removes this target.", Feature.OBSOLETE_TARGET),
    },
    AddrRange: {
        "start": _ulong(Unit.ADDRESS, "The first address of the range."),
        "end": _ulong(Unit.ADDRESS, "The address behind the range."),
    },
    Range: {
        "min": _ulong(Unit.COUNT, "The least value that matches."),
        "max": _ulong(Unit.COUNT, "The greatest value that matches."),
    },
    Scheme: {
        "action": _keyword(ACTIONS, "What is done to the matching regions. stat does nothing and only counts."),
        "access_pattern": _group("Which regions match: size, access frequency and age must all be in their ranges."),
        "apply_interval_us": _ulong(
            Unit.US, "How often the scheme is applied. 0 means at each aggregation.", Feature.APPLY_INTERVAL
        ),
        "target_nid": _int(
            Unit.NODE, "The NUMA node that migrate_hot and migrate_cold move to; -1 for none.", Feature.MIGRATE_ACTIONS
        ),
        "dests": _group("Several nodes to migrate to, each with its weight, instead of target_nid.", Feature.DESTS),
        "quotas": _group("How much the scheme may do in a given time, and which regions come first."),
        "watermarks": _group("How much free memory switches the scheme on and off."),
        "filters": _group("Which memory of the matching regions is left alone, or alone taken.", Feature.FILTERS),
        "max_nr_snapshots": _ulong(
            Unit.COUNT, "After how many rounds over all regions the scheme stops. 0 means never.", Feature.NR_SNAPSHOTS
        ),
    },
    AccessPattern: {
        "sz": FieldSpec("", Unit.BYTES, "The size of the region."),
        "nr_accesses": FieldSpec("", Unit.SAMPLES, "How many checks of one aggregation found the region accessed."),
        "age": FieldSpec("", Unit.AGGREGATIONS, "For how many aggregations the region has kept its access frequency."),
    },
    Dest: {
        "id": _uint(Unit.NODE, "The NUMA node to migrate to."),
        "weight": _uint(Unit.COUNT, "Its share of the migrated memory, against the weights of the other nodes."),
    },
    Quotas: {
        "time_ms": _ulong(Unit.MS, "How long the scheme may work in each reset interval. 0 means no limit."),
        "sz_bytes": _ulong(Unit.BYTES, "How much memory it may take in each reset interval. 0 means no limit."),
        "reset_interval_ms": _ulong(Unit.MS, "How often the limits start anew."),
        "weights": _group("What makes a region come first when not all of them fit into the quota."),
        "goals": _group("What the quota is tuned towards automatically.", Feature.QUOTA_GOALS),
        "goal_tuner": _keyword(
            GOAL_TUNERS,
            "How the goals are approached: by steady adjustment (consist), or at full speed until met (temporal).",
            Feature.GOAL_TUNER,
        ),
        "fail_charge_num": _uint(
            Unit.COUNT,
            "Memory on which the action failed is charged at fail_charge_num / fail_charge_denom.",
            Feature.FAIL_CHARGE,
        ),
        "fail_charge_denom": _uint(
            Unit.COUNT,
            "Memory on which the action failed is charged at fail_charge_num / fail_charge_denom; 0 charges it fully.",
            Feature.FAIL_CHARGE,
        ),
    },
    Weights: {
        "sz_permil": _uint(Unit.PERMIL, "How much the size counts. Kernels take this value but do not use it."),
        "nr_accesses_permil": _uint(Unit.PERMIL, "How much the access frequency counts."),
        "age_permil": _uint(Unit.PERMIL, "How much the age counts."),
    },
    Goal: {
        "metric": _keyword(GOAL_METRICS, "What is measured.", Feature.GOAL_PSI),
        "target_value": _ulong(
            Unit.COUNT,
            "The value aimed at: microseconds for some_mem_psi_us, 1/10,000 for names in _bp. 0 ignores the goal.",
        ),
        "current_value": _ulong(Unit.COUNT, "The value now. Only user_input takes it from here."),
        "nid": _int(Unit.NODE, "The NUMA node that metrics starting with node_ look at.", Feature.GOAL_NODE_MEM),
        "memcg_path": _text(
            "The cgroup that metrics starting with node_memcg_ look at, from the cgroup root.", Feature.GOAL_NODE_MEMCG
        ),
    },
    Watermarks: {
        "metric": _keyword(
            WATERMARK_METRICS, "What is compared: the share of free memory (free_mem_rate), or nothing (none)."
        ),
        "interval_us": _ulong(Unit.US, "How often the metric is looked at while the scheme is off."),
        "high": _ulong(Unit.PERMIL, "Above this the scheme is switched off: there is memory enough."),
        "mid": _ulong(Unit.PERMIL, "Below this, and not below low, the scheme is switched on."),
        "low": _ulong(Unit.PERMIL, "Below this the scheme is switched off: others have to help."),
    },
    Filter: {
        "type": _keyword(FILTER_TYPES, "Which property of memory the filter looks at."),
        "matching": _bool("Whether the filter is about memory that has the property (Y), or about the rest (N)."),
        "allow": _bool(
            "Whether that memory is let through (Y) or left alone (N). The first filter that fits decides.",
            Feature.FILTER_ALLOW,
        ),
        "memcg_path": _text("For the type memcg: the cgroup, from the cgroup root."),
        "addr": FieldSpec("", Unit.ADDRESS, "For the type addr: the address range.", Feature.FILTERS_ADDR_TARGET),
        "target_idx": _int(Unit.COUNT, "For the type target: the index of the target.", Feature.FILTERS_ADDR_TARGET),
        "sz": FieldSpec(
            "", Unit.BYTES, "For the type hugepage_size: the size of the page.", Feature.FILTERS_PAGE_STATE
        ),
    },
}

FIELDS: Mapping[type, Mapping[str, FieldSpec]] = {owner: _named(owner, specs) for owner, specs in _SPECS.items()}
"""The spec of each field, by dataclass and field name."""
