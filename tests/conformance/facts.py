"""A small simulated machine, and short ways to use its sysfs and debugfs files."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from engine.engine import Engine
from engine.files.errors import FileError
from engine.files.waiting import Waiting
from engine.system import ADMIN, DEBUG, System
from engine.versions import release
from tests.engine.make import GIB, MIB, workload

K = "kdamonds/0"
C = f"{K}/contexts/0"
S = f"{C}/schemes/0"
STATE = f"{K}/state"
ATTRS = f"{C}/monitoring_attrs"
REGIONS = f"{C}/targets/0/regions"
ULONG_MAX = str(2**64 - 1)
LOAD = workload({"a": 24 * MIB}, (3_600_000, [("a", False, 4096, 1)]))
BOTH = pytest.mark.parametrize("kernel", ["6.1", "6.12"])


@dataclass
class Machine:
    """A simulated machine of 1 GiB with processes, and short ways to use its files; answers are names of errors."""

    kernel: str
    processes: int = 1
    pids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = Engine(kernel=release(self.kernel), memory_bytes=GIB)
        self.system = System(self.engine)
        self.pids = [self.engine.start_process(LOAD) for _ in range(self.processes)]

    def write(self, path: str, text: str | bytes, root: str = ADMIN) -> str:
        try:
            self.system.write(f"{root}/{path}", text)
        except FileError as error:
            return error.name
        return ""

    def begin(self, path: str, text: str) -> Waiting:
        return self.system.begin_write(f"{ADMIN}/{path}", text)

    def read(self, path: str, root: str = ADMIN) -> str:
        try:
            return self.system.read(f"{root}/{path}").removesuffix("\n")
        except FileError as error:
            return error.name

    def debug(self, path: str, text: str | bytes) -> str:
        return self.write(path, text, DEBUG)

    def debugged(self, path: str) -> str:
        return self.read(path, DEBUG)

    @property
    def monitor_on(self) -> str:
        return "monitor_on" if self.kernel == "6.1" else "monitor_on_DEPRECATED"

    def wait(self, ms: int) -> None:
        self.system.advance(ms * 1_000)

    def list(self, path: str) -> list[str]:
        return self.system.files.list(f"{ADMIN}/{path}")

    def set(self, values: dict[str, object], below: str = "") -> None:
        for path, value in values.items():
            assert self.write(f"{below}{path}", str(value)) == "", (path, value)

    def configure(self, ops: str = "vaddr", targets: int = 1, schemes: int = 0) -> None:
        self.set({"kdamonds/nr_kdamonds": 1, f"{K}/contexts/nr_contexts": 1, f"{C}/operations": ops})
        self.set({f"{C}/targets/nr_targets": targets, f"{C}/schemes/nr_schemes": schemes})
        for target in range(targets if ops != "paddr" else 0):
            self.set({f"{C}/targets/{target}/pid_target": self.pids[min(target, len(self.pids) - 1)]})
        for scheme in range(schemes):
            for what in ("sz", "nr_accesses", "age"):
                self.set({f"{C}/schemes/{scheme}/access_pattern/{what}/max": ULONG_MAX})

    def stats(self, scheme: int = 0) -> dict[str, int]:
        assert self.write(STATE, "update_schemes_stats") == ""
        at = f"{C}/schemes/{scheme}/stats"
        return {name: int(self.read(f"{at}/{name}")) for name in self.list(at)}


def running(kernel: str, ops: str = "vaddr", targets: int = 1, schemes: int = 0, processes: int = 1) -> Machine:
    machine = Machine(kernel, processes)
    machine.configure(ops, targets, schemes)
    assert machine.write(STATE, "on") == ""
    machine.wait(400)
    return machine
