"""The options that say what a simulated machine is made of, as several commands have them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from damotui.experiment import Experiment

WorkloadOption = Annotated[str, typer.Option(metavar="NAME|FILE", help="Workload of the library, or a masim file.")]
ProcessOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME[:PID]",
        help="A process of that name and pid, running the library's workload of that name, or else a copy of "
        "--workload's. May be repeated; if given, only these run.",
    ),
]
StagedOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="damo's kdamonds JSON, to begin with in the sysfs files.")
]
PresetOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Kdamonds of a preset, as damotui presets lists them, instead of a file."),
]
KernelOption = Annotated[
    str | None, typer.Option(metavar="V", help="Release whose DAMON this is, such as 6.12. [default: the newest]")
]
MemoryOption = Annotated[
    str | None, typer.Option(metavar="SIZE", help="Memory of the machine, such as 16GiB. [default: the workload's]")
]
NodesOption = Annotated[
    str | None,
    typer.Option(metavar="SIZE[,SIZE...]", help="Memory of each NUMA node, such as 8GiB,8GiB, instead of --memory."),
]
SwapOption = Annotated[
    str | None, typer.Option(metavar="SIZE", help="Swap of the machine; 0 is none. [default: as much as memory]")
]
LoopOption = Annotated[bool, typer.Option(help="Start the workload again when it ends.")]
SeedOption = Annotated[str, typer.Option(metavar="N", help="Seed of all chance.")]


def chosen_experiment(
    *,
    workload: str,
    kdamonds: Path | None,
    preset: str | None,
    kernel: str | None,
    memory: str | None,
    nodes: str | None,
    swap: str | None,
    loop: bool,
    seed: str,
    accesses_per_ms: tuple[float, ...] | None = None,
    batch: int | None = None,
) -> Experiment:
    """What these options ask for, as they were typed.

    Raises:
        InputError: one of them can't be used, or they don't fit together.
    """
    from damotui.options import parse_memory, parse_nodes, parse_seed, parse_swap

    seed_number = parse_seed(seed)
    memory_bytes = None if memory is None else parse_memory(memory)
    node_bytes = None if nodes is None else parse_nodes(nodes)
    swap_bytes = None if swap is None else parse_swap(swap)

    from damotui.experiment import load_experiment

    return load_experiment(
        workload=workload,
        kdamonds=kdamonds,
        preset=preset,
        kernel=kernel,
        seed=seed_number,
        memory_bytes=memory_bytes,
        node_bytes=node_bytes,
        swap_bytes=swap_bytes,
        loop=loop,
        accesses_per_ms=accesses_per_ms,
        batch=batch,
    )
