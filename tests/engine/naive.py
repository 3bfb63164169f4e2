"""Slow and literal: DAMON's regions as objects in plain loops.

Written from the specification's prose, and sharing nothing with the engine. What the engine does in columns is
tested against this.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

PAGE = 4096
U64_MAX = 2**64 - 1


@dataclass
class Region:
    """One region, half open."""

    start: int
    end: int
    nr: int = 0
    last: int = 0
    age: int = 0

    @property
    def size(self) -> int:
        return self.end - self.start


Target = list[Region]


def merge_two(left: Region, right: Region) -> None:
    """Fold `right` into `left`, in the kernel's 64-bit unsigned arithmetic."""
    a, b = left.size, right.size
    left.nr = ((left.nr * a + right.nr * b) & U64_MAX) // (a + b)
    left.age = ((left.age * a + right.age * b) & U64_MAX) // (a + b)
    left.end = right.end


def merge_regions_of(target: Target, threshold: int, size_limit: int, *, ages: bool, zero_resets: bool) -> None:
    """Section 4, of one target."""
    kept: Target = []
    for r in target:
        if ages:
            if abs(r.nr - r.last) > threshold or (zero_resets and (r.nr == 0) != (r.last == 0)):
                r.age = 0
            else:
                r.age += 1
        prev = kept[-1] if kept else None
        if (
            prev is not None
            and prev.end == r.start
            and abs(prev.nr - r.nr) <= threshold
            and prev.size + r.size <= size_limit
        ):
            merge_two(prev, r)
        else:
            kept.append(r)
    target[:] = kept


def fold_twins(target: Target, size_limit: int) -> None:
    """Section 6.2 [7.1]: fold each region into the one before it where all counters are the same."""
    kept: Target = []
    for r in target:
        prev = kept[-1] if kept else None
        if (
            prev is not None
            and prev.end == r.start
            and (prev.age, prev.last, prev.nr) == (r.age, r.last, r.nr)
            and prev.size + r.size <= size_limit
        ):
            prev.end = r.end
        else:
            kept.append(r)
    target[:] = kept


def kdamond_merge(
    targets: list[Target],
    threshold: int,
    size_limit: int,
    *,
    max_nr_regions: int,
    max_threshold: int,
    repeats: bool,
    zero_resets: bool,
    ages_once: bool = False,
) -> None:
    """Section 4, of a context: one pass up to 6.10, several from 6.11 on, ages on the first only after 7.1."""
    ages = True
    while True:
        for target in targets:
            merge_regions_of(target, threshold, size_limit, ages=ages, zero_resets=zero_resets)
        total = sum(len(target) for target in targets)
        if not repeats or total <= max_nr_regions:
            return
        if ages_once:
            ages = False
            if threshold >= max_threshold:
                return
            threshold = max(1, 2 * threshold) if threshold < max_threshold // 2 else max_threshold
        else:
            threshold = max(1, 2 * threshold)
            if threshold // 2 >= max_threshold:
                return


def split_regions_of(target: Target, pieces: int, min_sz: int, tenth: Callable[[int, int], int]) -> None:
    """Section 5; `tenth(i, t)` is the random number 1 to 9 of try `t` of the i-th region."""
    done: Target = []
    for i, r in enumerate(target):
        tail: Target = []
        sz = r.size
        for t in range(pieces - 1):
            if sz <= 2 * min_sz:
                break
            left = tenth(i, t) * sz // 10 // min_sz * min_sz
            if left == 0 or left >= sz:
                continue
            tail.insert(0, replace(r, start=r.start + left))
            r.end = r.start + left
            sz = left
        done += [r, *tail]
    target[:] = done


def region_size_limit(targets: list[Target], min_nr_regions: int, min_sz: int) -> int:
    """Section 3.6."""
    return max(min_sz, sum(r.size for target in targets for r in target) // min_nr_regions)


def apply_min_nr_regions(targets: list[Target], min_nr_regions: int, min_sz: int) -> int:
    """Section 3.6 [7.1]: cut what is larger than the limit; return the limit."""
    limit = region_size_limit(targets, min_nr_regions, min_sz)
    limit = (limit + min_sz - 1) // min_sz * min_sz
    for target in targets:
        done: Target = []
        for r in target:
            while r.size > limit:
                done.append(replace(r, end=r.start + limit))
                r = replace(r, start=r.start + limit)
            done.append(r)
        target[:] = done
    return limit


def set_regions(target: Target, ranges: Sequence[tuple[int, int]], min_sz: int) -> None:
    """Section 3.8, sentence by sentence."""

    def intersect(r: Region, s: int, e: int) -> bool:
        return not (r.end <= s or e <= r.start)

    target[:] = [r for r in target if any(intersect(r, s, e) for s, e in ranges)]
    for s, e in ranges:
        touching = [i for i, r in enumerate(target) if intersect(r, s, e)]
        low, high = s // min_sz * min_sz, (e + min_sz - 1) // min_sz * min_sz
        if not touching:
            at = sum(1 for r in target if r.start < s)
            target.insert(at, Region(low, high))
            continue
        first, last = touching[0], touching[-1]
        target[first].start, target[last].end = low, high
        for i in range(last, first, -1):
            if target[i - 1].end != target[i].start:
                target.insert(i, Region(target[i - 1].end, target[i].start))


def three_ranges(mappings: Sequence[tuple[int, int]], min_sz: int) -> list[tuple[int, int]] | None:
    """Section 3.5, steps 1 to 3."""
    first, second = (0, 0), (0, 0)
    for (_, end), (start, _) in pairwise(mappings):
        gap = (end, start)
        if gap[1] - gap[0] > second[1] - second[0]:
            second = gap
            if second[1] - second[0] > first[1] - first[0]:
                first, second = second, first
    if 0 in (first[1] - first[0], second[1] - second[0]):
        return None
    first, second = sorted((first, second))
    bounds = [mappings[0][0], first[0], first[1], second[0], second[1], mappings[-1][1]]
    up = [(b + min_sz - 1) // min_sz * min_sz for b in bounds]
    return [(up[0], up[1]), (up[2], up[3]), (up[4], up[5])]


@dataclass
class Damon:
    """The loop of section 2.3 without schemes, commands and updates, over targets that are given."""

    targets: list[Target]
    sample_us: int
    aggr_us: int
    min_nr_regions: int
    max_nr_regions: int
    chance: random.Random
    forced_min: bool = True
    """As in 7.1; otherwise as in 6.12."""
    last_nr_regions: int = 0
    passed: int = 0
    size_limit: int = field(init=False)

    def __post_init__(self) -> None:
        self.size_limit = self._limit()

    def _limit(self) -> int:
        if self.forced_min:
            return apply_min_nr_regions(self.targets, self.min_nr_regions, PAGE)
        return region_size_limit(self.targets, self.min_nr_regions, PAGE)

    def aggregation(self, touched: Callable[[int, int], bool]) -> list[Target]:
        """Run one aggregation: `touched(tick, page)` tells what was. The result is what a trace would show."""
        samples = self.aggr_us // self.sample_us
        for _ in range(samples):
            for target in self.targets:
                for r in target:
                    r.nr += touched(self.passed, self.chance.randrange(r.start, r.end) // PAGE)
            self.passed += 1
        highest = max((r.nr for target in self.targets for r in target), default=0)
        kdamond_merge(
            self.targets,
            highest // 10,
            self.size_limit,
            max_nr_regions=self.max_nr_regions,
            max_threshold=samples,
            repeats=True,
            zero_resets=True,
        )
        if self.forced_min:
            self.size_limit = self._limit()
        seen = [[replace(r) for r in target] for target in self.targets]
        for target in self.targets:
            for r in target:
                r.last, r.nr = r.nr, 0
        self._split()
        return seen

    def _split(self) -> None:
        total = sum(len(target) for target in self.targets)
        if total > self.max_nr_regions // 2:
            return
        pieces = 3 if total == self.last_nr_regions and total < self.max_nr_regions // 3 else 2
        for target in self.targets:
            split_regions_of(target, pieces, PAGE, lambda _i, _t: self.chance.randint(1, 9))
        self.last_nr_regions = total
