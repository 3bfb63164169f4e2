"""`damotui mount` as a process: what it says, how it ends, and what it leaves behind."""

import contextlib
import errno
import os
import shutil
import signal
import subprocess

import pytest

from damotui.exits import run_guarded
from damotui.launch import main
from damotui.mount import device, serve
from damotui.mount.place import mounted_on
from engine.system import TRACE
from tests.damotui.mount.mounting import CONTEXT, KDAMONDS, STATE, Command, machine, mounted, need_mounts, until, write


@pytest.fixture
def place(tmp_path):
    need_mounts()
    directory = tmp_path / "files"
    directory.mkdir()
    yield directory
    if mounted_on(str(directory)) is not None:
        device.unmount(str(directory))


def test_one_line_tells_when_it_is_ready(place):
    unmount = "umount" if os.getuid() == 0 else "fusermount3 -u"
    with Command(place, "--kernel", "6.0", "--process", "masim:4242", "--process", "other:77") as command:
        assert command.said == (
            f"mounted: {place}/kernel/mm/damon/admin, {place}/kernel/debug/damon, {place}/trace; kernel 6.0;"
            f" processes: masim (pid 4242), other (pid 77); Ctrl-C or {unmount} {place} ends it\n"
        )
        assert sorted(os.listdir(place / "kernel")) == ["debug", "mm"]
        command.end()


@contextlib.contextmanager
def inherited(hangup):
    """Processes that are started meanwhile begin with this for SIGHUP."""
    before = signal.signal(signal.SIGHUP, hangup)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_unmounts(number, place):
    with inherited(signal.SIG_DFL), Command(place) as command:
        assert command.end(number) == (128 + number, "")
    assert mounted_on(str(place)) is None
    assert os.listdir(place) == []


def test_under_nohup_it_outlives_the_terminal(place):
    with inherited(signal.SIG_IGN), Command(place) as command:
        command.process.send_signal(signal.SIGHUP)
        assert command.end(signal.SIGTERM) == (128 + signal.SIGTERM, "")


def test_unmounting_from_outside_is_no_failure(place):
    with Command(place) as command:
        device.unmount(str(place))
        assert command.wait() == (0, "")


def test_time_passes_by_itself(place):
    with Command(place, "--preset", "wss", "--speed", "100") as command:
        write(place / STATE, b"on")
        with open(place / TRACE) as trace:
            lines = [trace.readline() for _ in range(200)]
        assert all(": damon:" in line for line in lines)
        write(place / STATE, b"update_schemes_stats")
        assert int((place / CONTEXT / "schemes/0/stats/nr_tried").read_text()) > 0
        command.end()


def test_nothing_is_staged_unless_it_is_asked_for(place):
    with Command(place, "--seed", "3") as command:
        assert (place / KDAMONDS / "nr_kdamonds").read_text() == "0\n"
        command.end()


def test_what_a_killed_one_left_is_cleared_away_by_the_next(place):
    with Command(place) as command:
        command.process.kill()
        command.wait()
        with pytest.raises(OSError) as dead:
            os.listdir(place)
        assert dead.value.errno == errno.ENOTCONN
    with Command(place) as command:
        assert (place / KDAMONDS / "nr_kdamonds").read_text() == "0\n"
        command.end()
    assert os.listdir(place) == []


def test_two_at_one_place_are_one_too_many(place, capsys):
    with Command(place) as command:
        assert main(["mount", str(place)]) == 2
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1)
        assert "running damotui" in said.err
        assert main(["mount", str(place / "kernel")]) == 2
        assert "inside a mount of damotui" in capsys.readouterr().err
        assert command.end() == (143, "")


def test_a_shell_speaks_to_it(place):
    with Command(place) as command:
        done = subprocess.run(
            ["sh", "-c", f"echo 1 > {KDAMONDS}/nr_kdamonds; echo 1 > {KDAMONDS}/0/pid; cat {KDAMONDS}/0/state"],
            cwd=place,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stdout == "off\n"
        assert "Permission denied" in done.stderr
        command.end()


def test_an_error_of_the_engine_is_one_sentence(place, capsys, monkeypatch):
    monkeypatch.delenv("DAMOTUI_DEBUG", raising=False)
    system = machine()
    monkeypatch.setattr(system.engine, "advance", lambda duration_us: 1 // 0)
    assert run_guarded(lambda: serve(system, place, 1.0, lambda mounted: None)) == 1
    said = capsys.readouterr().err
    assert said.startswith("damotui: internal error (ZeroDivisionError: ")
    assert said.count("\n") == 1
    assert mounted_on(str(place)) is None


def test_an_error_in_an_answer_is_one_sentence(place, capsys, monkeypatch):
    monkeypatch.delenv("DAMOTUI_DEBUG", raising=False)
    system = machine()
    monkeypatch.setattr(system.files, "stat", lambda path: 1 // 0)

    def look(mounted):
        with contextlib.suppress(OSError):
            os.stat(place / TRACE)

    assert run_guarded(lambda: serve(system, place, 1.0, look)) == 1
    assert "internal error (ZeroDivisionError: " in capsys.readouterr().err
    assert mounted_on(str(place)) is None


@pytest.mark.skipif(shutil.which("fusermount3") is None, reason="there is no fusermount3, of the package fuse3")
def test_who_is_not_root_mounts_by_the_helper(place, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with mounted(machine(), place) as mount:
        assert mounted_on(str(mount.directory)).type == "fuse.damotui"
        assert (mount.directory / KDAMONDS / "nr_kdamonds").read_text() == "0\n"


def test_the_handlers_of_signals_are_put_back(place):
    before = signal.getsignal(signal.SIGTERM)
    code = serve(machine(), place, 1.0, lambda mounted: os.kill(os.getpid(), signal.SIGTERM))
    assert code == 143
    assert signal.getsignal(signal.SIGTERM) is before


def test_waiting_programs_do_not_keep_it_from_ending(place):
    with Command(place) as command:
        reader = subprocess.Popen(["cat", place / TRACE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until(lambda: any(os.readlink(f.path) == str(place / TRACE) for f in files_of(reader)), "the opening")
        assert command.end() == (143, "")
        assert reader.wait(timeout=30) in (0, 1)
        reader.communicate()


def files_of(process):
    return [entry for entry in os.scandir(f"/proc/{process.pid}/fd") if os.path.islink(entry.path)]
