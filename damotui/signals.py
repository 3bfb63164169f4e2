"""SIGINT, SIGTERM and SIGHUP end the app in order: the terminal is put back as it was."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

_GRACE_S = 2.0
"""After this long, an app that could not end by itself is ended."""
_RESTORE = (
    "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m"
)
"""Undoes what Textual does to a terminal."""


@contextmanager
def ending_signals(app: App[None]) -> Iterator[None]:
    """While this lasts, the signals end `app` with the exit code 128 + signal."""
    attributes = _terminal_attributes()

    def end(number: int, frame: FrameType | None) -> None:
        watchdog = threading.Timer(_GRACE_S, _end_now, (128 + number, attributes))
        watchdog.daemon = True
        watchdog.start()
        try:
            asyncio.get_running_loop().call_soon_threadsafe(lambda: app.exit(return_code=128 + number))
        except RuntimeError:  # between the app's start and its event loop's
            app.exit(return_code=128 + number)

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_now(code: int, attributes: list[object] | None) -> None:
    """End the process from another thread: the event loop hangs, as on a terminal that takes nothing any more."""
    stream = sys.__stderr__
    if stream is not None:
        try:
            os.set_blocking(stream.fileno(), False)
            os.write(stream.fileno(), _RESTORE.encode())
        except OSError:
            pass  # the terminal is gone
    _set_terminal_attributes(attributes)
    os._exit(code)


def _terminal_attributes() -> list[object] | None:
    try:
        import termios

        return termios.tcgetattr(sys.__stdin__) if sys.__stdin__ else None
    except Exception:  # not a terminal, or not a POSIX system
        return None


def _set_terminal_attributes(attributes: list[object] | None) -> None:
    if attributes is None or sys.__stdin__ is None:
        return
    try:
        import termios

        termios.tcsetattr(sys.__stdin__, termios.TCSANOW, attributes)  # type: ignore[arg-type]
    except Exception:  # the terminal is gone
        return
