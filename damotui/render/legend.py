"""What the colours mean, and what the pointed cell holds, as short texts with units."""

from __future__ import annotations

from math import gcd

from damotui.render.acted import ALL_SCHEMES
from damotui.render.layout import FOLD
from damotui.render.ticks import format_time
from damotui.render.view import CellInfo, Picture
from engine.units import format_address


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


def notes(picture: Picture, no_data: str = "", mark: str = "×") -> tuple[str, ...]:
    """What else to say beside the bar, most important first.

    Args:
        picture: What is explained.
        no_data: The character for no data, if it has one.
        mark: The character where a scheme acted.
    """
    hertz = picture.top * picture.max_nr_accesses * 1e6 / picture.aggr_us
    row_us = picture.window.row_us
    span_us = row_us if picture.transposed else 2 * row_us
    scale = f"{format_time(span_us, span_us)} a {'column' if picture.transposed else 'row'}"
    checks = f"{picture.max_nr_accesses} checks in {format_time(picture.aggr_us, picture.aggr_us)}"
    texts = [f"= {format_hertz(hertz)}", checks, scale]
    if picture.overlay is not None:
        who = "schemes" if picture.overlay == ALL_SCHEMES else f"scheme {picture.overlay}"
        texts.insert(0, f"{mark} {who} acted")
    if no_data:
        texts.append(f"{no_data} no data")
    if FOLD in picture.layout.kinds:
        texts.append(f"{'┄' if picture.transposed else '┊'} folded gap")
    return tuple(texts)


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
        *(("a scheme acted",) if cell.acted else ()),
        f"target {cell.target}",
    )
