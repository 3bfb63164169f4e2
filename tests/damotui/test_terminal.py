"""The app in a real pseudo-terminal: what it draws there, and what it leaves behind, however it ends."""

import os
import re
import signal

import pytest

pytest.importorskip("pty", reason="needs pseudo-terminals")

import termios

from tests.damotui.terminals import Terminal

LEFT_ALTERNATE_SCREEN, CURSOR_SHOWN, MOUSE_OFF = b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"


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


def assert_grey(terminal):
    """Each colour is as much red as green and blue."""
    colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", terminal.output)
    assert all(red == green == blue for red, green, blue in colours)


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


def test_without_utf_8_everything_is_drawn_in_ascii(opened):
    """In a locale without it the widths stay: what stands at the right end of a line still does."""
    terminal = opened(size=(100, 30), environment={"LC_ALL": "C"})
    terminal.until_shown("v kdamond 0")
    terminal.until_shown("stat nr=0 age>=30 ")
    lines = terminal.screen.display
    ends = [line.index(text) + len(text) for text in ("pid 501", "age>=30") for line in lines if text in line]
    assert len(ends) == 2 and len({*ends}) == 1
    for key, wanted in ((b"D", "is committed"), (b"S", "idle >= 5 s"), (b"?", "type to find")):
        terminal.press(key)
        terminal.until_shown(wanted)
    terminal.press(b"\x03")
    assert terminal.ended() == 130
    assert max(terminal.output) < 0x80


def test_another_size_is_taken_at_any_time(opened):
    terminal = opened(size=(120, 40), environment={"TERM": "tmux-256color", "NO_COLOR": "1"})
    terminal.until_shown("stat nr=0 age≥30")
    shown = {(40, 12): "? help  q quit", (200, 60): "actions took", (39, 12): "is 39x12.", (80, 24): "Space pause"}
    for size, wanted in shown.items():
        terminal.resize(*size)
        terminal.until_shown(wanted)
    terminal.press(b" ")
    terminal.until_shown("Space run")
    assert terminal.screen.display[22].lstrip().startswith("‖")
    assert terminal.screen.display[23].lstrip().startswith("? help")
    assert_grey(terminal)
    terminal.press(b"q")
    assert terminal.ended() == 0
    assert_left_as_it_was(terminal)


def test_it_can_be_suspended_and_leaves_the_mouse_alone_if_told_to(opened):
    terminal = opened("--no-mouse", environment={"TERM": "linux", "COLORTERM": ""})
    terminal.until_shown("stat nr=0 age≥30")
    terminal.process.send_signal(signal.SIGTSTP)
    terminal.until_stopped()
    assert LEFT_ALTERNATE_SCREEN in terminal.output and CURSOR_SHOWN in terminal.output
    assert termios.tcgetattr(terminal.theirs) == terminal.before
    terminal.screen.reset()
    terminal.process.send_signal(signal.SIGCONT)
    terminal.until_shown("kdamond 0")
    assert b"\x1b[?100" not in terminal.output.replace(b"\x1b[?1004", b"").replace(b"\x1b[?1049", b"")
    assert not re.search(rb"[34]8;[25];", terminal.output)  # no colours but the terminal's 16
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
