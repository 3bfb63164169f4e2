"""The columns of the region table: titles, texts, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from damotui.session.snapshot_regions import Regions
from damotui.session.words import count
from engine.units import format_address, format_bytes, format_us

Text = Callable[[Regions, int], str]

_NAME_LEAST, _NAME_MOST = 8, 40
_GAP = " · "


@dataclass(frozen=True, slots=True)
class RegionColumn:
    """One figure of each region."""

    key: str
    """What sorts by it (`damotui.session.snapshot_order.KEYS`)."""
    title: str
    width: int
    """Cells, with a space before what is at the right; 0 takes what room is left."""
    rank: int
    """Columns with the highest rank go first where there is too little room."""
    text: Text
    kind: str = "value"
    right: bool = True


def _rate(regions: Regions, index: int) -> str:
    return _percent(float(regions.rate[index]))


def _hz(regions: Regions, index: int) -> str:
    hz = float(regions.hz[index])
    return f"{hz:.3g}" if hz < 1000 else count(hz)


def _true(regions: Regions, index: int) -> str:
    true = float(regions.true[index])
    if true != true:
        return "–"
    return _percent(true)


def _percent(share: float) -> str:
    """Never 0 for what is more than that."""
    if 0 < share < 1:
        return f"{share:.1f} %" if share >= 0.05 else "<0.1 %"
    return f"{share:.0f} %"


def _age(regions: Regions, index: int) -> str:
    age_us = int(regions.age_us[index])
    return format_us(age_us) if age_us else "0"


def _idle(regions: Regions, index: int) -> str:
    idle_us = int(regions.idle_us[index])
    return format_us(idle_us) if idle_us else "–"


def _schemes(regions: Regions, index: int) -> str:
    return ",".join(map(str, regions.matching(index)))


COLUMNS: tuple[RegionColumn, ...] = (
    RegionColumn("target", "tg", 3, 3, lambda r, i: str(r.target[i]), "dim"),
    RegionColumn("address", "address", 15, 0, lambda r, i: format_address(int(r.start[i])), "place"),
    RegionColumn("address", "end", 15, 9, lambda r, i: format_address(int(r.end[i])), "dim"),
    RegionColumn("size", "size", 11, 0, lambda r, i: format_bytes(int(r.bytes[i]))),
    RegionColumn("nr_accesses", "nr", 8, 6, lambda r, i: f"{r.nr_accesses[i]}/{r.aggregation.max_nr_accesses}"),
    RegionColumn("rate", "rate", 7, 0, _rate, "rate"),
    RegionColumn("hz", "Hz", 7, 8, _hz),
    RegionColumn("true", "true", 7, 1, _true, "true"),
    RegionColumn("age", "age", 7, 7, lambda r, i: f"{r.age[i]:,}"),
    RegionColumn("age time", "for", 11, 0, _age),
    RegionColumn("idle", "idle", 11, 2, _idle),
    RegionColumn("look", "look", 11, 10, lambda r, i: format_us(float(r.look_us[i])), "dim"),
    RegionColumn("temp", "temp", 9, 5, lambda r, i: count(int(r.temperature[i]))),
    RegionColumn("schemes", "schemes", 9, 4, _schemes, "schemes"),
    RegionColumn("name", "name", 0, 1, lambda r, i: r.names.text(i), "name", right=False),
)
"""In the order in which they stand."""


def fitting(columns: Sequence[RegionColumn], width: int) -> list[RegionColumn]:
    """The columns that there is room for."""
    shown = list(columns)
    while len(shown) > 1 and sum(column.width or _NAME_LEAST + 2 for column in shown) > width:
        shown.remove(max(reversed(shown), key=lambda column: column.rank))
    return shown


def widths_of(columns: Sequence[RegionColumn], width: int) -> list[int]:
    """Cells of each: the flexible one takes what is left of the width."""
    left = width - sum(column.width for column in columns)
    return [column.width or min(max(left, 0), _NAME_MOST) for column in columns]


def title(column: RegionColumn, width: int, sign: str = "") -> str:
    """What stands above a column, with the sign of the order, which may take the space that is left before figures."""
    text = column.title + sign
    return text.rjust(width)[:width] if column.right else cell(column, text, width)


def cell(column: RegionColumn, text: str, width: int) -> str:
    """A text in its place."""
    if not column.right:
        return f"  {text}"[:width].ljust(width)
    return text[: max(width - 1, 0)].rjust(width)


def describe(regions: Regions, index: int, width: int) -> list[str]:
    """All of one region in a few words, in lines of `width` cells at most, as far as a figure is not longer."""
    start, end = (format_address(int(column[index])) for column in (regions.start, regions.end))
    schemes = _schemes(regions, index)
    nr = f"nr_accesses {regions.nr_accesses[index]} of {regions.aggregation.max_nr_accesses}"
    parts = [
        f"target {regions.target[index]} {start} to {end}",
        f"{nr} = {_hz(regions, index)} Hz",
        f"age {regions.age[index]:,}",
        f"temp {int(regions.temperature[index]):,}",
        f"a page is looked at every {format_us(float(regions.look_us[index]))}",
        f"scheme{'s' * (',' in schemes)} {schemes} match{'es' * (',' not in schemes)}"
        if schemes
        else "no scheme matches",
        format_bytes(int(regions.bytes[index])),
        regions.names.text(index),
    ]
    parts = [part for part in parts if part]
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(_GAP) + len(part) <= width:
            lines[-1] += _GAP + part
        else:
            lines.append(part)
    return lines
