"""What the colours mean, and what the pointed cell holds, as short texts with units."""

from __future__ import annotations

from math import gcd

from damotui.render.layout import FOLD
from damotui.render.ticks import format_time
from damotui.render.view import CellInfo, Picture
from engine.units import format_address, format_us_exact


def format_percent(rate: float) -> str:
    """A rate from 0 to 1: "70 %", "2.5 %", "0.03 %"."""
    percent = rate * 100
    if percent >= 10 or percent == 0:
        return f"{percent:.0f} %"
    return f"{percent:.2g} %" if percent >= 0.01 else "<0.01 %"


def format_hertz(hertz: float) -> str:
    """Accesses a second as seen by the checks: "200 Hz", "1.5 kHz"."""
    return f"{hertz / 1000:.3g} kHz" if hertz >= 1000 else f"{hertz:.3g} Hz"


def scale_texts(picture: Picture) -> tuple[str, str]:
    """The texts at the low and at the high end of the colour bar."""
    return "0 %", format_percent(picture.top)


def notes(picture: Picture) -> tuple[str, ...]:
    """What else to say beside the bar, most important first."""
    hertz = picture.top * picture.max_nr_accesses * 1e6 / picture.aggr_us
    row_us = picture.window.row_us
    scale = f"{format_us_exact(row_us)} a column" if picture.transposed else f"{format_us_exact(2 * row_us)} a row"
    checks = f"{picture.max_nr_accesses} checks in {format_us_exact(picture.aggr_us)}"
    texts = (f"= {format_hertz(hertz)}", checks, scale)
    return (*texts, f"{'┄' if picture.transposed else '┊'} folded gap") if FOLD in picture.layout.kinds else texts


def describe(cell: CellInfo) -> tuple[str, ...]:
    """A pointed cell, most important first."""
    rate = "no data"
    if cell.rate is not None and cell.nr_accesses is not None and cell.hertz is not None:
        rate = f"{format_percent(cell.rate)} · {cell.nr_accesses:.3g} accesses · {format_hertz(cell.hertz)}"
    step_us = gcd(cell.start_us, cell.end_us)
    return (
        rate,
        f"{format_address(cell.start)}–{format_address(cell.end)}",
        f"{format_time(cell.start_us, step_us)}–{format_time(cell.end_us, step_us)}",
        f"target {cell.target}",
    )
