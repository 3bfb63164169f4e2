"""The order in which regions are listed: by any of their figures, neighbours in memory staying so where it is equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from damotui.session.snapshot_regions import F64, Regions
from engine.snapshot import I64

_Key = Callable[[Regions], NDArray[np.int64] | F64]


def _first_match(regions: Regions) -> F64:
    first = np.full(len(regions), np.nan)
    for scheme in reversed(range(len(regions.matched))):
        first[regions.matched[scheme]] = scheme
    return first


KEYS: Mapping[str, _Key] = {
    "target": lambda regions: regions.target,
    "address": lambda regions: np.arange(len(regions)),
    "size": lambda regions: regions.bytes,
    "nr_accesses": lambda regions: regions.nr_accesses,
    "rate": lambda regions: regions.rate,
    "hz": lambda regions: regions.hz,
    "age": lambda regions: regions.age,
    "age time": lambda regions: regions.age_us,
    "idle": lambda regions: regions.idle_us,
    "temp": lambda regions: regions.temperature,
    "look": lambda regions: regions.look_us,
    "true": lambda regions: regions.true,
    "schemes": _first_match,
    "name": lambda regions: regions.names.ranks(),
}
"""What regions can be sorted by; names are those of the columns."""
_RISING = ("target", "address", "name", "schemes")


@dataclass(frozen=True, slots=True)
class Order:
    """By what, and whether the highest comes first."""

    key: str = "address"
    falling: bool = False

    @classmethod
    def natural(cls, key: str) -> Order:
        """As one asks for it first: names and places rising, figures with the highest first."""
        return cls(key, key not in _RISING)

    def reversed(self) -> Order:
        """The other way round."""
        return replace(self, falling=not self.falling)

    def of(self, regions: Regions) -> I64:
        """Indices [n] of the regions in this order; equal ones stay as they lie in memory, unknown ones are last."""
        keys = KEYS[self.key](regions)
        order: I64 = np.argsort(-keys if self.falling else keys, kind="stable")
        return order
