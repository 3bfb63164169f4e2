"""A mount from its beginning to its end."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Self

from damotui.exits import OK, killed_by
from damotui.mount.answers import Answers
from damotui.mount.device import mount, unmount
from damotui.mount.place import Mount, checked_place, mounted_on
from damotui.mount.session import Session
from damotui.mount.time_passes import TimePasses
from engine.errors import InputError

if TYPE_CHECKING:
    from engine.system import System

_LOOK_S = 0.1
_PATIENCE_S = 5.0


class Mounted:
    """The files of a simulated machine, mounted for as long as the `with` block lasts.

    Whoever uses this may use the mounted files as well, but not while holding `system.lock`.

    Args:
        system: whose files they are.
        directory: an empty one.
        speed: simulated seconds per second, infinite for as fast as it goes; None leaves it to the caller to let time
            pass.

    Raises:
        InputError: on entering: it can't be mounted there, or by this user, or on this machine.
    """

    def __init__(self, system: System, directory: Path, *, speed: float | None = 1.0) -> None:
        self.system = system
        self.directory = directory
        self.ended = threading.Event()
        """It is no longer mounted: it was unmounted from outside, or there was a fault."""
        self.fault: Exception | None = None
        """An error of ours that ended it."""
        self._speed = speed
        self._closing = False
        self._mount: Mount | None = None
        self._time: TimePasses | None = None
        self._events = threading.Thread(target=self._look_for_events, name="damotui-events", daemon=True)

    @property
    def waiting(self) -> int:
        """How many programs wait in a read of events or in a write that blocks."""
        return self._answers.waiting

    def __enter__(self) -> Self:
        self._place = checked_place(self.directory)
        device = mount(self._place)
        self._mount = mounted_on(self._place)
        self._session = Session(device, self._failed, self._end)
        self._answers = Answers(self.system, self._session.send)
        try:
            self._session.start(self._answers.answer)
            if not self._session.ready.wait(_PATIENCE_S) or self._session.refused:
                raise InputError("this kernel's FUSE is too old: Linux 5.4 or a later one can be mounted on")
            self._events.start()
            if self._speed is not None:
                self._time = TimePasses(self.system, self._speed, lambda: self._answers.nr_writes, self._failed)
                self._time.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        if self._time is not None:
            self._time.join(_PATIENCE_S)
        if self._events.is_alive():
            self._events.join(_PATIENCE_S)
        self._session.close(_PATIENCE_S)

    def _look_for_events(self) -> None:
        try:
            with self.system.passed:
                while not self._closing:
                    self._answers.look_for_events()
                    self.system.passed.wait(_LOOK_S)
        except Exception as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        if self.fault is None:
            self.fault = error
        self._end()

    def _end(self) -> None:
        """Let time stand, end what waits, and unmount. Any thread may, and again."""
        self._closing = True
        if self._time is not None:
            self._time.stop()
        if self.system.lock.acquire(timeout=_PATIENCE_S):
            try:
                self._answers.end()
                self.system.passed.notify_all()
            finally:
                self.system.lock.release()
        # Somebody else's mount may be in its place by now, if it was unmounted from outside.
        if self._mount is not None and mounted_on(self._place) == self._mount:
            with contextlib.suppress(OSError):
                unmount(self._place)
        self.ended.set()


def serve(system: System, directory: Path, speed: float, ready: Callable[[Mounted], None]) -> int:
    """Mount until a signal comes, or somebody unmounts.

    Args:
        system: whose files are mounted.
        directory: where.
        speed: simulated seconds per second.
        ready: is called as soon as the files are there.

    Returns:
        The exit code: 0 when it was unmounted from outside.

    Raises:
        InputError: it can't be mounted.
        Exception: an error of ours ended it.
    """
    with _signals() as received, Mounted(system, directory, speed=speed) as mounted:
        ready(mounted)
        while not received and not mounted.ended.wait(_LOOK_S):
            pass
    if mounted.fault is not None:
        raise mounted.fault
    return killed_by(received[0]) if received else OK


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Collect the signals that ask for an end. They interrupt nothing: unmounting is not to be cut short.

    Under nohup, the end of the terminal is none of them.
    """
    received: list[int] = []

    def receive(number: int, frame: FrameType | None) -> None:
        received.append(number)

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, receive) for number in numbers}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
