"""Where a quota cuts: which of the regions that match get a turn in a charge window, and from which score on.

The round itself is the engine's own, over a copy of the regions and with an action that does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from damotui.session.tuning.limit import Limit, NoMachine
from damotui.session.tuning.preview import Amount, amount_of
from engine.config.model import Context, Scheme
from engine.config.validate import min_region_bytes
from engine.damos.actor import Action, Applied
from engine.damos.apply import Moment, apply_schemes
from engine.damos.pattern import Mask, matches
from engine.damos.rules import Rules
from engine.damos.scheme import AppliedScheme
from engine.damos.score import Scorer
from engine.regions.table import U64, Regions
from engine.snapshot import Aggregation
from engine.versions import Kernel


@dataclass(frozen=True, slots=True, eq=False)
class CutOff:
    """What one turn of a scheme would take, were it the first of a charge window."""

    limit: Limit
    min_score: int
    """The least score that gets a turn, from 0 to 99; 0 if all do."""
    scorer: Scorer | None
    """What scores regions; None where all score the same."""
    below: Amount
    """What matches, and has a lower score than that."""
    tried: Amount
    """What the turn would try: it passes the core filters, and fits into the quota."""


def cut_off(aggregation: Aggregation, scheme: Scheme, context: Context, kernel: Kernel, limit: Limit) -> CutOff:
    """Play one turn of a scheme over the regions of an aggregation.

    Every byte tried is taken to succeed, filters of pages are not asked, and neither are other schemes of the context.

    Args:
        aggregation: the regions; they are not changed.
        scheme: what is to be tried.
        context: whose operations and address unit hold.
        kernel: whose rules hold.
        limit: of the charge window.
    """
    rules, smallest = Rules.of(kernel), min_region_bytes(context)
    played = AppliedScheme(0, scheme, context.ops, rules, smallest)
    if limit.esz is not None:
        played.quota.esz = limit.esz
    # A window that has only just begun is not begun anew, which would compute its quota from a machine's state.
    played.quota.charged_from_us = 1
    regions = _regions(aggregation)
    moment = Moment(0, 0, aggregation.sample_us, aggregation.aggr_us, aggregation.max_nr_accesses, smallest, 0)
    apply_schemes([played], regions, aggregation.nr_accesses, moment, actor=_Succeeding(), metrics=NoMachine())
    scorer = Scorer.of(played.order, scheme.quotas.weights, aggregation.max_nr_accesses, aggregation.aggr_us)
    min_score = played.quota.min_score if played.quota.limited else 0
    return CutOff(
        limit=limit,
        min_score=min_score,
        scorer=scorer,
        below=_below(aggregation, scheme, scorer, min_score, context.addr_unit),
        tried=Amount(played.nr_tried, played.sz_tried * context.addr_unit),
    )


def _regions(aggregation: Aggregation) -> Regions:
    one = aggregation
    nr, age = one.nr_accesses.copy(), one.age.copy()
    return Regions(one.target.copy(), one.start.copy(), one.end.copy(), nr, nr.copy(), age)


def _below(aggregation: Aggregation, scheme: Scheme, scorer: Scorer | None, min_score: int, addr_unit: int) -> Amount:
    if scorer is None or not min_score:
        return Amount(0, 0)
    sizes = aggregation.end - aggregation.start
    out: Mask = matches(scheme.access_pattern, sizes, aggregation.nr_accesses, aggregation.age)
    out &= scorer.scores(aggregation.nr_accesses, aggregation.age) < min_score
    return amount_of(sizes[out], addr_unit)


class _Succeeding:
    """An actor that does nothing, and calls it done."""

    def apply(self, action: Action, target: int, start: U64, end: U64) -> Applied:
        size = (end - start).astype(np.int64)
        nothing = np.zeros(len(size), np.int64)
        return Applied(nothing if action.name == "stat" else size, size, nothing)
