"""The command line of `damotui shell`: where commands come from, what machine it is, and exit codes."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from damotui.launch import main
from tests.damotui.shell.shells import ADMIN

ROOT = Path(__file__).parents[3]
SHELL = (sys.executable, "-m", "damotui", "shell")


def process(*arguments, **options):
    return subprocess.run(
        [*SHELL, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, **options
    )


def test_text_is_carried_out(capfd):
    assert main(["shell", "-c", f"ls {ADMIN}; exit 3"]) == 3
    assert capfd.readouterr() == ("kdamonds\n", "")


def test_script_is_carried_out(tmp_path, capfd):
    script = tmp_path / "try.sh"
    script.write_bytes(b"echo a\r\nnothing\r\n")
    assert main(["shell", str(script)]) == 127
    assert capfd.readouterr() == ("a\n", f"{script}: line 2: nothing: command not found\n")


def test_standard_input_is_carried_out():
    done = process(input=f"# cd {ADMIN}\n# pwd\nprinted\n# exit 4\n")
    assert (done.stdout, done.stderr, done.returncode) == (f"{ADMIN}\n", "", 4)


def test_bytes_that_are_no_text_are_answered():
    done = subprocess.run([*SHELL, "-"], cwd=ROOT, input=b"echo a\xff\0b\n\xfe\n", capture_output=True, timeout=60)
    assert done.returncode == 127
    assert done.stdout == b"a?b\n"
    assert done.stderr == b"?: command not found\n"


def test_lines_are_carried_out_as_they_come():
    with subprocess.Popen([*SHELL], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as shell:
        shell.stdin.write("echo first\n")
        shell.stdin.flush()
        assert select.select([shell.stdout], [], [], 60)[0]
        assert shell.stdout.readline() == "first\n"
        shell.stdin.close()
        assert shell.wait(60) == 0


def test_closed_streams(tmp_path):
    done = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *SHELL], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0


def test_reader_that_goes_away():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*SHELL, "-c", "ls /; ls /"], cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("options", "text", "out"),
    [
        (["--workload", "zigzag"], "pidof zigzag <workload>", "1001\n"),
        (["--process", "a:42", "--process", "b", "--process", "zigzag:4242"], "pidof a b zigzag", "4243 4242 42\n"),
        (["--process", "a:42", "--process", "stairs:7"], "pidof <workload>", "7\n"),
        (["--process", "a:42"], "pidof <workload>", "42\n"),
        (["--kernel", "6.0"], f"cat {ADMIN}/kdamonds/nr_kdamonds; ls <debugfs>", "0\ndamon\n"),
        (["--preset", "prcl"], f"cd {ADMIN}/kdamonds/0; cat contexts/0/schemes/0/action state", "pageout\noff\n"),
        (["--no-loop", "--workload", "zigzag"], "sleep 1h; pidof zigzag || echo ended", "ended\n"),
    ],
)  # fmt: skip
def test_machine(options, text, out, capfd):
    main(["shell", *options, "-c", text])
    assert capfd.readouterr() == (out, "")


def test_staged_kdamonds_know_the_process(tmp_path, capfd):
    file = tmp_path / "kdamonds.json"
    file.write_text('{"kdamonds": [{"contexts": [{"ops": "vaddr", "targets": [{}]}]}]}')
    path = f"{ADMIN}/kdamonds/0"
    text = f"cat {path}/contexts/0/targets/0/pid_target && echo on > {path}/state && cat {path}/state"
    assert main(["shell", "--kdamonds", str(file), "--process", "x:99", "-c", text]) == 0
    assert capfd.readouterr().out == "99\non\n"


def test_same_commands_show_the_same():
    text = f"echo on > {ADMIN}/kdamonds/0/state; perf record -e damon_aggregated sleep 2; perf script"
    first, second = (process("--preset", "wss", "-c", text) for _ in range(2))
    assert first.stdout == second.stdout
    assert len(first.stdout) > 1000


pty = pytest.importorskip("pty", reason="there are no terminals here")


class Terminal:
    """A shell at a terminal."""

    def __init__(self):
        self._ours, theirs = pty.openpty()
        self.shell = subprocess.Popen(
            [*SHELL, "--preset", "damon_reclaim", "--kernel", "6.12"],
            cwd=ROOT,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"TERM": "dumb"},
            start_new_session=True,
            preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
        )
        os.close(theirs)
        self.seen = ""

    def until(self, words):
        """What appears until these words have, which begin what is waited for next."""
        ends = time.monotonic() + 60
        while words not in self.seen:
            assert select.select([self._ours], [], [], max(0, ends - time.monotonic()))[0], self.seen
            self.seen += os.read(self._ours, 4096).decode(errors="replace")
        before, _, self.seen = self.seen.partition(words)
        return before

    def type(self, keys):
        os.write(self._ours, keys.encode())

    def close(self):
        self.shell.kill()
        self.shell.wait(60)
        os.close(self._ours)


@pytest.fixture
def terminal():
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_at_a_terminal(terminal):
    assert "Linux 6.12" in terminal.until("0.000 s / # ")
    terminal.type("cd /sys/kernel/mm/damon/ad\t/kdamonds/0\n")
    terminal.until("/kdamonds/0 # ")
    terminal.type("echo foo > state\n")
    said = terminal.until("/kdamonds/0 # ")
    assert "echo: write error: Invalid argument\r\n" in said
    assert "damotui: note: " in said
    terminal.type("echo on > state\n")
    terminal.until("/kdamonds/0 # ")
    terminal.type("sleep 10000d\n")
    terminal.until("10000d\r\n")
    terminal.type("\x03")
    terminal.until("/kdamonds/0 # ")
    terminal.type("echo status $?\n")
    terminal.until("status 130\r\n")
    terminal.until("/kdamonds/0 # ")
    terminal.type("false\n")
    terminal.until("/kdamonds/0 # ")
    terminal.type("\x04")
    terminal.until("exit\r\n")
    assert terminal.shell.wait(60) == 1
