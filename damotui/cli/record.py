"""`damotui record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from damotui.cli.machine import (
    KernelOption,
    MemoryOption,
    NodesOption,
    PresetOption,
    SeedOption,
    SwapOption,
    WorkloadOption,
    chosen_experiment,
)
from damotui.options import parse_duration
from engine.errors import InputError


def record(
    workload: WorkloadOption,
    duration: Annotated[str, typer.Option(metavar="TIME", help="Simulated time to run, such as 60s.")],
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where the record goes, in damo's format.")],
    kdamonds: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="damo's kdamonds JSON; a vaddr target without pid is the workload's process. Without it, one "
            "kdamond monitors that process with the default intervals.",
        ),
    ] = None,
    preset: PresetOption = None,
    kernel: KernelOption = None,
    accesses_per_ms: Annotated[
        str | None,
        typer.Option(metavar="N[,N...]", help="Speed of the machine; one number, or one for each phase."),
    ] = None,
    batch: Annotated[
        str | None, typer.Option(metavar="N", help="Accesses between two draws of an access pattern.")
    ] = None,
    memory: MemoryOption = None,
    nodes: NodesOption = None,
    swap: SwapOption = None,
    loop: Annotated[bool, typer.Option("--loop", help="Start the workload again when it ends.")] = False,
    seed: SeedOption = "0",
    summary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write statistics and all that the run used, as JSON.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> int:
    """Serve the command."""
    duration_us = parse_duration(duration)
    speeds = None if accesses_per_ms is None else parse_speeds(accesses_per_ms)
    accesses = None if batch is None else parse_batch(batch)

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
        accesses_per_ms=speeds,
        batch=accesses,
    )

    from damotui.headless import RecordRequest
    from damotui.headless import record as run

    return run(RecordRequest(experiment, duration_us, output, summary, force))


def parse_speeds(text: str) -> tuple[float, ...]:
    """The machine's speed: accesses per millisecond, one number or one for each phase.

    Raises:
        InputError: a number can't be used.
    """
    from engine.workload.header import parse_accesses_per_ms

    try:
        return parse_accesses_per_ms(text)
    except InputError as error:
        raise InputError(f"--accesses-per-ms: {error}") from None


def parse_batch(text: str) -> int:
    """Accesses between two draws of an access pattern.

    Raises:
        InputError: it is no number, or out of range.
    """
    from engine.units import parse_count
    from engine.workload.header import check_batch

    try:
        return check_batch(parse_count(text))
    except InputError as error:
        raise InputError(f"--batch: {error}") from None
