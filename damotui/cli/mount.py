"""`damotui mount`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damotui.options import DEFAULT_WORKLOAD

if TYPE_CHECKING:
    from damotui.mount import Mounted


def mount(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="An empty directory; outside of /sys and /proc.")],
    speed: Annotated[str, typer.Option(metavar="X", help="Simulated seconds per second, 0.1 to 1000, or max.")] = "1",
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
    from damotui.options import parse_memory, parse_nodes, parse_seed, parse_speed, parse_swap
    from damotui.processes import parse_process

    factor = parse_speed(speed)
    processes = tuple(parse_process(one) for one in process or ())
    seed_number = parse_seed(seed)
    memory_bytes = None if memory is None else parse_memory(memory)
    node_bytes = None if nodes is None else parse_nodes(nodes)
    swap_bytes = None if swap is None else parse_swap(swap)

    from damotui.exits import say
    from damotui.experiment import load_experiment
    from damotui.mount import serve
    from damotui.processes import start_system

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
