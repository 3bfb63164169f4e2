"""Which regions a scheme wants in a round: by pattern, by score, and by its core filters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.damos.pattern import Mask, fitting_counters, fitting_size
from engine.damos.round_table import Piece, RoundTable
from engine.damos.scheme import AppliedScheme
from engine.damos.score import Scorer, least_score
from engine.regions.table import I64, U64, empty_i64

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Regions [k] that a scheme wants, ascending; where its quota ends is not looked at yet."""

    index: Index
    size: U64
    charged: U64
    """What is charged at most, from the first up to each."""
    reach: U64
    """What each would bring the charge to if core filters were not asked; more than `charged` where they reject it."""
    passes: Mask | None
    """Whether the core filters let it pass; None where all of them do."""
    allowed: Mask | None
    """Whether ops filters are not asked; None where they always are."""


class Choice:
    """What a scheme wants of the regions as they are at the start of a round.

    Args:
        scheme: the scheme.
        table: the regions.
        scorer: None where all regions score the same.
    """

    def __init__(self, scheme: AppliedScheme, table: RoundTable, scorer: Scorer | None) -> None:
        self._scheme = scheme
        self._quota = scheme.quota
        self._table = table
        self._scorer = scorer
        self._pattern = scheme.config.access_pattern
        self._min_sz = scheme.quota.min_region_sz
        self._fits: Mask | None = None
        self._young: Mask | None = None
        self._base: Candidates | None = None
        self.table_changed()

    def table_changed(self) -> None:
        """Forget what was found out about regions, which have other indices now."""
        self._near: Mask | None = None
        self._sized: Mask | None = None
        self._scored: tuple[Index, I64] | None = None
        self._verdicts: tuple[Mask, Mask] | None = None

    # Before the quota is known

    def _matching(self) -> Mask:
        """Regions whose counters match, whatever their size."""
        if self._near is None:
            self._near = fitting_counters(self._pattern, self._table.nr_accesses, self._table.age)
        return self._near

    def _of_size(self) -> Mask:
        """Regions whose size matches."""
        if self._sized is None:
            self._sized = fitting_size(self._pattern, self._table.size)
        return self._sized

    def _takes_size(self, size: int) -> bool:
        return self._pattern.sz.min <= size <= self._pattern.sz.max

    def _scores(self) -> tuple[Index, I64]:
        """Regions whose counters match, and their scores."""
        if self._scored is None:
            assert self._scorer is not None
            index = np.flatnonzero(self._matching())
            table = self._table
            self._scored = index, self._scorer.scores(table.nr_accesses[index], table.age[index])
        return self._scored

    def _verdict_masks(self) -> tuple[Mask, Mask]:
        if self._verdicts is None:
            table = self._table
            self._verdicts = self._scheme.filters.verdicts(table.target, table.start, table.end, self._min_sz)
        return self._verdicts

    def eligible(self) -> tuple[U64, U64]:
        """The address ranges (start [k], end [k]) of regions that match; none unless addresses are physical."""
        wanted = self._matching() & self._of_size() if self._scheme.ops == "paddr" else slice(0)
        return self._table.start[wanted], self._table.end[wanted]

    def cut_for_histogram(self) -> dict[int, bool]:
        """Cut regions that core filters by address cross, as they do when the least score is looked for.

        Returns:
            By new index of each part, whether it counts.
        """
        table = self._table
        crossed = self._scheme.filters.crossed(table.start, table.end, self._min_sz)
        if not crossed.any():
            return {}
        counted: dict[int, bool] = {}
        added = 0
        for index in np.flatnonzero(crossed & self._matching()).tolist():
            pieces = [table.piece(index)]
            at = 0
            while at < len(pieces):
                counted[index + added + at] = self._takes_size(pieces[at].size) and self._passes_cut(pieces, at, index)
                at += 1
            added += at - 1
            table.put(index, pieces)
        return counted

    def _passes_cut(self, pieces: list[Piece], at: int, index: int) -> bool:
        piece = pieces[at]

        def cut(left: int) -> None:
            pieces.insert(at + 1, piece.cut(left))

        target = int(self._table.target[index])
        return self._scheme.filters.verdict(target, piece.start, piece.end, self._min_sz, cut).passes

    def choose_least_score(self, counted: dict[int, bool]) -> None:
        """Set the least score that gets a turn, if the quota leaves anything to choose.

        Args:
            counted: for single regions, whether they count; the others do if they match and pass.
        """
        quota = self._quota
        if not quota.configured or not quota.limited or quota.full:
            return
        quota.min_score = 0
        if self._scorer is None:
            return
        wanted = self._matching() & self._of_size()
        if self._scheme.rules.histogram_filtered and self._scheme.filters.core:
            wanted &= self._verdict_masks()[0]
        for region, counts in counted.items():
            wanted[region] = counts
        table = self._table
        if int(table.size[wanted].sum(dtype=np.uint64)) < quota.esz:
            return
        index, scores = self._scores()
        chosen = wanted[index]
        quota.min_score = least_score(scores[chosen], table.size[index[chosen]], quota.esz)

    # In the round

    @property
    def _selective(self) -> bool:
        return self._scorer is not None and self._quota.min_score > 0 and self._quota.limited

    def _fitting(self) -> Mask:
        """Regions whose counters match and whose score gets a turn, whatever their size."""
        if self._fits is None:
            self._fits = self._matching()
            if self._selective:
                index, scores = self._scores()
                self._fits = self._fits.copy()
                self._fits[index] = scores >= self._quota.min_score
        return self._fits

    def _fitting_young(self) -> Mask:
        """The same, if their ages start again before."""
        if self._young is None:
            table = self._table
            age = empty_i64(len(table))
            self._young = fitting_counters(self._pattern, table.nr_accesses, age)
            if self._selective:
                assert self._scorer is not None
                self._young &= self._scorer.scores(table.nr_accesses, age) >= self._quota.min_score
        return self._young

    def wants(self, index: int, piece: Piece) -> bool:
        """Whether a piece of a region is wanted, before core filters are asked."""
        fits = self._fitting_young() if piece.reset else self._fitting()
        return bool(fits[index]) and self._takes_size(piece.size)

    def candidates(self) -> Candidates:
        """All regions that are wanted, with the ages they came with."""
        if self._base is None:
            self._base = self._charged(np.flatnonzero(self._fitting() & self._of_size()))
        return self._base

    def candidates_after(self, low: int, high: int, reset: Index) -> Candidates | None:
        """The regions from `low` to `high` that are wanted once the ages of the regions `reset` have started again.

        None where that changes nothing.
        """
        sized = self._of_size()[reset]
        before, after = self._fitting()[reset] & sized, self._fitting_young()[reset] & sized
        if not (before != after).any():
            return None
        wanted = self._fitting()[low:high] & self._of_size()[low:high]
        wanted[reset - low] = after
        return self._charged(np.flatnonzero(wanted) + low)

    def _charged(self, index: Index) -> Candidates:
        size = self._table.size[index]
        cost = self._most_cost(size)
        if not self._scheme.filters.core:
            charged: U64 = cost.cumsum(dtype=np.uint64)
            return Candidates(index, size, charged, charged, None, None)
        passes, allowed = (mask[index] for mask in self._verdict_masks())
        if self._scheme.rules.rest_visited:
            # A region that is rejected as a whole leaves no trace, see `Visit`.
            index, size, allowed = index[passes], size[passes], allowed[passes]
            charged = cost[passes].cumsum(dtype=np.uint64)
            return Candidates(index, size, charged, charged, None, allowed)
        charged = np.where(passes, cost, np.uint64(0)).cumsum(dtype=np.uint64)
        reach = charged + np.where(passes, np.uint64(0), size)
        return Candidates(index, size, charged, reach, passes, allowed)

    def _most_cost(self, size: U64) -> U64:
        """What regions may be charged at most."""
        quota = self._quota.config
        if not self._quota.charges_failures or quota.fail_charge_num <= quota.fail_charge_denom:
            return size
        num, denom = np.uint64(quota.fail_charge_num), np.uint64(quota.fail_charge_denom)
        return size // denom * num + size % denom * num // denom
