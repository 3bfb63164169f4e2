"""How much a scheme may do in a charge window: the effective quota that its staged parameters will come to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.config.model import ULONG_MAX, Quotas
from engine.damos.goals import Amount
from engine.damos.quota import INITIAL_BYTES_PER_MS, QuotaState
from engine.damos.rules import Rules
from engine.regions.table import U64, empty_u64
from engine.snapshot import SchemeStatus
from engine.units import format_bytes

_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """The effective quota of a charge window."""

    esz: int | None
    """In the units of the context's addresses; None for no limit."""
    basis: str = ""
    """What it comes from, in a few words."""
    at_most: bool = False
    """Whether goals will keep it lower, which is not known yet."""


@dataclass(frozen=True, slots=True)
class RunningQuota:
    """The quota of the scheme as it runs."""

    quotas: Quotas
    status: SchemeStatus


def limit_of(staged: Quotas, rules: Rules, min_region_sz: int, running: RunningQuota | None = None) -> Limit:
    """What staged parameters will come to.

    Goals move the effective quota with time: as far as they have moved it in the running scheme is where it begins.

    Args:
        staged: the parameters.
        rules: of the kernel release.
        min_region_sz: in the units of the context's addresses.
        running: the same scheme as it runs; None if it does not.
    """
    rate = _bytes_per_ms(running, rules)
    cap = _cap(staged, rules, min_region_sz, rate)
    basis = _basis(staged, cap, rate)
    if not _goals(staged, rules):
        return Limit(cap, basis)
    if running is None or not running.status.limited or not _goals(running.quotas, rules):
        return _untuned(staged, rules, cap)
    esz, before = running.status.esz_bytes, _cap(running.quotas, rules, min_region_sz, rate)
    if before is not None and esz >= before and (cap is None or cap > before):
        # The goals would have let more pass: how much is not told.
        return Limit(ULONG_MAX if cap is None else cap, basis or "the goals", at_most=True)
    if cap is not None and cap < esz:
        return Limit(cap, basis)
    return Limit(esz, "the goals, as tuned so far")


def _goals(quotas: Quotas, rules: Rules) -> bool:
    return rules.goals and any(goal.target_value for goal in quotas.goals)


def _untuned(staged: Quotas, rules: Rules, cap: int | None) -> Limit:
    most = ULONG_MAX if cap is None else cap
    if rules.goal_tuners and staged.goal_tuner == "temporal":
        return Limit(most, "goal_tuner temporal: all of it until the goal is met")
    return Limit(most, "goal_tuner consist begins at 1 B", at_most=True)


def _cap(quotas: Quotas, rules: Rules, min_region_sz: int, rate: int) -> int | None:
    """The effective quota without goals; None where there is no other limit."""
    state = QuotaState(replace(quotas, goals=()), rules, min_region_sz)
    if not state.configured:
        return None
    state.total_charged_sz, state.total_charged_ns = rate, _NS_PER_MS
    state.charged_from_us = 0
    state.open_window(quotas.reset_interval_ms * 1_000, NoMachine(), _nothing)
    return state.esz


def _bytes_per_ms(running: RunningQuota | None, rules: Rules) -> int:
    """How much the action gets done in a millisecond, as a running time quota tells; the kernel's guess otherwise."""
    if running is None or not running.status.limited or _goals(running.quotas, rules):
        return INITIAL_BYTES_PER_MS
    quotas, esz = running.quotas, running.status.esz_bytes
    if not quotas.time_ms or (quotas.sz_bytes and esz >= quotas.sz_bytes):
        return INITIAL_BYTES_PER_MS
    return esz // quotas.time_ms


def _basis(quotas: Quotas, cap: int | None, rate: int) -> str:
    if cap is None:
        return ""
    if quotas.sz_bytes and cap == quotas.sz_bytes:
        return "quota.sz"
    measured = ", a first guess" if rate == INITIAL_BYTES_PER_MS else ""
    return f"quota.time at {format_bytes(rate)}/ms{measured}"


def _nothing() -> tuple[U64, U64]:
    return empty_u64(), empty_u64()


class NoMachine:
    """What goals and watermarks would look at, where there is none to look at."""

    def memory(self) -> Amount:
        """No memory."""
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
        """No pressure."""
        return 0

    def bytes_on_node(self, start: U64, end: U64, nid: int) -> int:
        """Nothing anywhere."""
        return 0
