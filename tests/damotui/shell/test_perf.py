"""perf record and perf script of the tracepoints."""

import pytest

from damotui.shell import recordings
from damotui.shell.session import Manner
from tests.damotui.shell.shells import Shell, say
from tests.damotui.shell.test_process_words import ON

RECORD = "perf record -e damon:damon_aggregated"


def times(said):
    """When the recorded events happened, in seconds."""
    return sorted({float(line.split()[3].rstrip(":")) for line in said.out.splitlines()})


def tenths(first, last):
    return [tenth / 10 for tenth in range(first, last + 1)]


@pytest.mark.parametrize("how", ["kill $(pidof perf)", "kill -9 $(pidof perf)", "kill 9 $(pidof perf)", "kill $!"])
def test_background_recording_ends_with_kill(how):
    shell = Shell()
    shell.run(ON)
    shell.run("sleep 1")
    # In one text, as a shell takes what runs in the background along when it ends.
    said = shell.run(f"{RECORD} &\nsleep 2\n{how}\nsleep 1\npidof perf || perf script")
    assert times(said) == tenths(11, 30)
    assert " damon:damon_aggregated: target_id=0 nr_regions=" in said.out


def test_recording_along_with_a_sleep():
    shell = Shell()
    shell.run(ON)
    said = shell.run(f"{RECORD} -a sleep 1; sleep 1; perf script")
    assert times(said) == tenths(1, 10)
    count = len(said.out.splitlines())
    assert said.err == f"[ perf record: Captured and wrote perf.data ({count} samples) ]\n"
    assert times(shell.run(f"{RECORD} -- sleep 0.5s 500ms; {RECORD} -- sleep 0.5s; perf script")) == tenths(21, 25)


def test_recording_in_the_background_for_a_time():
    shell = Shell(manner=Manner(interactive=True))
    said = shell.run(f"{ON}{RECORD} sleep 1 &\npidof perf\nsleep 0.95\nsleep 1\npidof perf\nperf script")
    pid, *lines = said.out.splitlines()
    assert pid == "2001"
    assert said.err == "[1] 2001\n"
    assert {float(line.split()[3].rstrip(":")) for line in lines} == set(tenths(1, 10))


def test_files_are_told_apart():
    shell = Shell()
    shell.run(ON)
    shell.run(f"{RECORD} -o one sleep 1; cd /; perf record --output=/tmp/../two -edamon_aggregated sleep 2")
    assert times(shell.run("perf script -i one")) == tenths(1, 10)
    assert times(shell.run("perf script --input /two")) == tenths(11, 30)
    said = shell.run("perf script")
    assert said.err == (
        "perf: script: failed to open perf.data: No such file or directory; there is /two, one: perf script -i FILE\n"
    )


def test_events_of_schemes():
    shell = Shell("7.1", preset="wss")
    said = shell.run(
        f"""cd {"/sys/kernel/mm/damon/admin"}; echo on > kdamonds/0/state
perf record -e damon:damos_before_apply,damon:damon_aggregated -e 'damon:damos_stat*' sleep 1; perf script"""
    )
    assert {line.split()[4] for line in said.out.splitlines()} == {
        "damon:damos_before_apply:",
        "damon:damon_aggregated:",
        "damon:damos_stat_after_apply_interval:",
    }


def test_list_shows_what_the_kernel_has():
    assert say("perf list", kernel="6.0").out == "damon:damon_aggregated\n"
    assert say("perf list", kernel="6.12").out == "damon:damon_aggregated\ndamon:damos_before_apply\n"


@pytest.mark.parametrize(
    ("text", "words", "status"),
    [
        ("perf", "usage: perf record|script|list", 1),
        ("perf top", "'top' is not a perf-command of this shell", 1),
        ("perf record", "name an event", 129),
        ("perf record -e", "option `e' requires a value", 129),
        ("perf record -e ,", "name an event", 129),
        ("perf record -z", "unknown option `z'", 129),
        ("perf record --event=x sleep 1", "event syntax error: 'x'", 129),
        (
            "perf record -e sched:sched_switch sleep 1",
            "there are damon:damon_aggregated, damon:damos_before_apply",
            129,
        ),
        ("perf record -e damon:damos_esz sleep 1", "needs Linux 6.17 or later, and this is 6.12", 129),
        (RECORD, "put & behind it and end it with kill $(pidof perf)", 1),
        (f"{RECORD} masim", "the only command that it can record along with is sleep", 1),
        (f"{RECORD} sleep", "the only command that it can record along with is sleep", 1),
        (f"{RECORD} sleep x", "invalid time interval 'x'", 1),
        ("perf script", "failed to open perf.data: No such file or directory (try 'perf record' first)", 1),
        ("perf script -i x", "failed to open x: No such file or directory", 1),
        ("perf script -z", "unknown option `z'", 129),
        ("perf script x", "'x' is not understood", 129),
    ],
)
def test_mistakes(text, words, status):
    shell = Shell("6.12")
    said = shell.run(text)
    assert words in said.err
    assert (said.out, said.status, shell.now_s) == ("", status, 0)


def test_nothing_happened():
    said = say(f"{RECORD} sleep 1 && perf script")
    assert (said.out, said.err) == ("", "[ perf record: Captured and wrote perf.data (0 samples) ]\n")


def test_interrupt_ends_a_recording_and_keeps_it():
    presses = iter([False] * 20 + [True] * 2 + [False] * 9)
    shell = Shell(interrupted=lambda: next(presses, False), manner=Manner(interactive=True))
    shell.run(ON)
    said = shell.run(f"{RECORD} sleep 1000\npidof perf\nperf script")
    assert times(said)[0] == 0.1
    assert len(times(said)) > 3
    assert shell.now_s < 10


def test_a_recording_has_an_end(monkeypatch):
    monkeypatch.setattr(recordings, "MOST", 100)
    shell = Shell()
    shell.run(ON)
    said = shell.run(f"{RECORD} &\nsleep 5; pidof perf; perf script")
    assert 80 < said.out.count("\n") <= 100
    assert "the recording ended early" in said.err
