"""Aggregations made up by hand or by chance, to be recorded and reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from engine.records import RecordWriter
from engine.snapshot import Aggregation

PAGE = 4096
MIB = 1 << 20
GIB4 = 4 << 30
HOT_COLD_WARM = [
    (0, GIB4, GIB4 + 4 * MIB, 20, 0),
    (0, GIB4 + 4 * MIB, GIB4 + 64 * MIB, 0, 0),
    (0, GIB4 + 64 * MIB, GIB4 + 68 * MIB, 10, 0),
]
"""Regions of 4 MiB at each sample, of 60 MiB never, and of 4 MiB at every second sample."""


def aggregation(
    regions: Sequence[tuple[int, int, int, int, int]],
    index: int = 0,
    *,
    kdamond: int = 0,
    context: int = 0,
    sample_us: int = 5_000,
    aggr_us: int = 100_000,
    start_us: int | None = None,
    end_us: int | None = None,
) -> Aggregation:
    """One aggregation out of (target, start, end, nr_accesses, age) of each region."""
    target, start, end, nr_accesses, age = zip(*regions, strict=True) if regions else ((),) * 5
    return Aggregation(
        kdamond=kdamond,
        context=context,
        start_us=index * aggr_us if start_us is None else start_us,
        end_us=(index + 1) * aggr_us if end_us is None else end_us,
        sample_us=sample_us,
        aggr_us=aggr_us,
        max_nr_accesses=aggr_us // sample_us,
        target=np.array(target, dtype=np.int64),
        start=np.array(start, dtype=np.uint64),
        end=np.array(end, dtype=np.uint64),
        nr_accesses=np.array(nr_accesses, dtype=np.int64),
        age=np.array(age, dtype=np.int64),
        nr_targets=max(target, default=-1) + 1,
    )


def by_chance(
    seed: int,
    count: int = 30,
    *,
    nr_targets: int = 1,
    nr_regions: int = 8,
    kdamond: int = 0,
    first_us: int = 0,
    pause_every: int = 0,
) -> Iterator[Aggregation]:
    """Aggregations whose targets have three mappings with gaps between, the later ones growing now and then.

    With `pause_every` n, monitoring pauses for half a second after each n aggregations.
    """
    rng = np.random.default_rng(seed)
    time_us = first_us
    for index in range(count):
        regions = []
        for target in range(nr_targets):
            base = (target + 1) << 40
            for mapping, pages in ((0, 300), (1 << 32, 5_000 + index // 10), (1 << 36, 40)):
                inner = rng.choice(np.arange(1, pages), min(nr_regions, pages - 1) - 1, replace=False)
                edges = base + mapping + PAGE * np.concatenate([[0], np.sort(inner), [pages]])
                for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                    hot = rng.random() < 0.4
                    regions.append((target, start, end, int(rng.integers(1, 21)) if hot else 0, int(rng.integers(12))))
        yield aggregation(regions, kdamond=kdamond, start_us=time_us, end_us=time_us + 100_000)
        time_us += 100_000
        if pause_every and index % pause_every == pause_every - 1:
            time_us += 500_000


def recorded(path: Path, aggregations: Iterator[Aggregation] | Sequence[Aggregation]) -> Path:
    """The path of a record of these."""
    with RecordWriter(path) as writer:
        for one in aggregations:
            writer.add(one)
    return path
