"""What a run used and did, as JSON: enough to make it again and to compare it with another."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

import numpy as np

from damotui import __version__
from damotui.experiment import Experiment
from damotui.series import Series, machine_figures, process_figures, scheme_figures
from engine.config.damo_json import kdamonds_to_json
from engine.config.model import Intervals
from engine.snapshot import KdamondStatus, Snapshot
from engine.workload.masim import format_masim


class Ending(Enum):
    """Why a run was over."""

    DURATION = "the duration was reached"
    WORKLOAD = "the workload ended"
    INTERRUPTED = "it was interrupted"


@dataclass(slots=True)
class RunFigures:
    """What is counted while a run goes on."""

    aggregations: int = 0
    regions: int = 0
    """Over all aggregations."""
    peak_rss_bytes: dict[int, int] = field(default_factory=dict)
    """By pid, as far as seen: a process that has ended holds no memory any more."""
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def look(self, snapshot: Snapshot) -> None:
        """Keep each process' largest resident size."""
        for process in snapshot.processes:
            self.peak_rss_bytes[process.pid] = max(self.peak_rss_bytes.get(process.pid, 0), process.rss_bytes)


def summary_json(
    experiment: Experiment,
    duration_us: int,
    snapshot: Snapshot,
    ending: Ending,
    figures: RunFigures,
    series: Series,
) -> str:
    """The summary of a run, as JSON with a newline at its end.

    Times are in microseconds of simulated time; `wall_s` and `cpu_s` are real seconds. A `series` has one value for
    each of the times in `series_us`.

    Args:
        experiment: what was run.
        duration_us: how long it should have run.
        snapshot: the engine at the end.
        ending: why it ended.
        figures: what was counted on the way.
        series: what was seen once a simulated second.
    """
    summary = {
        "versions": {"damotui": __version__, "numpy": np.__version__, "python": platform.python_version()},
        "experiment": _experiment(experiment) | {"duration_us": duration_us},
        "run": {
            "ending": ending.value,
            "simulated_us": snapshot.time_us,
            "aggregations": figures.aggregations,
            "checks": sum(kdamond.checks for kdamond in snapshot.kdamonds),
            "wall_s": round(figures.wall_s, 3),
            "cpu_s": round(figures.cpu_s, 3),
        },
        "memory": {
            "memory_bytes": snapshot.memory_bytes,
            "free_bytes": snapshot.free_bytes,
            "processes": [
                {
                    "pid": process.pid,
                    "name": process.name,
                    "started_us": process.started_us,
                    "ended_us": process.ended_us,
                    "rss_bytes": process.rss_bytes,
                    "peak_rss_bytes": figures.peak_rss_bytes.get(process.pid, process.rss_bytes),
                    **process_figures(process),
                    "series": series.processes.get(process.pid, {}),
                }
                for process in snapshot.processes
            ],
        },
        "machine": _machine(snapshot) | {"series": series.machine},
        "kdamonds": [_kdamond(kdamond, series) for kdamond in snapshot.kdamonds],
        "series_us": series.time_us,
    }
    return json.dumps(summary, indent=2) + "\n"


def _experiment(experiment: Experiment) -> dict[str, Any]:
    workload = experiment.workload
    return {
        "seed": experiment.seed,
        "kernel": experiment.kernel.name,
        "memory_bytes": experiment.memory_bytes,
        "node_bytes": list(experiment.node_bytes),
        "swap_bytes": experiment.swap_bytes,
        "loop": experiment.loop,
        "workload": {
            "name": workload.name,
            "accesses_per_ms": list(workload.accesses_per_ms),
            "batch": workload.batch,
            "masim": format_masim(workload.config),
        },
        "kdamonds": json.loads(kdamonds_to_json(experiment.kdamonds))["kdamonds"],
    }


def _machine(snapshot: Snapshot) -> dict[str, Any]:
    """What became of the machine's memory over the whole run."""
    machine = snapshot.machine
    if machine is None:
        return {}
    seconds = snapshot.time_us / 1e6
    return {
        "nodes": [asdict(node) for node in machine.nodes],
        "swap_bytes": machine.swap_bytes,
        **machine_figures(machine),
        "refaults_per_s": machine.refaults / seconds if seconds else 0.0,
        "action_us": {name: spent / 1e3 for name, spent in machine.action_ns},
    }


def _kdamond(kdamond: KdamondStatus, series: Series) -> dict[str, Any]:
    return {
        "index": kdamond.index,
        "running": kdamond.running,
        "ended_because": kdamond.ended_because,
        "nr_regions": kdamond.nr_regions,
        "aggregations": kdamond.aggregations,
        "checks": kdamond.checks,
        "asleep": kdamond.asleep,
        "intervals": None if kdamond.intervals is None else _intervals(kdamond.intervals),
        "schemes": [
            asdict(stats)
            | scheme_figures(state)
            | {
                "goals": [asdict(goal) for goal in state.goals],
                "series": series.schemes.get((kdamond.index, index), {}),
            }
            for index, (stats, state) in enumerate(zip(kdamond.schemes, kdamond.scheme_states, strict=True))
        ],
    }


def _intervals(intervals: Intervals) -> dict[str, int]:
    """Those in force, which auto-tuning may have changed."""
    return {
        "sample_us": intervals.sample_us,
        "aggr_us": intervals.aggr_us,
        "update_us": intervals.update_us,
    }
