"""A write that blocks until a kernel thread has done what was written."""

from __future__ import annotations

from collections.abc import Callable

from engine.files.errors import FileError


class Waiting:
    """What came, or will come, of a write.

    Args:
        count: bytes that the write returns when it succeeds.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._error: FileError | None = None
        self._then: list[Callable[[Waiting], None]] = []
        self.done = False

    def finish(self, error: FileError | None = None) -> None:
        """End the wait; whoever does so holds the lock of the files. Ending it again does nothing."""
        if self.done:
            return
        self.done, self._error = True, error
        then, self._then = self._then, []
        for call in then:
            call(self)

    def when_done(self, call: Callable[[Waiting], None]) -> None:
        """Call `call` when it is done: now, if it is."""
        if self.done:
            call(self)
        else:
            self._then.append(call)

    def result(self) -> int:
        """Bytes written; only when done.

        Raises:
            FileError: the write failed.
        """
        if not self.done:
            raise ValueError("the write still waits")
        if self._error is not None:
            raise self._error
        return self._count


def written(count: int) -> Waiting:
    """A write that was done at once."""
    waiting = Waiting(count)
    waiting.finish()
    return waiting
