"""What of the schemes' logic differs between kernel releases, as one value made from the table of features."""

from __future__ import annotations

from dataclasses import dataclass

from engine.versions import Feature, Kernel


@dataclass(frozen=True, slots=True)
class Rules:
    """The variants of sections 6 and 7 that a kernel release has."""

    filters_allow: bool
    """The first filter that speaks decides, and it may let through; otherwise every filter only rejects."""
    filters_virtual: bool
    """vaddr asks ops filters for `stat` and migrations; otherwise it asks none."""
    young_recheck: bool
    """paddr pageout spares pages accessed since the last check, unless a filter of the user asks for `young`."""
    scores_virtual_migration: bool
    """vaddr orders regions by score for migrations, too."""
    goals: bool
    """Quotas are tuned towards goals."""
    goal_tuners: bool
    """The goal tuner can be chosen; otherwise it is consist."""
    first_window_bound: bool
    """The effective quota is computed when the first charge window begins; otherwise that window has no limit."""
    first_window_told: bool
    """The tracepoint damos_esz tells of the first charge window, too, not only of changes."""
    limited_by_parameters: bool
    """Whether there is a quota follows from its parameters; otherwise from an effective quota other than 0."""
    full_below_min_region: bool
    """A quota with less than a minimum region left is used up, and a time quota is never below that."""
    charge_end_exclusive: bool
    """The next window goes on at the end of the last region (so do recordings of 6.12.107); otherwise a byte later."""
    rest_visited: bool
    """What was cut off a region is visited in the same round."""
    split_copies_count: bool
    """What was cut off keeps the region's access count; otherwise it starts at 0."""
    merged_back: bool
    """Neighbours with equal counters are merged after a round."""
    running_targets_only: bool
    """Targets that have ended are passed over."""
    histogram_filtered: bool
    """Only regions that pass the core filters are counted for the least score."""
    snapshots: bool
    """nr_snapshots is counted, and max_nr_snapshots honoured."""
    passed_counted: bool
    """sz_ops_filter_passed is counted."""
    fail_charge: bool
    """Bytes that an action failed on may be charged at another rate."""
    filtered_size_counts: bool
    """A region that a core filter cut is counted with what is left of it; otherwise with its former size."""

    intervals_counted: bool
    """Apply intervals are counted in samples; otherwise, like aggregations, read off a clock."""

    @classmethod
    def of(cls, kernel: Kernel) -> Rules:
        """The rules of a kernel release."""
        return cls(
            filters_allow=kernel.has(Feature.FILTER_ALLOW),
            filters_virtual=kernel.has(Feature.VADDR_MIGRATE),
            young_recheck=kernel.has(Feature.FILTER_YOUNG),
            scores_virtual_migration=kernel.has(Feature.VADDR_MIGRATE),
            goals=kernel.has(Feature.QUOTA_GOALS),
            goal_tuners=kernel.has(Feature.GOAL_TUNER),
            first_window_bound=kernel.has(Feature.QUOTA_FIRST_WINDOW),
            first_window_told=kernel.has(Feature.TRACE_ESZ_FIRST),
            limited_by_parameters=kernel.has(Feature.QUOTA_BY_PARAMETERS),
            full_below_min_region=kernel.has(Feature.QUOTA_FULL_BELOW_MIN_REGION),
            charge_end_exclusive=kernel.has(Feature.QUOTA_ENDS_AT_REGION),
            rest_visited=kernel.has(Feature.QUOTA_REST_VISITED),
            split_copies_count=kernel.has(Feature.SPLIT_COPIES_COUNT),
            merged_back=kernel.has(Feature.SLICES_MERGED_BACK),
            running_targets_only=kernel.has(Feature.ENDED_TARGETS_PASSED_OVER),
            histogram_filtered=kernel.has(Feature.SCORES_AFTER_FILTERS),
            snapshots=kernel.has(Feature.NR_SNAPSHOTS),
            passed_counted=kernel.has(Feature.STATS_OPS_FILTER_PASSED),
            fail_charge=kernel.has(Feature.FAIL_CHARGE),
            intervals_counted=kernel.has(Feature.COUNTED_INTERVALS),
            filtered_size_counts=kernel.has(Feature.FILTERED_SIZE_COUNTS),
        )
