"""`damotui workloads`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from engine.workload.library import Workload


def workloads(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, sizes in bytes and times in microseconds.")
    ] = False,
) -> int:
    """Serve the command."""
    from engine.workload.library import all_workloads

    library = all_workloads()
    print(json.dumps([_plain(workload) for workload in library], indent=2) if as_json else _table(library))
    return 0


def _plain(workload: Workload) -> dict[str, Any]:
    return {
        "name": workload.name,
        "description": workload.description,
        "duration_us": workload.duration_us,
        "footprint_bytes": workload.footprint_bytes,
        "memory_bytes": workload.memory_bytes,
        "accesses_per_ms": list(workload.accesses_per_ms),
        "batch": workload.batch,
        "phases": [
            {
                "name": truth.phase,
                "time_us": phase.time_ms * 1000,
                "hot_bytes": truth.hot_bytes,
                "warm_bytes": truth.warm_bytes,
                "cold_bytes": truth.cold_bytes,
            }
            for phase, truth in zip(workload.config.phases, workload.truth, strict=False)
        ],
    }


def _table(library: list[Workload]) -> str:
    from engine.units import format_bytes, format_us

    head = ("NAME", "LENGTH", "USES", "MACHINE", "WHAT IT DOES")
    rows = [head]
    for workload in library:
        lines = workload.description.splitlines() or [""]
        facts = (
            workload.name,
            format_us(workload.duration_us),
            format_bytes(workload.footprint_bytes),
            format_bytes(workload.memory_bytes),
        )
        rows.append((*facts, lines[0]))
        rows += [("", "", "", "", line) for line in lines[1:]]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(_aligned(row, widths) for row in rows)


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    name, *facts, text = row
    cells = [name.ljust(widths[0]), *(fact.rjust(width) for fact, width in zip(facts, widths[1:], strict=True)), text]
    return "  ".join(cells).rstrip()
