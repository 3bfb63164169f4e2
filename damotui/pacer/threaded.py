"""The pacer proper: one daemon thread drives the engine in slices of a few milliseconds."""

from __future__ import annotations

import threading
import time
from collections import deque

from damotui.pacer.clock import Achieved, Clock, Slice
from damotui.pacer.frame import Frame, Mailbox
from damotui.pacer.replay import Replay
from damotui.pacer.requests import NEWEST_ONLY, Request
from damotui.pacer.stage import Scene, Stage

_TICK_S = 0.02
"""How long the thread rests when nothing is due."""
_FRAME_S = 0.03
"""Frames are made no more often than this."""
_BREATH_S = 0.0002
"""Between two slices at full speed: without it, the thread would take the interpreter back before anyone else could."""


class Pacer:
    """Drives the engine in a thread of its own. All methods are for the user interface's thread, and return at once."""

    def __init__(self, scene: Scene, *, speed: float = 1.0, replay: Replay | None = None) -> None:
        self._stage = Stage(scene, time.monotonic, replay)
        self._mailbox = Mailbox()
        self._clock = Clock(speed)
        self._slice = Slice()
        self._achieved = Achieved()
        self._wake = threading.Condition()
        self._requests: deque[Request] = deque()
        self._speed = speed
        self._paused = False
        self._stepping = False
        self._stopping = False
        self._retimed = True
        self._news = True
        self._framed_s = 0.0
        self._since_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="damotui-engine", daemon=True)

    @property
    def speed(self) -> float:
        """Simulated seconds per second, as asked for; infinite for as fast as it goes."""
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether time stands; also after the engine failed."""
        return self._paused

    @property
    def stuck_s(self) -> float:
        """For how many seconds the engine has been at one slice, which should take a few milliseconds."""
        since_s = self._since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    def start(self) -> None:
        """Make the engine, and let time pass."""
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> bool:
        """End the thread; False if the engine did not come back in time, and is left behind."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def request(self, request: Request) -> None:
        """Ask for something; what becomes of it is in a later frame."""
        with self._wake:
            if self._requests and isinstance(request, NEWEST_ONLY) and type(self._requests[-1]) is type(request):
                self._requests.pop()
            self._requests.append(request)
            self._wake.notify()

    def set_speed(self, speed: float) -> None:
        """Change the speed from now on."""
        with self._wake:
            self._speed = speed
            self._retimed = True
            self._wake.notify()

    def set_paused(self, paused: bool) -> None:
        """Let time stand, or pass again."""
        with self._wake:
            self._paused = paused
            self._stepping = False
            self._retimed = True
            self._wake.notify()

    def step(self) -> None:
        """Run to the next aggregation of any kdamond, then stand."""
        with self._wake:
            self._paused = True
            self._stepping = True
            self._retimed = True
            self._wake.notify()

    def take(self) -> Frame | None:
        """The newest frame, if there is a new one."""
        return self._mailbox.take()

    def _run(self) -> None:
        self._news = True
        if not self._stage.build():
            self._paused = True
        while not self._stopping:
            rest_s = self._turn()
            with self._wake:
                if not (self._requests or self._stopping or self._retimed):
                    self._wake.wait(rest_s)

    def _turn(self) -> float | None:
        """Do what is to be done now, and give the seconds to rest; None means until something is asked for."""
        self._carry_out_requests()
        rest_s: float | None = None
        if self._stepping:
            self._step()
        elif not self._paused:
            rest_s = self._pass_time()
        elif self._stage.has_more:
            self._news, rest_s = True, _FRAME_S
        now_s = time.monotonic()
        if self._news and (self._paused or now_s - self._framed_s >= _FRAME_S):
            self._publish(now_s)
        return rest_s

    def _carry_out_requests(self) -> None:
        with self._wake:
            requests, self._requests = self._requests, deque()
            if self._retimed:
                self._retimed = False
                self._clock.speed = self._speed
                self._clock.anchor(time.monotonic(), self._stage.now_us)
                self._achieved.clear()
                self._news = True
        for request in requests:
            before_us = self._stage.now_us
            self._stage.carry_out(request)
            self._news = True
            if self._stage.now_us != before_us:
                self._clock.anchor(time.monotonic(), self._stage.now_us)
                self._achieved.clear()
        if requests:
            # What took a millisecond so far may take minutes with other parameters: begin with little, after telling.
            self._slice = Slice()
            self._publish(time.monotonic())

    def _pass_time(self) -> float:
        if self._stage.replaying and self._mailbox.crowded:
            return _TICK_S  # of what is brought back, nothing may be missing
        before_s = time.monotonic()
        due_us = self._clock.due_us(before_s, self._stage.now_us, busy=self._stage.busy)
        part_us = min(due_us, self._slice.us)
        if part_us <= 0:
            return _TICK_S
        self._advance(part_us)
        self._slice.learn(part_us, time.monotonic() - before_s)
        return _BREATH_S if part_us < due_us else _TICK_S

    def _step(self) -> None:
        seen = self._stage.seen
        part_us, limit_us = self._stage.step_sizes()
        end_us = self._stage.now_us + limit_us
        while self._stepping and not self._stopping and self._stage.seen == seen and self._stage.now_us < end_us:
            if not self._advance(part_us):
                break
        with self._wake:
            self._stepping = False

    def _advance(self, duration_us: int) -> bool:
        self._news = True
        self._since_s = time.monotonic()
        advanced = self._stage.advance(duration_us)
        self._since_s = None
        if advanced and not self._stage.arrived:
            return True
        with self._wake:
            self._paused = True
        return False

    def _publish(self, now_s: float) -> None:
        self._news = False
        self._framed_s = now_s
        achieved = 0.0 if self._paused else self._achieved.note(now_s, self._stage.now_us)
        self._mailbox.put(self._stage.frame(paused=self._paused, speed=self._speed, achieved=achieved))
