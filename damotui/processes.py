"""The processes of a simulated machine that a user names one by one, and the files of a machine on which they run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.errors import InputError, shown

if TYPE_CHECKING:
    from damotui.experiment import Experiment
    from engine.engine import Engine
    from engine.system import System
    from engine.workload.library import Workload

LOWEST_PID = 3
"""1 is init and 2 the parent of all kernel threads."""
HIGHEST_PID = 1 << 22
"""No Linux of 64 bits gives a greater one."""

_NAME = re.compile(r"[^\s:/\x00-\x1f]{1,255}")
_ACCEPTED = f"give NAME or NAME:PID, such as masim:4242, with a pid from {LOWEST_PID} to {HIGHEST_PID}"


@dataclass(frozen=True, slots=True)
class NamedProcess:
    """A process that is asked for."""

    name: str
    pid: int | None = None
    """None for the next free one."""

    def __str__(self) -> str:
        return self.name if self.pid is None else f"{self.name}:{self.pid}"


def parse_process(text: str) -> NamedProcess:
    """A process as `--process` takes it: `NAME` or `NAME:PID`.

    Raises:
        InputError: it is neither.
    """
    name, colon, pid = text.partition(":")
    if not _NAME.fullmatch(name):
        raise InputError(f"--process: {shown(text)} has no name that a process can have: {_ACCEPTED}")
    if not colon:
        return NamedProcess(name)
    if not (pid.isascii() and pid.isdigit() and len(pid) < 20 and LOWEST_PID <= int(pid) <= HIGHEST_PID):
        raise InputError(f"--process: {shown(text)} has no pid behind the colon that a process can have: {_ACCEPTED}")
    return NamedProcess(name, int(pid))


def start_system(experiment: Experiment, processes: Sequence[NamedProcess] = (), *, stage: bool = False) -> System:
    """A machine at time 0 with its files: the processes run, and no kdamond is on.

    Args:
        experiment: what it is made of.
        processes: all that run, each with the library's workload of its name, or else with a copy of the
            experiment's; none stands for those of the experiment.
        stage: write the experiment's kdamonds to the sysfs files; those begin empty otherwise.

    Raises:
        InputError: a process can't be started, or a kdamond can't be staged.
    """
    from engine.engine import Engine
    from engine.system import System

    engine = Engine(
        kernel=experiment.kernel,
        seed=experiment.seed,
        memory_bytes=experiment.node_bytes,
        swap_bytes=experiment.swap_bytes,
    )
    start_processes(engine, experiment, processes)
    system = System(engine)
    if stage:
        system.sysfs.stage(experiment.kdamonds)
    return system


def start_processes(engine: Engine, experiment: Experiment, processes: Sequence[NamedProcess] = ()) -> None:
    """Let processes run.

    Args:
        engine: on which.
        experiment: says how, and which, unless `processes` does.
        processes: each with the library's workload of its name, or else with a copy of the experiment's.

    Raises:
        InputError: one can't be started.
    """
    started = processes or experiment.processes
    if not started:
        engine.start_process(experiment.workload, loop=experiment.loop)
    # Given pids first: the next free one must not be a later process'.
    for process in sorted(started, key=lambda process: process.pid is None):
        try:
            engine.start_process(_workload(process.name, experiment), pid=process.pid, loop=experiment.loop)
        except InputError as error:
            raise InputError(f"--process {process.name}: {error}") from None


def _workload(name: str, experiment: Experiment) -> Workload:
    from engine.workload.library import load_workload, workload_names

    if name == experiment.workload.name:
        return experiment.workload
    if name in workload_names():
        return load_workload(name)
    return replace(experiment.workload, name=name)
