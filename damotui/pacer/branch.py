"""The engines of a stage: one, or while a what-if runs two, of which the second is led along with the first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from damotui.pacer.branch_frame import BranchFrame
from damotui.pacer.frame import MAX_AGGREGATIONS
from damotui.pacer.requests import Branch
from engine.config.model import Kdamond
from engine.errors import InputError
from engine.snapshot import DEBUGFS_FIRST_INDEX, Aggregation, KdamondStatus, Snapshot

if TYPE_CHECKING:
    from damotui.pacer.stage import EngineLike

Changes = tuple[tuple[int, Kdamond], ...]


class Line:
    """One engine, and what was heard of it since the last frame.

    Args:
        engine: to be listened to.
        number: tells it from other engines of the stage.
    """

    def __init__(self, engine: EngineLike, number: int) -> None:
        self.engine = engine
        self.number = number
        self.truth_watched = False
        self.seen = 0
        """Aggregations since then."""
        self.aggregations: deque[Aggregation] = deque(maxlen=MAX_AGGREGATIONS)
        self.truths: deque[Aggregation] = deque(maxlen=MAX_AGGREGATIONS)
        self.dropped = 0
        engine.subscribe(self._hear)

    def clear(self) -> None:
        """What was heard is in a frame."""
        self.aggregations.clear()
        self.truths.clear()
        self.dropped = 0

    def goes_on(self, before: Line, forked_us: int) -> None:
        """Put what was heard of another line up to the moment of the fork before what was heard of this one."""
        for mine, others in ((self.aggregations, before.aggregations), (self.truths, before.truths)):
            mine.extendleft(one for one in reversed(others) if one.end_us <= forked_us)

    def _hear(self, aggregation: Aggregation) -> None:
        self.seen += 1
        self.dropped += len(self.aggregations) == self.aggregations.maxlen
        self.aggregations.append(aggregation)
        if self.truth_watched and (truth := self.engine.truth_of(aggregation)):
            self.truths.append(truth)


class BranchB:
    """A copy of an engine from the moment that it is made.

    Args:
        engine: to be copied; it is not changed.
        number: of the line that the copy is.
        changes: index and parameters of each running kdamond that is given others.

    Raises:
        InputError: the kernel would refuse some of the parameters, or what runs can't be copied.
    """

    def __init__(self, engine: EngineLike, number: int, changes: Changes) -> None:
        self.changes = changes
        self.forked: Snapshot = engine.snapshot()
        _check(self.forked)
        copied = engine.fork()
        for index, config in changes:
            copied.commit(index, config)
        self.line = Line(copied, number)

    def follow(self, now_us: int) -> None:
        """Let time pass up to where the other branch is."""
        self.line.engine.advance(now_us - self.line.engine.now_us)

    def frame(self) -> BranchFrame:
        """What is new since the last frame."""
        line = self.line
        frame = BranchFrame(
            line=line.number,
            forked=self.forked,
            changes=self.changes,
            snapshot=line.engine.snapshot(),
            aggregations=tuple(line.aggregations),
            truths=tuple(line.truths),
            dropped=line.dropped,
        )
        line.clear()
        return frame


class Branches:
    """All engines of a stage. Belongs to one thread.

    Args:
        lost: told in a sentence why branch B had to be given up.
    """

    def __init__(self, lost: Callable[[str], None]) -> None:
        self.a: Line | None = None
        self.b: BranchB | None = None
        self._lost = lost
        self._count = 0
        self._truth_watched = False

    @property
    def seen(self) -> int:
        """Aggregations of all of them."""
        return sum(line.seen for line in self._lines)

    def begin(self, engine: EngineLike) -> None:
        """There is another engine, in place of all others."""
        self.b = None
        self._count += 1
        self.a = Line(engine, self._count)
        self.watch_truth(self._truth_watched)

    def watch_truth(self, on: bool) -> None:
        """Ask for the truth beside each aggregation, or no more."""
        self._truth_watched = on
        for line in self._lines:
            line.truth_watched = on

    def of(self, branch: Branch) -> EngineLike:
        """The engine of a branch.

        Raises:
            InputError: there is none.
        """
        if self.a is None:
            raise InputError("there is no engine yet")
        if branch is Branch.A:
            return self.a.engine
        if self.b is None:
            raise InputError("there is no branch B any more: W begins a what-if")
        return self.b.line.engine

    def fork(self, changes: Changes) -> None:
        """Let branch B begin.

        Raises:
            InputError: it can't.
        """
        engine = self.of(Branch.A)
        if self.b is not None:
            raise InputError("a what-if runs already: keep one of its branches first")
        self.b = BranchB(engine, self._count + 1, changes)
        self._count += 1
        self.watch_truth(self._truth_watched)

    def keep(self, branch: Branch) -> bool:
        """End the what-if; gives whether another engine is the first one now.

        Raises:
            InputError: there is no what-if.
        """
        if self.a is None or self.b is None:
            raise InputError("no what-if runs: there is one branch only")
        kept, self.b = self.b, None
        if branch is Branch.B:
            kept.line.goes_on(self.a, kept.forked.time_us)
            self.a = kept.line
        return branch is Branch.B

    def follow(self) -> None:
        """Let branch B come to where A is; if it can't, it is given up."""
        if self.a is None or self.b is None:
            return
        try:
            self.b.follow(self.a.engine.now_us)
        except Exception as error:
            self._give_up(error)

    def frame(self) -> BranchFrame | None:
        """What is new of branch B; None while there is none."""
        if self.b is None:
            return None
        try:
            return self.b.frame()
        except Exception as error:
            self._give_up(error)
            return None

    def kill_process(self, pid: int) -> None:
        """End a process in each branch where it runs: in one it may have ended earlier than in the other.

        Raises:
            InputError: it runs in none.
        """
        refused = []
        for line in self._lines:
            try:
                line.engine.kill_process(pid)
            except InputError as error:
                refused.append(error)
        if len(refused) == len(self._lines):
            raise refused[0]

    def start_process(self, start: Callable[[EngineLike], None]) -> None:
        """Start a process in each branch. Where B has no room for it, its future is another one: it is given up.

        Raises:
            InputError: there is no room for it in A.
        """
        start(self.of(Branch.A))
        if self.b is not None:
            try:
                start(self.b.line.engine)
            except Exception as error:
                self._give_up(error)

    def running(self) -> list[KdamondStatus]:
        """The kdamonds that run in any of them."""
        return [status for line in self._lines for status in line.engine.snapshot().kdamonds if status.running]

    @property
    def _lines(self) -> list[Line]:
        lines = [self.a] if self.a is not None else []
        return [*lines, self.b.line] if self.b is not None else lines

    def _give_up(self, error: Exception) -> None:
        self.b = None
        said = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        self._lost(f"branch B ended, and A goes on alone: {said}")


def _check(snapshot: Snapshot) -> None:
    if any(status.running and status.index >= DEBUGFS_FIRST_INDEX for status in snapshot.kdamonds):
        raise InputError("what runs through debugfs can't be copied: write off to its file monitor_on first (F)")
