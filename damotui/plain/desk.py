"""A session without a screen: what is staged, what runs, and what has come of it. Time passes when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from damotui.keep.keeper import Keeper
from damotui.keep.saved import View
from damotui.pacer import ManualPacer
from damotui.pacer.frame import Frame
from damotui.scene import ExperimentScene
from damotui.session.document import Session
from damotui.session.figures import Pace
from damotui.session.live import clock
from damotui.session.seen import Seen
from damotui.session.truth_watch import TruthWatch
from damotui.setup import Setup
from engine.errors import InputError

FRAME_US = 100_000
"""Rates are worked out from moments that lie this far apart."""


def _never() -> bool:
    return False


class Desk:
    """What commands work on.

    Args:
        setup: what the session starts with.
        pacer: drives the engine; None makes one for the setup.
    """

    def __init__(self, setup: Setup, pacer: ManualPacer | None = None) -> None:
        self.setup = setup
        self.pacer = pacer or ManualPacer(
            ExperimentScene(setup.experiment), speed=setup.first_speed, replay=setup.replay
        )
        self.session = Session(setup.kdamonds, setup.kernel, self.pacer.request)
        self.seen = Seen(self.session, setup.workload, setup.kdamonds)
        self.truths = TruthWatch(self.session.watch_truth)
        self._replaying = setup.replay is not None
        if setup.opened is not None:
            self.session.resume(setup.opened.saved.edits, setup.opened.saved.committed)
        view = View(theme=setup.theme.name, speed=setup.speed)
        self.keeper = Keeper(
            self.session, self.seen, setup.experiment, lambda: view, None, setup.opened, autosave=False
        )

    @property
    def now_us(self) -> int:
        """Simulated time."""
        return self.seen.live.time_us

    @property
    def pace(self) -> Pace:
        """How time passes: it does so only while a command lets it."""
        return Pace(paused=False, speed=self.setup.speed, achieved=0.0)

    @property
    def kdamonds(self) -> list[int]:
        """Indices of the kdamonds that are staged or run."""
        return sorted({*range(len(self.session.staged)), *self.session.running})

    def start(self, interrupted: Callable[[], bool] = _never) -> Iterator[str]:
        """Make the engine, and bring back what was done before.

        Args:
            interrupted: asked again and again whether to stay where it is.

        Raises:
            InputError: the engine can't be made.
        """
        self.pacer.start()
        yield from self.take()
        while self._replaying and not interrupted():
            self.pacer.run(FRAME_US)
            yield from self.take()
        if self._replaying:
            self.session.stay_here()
            yield from self.take()

    def run(self, duration_us: int, interrupted: Callable[[], bool] = _never) -> Iterator[str]:
        """Let simulated time pass; gives what happens meanwhile.

        Args:
            duration_us: how long.
            interrupted: asked again and again whether to end it here.

        Raises:
            InputError: the engine has failed.
        """
        end_us = self.now_us + duration_us
        while self.now_us < end_us and not interrupted():
            self.pacer.run(min(FRAME_US, end_us - self.now_us))
            yield from self.take()

    def take(self) -> list[str]:
        """What has happened since the last time, in lines.

        Raises:
            InputError: something that was asked for was refused, or the engine has failed.
        """
        frame = self.pacer.take()
        if frame is None:
            return []
        said = self.seen.receive(frame)
        refused = next((one.text for one in said if one.refused), "")
        if refused and not self._replaying:
            raise InputError(refused)
        if frame.fault is not None:
            raise InputError(f"the engine has failed and stands ({frame.fault.message}): restart begins again")
        return [*(one.text for one in said), *self._follow(frame)]

    def _follow(self, frame: Frame) -> list[str]:
        """Note the end of a replay."""
        if not self._replaying or frame.replaying_until_us is not None:
            return []
        self._replaying = False
        self.keeper.arrived()
        self.pacer.set_speed(self.setup.speed)
        return [f"what was done before is done again, up to {clock(self.now_us)}"]
