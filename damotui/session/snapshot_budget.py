"""The detection budget: how often a page is looked at, and what the looking costs.

Of each region one page is checked every `sample_us`, drawn anew each time. So a page of a region of n pages is checked
once per n × sample_us on average. The mean over all regions is the tuning guide's: pages × sample_us / nr_regions.
"""

from __future__ import annotations

from dataclasses import dataclass

from damotui.session.snapshot_figures import PERCENTILES, percentiles
from damotui.session.snapshot_regions import Regions
from engine.machine.costs import Costs

CHECK_NS = Costs().check_ns
"""What one check of a page is taken to cost."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How often pages are looked at."""

    checks_per_s: float
    look_us: tuple[float, ...]
    """Percentiles over bytes of the time between two checks of a page, at `PERCENTILES`; empty without bytes."""

    @property
    def median_us(self) -> float:
        """Half of the memory is looked at less often than once in this time."""
        return self.look_us[PERCENTILES.index(50)] if self.look_us else 0.0


def budget_of(regions: Regions) -> Budget:
    """The budget that these regions share."""
    sample_us = max(regions.aggregation.sample_us, 1)
    return Budget(len(regions) * 1e6 / sample_us, tuple(percentiles(regions.look_us, regions.bytes)))


def cpu_share(checks_per_s: float) -> float:
    """Share of one processor, from 0 on, that so many checks take at `CHECK_NS` each."""
    return checks_per_s * CHECK_NS / 1e9
