"""The engine's side of the pacer: carries out requests, collects aggregations, turns errors into values."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable
from typing import Protocol

from damotui.pacer.face_desk import FaceDesk, FacesLike
from damotui.pacer.frame import MAX_AGGREGATIONS, Fault, Frame
from damotui.pacer.requests import (
    Commit,
    KillProcess,
    Outcome,
    Request,
    Restart,
    StartProcess,
    TurnOff,
    TurnOn,
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


class Scene(Protocol):
    """How an engine comes to be."""

    def build(self, kdamonds: tuple[Kdamond, ...] | None = None) -> EngineLike:
        """A new engine with its processes, running `kdamonds`; None stands for those that the scene starts with."""

    def start_process(self, engine: EngineLike) -> None:
        """Run the scene's workload as one more process."""

    def open_faces(self, engine: EngineLike) -> FacesLike:
        """The files and events of an engine, which is driven through them from then on."""


class Stage:
    """One engine and all that happened in it since the last frame. Belongs to one thread.

    Args:
        scene: makes the engine.
        clock: seconds, if frames may show files as they were a little while ago.
    """

    def __init__(self, scene: Scene, clock: Callable[[], float] | None = None) -> None:
        self._scene = scene
        self._engine: EngineLike | None = None
        self._generation = 0
        self._new: deque[Aggregation] = deque(maxlen=MAX_AGGREGATIONS)
        self._truths: deque[Aggregation] = deque(maxlen=MAX_AGGREGATIONS)
        self._truth_watched = False
        self._dropped = 0
        self._outcomes: list[Outcome] = []
        self._desk = FaceDesk(self._outcomes.append, clock)
        self._fault: Fault | None = None
        self.seen = 0
        """Aggregations since the engine was made."""
        self.busy = False
        """Whether a kdamond ran when the last frame was made."""

    @property
    def now_us(self) -> int:
        """Simulated time; 0 while there is no engine."""
        return 0 if self._engine is None else self._engine.now_us

    @property
    def ready(self) -> bool:
        """Whether there is an engine."""
        return self._engine is not None

    @property
    def has_more(self) -> bool:
        """Whether there is more to show than went into the last frame."""
        return self._desk.faces is not None and self._desk.faces.more

    def build(self, kdamonds: tuple[Kdamond, ...] | None = None) -> bool:
        """Make the engine, in place of the one there is; False if that failed."""
        try:
            engine = self._scene.build(kdamonds)
            engine.subscribe(self._hear)
        except InputError as error:
            self._fault = Fault(str(error), "")
            return False
        except Exception as error:
            self._fault = _fault(error)
            return False
        self._engine = engine
        self._generation += 1
        self._new.clear()
        self._truths.clear()
        self._dropped = self.seen = 0
        self._desk.engine_made(lambda: self._scene.open_faces(engine))
        return True

    def carry_out(self, request: Request) -> None:
        """Do what is asked; what became of it goes into the next frame."""
        try:
            self._do(request)
        except InputError as error:
            self._outcomes.append(Outcome(request, str(error)))
        except Exception as error:
            self._fault = _fault(error)
            self._outcomes.append(Outcome(request, self._fault.message))
        else:
            if not isinstance(request, WriteFile):  # which has told what came of it, or will
                self._outcomes.append(Outcome(request))

    def advance(self, duration_us: int) -> bool:
        """Let simulated time pass; False if the engine failed."""
        if self._engine is None:
            return False
        try:
            (self._desk.faces or self._engine).advance(duration_us)
        except Exception as error:
            self._fault = _fault(error)
            return False
        return True

    def step_sizes(self) -> tuple[int, int]:
        """For a walk to the next aggregation: microseconds to go at a time, and after how many to give up."""
        snapshot = self._snapshot()
        running = [s.config for s in snapshot.kdamonds if s.running and s.config] if snapshot else []
        intervals = [context.intervals for config in running for context in config.contexts]
        if not intervals:
            return _IDLE_STEP_US, _IDLE_STEP_US
        soonest = min(intervals, key=lambda i: i.aggr_us)
        return max(soonest.sample_us, soonest.aggr_us // 200, 1), 3 * soonest.aggr_us + soonest.sample_us

    def frame(self, *, paused: bool, speed: float, achieved: float) -> Frame:
        """What is new since the last frame."""
        snapshot = self._snapshot()
        files, lines = self._watched(paused=paused)
        frame = Frame(
            snapshot=snapshot,
            aggregations=tuple(self._new),
            truths=tuple(self._truths),
            dropped=self._dropped,
            outcomes=tuple(self._outcomes),
            fault=self._fault,
            generation=self._generation,
            paused=paused,
            speed=speed,
            achieved=achieved,
            files=files,
            lines=lines,
        )
        self._new.clear()
        self._truths.clear()
        self._dropped = 0
        self._outcomes.clear()
        self._fault = None
        return frame

    def _snapshot(self) -> Snapshot | None:
        try:
            snapshot = None if self._engine is None else self._engine.snapshot()
        except Exception as error:
            self._fault = _fault(error)
            return None
        self.busy = snapshot is not None and any(status.running for status in snapshot.kdamonds)
        return snapshot

    def _watched(self, *, paused: bool) -> tuple[FilesSeen | None, LinesSeen | None]:
        try:
            return self._desk.files(last=paused), self._desk.lines()
        except Exception as error:
            self._fault = _fault(error)
            return None, None

    def _do(self, request: Request) -> None:
        if isinstance(request, Restart):
            if not self.build(request.kdamonds):
                raise InputError("the engine could not be started again")
            return
        if isinstance(request, WatchTruth):
            self._truth_watched = request.on
            return
        if self._desk.takes(request):
            return
        if self._engine is None:
            raise InputError("there is no engine yet")
        match request:
            case TurnOn(index, config):
                self._engine.turn_on(index, config)
                if self._desk.faces is not None:
                    self._desk.faces.note_started(index)
            case TurnOff(index):
                self._engine.turn_off(index)
            case Commit(index, config):
                self._engine.commit(index, config)
            case KillProcess(pid):
                self._engine.kill_process(pid)
            case StartProcess():
                self._scene.start_process(self._engine)

    def _hear(self, aggregation: Aggregation) -> None:
        self.seen += 1
        self._dropped += len(self._new) == self._new.maxlen
        self._new.append(aggregation)
        if self._truth_watched and self._engine is not None and (truth := self._engine.truth_of(aggregation)):
            self._truths.append(truth)


def _fault(error: Exception) -> Fault:
    return Fault(f"{type(error).__name__}: {error}", traceback.format_exc())
