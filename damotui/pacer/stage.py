"""The engine's side of the pacer: carries out requests, collects aggregations, turns errors into values."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from damotui.pacer.branch import Branches
from damotui.pacer.face_desk import FaceDesk, FacesLike
from damotui.pacer.frame import Fault, Frame
from damotui.pacer.replay import RECORDED, Replay, Rerun
from damotui.pacer.requests import (
    Branch,
    Commit,
    Done,
    Fork,
    Keep,
    KillProcess,
    OpenFiles,
    Outcome,
    Request,
    Restart,
    StartProcess,
    StayHere,
    TurnOff,
    TurnOn,
    TypeCommands,
    WatchTruth,
    WriteFile,
)
from damotui.pacer.watched import FilesSeen, LinesSeen
from engine.config.model import Kdamond
from engine.errors import InputError
from engine.snapshot import Aggregation, Snapshot

_IDLE_STEP_US = 100_000
"""What a step is while no kdamond runs."""


class EngineLike(Protocol):
    """What the pacer needs of an engine."""

    now_us: int

    def turn_on(self, index: int, config: Kdamond) -> None:
        """Start a kdamond."""

    def turn_off(self, index: int) -> None:
        """Stop a kdamond."""

    def commit(self, index: int, config: Kdamond) -> None:
        """Change the parameters of a running kdamond."""

    def kill_process(self, pid: int) -> None:
        """End a process."""

    def advance(self, duration_us: int) -> None:
        """Let simulated time pass."""

    def subscribe(self, listener: Callable[[Aggregation], None]) -> Callable[[], None]:
        """Be told of each aggregation; gives what ends it."""

    def snapshot(self) -> Snapshot:
        """The whole engine as it is now."""

    def truth_of(self, aggregation: Aggregation) -> Aggregation | None:
        """What a perfect monitor would have found, right after an aggregation; None if nobody knows."""

    def fork(self) -> EngineLike:
        """A copy that goes on from here by itself, and that nobody listens to."""


class Scene(Protocol):
    """How an engine comes to be."""

    def build(self, kdamonds: tuple[Kdamond, ...] | None = None) -> EngineLike:
        """A new engine with its processes, running `kdamonds`; None stands for those that the scene starts with."""

    def start_process(self, engine: EngineLike) -> None:
        """Run the scene's workload as one more process."""

    def open_faces(self, engine: EngineLike) -> FacesLike:
        """The files and events of an engine, which is driven through them from then on."""


class Stage:
    """One engine, or two while a what-if runs, and all that happened since the last frame. Belongs to one thread.

    Args:
        scene: makes the engine.
        clock: seconds, if frames may show files as they were a little while ago.
        replay: what is done again with the first engine.
    """

    def __init__(self, scene: Scene, clock: Callable[[], float] | None = None, replay: Replay | None = None) -> None:
        self._scene = scene
        self._rerun = None if replay is None else Rerun(replay)
        self._again = False
        self._branches = Branches(self._lost)
        self._generation = 0
        self._outcomes: list[Outcome] = []
        self._done: list[Done] = []
        self._desk = FaceDesk(self._tell, clock, self._note)
        self._fault: Fault | None = None
        self._monitors = False
        self.arrived = False
        """Whether the last `advance` ended a replay: time stands there."""

    @property
    def now_us(self) -> int:
        """Simulated time; 0 while there is no engine."""
        return 0 if self._branches.a is None else self._branches.a.engine.now_us

    @property
    def ready(self) -> bool:
        """Whether there is an engine."""
        return self._branches.a is not None

    @property
    def seen(self) -> int:
        """Aggregations since the engine was made."""
        return self._branches.seen

    @property
    def busy(self) -> bool:
        """Whether there is something to hurry for: a kdamond ran when the last frame was made, or a replay goes on."""
        return self._monitors or self.replaying

    @property
    def replaying(self) -> bool:
        """Whether what was done before is done again."""
        return self._rerun is not None

    @property
    def has_more(self) -> bool:
        """Whether there is more to show than went into the last frame."""
        return self._desk.faces is not None and self._desk.faces.more

    def build(self, kdamonds: tuple[Kdamond, ...] | None = None) -> bool:
        """Make the engine, in place of the one there is; False if that failed."""
        try:
            engine = self._scene.build(kdamonds)
            self._branches.begin(engine)
        except InputError as error:
            self._fault = Fault(str(error), "")
            return False
        except Exception as error:
            self._fault = _fault(error)
            return False
        self._generation += 1
        self._desk.engine_made(lambda: self._scene.open_faces(engine))
        self._done = [] if kdamonds is None else [Done(0, Restart(kdamonds))]
        if self._desk.staged is not None:
            self._note(self._desk.staged)
        if self._desk.faces is not None:
            self._note(OpenFiles())
        return True

    def carry_out(self, request: Request) -> None:
        """Do what is asked; what became of it goes into the next frame."""
        if self._rerun is not None and not self._again and self._rerun.puts_off(request):
            return
        opened = self._desk.faces is not None
        try:
            self._do(request)
        except InputError as error:
            self._tell(Outcome(request, str(error)))
        except Exception as error:
            self._fault = _fault(error)
            self._tell(Outcome(request, self._fault.message))
        else:
            if not isinstance(request, WriteFile | TypeCommands):  # which have told what came of them, or will
                self._tell(Outcome(request))
            if self._desk.faces is not None and not opened and not isinstance(request, OpenFiles | Restart):
                self._note(OpenFiles())
            if isinstance(request, RECORDED):
                self._note(request)
            if request == Keep(Branch.B) and self._desk.faces is not None and self._desk.staged is not None:
                self._note(self._desk.staged)
                self._note(OpenFiles(anew=True))

    def advance(self, duration_us: int) -> bool:
        """Let simulated time pass, at most up to the end of a replay; False if the engine failed."""
        self.arrived = False
        if not self.ready:
            return False
        end_us = self.now_us + duration_us
        while self._rerun is not None and self._rerun.next_us <= end_us:
            if not self._pass(self._rerun.next_us - self.now_us):
                return False
            self._do_again(self._rerun)
            if self._rerun.is_over(self.now_us):
                self._end_replay()
                self.arrived = True
                return True
        return self._pass(end_us - self.now_us)

    def step_sizes(self) -> tuple[int, int]:
        """For a walk to the next aggregation: microseconds to go at a time, and after how many to give up."""
        running = [status.config for status in self._branches.running() if status.config]
        intervals = [context.intervals for config in running for context in config.contexts]
        if not intervals:
            return _IDLE_STEP_US, _IDLE_STEP_US
        soonest = min(intervals, key=lambda i: i.aggr_us)
        return max(soonest.sample_us, soonest.aggr_us // 200, 1), 3 * soonest.aggr_us + soonest.sample_us

    def frame(self, *, paused: bool, speed: float, achieved: float) -> Frame:
        """What is new since the last frame."""
        snapshot, branch, a = self._snapshot(), self._branches.frame(), self._branches.a
        seen = [one for one in (snapshot, branch.snapshot if branch else None) if one is not None]
        self._monitors = any(status.running for one in seen for status in one.kdamonds)
        files, lines = self._watched(paused=paused)
        frame = Frame(
            snapshot=snapshot,
            aggregations=tuple(a.aggregations) if a else (),
            truths=tuple(a.truths) if a else (),
            dropped=a.dropped if a else 0,
            branch=branch,
            line=a.number if a else 0,
            outcomes=tuple(self._outcomes),
            done=tuple(self._done),
            replaying_until_us=None if self._rerun is None else self._rerun.until_us,
            fault=self._fault,
            generation=self._generation,
            paused=paused,
            speed=speed,
            achieved=achieved,
            files=files,
            lines=lines,
        )
        if a is not None:
            a.clear()
        self._outcomes.clear()
        self._done.clear()
        self._fault = None
        return frame

    def _snapshot(self) -> Snapshot | None:
        try:
            return None if self._branches.a is None else self._branches.a.engine.snapshot()
        except Exception as error:
            self._fault = _fault(error)
            return None

    def _watched(self, *, paused: bool) -> tuple[FilesSeen | None, LinesSeen | None]:
        try:
            return self._desk.files(last=paused), self._desk.lines()
        except Exception as error:
            self._fault = _fault(error)
            return None, None

    def _pass(self, duration_us: int) -> bool:
        try:
            (self._desk.faces or self._branches.of(Branch.A)).advance(duration_us)
        except Exception as error:
            self._fault = _fault(error)
            return False
        self._branches.follow()
        return True

    def _do_again(self, rerun: Rerun) -> None:
        self._again = True
        while (request := rerun.due(self.now_us)) is not None:
            self.carry_out(request)
        self._again = False

    def _end_replay(self) -> None:
        rerun, self._rerun = self._rerun, None
        for request in rerun.put_off if rerun is not None else ():
            self.carry_out(request)

    def _note(self, request: Request) -> None:
        self._done.append(Done(self.now_us, request))

    def _tell(self, outcome: Outcome) -> None:
        again = self._again or (isinstance(outcome.request, WriteFile) and outcome.request.ticket < 0)
        self._outcomes.append(replace(outcome, time_us=self.now_us, replayed=again))

    def _do(self, request: Request) -> None:
        if isinstance(request, Restart):
            if not self.build(request.kdamonds):
                raise InputError("the engine could not be started again")
            self._end_replay()
            return
        if isinstance(request, StayHere):
            self._end_replay()
            return
        if isinstance(request, WatchTruth):
            self._branches.watch_truth(request.on)
            return
        if self._rerun is not None and not self._again and isinstance(request, (*RECORDED, TypeCommands)):
            raise InputError("what was done before is being done again: wait until it is, or Space ends it where it is")
        if self._desk.takes(request):
            if isinstance(request, TypeCommands):  # which lets time pass
                self._branches.follow()
            return
        branches = self._branches
        match request:
            case TurnOn(index, config, branch):
                branches.of(branch).turn_on(index, config)
                if self._desk.faces is not None and branch is Branch.A:
                    self._desk.faces.note_started(index)
            case TurnOff(index, branch):
                branches.of(branch).turn_off(index)
            case Commit(index, config, branch):
                branches.of(branch).commit(index, config)
            case Fork(changes):
                if self._desk.waiting:
                    raise InputError(
                        "a write to a file waits for its kdamond, and a branch has no files: let time pass"
                    )
                branches.fork(changes)
            case Keep(branch):
                if branches.keep(branch):
                    engine = branches.of(Branch.A)
                    self._desk.engine_kept(lambda: self._scene.open_faces(engine))
            case KillProcess(pid):
                branches.kill_process(pid)
            case StartProcess():
                branches.start_process(self._scene.start_process)

    def _lost(self, said: str) -> None:
        self._tell(Outcome(Keep(Branch.A), aside=said))


def _fault(error: Exception) -> Fault:
    return Fault(f"{type(error).__name__}: {error}", traceback.format_exc())
