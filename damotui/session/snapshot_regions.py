"""The regions of one aggregation, with every figure that is told of each: columns over all of them at once.

Rates, temperatures and idle times are worked out as damo 3.4.3 does for its report "access". It differs in one thing:
damo rounds rates down to whole percent before it asks whether there was an access, so that with more than 100 checks in
an aggregation one hit counts as none there. Here any hit counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damotui.render.layout import RangeName
from damotui.session.snapshot_names import Names, names_of
from damotui.session.snapshot_truth import true_shares
from engine.config.model import AccessPattern
from engine.damos.pattern import matches
from engine.snapshot import I64, U64, Aggregation

F64 = NDArray[np.float64]
BOOL = NDArray[np.bool_]

PAGE_BYTES = 4096
RATE_WEIGHT = AGE_WEIGHT = 100
"""damo's weights of a percent of access rate, and of a microsecond of age, in a temperature."""


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Regions in the order of (target, address); columns [n]. They must not be written to."""

    aggregation: Aggregation
    target: I64
    """Index of the target."""
    start: U64
    """Addresses, in bytes, or in address units with those of paddr."""
    end: U64
    bytes: I64
    nr_accesses: I64
    """Checks that found an access, of `max_nr_accesses`."""
    rate: F64
    """The same in percent."""
    hz: F64
    """The same per second."""
    age: I64
    """Aggregations for which it has kept its access pattern."""
    age_us: I64
    idle_us: I64
    """For how long no check found an access: 0 if one did, else the age and the aggregation itself."""
    temperature: I64
    """damo's: the percents and the microseconds of age, weighted and added up; negative without accesses."""
    look_us: F64
    """Expected time between two checks of the same page: one page of the region is checked every `sample_us`."""
    names: Names
    true: F64
    """Share of its pages that was really touched in a sampling interval, on average, in percent; NaN if not known."""
    matched: tuple[BOOL, ...]
    """Of each scheme, whether its access pattern matches; quotas, filters and watermarks aside."""

    def __len__(self) -> int:
        return len(self.start)

    @property
    def accessed(self) -> BOOL:
        """Whether at least one check found an access."""
        found: BOOL = self.nr_accesses > 0
        return found

    def matching(self, index: int) -> tuple[int, ...]:
        """Indices of the schemes that match a region."""
        return tuple(scheme for scheme, found in enumerate(self.matched) if found[index])

    def at(self, target: int, address: int) -> int | None:
        """Index of the region that holds an address; None if none does."""
        own = np.flatnonzero(self.target == target)
        if not len(own):
            return None
        place = int(np.searchsorted(self.start[own], np.uint64(address), side="right")) - 1
        if place < 0 or address >= int(self.end[own[place]]):
            return None
        return int(own[place])

    def where(self, mask: BOOL) -> Regions:
        """Those of the mask alone."""
        if mask.all():
            return self
        columns = {name: getattr(self, name)[mask] for name in _COLUMNS}
        return Regions(
            aggregation=self.aggregation,
            names=self.names.where(mask),
            matched=tuple(found[mask] for found in self.matched),
            **columns,
        )


_COLUMNS = (
    "target",
    "start",
    "end",
    "bytes",
    "nr_accesses",
    "rate",
    "hz",
    "age",
    "age_us",
    "idle_us",
    "temperature",
    "look_us",
    "true",
)


def regions_of(
    aggregation: Aggregation,
    *,
    names: Sequence[RangeName] = (),
    patterns: Sequence[AccessPattern] = (),
    truth: Aggregation | None = None,
    addr_unit: int = 1,
) -> Regions:
    """All that is told of the regions of an aggregation.

    Args:
        aggregation: what was found.
        names: of the mappings of its targets.
        patterns: of the schemes of its context.
        truth: what was really touched meanwhile (`engine.truth`); None if not known.
        addr_unit: bytes that one unit of its addresses stands for.
    """
    one = aggregation
    units = one.end - one.start
    size = units.astype(np.int64) * addr_unit
    checks, aggr_us, sample_us = max(one.max_nr_accesses, 1), max(one.aggr_us, 1), max(one.sample_us, 1)
    nr, age_us = one.nr_accesses, one.age * one.aggr_us
    percent = nr * 100 * sample_us // aggr_us
    heat = percent * RATE_WEIGHT + age_us * AGE_WEIGHT
    return Regions(
        aggregation=one,
        target=one.target,
        start=one.start,
        end=one.end,
        bytes=size,
        nr_accesses=nr,
        rate=nr * 100.0 / checks,
        hz=nr * 1e6 / aggr_us,
        age=one.age,
        age_us=age_us,
        idle_us=np.where(nr > 0, 0, age_us + one.aggr_us),
        temperature=np.where(percent > 0, heat, -heat),
        look_us=np.maximum(size / PAGE_BYTES, 1.0) * sample_us,
        names=names_of(one, names),
        true=true_shares(one, truth) * 100,
        matched=tuple(matches(pattern, units, nr, one.age) for pattern in patterns),
    )
