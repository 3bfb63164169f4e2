"""Slow and literal: masim, access by access, on bitmaps of pages.

Written from masim's own loop, and sharing nothing with the engine but the dataclasses of configurations. What the
engine does by closed form is tested against this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.workload.library import Workload

PAGE = 4096


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
        choose: tells the pattern of batch b of the n-th phase that runs, where it is not to be drawn here.
    """

    def __init__(
        self,
        workload: Workload,
        bases: Sequence[int],
        seed: int,
        *,
        loop: bool = False,
        choose: Callable[[int, int], int] | None = None,
    ) -> None:
        self.workload, self.bases, self.loop, self.choose = workload, tuple(bases), loop, choose
        self.chance = np.random.default_rng(seed)
        self.index = {region.name: i for i, region in enumerate(workload.config.regions)}
        self.sizes = [region.size for region in workload.config.regions]
        self.ended_us: float | None = None

    def batches(self, until_us: float) -> list[tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """Per batch that begins before `until_us`: time and address of each access, in microseconds and bytes."""
        made: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        now, run = 0.0, -1
        while True:
            for number, phase in enumerate(self.workload.config.phases):
                run += 1
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
                    which = self.choose(run, batch) if self.choose else self._draw(weights)
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

    def _draw(self, weights: list[int]) -> int:
        drawn = int(self.chance.integers(0, sum(weights)))
        for which, weight in enumerate(weights):
            if drawn < weight:
                return which
            drawn -= weight
        raise AssertionError

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
