"""What a run looked like once every simulated second: columns of figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from engine.damos.walk import WalkRequest
from engine.engine import Engine
from engine.snapshot import KdamondStatus, MachineStatus, ProcessStatus, SchemeStatus

SERIES_US = 1_000_000
"""Simulated time between two values of a series."""

Columns = dict[str, list[Any]]


def scheme_figures(state: SchemeStatus) -> dict[str, Any]:
    """What is told of a scheme's state: whether it is active, and of its quota."""
    return {
        "active": state.active,
        "full": state.full,
        "effective_bytes": state.esz_bytes,
        "charged_bytes": state.charged_bytes,
    }


def process_figures(process: ProcessStatus) -> dict[str, Any]:
    """What is told of a process beside its size: where its memory is, its faults, and what they cost it."""
    return {
        "swap_bytes": process.swap_bytes,
        "first_touches": process.first_touches,
        "refaults": process.refaults,
        "slowdown": process.slowdown,
        "saved_bytes": process.saved_bytes,
        "saved_byte_s": process.saved_byte_s,
    }


def machine_figures(machine: MachineStatus) -> dict[str, Any]:
    """What is told of the machine's memory."""
    return {
        "swap_free_bytes": machine.swap_free_bytes,
        "active_bytes": machine.active_bytes,
        "inactive_bytes": machine.inactive_bytes,
        "huge_bytes": machine.huge_bytes,
        "psi_some_us": machine.psi_some_us,
        "psi_some_avg10": machine.psi_some_avg10,
        "refaults": machine.refaults,
        "saved_bytes": machine.saved_bytes,
        "saved_byte_s": machine.saved_byte_s,
        "saved_peak_bytes": machine.saved_peak_bytes,
        "moved_bytes": machine.moved_bytes,
    }


class Series:
    """Columns of figures, one value for each time that `look` was called."""

    def __init__(self) -> None:
        self.time_us: list[int] = []
        self.schemes: dict[tuple[int, int], Columns] = {}
        """By index of the kdamond and of the scheme."""
        self.processes: dict[int, Columns] = {}
        """By pid."""
        self.machine: Columns = {}
        self._walks: dict[int, WalkRequest] = {}

    def begin(self, engine: Engine) -> None:
        """Ask for the tried bytes that the first `look` will tell."""
        for kdamond in engine.snapshot().kdamonds:
            self._ask(engine, kdamond)

    def look(self, engine: Engine) -> None:
        """Add the figures of now. The tried bytes are those of each scheme's first turn after the time before.

        A scheme that had no turn since then has None.
        """
        snapshot = engine.snapshot()
        self.time_us.append(snapshot.time_us)
        for kdamond in snapshot.kdamonds:
            self._look_at_schemes(kdamond)
            self._ask(engine, kdamond)
        for process in snapshot.processes:
            figures = {"rss_bytes": process.rss_bytes, **process_figures(process)}
            _append(self.processes.setdefault(process.pid, {}), figures)
        if snapshot.machine is not None:
            _append(self.machine, {"free_bytes": snapshot.free_bytes, **machine_figures(snapshot.machine)})

    def _look_at_schemes(self, kdamond: KdamondStatus) -> None:
        walk = self._walks.get(kdamond.index)
        for index, (stats, state) in enumerate(zip(kdamond.schemes, kdamond.scheme_states, strict=True)):
            tried = None if walk is None else walk.results.get(index)
            figures = {
                **asdict(stats),
                **scheme_figures(state),
                "tried_bytes": None if tried is None else tried.total_bytes,
            }
            _append(self.schemes.setdefault((kdamond.index, index), {}), figures)

    def _ask(self, engine: Engine, kdamond: KdamondStatus) -> None:
        """For the tried regions of the schemes' next turns, unless a long turn is still waited for."""
        walk = self._walks.get(kdamond.index)
        if not kdamond.running or not kdamond.schemes:
            self._walks.pop(kdamond.index, None)
        elif walk is None or walk.cancelled or walk.done(len(kdamond.schemes)):
            self._walks[kdamond.index] = engine.tried_regions(kdamond.index)


def _append(columns: Columns, figures: Mapping[str, Any]) -> None:
    for name, value in figures.items():
        columns.setdefault(name, []).append(value)
