"""The app in a real pseudo-terminal: what it leaves behind, however it ends."""

import os
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pyte
import pytest

pytest.importorskip("pty", reason="needs pseudo-terminals")

import fcntl
import pty
import termios

REPO = Path(__file__).parents[2]
LEFT_ALTERNATE_SCREEN, CURSOR_SHOWN, MOUSE_OFF = b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, *options, size=(120, 40), environment=None):
        self.ours, theirs = pty.openpty()
        self.theirs = theirs
        columns, lines = size
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.before = termios.tcgetattr(theirs)
        self.output = b""
        self.screen = pyte.Screen(columns, lines)
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

    def _read(self, seconds):
        ready, _, _ = select.select([self.ours], [], [], max(seconds, 0))
        if not ready:
            return False
        data = os.read(self.ours, 1 << 16)
        self.output += data
        self._stream.feed(data)
        return True


@pytest.fixture
def opened():
    made = []

    def open_terminal(*options, **how):
        made.append(Terminal(*options, **how))
        return made[-1]

    yield open_terminal
    for terminal in made:
        terminal.close()


def assert_left_as_it_was(terminal):
    for sequence in (LEFT_ALTERNATE_SCREEN, CURSOR_SHOWN, MOUSE_OFF):
        assert sequence in terminal.output[-600:]
    assert b"Traceback" not in terminal.output
    after = termios.tcgetattr(terminal.theirs)
    assert after == terminal.before


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda terminal: terminal.press(b"q"), 0),
        (lambda terminal: terminal.press(b"\x03"), 130),
        (lambda terminal: terminal.process.send_signal(signal.SIGINT), 130),
        (lambda terminal: terminal.process.send_signal(signal.SIGTERM), 143),
        (lambda terminal: terminal.process.send_signal(signal.SIGHUP), 129),
    ],
    ids=["q", "ctrl+c", "SIGINT", "SIGTERM", "SIGHUP"],
)
def test_the_terminal_is_left_as_it_was(opened, end, code):
    terminal = opened("--speed", "max")
    terminal.until_shown("phase 0")
    assert b"\x1b[?1049h" in terminal.output
    end(terminal)
    assert terminal.ended() == code
    assert_left_as_it_was(terminal)


def test_a_terminal_that_takes_nothing_more_does_not_keep_it(opened):
    terminal = opened("--speed", "max", size=(200, 60))
    terminal.until(b"\x1b[?1049h")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(15) in (143, -signal.SIGTERM)


def test_a_terminal_that_goes_away_ends_it(opened):
    terminal = opened()
    terminal.until_shown("kdamond 0")
    reader, writer = os.pipe()
    os.dup2(reader, terminal.ours)
    os.close(reader)
    os.close(writer)
    terminal.process.send_signal(signal.SIGHUP)
    assert terminal.process.wait(15) == 129


def test_keys_are_answered_at_full_speed(opened):
    terminal = opened("--speed", "max")
    terminal.until_shown("phase 0")
    terminal.press(b"s")
    terminal.until_shown(" off")
    terminal.press(b"?")
    terminal.until_shown("type to find a key")


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "linux", "COLORTERM": ""}, {"LC_ALL": "C"}])
def test_lesser_terminals(opened, environment):
    terminal = opened(environment=environment)
    terminal.until_shown("kdamond 0")
    terminal.press(b"q")
    assert terminal.ended() == 0


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"size": (30, 8)}, b"damotui: this terminal is 30x8, and the app needs at least 40x12"),
        ({"environment": {"TERM": "dumb"}}, b"damotui: the app can't draw on a terminal of type 'dumb'"),
    ],
)
def test_a_terminal_that_will_not_do_is_told_so(opened, how, message):
    terminal = opened(**how)
    assert terminal.ended() == 2
    assert message in terminal.output
    assert b"\x1b[?1049h" not in terminal.output
