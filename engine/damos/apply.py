"""One round of applying schemes to the regions of a context (section 6.2)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from engine.damos.actor import Actor
from engine.damos.choice import Index
from engine.damos.goals import Metrics
from engine.damos.round_table import RoundTable, Span
from engine.damos.rules import Rules
from engine.damos.scheme import AppliedScheme
from engine.damos.score import Scorer
from engine.damos.sweep import Sweep
from engine.damos.tries import Tries, less_merged_back
from engine.damos.visit import Visit
from engine.damos.walk import WalkRequest
from engine.events import BeforeApply, EszChanged, EventLog, StatAfterApply
from engine.regions.merge import merge_pass
from engine.regions.table import I64, Regions, concatenate


@dataclass(frozen=True, slots=True)
class Moment:
    """When a round takes place, and with which attributes of the context."""

    now_us: int
    passed: int
    """Samples since the kdamond was started."""
    sample_us: int
    aggr_us: int
    max_nr_accesses: int
    """Checks per region in one aggregation."""
    min_region_sz: int
    size_limit: int
    """How large a region may grow when slices are merged back, in bytes: `region_size_limit` without alignment."""


def due_schemes(schemes: Sequence[AppliedScheme], passed: int) -> list[AppliedScheme]:
    """The schemes whose turn has come; those that watermarks keep inactive are among them."""
    return [scheme for scheme in schemes if passed >= scheme.next_apply]


def apply_schemes(
    schemes: Sequence[AppliedScheme],
    regions: Regions,
    nr_accesses: I64,
    moment: Moment,
    *,
    actor: Actor,
    metrics: Metrics,
    running: Container[int] | None = None,
    walk: WalkRequest | None = None,
    log: EventLog | None = None,
) -> bool:
    """Apply all schemes that are due and active, in their order, and plan their next turns.

    As in the kernel every region is offered to all schemes before the next region is. `actor` sees that order per
    region and per scheme; regions of a run come to it together, one scheme after the other.

    Args:
        schemes: all of the context.
        regions: changed in place: ages start again, regions are cut for quotas and filters, and merged back.
        nr_accesses: the access count that schemes look at, of each region [n].
        moment: time and attributes.
        actor: does what schemes want to be done.
        metrics: what quota goals look at.
        running: indices of targets that have not ended; None for all. Up to 7.0 it is not looked at.
        walk: takes the tried regions of schemes that it still waits for.
        log: takes what happens, where somebody listens to it.

    Returns:
        Whether any scheme was applied. If none is active none is planned anew: they are due again at the next sample.
    """
    due = due_schemes(schemes, moment.passed)
    active = [scheme for scheme in due if scheme.watermarks.active]
    if not active:
        return False
    rules = active[0].rules
    table = RoundTable(regions, nr_accesses, copies_count=rules.split_copies_count)
    traced = log is not None and log.wants(BeforeApply)
    tries = Tries() if traced or walk is not None else None
    sweeps = [
        _sweep(scheme, table, moment, actor, tries if traced or (walk and walk.wants(scheme.index)) else None)
        for scheme in active
    ]
    _open_windows(sweeps, table, moment, metrics, log)
    visited = running if rules.running_targets_only else None
    for span in table.spans():
        if all(sweep.idle for sweep in sweeps):
            break
        if visited is None or span.target in visited:
            _apply_to_target(sweeps, table, span, rules, moment.min_region_sz)
    applied = tries.before_apply(log.at, table) if traced and tries and log else None
    table.settle()
    if rules.merged_back:
        target, start = regions.target, regions.start
        _merge_back(regions, table, visited, moment.size_limit)
        applied = applied and less_merged_back(applied, target, start, regions)
    if log is not None and applied is not None:
        log.add(applied)
    for scheme in due:
        scheme.plan(moment.passed, moment.sample_us, moment.aggr_us)
        if log is not None:
            log.add(StatAfterApply(log.at, scheme.index, scheme.stats))
    if walk is not None and tries is not None:
        _report(due, tries, walk)
    return True


def _sweep(scheme: AppliedScheme, table: RoundTable, moment: Moment, actor: Actor, tries: Tries | None) -> Sweep:
    weights = scheme.config.quotas.weights
    scorer = Scorer.of(scheme.order, weights, moment.max_nr_accesses, moment.aggr_us)
    return Sweep(scheme, table, actor, scorer, tries)


def _open_windows(
    sweeps: Sequence[Sweep], table: RoundTable, moment: Moment, metrics: Metrics, log: EventLog | None
) -> None:
    for sweep in sweeps:
        scheme, choice = sweep.scheme, sweep.choice
        scheme.qt_exceeds += scheme.quota.open_window(moment.now_us, metrics, choice.eligible)
        if log is not None:
            for esz in scheme.quota.esz_told:
                log.add(EszChanged(log.at, scheme.index, esz))
        counted: dict[int, bool] = {}
        if scheme.rules.histogram_filtered and scheme.quota.configured and scheme.filters.core:
            counted = choice.cut_for_histogram()
            if table.settle():
                for other in sweeps:
                    other.choice.table_changed()
        choice.choose_least_score(counted)


def _apply_to_target(sweeps: Sequence[Sweep], table: RoundTable, span: Span, rules: Rules, min_region_sz: int) -> None:
    crossed = _crossed(sweeps, table, span, min_region_sz)
    low = span.low
    while low < span.high:
        high = next((index for index in crossed if index >= low), span.high)
        high = _plan_run(sweeps, low, high, span)
        if high > low:
            for sweep in sweeps:
                sweep.commit(high, span)
        if high < span.high:
            Visit(table, high, span, rules, min_region_sz).run(sweeps)
            high += 1
        low = high


def _crossed(sweeps: Sequence[Sweep], table: RoundTable, span: Span, min_region_sz: int) -> list[int]:
    """The regions of a target that a filter by address cuts, if it is asked."""
    found: set[int] = set()
    for sweep in sweeps:
        filters = sweep.scheme.filters
        if any(rule.type == "addr" for rule in filters.core):
            within = slice(span.low, span.high)
            crossed = filters.crossed(table.start[within], table.end[within], min_region_sz)
            found.update((np.flatnonzero(crossed) + span.low).tolist())
    return sorted(found)


def _plan_run(sweeps: Sequence[Sweep], low: int, high: int, span: Span) -> int:
    """Where the run from `low` on ends: no scheme needs to look closer at a region before that."""
    resets: list[Index] = []
    for sweep in sweeps:
        high = sweep.plan(low, high, span, resets)
        if high == low:
            break
        reset = sweep.planned_resets()
        if reset is not None:
            resets.append(reset)
    return high


def _merge_back(regions: Regions, table: RoundTable, visited: Container[int] | None, size_limit: int) -> None:
    """Merge neighbours whose counters are all the same, in the targets that were visited."""
    spans = list(table.spans())
    if visited is None or all(span.target in visited for span in spans):
        merge_pass(regions, 0, size_limit, twins=True)
        return
    parts = [regions.take(np.arange(span.low, span.high)) for span in spans]
    for span, part in zip(spans, parts, strict=True):
        if span.target in visited:
            merge_pass(part, 0, size_limit, twins=True)
    regions.replace(concatenate(parts))


def _report(due: Sequence[AppliedScheme], tries: Tries, walk: WalkRequest) -> None:
    wanting = [scheme.index for scheme in due if walk.wants(scheme.index)]
    before = sum(map(len, walk.ranks.values()))
    for index, ranks in tries.ranks(wanting).items():
        walk.results[index] = tries.of(index)
        walk.ranks[index] = ranks + before
