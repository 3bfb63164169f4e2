"""What a real kernel's monitoring of masim found: the figures that a simulation of it is compared with.

`extract` takes them from one recording's folder; a `Recording` is kept as a JSON file, a few kilobytes each.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.errors import InputError
from engine.workload.library import DEFAULT_BATCH

PERCENTILES = (25, 50, 75)
EDGE_S = 0.37
"""Snapshots that end earlier than this after a phase began are left out of its access ratios: they show the change."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One run of masim under a real kdamond. Sizes are bytes, times microseconds."""

    name: str
    about: str
    kernel: str
    ops: str
    min_nr_regions: int
    max_nr_regions: int
    update_us: int
    samples_per_aggregation: int
    aggregation_us: float
    """Median of the time between two aggregations; longer than asked for on the emulated machine."""
    fixed_regions: tuple[str, ...]
    """masim regions that were given as initial regions (fvaddr)."""
    batch: int
    accesses_per_ms: tuple[float, ...]
    """As masim printed them, one per phase."""
    masim: str
    nr_snapshots: int
    wss_bytes: tuple[int, ...]
    """Percentiles `PERCENTILES`, over the snapshots, of the bytes with nr_accesses > 0."""
    nr_regions: float
    ratios: dict[str, dict[str, float]]
    """For each phase and masim region: nr_accesses / maximum, weighted by bytes, mean over the phase's snapshots."""

    @property
    def sample_us(self) -> int:
        """The sampling interval with which exact virtual time gives the recorded aggregation interval."""
        return round(self.aggregation_us / self.samples_per_aggregation)


def percentiles(values: Sequence[int]) -> tuple[int, ...]:
    """`PERCENTILES` of values, without interpolation."""
    ranked = sorted(values)
    return tuple(ranked[min(len(ranked) - 1, len(ranked) * p // 100)] for p in PERCENTILES)


def extract(folder: Path) -> Recording:
    """The figures of a recording's folder.

    Raises:
        InputError: it has not got all that is needed, or shows what the simulation has no counterpart of.
    """
    reason = _unfit(folder)
    if reason:
        raise InputError(f"{folder.name}: {reason}")
    try:
        compared = json.loads((folder / "comparators.json").read_text())
        return _extract(folder, compared, _settings(folder))
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"{folder.name} is no recording with comparators.json as expected: {error!r}") from None


def _extract(folder: Path, compared: dict[str, Any], settings: dict[str, str]) -> Recording:
    target = compared["targets"]["0"]
    columns = target["per_aggregation_columns"]
    wss = columns.index("wss_bytes_nr_accesses_gt0")
    batch = re.search(r"--nr_accesses_per_region[ =](\d+)", settings.get("MASIM_ARGS", ""))
    about = (folder / "README.md").read_text().split("\n\n")[1]
    return Recording(
        name=folder.name,
        about=about.strip(),
        kernel=folder.parent.name.removeprefix("linux-"),
        ops=settings.get("OPS", "vaddr"),
        min_nr_regions=int(settings.get("MINR", 10)),
        max_nr_regions=int(settings.get("MAXR", 1000)),
        update_us=int(settings.get("UPDATE", 1_000_000)),
        samples_per_aggregation=compared["max_nr_accesses"],
        aggregation_us=round(target["aggregation_interval_s"]["median"] * 1e6, 1),
        fixed_regions=tuple(settings.get("FREGIONS", "").split()),
        batch=int(batch[1]) if batch else DEFAULT_BATCH,
        accesses_per_ms=tuple(_speeds((folder / "masim0.out").read_text())),
        masim=(folder / "masim.cfg").read_text(),
        nr_snapshots=compared["nr_snapshots"],
        wss_bytes=percentiles([row[wss] for row in target["per_aggregation"]]),
        nr_regions=round(target["nr_regions"]["mean"], 3),
        ratios={phase["phase"]: phase["mean_ratio"] for phase in target["per_phase_access_ratio"]},
    )


def _unfit(folder: Path) -> str:
    ops = _settings(folder).get("OPS", "vaddr")
    if ops not in ("vaddr", "fvaddr"):
        return f"its operations are {ops}, and where physical pages lay is not simulated"
    if not (folder / "masim0.out").exists():
        return "the speed of its machine is not known (masim was ended before it printed it)"
    if (folder / "masim1.out").exists() or (folder / "masim1.err").exists():
        return "it monitors two processes"
    if (folder / "during.sh").exists():
        return "its parameters were changed while it ran"
    schemes = folder / "schemes.ops"
    if schemes.exists() and set(re.findall(r"/action (\w+)", schemes.read_text())) - {"stat"}:
        return "its schemes change what is monitored"
    return ""


def _settings(folder: Path) -> dict[str, str]:
    try:
        words = shlex.split((folder / "run.env").read_text())
    except OSError as error:
        raise InputError(f"{folder} is no recording: {error.strerror} (run.env)") from None
    return dict(word.split("=", 1) for word in words if "=" in word)


def _speeds(printed: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"([\d,]+) accesses/msec", printed)]


def save(recording: Recording, folder: Path) -> Path:
    """Write a recording's JSON file into a folder, and return its path."""
    path = folder / f"{recording.name}.json"
    path.write_text(json.dumps(asdict(recording), indent=1) + "\n")
    return path


def load(path: Path) -> Recording:
    """Read a JSON file that `save` wrote."""
    fields = json.loads(path.read_text())
    for name in ("fixed_regions", "accesses_per_ms", "wss_bytes"):
        fields[name] = tuple(fields[name])
    return Recording(**fields)
