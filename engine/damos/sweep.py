"""One scheme's way through all regions in one round.

A run is a range of regions of one target in which no scheme cuts a region, nor goes on where it stopped. Within a
run every scheme can take all its regions at once: what it does to one region depends on the others only through its
own charge, which is a prefix sum, and on other schemes only through the ages that those before it reset. The regions
between runs are for `Visit`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.config.model import ULONG_MAX
from engine.damos.actor import Action, Actor, Applied
from engine.damos.choice import Candidates, Choice, Index
from engine.damos.pattern import Mask
from engine.damos.quota import QuotaState
from engine.damos.round_table import Piece, RoundTable, Span
from engine.damos.scheme import AppliedScheme
from engine.damos.score import Scorer
from engine.damos.tries import Tries
from engine.regions.table import U64, empty_i64


class Sweep:
    """A scheme in a round.

    Args:
        scheme: due and active; its statistics and quota are kept up to date.
        table: the regions.
        actor: applies the action.
        scorer: None where all regions score the same.
        tries: takes what it was applied to; None where nobody asks for it.
    """

    def __init__(
        self,
        scheme: AppliedScheme,
        table: RoundTable,
        actor: Actor,
        scorer: Scorer | None,
        tries: Tries | None = None,
    ) -> None:
        self.scheme = scheme
        self.quota: QuotaState = scheme.quota
        self.choice = Choice(scheme, table, scorer)
        self._tries = tries
        self._table = table
        self._actor = actor
        self._min_sz = scheme.quota.min_region_sz
        self._run: Candidates | None = None
        """Where the regions chosen for the run are taken from; None where the run is passed over."""
        self._first = self._last = 0
        self._only_counts = False

    @property
    def idle(self) -> bool:
        """Whether it does nothing more in this round."""
        return self.quota.full or self.scheme.finished

    # A run

    def plan(self, low: int, high: int, span: Span, reset: Sequence[Index]) -> int:
        """Choose what to do in a run.

        Args:
            low: the run's first region.
            high: where it ends at the latest.
            span: the target of the run.
            reset: regions of the run whose ages schemes before this one reset, if it gets as far as that.

        Returns:
            Where the run must end for this scheme: at `high`, or at a region before it that needs a visit.
        """
        self._run = None
        if self.idle:
            return high
        if self.quota.charge_target_from is not None:
            return high if self.quota.charge_target_from != span.target else min(high, self._goes_on_at(low, span))
        after = None
        if reset:
            ages_reset = np.concatenate(reset)
            after = self.choice.candidates_after(low, high, ages_reset[ages_reset < high])
        found = after or self.choice.candidates()
        self._run = found
        self._only_counts = False
        self._first = 0 if after else int(found.index.searchsorted(low))
        self._last = len(found.index) if after else int(found.index.searchsorted(high))
        return self._keep_quota(found, high) if self._last > self._first and self.quota.limited else high

    def _goes_on_at(self, low: int, span: Span) -> int:
        """The first region from `low` on, of the target where the last window stopped, that is not passed over."""
        end = self._table.end[low : span.high - 1]
        return low + int(end.searchsorted(np.uint64(min(self.quota.charge_addr_from, ULONG_MAX)), side="right"))

    def _keep_quota(self, found: Candidates, high: int) -> int:
        """Shorten what is chosen to what the quota leaves; returns where the run must end."""
        first, last, quota = self._first, self._last, self.quota
        left = quota.remaining
        if left < self._min_sz:
            return self._count_only(found, left, high)
        unused = self._min_sz if self.scheme.rules.full_below_min_region else 1
        before = int(found.charged[first - 1]) if first else 0
        if found.passes is None and int(found.charged[last - 1]) - before <= left - unused:
            return high
        budget = before + left
        over = _first_over(found, first, last, budget)
        used_up = np.uint64(min(budget - unused, ULONG_MAX))
        full = first + int(found.charged[first:last].searchsorted(used_up, side="right"))
        if full < over:
            self._last = full + 1
            return int(found.index[full]) + 1 if quota.charges_failures else high
        self._last = over
        return int(found.index[over]) if over < last else high

    def _count_only(self, found: Candidates, left: int, high: int) -> int:
        """Less than a minimum region is left (up to 7.0): regions are counted, but nothing is done to them."""
        self._only_counts = True
        small = np.flatnonzero(found.size[self._first : self._last] <= np.uint64(left))
        if not len(small):
            return high
        self._last = self._first + int(small[0])
        return int(found.index[self._last])

    def planned_resets(self) -> Index | None:
        """The regions whose ages it resets as planned; None if there are none."""
        found = self._run
        if found is None or self._only_counts or self._last == self._first or not self.scheme.ages:
            return None
        return self._acted_on(found)

    def _acted_on(self, found: Candidates) -> Index:
        chosen = slice(self._first, self._last)
        return found.index[chosen] if found.passes is None else found.index[chosen][found.passes[chosen]]

    def commit(self, high: int, span: Span) -> None:
        """Do what was planned, up to region `high`, exclusive."""
        found = self._run
        if found is None:
            return
        first, last = self._first, self._last
        if last > first and found.index[last - 1] >= high:
            last = self._last = first + int(found.index[first:last].searchsorted(high))
        reached = high
        if self._only_counts:
            self.scheme.nr_tried += last - first
        elif last > first:
            index = self._acted_on(found)
            if len(index):
                self._apply(index, found, span.target)
                if self.quota.full:
                    reached = int(index[-1]) + 1
        if reached == span.high:
            self.count_snapshot()

    def count_snapshot(self) -> None:
        """The last region of a target was not passed over."""
        self.scheme.nr_snapshots += self.scheme.rules.snapshots

    def _apply(self, index: Index, found: Candidates, target: int) -> None:
        table = self._table
        start, end = table.start[index], table.end[index]
        allowed = None
        if found.allowed is not None:
            allowed = found.allowed[self._first : self._last]
            if found.passes is not None:
                allowed = allowed[found.passes[self._first : self._last]]
        got = self._act(target, start, end, allowed)
        if self._tries is not None:
            columns = table.nr_accesses[index], table.age[index], got.bytes, got.filter_passed
            self._tries.add(self.scheme.index, index, (table.target[index], start, end, *columns))
        size = end - start
        tried = int(size.sum(dtype=np.uint64))
        self._count(len(index), tried, got)
        if self.quota.charges_failures:
            for one, applied in zip(size.tolist(), got.bytes.tolist(), strict=True):
                self.quota.charge(one, applied)
        else:
            self.quota.charged_sz += tried
        if self.quota.full:
            self.quota.stop_at(target, int(end[-1]))
        if self.scheme.ages:
            table.age[index] = 0

    def _act(self, target: int, start: U64, end: U64, allowed: Mask | None) -> Applied:
        scheme = self.scheme
        if allowed is None or not allowed.any():
            return self._actor.apply(scheme.action, target, start, end)
        if allowed.all():
            return self._actor.apply(scheme.unfiltered_action, target, start, end)
        got = Applied(*(empty_i64(len(start)) for _ in range(3)))
        sides: tuple[tuple[Mask, Action], ...] = ((allowed, scheme.unfiltered_action), (~allowed, scheme.action))
        for mask, action in sides:
            part = self._actor.apply(action, target, start[mask], end[mask])
            got.bytes[mask] = part.bytes
            got.filter_passed[mask] = part.filter_passed
            got.elapsed_ns[mask] = part.elapsed_ns
        return got

    def _count(self, regions: int, size: int, got: Applied) -> None:
        scheme = self.scheme
        scheme.nr_tried += regions
        scheme.sz_tried += size
        applied = int(got.bytes.sum())
        if applied:
            scheme.nr_applied += int(np.count_nonzero(got.bytes))
            scheme.sz_applied += applied
        if scheme.rules.passed_counted:
            scheme.sz_ops_filter_passed += int(got.filter_passed.sum())
        self.quota.total_charged_ns += int(got.elapsed_ns.sum())

    # A single region

    def apply_to(self, index: int, piece: Piece, target: int, size: int, *, allowed: bool, cuts: int) -> None:
        """Apply the action to a piece of a region.

        Args:
            index: of the region.
            piece: the piece.
            target: index of its target.
            size: bytes that count as tried.
            allowed: ops filters are not asked.
            cuts: into how many more pieces the region is cut by now.
        """
        start, end = np.array([piece.start], np.uint64), np.array([piece.end], np.uint64)
        action = self.scheme.unfiltered_action if allowed else self.scheme.action
        got = self._actor.apply(action, target, start, end)
        if self._tries is not None:
            which, nr = self._table.target[[index]], self._table.nr_accesses[[index]]
            batch = (which, start, end, nr, np.array([piece.age], np.int64), got.bytes, got.filter_passed)
            self._tries.add(self.scheme.index, np.array([index]), batch, cuts=cuts)
        self._count(1, size, got)
        self.quota.charge(size, int(got.bytes[0]))
        if self.quota.full:
            self.quota.stop_at(target, piece.end)
        if self.scheme.ages:
            piece.age = 0


def _first_over(found: Candidates, first: int, last: int, budget: int) -> int:
    """The first candidate that does not fit the budget whole."""
    limit = np.uint64(min(budget, ULONG_MAX))
    if found.passes is None:
        return first + int(found.reach[first:last].searchsorted(limit, side="right"))
    over = np.flatnonzero(found.reach[first:last] > limit)
    return first + int(over[0]) if len(over) else last
