"""The heatmap report on a terminal: time down, address across, a digit per cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from damotui.reports.cells import Cells
from damotui.reports.guide import Guide
from damotui.reports.heatmap import Heatmap, guides, heatmap
from damotui.reports.selection import EVERYTHING, Selection, identity_text
from engine.records.model import Record
from engine.units import format_address, format_bytes, format_us

LEVELS = 9
"""Cells above 0 are 1 to 9, 9 at the highest rate of the whole map; 0 is a dot and what was not observed a blank."""
_ROWS = 40
_MIN_COLUMNS = 16
_BACKGROUNDS = (233, 17, 18, 54, 90, 125, 161, 202, 214, 229)
"""xterm-256 colours of the dot and of the levels, from dark to bright."""
_FOREGROUNDS = (244, 250, 250, 252, 254, 255, 255, 16, 16, 16)


def render_text(
    records: Sequence[Record],
    *,
    selection: Selection = EVERYTHING,
    draw: str = "hottest",
    resolution: tuple[int, int] | None = None,
    time_ns: tuple[int, int] | None = None,
    addresses: Sequence[tuple[int, int]] = (),
    width: int = 80,
    color: bool = False,
) -> str:
    """The heatmap as text, with axes and a legend. Arguments and errors as `damotui.reports.heatmap.heatmap`.

    Args:
        resolution: (rows, columns); None takes 40 rows, and as many columns as fit `width` characters.
        color: whether cells are coloured by escape sequences for 256 colours.
    """
    margin = max(len(_since(label)) for label in (0, *_spans(records, selection, time_ns))) + 2
    chosen = resolution or (_ROWS, max(width - margin - 1, _MIN_COLUMNS))
    drawn = heatmap(
        records, selection=selection, draw=draw, resolution=chosen, time_ns=time_ns, addresses=addresses
    )
    top = drawn.hottest
    lines = [f"{identity_text(drawn.guide.identity)}: access rate by time (down) and address (across)"]
    for cells in drawn.grids:
        lines += ["", *_range_lines(cells, drawn.guide, top, margin, color)]
    lines += ["", *_legend(drawn.grids[0].unit, top, color), *_notes(records, selection, drawn)]
    return "\n".join(lines)


def render_guide(records: Sequence[Record], *, selection: Selection = EVERYTHING) -> str:
    """What the records cover: times and ranges of addresses. Raises InputError if nothing is selected."""
    lines = []
    for guide in guides(records, selection=selection):
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


def levels(heat: np.ndarray, top: float) -> np.ndarray:
    """Level of each cell: -1 if not observed, 0 for no access, else 1 to 9 in equal steps up to `top`."""
    above = np.ceil(np.nan_to_num(heat) * LEVELS / top - 1e-9) if top > 0 else np.zeros_like(heat)
    above = np.where(np.nan_to_num(heat) > 0, np.clip(above, 1, LEVELS), 0)
    return np.where(np.isnan(heat), -1, above).astype(np.int64)


def _spans(records: Sequence[Record], selection: Selection, time_ns: tuple[int, int] | None) -> list[int]:
    if time_ns is not None:
        return [time_ns[1] - time_ns[0]]
    return [guide.end_ns - guide.start_ns for guide in guides(records, selection=selection)]


def _range_lines(cells: Cells, guide: Guide, top: float, margin: int, color: bool) -> list[str]:
    start, end = format_address(cells.start), format_address(cells.end)
    between = max(cells.columns - len(start) - len(end), 1)
    lines = [" " * margin + start + " " * between + end]
    for row, row_levels in enumerate(levels(cells.heat, top).tolist()):
        label = _since(cells.start_ns + row * cells.step_ns - guide.start_ns)
        lines.append(f"{label:>{margin - 2}} |" + _row(row_levels, color))
    lines.append(
        f"{'':>{margin}}{format_bytes(cells.end - cells.start)}, each column {format_bytes(cells.step)},"
        f" each row {_duration(cells.step_ns)}"
    )
    return lines


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
    if top <= 0:
        return [f"{_row([0], color)} no access (0 {name}), blank: not observed"]
    bounds = [f"{_row([level], color)} {top * level / LEVELS:.4g}" for level in range(1, LEVELS + 1)]
    return [f"{_row([0], color)} 0, up to {', '.join(bounds)} {name}; blank: not observed"]


def _notes(records: Sequence[Record], selection: Selection, drawn: Heatmap) -> list[str]:
    notes = []
    shown = {(cells.start, cells.end) for cells in drawn.grids}
    hidden = [r for r in drawn.guide.ranges if r.size > 0 and not any(_meets(r.start, r.end, s) for s in shown)]
    if hidden:
        some = ", ".join(f"{format_address(r.start)} ({format_bytes(r.size)})" for r in hidden[:4])
        more = f" and {len(hidden) - 4} more" if len(hidden) > 4 else ""
        notes.append(f"not drawn: the range{'s' if len(hidden) > 1 else ''} at {some}{more}")
    others = [g for g in guides(records, selection=selection) if g.identity != drawn.guide.identity]
    notes += [f"not drawn: {identity_text(guide.identity)} ({format_bytes(guide.size)})" for guide in others]
    return notes


def _meets(start: int, end: int, other: tuple[int, int]) -> bool:
    return start < other[1] and other[0] < end


def _since(time_ns: int) -> str:
    return format_us(time_ns / 1000)


def _duration(time_ns: int) -> str:
    return f"{time_ns} ns" if 0 < time_ns < 1000 else format_us(time_ns / 1000)
