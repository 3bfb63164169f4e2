"""What has come from the engine so far: its newest state, the aggregations, and what happened when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from damotui.pacer.branch_frame import up_to
from damotui.pacer.frame import Frame
from damotui.pacer.requests import (
    Branch,
    Commit,
    CommitGoals,
    Fork,
    Keep,
    KillProcess,
    Outcome,
    Request,
    Restart,
    StartProcess,
    TurnOff,
    TurnOn,
    WriteFile,
)
from damotui.render.history import History
from damotui.session.document import Session
from damotui.session.file_link import deed
from damotui.session.files_view import FilesView
from damotui.session.journal import Journal
from damotui.session.live import Live, clock, kdamond_name
from damotui.session.marks import Marks
from damotui.session.side import Side
from damotui.session.trace_log import TraceLog
from damotui.session.tree import Tree
from damotui.session.tuning.commits import CommitLog
from damotui.session.whatif import WhatIf
from engine.workload.library import Workload

if TYPE_CHECKING:
    from damotui.session.carry_view import CarryView


@dataclass(frozen=True, slots=True)
class Said:
    """Something to tell the user in passing."""

    text: str
    refused: bool = False


class Seen:
    """Takes frames, and lets the session know what they settle."""

    def __init__(self, session: Session, workload: Workload, begun: Tree | None = None) -> None:
        self.whatif: WhatIf | None = None
        """Both branches, while a what-if runs."""
        self._side = Side(workload)
        self.journal = Journal(session.committed if begun is None else begun)
        self.files = FilesView()
        self.trace: TraceLog | None = None
        """None until somebody looks at events."""
        self.carry: CarryView | None = None
        """None until somebody carries something elsewhere."""
        self._session = session

    # What has come of the branch that is looked at

    @property
    def live(self) -> Live:
        """The newest state, with rates; always the same object."""
        return self._side.live

    @property
    def history(self) -> History:
        """The aggregations."""
        return self._side.history

    @property
    def truth(self) -> History:
        """What a perfect monitor would have found, as long as that is watched (see `engine.truth`)."""
        return self._side.truth

    @property
    def marks(self) -> Marks:
        """What happened when."""
        return self._side.marks

    @property
    def commits(self) -> CommitLog:
        """What schemes did between one change of their parameters and the next."""
        return self._side.commits

    def look_at(self, branch: Branch) -> None:
        """Turn to a branch, with all that is shown and commits.

        Raises:
            InputError: no what-if runs.
        """
        self._session.look_at(branch)
        if self.whatif is not None:
            self._turn_to(self.whatif.side(branch))

    # What comes

    def receive(self, frame: Frame) -> list[Said]:
        """Take over what a frame holds; gives what there is to tell about it."""
        if frame.snapshot is not None and frame.generation != self.live.generation:
            self._turn_to(self._a)
            self.whatif = None
            self._side.clear()
            self.journal.clear()
            self.files.clear()
            if self.trace is not None:
                self.trace.interrupt("the engine was begun again")
        for done in frame.done:
            self.journal.take(done)
        contexts = [status.index for status in self._a.live.debugfs]
        self._feed(frame)
        said = [one for outcome in frame.outcomes if (one := self._settle(outcome))]
        # Unlike kdamonds, which stay in the tree with their reason, these go.
        said += [
            Said(f"{kdamond_name(index)} ended: {because}")
            for index in contexts
            if (because := self._a.live.ended_because(index))
        ]
        if frame.snapshot is not None:
            self._session.observe(frame.snapshot)
        if frame.branch is not None:
            self._session.observe(frame.branch.snapshot, Branch.B)
        if frame.files is not None:
            self.files.feed(frame.files, self.live.time_us)
        if frame.lines is not None and self.trace is not None:
            self.trace.feed(frame.lines)
        return said

    @property
    def _a(self) -> Side:
        """The only branch, or the first of two."""
        return self._side if self.whatif is None else self.whatif.a

    def _turn_to(self, side: Side) -> None:
        """Show a side, through the same `live` as before: many hold on to it."""
        if side is not self._side:
            self._side.live.exchange(side.live)
            self._side.live, side.live = side.live, self._side.live
            self._side = side

    def _feed(self, frame: Frame) -> None:
        """Let each branch have its part; branches begin and end with the frames that have a part of them or not."""
        whatif, branch = self.whatif, frame.branch
        if whatif is not None and (branch is None or branch.line != whatif.line):
            self._turn_to(whatif.b if frame.line == whatif.line else whatif.a)
            whatif = None
        aggregations, truths = (branch.aggregations, branch.truths) if branch is not None else ((), ())
        if whatif is None and branch is not None:
            whatif = WhatIf(self._side, branch, self._session.committed_in(Branch.A))
            forked_us = branch.forked.time_us
            aggregations = up_to(frame.aggregations, forked_us) + aggregations
            truths = up_to(frame.truths, forked_us) + truths
        self.whatif = whatif
        self._a.feed(frame.snapshot, frame.generation, frame.aggregations, frame.truths)
        if whatif is not None and branch is not None:
            whatif.b.feed(branch.snapshot, frame.generation, aggregations, truths)
            whatif.note(frame.snapshot, branch.snapshot)

    def _settle(self, outcome: Outcome) -> Said | None:
        if outcome.replayed:
            return self._settle_again(outcome)
        done = self._session.settle(outcome)
        if isinstance(outcome.request, WriteFile):
            self.files.note_answer(outcome)
            if not (self.files.is_open or outcome.request.quiet) and (said := _refused(outcome.request, outcome)):
                return said
        elif outcome.error:
            return Said(outcome.error, refused=True)
        self._mark(done, outcome.time_us)
        if outcome.aside:
            return Said(outcome.aside, refused=True)
        match done:
            case Commit(index, _, Branch.B):
                return Said(f"committed to kdamond {index} in branch B")
            case Commit(index) | CommitGoals(index):
                return Said(f"committed to kdamond {index}")
            case Keep(branch):
                return Said(f"branch {branch.value} goes on alone")
            case KillProcess(pid):
                return Said(f"process {pid} killed")
            case StartProcess():
                return Said("another process runs the workload")
            case Restart():
                return Said("begun again")
        return None

    def _settle_again(self, outcome: Outcome) -> Said | None:
        """What is done again changes nothing of what is staged and committed, which is that of the end already."""
        done: Request | None = outcome.request
        if isinstance(done, WriteFile) and outcome.written is not None:
            done = deed(done, outcome.written, self._session.staged)
        if outcome.error:
            return Said(f"what was done at {clock(outcome.time_us)} can't be done again: {outcome.error}", refused=True)
        self._mark(done, outcome.time_us)
        return None

    def _mark(self, done: Request | None, time_us: int) -> None:
        match done:
            case TurnOn(index, _, branch):
                self._note(time_us, f"{index} on", branch)
            case TurnOff(index, branch):
                self._note(time_us, f"{index} off", branch)
            case Commit(_, _, branch):
                self._note(time_us, "commit", branch)
            case CommitGoals():
                self._note(time_us, "commit", Branch.A)
            case KillProcess(pid):
                self._note(time_us, f"kill {pid}", *Branch)
            case Fork():
                self._note(time_us, "fork", *Branch)

    def _note(self, time_us: int, text: str, *branches: Branch) -> None:
        if self.whatif is None:
            self._side.marks.note(time_us, text)
        else:
            for branch in branches:
                self.whatif.side(branch).marks.note(time_us, text)


def _refused(request: WriteFile, outcome: Outcome) -> Said | None:
    """What is told of a write that failed while nobody looked."""
    error = outcome.error or (outcome.written.error if outcome.written else "")
    return Said(f"{request.path}: {error}", refused=True) if error else None
