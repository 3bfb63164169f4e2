"""Workloads: a masim configuration with the machine that it runs on, from the library shipped here or from a file."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from engine.errors import InputError, shown
from engine.workload.header import Header, PhaseTruth, check_accesses_per_ms, check_batch, parse_header
from engine.workload.masim import MasimConfig, parse_masim

DEFAULT_MEMORY_BYTES: Final = 16 << 30
DEFAULT_ACCESSES_PER_MS: Final = 90_000.0
"""What a sequential sweep of pages reaches on a machine of today."""
DEFAULT_BATCH: Final = 131_072
"""masim's own."""

_SUFFIX: Final = ".masim"
_FILE_MAX_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Workload:
    """What a process does to memory, and the machine that it does it on.

    Raises:
        InputError: if there is neither one speed nor one for each phase, or a speed or the batch is out of range.
    """

    name: str
    description: str
    """Lines of text, the first of which can stand alone; may be empty."""
    memory_bytes: int
    """Memory of the machine that it needs."""
    config: MasimConfig
    accesses_per_ms: tuple[float, ...] = (DEFAULT_ACCESSES_PER_MS,)
    """Speed of the machine: one number, or one for each phase."""
    batch: int = DEFAULT_BATCH
    """Accesses between two draws of an access pattern."""
    truth: tuple[PhaseTruth, ...] = ()
    """What its author states of each phase, in order; empty if nothing."""
    text: str = field(default="", compare=False, repr=False)
    """The masim file that it was read from; empty if it was made otherwise."""

    def __post_init__(self) -> None:
        phases = len(self.config.phases)
        if len(self.accesses_per_ms) not in (1, phases):
            raise InputError(
                f"accesses_per_ms has {len(self.accesses_per_ms)} numbers, but must have one, "
                f"or one for each of the {phases} phases of {self.name}"
            )
        check_accesses_per_ms(self.accesses_per_ms)
        check_batch(self.batch)

    @property
    def footprint_bytes(self) -> int:
        """Bytes of all regions."""
        return self.config.footprint_bytes

    @property
    def duration_us(self) -> int:
        """Microseconds that all phases take."""
        return self.config.duration_us


def workload_names() -> list[str]:
    """Names of the workloads in the library, sorted."""
    return sorted(_shipped())


def all_workloads() -> list[Workload]:
    """All workloads of the library, sorted by name."""
    return [load_workload(name) for name in workload_names()]


def load_workload(name_or_path: str) -> Workload:
    """A workload by its name in the library, or from a masim file.

    A name of the library comes first: a file in the working directory that is called the same is reached as "./NAME".
    What a file's header leaves open (`engine.workload.header`) is masim's batch, a machine of today's speed, and 16 GiB
    of memory, doubled as often as the regions need it.

    Raises:
        InputError: if there is no such workload, or its file can't be read or is wrong.
    """
    shipped = _shipped()
    if name_or_path in shipped:
        return parse_workload(shipped[name_or_path].read_text("utf-8"), name_or_path, f"workload {name_or_path}")
    if not name_or_path or not (_looks_like_path(name_or_path) or os.path.exists(name_or_path)):
        raise InputError(_unknown(name_or_path, sorted(shipped)))
    path = Path(name_or_path)
    return parse_workload(_read(path), path.stem, name_or_path)


def parse_workload(text: str, name: str, where: str) -> Workload:
    """A workload from the content of a masim file.

    Args:
        text: the content.
        name: what to call the workload.
        where: what to call the file in errors.

    Raises:
        InputError: with `where` and, for what stands on one line, its number.
    """
    config = parse_masim(text, where)
    header = parse_header(text, where)
    _check_truth(header, config, where)
    try:
        return Workload(
            name=name,
            description=header.description,
            memory_bytes=header.memory_bytes or _memory_for(config.footprint_bytes),
            config=config,
            accesses_per_ms=header.accesses_per_ms or (DEFAULT_ACCESSES_PER_MS,),
            batch=header.batch or DEFAULT_BATCH,
            truth=header.truth,
            text=text,
        )
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _shipped() -> dict[str, Traversable]:
    folder = files("engine.workload") / "library"
    return {f.name.removesuffix(_SUFFIX): f for f in folder.iterdir() if f.name.endswith(_SUFFIX)}


def _looks_like_path(text: str) -> bool:
    return os.sep in text or bool(os.altsep and os.altsep in text) or bool(Path(text).suffix)


def _unknown(name: str, names: list[str]) -> str:
    close = get_close_matches(name.lower(), names, 1)
    hint = f", did you mean {close[0]}?" if close else ""
    return f"there is no workload {shown(name)}: give the path of a masim file, or one of {', '.join(names)}{hint}"


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_FILE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"workload file {str(path)!r} can't be read: {reason}") from None
    if len(content) > _FILE_MAX_BYTES:
        raise InputError(f"workload file {str(path)!r} is larger than 16 MiB and can't be a masim configuration")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise InputError(f"workload file {str(path)!r} is no text, but a masim configuration is") from None


def _memory_for(footprint_bytes: int) -> int:
    memory = DEFAULT_MEMORY_BYTES
    while memory < footprint_bytes * 9 // 8:
        memory *= 2
    return memory


def _check_truth(header: Header, config: MasimConfig, where: str) -> None:
    if not header.truth:
        return
    stated, phases = [t.phase for t in header.truth], [p.name for p in config.phases]
    if stated != phases:
        raise InputError(f"{where}: truth must be stated for each phase in order, {phases}, and is for {stated}")
    for truth in header.truth:
        total = truth.hot_bytes + truth.warm_bytes + truth.cold_bytes
        if total != config.footprint_bytes:
            raise InputError(
                f"{where}: the truth of phase {shown(truth.phase)} adds up to {total} bytes, "
                f"but the regions to {config.footprint_bytes}"
            )
