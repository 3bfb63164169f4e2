"""What each kernel release can do, from one table: feature → first release.

`Kernel` is made from the table once and handed to whatever behaves differently between releases; nothing
else compares version numbers. A recording is compared under the release that it was made with.

Tags of the specification: `[mm]` and `[dev]`, that is what no release up to 7.1 has, are the release `next`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from engine.errors import InputError, shown

RELEASES = (
    *(f"5.{minor}" for minor in range(15, 20)),
    *(f"6.{minor}" for minor in range(20)),
    "7.0",
    "7.1",
    "next",
)
"""Every release that the table tells apart, oldest first."""

KERNELS = ("5.19", "6.0", "6.1", "6.12", "6.18", "7.1", "next")
"""The releases that a user can choose."""

DEFAULT_KERNEL = "7.1"


@unique
class Feature(Enum):
    """One row for each thing that changed: `first` release, `last` one (None while it is there), and its `meaning`.

    Rows that add something to configure come first, by release; rows that change how it behaves follow.
    Stable kernels take over some rows earlier than the release they first came with.
    """

    # What can be configured or read
    VADDR = ("5.15", None, "monitoring of virtual address spaces")
    DEBUGFS = ("5.15", "6.14", "the debugfs interface")
    TRACE_AGGREGATED = ("5.15", None, "the tracepoint damon_aggregated")
    SCHEMES = ("5.16", None, "operation schemes with quotas, prioritisation and watermarks")
    INIT_REGIONS = ("5.16", None, "initial regions given by the user")
    PADDR = ("5.16", None, "monitoring of the physical address space")
    MODULE_RECLAIM = ("5.16", None, "the module DAMON_RECLAIM")
    STATS_APPLIED = ("5.17", None, "the statistics nr_applied and sz_applied")
    STATS_QT_EXCEEDS = ("5.17", None, "the statistic qt_exceeds")
    SYSFS = ("5.18", None, "the sysfs interface")
    INIT_REGIONS_BY_INDEX = ("5.18", None, "debugfs init_regions naming targets by index instead of id")
    AVAIL_OPERATIONS = ("5.19", None, "the file avail_operations")
    FVADDR = ("5.19", None, "monitoring of fixed virtual address ranges")
    COMMIT = ("5.19", None, "changing parameters of a running kdamond")
    MODULE_RECLAIM_COMMIT_INPUTS = ("5.19", None, "the parameter commit_inputs of DAMON_RECLAIM")
    LRU_ACTIONS = ("6.0", None, "the actions lru_prio and lru_deprio")
    MODULE_LRU_SORT = ("6.0", None, "the module DAMON_LRU_SORT")
    TRIED_REGIONS = ("6.2", None, "the directories tried_regions and their commands")
    FILTERS = ("6.3", None, "filters of schemes: anon and memcg")
    MODULE_RECLAIM_SKIP_ANON = ("6.3", None, "the parameter skip_anon of DAMON_RECLAIM")
    TRIED_BYTES = ("6.6", None, "tried_regions/total_bytes and its command")
    FILTERS_ADDR_TARGET = ("6.6", None, "the filters addr and target")
    APPLY_INTERVAL = ("6.7", None, "apply intervals of schemes")
    TRACE_BEFORE_APPLY = ("6.7", None, "the tracepoint damos_before_apply")
    QUOTA_GOALS = ("6.8", None, "quota goals, fed by the user")
    EFFECTIVE_BYTES = ("6.9", None, "quotas/effective_bytes and its command")
    GOAL_PSI = ("6.9", None, "the goal metric some_mem_psi_us")
    MODULE_RECLAIM_AUTO_QUOTA = ("6.9", None, "automatic quotas of DAMON_RECLAIM")
    DEBUGFS_DEPRECATED = ("6.9", "6.14", "debugfs files monitor_on_DEPRECATED and DEPRECATED")
    FILTER_YOUNG = ("6.10", None, "the filter young")
    MIGRATE_ACTIONS = ("6.11", None, "the actions migrate_hot and migrate_cold with target_nid")
    STATS_OPS_FILTER_PASSED = ("6.14", None, "the statistic sz_ops_filter_passed")
    FILTER_ALLOW = ("6.14", None, "filters that allow, and their order")
    FILTERS_PAGE_STATE = ("6.15", None, "the filters hugepage_size, unmapped and active")
    INTERVALS_GOAL = ("6.15", None, "auto-tuning of the sampling and aggregation intervals")
    FILTER_DIRS = ("6.15", None, "the directories core_filters and ops_filters")
    GOAL_NODE_MEM = ("6.16", None, "the goal metrics node_mem_used_bp and node_mem_free_bp")
    DESTS = ("6.17", None, "several destinations of a migration")
    REFRESH_MS = ("6.17", None, "the regular refresh of statistics")
    MODULE_STAT = ("6.17", None, "the module DAMON_STAT")
    TRACE_INTERVALS_TUNE = ("6.17", None, "the tracepoint damon_monitor_intervals_tune")
    TRACE_ESZ = ("6.17", None, "the tracepoint damos_esz")
    VADDR_MIGRATE = ("6.17", None, "migration of virtual address spaces")
    ADDR_UNIT = ("6.18", None, "address units")
    GOAL_NODE_MEMCG = ("6.19", None, "the goal metrics node_memcg_used_bp and node_memcg_free_bp")
    OBSOLETE_TARGET = ("6.19", None, "targets marked as obsolete")
    NR_SNAPSHOTS = ("7.0", None, "the statistic nr_snapshots and its limit max_nr_snapshots")
    TRACE_STAT_AFTER_APPLY = ("7.0", None, "the tracepoint damos_stat_after_apply_interval")
    GOAL_ACTIVE_MEM = ("7.0", None, "the goal metrics active_mem_bp and inactive_mem_bp")
    GOAL_TUNER = ("7.1", None, "the choice of the goal tuner")
    COLLAPSE_ACTION = ("next", None, "the action collapse")
    GOAL_NODE_ELIGIBLE = ("next", None, "the goal metric node_eligible_mem_bp")
    PAUSE = ("next", None, "pausing a context")
    FAIL_CHARGE = ("next", None, "charging failed actions at another rate")
    PROBES = ("next", None, "monitoring of data attributes by probes")
    TRACE_REGION_AGGREGATED = ("next", None, "the tracepoint damon_region_aggregated")
    TRACE_ESZ_FIRST = ("next", None, "damos_esz telling of the first charge window, too")
    PROBE_WEIGHTS = ("next", None, "weights and preparations of probes")
    FILTERS_PGIDLE = ("next", None, "the filters pgidle_set and pgidle_unset")
    GOAL_HUGEPAGE_MEM = ("next", None, "the goal metric hugepage_mem_bp")
    FILTER_PROBE_HITS = ("next", None, "the filter probe_hits_wsum")
    GOAL_COMPLEMENT = ("next", None, "complements of goals")
    SPLIT_ACTION = ("next", None, "the action split")

    # How attributes are set (specification section 1.5)
    SAMPLE_WITHIN_AGGR = ("6.3", None, "a sampling interval above the aggregation interval is refused")
    RESULTS_CONVERTED = ("6.3", None, "results are converted when the intervals change")
    RESULTS_CONVERTED_BY_PHASE = (
        "6.16",
        None,
        "in mid-aggregation the last count is converted, and the current one dropped",
    )
    LAST_ALWAYS_CONVERTED = ("next", None, "the last count is converted in both phases")
    ALIGNED_REGIONS_CHECKED = ("6.1", None, "initial regions are checked once they are rounded to whole pages")
    COMMIT_TRIED_FIRST = ("6.14", None, "a wrong commit leaves the running context as it was, instead of ending it")

    # The loop (section 2)
    COUNTED_INTERVALS = ("6.7", None, "intervals are counted in samples, instead of read off a clock")
    COMMANDS_AFTER_SAMPLING = ("6.7", None, "commands but commit run at each sampling tick, not at aggregations only")
    COMMANDS_EACH_TICK = ("6.14", None, "commit, too, runs at each sampling tick, instead of each aggregation")

    # The sysfs interface (section 11)
    SYSFS_RANGE_ERRORS = ("6.1", None, "sysfs answers numbers out of range with ERANGE, not with EINVAL")
    SYSFS_CALLS = ("6.14", None, "sysfs commands keep their interface locked until done, and report how they failed")
    TRIED_NUMBERED_BY_SCHEME = ("6.14", None, "tried regions have numbers of their own in each scheme, not common ones")
    SYSFS_CANCELED = ("7.1", None, "sysfs commands to a kdamond that has stopped fail with ECANCELED, not EINVAL")
    SYSFS_OFF_AGAIN = ("next", None, "the sysfs command off succeeds on a kdamond that has stopped")
    SYSFS_READS_LOCKED = ("next", None, "reading state or a cgroup's path fails while the sysfs interface is locked")

    # Sampling, regions (section 3)
    WIDE_RANDOM = ("next", None, "sampling addresses are drawn from the whole of a region of 4 GiB or more")
    MOVING_SUM = ("6.7", "7.1", "access counts as a pseudo moving sum, updated at each sample")
    MOVING_SUM_ON_DEMAND = ("next", None, "access counts as a moving sum, computed when asked for")
    SPLIT_EVENLY_EXACT = ("6.13", None, "an initial range is split into exactly the wanted number of pieces")
    APPLY_MIN_NR_REGIONS = ("7.1", None, "regions above the size limit are cut at the start and after each merge")

    # Merge and split (sections 4 and 5)
    AGE_RESET_ON_ZERO = ("6.11", None, "age restarts when a count becomes zero or stops being zero")
    MERGE_UNTIL_MAX = ("6.11", None, "merging repeats with a doubled threshold until max_nr_regions holds")
    AGE_ONCE_PER_MERGE = ("next", None, "ages advance on the first merging pass only")
    SPLIT_COPIES_COUNT = ("6.7", None, "both halves of a split region keep its access count")
    SPLIT_ABOVE_HALF = ("next", None, "above half of max_nr_regions some regions are still split")
    LAST_NR_REGIONS_SHARED = ("5.15", "7.1", "all contexts share the last number of regions, kept only when splitting")

    # Applying schemes (section 6)
    ENDED_TARGETS_PASSED_OVER = ("7.1", None, "schemes pass over targets whose process has ended")
    QUOTA_REST_VISITED = ("7.1", None, "the rest of a region cut for a quota is visited in the same round")
    QUOTA_ENDS_AT_REGION = ("6.11", None, "a new charge window goes on where the last region ended, not a byte later")
    QUOTA_FIRST_WINDOW = ("7.1", None, "the effective quota is known from the first charge window on")
    QUOTA_BY_PARAMETERS = ("7.1", None, "there is a quota as soon as it has parameters")
    QUOTA_FULL_BELOW_MIN_REGION = ("7.1", None, "a quota with less than a minimum region left is used up")
    SCORES_AFTER_FILTERS = ("7.1", None, "only regions that pass core filters count for the least score")
    FILTERED_SIZE_COUNTS = ("next", None, "a region that a core filter cut is counted with what is left of it")
    SLICES_MERGED_BACK = ("7.1", None, "slices cut for quotas are merged back")
    UNKNOWN_METRIC_IGNORED = ("6.11", None, "watermarks over a metric that there is not are taken no notice of")

    def __init__(self, first: str, last: str | None, meaning: str) -> None:
        self.first = first
        self.last = last
        self.meaning = meaning


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel release as the set of what it has."""

    name: str
    features: frozenset[Feature]

    def has(self, feature: Feature) -> bool:
        """Whether this release has `feature`."""
        return feature in self.features

    def lack(self, feature: Feature) -> str:
        """What `feature` needs that this release is not: `needs Linux 7.1 or later, and this is 6.12`."""
        if feature.last is not None and RELEASES.index(self.name) > RELEASES.index(feature.last):
            return f"needs Linux {feature.last} or earlier, and this is {self.name}"
        if feature.first == RELEASES[-1]:
            return f"needs a kernel after {RELEASES[-2]}, and this is {self.name}"
        return f"needs Linux {feature.first} or later, and this is {self.name}"


def release(name: str) -> Kernel:
    """The kernel of any release in `RELEASES`; `InputError` otherwise."""
    if name not in RELEASES:
        raise InputError(f"{shown(name)} is not a kernel release: give one of {', '.join(RELEASES)}")
    at = RELEASES.index(name)
    return Kernel(
        name,
        frozenset(
            feature
            for feature in Feature
            if RELEASES.index(feature.first) <= at and (feature.last is None or at <= RELEASES.index(feature.last))
        ),
    )


def kernel_version(name: str) -> Kernel:
    """The kernel that a user names; `InputError` listing those that can be chosen."""
    if name not in KERNELS:
        raise InputError(f"{shown(name)} is not a kernel that can be simulated: give one of {', '.join(KERNELS)}")
    return release(name)
