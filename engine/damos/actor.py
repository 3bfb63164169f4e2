"""The seam to the memory that schemes act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.config.model import Dest, Filter
from engine.regions.table import I64, U64


@dataclass(frozen=True, slots=True)
class Action:
    """What a scheme does to the regions that it is applied to."""

    scheme: int
    """Index of the scheme."""
    name: str
    """What is done: `pageout`, `stat`, …"""
    target_nid: int = -1
    dests: tuple[Dest, ...] = ()
    filters: tuple[Filter, ...] = ()
    """Asked page by page, in this order: the first whose property holds, or with `matching` off does not hold,
    decides by its `allow`. All are of types that the operations set answers; addr and target are not among them."""
    default_reject: bool = False
    """What becomes of a page on which no filter decides."""


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """What came of an action, region by region [k]."""

    bytes: I64
    """On which the action succeeded; 0 for `stat`, and where the operations set does not support the action."""
    filter_passed: I64
    """Bytes that the action's filters let through."""
    elapsed_ns: I64
    """How long it took, as the quota measures it."""


class Actor(Protocol):
    """An operations set over its machine."""

    def apply(self, action: Action, target: int, start: U64, end: U64) -> Applied:
        """Do it to regions of one target.

        Args:
            action: what is to be done.
            target: index of the target.
            start: of each region [k], ascending; regions do not overlap.
            end: of each region [k].
        """
