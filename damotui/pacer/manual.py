"""A pacer without thread or clock: nothing happens but what it is told to do, when it is told to."""

from __future__ import annotations

from damotui.pacer.frame import Frame, Mailbox
from damotui.pacer.replay import Replay
from damotui.pacer.requests import Request
from damotui.pacer.stage import Scene, Stage

_SLICE_US = 100_000


class ManualPacer:
    """Drives the engine in the caller's thread. Speed and pause are kept and shown, but time passes by `run` only."""

    def __init__(self, scene: Scene, *, speed: float = 1.0, replay: Replay | None = None) -> None:
        self._stage = Stage(scene, replay=replay)
        self._mailbox = Mailbox()
        self._speed = speed
        self._paused = False

    @property
    def speed(self) -> float:
        """Simulated seconds per second, as asked for."""
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether time stands."""
        return self._paused

    @property
    def stuck_s(self) -> float:
        """It never is."""
        return 0.0

    def start(self) -> None:
        """Make the engine."""
        if not self._stage.build():
            self._paused = True
        self._publish()

    def stop(self) -> None:
        """Nothing is left running."""

    def run(self, duration_us: int) -> None:
        """Let simulated time pass."""
        while duration_us > 0:
            part = min(duration_us, _SLICE_US)
            if not self._stage.advance(part) or self._stage.arrived:
                self._paused = True
                break
            duration_us -= part
        self._publish()

    def request(self, request: Request) -> None:
        """Do it at once."""
        self._stage.carry_out(request)
        self._publish()

    def set_speed(self, speed: float) -> None:
        """Take note of the speed."""
        self._speed = speed
        self._publish()

    def set_paused(self, paused: bool) -> None:
        """Take note of the pause."""
        self._paused = paused
        self._publish()

    def step(self) -> None:
        """Run to the next aggregation of any kdamond, then stand."""
        self._paused = True
        seen = self._stage.seen
        part_us, limit_us = self._stage.step_sizes()
        end_us = self._stage.now_us + limit_us
        while self._stage.seen == seen and self._stage.now_us < end_us and self._stage.advance(part_us):
            if self._stage.arrived:
                break
        self._publish()

    def take(self) -> Frame | None:
        """The newest frame, if there is a new one."""
        return self._mailbox.take()

    def _publish(self) -> None:
        frame = self._stage.frame(paused=self._paused, speed=self._speed, achieved=0.0 if self._paused else self._speed)
        self._mailbox.put(frame)
