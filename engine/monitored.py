"""The memory that a context monitors: its targets, their regions, and what checks find there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.config.model import Context, Target
from engine.ops import Operations
from engine.regions.initial import apply_min_nr_regions, pieces_of_three, region_size_limit, set_regions
from engine.regions.merge import merge
from engine.regions.split import chosen_above_half, pieces_wanted, split
from engine.regions.table import U64, Ranges, Regions, concatenate
from engine.sampling import count_hits
from engine.versions import Feature, Kernel
from engine.workload.realisation import F64
from engine.workload.touch import Touched

_WINDOWS_AT_ONCE = 256
"""A slow sweep stands elsewhere in each window, so time and memory for n windows grow with the square of n."""
_CHECKS_AT_ONCE = 4_000_000
_UNIT32 = np.uint64(2**32)


@dataclass(slots=True)
class SplitMemory:
    """The number of regions when some context last split its own; one per system up to 7.1 (section 5)."""

    last_nr_regions: int = 0


class Monitored:
    """Targets and regions of a running context.

    Args:
        context: what to monitor, with every pid resolved.
        ops: the operations set.
        kernel: whose rules hold.
        min_region_sz: in the units of the context's addresses.
        truncated_sampling: draw sampling addresses with 32 bits only.
        now_us: when monitoring begins.
    """

    def __init__(
        self,
        context: Context,
        ops: Operations,
        kernel: Kernel,
        min_region_sz: int,
        *,
        truncated_sampling: bool,
        now_us: int,
    ) -> None:
        self.targets = context.targets
        self.bounds = context.nr_regions
        """Wanted number of regions; replaced when it changes."""
        self._ops = ops
        self._kernel = kernel
        self._min_sz = min_region_sz
        self._truncated = truncated_sampling and not kernel.has(Feature.WIDE_RANDOM)
        self._covered: dict[int, Ranges] = {}
        self._split_memory = SplitMemory()
        self._rotation = 0
        self.regions = concatenate([self._initial(i, target, now_us) for i, target in enumerate(self.targets)])
        self._limit = self._limit_sizes()

    # Targets

    def pid_of(self, target: int) -> int | None:
        """The process of the target with an index; None where there is none."""
        return self.targets[target].pid if target < len(self.targets) else None

    def ends_us(self) -> float:
        """When the last target ends; minus infinity without targets, where there may be an end at all."""
        if not self._ops.of_processes:
            return math.inf
        return max((self._ops.ends_us(target) for target in self.targets), default=-math.inf)

    def running(self, now_us: int) -> set[int]:
        """Indices of the targets that have not ended."""
        return {index for index, target in enumerate(self.targets) if self._ops.ends_us(target) > now_us}

    def change_targets(self, new: tuple[Target, ...]) -> dict[int, int]:
        """Take over targets by index: obsolete and missing ones go, given regions replace those that are there.

        Returns:
            The new index of each that stays or comes.
        """
        parts: list[Regions] = []
        new_index: dict[int, int] = {}
        self._covered.clear()
        for index, target in enumerate(new):
            if target.obsolete:
                continue
            new_index[index] = len(parts)
            part = self.regions.of_target(index) if index < len(self.targets) else Regions.from_ranges([])
            if target.regions:
                part = set_regions(part, index, _given(target), self._min_sz)
            part.target = np.full(len(part), len(parts), np.int64)
            parts.append(part)
        self.regions.replace(concatenate(parts))
        self.targets = tuple(target for target in new if not target.obsolete)
        return new_index

    def change_operations(self, ops: Operations, min_region_sz: int) -> None:
        """Go on with another operations set over the same regions.

        Args:
            ops: the operations set.
            min_region_sz: in the units of its addresses.
        """
        self._ops, self._min_sz = ops, min_region_sz
        self._covered.clear()

    def update(self, now_us: int) -> None:
        """Fit the regions to the mappings as they are now (section 3.7)."""
        if self._ops.follows_mappings:
            for index, target in enumerate(self.targets):
                ranges = self._ops.ranges(target, now_us, self._min_sz)
                if ranges is not None and self._covered.get(index) != ranges:
                    self._covered[index] = ranges
                    parts = [self.regions.of_target(i) for i in range(len(self.targets))]
                    parts[index] = set_regions(parts[index], index, ranges, self._min_sz)
                    self.regions.replace(concatenate(parts))
        if not self._kernel.has(Feature.APPLY_MIN_NR_REGIONS):
            self._limit = self._limit_sizes()

    def _initial(self, index: int, target: Target, now_us: int) -> Regions:
        if target.regions:
            return set_regions(Regions.from_ranges([]), index, _given(target), self._min_sz)
        ranges = self._ops.ranges(target, now_us, self._min_sz) if self._ops.follows_mappings else None
        if ranges is None:
            return Regions.from_ranges([], index)
        if not self._kernel.has(Feature.APPLY_MIN_NR_REGIONS):
            exact = self._kernel.has(Feature.SPLIT_EVENLY_EXACT)
            ranges = pieces_of_three(ranges, self.bounds.min, self._min_sz, exact=exact)
        return Regions.from_ranges(ranges, index)

    # Sizes

    @property
    def size_limit(self) -> int:
        """How large a region may be so that the least number of regions is left; not aligned."""
        return region_size_limit(self.regions, self.bounds.min, self._min_sz)

    def _limit_sizes(self) -> int:
        if self._kernel.has(Feature.APPLY_MIN_NR_REGIONS):
            return apply_min_nr_regions(self.regions, self.bounds.min, self._min_sz)
        return self.size_limit

    # Checks

    def check(self, now_us: int, sample_us: int, ticks: int, rng: np.random.Generator) -> int:
        """Check a page of each region in each of `ticks` windows from `now_us` on; how many checks that were."""
        regions = self.regions
        if not len(regions):
            return 0
        start, end = regions.start, regions.end
        if self._truncated:
            span = (end - start) % _UNIT32
            end = start + np.where(span == 0, np.minimum(end - start, _UNIT32), span)
        at_once = max(1, min(_WINDOWS_AT_ONCE, _CHECKS_AT_ONCE // len(regions)))
        done = 0
        while done < ticks:
            windows = min(at_once, ticks - done)
            edges = now_us + sample_us * np.arange(done, done + windows + 1, dtype=np.float64)
            regions.nr_accesses = regions.nr_accesses + count_hits(self._shares(start, end, edges), windows, rng)
            done += windows
        return len(regions) * ticks

    def _shares(self, start: U64, end: U64, edges: F64) -> F64:
        targets = self.targets
        if len(targets) == 1:
            return self._ops.touched(targets[0], edges).shares_of(start, end)
        bounds = np.searchsorted(self.regions.target, np.arange(len(targets) + 1))
        shares = [
            self._ops.touched(target, edges).shares_of(start[low:high], end[low:high])
            for target, low, high in zip(targets, bounds[:-1], bounds[1:], strict=True)
        ]
        windows = max(share.shape[0] for share in shares)
        return np.concatenate([np.broadcast_to(s, (windows, s.shape[1])) for s in shares], axis=1)

    def touched(self, edges: F64) -> list[Touched]:
        """Of each target, what is touched in the windows between `edges` [k + 1]."""
        return [self._ops.touched(target, edges) for target in self.targets]

    # The end of an aggregation

    def merge(self, max_nr_accesses: int) -> None:
        """Age regions, and merge those that look alike."""
        kernel, regions = self._kernel, self.regions
        if not len(regions):
            return
        merge(
            regions,
            int(regions.nr_accesses.max()) // 10,
            self._limit,
            max_nr_regions=self.bounds.max,
            max_threshold=max_nr_accesses,
            repeats=kernel.has(Feature.MERGE_UNTIL_MAX),
            zero_resets=kernel.has(Feature.AGE_RESET_ON_ZERO),
            ages_once=kernel.has(Feature.AGE_ONCE_PER_MERGE),
        )
        if kernel.has(Feature.APPLY_MIN_NR_REGIONS):
            self._limit = self._limit_sizes()

    def reset_and_split(self, shared: SplitMemory, rng: np.random.Generator) -> None:
        """Count from 0 again, and cut regions so that differences inside them can show."""
        kernel, regions, most, n = self._kernel, self.regions, self.bounds.max, len(self.regions)
        regions.reset()
        memory = shared if kernel.has(Feature.LAST_NR_REGIONS_SHARED) else self._split_memory
        pieces = pieces_wanted(n, memory.last_nr_regions, most)
        if pieces > 1:
            split(regions, pieces, self._min_sz, rng)
        elif kernel.has(Feature.SPLIT_ABOVE_HALF):
            chosen = chosen_above_half(n, most, self._rotation)
            self._rotation += 1
            if chosen is not None:
                split(regions, 2, self._min_sz, rng, chosen)
        if pieces > 1 or kernel.has(Feature.SPLIT_ABOVE_HALF):
            memory.last_nr_regions = n


def _given(target: Target) -> Ranges:
    return [(region.start, region.end) for region in target.regions]
