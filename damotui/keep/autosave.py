"""Keeps a session on the shelf while it is worked on, in a thread: who is killed loses the last second at most."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from damotui.keep.durable import write_durably
from damotui.keep.shelf import Shelf, Slot
from engine.errors import InputError

EVERY_S = 0.5
"""From the beginning of one writing to that of the next; what changes in between is written a second late at most."""
_PATIENCE_S = 5.0
"""Who closes a session waits no longer than this for a disk that does not answer."""


class Autosave:
    """Writes the newest of what it is given. Nothing is on the shelf before there is something to write.

    Args:
        shelf: where the session gets a place.
        slot: the place that it has already.
        every_s: seconds between two writings.
    """

    def __init__(self, shelf: Shelf, slot: Slot | None = None, *, every_s: float = EVERY_S) -> None:
        self._shelf = shelf
        self._slot = slot
        self._every_s = every_s
        self._wake = threading.Condition()
        self._task: Callable[[], None] | None = None
        self._at_work = self._hurry = self._closing = False
        self._not_before_s = 0.0
        self._thread: threading.Thread | None = None
        self.failure = ""
        """Why the last writing failed; empty if it did not."""

    @property
    def slot(self) -> Slot | None:
        """Its place; None before the first writing."""
        return self._slot

    def keep(self, make: Callable[[], str]) -> None:
        """Write what `make` gives, soon; it is called in another thread. Returns at once."""
        self._ask(lambda: self._write(make))

    def clear(self) -> None:
        """Take what is kept away again: all of it is saved elsewhere."""
        self._ask(self._clear)

    def flush(self) -> bool:
        """Wait until all that was asked for is done; False if that takes too long."""
        with self._wake:
            self._hurry = True
            self._wake.notify_all()
            done = self._wake.wait_for(lambda: self._task is None and not self._at_work, _PATIENCE_S)
            self._hurry = False
        return done

    def close(self) -> bool:
        """Do what was asked for, and give the place back: the session is closed. False if it could not be kept."""
        done = self.flush()
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        if done and self._thread is not None:
            self._thread.join()
        if done and not self.failure and self._slot is not None:
            self._slot.release()
        return done and not self.failure

    def _ask(self, task: Callable[[], None]) -> None:
        with self._wake:
            self._task = task
            self._wake.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="damotui-autosave", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            try:
                task()
                self.failure = ""
            except InputError as error:
                self.failure = str(error)
            except Exception as error:
                self.failure = f"{type(error).__name__}: {error}"
            with self._wake:
                self._at_work = False
                self._wake.notify_all()

    def _next(self) -> Callable[[], None] | None:
        with self._wake:
            self._wake.wait_for(lambda: self._task is not None or self._closing)
            while not (self._hurry or self._closing) and (rest_s := self._not_before_s - time.monotonic()) > 0:
                self._wake.wait(rest_s)
            task, self._task = self._task, None
            self._at_work = task is not None
            self._not_before_s = time.monotonic() + self._every_s
            return task

    def _write(self, make: Callable[[], str]) -> None:
        if self._slot is None:
            self._slot = self._shelf.new_slot()
        write_durably(self._slot.path, make())

    def _clear(self) -> None:
        if self._slot is not None:
            self._slot.clear()
