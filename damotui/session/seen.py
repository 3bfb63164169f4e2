"""What has come from the engine so far: its newest state, the aggregations, and what happened when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from damotui.pacer.frame import Frame
from damotui.pacer.requests import (
    Commit,
    CommitGoals,
    KillProcess,
    Outcome,
    Restart,
    StartProcess,
    TurnOff,
    TurnOn,
    WriteFile,
)
from damotui.render.history import History
from damotui.session.document import Session
from damotui.session.files_view import FilesView
from damotui.session.live import Live, kdamond_name
from damotui.session.marks import Marks
from damotui.session.trace_log import TraceLog
from engine.workload.library import Workload


@dataclass(frozen=True, slots=True)
class Said:
    """Something to tell the user in passing."""

    text: str
    refused: bool = False


class Seen:
    """Takes frames, and lets the session know what they settle."""

    def __init__(self, session: Session, workload: Workload) -> None:
        self.live = Live()
        self.history = History()
        self.truth = History()
        """What a perfect monitor would have found, as long as that is watched (see `engine.truth`)."""
        self.marks = Marks(workload)
        self.files = FilesView()
        self.trace: TraceLog | None = None
        """None until somebody looks at events."""
        self._session = session
        self._ops: dict[int, str] = {}

    def receive(self, frame: Frame) -> list[Said]:
        """Take over what a frame holds; gives what there is to tell about it."""
        if frame.snapshot is not None and frame.generation != self.live.generation:
            self.history.clear()
            self.truth.clear()
            self.marks.clear()
            self._ops.clear()
            self.files.clear()
            if self.trace is not None:
                self.trace.interrupt("the engine was begun again")
        contexts = [status.index for status in self.live.debugfs]
        self.live.feed(frame)
        for aggregation in frame.aggregations:
            self.history.add(aggregation)
        for truth in frame.truths:
            self.truth.add(truth)
        self._part_operations(frame)
        said = [one for outcome in frame.outcomes if (one := self._settle(outcome))]
        # Unlike kdamonds, which stay in the tree with their reason, these go.
        said += [
            Said(f"{kdamond_name(index)} ended: {because}")
            for index in contexts
            if (because := self.live.ended_because(index))
        ]
        if frame.snapshot is not None:
            self._session.observe(frame.snapshot)
        if frame.files is not None:
            self.files.feed(frame.files, self.live.time_us)
        if frame.lines is not None and self.trace is not None:
            self.trace.feed(frame.lines)
        return said

    def _part_operations(self, frame: Frame) -> None:
        """Forget what a kdamond saw with other operations: those addresses have no place on the same axis."""
        new = Counter((aggregation.kdamond, aggregation.context) for aggregation in frame.aggregations)
        for status in frame.snapshot.kdamonds if frame.snapshot else ():
            contexts = status.config.contexts if status.config else ()
            if contexts and self._ops.setdefault(status.index, contexts[0].ops) != contexts[0].ops:
                self._ops[status.index] = contexts[0].ops
                kept = min(status.aggregations, new[status.index, 0])
                self.history.keep_newest(status.index, 0, kept)
                self.truth.keep_newest(status.index, 0, kept)

    def _settle(self, outcome: Outcome) -> Said | None:
        done = self._session.settle(outcome)
        if isinstance(outcome.request, WriteFile):
            self.files.note_answer(outcome)
            if not self.files.is_open and (said := _refused(outcome.request, outcome)):
                return said
        elif outcome.error:
            return Said(outcome.error, refused=True)
        now_us = self.live.time_us
        match done:
            case TurnOn(index):
                self.marks.note(now_us, f"{index} on")
            case TurnOff(index):
                self.marks.note(now_us, f"{index} off")
            case Commit(index) | CommitGoals(index):
                self.marks.note(now_us, "commit")
                return Said(f"committed to kdamond {index}")
            case KillProcess(pid):
                self.marks.note(now_us, f"kill {pid}")
                return Said(f"process {pid} killed")
            case StartProcess():
                return Said("another process runs the workload")
            case Restart():
                return Said("begun again")
        return None


def _refused(request: WriteFile, outcome: Outcome) -> Said | None:
    """What is told of a write that failed while nobody looked."""
    error = outcome.error or (outcome.written.error if outcome.written else "")
    return Said(f"{request.path}: {error}", refused=True) if error else None
