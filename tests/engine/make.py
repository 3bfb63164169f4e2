"""Short ways to say workloads, configurations and region tables in tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import settings

from engine.config.model import AccessPattern, AddrRange, Context, Intervals, Kdamond, NrRegions, Range, Scheme, Target
from engine.engine import Engine
from engine.regions.table import Regions
from engine.snapshot import Aggregation
from engine.versions import kernel_version
from engine.workload.library import Workload
from engine.workload.masim import Access, MasimConfig, MasimRegion, Phase

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
PAGE = 4096
EVERYTHING = AccessPattern(Range(0, 2**64 - 1), Range(0, 2**32 - 1), Range(0, 2**32 - 1))

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True)
"""For hypothesis: the same examples each time, and no clock."""

AccessTuple = tuple[str, bool, int, int]


def workload(
    regions: dict[str, int],
    *phases: tuple[int, Sequence[AccessTuple]],
    accesses_per_ms: float | tuple[float, ...] = 90_000.0,
    batch: int = 131_072,
    name: str = "small",
) -> Workload:
    """A workload from region sizes, and for each phase its milliseconds and (region, random, stride, weight)."""
    config = MasimConfig(
        tuple(MasimRegion(region, size) for region, size in regions.items()),
        tuple(
            Phase(
                f"phase {i}", ms, tuple(Access(region, rnd, stride, weight) for region, rnd, stride, weight in accesses)
            )
            for i, (ms, accesses) in enumerate(phases)
        ),
    )
    speeds = accesses_per_ms if isinstance(accesses_per_ms, tuple) else (accesses_per_ms,)
    return Workload(name, "", 1 << 30, config, speeds, batch)


def kdamond(
    *targets: Target,
    ops: str = "vaddr",
    sample_us: int = 5_000,
    aggr_us: int = 100_000,
    update_us: int = 60_000_000,
    nr_min: int = 10,
    nr_max: int = 1_000,
    schemes: Sequence[Scheme] = (),
) -> Kdamond:
    """A kdamond with one context."""
    return Kdamond(
        (
            Context(
                ops,
                Intervals(sample_us, aggr_us, update_us),
                NrRegions(nr_min, nr_max),
                tuple(targets),
                tuple(schemes),
            ),
        )
    )


def ranges(*pairs: tuple[int, int]) -> tuple[AddrRange, ...]:
    """Address ranges for a target."""
    return tuple(AddrRange(start, end) for start, end in pairs)


def stat(
    nr: tuple[int, int] = (0, 2**32 - 1),
    age: tuple[int, int] = (0, 2**32 - 1),
    sz: tuple[int, int] = (0, 2**64 - 1),
    **more: Any,
) -> Scheme:
    """A scheme with action stat."""
    return Scheme("stat", AccessPattern(Range(*sz), Range(*nr), Range(*age)), **more)


def table(
    spans: Sequence[tuple[int, int]],
    nr: Sequence[int] | None = None,
    last: Sequence[int] | None = None,
    age: Sequence[int] | None = None,
    target: Sequence[int] | None = None,
) -> Regions:
    """A region table; counters are 0 where not given."""

    def column(values: Sequence[int] | None) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.array(values if values is not None else [0] * len(spans), np.int64)

    start = np.array([s for s, _ in spans], np.uint64)
    end = np.array([e for _, e in spans], np.uint64)
    return Regions(column(target), start, end, column(nr), column(last), column(age))


def rows(regions: Regions) -> list[tuple[int, int, int, int, int, int]]:
    """(target, start, end, nr_accesses, last_nr_accesses, age) of each region."""
    return list(
        zip(
            regions.target.tolist(),
            regions.start.tolist(),
            regions.end.tolist(),
            regions.nr_accesses.tolist(),
            regions.last_nr_accesses.tolist(),
            regions.age.tolist(),
            strict=True,
        )
    )


def engine(kernel: str = "7.1", **more: Any) -> Engine:
    """An engine of that kernel."""
    return Engine(kernel=kernel_version(kernel), **more)


def collect(of: Engine) -> list[Aggregation]:
    """The list into which all aggregations of an engine go from now on."""
    seen: list[Aggregation] = []
    of.subscribe(seen.append)
    return seen


def fingerprint(aggregation: Aggregation) -> tuple[object, ...]:
    """All of an aggregation, as bytes and numbers that can be compared."""
    a = aggregation
    columns = (a.target, a.start, a.end, a.nr_accesses, a.age)
    scalars = (a.kdamond, a.context, a.start_us, a.end_us, a.sample_us, a.aggr_us, a.max_nr_accesses, a.nr_targets)
    return (*scalars, *(column.tobytes() for column in columns))


def spans_of(aggregation: Aggregation) -> list[tuple[int, int]]:
    """The (start, end) of each region."""
    return list(zip(aggregation.start.tolist(), aggregation.end.tolist(), strict=True))
