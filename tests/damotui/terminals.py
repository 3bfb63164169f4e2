"""A program in a pseudo-terminal of its own, and what it shows there."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pyte

REPO = Path(__file__).parents[2]


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, *options, size=(120, 40), environment=None):
        self.ours, theirs = pty.openpty()
        self.theirs = theirs
        self._set_size(size)
        self.before = termios.tcgetattr(theirs)
        self.output = b""
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "damotui", *options],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=REPO,
            # What pytest's workers say of the size of their own terminal would be taken for this one's.
            env={name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
            | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            | (environment or {}),
            start_new_session=True,
        )

    def until(self, wanted, seconds=30):
        """Read until the program has written that, or ended."""
        deadline = time.monotonic() + seconds
        while wanted not in self.output:
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"{wanted!r} did not come; last came {self.output[-300:]!r}")

    def until_shown(self, wanted, seconds=30):
        """Read until the screen shows that."""
        deadline = time.monotonic() + seconds
        while wanted not in (shown := "\n".join(self.screen.display)):
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"{wanted!r} was not shown, but:\n{shown}")

    def press(self, keys):
        os.write(self.ours, keys)

    def resize(self, columns, lines):
        """Make the terminal another size, empty it, and let the program look at it."""
        self._set_size((columns, lines))
        self.screen.resize(lines, columns)
        self.screen.reset()
        self.process.send_signal(signal.SIGWINCH)

    def until_stopped(self, seconds=15):
        """Wait until the program has stopped itself, and read what it has written until then."""
        deadline = time.monotonic() + seconds
        while os.waitpid(self.process.pid, os.WUNTRACED | os.WNOHANG) == (0, 0):
            assert time.monotonic() < deadline, "it does not stop"
            self._read(0.05)
        while self._read(0.05):
            pass

    def ended(self, seconds=15):
        """The exit code, after all that was written until then was read."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it goes on"
            self._read(0.05)
        while self._read(0.05):
            pass
        return self.process.returncode

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)

    def _set_size(self, size):
        columns, lines = size
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def _read(self, seconds):
        ready, _, _ = select.select([self.ours], [], [], max(seconds, 0))
        if not ready:
            return False
        data = os.read(self.ours, 1 << 16)
        self.output += data
        self._stream.feed(data)
        return True
