"""A simulated system to write to and read from, by paths below `admin`."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import pytest

from engine.engine import Engine
from engine.files.errors import FileError
from engine.files.waiting import Waiting
from engine.system import ADMIN, System
from engine.versions import release
from engine.workload.library import Workload

C = "kdamonds/0/contexts/0"
S = f"{C}/schemes/0"
STATE = "kdamonds/0/state"
ULONG_MAX = str(2**64 - 1)

OLD = pytest.mark.parametrize("kernel", ["5.19", "6.1", "6.6", "6.12"])
"""Kernels with one place for a request."""
NEW = pytest.mark.parametrize("kernel", ["6.14", "6.18", "7.1", "next"])
"""Kernels that call into the kdamond."""


class Admin:
    """The directory `admin` of a system of its own."""

    def __init__(self, kernel: str = "7.1", **machine: Any) -> None:
        self.engine = Engine(kernel=release(kernel), **machine)
        self.system = System(self.engine)

    def write(self, path: str, text: str | bytes) -> int:
        """Write, and let time pass until it is done."""
        return self.system.write(f"{ADMIN}/{path}", text)

    def begin(self, path: str, text: str | bytes) -> Waiting:
        """Write, without waiting."""
        return self.system.begin_write(f"{ADMIN}/{path}", text)

    def read(self, path: str) -> str:
        """What a file shows."""
        return self.system.read(f"{ADMIN}/{path}")

    def list(self, path: str) -> list[str]:
        """What is in a directory."""
        return self.system.files.list(f"{ADMIN}/{path}")

    def refused(self, path: str, text: str | bytes) -> str:
        """Write what is refused; the name of the error."""
        return code_of(lambda: self.write(path, text))

    def set(self, values: dict[str, object]) -> None:
        """Write several files."""
        for path, value in values.items():
            self.write(path, str(value))

    def process(self, workload: Workload, *, loop: bool = True) -> int:
        """The pid of a process that runs from now on."""
        return self.engine.start_process(workload, loop=loop)

    def one_kdamond(self, ops: str = "vaddr", *, pid: int | None = None, schemes: int = 0) -> None:
        """Make one kdamond with one context: a target, if there is a pid or it is paddr, and so many schemes."""
        self.write("kdamonds/nr_kdamonds", "1")
        self.write("kdamonds/0/contexts/nr_contexts", "1")
        self.write(f"{C}/operations", ops)
        self.write(f"{C}/schemes/nr_schemes", str(schemes))
        if pid is not None or ops == "paddr":
            self.write(f"{C}/targets/nr_targets", "1")
        if pid is not None:
            self.write(f"{C}/targets/0/pid_target", str(pid))

    def one_kdamond_if_free(self, ops: str, pid: int) -> None:
        """The same, with a scheme, unless a kdamond runs or a command is under way."""
        try:
            self.begin("kdamonds/nr_kdamonds", "1")
        except FileError:
            return
        self.one_kdamond(ops, pid=pid, schemes=1)

    def match_all(self, scheme: int = 0) -> None:
        """Let a scheme match every region."""
        for what in ("sz", "nr_accesses", "age"):
            self.write(f"{C}/schemes/{scheme}/access_pattern/{what}/max", ULONG_MAX)

    def advance(self, us: int) -> None:
        """Let time pass."""
        self.system.advance(us)


def code_of(call: Callable[[], object]) -> str:
    """The name of the error with which a call fails."""
    with pytest.raises(FileError) as raised:
        call()
    return errno.errorcode[raised.value.code]


def error_of(waiting: Waiting) -> str:
    """The name of the error that a write ended with."""
    assert waiting.done
    return code_of(waiting.result)
