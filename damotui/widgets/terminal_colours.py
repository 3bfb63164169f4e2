"""Which colours this terminal can show, and the cell table that suits it."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color, ColorSystem

from damotui.render.cells import MARKED_COLD, CellTable, Style, colour_table, glyph_table
from damotui.render.colour import RGB, Paint, interpolate, levels_for, pick
from themes import load_glyph_ramp, load_palette

if TYPE_CHECKING:
    from textual.app import App


class ColourMode(StrEnum):
    """How access rates are drawn."""

    TRUECOLOR = "truecolor"
    XTERM256 = "256"
    SHADES = "shades"
    """Block characters in the terminal's own colours."""
    ASCII = "ascii"


NO_DATA_GLYPHS = {ColourMode.SHADES: "·", ColourMode.ASCII: "~"}
"""What stands for no data, where it has no colour."""


def colour_mode(app: App[object]) -> ColourMode:
    """The best way for the app's terminal that its user's settings (NO_COLOR, an ANSI theme) allow."""
    if app.is_headless:
        return ColourMode.SHADES if app.no_color or app.native_ansi_color else ColourMode.TRUECOLOR
    encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
    if os.environ.get("TERM") == "dumb" or not encoding.lower().replace("-", "").startswith("utf"):
        return ColourMode.ASCII
    if app.no_color or app.native_ansi_color:
        return ColourMode.SHADES
    known = {"truecolor": ColourMode.TRUECOLOR, "256": ColourMode.XTERM256}
    return known.get(app.console.color_system or "", ColourMode.SHADES)


def cell_table(
    mode: ColourMode, palette: str, max_nr_accesses: int, background: RGB, marker: RGB, *, transposed: bool
) -> CellTable:
    """The table for a palette.

    Args:
        mode: What the terminal can show.
        palette: Name of a heat palette.
        max_nr_accesses: Checks in an aggregation: no more levels than that are worth it.
        background: Where there is no data.
        marker: Colour of the signs at folded gaps and between targets.
        transposed: True when addresses run down.

    Raises:
        ValueError: There is no such palette.
    """
    style = Style(
        no_data=_paint(mode, background),
        marker=_paint(mode, marker),
        fold_glyph=_mark(mode, "┊", "┄", transposed=transposed),
        edge_glyph=_mark(mode, "│", "─", transposed=transposed),
        no_data_glyph=NO_DATA_GLYPHS.get(mode, " "),
    )
    if mode in (ColourMode.SHADES, ColourMode.ASCII):
        return glyph_table(load_glyphs(mode), style)
    return colour_table(level_colours(mode, palette, max_nr_accesses), style)


def mark_of(mode: ColourMode) -> str:
    """What stands where a scheme acted."""
    return MARKED_COLD if mode in (ColourMode.SHADES, ColourMode.ASCII) else Style().mark_glyph


def level_colours(mode: ColourMode, palette: str, max_nr_accesses: int) -> tuple[Paint, ...]:
    """A colour per level, for a mode that has colours."""
    return _level_colours(mode, palette, levels_for(max_nr_accesses))


def load_glyphs(mode: ColourMode) -> str:
    """A character per level, for a mode without colours."""
    return load_glyph_ramp(mode.value)


@lru_cache(maxsize=16)
def _level_colours(mode: ColourMode, palette: str, levels: int) -> tuple[Paint, ...]:
    loaded = load_palette(palette)
    if mode is ColourMode.XTERM256:
        return pick(loaded.xterm256, min(levels, len(loaded.xterm256)))
    return interpolate(loaded.anchors, levels)


def _paint(mode: ColourMode, colour: RGB) -> Paint:
    if mode is ColourMode.TRUECOLOR:
        return colour
    if mode is ColourMode.XTERM256:
        return Color.from_rgb(*colour).downgrade(ColorSystem.EIGHT_BIT).number
    return None


def _mark(mode: ColourMode, across: str, down: str, *, transposed: bool) -> str:
    if mode is ColourMode.ASCII:
        return "-" if transposed else "|"
    return down if transposed else across
