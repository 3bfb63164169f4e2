"""Figures of the machine that checks of a lesson look at: what no file of the kernel tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.snapshot import KdamondStatus, Snapshot


@dataclass(frozen=True, slots=True)
class MachineFigure:
    """One of them."""

    meaning: str
    """What it is and how it is worked out, in a sentence or two."""
    of: Callable[[Snapshot, Snapshot], float]
    """Works it out, from the machine as it is after a step and as it was before."""


def _nr_regions(now: Snapshot, _: Snapshot) -> float:
    return sum(status.nr_regions for status in now.kdamonds if status.running)


def _checks_per_s(now: Snapshot, since: Snapshot) -> float:
    return _grown(now, since, lambda status: status.checks) * 1e6 / max(now.time_us - since.time_us, 1)


def _aggregations(now: Snapshot, since: Snapshot) -> float:
    return _grown(now, since, lambda status: status.aggregations)


def _grown(now: Snapshot, since: Snapshot, count: Callable[[KdamondStatus], int]) -> int:
    """By how much the counts of running kdamonds grew; they begin at 0 with each start, which brings another pid."""
    before = {status.pid: count(status) for status in since.kdamonds}
    return sum(count(status) - before.get(status.pid, 0) for status in now.kdamonds if status.running)


def _free_percent(now: Snapshot, _: Snapshot) -> float:
    return 100 * now.free_bytes / now.memory_bytes


def _resident_bytes(now: Snapshot, _: Snapshot) -> float:
    return sum(process.rss_bytes for process in now.processes if process.running)


def _shrunk_bytes(now: Snapshot, since: Snapshot) -> float:
    return _resident_bytes(since, since) - _resident_bytes(now, now)


def _refaults(now: Snapshot, since: Snapshot) -> float:
    return sum(p.refaults for p in now.processes) - sum(p.refaults for p in since.processes)


def _slowdown_percent(now: Snapshot, since: Snapshot) -> float:
    before = {process.pid: process for process in since.processes}
    worst = 0.0
    for process in now.processes:
        old = before.get(process.pid)
        elapsed = process.elapsed_us - (old.elapsed_us if old else 0)
        work = process.work_us - (old.work_us if old else 0.0)
        worst = max(worst, 100 * (elapsed / work - 1) if work > 0 else 0.0)
    return worst


FIGURES: Mapping[str, MachineFigure] = MappingProxyType(
    {
        "nr_regions": MachineFigure("Regions of all kdamonds that run.", _nr_regions),
        "checks_per_s": MachineFigure(
            "Pages that all kdamonds looked at during the step, by its simulated seconds.", _checks_per_s
        ),
        "aggregations": MachineFigure("Aggregations that all kdamonds completed during the step.", _aggregations),
        "free_percent": MachineFigure("Free memory by all memory of the machine.", _free_percent),
        "resident_bytes": MachineFigure("Memory that all processes take: their resident set sizes.", _resident_bytes),
        "shrunk_bytes": MachineFigure(
            "By how much less memory all processes take than before the step.", _shrunk_bytes
        ),
        "refaults": MachineFigure(
            "Major faults of all processes during the step: pages that were needed and had left memory.", _refaults
        ),
        "slowdown_percent": MachineFigure(
            "How much longer the process took during the step than its work alone, as it waited for memory; the "
            "greatest of all processes.",
            _slowdown_percent,
        ),
    }
)
"""By their names in files of lessons."""
