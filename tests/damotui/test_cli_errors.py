"""Every mistake on the command line is answered with one sentence and exit code 2, and nothing is written."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from damotui.exits import run_guarded
from damotui.launch import main

ROOT = Path(__file__).parents[2]
RECORD = ("record", "--workload", "stairs", "--duration", "1s", "--output", "x.data")


def with_options(*options):
    return (*RECORD, *options)


def with_duration(text):
    return ("record", "--workload", "stairs", "--output", "x.data", "--duration", text)


MISTAKES = {
    "unknown command": (("recrd",), ["'recrd'", "did you mean record?"]),
    "unknown command like no other": (("xyzzy",), ["'xyzzy'", "run", "record", "report", "workloads", "bench"]),
    "unknown option of the app": (("--workloud", "stairs"), ["'--workloud'", "did you mean --workload"]),
    "unknown option after run": (("run", "--sed=3"), ["'--sed'", "--seed"]),
    "app option without value": (("--seed",), ["--seed"]),
    "command after an option": (("--seed", "1", "record"), ["'record'", "first"]),
    "workload without its option": (("run", "zigzag"), ["'zigzag'", "--workload zigzag"]),
    "negative seed": (("--seed", "-1"), ["--seed", "'-1'", "0 or more"]),
    "seed in words": (("--seed", "one"), ["--seed", "'one'"]),
    "speed of zero": (("--speed", "0"), ["--speed", "'0'", "0.1 to 1000, or max"]),
    "speed too high": (("--speed", "1001"), ["--speed", "'1001'"]),
    "speed that is no number": (("--speed", "nan"), ["--speed", "'nan'"]),
    "no memory": (("--memory", "0"), ["--memory", "'0'"]),
    "memory in words": (("--memory", "plenty"), ["--memory", "'plenty'"]),
    "app with an unknown workload": (("--workload", "stars"), ["'stars'", "stairs"]),
    "app with an unknown kernel": (("--kernel", "2.4"), ["'2.4'", "6.12", "7.1"]),
    "app with an unreadable kdamonds file": (("--kdamonds", "no.json"), ["--kdamonds", "'no.json'", "No such file"]),
    "app with an unknown theme": (("--theme", "neon"), ["'neon'"]),
    "duration of the app": (("--duration", "30s"), ["--duration", "--plain", "both"]),
    "how often without for how long": (("--plain", "--every", "1s"), ["--every", "--duration"]),
    "plain duration without unit": (("--plain", "--duration", "30"), ["--duration", "'30'", "60s"]),
    "plain in no time": (("--plain", "--duration", "1s", "--every", "0s"), ["--every", "'0s'", "above 0"]),
    "plain with an unknown workload": (("run", "--plain", "--workload", "stars"), ["'stars'", "stairs"]),
    "record without anything": (("record",), ["missing option", "damotui record --help"]),
    "record without output": (("record", "--workload", "stairs", "--duration", "1s"), ["'--output'"]),
    "unknown option of record": (with_options("--duraton", "1s"), ["--duraton", "--duration"]),
    "stray word after record": (with_options("stairs"), ["stairs"]),
    "unknown workload": (
        ("record", "--workload", "stars", "--duration", "1s", "--output", "x.data"),
        ["'stars'", "stairs"],
    ),
    "broken masim line": (
        ("record", "--workload", "broken.masim", "--duration", "1s", "--output", "x.data"),
        ["broken.masim", "line 4"],
    ),
    "workload file that is missing": (
        ("record", "--workload", "./missing.masim", "--duration", "1s", "--output", "x.data"),
        ["missing.masim", "No such file"],
    ),
    "duration of zero": (with_duration("0s"), ["--duration", "'0s'", "above 0"]),
    "duration of a bare zero": (with_duration("0"), ["--duration", "'0'"]),
    "duration without unit": (with_duration("60"), ["--duration", "'60'", "60s"]),
    "negative duration": (with_duration("-5s"), ["--duration", "'-5s'"]),
    "duration in words": (with_duration("long"), ["--duration", "'long'"]),
    "endless duration": (with_duration("max"), ["--duration", "'max'"]),
    "duration below an aggregation": (with_duration("50ms"), ["--duration", "50 ms", "100 ms"]),
    "unknown kernel": (with_options("--kernel", "6.13x"), ["'6.13x'", "6.12", "7.1"]),
    "negative seed of record": (with_options("--seed", "-1"), ["--seed", "'-1'"]),
    "speed of the machine": (with_options("--accesses-per-ms", "fast"), ["--accesses-per-ms", "'fast'"]),
    "speeds for some phases": (with_options("--accesses-per-ms", "1,2"), ["accesses_per_ms", "11"]),
    "batch of zero": (with_options("--batch", "0"), ["--batch", "0"]),
    "batch in words": (with_options("--batch", "big"), ["--batch", "'big'"]),
    "tiny memory": (with_options("--memory", "1MiB"), ["1.0 MiB"]),
    "kdamonds that are no JSON": (with_options("--kdamonds", "broken.masim"), ["broken.masim"]),
    "kdamonds that are no text": (with_options("--kdamonds", "bytes"), ["--kdamonds", "'bytes'"]),
    "kdamonds in a directory": (with_options("--kdamonds", "."), ["--kdamonds", "'.'", "directory"]),
    "no kdamonds": (with_options("--kdamonds", "none.json"), ["none.json"]),
    "kdamonds without context": (with_options("--kdamonds", "empty.json"), ["empty.json"]),
    "output that exists": (
        ("record", "--workload", "stairs", "--duration", "1s", "--output", "kept"),
        ["kept", "--force"],
    ),
    "output in a directory that is missing": (
        ("record", "--workload", "stairs", "--duration", "1s", "--output", "no/x.data"),
        ["no/x.data"],
    ),
    "output that is a directory": (
        ("record", "--workload", "stairs", "--duration", "1s", "--output", ".", "--force"),
        ["no regular file"],
    ),
    "summary that exists": (with_options("--summary", "kept"), ["kept", "--force"]),
    "summary in a directory that is missing": (with_options("--summary", "no/x.json"), ["no/x.json"]),
    "summary in place of the record": (with_options("--summary", "./x.data"), ["--summary", "--output"]),
    "report of nothing": (("report",), ["missing command", "damotui report --help"]),
    "unknown report": (("report", "heat", "--input", "kept"), ["'heat'"]),
    "report without input": (("report", "wss"), ["'--input'"]),
    "report of a missing file": (("report", "heatmap", "--input", "no.data"), ["no.data", "No such file"]),
    "report of what is no record": (("report", "access", "--input", "kept"), ["kept"]),
    "report of a kdamond in words": (("report", "wss", "--input", "good", "--kdamond", "one"), ["--kdamond", "'one'"]),
    "report of a target that is not there": (("report", "wss", "--input", "good", "--target", "7"), ["target 7"]),
    "report of what can't be drawn": (
        ("report", "heatmap", "--input", "good", "--draw", "some"),
        ["'some'", "hottest"],
    ),
    "unknown option of shell": (("shell", "--kernal", "6.0"), ["--kernal", "--kernel"]),
    "shell with a script and a text": (("shell", "kept", "-c", "pwd"), ["-c", "'kept'", "one of the two"]),
    "shell with two scripts": (("shell", "kept", "good"), ["good"]),
    "shell with a script that is missing": (("shell", "no.sh"), ["'no.sh'", "No such file"]),
    "shell with a directory": (("shell", "."), ["'.'", "directory"]),
    "shell with an unknown kernel": (("shell", "--kernel", "5.15", "-c", "pwd"), ["'5.15'", "5.19"]),
    "shell with an unknown workload": (("shell", "--workload", "stars", "-c", "pwd"), ["'stars'", "stairs"]),
    "shell with a process of no pid": (("shell", "--process", "x:y", "-c", "pwd"), ["--process", "'x:y'", "NAME:PID"]),
    "shell with a process twice": (("shell", "--process", "x:42", "--process", "y:42", "-c", "pwd"), ["pid 42", "x"]),
    "unknown bench": (("bench", "warp"), ["'warp'"]),
}


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("recording") / "x.data"
    assert main(["record", "--workload", "stairs", "--duration", "3s", "--output", str(path)]) == 0
    return path.read_bytes()


@pytest.fixture
def folder(recording, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good").write_bytes(recording)
    (tmp_path / "kept").write_text("precious\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "none.json").write_text('{"kdamonds": []}')
    (tmp_path / "empty.json").write_text('{"kdamonds": [{"contexts": []}]}')
    (tmp_path / "broken.masim").write_text("a, 4096\n\nphase\nsoon\na, 0, 64, 1\n")
    return tmp_path


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(mistake, folder, capsys):
    arguments, words = MISTAKES[mistake]
    before = contents(folder)
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("damotui: ")
    assert said.err.count("\n") == 1
    assert len(said.err) < 400
    for word in words:
        assert word in said.err
    assert contents(folder) == before


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_mistake_in_a_process_of_its_own(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "damotui", *with_duration("0s")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "damotui: --duration: '0s' is no time to run: give a time above 0 with its unit, such as 60s, 500ms or 2m\n"
    )


def test_internal_error_is_one_sentence(capsys, monkeypatch):
    monkeypatch.delenv("DAMOTUI_DEBUG", raising=False)
    assert run_guarded(fail) == 1
    said = capsys.readouterr().err
    assert said.startswith("damotui: internal error (ZeroDivisionError: ")
    assert said.count("\n") == 1


def test_internal_error_shows_its_traceback_on_request(monkeypatch):
    monkeypatch.setenv("DAMOTUI_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run_guarded(fail)


def fail():
    return 1 // 0


def test_keyboard_interrupt_ends_with_130(capsys):
    def interrupted():
        raise KeyboardInterrupt

    assert run_guarded(interrupted) == 130
    assert capsys.readouterr().err == ""


def test_reader_that_goes_away_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "damotui", "workloads"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("arguments", [("--version",), ("workloads",)])
def test_output_that_cannot_be_written_is_one_sentence(arguments):
    with open("/dev/full", "w") as full:
        done = run_damotui(*arguments, stdout=full)
    assert (done.returncode, done.stderr) == (1, "damotui: the output can't be written: No space left on device\n")


def test_reader_of_the_version_that_goes_away_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    done = run_damotui("--version", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no shell that closes a stream")
def test_streams_may_be_closed(tmp_path):
    output = str(tmp_path / "x.data")
    recorded = run_damotui("record", "--workload", "stairs", "--duration", "100ms", "--output", output, closing="2")
    assert (recorded.returncode, recorded.stdout) == (0, "")
    for arguments in (("--version",), ("report", "heatmap", "--input", output)):
        done = run_damotui(*arguments, closing="1")
        assert (done.returncode, done.stderr) == (0, "")


def test_what_the_locale_cannot_say_becomes_a_question_mark(capsys, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert run_guarded(lambda: print("12 µs") or 0) == 0
    assert raw.getvalue() == b"12 ?s\n"
    assert capsys.readouterr().err == ""


def run_damotui(*arguments, stdout=subprocess.PIPE, closing=None):
    """Run the program; `closing` is the number of a stream that it finds closed."""
    shell = [] if closing is None else ["sh", "-c", f'exec "$@" {closing}>&-', "sh"]
    return subprocess.run(
        [*shell, sys.executable, "-m", "damotui", *arguments],
        cwd=ROOT,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
