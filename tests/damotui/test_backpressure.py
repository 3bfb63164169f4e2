"""Frames wait for the terminal; and a Textual that hides its queue elsewhere is noticed here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from textual.app import App
from textual.drivers._writer_thread import WriterThread

from damotui.widgets import backpressure
from damotui.widgets.backpressure import FrameGate, pending_writes

ROOT = Path(__file__).parents[2]

IN_A_TERMINAL = """
from textual.app import App
from damotui.widgets.backpressure import pending_writes

class Asking(App):
    def on_mount(self):
        self.set_timer(0.01, lambda: self.exit(pending_writes(self)))

waiting = Asking().run()
raise SystemExit(0 if type(waiting) is int else 7)
"""


class Device:
    """Takes nothing until told to."""

    def fileno(self):
        return 2


class FakeApp:
    def __init__(self, writer=None, *, is_headless=False):
        self.is_headless = is_headless
        self._driver = type("Driver", (), {"_writer_thread": writer})()


def test_the_queue_of_a_writer_that_takes_nothing_fills():
    app = FakeApp(WriterThread(Device()))
    gate = FrameGate()
    assert pending_writes(app) == 0
    assert gate.is_open(app)
    app._driver._writer_thread.write("frame")
    assert pending_writes(app) == 1
    assert not gate.is_open(app)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
def test_the_queue_of_a_running_app_can_be_seen():
    """Fails when an upgrade of Textual renames what this looks at."""
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=ROOT
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    assert process.wait(30) == 0, seen.decode(errors="replace")[-2000:]


async def test_without_a_terminal_every_frame_passes():
    async with App().run_test() as pilot:
        gate = FrameGate()
        gate.passed()
        assert pending_writes(pilot.app) is None
        assert gate.is_open(pilot.app)


def test_where_the_queue_is_unknown_frames_keep_a_fixed_rate(monkeypatch):
    now = 100.0
    monkeypatch.setattr(backpressure, "monotonic", lambda: now)
    app, gate = FakeApp(None), FrameGate(fallback_fps=4)
    assert pending_writes(app) is None
    opened = []
    for _ in range(8):
        opened.append(gate.is_open(app))
        if opened[-1]:
            gate.passed()
        now += 0.125
    assert opened == [True, False] * 4
