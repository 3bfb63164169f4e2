"""All that determines a run: read from what a user named, checked, and made into an engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from damotui.defaults import default_kdamonds
from damotui.kdamonds_file import read_kdamonds
from damotui.presets import load_preset
from damotui.processes import NamedProcess, start_processes
from engine.config.model import Kdamond
from engine.config.validate import check
from engine.engine import Engine
from engine.errors import InputError, shown
from engine.versions import DEFAULT_KERNEL, Kernel, kernel_version
from engine.workload.library import Workload, load_workload


@dataclass(frozen=True, slots=True)
class Experiment:
    """Two equal experiments give the same bytes, with the same version of numpy."""

    workload: Workload
    kernel: Kernel
    kdamonds: tuple[Kdamond, ...]
    seed: int
    node_bytes: tuple[int, ...]
    """Memory of each NUMA node; one for a machine that has no several."""
    swap_bytes: int
    loop: bool
    """Whether the workload starts again when it ends."""
    notes: tuple[str, ...] = ()
    """What of the kdamonds file was passed over, a sentence each."""
    processes: tuple[NamedProcess, ...] = ()
    """What runs at first; none stands for the workload alone."""

    @property
    def memory_bytes(self) -> int:
        """All memory of the machine."""
        return sum(self.node_bytes)


def load_experiment(
    *,
    workload: str,
    kdamonds: Path | None = None,
    preset: str | None = None,
    kernel: str | None = None,
    seed: int = 0,
    memory_bytes: int | None = None,
    node_bytes: tuple[int, ...] | None = None,
    swap_bytes: int | None = None,
    loop: bool = False,
    accesses_per_ms: tuple[float, ...] | None = None,
    batch: int | None = None,
) -> Experiment:
    """Look up what a user named and check that it fits together.

    Args:
        workload: name in the library, or path of a masim file.
        kdamonds: file of damo's JSON.
        preset: name of a preset instead; None, and no file, stands for the default.
        kernel: release whose DAMON runs; None stands for the newest.
        seed: of all chance.
        memory_bytes: of the machine; None stands for what the workload asks for.
        node_bytes: of each NUMA node instead; None stands for as many equal ones as a preset needs, else for one.
        swap_bytes: of the machine; None stands for as much as there is memory.
        loop: whether the workload starts again when it ends.
        accesses_per_ms: speed of the machine in place of the workload's: one number, or one for each phase.
        batch: accesses between two draws of a pattern, in place of the workload's.

    Raises:
        InputError: something can't be found, read or used.
    """
    loaded = load_workload(workload)
    if accesses_per_ms is not None:
        loaded = replace(loaded, accesses_per_ms=accesses_per_ms)
    if batch is not None:
        loaded = replace(loaded, batch=batch)
    release = kernel_version(kernel or DEFAULT_KERNEL)
    if memory_bytes is not None and node_bytes is not None:
        raise InputError("--nodes: sizes can't be given together with --memory: give one of the two")
    memory = loaded.memory_bytes if memory_bytes is None else memory_bytes
    notes: list[str] = []
    chosen, nodes = _chosen_kdamonds(kdamonds, preset, release, node_bytes or memory, notes)
    return Experiment(
        workload=loaded,
        kernel=release,
        kdamonds=chosen,
        seed=seed,
        node_bytes=nodes,
        swap_bytes=sum(nodes) if swap_bytes is None else swap_bytes,
        loop=loop,
        notes=tuple(notes),
    )


def start_engine(experiment: Experiment) -> Engine:
    """A new engine at time 0, with its processes running and every kdamond on.

    Raises:
        InputError: a kdamond can't be turned on for this workload.
    """
    engine = Engine(
        kernel=experiment.kernel,
        seed=experiment.seed,
        memory_bytes=experiment.node_bytes,
        swap_bytes=experiment.swap_bytes,
    )
    start_processes(engine, experiment)
    for index, kdamond in enumerate(experiment.kdamonds):
        engine.turn_on(index, kdamond)
    return engine


def _chosen_kdamonds(
    path: Path | None, preset: str | None, kernel: Kernel, memory: int | tuple[int, ...], notes: list[str]
) -> tuple[tuple[Kdamond, ...], tuple[int, ...]]:
    """The kdamonds, and the memory of each node of the machine: as given if as several figures."""
    if preset is None:
        given = memory if isinstance(memory, tuple) else (memory,)
        return default_kdamonds() if path is None else _read_kdamonds(path, kernel, notes), given
    if path is not None:
        raise InputError(f"--preset: {shown(preset)} can't be used together with --kdamonds: give one of the two")
    try:
        found = load_preset(preset)
        found.check_kernel(kernel)
        nodes = memory if isinstance(memory, tuple) else found.nodes_of(memory)
        return found.for_machine(sum(nodes), nodes), nodes
    except InputError as error:
        raise InputError(f"--preset: {error}") from None


def _read_kdamonds(path: Path, kernel: Kernel, notes: list[str]) -> tuple[Kdamond, ...]:
    kdamonds = read_kdamonds(path, notes, "--kdamonds: ")
    for index, kdamond in enumerate(kdamonds):
        try:
            check(kdamond, kernel)
        except InputError as error:
            raise InputError(f"{path}: kdamonds[{index}].{error}") from None
    return kdamonds
