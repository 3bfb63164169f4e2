"""`damotui mount`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damotui.cli.machine import (
    KernelOption,
    LoopOption,
    MemoryOption,
    NodesOption,
    PresetOption,
    ProcessOption,
    SeedOption,
    StagedOption,
    SwapOption,
    WorkloadOption,
    chosen_experiment,
)
from damotui.options import DEFAULT_WORKLOAD

if TYPE_CHECKING:
    from damotui.mount import Mounted


def mount(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="An empty directory; outside of /sys and /proc.")],
    speed: Annotated[str, typer.Option(metavar="X", help="Simulated seconds per second, 0.1 to 1000, or max.")] = "1",
    workload: WorkloadOption = DEFAULT_WORKLOAD,
    process: ProcessOption = None,
    kdamonds: StagedOption = None,
    preset: PresetOption = None,
    kernel: KernelOption = None,
    memory: MemoryOption = None,
    nodes: NodesOption = None,
    swap: SwapOption = None,
    loop: LoopOption = True,
    seed: SeedOption = "0",
) -> int:
    """Serve the command."""
    from damotui.options import parse_speed
    from damotui.processes import parse_process

    factor = parse_speed(speed)
    processes = tuple(parse_process(one) for one in process or ())
    experiment = chosen_experiment(
        workload=workload,
        kdamonds=kdamonds,
        preset=preset,
        kernel=kernel,
        memory=memory,
        nodes=nodes,
        swap=swap,
        loop=loop,
        seed=seed,
    )

    from damotui.exits import say
    from damotui.mount import serve
    from damotui.processes import start_system

    for note in experiment.notes:
        say(note)
    system = start_system(experiment, processes, stage=kdamonds is not None or preset is not None)
    return serve(system, directory, factor, _say_ready)


def _say_ready(mounted: Mounted) -> None:
    """Say what is mounted where, and how it ends; on one line, as programs may wait for it."""
    import os

    from engine.system import ADMIN, DEBUG, TRACE

    system, directory = mounted.system, mounted.directory
    paths = [ADMIN, *([DEBUG] if system.debugfs is not None else []), TRACE]
    where = ", ".join(str(directory / path) for path in paths)
    running = ", ".join(f"{process.name} (pid {process.pid})" for process in system.engine.snapshot().processes)
    unmount = "umount" if os.geteuid() == 0 else "fusermount3 -u"
    print(
        f"mounted: {where}; kernel {system.engine.kernel.name}; processes: {running};"
        f" Ctrl-C or {unmount} {directory} ends it",
        flush=True,
    )
