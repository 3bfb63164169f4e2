"""What the regions of an aggregation are called: the mappings that they lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from damotui.render.layout import RangeName
from engine.snapshot import I64, Aggregation

BOOL = NDArray[np.bool_]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Mappings of each region [n]: those from `first` up to, and without, `end` of the list."""

    mappings: tuple[str, ...]
    """Names, ordered by target and address."""
    first: I64
    end: I64

    def text(self, index: int) -> str:
        """The first mapping of a region, and how many more it covers: `heap`, `heap +2`; empty for none."""
        first, count = int(self.first[index]), int(self.end[index] - self.first[index])
        if count <= 0:
            return ""
        return self.mappings[first] + (f" +{count - 1}" if count > 1 else "")

    def holding(self, part: str) -> BOOL:
        """Whether the name of any of its mappings holds a text, upper and lower case being the same [n]."""
        wanted = part.lower()
        hits = np.concatenate(([0], np.cumsum([wanted in name.lower() for name in self.mappings], dtype=np.int64)))
        found: BOOL = hits[self.end] > hits[self.first]
        return found

    def ranks(self) -> F64:
        """Keys [n] that sort by the first name; NaN where there is none."""
        places = {name: place for place, name in enumerate(sorted(set(self.mappings)))}
        rank = np.array([*(places[name] for name in self.mappings), np.nan])
        ranks: F64 = rank[np.where(self.end > self.first, self.first, len(self.mappings))]
        return ranks

    def where(self, mask: BOOL) -> Names:
        """Those of some regions."""
        return Names(self.mappings, self.first[mask], self.end[mask])


def names_of(aggregation: Aggregation, names: Sequence[RangeName]) -> Names:
    """The mappings that each region overlaps.

    Args:
        aggregation: n regions.
        names: of mappings; those of one target do not overlap each other.
    """
    ordered = sorted(names, key=lambda name: (name.target, name.start))
    first = np.zeros(len(aggregation.start), np.int64)
    end = np.zeros(len(aggregation.start), np.int64)
    for target in {name.target for name in ordered}:
        offset = next(at for at, name in enumerate(ordered) if name.target == target)
        starts = np.array([name.start for name in ordered if name.target == target], np.uint64)
        ends = np.array([name.end for name in ordered if name.target == target], np.uint64)
        own = aggregation.target == target
        first[own] = offset + np.searchsorted(ends, aggregation.start[own], side="right")
        end[own] = offset + np.searchsorted(starts, aggregation.end[own], side="left")
    return Names(tuple(name.name for name in ordered), first, np.maximum(first, end))
