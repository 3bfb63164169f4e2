"""What is seen of branch B of a what-if: a part of each frame while it runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.snapshot import Aggregation, Snapshot

if TYPE_CHECKING:
    from engine.config.model import Kdamond


@dataclass(frozen=True, slots=True, eq=False)
class BranchFrame:
    """Everything new of branch B since the frame before."""

    line: int
    """Counts the engines that a what-if made; it names this one also after it was kept (`Frame.line`)."""
    forked: Snapshot
    """Both branches as they were when they parted."""
    changes: tuple[tuple[int, Kdamond], ...]
    """Index and parameters of each kdamond that was given others then."""
    snapshot: Snapshot
    """B as of now, at the same time as A."""
    aggregations: tuple[Aggregation, ...] = ()
    """Those since the last frame, oldest first."""
    truths: tuple[Aggregation, ...] = ()
    """What a perfect monitor would have found in them, as far as it is watched."""
    dropped: int = 0
    """How many more there were, before them."""

    def after(self, old: BranchFrame | None, most: int) -> BranchFrame:
        """This one and the one before it as one, with the newest `most` aggregations, if both are of one engine."""
        if old is None or old.line != self.line:
            return self
        aggregations = old.aggregations + self.aggregations
        excess = max(0, len(aggregations) - most)
        return replace(
            self,
            aggregations=aggregations[excess:],
            truths=(old.truths + self.truths)[-most:],
            dropped=old.dropped + self.dropped + excess,
        )


def up_to(aggregations: tuple[Aggregation, ...], time_us: int) -> tuple[Aggregation, ...]:
    """Those that had ended at a moment."""
    return tuple(one for one in aggregations if one.end_us <= time_us)
