"""`damotui --plain` from a pipe, at a prompt, and by itself."""

import contextlib
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from damotui.plain.start import watch
from tests.damotui.plain.desks import desk_of

REPO = Path(__file__).parents[3]


def damotui(*options, commands=""):
    return subprocess.run(
        [sys.executable, "-m", "damotui", *options, "--no-config"],
        cwd=REPO,
        input=commands,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def until_busy(pid):
    """Wait until a process has computed for a while."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        pytest.skip("there is no /proc to see what a process does")
    ticks = lambda: int(stat.read_text().rpartition(")")[2].split()[11])  # noqa: E731
    before, deadline = ticks(), time.monotonic() + 30
    while ticks() < before + 20:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_commands_from_a_pipe_end_at_the_first_that_cannot_be_done(tmp_path):
    commands = f"""# a kdamond is tuned, and then something goes wrong
set aggr_us 200ms
commit

run 2s
status
save {tmp_path / "mine"}
set aggr_us soon
run 100s
"""
    done = damotui("run", "--plain", "--workload", "zigzag", commands=commands)
    assert done.returncode == 2
    assert done.stderr.startswith("damotui: line 8: kdamonds[0].contexts[0].intervals.aggr_us: 'soon' is not")
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "kdamonds[0].contexts[0].intervals.aggr_us: 100 ms -> 200 ms",
        "committed to kdamond 0",
        "time: 2.0 s",
    ]
    assert done.stdout.isascii() and "".join(lines).isprintable()
    again = damotui(
        "--plain", "--session", str(tmp_path / "mine.damotui.json"), commands="status\nhistory\nquit\nrun 1s\n"
    )
    assert (again.returncode, again.stderr) == (0, "")
    said = again.stdout.splitlines()
    assert said[0] == "what was done before is done again, up to 2.0 s"
    # The same as before it was saved, to the last figure.
    assert said[1:-1] == lines[3:-1]
    assert said[-1] == "edit 1: aggr_us: 100 ms -> 200 ms"


def test_it_tells_by_itself_for_a_while():
    done = damotui("--plain", "--duration", "2500ms", "--speed", "max")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii() and done.stdout.replace("\n", "").isprintable()
    blocks = [block.splitlines() for block in done.stdout.removesuffix("\n\n").split("\n\n")]
    assert [block[0] for block in blocks] == ["time: 1.0 s", "time: 2.0 s", "time: 2.5 s"]
    names = [[line.partition(": ")[0] for line in block] for block in blocks]
    assert names[0] == names[1] == names[2] and len(set(names[0])) == len(names[0]) > 20
    assert {"kdamond 0 regions", "kdamond 0 scheme 1 sz_tried", "resident", "refaults"} < set(names[0])


@pytest.mark.parametrize(("speed", "slept"), [(1.0, 1.0), (10.0, 0.1)])
def test_blocks_come_at_the_speed_of_the_session(speed, slept, capsys):
    desk, waits = desk_of(speed=speed), []
    assert watch(desk, 3_000_000, 1_000_000, waits.append) == 0
    assert len(waits) == 3 and waits == sorted(waits)
    assert waits[0] == pytest.approx(slept, abs=0.05) and waits[2] == pytest.approx(3 * slept, abs=0.1)
    assert capsys.readouterr().out.count("time: ") == 3


def interrupt_until_prompt(terminal):
    """Readline heeds a signal only while it waits for a key, and else at the next one."""
    for _ in range(30):
        terminal.process.send_signal(signal.SIGINT)
        with contextlib.suppress(AssertionError):
            terminal.until(b" > ", seconds=1)
            return
    raise AssertionError("no prompt came back")


def test_a_prompt_goes_on_after_a_mistake():
    pytest.importorskip("pty", reason="needs pseudo-terminals")
    from tests.damotui.terminals import Terminal

    terminal = Terminal("--plain", "--no-config", environment={"TERM": "dumb"})
    try:
        terminal.until(b"help lists the commands, quit ends.")
        terminal.until(b"0.0 s > ")
        terminal.press(b"set aggr_us soon\r")
        terminal.until(b"error: kdamonds[0].contexts[0].intervals.aggr_us: 'soon' is not")
        terminal.press(b"run 2s\r")
        terminal.until(b"time: 2.0 s")
        terminal.until(b"2.0 s > ")
        terminal.press(b"run 900000s\r")
        terminal.until(b"run 900000s\r\n")
        terminal.output = b""
        until_busy(terminal.process.pid)
        terminal.process.send_signal(signal.SIGINT)  # while it runs: it stops there
        terminal.until(b"time: ")
        terminal.until(b" > ")
        terminal.press(b"explain refr\t")
        terminal.until(b"explain refresh_ms ")
        terminal.output = b""
        interrupt_until_prompt(terminal)  # what was typed is forgotten
        terminal.press(b"quit\r")
        assert terminal.ended() == 0
        assert not re.search(rb"\x1b\[[0-9;]*m|Traceback", terminal.output)
    finally:
        terminal.close()
