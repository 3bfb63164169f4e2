"""Cases in which the law of the engine's results can be told from a wrong one, and what is naively played of them.

Played access by access and page check by page check they take minutes, so the results are kept in a file:
`python -m tests.engine.naive_law` plays all of it again.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.workload.library import Workload
from tests.engine import naive, naive_masim
from tests.engine.make import KIB, PAGE, engine, workload

FILE = Path(__file__).parents[1] / "data" / "naive_law.json"
REPETITIONS, LONG_RUNS, INDEPENDENT_RUNS = 4_000, 40, 8
FIRST_SEED = 1_000_000
"""The engine's seeds are smaller: the two ways never share one."""
AGGREGATIONS = 100
WARM_UP_US = 37_000

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """A workload with attributes, and three regions of equal size to watch.

    `watched` are pages from the beginning of the first masim region, the first two of them inside it.
    """

    name: str
    load: Workload
    watched: tuple[int, int, int]
    pages: int
    sample_us: int = 5_000
    samples: int = 20

    def __str__(self) -> str:
        return self.name

    @property
    def aggr_us(self) -> int:
        return self.sample_us * self.samples


HALF_MIB = 512 * KIB
SWEEP, RANDOM = False, True

CASES = (
    Case(
        "four equal weights",
        workload(
            dict.fromkeys("abcd", HALF_MIB),
            (60_000, [(name, SWEEP, 4096, 5) for name in "abcd"]),
            accesses_per_ms=128,
            batch=384,
        ),
        (2, 66, -100),
        50,
    ),
    Case(
        "two patterns whose batches outlast a sample",
        workload(
            {"a": HALF_MIB, "b": HALF_MIB},
            (60_000, [("a", SWEEP, 4096, 1), ("b", SWEEP, 4096, 1)]),
            accesses_per_ms=64,
            batch=768,
        ),
        (2, 66, -100),
        50,
    ),
    Case(
        "unequal weights in batches of three samples and a bit",
        workload(
            {"a": HALF_MIB, "b": HALF_MIB, "c": HALF_MIB},
            (60_000, [("a", SWEEP, 4096, 5), ("b", SWEEP, 4096, 2), ("c", SWEEP, 4096, 1)]),
            accesses_per_ms=64,
            batch=640,
        ),
        (2, 66, -100),
        50,
        sample_us=3_000,
    ),
    Case(
        "one sweep of six samples",
        workload({"a": 4 * HALF_MIB}, (60_000, [("a", SWEEP, 4096, 1)]), accesses_per_ms=16, batch=256),
        (10, 140, 300),
        100,
        samples=10,
    ),
    Case(
        "two slow sweeps by turns",
        workload(
            {"a": 2 * HALF_MIB, "b": 2 * HALF_MIB},
            (60_000, [("a", SWEEP, 4096, 1), ("b", SWEEP, 4096, 1)]),
            accesses_per_ms=32,
            batch=128,
        ),
        (2, 130, -200),
        100,
        samples=10,
    ),
    Case(
        "random access beside a sweep",
        workload(
            {"a": 2 * HALF_MIB, "b": HALF_MIB},
            (60_000, [("a", RANDOM, 0, 3), ("b", SWEEP, 4096, 2)]),
            accesses_per_ms=64,
            batch=1_280,
        ),
        (2, 130, -120),
        100,
        samples=10,
    ),
    Case(
        "strides of 64 bytes",
        workload(
            {"a": HALF_MIB, "b": HALF_MIB},
            (60_000, [("a", SWEEP, 64, 1), ("b", SWEEP, 64, 1)]),
            accesses_per_ms=1_024,
            batch=20_480,
        ),
        (2, 66, -100),
        50,
        samples=12,
    ),
    Case(
        "strides of three pages",
        workload(
            {"a": 3 * HALF_MIB, "b": HALF_MIB},
            (60_000, [("a", SWEEP, 12_288, 2), ("b", SWEEP, 4096, 3)]),
            accesses_per_ms=64,
            batch=1_280,
        ),
        (3, 201, -110),
        99,
    ),
    Case(
        "random and sweep on one region, and a phase of rest",
        workload(
            {"a": 2 * HALF_MIB, "b": HALF_MIB},
            *[(30, [("a", RANDOM, 0, 1), ("a", SWEEP, 4096, 1), ("b", SWEEP, 4096, 1)]), (20, [("a", RANDOM, 0, 0)])]
            * 100,
            accesses_per_ms=32,
            batch=320,
        ),
        (2, 130, -120),
        100,
        sample_us=4_000,
        samples=10,
    ),
)


def bases_of(load: Workload) -> tuple[int, ...]:
    """Where a process puts the workload's regions: taken from the engine, as it would be from /proc/PID/maps."""
    system = engine(memory_bytes=1 << 30)
    return system.machine.processes[system.start_process(load)].layout.regions


def watched_ranges(case: Case, bases: Sequence[int]) -> list[tuple[int, int]]:
    first = bases[0] // PAGE
    return [((first + at) * PAGE, (first + at + case.pages) * PAGE) for at in case.watched]


@cache
def bases_of_cached(case: Case) -> tuple[int, ...]:
    return bases_of(case.load)


def count_naively(case: Case, seed: int) -> tuple[int, ...]:
    """The same by looking at random pages of bitmaps."""
    bases = bases_of_cached(case)
    edges = [WARM_UP_US + i * case.sample_us for i in range(case.samples + 1)]
    touched, first = naive_masim.Masim(case.load, bases, seed).pages(edges)
    chance = random.Random(seed)
    width = touched.shape[1]
    counts = []
    for start, end in watched_ranges(case, bases):
        count = 0
        for window in range(case.samples):
            page = chance.randrange(start, end) // PAGE - first
            count += 0 <= page < width and bool(touched[window, page])
        counts.append(count)
    return tuple(counts)


def long_target(case: Case) -> tuple[int, int]:
    """All masim regions of a case and as much untouched memory below them."""
    bases = bases_of_cached(case)
    low, high = min(bases) // PAGE * PAGE, (bases[0] + case.load.config.regions[0].size) // PAGE * PAGE
    return low - (high - low), high


def regions_naively(case: Case, seed: int, *, independent: bool = False) -> int:
    """With `independent`, each check finds the window's mean share by itself, whatever else was found."""
    bases = bases_of_cached(case)
    edges = case.sample_us * np.arange(AGGREGATIONS * case.samples + 1)
    touched, first = naive_masim.Masim(case.load, bases, seed).pages(edges.tolist())
    width = touched.shape[1]
    chance = random.Random(seed)
    mean = touched.mean(axis=0)

    def hit(tick: int, page: int) -> bool:
        at = page - first
        if not 0 <= at < width:
            return False
        return bool(chance.random() < mean[at] if independent else touched[tick, at])

    start, end = long_target(case)
    damon = naive.Damon([[naive.Region(start, end)]], case.sample_us, case.aggr_us, 10, 200, chance)
    for _ in range(AGGREGATIONS):
        (seen,) = damon.aggregation(hit)
    return len(seen)


@dataclass(frozen=True)
class Played:
    """What was played of a case."""

    counts: Counts
    """[REPETITIONS, 3]"""
    first: list[list[int]]
    """The rows of the first seeds, to be played again."""
    regions: list[int]
    """Of `LONG_RUNS` long runs."""


def play(case: Case) -> dict[str, object]:
    """All of a case, as the file has it."""
    rows = [count_naively(case, FIRST_SEED + seed) for seed in range(REPETITIONS)]
    together = sorted(Counter(rows).items())
    return {
        "counts": [[*row, number] for row, number in together],
        "first": rows[:10],
        "regions": [regions_naively(case, FIRST_SEED + seed) for seed in range(LONG_RUNS)],
    }


@cache
def played() -> dict[str, Played]:
    """The file, by the names of the cases."""
    return {
        name: Played(
            np.repeat(np.array(one["counts"])[:, :3], np.array(one["counts"])[:, 3], axis=0),
            one["first"],
            one["regions"],
        )
        for name, one in json.loads(FILE.read_text("utf-8")).items()
    }


if __name__ == "__main__":
    everything = {case.name: play(case) for case in CASES}
    FILE.write_text(json.dumps(everything, separators=(",", ":")).replace('"counts"', '\n"counts"') + "\n", "utf-8")
