"""`damotui shell`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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


def shell(
    script: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Commands to carry out. Without it they are typed, or read from a pipe."),
    ] = None,
    text: Annotated[str | None, typer.Option("-c", metavar="TEXT", help="Commands to carry out instead.")] = None,
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
    from damotui.processes import parse_process
    from engine.errors import InputError, shown

    if script is not None and text is not None:
        raise InputError(
            f"-c: commands can't be given together with the script {shown(str(script))}: give one of the two"
        )
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

    from damotui.shell.start import ShellRequest, run_shell

    stage = kdamonds is not None or preset is not None
    return run_shell(ShellRequest(experiment, processes, stage, text, None if str(script) == "-" else script))
