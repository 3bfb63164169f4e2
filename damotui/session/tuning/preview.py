"""What a scheme would match in an aggregation, and which condition keeps the rest out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from damotui.render.matching import BOOL, matches
from engine.config.model import ULONG_MAX, AccessPattern, Range, Scheme
from engine.snapshot import Aggregation

CONDITIONS = ("sz", "nr_accesses", "age")
"""The three ranges of an access pattern, in its order."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much memory."""

    regions: int
    bytes: int

    def share_of(self, whole: Amount) -> float:
        """Its bytes in percent of those of `whole`; 0 of nothing."""
        return 100.0 * self.bytes / whole.bytes if whole.bytes else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What a pattern does with the regions of an aggregation."""

    total: Amount
    """All that is monitored."""
    matched: Amount
    alone: tuple[Amount, Amount, Amount]
    """What each of `CONDITIONS` would let through by itself."""
    mask: BOOL
    """Which regions match [nr_regions]."""
    acted_bytes: int
    """What the running scheme of the same index acted on since the aggregation before: it may match no longer."""


def preview_of(aggregation: Aggregation, scheme: Scheme, index: int, addr_unit: int = 1) -> Preview:
    """What a scheme would match.

    Args:
        aggregation: its counters are taken under the intervals of then.
        scheme: only its access pattern is asked.
        index: of the scheme in its context.
        addr_unit: bytes that one unit of its addresses stands for.
    """
    found = matches(aggregation, scheme)
    whole = np.ones(len(found), np.bool_)
    alone = [
        _amount(aggregation, matches(aggregation, _with_condition_alone(scheme, name)), addr_unit)
        for name in CONDITIONS
    ]
    return Preview(
        total=_amount(aggregation, whole, addr_unit),
        matched=_amount(aggregation, found, addr_unit),
        alone=(alone[0], alone[1], alone[2]),
        mask=found,
        acted_bytes=_acted_bytes(aggregation, index) * addr_unit,
    )


def amount_of(sizes: np.ndarray[tuple[int], np.dtype[np.uint64]], addr_unit: int = 1) -> Amount:
    """How much regions of these sizes [n] are together."""
    return Amount(len(sizes), int(sizes.sum(dtype=np.uint64)) * addr_unit)


def _amount(aggregation: Aggregation, mask: BOOL, addr_unit: int) -> Amount:
    return amount_of(aggregation.end[mask] - aggregation.start[mask], addr_unit)


def _with_condition_alone(scheme: Scheme, name: str) -> Scheme:
    anything = Range(0, ULONG_MAX)
    limits: Range = getattr(scheme.access_pattern, name)
    return replace(scheme, access_pattern=replace(AccessPattern(anything, anything, anything), **{name: limits}))


def _acted_bytes(aggregation: Aggregation, index: int) -> int:
    acted = aggregation.acted
    if acted is None:
        return 0
    own = acted.scheme == index
    return int((acted.end[own] - acted.start[own]).sum(dtype=np.uint64))
