"""What the schemes of a real kernel did: the figures that a simulation of it is compared with.

`extract` takes them from one recording's folder; a `SchemeRun` is kept as a JSON file. All times are milliseconds
since the first phase of masim began.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

STATISTICS = ("nr_tried", "sz_tried", "nr_applied", "sz_applied", "qt_exceeds")
MONITORING = 0.1
"""Share of a processor that kdamond took in the runs whose schemes do nothing (their README.md)."""
STALLED = 3.0
"""Aggregations that took longer than so many times the median are not counted into the mean: kdamond slept, or was
busy with what its schemes do, which the simulation has times of its own for."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was read at one time."""

    time_ms: int
    aggregations: int
    """Those that had ended."""
    on: bool
    free_bytes: int
    rss_bytes: int
    schemes: tuple[dict[str, int], ...]
    """For each scheme, the statistics, effective_bytes, and tried_bytes: the bytes of its tried regions."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A time with the same parameters."""

    from_ms: int
    samples: int
    """Checks in one aggregation."""
    sample_us: float
    """As asked for."""
    aggregation_us: float
    """Mean time between two aggregations."""
    min_nr_regions: int
    max_nr_regions: int


@dataclass(frozen=True, slots=True)
class Hog:
    """A process that took memory and kept it until it ended."""

    mib: int
    start_ms: int
    ready_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class SchemeRun:
    """One run of masim under a real kdamond with schemes, or with parameters that changed."""

    name: str
    about: str
    kernel: str
    memory_bytes: int
    swap_bytes: int
    masim: str
    phase_ms: tuple[int, ...]
    """How long each phase took; empty for those that the scheme made longer."""
    accesses_per_ms: tuple[float, ...]
    """As masim printed them; empty if it was ended before."""
    first_touch_us: float
    """masim's system time per page fault, until the first of the rows was read."""
    pageout_us: float
    """kdamond's own time per page that left memory, less what monitoring took; 0 if its schemes do no such thing."""
    schemes: str
    """Files and values under schemes/."""
    segments: tuple[Segment, ...]
    hogs: tuple[Hog, ...]
    rows: tuple[Row, ...]
    aggregations_ms: tuple[int, ...]
    """When each ended."""
    nr_regions: tuple[int, ...]
    """In each aggregation."""
    working_set_bytes: tuple[int, ...]
    """In each aggregation."""


def extract(folder: Path) -> SchemeRun:
    """The figures of a recording's folder."""
    settings = (folder / "run.env").read_text()
    begins = [float(ns) / 1e6 for ns in re.findall(r"^(?:PHASE|END)\b.*\s(\d+)$", _text(folder, "masim0.err"), re.M)]
    origin = begins[0]
    swap = re.search(r"^SWAP=(\d+)", settings, re.M)
    aggregations = _aggregations(folder, origin)
    ends = [time for time, *_ in aggregations]
    printed = re.findall(r"([\d,]+) accesses/msec", _text(folder, "masim0.out"))
    acts = "pageout" in _text(folder, "schemes.ops")
    rows = [json.loads(line) for line in (folder / "snapshots.jsonl").read_text().splitlines()]
    return SchemeRun(
        name=folder.name,
        about=_text(folder, "README.md").split("\n\n")[1].strip(),
        kernel=folder.parent.name.removeprefix("linux-"),
        memory_bytes=rows[0]["meminfo"]["MemTotal"] * 1024,
        swap_bytes=rows[0]["meminfo"]["SwapTotal"] * 1024 if swap else 0,
        masim=_text(folder, "masim.cfg"),
        phase_ms=() if acts else tuple(round(later - earlier) for earlier, later in pairwise(begins)),
        accesses_per_ms=tuple(float(number.replace(",", "")) for number in printed),
        first_touch_us=_first_touch_us(rows[0]["w_stat"]),
        pageout_us=_pageout_us(rows) if acts else 0.0,
        schemes=_text(folder, "schemes.ops"),
        segments=_segments(folder, origin, ends),
        hogs=_hogs(_text(folder, "during.log"), origin),
        rows=tuple(_row(row, origin, ends) for row in rows),
        aggregations_ms=tuple(round(end) for end in ends),
        nr_regions=tuple(count for _, count, _ in aggregations),
        working_set_bytes=tuple(wss for *_, wss in aggregations),
    )


def _first_touch_us(stat: str) -> float:
    """From /proc/PID/stat: minflt, and stime in hundredths of a second."""
    fields = stat.rpartition(")")[2].split()
    return round(int(fields[12]) * 10_000 / int(fields[7]), 1)


def _pageout_us(rows: Sequence[dict[str, Any]]) -> float:
    """Over the rows from the most to the least resident memory before any of it came back."""

    def resident(row: dict[str, Any]) -> int:
        return int(row["w_statm"].split()[1])

    def busy_us(row: dict[str, Any]) -> float:
        return int(row["kdamond_schedstat"].split()[0]) / 1e3

    most = max(range(5), key=lambda at: (resident(rows[at]), at))
    least = next(at for at in range(most, len(rows)) if resident(rows[at + 1]) > 1.1 * resident(rows[at]))
    spent_us = busy_us(rows[least]) - busy_us(rows[most])
    monitoring_us = MONITORING * (rows[least]["t"] - rows[most]["t"]) * 1e6
    per_page_us: float = (spent_us - monitoring_us) / (resident(rows[most]) - resident(rows[least]))
    return round(per_page_us, 1)


def _text(folder: Path, name: str) -> str:
    path = folder / name
    return path.read_text() if path.exists() else ""


def _aggregations(folder: Path, origin: float) -> list[tuple[float, int, int]]:
    """Time, number of regions and working set of each."""
    line = re.compile(r" (\d+\.\d+): damon_aggregated: .*nr_regions=(\d+) (\d+)-(\d+): (\d+)")
    found: list[list[float]] = []
    left = 0
    with gzip.open(folder / "trace.txt.gz", "rt") as trace:
        for match in map(line.search, trace):
            if match is None:
                continue
            if not left:
                left = int(match[2])
                found.append([float(match[1]) * 1e3 - origin, left, 0])
            left -= 1
            if int(match[5]):
                found[-1][2] += int(match[4]) - int(match[3])
    return [(time, int(count), int(wss)) for time, count, wss in found]


def _row(row: dict[str, Any], origin: float, ends: Sequence[float]) -> Row:
    waited = sum(value["dt"] for name, value in row.items() if name.startswith("cmd_"))
    time_ms = (row["t"] + waited) * 1e3 - origin
    resident = (row.get("w_statm") or "0 0").split()
    schemes = []
    for index, files in sorted(row["schemes"].items()):
        below = f"contexts/0/schemes/{index}"
        figures = {name: int(files[f"{below}/stats/{name}"]) for name in STATISTICS}
        figures["effective_bytes"] = int(files["effective_bytes"])
        figures["tried_bytes"] = int(files[f"{below}/tried_regions/total_bytes"])
        schemes.append(figures)
    return Row(
        time_ms=round(time_ms),
        aggregations=sum(end <= time_ms for end in ends),
        on=row["state"] == "on",
        free_bytes=row["meminfo"]["MemFree"] * 1024,
        rss_bytes=int(resident[1]) * 4096,
        schemes=tuple(schemes),
    )


def _segments(folder: Path, origin: float, ends: Sequence[float]) -> tuple[Segment, ...]:
    changes = [(0.0, 5_000, 100_000, 10, 1_000)]
    for at, what in re.findall(r"^([\d.]+) committed (\S+)", _text(folder, "during.log"), re.M):
        _, sample_us, aggr_us, least, most = changes[-1]
        if times := re.match(r"(\d+)ms/(\d+)ms", what):
            sample_us, aggr_us = int(times[1]) * 1_000, int(times[2]) * 1_000
        elif counts := re.match(r"min(\d+)/max(\d+)", what):
            least, most = int(counts[1]), int(counts[2])
        changes.append((float(at) * 1e3 - origin, sample_us, aggr_us, least, most))
    segments = []
    for (start, sample_us, aggr_us, least, most), end in zip(
        changes, [change[0] for change in changes[1:]] + [float("inf")], strict=True
    ):
        gaps = np.diff([time for time in ends if start + 2 * aggr_us / 1e3 <= time < end])
        mean = float(gaps[gaps < STALLED * np.median(gaps)].mean()) * 1e3
        segments.append(Segment(round(start), aggr_us // sample_us, sample_us, round(mean, 1), least, most))
    return tuple(segments)


def _hogs(log: str, origin: float) -> tuple[Hog, ...]:
    def at(what: str) -> int:
        match = re.search(rf"^([\d.]+) .*{what}", log, re.M)
        assert match is not None
        return round(float(match[1]) * 1e3 - origin)

    return tuple(
        Hog(int(size), at(f"start hog {size} "), at(f"hog ready {size}$"), at(f"hog {size} gone$"))
        for size in re.findall(r"start hog (\d+) MiB", log)
    )


def save(run: SchemeRun, folder: Path) -> Path:
    """Write a run's JSON file into a folder, and return its path."""
    path = folder / f"{run.name}.json"
    fields = asdict(run)
    rows = ",\n  ".join(json.dumps(row) for row in fields.pop("rows"))
    head = ",\n ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in fields.items())
    path.write_text(f'{{{head},\n "rows": [\n  {rows}\n ]}}\n')
    return path


def load(path: Path) -> SchemeRun:
    """Read a JSON file that `save` wrote."""
    fields: dict[str, Any] = json.loads(path.read_text())
    kinds = {"segments": Segment, "hogs": Hog}
    for name, kind in kinds.items():
        fields[name] = [kind(**one) for one in fields[name]]
    fields["rows"] = [Row(**row | {"schemes": tuple(row["schemes"])}) for row in fields["rows"]]
    columns: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    return SchemeRun(**columns)
