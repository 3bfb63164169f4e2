"""The heatmap report: what to draw of a record, as numbers.

`render_text` of `damotui.reports.heatmap_text` draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from damotui.reports.cells import Cells, raw_cells
from damotui.reports.guide import Guide, GuideRange, guide
from damotui.reports.selection import EVERYTHING, Selection, identity_json, selected
from engine.errors import InputError
from engine.records.model import Record

DRAW = ("hottest", "all")
RAW_RESOLUTION = (500, 500)


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """A grid for each range of addresses, all of the same rows."""

    guide: Guide
    grids: tuple[Cells, ...]

    @property
    def hottest(self) -> float:
        """The highest rate over all grids."""
        return max(cells.hottest for cells in self.grids)


def guides(records: Sequence[Record], *, selection: Selection = EVERYTHING) -> list[Guide]:
    """What the records cover, those of most bytes first. Raises InputError if nothing is selected."""
    return sorted((guide(group) for group in selected(records, selection)), key=lambda g: g.size, reverse=True)


def heatmap(
    records: Sequence[Record],
    *,
    selection: Selection = EVERYTHING,
    draw: str = "hottest",
    resolution: tuple[int, int] = RAW_RESOLUTION,
    time_ns: tuple[int, int] | None = None,
    addresses: Sequence[tuple[int, int]] = (),
) -> Heatmap:
    """The heatmap of the selected records; of those of most bytes if several (kdamond, context, target) are selected.

    Args:
        draw: `hottest` takes the contiguous range with the most accesses per byte, `all` takes each.
        resolution: (rows, columns) of each range.
        time_ns: [start, end) in nanoseconds of the record's clock; None takes all of it.
        addresses: [start, end) of each range in bytes; empty leaves the choice to `draw`.

    Raises:
        InputError: nothing is selected, or a range is empty.
    """
    if draw not in DRAW:
        raise InputError(f"{draw!r} is nothing that can be drawn: give {' or '.join(DRAW)}")
    chosen = guides(records, selection=selection)[0]
    mine = [record for record in records if record.identity == chosen.identity]
    ranges = list(addresses) or [(r.start, r.end) for r in _drawn(chosen, draw)]
    if not ranges:
        raise InputError("the record holds no regions, so there is nothing to draw")
    span = time_ns or (chosen.start_ns, chosen.end_ns)
    return Heatmap(chosen, tuple(raw_cells(mine, span, one, resolution) for one in ranges))


def render_raw(heatmap: Heatmap, *, absolute: bool = False) -> str:
    """A line `time<tab>address<tab>heat` per cell, as damo's `report heatmap --output raw`; NaN if not observed.

    Time in nanoseconds and address in bytes count from the start of each range, unless `absolute`.
    """
    lines = []
    for cells in heatmap.grids:
        start_ns, start = (cells.start_ns, cells.start) if absolute else (0, 0)
        for row, heats in enumerate(cells.heat.tolist()):
            time = start_ns + row * cells.step_ns
            lines += [
                f"{time}\t{start + column * cells.step}\t{heat if heat == heat else 'NaN'}"
                for column, heat in enumerate(heats)
            ]
    return "\n".join(lines)


def to_json(heatmap: Heatmap) -> dict[str, Any]:
    """The grids as a JSON object; cells that were not observed are null."""
    return {
        **guide_json(heatmap.guide),
        "unit": heatmap.grids[0].unit,
        "max_heat": heatmap.hottest,
        "heatmaps": [
            {
                "start_ns": cells.start_ns,
                "step_ns": cells.step_ns,
                "rows": cells.rows,
                "start": cells.start,
                "step": cells.step,
                "columns": cells.columns,
                "heat": np.where(np.isnan(cells.heat), None, cells.heat).tolist(),
            }
            for cells in heatmap.grids
        ],
    }


def guide_json(guide: Guide) -> dict[str, Any]:
    """A guide as a JSON object: nanoseconds, bytes, and accessed bytes per byte."""
    return {
        **identity_json(guide.identity),
        "time_ns": {"start": guide.start_ns, "end": guide.end_ns},
        "ranges": [{"start": r.start, "end": r.end, "heat_per_byte": r.heat} for r in guide.ranges],
    }


def _drawn(guide: Guide, draw: str) -> Sequence[GuideRange]:
    ranges = [r for r in guide.ranges if r.size > 0]
    if not ranges:
        return []
    return [guide.hottest] if draw == "hottest" else ranges
