"""How fast the engine is: the monitoring loop over a synthetic address space, by CPU time.

Setting and figures are those of a plain C port of DAMON's loop, so that the two can be laid side by side:
64 GiB in equal segments whose share touched per sample window goes round 0, 0.5, 0.95; 20 samples an
aggregation; the mean number of regions is taken before they are merged.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from engine.config.model import AddrRange, Context, Kdamond, NrRegions, Target
from engine.events import Tracepoints
from engine.kdamond import Kdamond as Loop
from engine.monitored import SplitMemory
from engine.own_operations import OwnOperations
from engine.surroundings import Surroundings
from engine.units import format_bytes
from engine.versions import release
from engine.workload.realisation import F64
from engine.workload.touch import Touched

_SHARES = (0.0, 0.5, 0.95)
_AGGR_US = 100_000
_PLAIN_LOOP = "7.0"
"""The last release whose loop is that of the C port: later ones cut large regions after each merge."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One size of the yardstick."""

    min_nr_regions: int
    max_nr_regions: int
    aggregations: int
    segments: int
    total_bytes: int = 64 << 30

    @property
    def name(self) -> str:
        """Bounds of the number of regions, and segments; the size where it is not the usual one."""
        size = "" if self.total_bytes == 64 << 30 else f", {format_bytes(self.total_bytes)}"
        return f"{self.min_nr_regions}/{self.max_nr_regions}, {self.segments} segments{size}"


SETTINGS = (Setting(10, 1_000, 2_000, 300), Setting(5_000, 10_000, 100, 3_000), Setting(50_000, 100_000, 12, 30_000))
SIZES = (Setting(10, 1_000, 1_000, 30, 64 << 20), Setting(10, 1_000, 1_000, 30, 64 << 40))


@dataclass(frozen=True, slots=True)
class Figures:
    """What one setting took."""

    setting: str
    mean_regions: float
    us_per_aggregation: float
    """CPU time."""
    times_real_time: float


class _Synthetic(OwnOperations):
    """Operations over memory that is touched in the same way in every window."""

    def __init__(self, touched: Touched) -> None:
        super().__init__()
        self._touched = touched

    def touched(self, target: Target, edges_us: F64) -> Touched:
        return self._touched


def measure(setting: Setting) -> Figures:
    """Run one setting, and take the CPU time of it."""
    total, pieces = setting.total_bytes, setting.min_nr_regions
    bounds = np.array([int(total / setting.segments * i) for i in range(setting.segments + 1)], np.uint64)
    share = np.array([[_SHARES[i % len(_SHARES)] for i in range(setting.segments)]])
    memory = _Synthetic(Touched(bounds[:-1], bounds[1:], share))
    starts = [total // pieces * i & ~4095 for i in range(pieces)] + [total]
    regions = tuple(AddrRange(start, end) for start, end in pairwise(starts))
    context = Context(
        ops="paddr", nr_regions=NrRegions(pieces, setting.max_nr_regions), targets=(Target(regions=regions),)
    )
    system = Surroundings(
        kernel=release(_PLAIN_LOOP),
        operations=lambda name, addr_unit: memory,
        split_memory=SplitMemory(),
        emit=lambda aggregation: None,
        tracepoints=Tracepoints(),
        truncated_sampling=False,
    )
    loop = Loop(0, 1, "kdamond.0", Kdamond(contexts=(context,)), system, np.random.SeedSequence(1), 0)
    seen = 0
    began = time.process_time()
    while loop.aggregations < setting.aggregations:
        seen += len(loop.regions)
        loop.step(int(loop.next_event_us()))
    us = (time.process_time() - began) * 1e6 / setting.aggregations
    return Figures(setting.name, round(seen / setting.aggregations), round(us, 1), round(_AGGR_US / us, 1))


def run(*, as_json: bool) -> str:
    """The figures of all settings, as a table or as JSON."""
    yardstick = [measure(setting) for setting in SETTINGS]
    sizes = [measure(setting) for setting in SIZES]
    if as_json:
        return json.dumps({"yardstick": [asdict(f) for f in yardstick], "memory_sizes": [asdict(f) for f in sizes]})
    rows = [f"{'min/max regions':<36}{'mean regions':>13}{'µs/aggregation':>16}{'× real time':>13}"]
    rows += [
        f"{f.setting:<36}{f.mean_regions:>13,.0f}{f.us_per_aggregation:>16,.1f}{f.times_real_time:>13,.1f}"
        for f in (*yardstick, *sizes)
    ]
    return "\n".join(rows)
