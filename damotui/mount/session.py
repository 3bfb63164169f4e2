"""The conversation with the kernel: reads what it asks, sends what is answered."""

from __future__ import annotations

import errno
import os
import select
import threading
from collections.abc import Callable

from damotui.mount import protocol
from damotui.mount.protocol import Op, Request

_NOT_NOW = frozenset({errno.EAGAIN, errno.EINTR, errno.ENOENT})
"""Nothing is asked, or it was taken back before it could be read."""
_TOO_LATE = frozenset({errno.ENOENT, errno.ENODEV, errno.EPERM, errno.ENOTCONN, errno.ECONNABORTED})
"""Nobody waits for the answer any more."""


class Session:
    """One thread that reads requests and has them answered, until the mount is gone or `stop` is called.

    Args:
        device: file descriptor of the mount, non-blocking; closed by `close`.
        failed: is called, in the thread, with an error that should not have been.
        ended: is called at the end of the thread.
    """

    def __init__(self, device: int, failed: Callable[[Exception], None], ended: Callable[[], None]) -> None:
        self._device = device
        self._failed = failed
        self._ended = ended
        self._woken, self._wake = os.pipe()
        self._stopping = False
        self.ready = threading.Event()
        """The kernel has agreed to talk, or never will."""
        self.refused = False
        """This kernel is too old to talk to."""
        self._thread = threading.Thread(target=self._run, name="damotui-mount", daemon=True)

    def start(self, answer: Callable[[Request], bytes | None]) -> None:
        """Begin to answer with what `answer` gives: a message, or None if that comes later or never."""
        self._answer = answer
        self._thread.start()

    def send(self, message: bytes) -> None:
        """Give the kernel an answer; any thread may."""
        try:
            os.write(self._device, message)
        except OSError as error:
            if error.errno not in _TOO_LATE:
                raise

    def close(self, timeout_s: float) -> None:
        """End the thread and let go of the mount: whoever still asks for something gets an error."""
        self._stopping = True
        os.write(self._wake, b".")
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        if not self._thread.is_alive():
            os.close(self._woken)
            os.close(self._wake)
        os.close(self._device)

    def _run(self) -> None:
        try:
            self._serve()
        except Exception as error:
            self._failed(error)
        finally:
            self.ready.set()
            self._ended()

    def _serve(self) -> None:
        room = bytearray(protocol.MESSAGE_SIZE)
        view = memoryview(room)
        poll = select.poll()
        poll.register(self._device, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        while not self._stopping:
            try:
                length = os.readv(self._device, [room])
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return  # unmounted
                if error.errno not in _NOT_NOW:
                    raise
                if error.errno == errno.EAGAIN:
                    poll.poll()
                continue
            if length == 0:
                return
            self._serve_one(protocol.parse(view[:length]))

    def _serve_one(self, request: Request) -> None:
        if request.op == Op.INIT:
            self._agree(request)
            return
        try:
            message = self._answer(request)
        except Exception as error:
            self._failed(error)
            message = None if request.op in protocol.UNANSWERED else protocol.refusal(request.unique, errno.EIO)
        if message is not None:
            self.send(message)

    def _agree(self, request: Request) -> None:
        body = protocol.agreed(request.body)
        if body is None:
            self.refused = True
            self.send(protocol.refusal(request.unique, errno.EPROTO))
        else:
            self.send(protocol.answer(request.unique, body))
        self.ready.set()
