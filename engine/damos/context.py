"""The schemes of a running context: when they have their turn, and what they do then."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from engine.config.model import Intervals, Scheme
from engine.damos.actor import Action, Actor, Applied
from engine.damos.apply import Moment, apply_schemes
from engine.damos.goals import Metrics
from engine.damos.pattern import moving_sum, moving_sum_on_demand
from engine.damos.rules import Rules
from engine.damos.scheme import AppliedScheme, commit_schemes
from engine.damos.walk import WalkRequest
from engine.damos.watermarks import wait_us
from engine.errors import InputError
from engine.events import EventLog
from engine.regions.table import I64, U64, Regions
from engine.snapshot import Acted, GoalStatus, SchemeStats, SchemeStatus
from engine.versions import Feature, Kernel


class _Noting:
    """An actor that notes what it was asked to act on."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._noted: list[tuple[int, int, U64, U64, I64]] = []
        self._spent_ns = 0

    def apply(self, action: Action, target: int, start: U64, end: U64) -> Applied:
        applied = self.actor.apply(action, target, start, end)
        if len(start):
            self._noted.append((action.scheme, target, start, end, applied.bytes))
            self._spent_ns += int(applied.elapsed_ns.sum())
        return applied

    def take_spent_us(self) -> int:
        """Whole microseconds that actions took since this was last asked; the rest is kept."""
        spent_us, self._spent_ns = divmod(self._spent_ns, 1_000)
        return spent_us

    def take(self) -> Acted | None:
        """What was noted since it was last taken."""
        noted, self._noted = self._noted, []
        if not noted:
            return None
        lengths = [len(start) for _, _, start, _, _ in noted]
        return Acted(
            scheme=np.repeat([scheme for scheme, *_ in noted], lengths),
            target=np.repeat([target for _, target, *_ in noted], lengths),
            start=np.concatenate([start for _, _, start, _, _ in noted]),
            end=np.concatenate([end for *_, end, _ in noted]),
            applied=np.concatenate([applied for *_, applied in noted]),
        )


class ContextSchemes:
    """All schemes of one context.

    Args:
        configs: their parameters, in their order.
        ops: the operations set of the context.
        kernel: whose rules they follow.
        actor: does what they want to be done.
        metrics: what goals and watermarks look at.
        min_region_sz: in the units of the context's addresses.
    """

    def __init__(
        self,
        configs: Sequence[Scheme],
        ops: str,
        kernel: Kernel,
        actor: Actor,
        metrics: Metrics,
        min_region_sz: int,
    ) -> None:
        self._ops = ops
        self._on_demand = kernel.has(Feature.MOVING_SUM_ON_DEMAND)
        self._rules = Rules.of(kernel)
        self._actor = _Noting(actor)
        self._metrics = metrics
        self._min_sz = min_region_sz
        self._walk: WalkRequest | None = None
        self.schemes = commit_schemes([], configs, ops, self._rules, min_region_sz)

    def __len__(self) -> int:
        return len(self.schemes)

    @property
    def watched(self) -> bool:
        """Whether any of them has watermarks, so that the machine has to be looked at."""
        return any(scheme.watermarks.config.metric != "none" for scheme in self.schemes)

    def plan(self, passed: int, intervals: Intervals) -> None:
        """Let each have its turn one apply interval after `passed` samples."""
        for scheme in self.schemes:
            scheme.plan(passed, intervals.sample_us, intervals.aggr_us)

    def hasten(self) -> None:
        """Let each have its turn at the next sample."""
        for scheme in self.schemes:
            scheme.next_apply = 1

    def next_turn(self) -> int | None:
        """Number of passed samples at which the next active one has its turn; None if none is active."""
        return min((scheme.next_apply for scheme in self.schemes if scheme.watermarks.active), default=None)

    def wait_us(self) -> int:
        """Look at all watermarks; how long kdamond has to sleep because all are inactive, 0 if it has not to."""
        return wait_us([scheme.watermarks for scheme in self.schemes], self._metrics)

    def counts(self, regions: Regions, *, ticks: int, ticks_left: int, window: int) -> I64:
        """The access count of each region [n] that schemes look at.

        Args:
            regions: of the context.
            ticks: checks since the last reset.
            ticks_left: checks until the aggregation ends.
            window: checks per aggregation.
        """
        nr, last = regions.nr_accesses, regions.last_nr_accesses
        if self._on_demand:
            return moving_sum_on_demand(nr, last, ticks_left, window)
        return moving_sum(nr, last, ticks, window)

    def apply(
        self,
        regions: Regions,
        nr_accesses: I64,
        moment: Moment,
        running: Collection[int] | None,
        log: EventLog | None = None,
    ) -> bool:
        """Let those whose turn has come act on the regions, which are changed in place; whether any did."""
        acted = apply_schemes(
            self.schemes,
            regions,
            nr_accesses,
            moment,
            actor=self._actor,
            metrics=self._metrics,
            running=running,
            walk=self._walk,
            log=log,
        )
        walk = self._walk
        if walk is not None and (walk.cancelled or walk.done(len(self.schemes))):
            self._walk = None
            walk.end()
        return acted

    def commit(self, configs: Sequence[Scheme], passed: int, intervals: Intervals) -> None:
        """Take over new parameters by index; statistics and charges of those that stay are kept."""
        kept = len(self.schemes)
        self.schemes = commit_schemes(self.schemes, configs, self._ops, self._rules, self._min_sz)
        for scheme in self.schemes[kept:]:
            scheme.plan(passed, intervals.sample_us, intervals.aggr_us)

    def commit_goals(self, configs: Sequence[Scheme]) -> None:
        """Take over the goals of quotas alone, by index of the scheme."""
        for scheme, config in zip(self.schemes, configs, strict=False):
            scheme.quota.commit_goals(config.quotas.goals)

    def change_operations(self, ops: str, actor: Actor, metrics: Metrics, min_region_sz: int) -> None:
        """Act through another operations set; what it means for a scheme is told by the commit that follows."""
        self._ops, self._metrics, self._min_sz = ops, metrics, min_region_sz
        self._actor.actor = actor
        for scheme in self.schemes:
            scheme.quota.min_region_sz = min_region_sz

    def renumber_targets(self, new_index: Mapping[int, int]) -> None:
        """Follow targets that have new indices; missing ones are gone."""
        for scheme in self.schemes:
            scheme.quota.renumber_targets(new_index)

    def request_walk(self) -> WalkRequest:
        """Ask which regions each scheme's next turn is about; filled in as they have it.

        Raises:
            InputError: there are no schemes, or the last request is not answered yet.
        """
        if not self.schemes:
            raise InputError("there are no schemes whose regions could be tried; add one first")
        if self._walk is not None:
            raise InputError("tried regions are asked for already; wait for their schemes' next turn")
        self._walk = WalkRequest()
        return self._walk

    def cancel_walk(self) -> None:
        """Leave the request, if there is one, without an answer."""
        if self._walk is not None:
            self._walk.cancel()
            self._walk = None

    def take_acted(self) -> Acted | None:
        """What they were applied to since this was last asked."""
        return self._actor.take()

    def take_spent_us(self) -> int:
        """How long kdamond was busy with their actions since this was last asked."""
        return self._actor.take_spent_us()

    def stats(self) -> tuple[SchemeStats, ...]:
        """What each has counted."""
        return tuple(scheme.stats for scheme in self.schemes)

    def states(self) -> tuple[SchemeStatus, ...]:
        """What holds each back, or does not."""
        return tuple(_state(scheme) for scheme in self.schemes)


def _state(scheme: AppliedScheme) -> SchemeStatus:
    quota = scheme.quota
    return SchemeStatus(
        active=scheme.watermarks.active,
        limited=quota.limited,
        full=quota.full,
        esz_bytes=quota.esz,
        charged_bytes=quota.charged_sz,
        goals=tuple(
            GoalStatus(goal.config.metric, goal.config.target_value, goal.current_value) for goal in quota.goals
        ),
    )
