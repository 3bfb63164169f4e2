"""`damotui shell`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from damotui.options import DEFAULT_WORKLOAD


def shell(
    script: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Commands to carry out. Without it they are typed, or read from a pipe."),
    ] = None,
    text: Annotated[str | None, typer.Option("-c", metavar="TEXT", help="Commands to carry out instead.")] = None,
    workload: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Workload of the library, or a masim file.")
    ] = DEFAULT_WORKLOAD,
    process: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:PID]",
            help="A process of that name and pid, running the library's workload of that name, or else a copy of "
            "--workload's. May be repeated; if given, only these run.",
        ),
    ] = None,
    kdamonds: Annotated[
        Path | None, typer.Option(metavar="FILE", help="damo's kdamonds JSON, to begin with in the sysfs files.")
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Kdamonds of a preset, as damotui presets lists them, instead of a file."),
    ] = None,
    kernel: Annotated[
        str | None, typer.Option(metavar="V", help="Release whose files these are, such as 6.0. [default: the newest]")
    ] = None,
    memory: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Memory of the machine, such as 16GiB. [default: the workload's]")
    ] = None,
    nodes: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE[,SIZE...]", help="Memory of each NUMA node, such as 8GiB,8GiB, instead of --memory."
        ),
    ] = None,
    swap: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Swap of the machine; 0 is none. [default: as much as memory]")
    ] = None,
    loop: Annotated[bool, typer.Option(help="Start the workload again when it ends.")] = True,
    seed: Annotated[str, typer.Option(metavar="N", help="Seed of all chance.")] = "0",
) -> int:
    """Serve the command."""
    from damotui.options import parse_memory, parse_nodes, parse_seed, parse_swap
    from damotui.processes import parse_process
    from engine.errors import InputError, shown

    if script is not None and text is not None:
        raise InputError(
            f"-c: commands can't be given together with the script {shown(str(script))}: give one of the two"
        )
    processes = tuple(parse_process(one) for one in process or ())
    seed_number = parse_seed(seed)
    memory_bytes = None if memory is None else parse_memory(memory)
    node_bytes = None if nodes is None else parse_nodes(nodes)
    swap_bytes = None if swap is None else parse_swap(swap)

    from damotui.experiment import load_experiment
    from damotui.shell.start import ShellRequest, run_shell

    experiment = load_experiment(
        workload=workload,
        kdamonds=kdamonds,
        preset=preset,
        kernel=kernel,
        seed=seed_number,
        memory_bytes=memory_bytes,
        node_bytes=node_bytes,
        swap_bytes=swap_bytes,
        loop=loop,
    )
    stage = kdamonds is not None or preset is not None
    return run_shell(ShellRequest(experiment, processes, stage, text, None if str(script) == "-" else script))
