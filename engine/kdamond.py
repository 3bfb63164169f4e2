"""The loop of a monitoring thread, on a virtual clock (specification section 2.3).

Between two events (an aggregation, a scheme's turn, an update of the mappings, a command, the end of
the last target) nothing but page checks happens, so the loop goes from event to event and does all
checks between them at once. Every random number is drawn at an event.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engine.attrs import convert_results
from engine.calls import Call, CallQueue, CallRequest
from engine.config.model import Context, Intervals
from engine.config.model import Kdamond as KdamondConfig
from engine.config.validate import min_region_bytes
from engine.damos.apply import Moment
from engine.damos.context import ContextSchemes
from engine.damos.tuning import observed_score, tuned
from engine.damos.walk import WalkRequest
from engine.events import Aggregated, EventLog, IntervalsTuned
from engine.machine.memory import STEP_US
from engine.monitored import Monitored
from engine.regions.table import Regions
from engine.schedule import Schedule
from engine.snapshot import Aggregation, KdamondStatus
from engine.surroundings import Surroundings
from engine.versions import Feature
from engine.workload.realisation import F64
from engine.workload.touch import Touched


@dataclass(frozen=True, slots=True)
class _Rest:
    """What an iteration still has to do after its checks and commands."""

    aggregates: bool
    ticked: bool
    next_aggr: int
    """When the aggregation, and the update, were due when the iteration began."""
    next_ops: int


class Kdamond:
    """A running kdamond with its one context.

    Args:
        index: which one of the system's it is.
        pid: the thread's number.
        name: the thread's name.
        config: valid, with every pid resolved.
        system: what it shares with the others.
        seed: of its own random streams.
        now_us: when it is turned on.
        overdue: its first sample ends an aggregation, and the wait for the next update, too (up to 6.6, section 2.2).
    """

    def __init__(
        self,
        index: int,
        pid: int,
        name: str,
        config: KdamondConfig,
        system: Surroundings,
        seed: np.random.SeedSequence,
        now_us: int,
        *,
        overdue: bool = False,
    ) -> None:
        self.index = index
        self.pid = pid
        self.name = name
        self.config = config
        self.running = True
        self.ended_because = ""
        self.now_us = now_us
        self.checks = 0
        self.aggregations = 0
        self.last: Aggregation | None = None
        self._system = system
        sampling, splitting = seed.spawn(2)
        self._sampling = np.random.Generator(np.random.SFC64(sampling))
        self._splitting = np.random.Generator(np.random.SFC64(splitting))
        context = config.contexts[0]
        ops = system.operations(context.ops, context.addr_unit)
        self._min_sz = min_region_bytes(context)
        self._asleep_until: int | None = None
        self._schedule = Schedule(context.intervals, now_us, counted=system.kernel.has(Feature.COUNTED_INTERVALS))
        self._calls = CallQueue(system.kernel)
        self._aggregated = False
        self._held: _Rest | None = None
        self._monitored = Monitored(
            context,
            ops,
            system.kernel,
            self._min_sz,
            truncated_sampling=system.truncated_sampling,
            now_us=now_us,
        )
        self.schemes = ContextSchemes(
            context.schemes,
            context.ops,
            system.kernel,
            ops.actor(self._monitored.pid_of),
            ops.metrics,
            self._min_sz,
        )
        self.schemes.plan(0, context.intervals)
        if overdue:
            self._schedule.hasten()
            self.schemes.hasten()
        self._end_if_alone()
        self._await_activation()

    # What is shown

    @property
    def context(self) -> Context:
        """What it runs with."""
        return self.config.contexts[0]

    @property
    def intervals(self) -> Intervals:
        """In force now; auto-tuning changes them."""
        return self._schedule.intervals

    @property
    def regions(self) -> Regions:
        """Of all its targets, as they are now."""
        return self._monitored.regions

    def status(self) -> KdamondStatus:
        """It as it is now."""
        return KdamondStatus(
            index=self.index,
            running=self.running,
            pid=self.pid if self.running else -1,
            config=self.config,
            nr_regions=len(self.regions) if self.running else 0,
            checks=self.checks,
            aggregations=self.aggregations,
            last=self.last,
            schemes=self.schemes.stats(),
            ended_because=self.ended_because,
            scheme_states=self.schemes.states(),
            intervals=self.intervals,
            asleep=self.running and self._asleep_until is not None,
            name=self.name,
        )

    # Commands

    def commit(self, config: KdamondConfig, now_us: int) -> None:
        """Ask for new parameters; they come into force at the next tick, or aggregation up to 6.13."""
        self._calls.add(Call(now_us, partial(self.commit_now, config), True, CallRequest()))

    def request(self, work: Callable[[], None], now_us: int, *, commits: bool) -> CallRequest:
        """Ask for `work` to be done when commands are carried out next; if it `commits`, when new parameters are."""
        request = CallRequest()
        self._calls.add(Call(now_us, work, commits, request, foreign=True))
        return request

    def commit_now(self, config: KdamondConfig) -> None:
        """Take over new parameters; only from within a call."""
        self._change(config.contexts[0])
        self.config = replace(self.config, refresh_ms=config.refresh_ms)

    def commit_goals_now(self, config: KdamondConfig) -> None:
        """Take over the goals of quotas alone; only from within a call."""
        self.schemes.commit_goals(config.contexts[0].schemes)
        goals = [scheme.quotas.goals for scheme in config.contexts[0].schemes]
        schemes = tuple(
            replace(scheme, quotas=replace(scheme.quotas, goals=goals[index])) if index < len(goals) else scheme
            for index, scheme in enumerate(self.context.schemes)
        )
        self.config = replace(self.config, contexts=(replace(self.context, schemes=schemes),))

    def request_walk(self) -> WalkRequest:
        """Ask which regions each scheme's next turn is about."""
        walk = self.schemes.request_walk()
        if self._held is not None:
            self.schemes.cancel_walk()
        return walk

    def turn_off(self) -> None:
        """Stop at once; what the present aggregation has found so far is dropped."""
        self._stop("")

    # The loop

    def next_event_us(self) -> float:
        """When something happens next; infinite once it has stopped."""
        if not self.running:
            return math.inf
        if self._asleep_until is not None:
            return self._asleep_until
        if self._held is not None:
            asked = self._calls.first_us()
            waits_for = min(self._monitored.ends_us(), math.inf if asked is None else asked)
            if math.isinf(waits_for) and waits_for > 0:
                return waits_for
            return self.now_us + max(1, self._ticks_until(waits_for)) * self._schedule.tick_us
        return self.now_us + self._ticks_ahead() * self._schedule.tick_us

    def step(self, due_us: int) -> None:
        """Go on to the next event, which is at `due_us`, and handle all that is due there."""
        if self._asleep_until is not None:
            self.now_us, self._asleep_until = due_us, None
            self._run_calls(asleep=True)
            self.schemes.cancel_walk()
            self._end_if_alone()
            self._await_activation()
            return
        if self._held is not None:
            self.now_us = due_us
            self._run_calls()
            self._end_if_alone()
            if self.running and not self._pauses:
                self._conclude(self._held)
            return
        schedule = self._schedule
        ticks = (due_us - self.now_us) // schedule.tick_us
        next_aggr, next_ops = schedule.next_aggr, schedule.next_ops
        if ticks:
            self.checks += self._monitored.check(self.now_us, schedule.tick_us, ticks, self._sampling)
        schedule.passed += ticks
        self.now_us += ticks * schedule.tick_us
        aggregates = ticks > 0 and schedule.passed >= next_aggr
        if aggregates:
            self._monitored.merge(schedule.max_nr)
        self._run_calls(aggregated=aggregates)
        if not self.running:
            return
        rest = _Rest(aggregates, ticks > 0, next_aggr, next_ops)
        if self._pauses:
            self._held = rest
            self.schemes.cancel_walk()
            self._end_if_alone()
            return
        self._conclude(rest)

    @property
    def _pauses(self) -> bool:
        return self.context.pause and self._system.kernel.has(Feature.PAUSE)

    def _conclude(self, rest: _Rest) -> None:
        self._held = None
        log = self._system.tracepoints.log(self.index, self.name, self.pid, self.now_us)
        self._apply_schemes(log)
        found = None
        if rest.aggregates:
            found = self._found()
            self._tune(rest.next_aggr, log)
            if log is not None:
                log.add(Aggregated(log.at, self._as_traced(found)))
            self._schedule.next_aggr = rest.next_aggr + self._schedule.ticks(self.intervals.aggr_us)
            self._begin_anew()
        if rest.ticked and self._schedule.passed >= rest.next_ops:
            self._schedule.next_ops = rest.next_ops + self._schedule.ticks(self.intervals.update_us)
            self._monitored.update(self.now_us)
        self._end_if_alone()
        # The next sample is one interval after all work is done: the time that actions take puts off all that follows.
        self.now_us += self.schemes.take_spent_us()
        self._await_activation()
        # Last, so that a listener that fails leaves the loop whole.
        if found is not None:
            self._system.emit(found)
        if log is not None:
            self._system.tracepoints.hand_out(log)

    def touched(self, edges: F64) -> list[Touched]:
        """Of each target, what is touched in the windows between `edges` [k + 1]."""
        return self._monitored.touched(edges)

    def _ticks_until(self, time_us: float) -> int:
        return self._schedule.ticks_between(self.now_us, time_us)

    def _ticks_ahead(self) -> int:
        """Samples until the next event: at least one, and none only where a target's end was overlooked."""
        due, turn = self._schedule.due, self.schemes.next_turn()
        ticks = max(1, (due if turn is None else min(due, turn)) - self._schedule.passed)
        if self.schemes.watched:
            # Before each tick watermarks are looked at; the machine changes between its steps only.
            ticks = min(ticks, max(1, self._ticks_until((self.now_us // STEP_US + 1) * STEP_US)))
        asked = self._calls.due_at_tick_us()
        if asked is not None:
            ticks = min(ticks, max(1, self._ticks_until(asked)))
        if self._pauses:
            ticks = 1
        end = self._monitored.ends_us()
        return ticks if math.isinf(end) else min(ticks, self._ticks_until(end))

    def _await_activation(self) -> None:
        """Sleep if the watermarks of all schemes say so (section 8)."""
        if self.running and len(self.schemes):
            wait = self.schemes.wait_us()
            self._asleep_until = self.now_us + wait if wait else None

    def _end_if_alone(self) -> None:
        if self.running and self._monitored.ends_us() <= self.now_us:
            self._stop("every target process has ended" if self.context.targets else "it has no targets")

    def _stop(self, because: str) -> None:
        self.running = False
        self.ended_because = because
        self._asleep_until = self._held = None
        self.schemes.cancel_walk()
        self._calls.cancel()

    # Aggregations

    def _found(self) -> Aggregation:
        """What the aggregation that ends now has found."""
        regions = self.regions
        self.aggregations += 1
        self.last = Aggregation(
            kdamond=self.index,
            context=0,
            start_us=self._schedule.window_began_us,
            end_us=self.now_us,
            sample_us=self._schedule.sample_us,
            aggr_us=self.intervals.aggr_us,
            max_nr_accesses=self._schedule.max_nr,
            target=regions.target,
            start=regions.start,
            end=regions.end,
            nr_accesses=regions.nr_accesses,
            age=regions.age,
            nr_targets=len(self.context.targets),
            acted=self.schemes.take_acted(),
        )
        return self.last

    def _as_traced(self, found: Aggregation) -> Aggregation:
        """It as the tracepoint tells of it: after its counters were converted to intervals tuned just now."""
        nr_accesses, age = self.regions.nr_accesses, self.regions.age
        if nr_accesses is found.nr_accesses and age is found.age:
            return found
        return replace(found, nr_accesses=nr_accesses, age=age)

    def _begin_anew(self) -> None:
        """Reset the counts, and split."""
        self._monitored.reset_and_split(self._system.split_memory, self._splitting)
        self._schedule.begin_window(self.now_us)

    def _tune(self, next_aggr: int, log: EventLog | None) -> None:
        """Adapt the intervals to how many accesses were observed, if that is asked for (section 10.1)."""
        schedule, regions, goal = self._schedule, self.regions, self.intervals.goal
        if not self._system.kernel.has(Feature.INTERVALS_GOAL) or not schedule.tune_due():
            return
        samples = schedule.aggr_samples
        score = observed_score(regions.sizes, regions.nr_accesses, samples, goal.access_bp)
        new = tuned(self.intervals, samples, score)
        if new is not None:
            if log is not None:
                log.add(IntervalsTuned(log.at, new.sample_us))
            self._schedule.next_aggr = next_aggr
            self._set_intervals(new)
            self._schedule.aggr_samples = samples

    # Schemes

    def _apply_schemes(self, log: EventLog | None) -> None:
        if not len(self.schemes):
            self.schemes.cancel_walk()
        turn = self.schemes.next_turn()
        if turn is None or self._schedule.passed < turn:
            return
        ticks, left = self._schedule.window
        counts = self.schemes.counts(self.regions, ticks=ticks, ticks_left=left, window=self._schedule.max_nr)
        moment = Moment(
            now_us=self.now_us,
            passed=self._schedule.passed,
            sample_us=self.intervals.sample_us,
            aggr_us=self.intervals.aggr_us,
            max_nr_accesses=self._schedule.max_nr,
            min_region_sz=self._min_sz,
            size_limit=self._monitored.size_limit,
        )
        self.schemes.apply(self.regions, counts, moment, self._monitored.running(self.now_us), log)

    # Changes while running (section 11.4)

    def _run_calls(self, *, aggregated: bool = False, asleep: bool = False) -> None:
        self._aggregated = aggregated
        while call := self._calls.take(self.now_us, aggregated=aggregated, asleep=asleep):
            call.work()
            call.request.finish()

    def _change(self, new: Context) -> None:
        old = self.context
        if (new.ops, new.addr_unit) != (old.ops, old.addr_unit):
            self._change_operations(new)
        self.schemes.commit(new.schemes, self._schedule.passed, self.intervals)
        self.schemes.renumber_targets(self._monitored.change_targets(new.targets))
        self._monitored.bounds = new.nr_regions
        new = replace(new, targets=self._monitored.targets)
        self.config = KdamondConfig(contexts=(new,), refresh_ms=self.config.refresh_ms)
        if new.intervals != self.intervals or new.nr_regions != old.nr_regions:
            self._set_intervals(new.intervals)
            if not self._aggregated:
                self._schedule.begin_window(self.now_us)

    def _change_operations(self, new: Context) -> None:
        ops = self._system.operations(new.ops, new.addr_unit)
        self._min_sz = min_region_bytes(new)
        self._monitored.change_operations(ops, self._min_sz)
        self.schemes.change_operations(new.ops, ops.actor(self._monitored.pid_of), ops.metrics, self._min_sz)

    def _set_intervals(self, new: Intervals) -> None:
        aggregating = self._schedule.aggregating
        kernel = self._system.kernel
        convert_results(self.regions, self.intervals, new, aggregating=aggregating, kernel=kernel)
        self._schedule.plan(new)
        self.schemes.plan(self._schedule.passed, new)
