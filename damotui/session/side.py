"""What has come from one engine so far: the only one, or one of the two of a what-if."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy

from damotui.pacer.frame import Frame
from damotui.render.history import History
from damotui.session.live import Live
from damotui.session.marks import Marks
from damotui.session.tuning.commits import CommitLog
from engine.snapshot import Aggregation, Snapshot
from engine.workload.library import Workload


class Side:
    """Its newest state, the aggregations, and what happened when.

    Args:
        workload: what its processes run.
    """

    def __init__(self, workload: Workload) -> None:
        self.live = Live()
        self.history = History()
        self.truth = History()
        """What a perfect monitor would have found, as long as that is watched (see `engine.truth`)."""
        self.marks = Marks(workload)
        self.commits = CommitLog()
        self._ops: dict[int, str] = {}

    def clear(self) -> None:
        """There is another engine, at time 0."""
        self.history.clear()
        self.truth.clear()
        self.marks.clear()
        self.commits.clear()
        self._ops.clear()

    def feed(
        self,
        snapshot: Snapshot | None,
        generation: int,
        aggregations: Sequence[Aggregation],
        truths: Sequence[Aggregation],
    ) -> None:
        """Take over what a frame holds of this engine."""
        self.live.feed(Frame(snapshot, generation=generation))
        for aggregation in aggregations:
            self.history.add(aggregation)
        for truth in truths:
            self.truth.add(truth)
        if snapshot is not None:
            self._part_operations(snapshot, aggregations)
            self.commits.feed(snapshot)

    def copy(self, line: int) -> Side:
        """The same past, for an engine that is a copy of this one.

        Args:
            line: its number: what was made from the history of one can't be taken for that of the other by it.
        """
        other: Side = deepcopy(self, {id(shared): shared for shared in (self.live.snapshot, self.history, self.truth)})
        other.history, other.truth = (history.copy(line << 32) for history in (self.history, self.truth))
        return other

    def _part_operations(self, snapshot: Snapshot, aggregations: Sequence[Aggregation]) -> None:
        """Forget what a kdamond saw with other operations: those addresses have no place on the same axis."""
        new = Counter((aggregation.kdamond, aggregation.context) for aggregation in aggregations)
        for status in snapshot.kdamonds:
            contexts = status.config.contexts if status.config else ()
            if contexts and self._ops.setdefault(status.index, contexts[0].ops) != contexts[0].ops:
                self._ops[status.index] = contexts[0].ops
                kept = min(status.aggregations, new[status.index, 0])
                self.history.keep_newest(status.index, 0, kept)
                self.truth.keep_newest(status.index, 0, kept)
