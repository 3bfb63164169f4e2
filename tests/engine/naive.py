"""Slow and literal: DAMON's regions as objects in plain loops, masim access by access on bitmaps of pages.

Written from the specification's prose and from masim's own loop, and sharing nothing with the engine but the
dataclasses of masim configurations. What the engine does by closed form is tested against this.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.workload.library import Workload

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
    for (_, end), (start, _) in zip(mappings, mappings[1:], strict=False):
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


@cache
def orbit(stride: int, size: int) -> NDArray[np.int64]:
    """The offsets that masim's sequential loop touches, from the first access on, until they repeat."""
    offsets: list[int] = []
    offset = 0
    while True:
        offset += stride
        if offset >= size:
            offset = 0
        offsets.append(offset)
        if offset == 0:
            return np.array(offsets, np.int64)


class Masim:
    """masim at work: which access happens when, and which byte it touches.

    Args:
        workload: small, since each access is looked at.
        bases: address of the first byte of each region.
        seed: of the draws of patterns and random bytes.
        loop: start again after the last phase.
    """

    def __init__(self, workload: Workload, bases: Sequence[int], seed: int, *, loop: bool = False) -> None:
        self.workload, self.bases, self.loop = workload, tuple(bases), loop
        self.chance = np.random.default_rng(seed)
        self.index = {region.name: i for i, region in enumerate(workload.config.regions)}
        self.sizes = [region.size for region in workload.config.regions]
        self.ended_us: float | None = None

    def batches(self, until_us: float) -> list[tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """Per batch that begins before `until_us`: time and address of each access, in microseconds and bytes."""
        made: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        now = 0.0
        while True:
            for number, phase in enumerate(self.workload.config.phases):
                speeds = self.workload.accesses_per_ms
                per_us = (speeds[number] if len(speeds) > 1 else speeds[0]) / 1_000
                weights = [access.weight for access in phase.accesses]
                if not sum(weights):
                    now += phase.time_ms * 1_000
                    continue
                orbits = [orbit(a.stride, self.sizes[self.index[a.region]]) for a in phase.accesses]
                stands = [0] * len(phase.accesses)
                began, batch = now, 0
                while True:
                    if now >= until_us:
                        return made
                    drawn = int(self.chance.integers(0, sum(weights)))
                    which = int(np.searchsorted(np.cumsum(weights), drawn, side="right"))
                    access, n = phase.accesses[which], self.workload.batch
                    region = self.index[access.region]
                    if access.random:
                        offsets = self.chance.integers(0, self.sizes[region], n)
                    else:
                        offsets = orbits[which][(stands[which] + np.arange(n)) % len(orbits[which])]
                        stands[which] += n
                    count = batch * n + np.arange(1, n + 1)
                    made.append((began + count / per_us, self.bases[region] + offsets))
                    batch += 1
                    now = began + batch * n / per_us
                    if now - began >= phase.time_ms * 1_000:
                        break
            if not self.loop:
                self.ended_us = now
                return made
            if now >= until_us:
                return made

    def pages(self, edges_us: Sequence[float]) -> tuple[NDArray[np.bool_], int]:
        """What is touched in each window (edges[i], edges[i + 1]]: a bitmap [windows, pages], and its first page.

        Column j stands for page first + j.
        """
        low = min(self.bases) // PAGE
        high = max(base + size for base, size in zip(self.bases, self.sizes, strict=True)) // PAGE + 1
        edges = np.asarray(edges_us, np.float64)
        touched = np.zeros((len(edges) - 1, high - low), bool)
        for times, addresses in self.batches(float(edges[-1])):
            window = np.searchsorted(edges, times, side="left") - 1
            inside = (window >= 0) & (window < len(edges) - 1)
            touched[window[inside], addresses[inside] // PAGE - low] = True
        return touched, low

    def count(self, start: int, end: int, from_us: float, to_us: float) -> int:
        """Accesses to the bytes [start, end) in the span of time (from, to]."""
        total = 0
        for times, addresses in self.batches(to_us):
            total += int(((times > from_us) & (times <= to_us) & (addresses >= start) & (addresses < end)).sum())
        return total
