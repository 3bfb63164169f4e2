"""What the regions of an aggregation add up to: bytes by rate, by age and by idle time, and how much was touched.

Percentiles are over bytes and worked out as damo 3.4.3 does: with the regions in rising order, percentile p is the
figure of the first region at which p percent of all bytes are reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damotui.session.snapshot_regions import F64, PAGE_BYTES, Regions
from engine.snapshot import I64

PERCENTILES = (0, 1, 5, 25, 50, 75, 90, 99, 100)
_SECOND, _MINUTE, _HOUR, _DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
TIMES = (
    *(step * 10**power for power in range(3, 6) for step in (1, 2, 5)),
    *(step * _SECOND for step in (1, 2, 5, 10, 20, 30)),
    *(step * _MINUTE for step in (1, 2, 5, 10, 20, 30)),
    *(step * _HOUR for step in (1, 2, 5, 12)),
    *(step * _DAY for step in (1, 2, 5, 10, 20, 50)),
)
"""Times that classes begin at, in microseconds: 1-2-5, then as clocks go."""


@dataclass(frozen=True, slots=True)
class Share:
    """Bytes of one class of regions."""

    low: float
    """Where the class begins."""
    high: float
    """Where it ends, which is not part of it; for rates it is, and where the class begins is not."""
    bytes: int
    accessed: int
    """Bytes of those of them that were found accessed."""


def by_rate(regions: Regions) -> list[Share]:
    """Bytes without any access, then those of each tenth of the rates: above 0 up to 10 percent, and so on."""
    tenth = np.clip(np.ceil(np.round(regions.rate / 10, 9)), 0, 10).astype(np.int64)
    sizes = _sums(tenth, regions.bytes, 11)
    return [Share((at - 1) * 10.0 if at else 0.0, at * 10.0, sizes[at], sizes[at] if at else 0) for at in range(11)]


def by_age(regions: Regions, classes: int) -> list[Share]:
    """Bytes of regions of each age, in microseconds, in no more than so many classes: of 3 at least."""
    highest = int(regions.age_us.max(initial=0))
    edges = _edges(regions.aggregation.aggr_us, highest, classes - 1)
    return _classes(regions, regions.age_us, edges)


def idle_at_least(regions: Regions, times_us: Sequence[int]) -> list[int]:
    """The cold-memory tail: bytes of which no check has found an access for each of these times at least."""
    order = np.argsort(regions.idle_us, kind="stable")
    below = np.concatenate(([0], np.cumsum(regions.bytes[order])))
    places = np.searchsorted(regions.idle_us[order], times_us, side="left")
    return [int(below[-1] - below[place]) for place in places.tolist()]


def tail_times(regions: Regions, steps: int) -> list[int]:
    """Times at which to read the tail: no more than so many, from the aggregation interval up to the longest idle."""
    return _edges(regions.aggregation.aggr_us, int(regions.idle_us.max(initial=0)), steps)


def percentiles(values: NDArray[np.int64] | F64, sizes: I64, wanted: Sequence[int] = PERCENTILES) -> list[float]:
    """Percentiles over bytes of a figure [n] of regions with these sizes [n]; empty if there are no bytes."""
    total = int(sizes.sum())
    if not total:
        return []
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(sizes[order]) * 100
    places = np.searchsorted(reached, [percent * total for percent in wanted], side="left")
    return [float(value) for value in values[order][places]]


@dataclass(frozen=True, slots=True)
class Totals:
    """What is told of all regions in a line."""

    regions: int
    bytes: int
    accessed: int
    """Bytes of the regions in which a check found an access."""
    cold: int
    """Bytes idle for at least `cold_us`."""
    cold_us: int
    bandwidth: float
    """Bytes touched per second, if each check that found an access stood for one touch of the whole region: damo's
    estimate. On average it is what is really touched, each page counted once in a sampling interval at most."""
    certain: float
    """Bytes per second of the pages that checks found accessed: no less can have been touched."""
    hottest: int | None
    """Index of the region with the highest temperature; None where no region was accessed."""


def totals(regions: Regions, cold_us: int) -> Totals:
    """The sums over all regions, and the hottest of them."""
    seconds = max(regions.aggregation.aggr_us, 1) / 1e6
    accessed = regions.accessed
    # Of equal temperatures, the one that was found accessed most often.
    hottest = int(np.lexsort((regions.rate, regions.temperature))[-1]) if accessed.any() else None
    return Totals(
        regions=len(regions),
        bytes=int(regions.bytes.sum()),
        accessed=int(regions.bytes[accessed].sum()),
        cold=int(regions.bytes[regions.idle_us >= cold_us].sum()),
        cold_us=cold_us,
        bandwidth=float(regions.bytes.astype(np.float64) @ regions.nr_accesses) / seconds,
        certain=float(regions.nr_accesses.sum()) * PAGE_BYTES / seconds,
        hottest=hottest,
    )


def _classes(regions: Regions, values: I64, edges: Sequence[int]) -> list[Share]:
    """Bytes below the first edge, between each two, and from the last one on."""
    which = np.searchsorted(edges, values, side="right")
    sizes = _sums(which, regions.bytes, len(edges) + 1)
    accessed = _sums(which, np.where(regions.accessed, regions.bytes, 0), len(edges) + 1)
    limits = [0.0, *map(float, edges), float("inf")]
    return [Share(limits[at], limits[at + 1], sizes[at], accessed[at]) for at in range(len(edges) + 1)]


def _sums(which: I64, sizes: I64, classes: int) -> list[int]:
    sums = np.zeros(classes, np.int64)
    np.add.at(sums, which, sizes)
    return [int(size) for size in sums]


def _edges(least_us: int, highest_us: int, most: int) -> list[int]:
    """Times from `least_us` up to `highest_us`: both ends of the scale, and what fits between of at most so many."""
    edges = [least_us, *(time for time in TIMES if least_us < time <= highest_us)]
    kept = np.unique(np.rint(np.linspace(0, len(edges) - 1, max(most, 2))).astype(int))
    return [edges[at] for at in kept.tolist()]
