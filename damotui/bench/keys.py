"""What a user feels: how soon a key is answered, and what the app costs, in a real pseudo-terminal."""

from __future__ import annotations

import os
import select
import statistics
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    from subprocess import Popen

COLUMNS, LINES = 260, 62
"""Room for a heatmap of 200x50 cells, and for what is around it."""
_ANSWER = b"sample_us"
"""A line of the tree that is drawn anew only when the cursor moves on or off it."""
_DOWN_TO_ANSWER = 4
_START_S = 20.0
_QUIET_S = 0.12


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """How the app behaves at one speed."""

    speed: str
    key_ms_median: float
    """From the key to the first byte of its answer."""
    key_ms_p90: float
    keys: int
    percent_of_core: float
    """CPU time of the whole process, engine and all, while nothing was pressed."""
    kilobytes_per_s: float
    """What went to the terminal meanwhile."""


def measure(speed: str, *, keys: int = 60, seconds: float = 4.0) -> KeyFigures:
    """Run the app on its default workload at `speed`, and press keys.

    Raises:
        InputError: this system has no pseudo-terminals.
    """
    with _app("--speed", speed) as (process, terminal):
        _read_until(terminal, _ANSWER, _START_S)
        _read_for(terminal, 2.0)
        cpu_s, began_s = _cpu_s(process.pid), time.monotonic()
        taken = _read_for(terminal, seconds)
        elapsed_s = time.monotonic() - began_s
        share = (_cpu_s(process.pid) - cpu_s) / elapsed_s
        for _ in range(_DOWN_TO_ANSWER - 1):
            _press(terminal, b"j")
            _read_for(terminal, _QUIET_S)
        times = [_answer_ms(terminal, b"j" if at % 2 == 0 else b"k") for at in range(keys)]
    return KeyFigures(
        speed=speed,
        key_ms_median=round(statistics.median(times), 1),
        key_ms_p90=round(statistics.quantiles(times, n=10)[-1], 1),
        keys=keys,
        percent_of_core=round(100 * share, 1),
        kilobytes_per_s=round(taken / elapsed_s / 1024, 1),
    )


def _answer_ms(terminal: int, key: bytes) -> float:
    # A little off the beat, so that keys don't fall in with the frames.
    _read_for(terminal, _QUIET_S + 0.0137)
    began = time.perf_counter()
    _press(terminal, key)
    _read_until(terminal, _ANSWER, 5.0)
    return (time.perf_counter() - began) * 1e3


@contextmanager
def _app(*options: str) -> Iterator[tuple[Popen[bytes], int]]:
    try:
        import fcntl
        import pty
        import termios
    except ImportError:
        raise InputError("keys can't be measured here: this system has no pseudo-terminals") from None
    from subprocess import Popen, TimeoutExpired

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment.pop("NO_COLOR", None)
    process = Popen(
        [sys.executable, "-m", "damotui", *options],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.terminate()
        deadline = time.monotonic() + 5
        with suppress(InputError):
            while process.poll() is None and time.monotonic() < deadline:
                _read_for(ours, 0.05)
        with suppress(TimeoutExpired):
            process.wait(1)
        process.kill()
        process.wait()
        os.close(ours)


def _press(terminal: int, key: bytes) -> None:
    os.write(terminal, key)


def _read_for(terminal: int, seconds: float) -> int:
    """Bytes that came meanwhile."""
    deadline, count = time.monotonic() + seconds, 0
    while (rest := deadline - time.monotonic()) > 0:
        count += len(_read(terminal, rest))
    return count


def _read_until(terminal: int, wanted: bytes, seconds: float) -> None:
    deadline, seen = time.monotonic() + seconds, b""
    while wanted not in seen:
        rest = deadline - time.monotonic()
        if rest <= 0:
            raise InputError(f"the app did not answer within {seconds:g} s")
        seen = seen[-len(wanted) :] + _read(terminal, rest)


def _read(terminal: int, seconds: float) -> bytes:
    ready, _, _ = select.select([terminal], [], [], max(seconds, 0))
    if not ready:
        return b""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        raise InputError("the app ended by itself: run damotui to see why") from None


def _cpu_s(pid: int) -> float:
    """CPU seconds that a process has used; raises InputError where the system does not tell."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        raise InputError("the CPU time of the app can't be read here: /proc is missing") from None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
