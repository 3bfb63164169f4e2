"""The heatmap report on a terminal: time down, address across, a digit per cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from damotui.reports.cells import F64, Cells
from damotui.reports.guide import Guide
from damotui.reports.plan import Plan
from damotui.reports.selection import identity_text
from engine.records.model import I64
from engine.units import format_address, format_bytes, format_us

LEVELS = 9
"""Cells above 0 are 1 to 9, 9 at the highest rate of the whole map; 0 is a dot and what was not observed a blank."""
_ROWS = 40
_MIN_COLUMNS = 16
_BACKGROUNDS = (233, 17, 18, 54, 90, 125, 161, 202, 214, 229)
"""xterm-256 colours of the dot and of the levels, from dark to bright."""
_FOREGROUNDS = (244, 250, 250, 252, 254, 255, 255, 16, 16, 16)


def draw_text(plan: Plan, *, resolution: tuple[int, int] | None, width: int, color: bool) -> str:
    """The map with axes and legend, as told in `damotui.reports.heatmap`. Raises InputError if a range is empty."""
    rows = resolution[0] if resolution else _ROWS
    margin = max(len(label) for label in _labels(plan.time_ns, rows, plan.guide.start_ns)) + 1
    columns = resolution[1] if resolution else max(width - margin - 1, _MIN_COLUMNS)
    drawn = plan.cells((rows, columns))
    top = drawn.hottest
    lines = [f"{identity_text(plan.guide.identity)}: access rate by time (down) and address (across)"]
    for cells in drawn.grids:
        lines += ["", *_range_lines(cells, plan.guide.start_ns, margin, top, color)]
    return "\n".join([*lines, "", *_legend(drawn.grids[0].unit, top, color), *_notes(plan)])


def guides_text(guides: Sequence[Guide]) -> str:
    """What records cover: times and ranges of addresses."""
    lines = []
    for guide in guides:
        lines += [
            identity_text(guide.identity),
            f"  time   {guide.start_ns} ns to {guide.end_ns} ns, {_duration(guide.end_ns - guide.start_ns)}",
        ]
        hottest = guide.hottest
        for index, one in enumerate(guide.ranges):
            mark = ", the hottest" if one is hottest and one.heat > 0 else ""
            lines.append(
                f"  range {index}  {format_address(one.start)} to {format_address(one.end)},"
                f" {format_bytes(one.size)}{mark}"
            )
    return "\n".join(lines)


def levels(heat: F64, top: float) -> I64:
    """Level of each cell: -1 if not observed, 0 for no access, else 1 to 9 in equal steps up to `top`."""
    above = np.ceil(np.nan_to_num(heat) * LEVELS / top - 1e-9) if top > 0 else np.zeros_like(heat)
    above = np.where(np.nan_to_num(heat) > 0, np.clip(above, 1, LEVELS), 0)
    return np.where(np.isnan(heat), -1, above).astype(np.int64)


def _labels(time_ns: tuple[int, int], rows: int, zero_ns: int) -> list[str]:
    """When each row starts, since `zero_ns`."""
    rows = min(max(rows, 1), max(time_ns[1] - time_ns[0], 1))
    step_ns = (time_ns[1] - time_ns[0]) // rows
    return [_duration(time_ns[0] + row * step_ns - zero_ns) for row in range(rows)]


def _range_lines(cells: Cells, zero_ns: int, margin: int, top: float, color: bool) -> list[str]:
    start, end = format_address(cells.start), format_address(cells.end)
    between = max(cells.columns - len(start) - len(end), 1)
    lines = [" " * (margin + 1) + start + " " * between + end]
    labels = _labels((cells.start_ns, cells.end_ns), cells.rows, zero_ns)
    for label, row in zip(labels, levels(cells.heat, top).tolist(), strict=True):
        lines.append(f"{label:>{margin - 1}} |{_row(row, color)}")
    size = f"{format_bytes(cells.end - cells.start)}, {format_bytes(cells.step)} per column"
    return [*lines, f"{'':>{margin + 1}}{size}, {_duration(cells.step_ns)} per row"]


def _row(row: Sequence[int], color: bool) -> str:
    if not color:
        return "".join(" .123456789"[level + 1] for level in row).rstrip()
    text, last = [], None
    for level in row:
        if level != last:
            text.append(_paint(level))
            last = level
        text.append(" .123456789"[level + 1])
    return "".join(text) + "\x1b[0m"


def _paint(level: int) -> str:
    return "\x1b[0m" if level < 0 else f"\x1b[48;5;{_BACKGROUNDS[level]}m\x1b[38;5;{_FOREGROUNDS[level]}m"


def _legend(unit: str, top: float, color: bool) -> list[str]:
    name = "Hz" if unit == "hz" else "samples per aggregation"
    zero = f"{_row([0], color)} is 0 {name}, a blank was not observed"
    if top <= 0:
        return [zero]
    bounds = [f"{_row([level], color)} <={top * level / LEVELS:.3g}" for level in range(1, LEVELS + 1)]
    return [zero, " ".join(bounds) + ("" if unit != "hz" else " Hz")]


def _notes(plan: Plan) -> list[str]:
    hidden = [r for r in plan.guide.ranges if r.size > 0 and not any(_meets((r.start, r.end), s) for s in plan.ranges)]
    notes = []
    if hidden:
        some = ", ".join(f"{format_address(r.start)} ({format_bytes(r.size)})" for r in hidden[:3])
        more = f" and {len(hidden) - 3} more" if len(hidden) > 3 else ""
        notes.append(f"not drawn: the range{'s' if len(hidden) > 1 else ''} at {some}{more}")
    notes += [f"not drawn: {identity_text(guide.identity)} ({format_bytes(guide.size)})" for guide in plan.others]
    return notes


def _meets(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _duration(time_ns: int) -> str:
    return f"{time_ns} ns" if 0 < abs(time_ns) < 1000 else format_us(time_ns / 1000)
