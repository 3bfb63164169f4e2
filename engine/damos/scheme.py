"""A scheme of a running context: its parameters as installed, its state, and what it has counted."""

from __future__ import annotations

from collections.abc import Sequence

from engine.attrs import ticks_in
from engine.config.model import Scheme
from engine.damos.actor import Action
from engine.damos.filters import InstalledFilters
from engine.damos.quota import QuotaState
from engine.damos.rules import Rules
from engine.damos.score import Order, order_of
from engine.damos.watermarks import WatermarkState
from engine.snapshot import SchemeStats


class AppliedScheme:
    """One scheme.

    Args:
        index: which one of its context's it is.
        config: its parameters.
        ops: the operations set of its context.
        rules: of the kernel release.
        min_region_sz: in bytes.
    """

    def __init__(self, index: int, config: Scheme, ops: str, rules: Rules, min_region_sz: int) -> None:
        self.index = index
        self.rules = rules
        self.quota = QuotaState(config.quotas, rules, min_region_sz)
        self.watermarks = WatermarkState(config.watermarks)
        self.next_apply = 0
        """Number of passed samples at which it is applied next."""
        self.nr_tried = self.sz_tried = 0
        self.nr_applied = self.sz_applied = 0
        self.qt_exceeds = 0
        self.sz_ops_filter_passed = 0
        self.nr_snapshots = 0
        self._install(config, ops)

    def _install(self, config: Scheme, ops: str) -> None:
        self.config = config
        self.ops = ops
        self.filters = InstalledFilters.of(config, ops, self.rules)
        self.order: Order | None = order_of(config.action, ops, self.rules)
        self.action = Action(
            self.index,
            config.action,
            config.target_nid,
            config.dests,
            self.filters.ops,
            self.filters.ops_default_reject,
        )
        self.unfiltered_action = Action(self.index, config.action, config.target_nid, config.dests)
        """The same for regions that a core filter let through."""

    @property
    def stats(self) -> SchemeStats:
        """What it has counted since it was installed."""
        return SchemeStats(
            nr_tried=self.nr_tried,
            sz_tried=self.sz_tried,
            nr_applied=self.nr_applied,
            sz_applied=self.sz_applied,
            qt_exceeds=self.qt_exceeds,
            sz_ops_filter_passed=self.sz_ops_filter_passed,
            nr_snapshots=self.nr_snapshots,
        )

    @property
    def ages(self) -> bool:
        """Whether its action makes a region's age start again."""
        return self.config.action != "stat"

    @property
    def finished(self) -> bool:
        """Whether it has made all the snapshots that it is allowed to."""
        limit = self.config.max_nr_snapshots
        return self.rules.snapshots and limit != 0 and limit <= self.nr_snapshots

    def plan(self, passed: int, sample_us: int, aggr_us: int) -> None:
        """Be applied next one apply interval after `passed` samples."""
        interval_us = self.config.apply_interval_us or aggr_us
        self.next_apply = passed + ticks_in(interval_us, sample_us, counted=self.rules.intervals_counted)

    def commit(self, config: Scheme, ops: str) -> None:
        """Take over new parameters, and keep statistics, what is charged, and the effective quota."""
        self._install(config, ops)
        self.quota.commit(config.quotas)
        self.watermarks.commit(config.watermarks)


def commit_schemes(
    running: Sequence[AppliedScheme], configs: Sequence[Scheme], ops: str, rules: Rules, min_region_sz: int
) -> list[AppliedScheme]:
    """The schemes to go on with: by index, those that stay take over new parameters, and further ones are added.

    The added ones are not planned yet.
    """
    kept = list(running[: len(configs)])
    for scheme, config in zip(kept, configs, strict=False):
        scheme.commit(config, ops)
    return kept + [
        AppliedScheme(index, config, ops, rules, min_region_sz)
        for index, config in enumerate(configs)
        if index >= len(kept)
    ]
