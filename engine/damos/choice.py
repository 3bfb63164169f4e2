"""Which regions a scheme wants in a round: by pattern, by score, and by its core filters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.damos.pattern import Mask, fits_counters, fits_size, matches
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
        self._base: Candidates | None = None
        self._wanted: Mask | None = None
        self._young: Mask | None = None
        self.table_changed()

    def table_changed(self) -> None:
        """Forget what was found out about regions, which have other indices now."""
        self._matching: Index | None = None
        self._scored: I64 | None = None
        self._verdicts: tuple[Mask, Mask] | None = None

    # Before it is known which scores get a turn

    def _matches(self) -> Index:
        """Regions that match the pattern."""
        if self._matching is None:
            table = self._table
            found = matches(self._pattern, table.size, table.nr_accesses, table.age)
            self._matching = found.nonzero()[0]
        return self._matching

    def _scores(self, scorer: Scorer) -> I64:
        """Their scores."""
        if self._scored is None:
            index, table = self._matches(), self._table
            self._scored = scorer.scores(table.nr_accesses[index], table.age[index])
        return self._scored

    def _verdict_masks(self) -> tuple[Mask, Mask]:
        if self._verdicts is None:
            table = self._table
            self._verdicts = self._scheme.filters.verdicts(table.target, table.start, table.end, self._min_sz)
        return self._verdicts

    def eligible(self) -> tuple[U64, U64]:
        """The address ranges (start [k], end [k]) of regions that match; none unless addresses are physical."""
        index = self._matches()[: None if self._scheme.ops == "paddr" else 0]
        return self._table.start[index], self._table.end[index]

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
        for index in self._matches()[crossed[self._matches()]].tolist():
            pieces = [table.piece(index)]
            at = 0
            while at < len(pieces):
                counted[index + added + at] = fits_size(self._pattern, pieces[at].size) and self._passes_cut(
                    pieces, at, index
                )
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
        quota, scorer = self._quota, self._scorer
        if not quota.configured or not quota.limited or quota.full:
            return
        quota.min_score = 0
        if scorer is None:
            return
        index = self._counted(counted)
        size = self._table.size[index]
        if int(size.sum(dtype=np.uint64)) < quota.esz:
            return
        if index is self._matching:
            scores = self._scores(scorer)
        else:
            scores = scorer.scores(self._table.nr_accesses[index], self._table.age[index])
        quota.min_score = least_score(scores, size, quota.esz)

    def _counted(self, counted: dict[int, bool]) -> Index:
        index = self._matches()
        if not self._scheme.rules.histogram_filtered or not self._scheme.filters.core:
            return index
        wanted = np.zeros(len(self._table), np.bool_)
        wanted[index] = self._verdict_masks()[0][index]
        for region, counts in counted.items():
            wanted[region] = counts
        found: Index = wanted.nonzero()[0]
        return found

    # In the round

    @property
    def _chooser(self) -> Scorer | None:
        """Where some scores get no turn, what tells them."""
        return self._scorer if self._quota.min_score > 0 and self._quota.limited else None

    def wants(self, index: int, piece: Piece) -> bool:
        """Whether a piece of a region is wanted, before core filters are asked."""
        nr_accesses = int(self._table.nr_accesses[index])
        if not fits_size(self._pattern, piece.size) or not fits_counters(self._pattern, nr_accesses, piece.age):
            return False
        chooser = self._chooser
        return chooser is None or chooser.score(nr_accesses, piece.age) >= self._quota.min_score

    def candidates(self) -> Candidates:
        """All regions that are wanted, with the ages they came with."""
        if self._base is None:
            self._base = self._charged(self._all_wanted())
        return self._base

    def _all_wanted(self) -> Index:
        chooser, index = self._chooser, self._matches()
        return index if chooser is None else index[self._scores(chooser) >= self._quota.min_score]

    def candidates_after(self, low: int, high: int, reset: Index) -> Candidates | None:
        """The regions from `low` to `high` that are wanted once the ages of the regions `reset` have started again.

        None where that changes nothing.
        """
        wanted = self._wanted_mask()
        after = self._wanted_young()[reset]
        if (wanted[reset] == after).all():
            return None
        run = wanted[low:high].copy()
        run[reset - low] = after
        return self._charged(run.nonzero()[0] + low)

    def _wanted_mask(self) -> Mask:
        if self._wanted is None:
            self._wanted = np.zeros(len(self._table), np.bool_)
            self._wanted[self._all_wanted()] = True
        return self._wanted

    def _wanted_young(self) -> Mask:
        """Which regions are wanted if their ages have started again."""
        if self._young is None:
            table = self._table
            age = empty_i64(len(table))
            self._young = matches(self._pattern, table.size, table.nr_accesses, age)
            chooser = self._chooser
            if chooser is not None:
                self._young &= chooser.scores(table.nr_accesses, age) >= self._quota.min_score
        return self._young

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
