"""The region table as rows and columns to be saved."""

from __future__ import annotations

from damotui.export.sheet import Cell, Sheet
from damotui.session.snapshot_view import Shown

_COLUMNS = (
    "target",
    "start",
    "end",
    "size_bytes",
    "nr_accesses",
    "rate_percent",
    "rate_hz",
    "age_aggregations",
    "age_us",
    "idle_us",
    "temperature",
    "look_us",
    "true_percent",
    "schemes",
    "name",
)


def region_sheet(shown: Shown) -> Sheet:
    """The regions as they are listed."""
    regions, one = shown.regions, shown.regions.aggregation
    columns = (
        regions.target,
        regions.start,
        regions.end,
        regions.bytes,
        regions.nr_accesses,
        regions.rate,
        regions.hz,
        regions.age,
        regions.age_us,
        regions.idle_us,
        regions.temperature,
        regions.look_us,
        regions.true,
    )
    figures = [column[shown.order].tolist() for column in columns]
    rows: list[list[Cell]] = []
    for line, index in enumerate(shown.order.tolist()):
        row: list[Cell] = [None if column[line] != column[line] else column[line] for column in figures]
        rows.append([*row, " ".join(map(str, regions.matching(index))), regions.names.text(index)])
    about: list[tuple[str, Cell]] = [
        ("kdamond", one.kdamond),
        ("start_us", one.start_us),
        ("end_us", one.end_us),
        ("sample_us", one.sample_us),
        ("aggr_us", one.aggr_us),
        ("max_nr_accesses", one.max_nr_accesses),
        ("nr_regions", shown.nr_all),
    ]
    return Sheet("regions", _COLUMNS, rows, about)
