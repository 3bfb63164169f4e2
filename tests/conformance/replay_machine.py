"""The machine on which a transcript is played: what the transcript tells of processes and modules happens on it."""

from __future__ import annotations

import re
from typing import Final

from engine.config.model import Context, Kdamond
from engine.engine import Engine
from engine.errors import InputError
from engine.system import System
from engine.versions import Kernel
from engine.workload.library import Workload
from engine.workload.masim import Access, MasimConfig, MasimRegion, Phase
from tests.conformance.transcript import Step

MEMORY_BYTES: Final = 1 << 30
"""Of the machines on which transcripts are made."""
ABOVE_ALL_PIDS: Final = 1 << 22
"""Processes have the pids of the transcript, whatever they are; kdamonds have those that a kernel never gives."""
_HOUR_MS = 3_600_000
_ENABLED = re.compile(r"module/(damon_[^/]+)/parameters/enabled")
_FIRST_INDEX = 1 << 24
"""Kdamonds of modules have numbers from here on, which no other interface uses."""


def new_system(kernel: Kernel) -> System:
    """A system as it is when a transcript begins: nothing monitored, no process."""
    return System(Engine(kernel=kernel, memory_bytes=MEMORY_BYTES, first_kdamond_pid=ABOVE_ALL_PIDS))


class Machine:
    """Processes come and go, and modules use DAMON.

    Args:
        system: must not be locked by whoever calls.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._modules: dict[str, int] = {}
        """Indices of their kdamonds."""

    def spawn(self, pid: int, mib: int) -> None:
        """Start a process that uses so much memory.

        Raises:
            InputError: the pid is or was in use, or the memory too little.
        """
        with self._system.lock:
            self._system.engine.start_process(_workload(mib), pid=pid, loop=True)

    def kill(self, pid: int) -> None:
        """End a process.

        Raises:
            InputError: there is none of that number.
        """
        with self._system.lock:
            self._system.engine.kill_process(pid)

    def note(self, step: Step) -> None:
        """Do what an operation on other files did: a module that is turned on monitors, and for itself alone."""
        found = _ENABLED.fullmatch(step.path)
        if found is None or step.op != "write" or step.answer.errno or not step.data:
            return
        index = self._modules.setdefault(found[1], _FIRST_INDEX + len(self._modules))
        on = step.data[:1] in b"yYtT1" or step.data[:2].lower() == b"on"
        with self._system.lock:
            engine = self._system.engine
            try:
                if on and not engine.is_running(index):
                    engine.start_together({index: Kdamond((Context(ops="paddr"),))}, exclusive=True)
                elif not on and engine.is_running(index):
                    engine.turn_off(index)
            except InputError:
                # Up to 6.1 the kernel takes the word, and then does not start it.
                return


def _workload(mib: int) -> Workload:
    size = max(mib, 1) << 20
    touch = Access("memory", random=False, stride=4096, weight=1)
    config = MasimConfig((MasimRegion("memory", size),), (Phase("work", _HOUR_MS, (touch,)),))
    return Workload(f"workload of {mib} MiB", "", MEMORY_BYTES, config)
