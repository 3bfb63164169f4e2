"""The app in a real pseudo-terminal, killed while it is worked with."""

import signal
import threading

import pytest

from damotui.keep.opening import open_session, shelf_of
from damotui.keep.places import user_places
from damotui.keep.reader import read_session
from engine.errors import InputError

pytest.importorskip("pty", reason="needs pseudo-terminals")

from tests.damotui.terminals import Terminal


@pytest.fixture
def opened():
    made = []

    def open_terminal(*options, **how):
        made.append(Terminal(*options, **how))
        return made[-1]

    yield open_terminal
    for terminal in made:
        terminal.close()


def kept_edits(shelf, wanted):
    """Wait until a session on the shelf has that many steps."""
    pause = threading.Event()
    for _ in range(400):
        for path in shelf.folder.glob("*.json"):
            if len(read_session(path).edits.steps) >= wanted:
                return path
        pause.wait(0.05)
    raise AssertionError("nothing was kept")


def test_what_was_edited_is_there_again_after_a_kill(opened, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    shelf = shelf_of(user_places())
    terminal = opened("--no-config")
    terminal.until_shown("kdamond 0")
    terminal.press(b"jj+")
    path = kept_edits(shelf, 1)
    with pytest.raises(InputError, match="is open already"):
        open_session(path, user_places())
    terminal.process.send_signal(signal.SIGKILL)
    terminal.process.wait(15)
    assert shelf.left_behind() == [path]

    again = opened("--no-config")
    again.until_shown("was not closed: O opens it")
    again.press(b"O")
    again.until_shown("not closed")
    again.press(b"\r")
    again.until_shown("as the session was left")
    again.until_shown("fvaddr")
    again.press(b"u")
    again.until_shown("undone: ops: vaddr → fvaddr")
    again.press(b"q")
    assert again.ended() == 0
    assert (shelf.left_behind(), shelf.closed()) == ([], [path])
    saved = read_session(path)
    assert (saved.edits.place, len(saved.edits.steps)) == (0, 1)
