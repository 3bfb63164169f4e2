"""Recordings of real kernels beside simulations of the same workloads under the same parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.config.model import AddrRange, Context, Intervals, Kdamond, NrRegions, Target
from engine.engine import Engine
from engine.snapshot import Aggregation
from engine.versions import Kernel, kernel_version
from engine.workload.library import Workload
from engine.workload.masim import parse_masim
from tests.conformance.recording import EDGE_S, PERCENTILES, Recording, percentiles

REQUIRED = ("v01-stairs", "v02-zigzag100", "v05-hotness4", "v08-stairs-10ms-200ms-10-100", "v12-stairs-repeat")
"""Recordings that the bounds are set for."""
REPEATS = ("v01-stairs", "v12-stairs-repeat")
"""Two recordings of the same: how much they differ is the kernel's own spread."""

WSS_BOUND = 0.10
NR_REGIONS_BOUND = 0.40
RATIO_BOUND = 0.10
PAIRS_BOUND = 0.95
_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Measured:
    """The same figures as a recording's, of one simulation."""

    wss_bytes: tuple[int, ...]
    nr_regions: float
    ratios: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Pair:
    """The access ratio of one masim region in one phase."""

    phase: str
    region: str
    kernel: float
    simulator: float

    @property
    def difference(self) -> float:
        return self.simulator - self.kernel

    @property
    def holds(self) -> bool:
        return abs(self.difference) <= RATIO_BOUND


@dataclass(frozen=True, slots=True)
class Comparison:
    """A recording beside the means over the simulations of several seeds."""

    recording: Recording
    runs: tuple[Measured, ...]

    def wss_bytes(self) -> NDArray[np.float64]:
        return np.array([run.wss_bytes for run in self.runs], dtype=np.float64)

    def nr_regions(self) -> NDArray[np.float64]:
        return np.array([run.nr_regions for run in self.runs])

    def pairs(self) -> list[Pair]:
        """All (phase after the first, masim region) pairs."""
        return [
            Pair(phase, region, ratio, float(np.mean([run.ratios[phase][region] for run in self.runs])))
            for phase, regions in list(self.recording.ratios.items())[1:]
            for region, ratio in regions.items()
        ]

    def wss_differences(self) -> NDArray[np.float64]:
        """Relative difference of each percentile."""
        kernel = np.array(self.recording.wss_bytes, dtype=np.float64)
        return np.asarray(self.wss_bytes().mean(axis=0) / kernel - 1.0)

    def nr_regions_difference(self) -> float:
        return float(self.nr_regions().mean() / self.recording.nr_regions - 1.0)


def compare(recording: Recording, seeds: int) -> Comparison:
    """A recording, and simulations of it with the seeds 0, 1, …"""
    return Comparison(recording, tuple(simulate(recording, seed) for seed in range(seeds)))


def simulate(recording: Recording, seed: int) -> Measured:
    """Run the recorded workload under a simulated kdamond of the same kernel and parameters."""
    engine = Engine(kernel=_kernel(recording), seed=seed)
    config = parse_masim(recording.masim, recording.name)
    workload = Workload(recording.name, "", 1 << 30, config, recording.accesses_per_ms, recording.batch)
    process = engine.machine.processes[engine.start_process(workload)]
    regions = {
        region.name: (start, start + region.size)
        for region, start in zip(config.regions, process.layout.regions, strict=True)
    }
    spans = [regions[name] for name in recording.fixed_regions]
    fixed = tuple(AddrRange(low // _PAGE * _PAGE, -(-high // _PAGE) * _PAGE) for low, high in spans)
    context = Context(
        ops=recording.ops,
        intervals=Intervals(
            recording.sample_us, recording.sample_us * recording.samples_per_aggregation, recording.update_us
        ),
        nr_regions=NrRegions(recording.min_nr_regions, recording.max_nr_regions),
        targets=(Target(pid=process.pid, regions=fixed),),
    )
    snapshots: list[Aggregation] = []
    engine.subscribe(snapshots.append)
    engine.turn_on(0, Kdamond((context,)))
    while not engine.finished():
        engine.advance(1_000_000)
    phases = {plan.name: (plan.start_us, plan.end_us) for plan in process.realisation.phases}
    return Measured(
        percentiles([one.working_set_bytes for one in snapshots]),
        float(np.mean([one.nr_regions for one in snapshots])),
        {
            phase: {name: _ratio(snapshots, times, span) for name, span in regions.items()}
            for phase, times in phases.items()
        },
    )


def _kernel(recording: Recording) -> Kernel:
    return kernel_version(".".join(recording.kernel.split(".")[:2]))


def _ratio(snapshots: Sequence[Aggregation], times: tuple[float, float], span: tuple[int, int]) -> float:
    """Mean access ratio of a range of addresses over the snapshots that end in a phase."""
    first, last = times[0] + EDGE_S * 1e6, times[1]
    ratios = []
    for one in snapshots:
        if not first <= one.end_us < last:
            continue
        low, high = np.maximum(one.start.astype(np.int64), span[0]), np.minimum(one.end.astype(np.int64), span[1])
        inside = np.maximum(high - low, 0)
        if inside.any():
            ratios.append(float((inside * one.nr_accesses).sum() / inside.sum() / one.max_nr_accesses))
    return float(np.mean(ratios)) if ratios else float("nan")


def wss_bounds(recordings: Sequence[Recording]) -> tuple[float, ...]:
    """How much each percentile of the working set may differ: 10 %, or what the repeats do if that is more."""
    repeats = [r.wss_bytes for r in recordings if r.name in REPEATS]
    spread = [max(values) / min(values) - 1.0 for values in zip(*repeats, strict=True)] or [0.0, 0.0, 0.0]
    return tuple(max(WSS_BOUND, value) for value in spread)


def misses(one: Comparison, bounds: tuple[float, ...]) -> list[str]:
    """Which figures of a comparison are out of bounds: wss_p25, …, nr_regions, pairs."""
    out = [
        f"wss_p{percentile}"
        for percentile, difference, bound in zip(PERCENTILES, one.wss_differences(), bounds, strict=True)
        if abs(difference) > bound
    ]
    if abs(one.nr_regions_difference()) > NR_REGIONS_BOUND:
        out.append("nr_regions")
    if any(not pair.holds for pair in one.pairs()):
        out.append("pairs")
    return out
