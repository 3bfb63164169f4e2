"""Quotas that are tuned towards goals: what is measured, and the feedback that follows from it (section 7.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from engine.config.model import ULONG_MAX, Goal
from engine.regions.table import U64

GOAL_SCORE = 10_000
"""The score of a goal that is just met."""

_MIN_INPUT = 10_000


@dataclass(frozen=True, slots=True)
class Amount:
    """How much memory there is, and how much of it is free, in bytes."""

    total: int
    free: int


class Metrics(Protocol):
    """How the machine is: what goals and watermarks look at. Asking changes nothing."""

    def memory(self) -> Amount:
        """Of the whole machine."""

    def node_memory(self, nid: int) -> Amount | None:
        """Of one NUMA node; None where there is no such node."""

    def memcg_bytes(self, path: str, nid: int) -> int | None:
        """Bytes of a control group on a node's LRU lists; None where there is no such group or node."""

    def lru_bytes(self) -> tuple[int, int]:
        """Bytes on the active and on the inactive LRU lists of all nodes."""

    def huge_bytes(self) -> int:
        """Bytes of memory in use as huge pages."""

    def some_psi_us(self) -> int:
        """How long some task has been stalled for memory since boot, in microseconds."""

    def bytes_on_node(self, start: U64, end: U64, nid: int) -> int:
        """How much of these ranges of physical addresses [k] lies on a node, in units of addresses like they are."""


Eligible = Callable[[], tuple[U64, U64]]
"""The physical ranges (start [k], end [k]) that match a scheme's pattern; none where addresses are not physical."""


@dataclass(slots=True)
class GoalState:
    """A goal of a running scheme."""

    config: Goal
    current_value: int = 0
    last_psi_total: int = 0

    @classmethod
    def of(cls, config: Goal) -> GoalState:
        """A goal as it is installed."""
        return cls(config, config.current_value)

    def commit(self, config: Goal) -> None:
        """Take over new parameters; only a value that the user feeds in is taken from them."""
        self.config = config
        if config.metric == "user_input":
            self.current_value = config.current_value

    def score(self, metrics: Metrics, eligible: Eligible) -> int:
        """How far the goal is met now, 10000 for just met; `current_value` is brought up to date."""
        self._measure(metrics, eligible)
        return self.current_value * GOAL_SCORE // self.config.target_value

    def _measure(self, metrics: Metrics, eligible: Eligible) -> None:
        if self.config.metric == "some_mem_psi_us":
            total = metrics.some_psi_us()
            self.current_value, self.last_psi_total = total - self.last_psi_total, total
        elif self.config.metric != "user_input":
            self.current_value = self._share_bp(metrics, eligible)

    def _share_bp(self, metrics: Metrics, eligible: Eligible) -> int:
        goal = self.config
        match goal.metric:
            case "node_mem_used_bp" | "node_mem_free_bp":
                node = metrics.node_memory(goal.nid)
                return _used_or_free(goal.metric, node, node.total - node.free if node else None)
            case "node_memcg_used_bp" | "node_memcg_free_bp":
                used = metrics.memcg_bytes(goal.memcg_path, goal.nid)
                return _used_or_free(goal.metric, metrics.node_memory(goal.nid), used)
            case "active_mem_bp" | "inactive_mem_bp":
                active, inactive = metrics.lru_bytes()
                return _share(active if goal.metric == "active_mem_bp" else inactive, active + inactive)
            case "node_eligible_mem_bp":
                start, end = eligible()
                return _share(metrics.bytes_on_node(start, end, goal.nid), int((end - start).sum()))
            case "hugepage_mem_bp":
                return _share(metrics.huge_bytes(), metrics.memory().total)
        raise ValueError(f"no goal metric is called {goal.metric!r}")


def _used_or_free(metric: str, node: Amount | None, used: int | None) -> int:
    """Used or free share of a node; an unknown node or group counts as none used, and all free."""
    wants_used = metric.endswith("_used_bp")
    if node is None or used is None:
        return 0 if wants_used else GOAL_SCORE
    return _share(used if wants_used else node.total - used, node.total)


def _share(part: int, total: int) -> int:
    return part * 10_000 // total if total else 0


def highest_score(goals: list[GoalState], metrics: Metrics, eligible: Eligible) -> int:
    """The score of several goals: the highest, which makes the scheme do least."""
    return max(goal.score(metrics, eligible) for goal in goals)


def feed(last: int, score: int) -> int:
    """The next input of a feedback loop, in the kernel's 64-bit unsigned arithmetic.

    Args:
        last: the last input.
        score: what came of it, 10000 being aimed at; the input is taken to be proportional to it.

    Returns:
        The last input, scaled by the share of the goal that is missing or too much; at least 10000.
    """
    if score == GOAL_SCORE:
        return last
    if score >= 2 * GOAL_SCORE:
        return _MIN_INPUT
    distance = abs(score - GOAL_SCORE)
    change = last * distance // GOAL_SCORE if last < ULONG_MAX // distance else last // GOAL_SCORE * distance
    if score > GOAL_SCORE:
        return max(last - change, _MIN_INPUT)
    return min(last + change, ULONG_MAX)


def tuned_esz_bp(tuner: str, esz_bp: int, score: int, sz_bytes: int) -> int:
    """The next effective quota, in 1/10,000 byte.

    Args:
        tuner: consist, which goes towards the goal step by step, or temporal: all that is allowed until it is met.
        esz_bp: the present one.
        score: how far the goal is met.
        sz_bytes: the byte quota; 0 for none.
    """
    if tuner == "temporal":
        if score >= GOAL_SCORE:
            return 0
        return sz_bytes * 10_000 & ULONG_MAX if sz_bytes else ULONG_MAX
    return feed(max(esz_bp, _MIN_INPUT), score)
