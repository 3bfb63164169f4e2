"""The heatmap report: when which memory was how hot. Figures are those of damo 3.4.3 at the same resolution.

All functions take the records of one file, and as keywords what `damotui.reports.plan.plan` takes to choose among
them: `selection`, `draw`, `time_ns`, `addresses`. They raise InputError if that leaves nothing to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import numpy as np

from damotui.reports.cells import Cells
from damotui.reports.guide import Guide
from damotui.reports.heatmap_text import draw_text, guides_text
from damotui.reports.plan import guides, plan
from damotui.reports.selection import EVERYTHING, Selection, identity_json
from engine.records.model import Record

RAW_RESOLUTION = (500, 500)


class What(TypedDict, total=False):
    """Keywords of `damotui.reports.plan.plan`."""

    selection: Selection
    draw: str
    time_ns: tuple[int, int] | None
    addresses: Sequence[tuple[int, int]]


def render_text(
    records: Sequence[Record],
    *,
    resolution: tuple[int, int] | None = None,
    width: int = 80,
    color: bool = False,
    **what: Unpack[What],
) -> str:
    """The map for a terminal, with axes and a legend.

    `resolution` is (rows, columns) of each range; None takes 40 rows, and the columns that fit `width` characters.
    `color` adds escape sequences for 256 colours.
    """
    return draw_text(plan(records, **what), resolution=resolution, width=width, color=color)


def render_raw(
    records: Sequence[Record],
    *,
    resolution: tuple[int, int] = RAW_RESOLUTION,
    absolute: bool = False,
    **what: Unpack[What],
) -> str:
    """A line `time<tab>address<tab>heat` per cell, as damo's `report heatmap --output raw`; NaN if not observed.

    Times in nanoseconds and addresses in bytes count from the start of each range, unless `absolute`.
    """
    lines = []
    for cells in plan(records, **what).cells(resolution).grids:
        start_ns, start = (cells.start_ns, cells.start) if absolute else (0, 0)
        for row, heats in enumerate(cells.heat.tolist()):
            time = start_ns + row * cells.step_ns
            lines += [
                f"{time}\t{start + column * cells.step}\t{heat if heat == heat else 'NaN'}"
                for column, heat in enumerate(heats)
            ]
    return "\n".join(lines)


def render_guide(records: Sequence[Record], *, selection: Selection = EVERYTHING) -> str:
    """What the records cover: times and ranges of addresses, those of most bytes first."""
    return guides_text(guides(records, selection=selection))


def to_json(
    records: Sequence[Record], *, resolution: tuple[int, int] = RAW_RESOLUTION, **what: Unpack[What]
) -> dict[str, Any]:
    """The grids as an object for JSON; cells that were not observed are None."""
    heatmap = plan(records, **what).cells(resolution)
    return {
        **_guide_json(heatmap.plan.guide),
        "unit": heatmap.grids[0].unit,
        "max_heat": heatmap.hottest,
        "heatmaps": [_cells_json(cells) for cells in heatmap.grids],
    }


def guide_json(records: Sequence[Record], *, selection: Selection = EVERYTHING) -> dict[str, Any]:
    """What the records cover as an object for JSON: nanoseconds, bytes, and accessed bytes per byte."""
    return {"guides": [_guide_json(guide) for guide in guides(records, selection=selection)]}


def _cells_json(cells: Cells) -> dict[str, Any]:
    heat = cells.heat.astype(object)
    heat[np.isnan(cells.heat)] = None
    return {
        "start_ns": cells.start_ns,
        "step_ns": cells.step_ns,
        "rows": cells.rows,
        "start": cells.start,
        "step": cells.step,
        "columns": cells.columns,
        "heat": heat.tolist(),
    }


def _guide_json(guide: Guide) -> dict[str, Any]:
    return {
        **identity_json(guide.identity),
        "time_ns": {"start": guide.start_ns, "end": guide.end_ns},
        "ranges": [{"start": r.start, "end": r.end, "heat_per_byte": r.heat} for r in guide.ranges],
    }
