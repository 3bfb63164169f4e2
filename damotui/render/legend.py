"""What the colours mean, and what the pointed cell holds, as short texts with units."""

from __future__ import annotations

from math import gcd

from damotui.render.acted import ALL_SCHEMES
from damotui.render.layout import FOLD
from damotui.render.overlay import Overlay
from damotui.render.scale import Scale
from damotui.render.showing import Showing
from damotui.render.ticks import format_size, format_time
from damotui.render.view import CellInfo, Picture
from engine.units import format_address

MARKS = ("×", "○", "⊗")
"""Where a scheme acted, where one would match, and where both are so, unless the cells have other signs."""
_TITLES = {
    Showing.FOUND: ("access rate found", "found"),
    Showing.TRUTH: ("true access rate", "truth"),
    Showing.DIFFERENCE: ("found less truth", "diff"),
    Showing.SORTED: ("sorted by access rate", "sorted"),
}
_SCALES = {
    Scale.FIXED: ("fixed scale", "fixed"),
    Scale.AUTOMATIC: ("scale of the highest", "auto"),
    Scale.PERCENTILE: ("scale of p99", "p99"),
}


def format_percent(rate: float) -> str:
    """A rate from 0 to 1: "70 %", "2.5 %", "0.03 %"; a difference below 0 has a sign."""
    percent = rate * 100
    if percent < 0:
        return f"−{format_percent(-rate)}"
    if percent >= 10 or percent == 0:
        return f"{percent:.0f} %"
    return f"{percent:.2g} %" if percent >= 0.01 else "<0.01 %"


def format_hertz(hertz: float) -> str:
    """Accesses a second as seen by the checks: "200 Hz", "1.5 kHz"; a difference below 0 has a sign."""
    if hertz < 0:
        return f"−{format_hertz(-hertz)}"
    return f"{hertz / 1000:.3g} kHz" if hertz >= 1000 else f"{hertz:.3g} Hz"


def titles(picture: Picture) -> tuple[str, str]:
    """What is shown, in many words and in one."""
    return _TITLES[picture.showing]


def scale_texts(picture: Picture) -> tuple[str, str]:
    """The texts at the low and at the high end of the colour bar."""
    top = format_percent(picture.top)
    above = "≥" if picture.scale is Scale.PERCENTILE and picture.top < 1 else ""
    return (f"−{top}", f"+{top}") if picture.signed else ("0 %", f"{above}{top}")


def notes(
    picture: Picture,
    palette: str = "",
    no_data: str = "",
    marks: tuple[str, str, str] = MARKS,
    *,
    terse: bool = False,
) -> tuple[str, ...]:
    """What else to say beside the bar, most important first.

    Args:
        picture: What is explained.
        palette: Name of the colours.
        no_data: The character for no data, if it has one.
        marks: The characters where a scheme acted, where one would match, and where both are so.
        terse: In few words.
    """
    hertz = picture.top * picture.max_nr_accesses * 1e6 / picture.aggr_us
    row_us = picture.window.row_us
    span_us = row_us if picture.transposed else 2 * row_us
    rate = (f"= {'±' if picture.signed else ''}{format_hertz(hertz)}",)
    marked = _marked(picture.overlay, marks, terse=terse)
    return (
        # With little room, what marks are is the first thing to say.
        *(marked + rate if terse else rate + marked),
        _SCALES[picture.scale][terse],
        *((palette,) if palette else ()),
        f"{picture.max_nr_accesses} checks in {format_time(picture.aggr_us, picture.aggr_us)}",
        f"{format_time(span_us, span_us)} a {'column' if picture.transposed else 'row'}",
        *((f"{no_data} no data",) if no_data else ()),
        *((f"{'┄' if picture.transposed else '┊'} folded gap",) if FOLD in picture.layout.kinds else ()),
    )


def nr_marks(picture: Picture) -> int:
    """How many of the notes, after the first, tell of marks."""
    return len(_marked(picture.overlay, MARKS, terse=True))


def _marked(overlay: Overlay | None, marks: tuple[str, str, str], *, terse: bool) -> tuple[str, ...]:
    if overlay is None:
        return ()
    acted, matches, both = marks
    who = "" if terse else "schemes " if overlay.scheme == ALL_SCHEMES else f"scheme {overlay.scheme} "
    if not overlay.patterns:
        return (f"{acted} {who}acted",)
    if not overlay.acted:
        return (f"{matches} {who}would match",)
    return (f"{acted} {who}acted", f"{matches} would match", f"{both} both")


def describe(cell: CellInfo) -> tuple[str, ...]:
    """A pointed cell, most important first."""
    rate = "no data"
    if cell.rate is not None and cell.nr_accesses is not None and cell.hertz is not None:
        sign = "−" if cell.nr_accesses < 0 else ""
        accesses = f"{sign}{abs(cell.nr_accesses):.3g} accesses"
        rate = f"{format_percent(cell.rate)} · {accesses} · {format_hertz(cell.hertz)}"
    step_us = gcd(cell.start_us, cell.end_us)
    ranked = cell.showing is Showing.SORTED
    return (
        rate,
        f"hottest {format_size(cell.start)}–{format_size(cell.end)}"
        if ranked
        else f"{format_address(cell.start)}–{format_address(cell.end)}",
        f"{format_time(cell.start_us, step_us)}–{format_time(cell.end_us, step_us)}",
        *(("a scheme acted",) if cell.acted else ()),
        *(("a scheme would match",) if cell.matches else ()),
        *(() if ranked else (f"target {cell.target}",)),
    )
