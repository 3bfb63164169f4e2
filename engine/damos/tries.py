"""What all schemes of a round were applied to: for walk requests, and for the tracepoint damos_before_apply."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from engine.damos.choice import Index
from engine.damos.round_table import RoundTable
from engine.damos.walk import Batch, Tried, tried
from engine.events import BeforeApply, Occasion
from engine.regions.table import I64, U64, Regions, empty_i64


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    scheme: int
    index: Index
    """Of the regions, in the table of the round."""
    cuts: int
    """Into how many more pieces the region was cut by then."""
    batch: Batch


class Tries:
    """Batches in the order in which they were made; of a region, that is the order in which schemes came to it."""

    def __init__(self) -> None:
        self._made: list[_Made] = []

    def add(self, scheme: int, index: Index, batch: Batch, *, cuts: int = 0) -> None:
        """Note that a scheme was applied to regions.

        Args:
            scheme: its index.
            index: of the regions [k], in the table of the round.
            batch: what came of it [k].
            cuts: into how many more pieces the region was cut by then.
        """
        self._made.append(_Made(scheme, index, cuts, batch))

    def of(self, scheme: int) -> Tried:
        """What one scheme was applied to."""
        return tried([made.batch for made in self._made if made.scheme == scheme])

    def ranks(self, schemes: Collection[int]) -> dict[int, I64]:
        """Of the regions that `of` gives for each scheme, how many the kernel came to before, of all these schemes."""
        made = [made for made in self._made if made.scheme in schemes]
        found = {scheme: empty_i64() for scheme in schemes}
        if not made:
            return found
        order = np.concatenate([one.index for one in made]).argsort(kind="stable")
        ranks = np.empty_like(order)
        ranks[order] = np.arange(len(order))
        at = np.repeat([one.scheme for one in made], [len(one.index) for one in made])
        return {scheme: ranks[at == scheme] for scheme in found}

    def before_apply(self, at: Occasion, table: RoundTable) -> BeforeApply | None:
        """All of it, region by region; None if there is nothing.

        Args:
            at: when it was.
            table: at the end of the round, not settled yet. Regions that are merged back later are not taken off.
        """
        if not self._made:
            return None
        index = np.concatenate([made.index for made in self._made])
        lengths = [len(made.index) for made in self._made]
        # Sweeps go through a run of regions one after the other; the kernel takes all schemes to each region.
        order = index.argsort(kind="stable")
        columns = tried([made.batch for made in self._made])
        index, target = index[order], columns.target[order]
        low, high = (table.target.searchsorted(target, side=side) for side in ("left", "right"))
        before = table.cuts_before()
        cuts = np.repeat([made.cuts for made in self._made], lengths)[order]
        return BeforeApply(
            at,
            scheme=np.repeat([made.scheme for made in self._made], lengths)[order],
            target=target,
            nr_regions=high - low + before[index] - before[low] + cuts,
            start=columns.start[order],
            end=columns.end[order],
            nr_accesses=columns.nr_accesses[order],
            age=columns.age[order],
        )


def less_merged_back(event: BeforeApply, target: I64, start: U64, after: Regions) -> BeforeApply:
    """The same with what was merged back by then taken off the numbers of regions.

    Args:
        event: from `Tries.before_apply`.
        target: of each region before merging [n].
        start: of each region before merging [n].
        after: the regions that are left.
    """
    if len(after) == len(start):
        return event
    nr_regions = event.nr_regions.copy()
    for number in np.unique(event.target).tolist():
        was, left = start[target == number], after.start[after.target == number]
        gone = was[~np.isin(was, left, assume_unique=True)]
        here = event.target == number
        nr_regions[here] -= gone.searchsorted(event.start[here])
    return replace(event, nr_regions=nr_regions)
