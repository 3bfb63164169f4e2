"""Writes: one for each echo, and waiting for the kernel."""

import errno

import pytest

from damotui.shell.session import Manner
from engine.files.errors import FileError
from engine.files.nodes import About, File
from engine.files.waiting import Waiting, written
from tests.damotui.shell.shells import ADMIN, Shell

WATCHED = f"cd {ADMIN}/kdamonds/0; echo on > state"


class Notebook(File):
    """A file that keeps what is written to it, each write by itself, and takes at most so much at once."""

    mode = 0o600
    size = 0
    about = About("")

    def __init__(self, most=1 << 20, fails_at=None):
        self.writes = []
        self._most = most
        self._fails_at = fails_at
        self.open_now = 0

    def open(self, *, write):
        self.open_now += 1
        return self

    def read(self, size, offset):
        return b"notes\n"[offset : offset + size]

    def write(self, data, offset):
        if self._fails_at is not None and offset >= self._fails_at:
            raise FileError(errno.ENOSPC)
        self.writes.append((offset, data[: self._most]))
        return written(min(len(data), self._most))

    def close(self):
        self.open_now -= 1


@pytest.fixture
def notes():
    return Notebook()


def shell_with(file):
    shell = Shell()
    shell.system.files.root.content["notes"] = file
    return shell


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("echo a > /sys/notes", b"a\n"),
        ("echo -n a > /sys/notes", b"a"),
        ("echo 'a\nb\n' > /sys/notes", b"a\nb\n\n"),
        ("echo -e 'a\\nb' > /sys/notes", b"a\nb\n"),
        ("echo a b   c > /sys/notes", b"a b c\n"),
        ("cat /sys/notes /sys/notes > /sys/notes", b"notes\nnotes\n"),
        ("echo $(echo a; echo b) > /sys/notes", b"a b\n"),
        ("echo ä\udcff > /sys/notes", b"\xc3\xa4\xff\n"),
        ("nothing 2> /sys/notes", b"nothing: command not found\n"),
        ("echo a | cat > /sys/notes", b"a\n"),
    ],
)
def test_one_command_is_one_write(notes, text, data):
    said = shell_with(notes).run(text)
    assert said.err == ""
    assert notes.writes == [(0, data)]
    assert notes.open_now == 0


def test_nothing_printed_is_no_write(notes):
    assert shell_with(notes).run("echo -n > /sys/notes; > /sys/notes; true > /sys/notes").err == ""
    assert (notes.writes, notes.open_now) == ([], 0)


def test_what_a_write_leaves_is_written_again():
    notes = Notebook(most=4)
    assert shell_with(notes).run("echo abcdefghi > /sys/notes").status == 0
    assert notes.writes == [(0, b"abcd"), (4, b"efgh"), (8, b"i\n")]


def test_a_later_part_may_fail():
    notes = Notebook(most=4, fails_at=4)
    said = shell_with(notes).run("echo abcdefghi > /sys/notes; echo $?")
    assert (said.out, said.err) == ("1\n", "echo: write error: No space left on device\n")
    assert notes.open_now == 0


class Slow(Notebook):
    """A file whose writes wait."""

    def __init__(self):
        super().__init__()
        self.waiting = []

    def write(self, data, offset):
        waiting = Waiting(len(data))
        self.waiting.append(waiting)
        return waiting


def test_time_passes_until_a_write_is_done():
    slow = Slow()
    shell = shell_with(slow)

    def look():
        if shell.now_s >= 0.5:
            slow.waiting[0].finish()

    shell.interrupted = look
    assert shell.run("echo a > /sys/notes").status == 0
    assert shell.now_s == pytest.approx(0.51)
    assert slow.open_now == 0


def test_error_of_a_write_that_waited():
    slow = Slow()
    shell = shell_with(slow)
    shell.interrupted = lambda: slow.waiting and slow.waiting[0].finish(FileError(errno.EBUSY))
    said = shell.run("echo a > /sys/notes && echo b")
    assert (said.out, said.err, said.status) == ("", "echo: write error: Device or resource busy\n", 1)


def test_a_write_is_not_waited_for_forever():
    shell = shell_with(Slow())
    said = shell.run("echo a > /sys/notes; echo $?")
    assert said.out == "1\n"
    assert said.err == ("echo: the write still waits after 600 s of simulated time, and is not waited for any longer\n")
    assert shell.now_s == 600


def test_interrupt_abandons_a_write():
    slow = Slow()
    shell = shell_with(slow)
    shell.session.manner = Manner(interactive=True)
    presses = []
    shell.interrupted = lambda: shell.now_s >= 1 and not presses and not presses.append(True)
    said = shell.run("echo a > /sys/notes; echo b\necho $?")
    assert (said.out, said.err) == ("130\n", "\n")
    assert (shell.now_s, slow.open_now) == (1, 0)


def test_write_in_the_background():
    slow = Slow()
    shell = shell_with(slow)
    shell.session.manner = Manner(interactive=True)
    shell.run("echo a > /sys/notes &\necho $!")
    assert slow.open_now == 0  # the shell ended, and closed it
    shell.interrupted = lambda: shell.now_s >= 1 and slow.waiting[-1].finish(FileError(errno.EINVAL))
    said = shell.run("echo a > /sys/notes &\necho $!\nwait")
    assert said.out == "2002\n"
    assert said.err == "[1] 2002\necho: write error: Invalid argument\n"
    assert slow.open_now == 0


@pytest.mark.parametrize("kernel", ["6.0", "6.12", "7.1"])
def test_commands_wait_for_the_kdamond(kernel):
    shell = Shell(kernel, preset="wss")
    shell.run(WATCHED)
    said = shell.run(
        "sleep 1; echo update_schemes_stats > state; cat contexts/0/schemes/0/stats/nr_tried; echo commit > state"
    )
    assert (said.err, said.status) == ("", 0)
    assert int(said.out) > 0
    assert 1 < shell.now_s < 1.5


def test_commit_waits_for_a_sleeping_kdamond_of_6_12():
    shell = Shell("6.12", preset="damon_reclaim")
    shell.run(WATCHED)
    said = shell.run("echo commit > state &\necho commit > state; echo off > state; wait; cat state")
    assert said.err == "echo: write error: Device or resource busy\n"
    assert said.out == "off\n"
