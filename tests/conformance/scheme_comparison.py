"""Figures of recorded scheme runs beside those of simulations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, pstdev

from tests.conformance.scheme_recording import STATISTICS, Row, SchemeRun, Segment
from tests.conformance.scheme_simulation import Simulated, simulate

AIM = 1.25
"""What a figure of the kernel may be of the simulator's mean, or the other way round, without being explained."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a run."""

    name: str
    kernel: float
    simulator: tuple[float, ...]
    """One for each seed."""

    @property
    def mean(self) -> float:
        return fmean(self.simulator)

    @property
    def deviation(self) -> float:
        return pstdev(self.simulator)

    @property
    def factor(self) -> float:
        """Kernel / simulator; 1 where both are 0."""
        if self.kernel == self.mean:
            return 1.0
        return self.kernel / self.mean if self.mean else float("inf")

    @property
    def holds(self) -> bool:
        return 1 / AIM <= self.factor <= AIM


@dataclass(frozen=True, slots=True)
class SchemeComparison:
    """A recording beside simulations of several seeds."""

    run: SchemeRun
    simulations: tuple[Simulated, ...]

    @property
    def last(self) -> Row:
        """The last row that was read while kdamond ran."""
        return [row for row in self.run.rows if row.on][-1]

    def figures(self) -> list[Figure]:
        """All that can be compared of this run."""
        found = [self._of("aggregations", self.last.aggregations, self._aggregations)]
        for index, scheme in enumerate(self.last.schemes):
            found += [self._statistic(index, name, scheme[name]) for name in STATISTICS]
        if any(scheme["qt_exceeds"] for scheme in self.last.schemes):
            found += [self._after_first(index) for index in range(len(self.last.schemes))]
        if "pageout" in self.run.schemes:
            found.append(self._resident())
        for number, segment in enumerate(self.run.segments if len(self.run.segments) > 1 else ()):
            found += self._of_segment(number, segment)
        return found

    def _of(self, name: str, kernel: float, simulator: Callable[[Simulated], float]) -> Figure:
        return Figure(name, kernel, tuple(simulator(one) for one in self.simulations))

    def _aggregations(self, one: Simulated) -> float:
        return sum(found.end_us <= self.last.time_ms * 1e3 for found in one.aggregations)

    def _statistic(self, scheme: int, name: str, kernel: int) -> Figure:
        def of(one: Simulated) -> float:
            return float(getattr(one.at(self.last.time_ms).stats[scheme], name))

        return self._of(f"scheme {scheme} {name}", kernel, of)

    def _after_first(self, scheme: int) -> Figure:
        """Bytes tried from the second row on, about 2 s: all first charge windows are over then."""
        start = self.run.rows[1]

        def of(one: Simulated) -> float:
            late, early = (one.at(row.time_ms).stats[scheme].sz_tried for row in (self.last, start))
            return float(late - early)

        kernel = self.last.schemes[scheme]["sz_tried"] - start.schemes[scheme]["sz_tried"]
        return self._of(f"scheme {scheme} sz_tried after 2 s", kernel, of)

    def _resident(self) -> Figure:
        """Mean of the resident bytes over the rows."""
        rows = [row for row in self.run.rows if row.on and row.rss_bytes]

        def of(one: Simulated) -> float:
            return fmean(one.at(row.time_ms).rss_bytes for row in rows)

        return self._of("mean resident bytes", fmean(row.rss_bytes for row in rows), of)

    def _of_segment(self, number: int, segment: Segment) -> list[Figure]:
        low, high = bounds(self.run, number)
        kernel = [at for at, time in enumerate(self.run.aggregations_ms) if low <= time < high]

        def regions(one: Simulated) -> float:
            return fmean(found.nr_regions for found in one.aggregations if low <= found.end_us / 1e3 < high)

        def working_set(one: Simulated) -> float:
            return median(found.working_set_bytes for found in one.aggregations if low <= found.end_us / 1e3 < high)

        def count(one: Simulated) -> float:
            return sum(low <= found.end_us / 1e3 < high for found in one.aggregations)

        name = f"from {low / 1e3:.1f} s"
        return [
            self._of(f"{name}: aggregations", len(kernel), count),
            self._of(f"{name}: mean regions", fmean(self.run.nr_regions[at] for at in kernel), regions),
            self._of(
                f"{name}: median working set", median(self.run.working_set_bytes[at] for at in kernel), working_set
            ),
        ]


def bounds(run: SchemeRun, segment: int) -> tuple[float, float]:
    """When a segment begins and ends, in ms."""
    starts = [one.from_ms for one in run.segments] + [[row for row in run.rows if row.on][-1].time_ms]
    return starts[segment], starts[segment + 1]


def compare(run: SchemeRun, seeds: int) -> SchemeComparison:
    """A recording, and simulations of it with the seeds 0, 1, …"""
    return SchemeComparison(run, tuple(simulate(run, seed) for seed in range(seeds)))


def windows(one: Simulated, scheme: int, reset_us: int) -> list[int]:
    """Bytes that a scheme tried in each charge window that was over at the end, told by its statistics alone.

    A window begins with the first turn after the one before is over; turns come with each aggregation here.
    """
    tried: list[int] = []
    began: int | None = None
    before = 0
    for found in one.aggregations:
        now = one.at(found.end_us / 1e3 + 20).stats[scheme].sz_tried
        if began is None or found.end_us >= began + reset_us:
            tried.append(0)
            began = found.end_us
        tried[-1] += now - before
        before = now
    return tried[:-1]


def misses(comparisons: Sequence[SchemeComparison]) -> list[tuple[str, Figure]]:
    """Figures that differ by more than the aim, with the names of their runs."""
    return [(one.run.name, figure) for one in comparisons for figure in one.figures() if not figure.holds]
