"""How much a scheme may do in a charge window, and where it goes on in the next one (sections 7.1 to 7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.config.model import ULONG_MAX, Goal, Quotas
from engine.damos.goals import Eligible, GoalState, Metrics, highest_score, tuned_esz_bp
from engine.damos.rules import Rules

INITIAL_BYTES_PER_MS = 4 << 20
"""What an action is taken to get done in a millisecond, as long as none took a measurable time."""


class QuotaState:
    """The quota of a running scheme.

    Args:
        config: its parameters.
        rules: of the kernel release.
        min_region_sz: in bytes; what is charged and cut is a multiple of it wherever regions are.
    """

    __slots__ = (
        "_rules",
        "charge_addr_from",
        "charge_target_from",
        "charged_from_us",
        "charged_sz",
        "config",
        "esz",
        "esz_bp",
        "esz_told",
        "goals",
        "min_region_sz",
        "min_score",
        "total_charged_ns",
        "total_charged_sz",
    )

    def __init__(self, config: Quotas, rules: Rules, min_region_sz: int) -> None:
        self.config = config
        self._rules = rules
        self.min_region_sz = min_region_sz
        self.goals = [GoalState.of(goal) for goal in self._installed(config)]
        self.esz = 0
        """Effective quota in bytes per charge window."""
        self.esz_bp = 0
        """The goal tuner's own state, in 1/10,000 byte."""
        self.esz_told: list[int] = []
        """Effective quotas that the last call of `open_window` set, and that the tracepoint damos_esz tells of."""
        self.total_charged_sz = 0
        """Bytes charged in all charge windows that have ended."""
        self.total_charged_ns = 0
        self.charged_sz = 0
        """Bytes charged in the present charge window."""
        self.charged_from_us: int | None = None
        """When the present charge window began; None before the first one."""
        self.charge_target_from: int | None = None
        """Index of the target where the last full window stopped; None if the next round starts at the beginning."""
        self.charge_addr_from = 0
        self.min_score = 0
        """The least score of regions that get a turn."""

    def _installed(self, config: Quotas) -> list[Goal]:
        return [goal for goal in config.goals if goal.target_value] if self._rules.goals else []

    @property
    def configured(self) -> bool:
        """Whether there is any limit in the parameters."""
        return bool(self.config.time_ms or self.config.sz_bytes or self.goals)

    @property
    def limited(self) -> bool:
        """Whether there is a limit in force."""
        return bool(self.esz) or (self._rules.limited_by_parameters and self.configured)

    @property
    def remaining(self) -> int:
        """Bytes that may still be charged in the present window, where there is a limit; below 0 if overdrawn."""
        return self.esz - self.charged_sz

    @property
    def full(self) -> bool:
        """Whether nothing more may be done in the present window."""
        if not self.limited:
            return False
        return self.remaining < (self.min_region_sz if self._rules.full_below_min_region else 1)

    def open_window(self, now_us: int, metrics: Metrics, eligible: Eligible) -> bool:
        """Begin the first charge window, or a new one if the present one is over.

        Args:
            now_us: the time.
            metrics: what the goals look at.
            eligible: the physical ranges that match the scheme's pattern.

        Returns:
            Whether the window that ended was used up.
        """
        self.esz_told = []
        if not self.configured:
            return False
        if self.charged_from_us is None:
            self.charged_from_us = now_us
            if self._rules.first_window_bound:
                self._compute_esz(metrics, eligible)
                if self._rules.first_window_told:
                    self.esz_told.append(self.esz)
        if now_us < self.charged_from_us + self.config.reset_interval_ms * 1_000:
            return False
        exceeded = self.full
        self.total_charged_sz += self.charged_sz
        self.charged_from_us = now_us
        self.charged_sz = 0
        before = self.esz
        self._compute_esz(metrics, eligible)
        if self.esz != before:
            self.esz_told.append(self.esz)
        return exceeded

    def _compute_esz(self, metrics: Metrics, eligible: Eligible) -> None:
        config = self.config
        if not config.time_ms and not self.goals:
            self.esz = config.sz_bytes
            return
        esz = ULONG_MAX
        if self.goals:
            score = highest_score(self.goals, metrics, eligible)
            tuner = config.goal_tuner if self._rules.goal_tuners else "consist"
            self.esz_bp = tuned_esz_bp(tuner, self.esz_bp, score, config.sz_bytes)
            esz = self.esz_bp // 10_000
        if config.time_ms:
            esz = min(self._bytes_per_ms() * config.time_ms, esz)
            if self._rules.full_below_min_region:
                esz = max(esz, self.min_region_sz)
        self.esz = min(esz, config.sz_bytes) if config.sz_bytes else esz

    def _bytes_per_ms(self) -> int:
        if not self.total_charged_ns:
            return INITIAL_BYTES_PER_MS
        return self.total_charged_sz * 1_000_000 // self.total_charged_ns

    def charge(self, size: int, applied: int) -> None:
        """Charge one region.

        Args:
            size: bytes tried.
            applied: bytes on which the action succeeded.
        """
        self.charged_sz += self.cost(size, applied)

    def cost(self, size: int, applied: int) -> int:
        """What a region of `size` bytes is charged if the action succeeds on `applied` bytes of it."""
        num, denom = self.config.fail_charge_num, self.config.fail_charge_denom
        if not self.charges_failures or applied > size:
            return size
        return applied + (size - applied) * num // denom

    @property
    def charges_failures(self) -> bool:
        """Whether what an action failed on has a rate of its own."""
        return self._rules.fail_charge and self.config.fail_charge_denom != 0

    def stop_at(self, target: int, end: int) -> None:
        """Remember the region, of this target and with this end, with which the quota was used up."""
        self.charge_target_from = target
        self.charge_addr_from = end if self._rules.charge_end_exclusive else end + 1

    def forget_stop(self) -> None:
        """Start at the beginning in the next round."""
        self.charge_target_from = None
        self.charge_addr_from = 0

    def renumber_targets(self, new_index: Mapping[int, int]) -> None:
        """Follow the targets, after some were removed, to their new indices; a missing one is gone."""
        if self.charge_target_from is None:
            return
        if self.charge_target_from in new_index:
            self.charge_target_from = new_index[self.charge_target_from]
        else:
            self.forget_stop()

    def commit(self, config: Quotas) -> None:
        """Take over new parameters; what is charged and effective stays until the next window."""
        self.config = config
        wanted = self._installed(config)
        for state, goal in zip(self.goals, wanted, strict=False):
            state.commit(goal)
        self.goals[len(wanted) :] = [GoalState.of(goal) for goal in wanted[len(self.goals) :]]

    def commit_goals(self, goals: tuple[Goal, ...]) -> None:
        """Take over new goals only, as `commit_schemes_quota_goals` does; the other parameters stay."""
        self.commit(replace(self.config, goals=goals))
