"""What the tests of mounts share: a machine whose files are mounted, and why they can't be where they can't."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from damotui.experiment import load_experiment
from damotui.mount import Mounted
from damotui.mount.device import mount, unmount
from damotui.mount.place import mounted_on
from damotui.processes import NamedProcess, start_system
from engine.errors import InputError
from engine.system import ADMIN

ROOT = Path(__file__).parents[3]
PATIENCE_S = 30
PID = 4242
KDAMONDS = f"{ADMIN}/kdamonds"
CONTEXT = f"{KDAMONDS}/0/contexts/0"
STATE = f"{KDAMONDS}/0/state"


@cache
def why_not():
    """Why nothing can be mounted here; empty if it can."""
    with tempfile.TemporaryDirectory() as directory:
        try:
            device = mount(directory)
        except InputError as error:
            return str(error)
        unmount(directory)
        os.close(device)
    return ""


def need_mounts():
    """Skip the test, with the reason, where nothing can be mounted."""
    if why_not():
        pytest.skip(f"nothing can be mounted here: {why_not()}")


def machine(kernel="7.1", workload="stairs", seed=0):
    """A machine with one process, and nothing staged."""
    return start_system(
        load_experiment(workload=workload, kernel=kernel, seed=seed, loop=True), [NamedProcess("stairs", PID)]
    )


def stage(system, *, schemes=0):
    """Write what monitors the process."""
    for path, text in [
        (f"{KDAMONDS}/nr_kdamonds", "1"),
        (f"{KDAMONDS}/0/contexts/nr_contexts", "1"),
        (f"{CONTEXT}/operations", "vaddr"),
        (f"{CONTEXT}/targets/nr_targets", "1"),
        (f"{CONTEXT}/targets/0/pid_target", str(PID)),
        (f"{CONTEXT}/schemes/nr_schemes", str(schemes)),
    ]:
        system.write(path, text)
    for index in range(schemes):
        system.write(f"{CONTEXT}/schemes/{index}/action", "stat")
        for name in ("sz", "nr_accesses", "age"):
            system.write(f"{CONTEXT}/schemes/{index}/access_pattern/{name}/max", str((1 << 32) - 1))


@contextmanager
def mounted(system, directory, speed=None):
    """The files of a machine, mounted on an empty directory below `directory`; no fault may come up."""
    need_mounts()
    place = directory / "files"
    place.mkdir(exist_ok=True)
    with Mounted(system, place, speed=speed) as mount:
        yield mount
    if mount.fault is not None:
        raise mount.fault
    assert mounted_on(str(place)) is None


def until(condition, what):
    """Wait for a condition, at most for a while."""
    ends_s = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > ends_s:
            raise AssertionError(f"{what} did not happen within {PATIENCE_S} s")
        time.sleep(0.005)


def write(path, data):
    """One write to a file, and its count."""
    opened = os.open(path, os.O_WRONLY)
    try:
        return os.write(opened, data)
    finally:
        os.close(opened)


class Command:
    """`damotui mount` in a process of its own."""

    def __init__(self, directory, *arguments):
        need_mounts()
        command = [sys.executable, "-m", "damotui", "mount", str(directory), "--workload", "stairs", *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        assert select.select([self.process.stdout], [], [], PATIENCE_S)[0], "it never said that it is ready"
        self.said = self.process.stdout.readline()

    def end(self, number=signal.SIGTERM):
        """Send a signal, and give the exit code and what was said on standard error."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self):
        """The exit code and what was said on standard error."""
        _, said = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, said

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate(timeout=PATIENCE_S)
