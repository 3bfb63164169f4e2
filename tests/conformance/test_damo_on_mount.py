"""Real damo drives a simulated machine through its mounted files, and shows the figures that we show.

damo runs behind the two locks of `damo_sandbox`: in a mount namespace of its own in which our files cover the kernel's,
after a look whether that is so. Whatever is not as it has to be makes it refuse, and the test fail or skip.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from damotui.experiment import load_experiment
from damotui.formats import damo_command
from damotui.mount import Mounted
from damotui.processes import NamedProcess, start_system
from damotui.reports import access
from engine.config.model import (
    ULONG_MAX,
    AccessPattern,
    Context,
    Filter,
    Goal,
    Intervals,
    Kdamond,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.events import BeforeApply
from engine.records import read_record
from engine.system import ADMIN, System
from engine.versions import kernel_version
from tests.conformance.damo_sandbox import DAMON, REFUSED
from tests.damotui.mount.mounting import need_mounts

DAMO = Path(sys.executable).with_name("damo")
SANDBOX = Path(__file__).with_name("damo_sandbox.py")
PID = 31_337_042
"""Greater than any pid of a real machine, so that only ours can have it."""
CONTEXT = f"{ADMIN}/kdamonds/0/contexts/0"
STATE = f"{ADMIN}/kdamonds/0/state"
NAMESPACE = ["unshare", "-m", "--propagation", "private"]

Damo = Callable[..., subprocess.CompletedProcess[str]]


def _why_not() -> str:
    if os.geteuid() != 0:
        return "only root can make a mount namespace"
    if not DAMO.exists():
        return "damo is not installed beside this Python"
    if not os.path.isdir(DAMON):
        return f"there is no {DAMON} here to be covered"
    tracing = "mount -t tracefs none /sys/kernel/tracing"
    if shutil.which("unshare") is None or subprocess.run([*NAMESPACE, "sh", "-c", tracing], check=False).returncode:
        return "no mount namespace with tracefs can be made"
    return ""


@pytest.fixture(scope="module", autouse=True)
def possible() -> None:
    need_mounts()
    if why := _why_not():
        pytest.skip(f"damo can't be run safely here: {why}")


def machine(kernel: str) -> System:
    """A system whose first target is a process that only it has."""
    experiment = load_experiment(workload="stairs", kernel=kernel, seed=1, loop=True)
    system = start_system(experiment, [NamedProcess("stairs", PID)])
    for path, text in [
        ("kdamonds/nr_kdamonds", "1"),
        ("kdamonds/0/contexts/nr_contexts", "1"),
        ("kdamonds/0/contexts/0/targets/nr_targets", "1"),
        ("kdamonds/0/contexts/0/targets/0/pid_target", str(PID)),
    ]:
        system.write(f"{ADMIN}/{path}", text)
    return system


@pytest.fixture(params=["6.12", "7.1"])
def system(request: pytest.FixtureRequest) -> System:
    return machine(request.param)


@pytest.fixture
def damo(system: System, tmp_path: Path) -> Iterator[Damo]:
    """Runs damo on the mounted files of `system`, whose time passes as on the wall, and gives what it says."""
    files, home = tmp_path / "files", tmp_path / "home"
    files.mkdir()
    home.mkdir()

    def run(*arguments: str, marker: int = PID) -> subprocess.CompletedProcess[str]:
        sandbox = [sys.executable, str(SANDBOX), str(files), str(marker), str(home)]
        return subprocess.run(
            [*NAMESPACE, *sandbox, str(DAMO), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=tmp_path,
        )

    with Mounted(system, files, speed=1.0):
        yield run


def ok(done: subprocess.CompletedProcess[str]) -> str:
    """What it said, without colours; it must have succeeded."""
    assert done.returncode == 0, done.stdout + done.stderr
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def start(damo: Damo, command: str = "start", sample: str = "5ms", aggr: str = "100ms") -> None:
    intervals = ("--monitoring_intervals", sample, aggr, "1s")
    ok(damo(command, "--ops", "vaddr", "--target_pid", str(PID), *intervals, "--damos_action", "stat"))


REGIONS = ("--raw_number", "--format", "set", "region", "R <index> <start address> <size> <access hz> <age>")


def regions_in(text: str) -> list[list[float]]:
    """Index, start, size, accesses per second and age in microseconds of regions, as `REGIONS` makes damo say it."""
    return [[float(field) for field in line.split()[1:]] for line in text.splitlines() if line.startswith("R ")]


def test_damo_starts_tunes_and_stops(system: System, damo: Damo) -> None:
    start(damo)
    assert system.read(STATE) == "on\n"
    status = system.engine.kdamond_status(0)
    assert status is not None and status.config is not None
    context = status.config.contexts[0]
    assert (context.ops, context.targets[0].pid, context.intervals) == (
        "vaddr",
        PID,
        Intervals(5_000, 100_000, 1_000_000),
    )
    assert [scheme.action for scheme in context.schemes] == ["stat"]

    start(damo, "tune", "10ms", "200ms")
    status = system.engine.kdamond_status(0)
    assert status is not None and status.running and status.config is not None
    assert status.config.contexts[0].intervals == Intervals(10_000, 200_000, 1_000_000)

    ok(damo("stop"))
    assert (system.read(STATE), system.engine.is_running(0)) == ("off\n", False)


@pytest.mark.parametrize("system", ["7.1"], indirect=True)
def test_a_command_line_that_was_written_here_starts_what_it_was_written_for(system: System, damo: Damo) -> None:
    pattern = AccessPattern(Range(4096, ULONG_MAX), Range(0, 0), Range(1, ULONG_MAX))
    quotas = Quotas(0, 8 << 20, 1_000, Weights(0, 300, 700), (Goal("some_mem_psi_us", 1_000),))
    schemes = (
        Scheme("pageout", pattern, quotas=quotas, watermarks=Watermarks("none")),
        Scheme("stat", replace(pattern, sz=Range(0, ULONG_MAX)), filters=(Filter("anon", True),)),
    )
    context = Context("vaddr", Intervals(5_000, 100_000, 1_000_000), NrRegions(10, 500), (Target(),), schemes)
    text = damo_command((Kdamond((context,), 1_000),), kernel_version("7.1")).text
    done = subprocess.run(
        ["sh", "-c", f"damo() {{ printf '%s\\0' \"$@\"; }}\nPID={PID}\n{text}"],
        capture_output=True,
        text=True,
        check=True,
    )
    ok(damo(*done.stdout.split("\0")[:-1]))
    status = system.engine.kdamond_status(0)
    assert status is not None and status.running and status.config is not None
    (found,) = status.config.contexts
    assert (found.intervals, found.nr_regions, status.config.refresh_ms) == (
        context.intervals,
        context.nr_regions,
        1_000,
    )
    assert found.targets == (Target(PID),)
    pageout, stat = found.schemes
    assert (pageout.action, pageout.quotas) == ("pageout", quotas)
    assert (stat.action, stat.filters) == ("stat", schemes[1].filters)
    ranges = [(s.access_pattern.sz, s.access_pattern.nr_accesses.min, s.access_pattern.age.min) for s in found.schemes]
    assert ranges == [(Range(4096, ULONG_MAX), 0, 1), (Range(0, ULONG_MAX), 0, 1)]
    assert [s.access_pattern.nr_accesses.max for s in found.schemes] == [0, 0]
    ok(damo("stop"))


def test_what_damo_reports_of_damon_is_what_the_files_say(system: System, damo: Damo) -> None:
    start(damo)
    text = ok(damo("report", "damon"))
    # damo had the statistics updated before it read them, and nobody since.
    stats = {
        path.rpartition("/")[2]: int(system.read(path)) for path in system.files.walk(f"{CONTEXT}/schemes/0/stats")
    }
    assert stats["nr_tried"] > 0
    assert f"tried {stats['nr_tried']:,} times ({stats['sz_tried'] / 2**20:.3f} MiB)" in text
    assert f"applied {stats['nr_applied']} times ({stats['sz_applied']} B)" in text
    assert f"quota exceeded {stats['qt_exceeds']} times" in text
    status = system.engine.kdamond_status(0)
    assert status is not None
    assert f"state: on, pid: {status.pid}" in text
    assert f"pid: {PID}" in text
    assert "intervals: sample 5 ms, aggr 100 ms, update 1 s" in text


def test_the_regions_that_damo_shows_are_those_of_the_simulated_kdamond(system: System, damo: Damo) -> None:
    start(damo)
    with system.trace.open(("damon:damos_before_apply",)) as reader:
        text = ok(damo("report", "access", "--dont_merge_regions", *REGIONS))
        events = [event for event in reader.take_events() if isinstance(event, BeforeApply)]
    shown = [row[1:] for row in regions_in(text)]
    # It takes the scheme that is there, or adds one for this.
    rounds = [rows_of(event, int(scheme)) for event in events for scheme in set(event.scheme.tolist())]
    assert len(shown) >= 10
    assert shown in rounds


def rows_of(event: BeforeApply, scheme: int) -> list[list[float]]:
    """Start, size, accesses per second and age in microseconds of what a scheme was about to be applied to."""
    of = event.scheme == scheme
    columns = (event.start[of], (event.end - event.start)[of], event.nr_accesses[of] / 0.1, event.age[of] * 100_000.0)
    return [[float(value) for value in row] for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("system", ["6.18", "7.1"], indirect=True)
def test_a_recording_by_damo_has_the_same_figures_in_both_reports(system: System, damo: Damo, tmp_path: Path) -> None:
    """From 6.14 on: damo can't record snapshots of kernels without `sz_filter_passed`."""
    start(damo)
    path = tmp_path / "recorded"
    options = ("--exclude_child_tasks", "--do_record", "access", "--timeout", "30", "-o", str(path))
    ok(damo("record", "ongoing", "--snapshot", "0.2", "1", *options))
    shown = regions_in(ok(damo("report", "access", "--input", str(path), "--snapshot_idx", "0", "0", *REGIONS)))
    record = read_record(path)
    ours: list[dict[str, Any]] = access.to_json(record, snapshot=0)["snapshots"]
    figures = [
        [float(r["index"]), float(r["start"]), float(r["end"] - r["start"]), float(r["access_hz"]), float(r["age_us"])]
        for s in ours
        for r in s["regions"]
    ]
    assert len(shown) >= 10
    assert shown == figures


def test_it_is_not_started_where_the_files_are_not_ours(damo: Damo, system: System) -> None:
    before = system.read(STATE)
    done = damo("start", marker=PID + 1)
    assert done.returncode == REFUSED
    assert "damo was not started" in done.stderr
    assert system.read(STATE) == before == "off\n"
    outside = subprocess.run(
        [sys.executable, str(SANDBOX), "/nowhere", "1", "/nowhere", "echo", "started"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (outside.returncode, outside.stdout) == (REFUSED, "")
