"""A start for operations sets of one's own: the counterpart of the kernel's `damon_operations`."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

from engine.config.model import Target
from engine.damos.actor import Action, Actor, Applied
from engine.damos.goals import Amount, Metrics
from engine.regions.table import U64, Ranges, empty_i64
from engine.workload.realisation import F64
from engine.workload.touch import Touched


class OwnOperations(ABC):
    """An address space of one's own, whose regions are given by the user, or by `ranges`.

    Only `touched` has to be written. Schemes can count (`stat`) what is monitored; what else they do is up to the
    `actor`, which does nothing here.
    """

    follows_mappings: bool = False
    of_processes: bool = False
    metrics: Metrics

    def __init__(self) -> None:
        self.metrics = NoMetrics()

    def ranges(self, target: Target, now_us: int, min_region_sz: int) -> Ranges | None:
        """What regions shall cover, asked at the start and each update interval where `follows_mappings` is set."""
        return None

    @abstractmethod
    def touched(self, target: Target, edges_us: F64) -> Touched:
        """What of a target is touched in the windows between `edges_us` [k + 1], which are samples.

        The same window must always have the same answer: intervals [n], ascending, with the share of each that is
        touched in each window [k, n], or [1, n] where all windows are alike.
        """

    def ends_us(self, target: Target) -> float:
        """From when on there is nothing left to monitor of a target."""
        return math.inf

    def actor(self, pid_of: Callable[[int], int | None]) -> Actor:
        """What carries out actions of schemes."""
        return IdleActor()


class IdleActor:
    """Does nothing, in no time, and says so."""

    def apply(self, action: Action, target: int, start: U64, end: U64) -> Applied:
        """Nothing is applied; every byte passes the filters."""
        nothing = empty_i64(len(start))
        return Applied(nothing, (end - start).astype(nothing.dtype), nothing.copy())


class NoMetrics:
    """A machine without memory of its own."""

    def memory(self) -> Amount:
        """None."""
        return Amount(0, 0)

    def node_memory(self, nid: int) -> Amount | None:
        """No node."""
        return None

    def memcg_bytes(self, path: str, nid: int) -> int | None:
        """No group."""
        return None

    def lru_bytes(self) -> tuple[int, int]:
        """No lists."""
        return 0, 0

    def huge_bytes(self) -> int:
        """No huge pages."""
        return 0

    def some_psi_us(self) -> int:
        """No stalls."""
        return 0

    def bytes_on_node(self, start: U64, end: U64, nid: int) -> int:
        """No node."""
        return 0
