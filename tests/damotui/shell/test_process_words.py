"""sleep, wait, kill, pidof and exit: processes, and the time that passes."""

import subprocess

import pytest

from damotui.shell.durations import parse_durations
from damotui.shell.session import Manner
from tests.damotui.shell.shells import ADMIN, DOCUMENTED, Shell, say

ON = f"""\
cd {ADMIN}
echo 1 > kdamonds/nr_kdamonds
echo 1 > kdamonds/0/contexts/nr_contexts
echo 1 > kdamonds/0/contexts/0/targets/nr_targets
echo $(pidof <workload>) > kdamonds/0/contexts/0/targets/0/pid_target
echo on > kdamonds/0/state
"""


@pytest.mark.parametrize(
    ("arguments", "us"),
    [
        (["5"], 5_000_000),
        (["0.1"], 100_000),
        ([".5s"], 500_000),
        (["5s"], 5_000_000),
        (["2m"], 120_000_000),
        (["1h", "1d", "1."], 90_001_000_000),
        (["0"], 0),
        (["0.0000004"], 0),
    ],
)
def test_durations(arguments, us):
    assert parse_durations(arguments) == us
    shell = Shell()
    if us < 10_000_000:
        assert shell.run(f"sleep {' '.join(arguments)}").status == 0
        assert shell.now_s == us / 1e6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("", "missing operand"),
        ("five", "invalid time interval 'five'"),
        ("5x", "invalid time interval '5x'"),
        ("-- -1", "invalid time interval '-1'"),
        ("1e3", "invalid time interval '1e3'"),
        ("''", "invalid time interval ''"),
        ("9" * 5000, "invalid time interval"),
        ("99999999999", "are too long"),
        ("infinity", "would never end"),
    ],
)
def test_no_durations(arguments, words):
    shell = Shell()
    said = shell.run(f"sleep {arguments}")
    assert said.err.startswith("sleep: ")
    assert words in said.err
    assert (said.status, shell.now_s) == (1, 0)
    assert len(said.err) < 200


def test_time_passes_only_in_sleep():
    shell = Shell()
    shell.run(f"{ON}cat kdamonds/0/state; ls -R /")
    assert shell.now_s == 0
    shell.run("sleep 1.5; sleep 0.5")
    assert shell.now_s == 2


def test_sleep_ends_at_an_interrupt():
    presses = iter([False] * 4 + [True] * 9)
    shell = Shell(interrupted=lambda: next(presses))
    said = shell.run("sleep 1000")
    assert said.status == 130
    assert 0 < shell.now_s < 1


def test_sleep_in_the_background():
    shell = Shell(manner=Manner(interactive=True))
    assert shell.run("sleep 5 &\necho $!\npidof sleep\n").out == "2001\n2001\n"
    assert shell.now_s == 0
    shell = Shell(manner=Manner(interactive=True))
    said = shell.run("sleep 5 &\nsleep 1 &\nwait\npidof sleep")
    assert (said.err, said.status) == ("[1] 2001\n[2] 2002\n", 1)
    assert shell.now_s == pytest.approx(5, abs=0.11)


def test_pidof_knows_processes_kdamonds_and_jobs():
    shell = Shell("6.0", DOCUMENTED)
    assert shell.run("pidof masim; pidof workload; pidof masim workload; pidof -s masim workload").out == (
        "4242\n42\n4242 42\n4242\n"
    )
    assert shell.run("pidof nothing").status == 1
    shell.run(ON)
    assert shell.run("pidof kdamond.0; cat kdamonds/0/pid").out.split() == ["501", "501"]


def test_monitoring_ends_with_its_only_process():
    shell = Shell(processes=DOCUMENTED)
    assert shell.run(
        f"{ON}kill 42; pidof workload; echo $?; cat kdamonds/0/state; sleep 1; cat kdamonds/0/state"
    ).out == ("1\non\noff\n")
    assert shell.run("pidof masim").out == "4242\n"


@pytest.mark.parametrize("how", ["kill", "kill -9", "kill 9", "kill -KILL", "kill -SIGKILL", "kill -s TERM", "kill --"])
def test_ways_to_kill(how):
    shell = Shell(processes=DOCUMENTED)
    said = shell.run(f"{how} $(pidof masim) && pidof masim || pidof workload")
    assert said.out == "42\n"
    assert ("kill -9 PID is meant" in said.err) == (how == "kill 9")


@pytest.mark.parametrize(
    ("text", "err", "status"),
    [
        ("kill", "kill: usage: kill", 2),
        ("kill -9", "kill: usage: kill", 2),
        ("kill foo", "kill: foo: arguments must be process or job IDs", 1),
        ("kill 99", "kill: (99) - No such process", 1),
        ("kill 9", "kill: (9) - No such process", 1),
        ("kill -STOP 42", "kill: STOP: invalid signal specification", 1),
        ("kill 99999999999999", "arguments must be process", 1),
        ("kill 1", "1 is init, which takes no notice of signals", 0),
        ("kill 2", "2 is a kernel thread, which takes no notice of signals", 0),
        ("kill -0 42", "", 0),
        ("kill -0 43", "(43) - No such process", 1),
        ("kill 42 99; pidof workload", "(99) - No such process", 1),
        ("kill 42; kill 42", "(42) - No such process", 1),
    ],
)
def test_kill_answers(text, err, status):
    said = Shell(processes=DOCUMENTED).run(text)
    assert err in said.err
    assert said.err.count("\n") == bool(err)
    assert said.status == status


def test_kdamonds_take_no_notice_of_signals():
    said = say(f"{ON}kill -9 $(cat kdamonds/0/pid); sleep 1; cat kdamonds/0/state")
    assert said.out == "on\n"
    assert "501 is kdamond.0, which takes no notice of signals" in said.err


@pytest.mark.parametrize(
    ("text", "err", "status"),
    [
        ("exit", "", 0),
        ("false; exit", "", 1),
        ("exit 3; exit 4", "", 3),
        ("exit 300", "", 44),
        ("exit -1", "", 255),
        ("exit abc", "exit: abc: numeric argument required\n", 2),
        ("exit 1 2; exit 3", "exit: too many arguments\n", 3),
        ("true && exit 5 || exit 6", "", 5),
        ("x=$(exit 5; exit 6); exit $?", "", 5),
        ("true; false", "", 1),
    ],
)
def test_exit(text, err, status):
    said = say(text)
    assert (said.err, said.status) == (err, status)


@pytest.mark.parametrize(
    ("text", "out", "status"),
    [
        ("set -e\necho 1\nfalse\necho 2", "1\n", 1),
        ("set -e\nfalse || echo 1\nfalse && echo 2\n! true\necho 3", "1\n3\n", 0),
        ("set -e\ntrue && false\necho 1", "", 1),
        ("set -e\necho $(false; echo 1)\nx=$(false)\necho 2", "1\n", 1),
        ("set -e\nset +e\nfalse\necho 1", "1\n", 0),
        ("set -e\nfalse | true\necho 1\nexit 3", "1\n", 3),
    ],
)
def test_set_e_ends_at_what_fails_untested(text, out, status):
    said = say(text)
    assert (said.out, said.status, said.err) == (out, status, "")
    bash = subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=False)
    assert (bash.stdout, bash.returncode) == (out, status)


@pytest.mark.parametrize("text", ["set", "set -x", "set -e -o"])
def test_nothing_else_can_be_set(text):
    said = say(text)
    assert (said.err, said.status) == ("set: -e and +e are what can be set here: give one of them\n", 2)
