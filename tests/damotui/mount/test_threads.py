"""Several programs at once, while time passes: whatever they do, the files stay whole and the engine lives."""

import errno
import os
import random
import threading

import pytest

from engine.system import TRACE
from tests.damotui.mount.mounting import CONTEXT, KDAMONDS, PATIENCE_S, STATE, machine, mounted, stage, until, write

THREADS = 8
DEEDS = 150
EXPECTED = {
    errno.EACCES,
    errno.EBUSY,
    errno.ECANCELED,
    errno.EINVAL,
    errno.EISDIR,
    errno.ENODEV,
    errno.ENOENT,
    errno.ENOMEM,
    errno.ENOTDIR,
    errno.EPERM,
    errno.ERANGE,
}
COUNTS = [
    f"{KDAMONDS}/nr_kdamonds",
    f"{KDAMONDS}/0/contexts/nr_contexts",
    f"{CONTEXT}/targets/nr_targets",
    f"{CONTEXT}/targets/0/regions/nr_regions",
    f"{CONTEXT}/schemes/nr_schemes",
    f"{CONTEXT}/schemes/0/quotas/goals/nr_goals",
]
COMMANDS = [
    "on",
    "off",
    "commit",
    "update_schemes_stats",
    "update_schemes_tried_regions",
    "clear_schemes_tried_regions",
]
TEXTS = [
    "0",
    "1",
    "2",
    "7\n",
    "-1",
    "x",
    "4242",
    "vaddr",
    "paddr",
    "stat",
    "pageout",
    "on",
    "Y",
    "99999999999999999999",
]


class Visitor(threading.Thread):
    """A program that does as chance has it."""

    def __init__(self, place, seed):
        super().__init__(daemon=True)
        self._place = place
        self._chance = random.Random(seed)
        self.surprise = None
        self.done = 0
        self.start()

    def run(self):
        try:
            for _ in range(DEEDS):
                self._act()
                self.done += 1
        except BaseException as error:
            self.surprise = error

    def _act(self):
        chance = self._chance
        try:
            match chance.choices(["read", "value", "count", "command", "list", "trace"], [30, 30, 6, 12, 15, 7])[0]:
                case "read":
                    self._some_file().read_bytes()
                case "value":
                    write(self._some_file(), chance.choice(TEXTS).encode())
                case "count":
                    write(self._place / chance.choice(COUNTS), str(chance.choice([0, 1, 1, 1, 2])).encode())
                case "command":
                    write(self._place / STATE, chance.choice(COMMANDS).encode())
                case "list":
                    os.listdir(self._some_directory())
                case "trace":
                    self._look_at_trace()
        except OSError as error:
            if error.errno not in EXPECTED:
                raise

    def _some_directory(self):
        path = self._place / "kernel"
        for _ in range(self._chance.randrange(9)):
            below = [entry.path for entry in os.scandir(path) if entry.is_dir()]
            if not below:
                break
            path = self._chance.choice(sorted(below))
        return path

    def _some_file(self):
        below = sorted(entry.path for entry in os.scandir(self._some_directory()) if entry.is_file())
        return self._place.__class__(self._chance.choice(below)) if below else self._place / STATE

    def _look_at_trace(self):
        opened = os.open(self._place / TRACE, os.O_RDONLY | os.O_NONBLOCK)
        try:
            os.read(opened, 4096)
        except BlockingIOError:
            pass
        finally:
            os.close(opened)


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_whatever_they_do_the_files_stay_whole(kernel, tmp_path):
    system = machine(kernel)
    stage(system, schemes=1)
    with mounted(system, tmp_path, speed=20.0) as mount:
        visitors = [Visitor(mount.directory, seed) for seed in range(THREADS)]
        for visitor in visitors:
            visitor.join(4 * PATIENCE_S)
        assert [visitor.surprise for visitor in visitors] == [None] * THREADS
        assert [visitor.done for visitor in visitors] == [DEEDS] * THREADS
        assert mount.waiting == 0
        check_whole(system, mount)


def check_whole(system, mount):
    """Everything reads as the machine says, and a kdamond can be set up, run and taken away."""
    place = mount.directory
    now_us = system.engine.now_us
    until(lambda: system.engine.now_us > now_us, "the passing of time")
    for index in range(int((place / KDAMONDS / "nr_kdamonds").read_text())):
        if (place / KDAMONDS / str(index) / "state").read_text() == "on\n":
            write(place / KDAMONDS / str(index) / "state", b"off")
    with system.lock:
        paths = list(system.files.walk())
    assert sorted(str(path.relative_to(place)) for path in place.rglob("*")) == sorted(paths)
    write(place / KDAMONDS / "nr_kdamonds", b"0")
    for path, text in [
        (f"{KDAMONDS}/nr_kdamonds", b"1"),
        (f"{KDAMONDS}/0/contexts/nr_contexts", b"1"),
        (f"{CONTEXT}/operations", b"vaddr"),
        (f"{CONTEXT}/targets/nr_targets", b"1"),
        (f"{CONTEXT}/targets/0/pid_target", b"4242"),
        (STATE, b"on"),
    ]:
        write(place / path, text)
    with open(place / TRACE) as trace:
        assert "damon:damon_aggregated" in trace.readline()
    write(place / STATE, b"off")
