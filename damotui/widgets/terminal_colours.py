"""Which colours this terminal can show, and the cell table that suits it."""

from __future__ import annotations

import os
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from rich.color import Color, ColorSystem

from damotui.render.cells import LETTERS, MARKS, CellTable, Style, colour_table, glyph_table, shade_table
from damotui.render.colour import RGB, Paint, interpolate, levels_for, pick
from damotui.render.shading import Shade, shaded
from damotui.terminal import NO_DRAWING, speaks_utf8
from themes import Ramp, load_diverging, load_glyph_ramp, load_palette

if TYPE_CHECKING:
    from textual.app import App


class ColourMode(StrEnum):
    """How access rates are drawn."""

    TRUECOLOR = "truecolor"
    XTERM256 = "256"
    ANSI16 = "16"
    """Block characters that shade from one of the terminal's 16 colours to the next."""
    SHADES = "shades"
    """Block characters in the terminal's own colours."""
    ASCII = "ascii"

    @property
    def has_colours(self) -> bool:
        """Whether a palette makes a difference."""
        return self not in (ColourMode.SHADES, ColourMode.ASCII)

    @property
    def halves_cells(self) -> bool:
        """Whether each of the two pixels of a cell has a colour of its own."""
        return self in (ColourMode.TRUECOLOR, ColourMode.XTERM256)


_Look = TypeVar("_Look")
_KNOWN = {"truecolor": ColourMode.TRUECOLOR, "256": ColourMode.XTERM256}
_MOST_SIGNED = 31
"""Levels of difference either way: with the one between, no more than a table of colours holds."""
_SIGNED_GLYPHS = "differences"
"""The ramp of characters for differences, where there are no colours."""


def needs_ascii(app: App[object]) -> bool:
    """Whether the app's terminal has no other signs than those of ASCII, as far as is known."""
    return not app.is_headless and (os.environ.get("TERM") in NO_DRAWING or not speaks_utf8())


def colour_mode(app: App[Any]) -> ColourMode:
    """The best way for the app's terminal that its user's settings (NO_COLOR, an ANSI theme) allow."""
    if needs_ascii(app):
        return ColourMode.ASCII
    if app.no_color:
        return ColourMode.SHADES
    if app.native_ansi_color:
        return ColourMode.ANSI16
    if app.is_headless:
        return ColourMode.TRUECOLOR
    # Rich takes TERM and COLORTERM to know the colours; where there is a terminal but nothing says more, it has 16.
    system = app.console.color_system
    return _KNOWN.get(system, ColourMode.ANSI16) if system else ColourMode.SHADES


def cell_table(
    mode: ColourMode,
    palette: str,
    max_nr_accesses: int,
    background: RGB,
    marker: RGB,
    *,
    transposed: bool,
    signed: bool = False,
) -> CellTable:
    """The table for a palette.

    Args:
        mode: What the terminal can show.
        palette: Name of a heat palette.
        max_nr_accesses: Checks in an aggregation: no more levels than that are worth it.
        background: Where there is no data.
        marker: Colour of the signs at folded gaps and between targets.
        transposed: True when addresses run down.
        signed: Differences are shown, in the colours that go with the palette's ground.

    Raises:
        ValueError: There is no such palette.
    """
    style = Style(
        no_data=_paint(mode, background),
        marker=_paint(mode, marker),
        fold_glyph=_sign(mode, "┊", "┄", transposed=transposed),
        edge_glyph=_sign(mode, "│", "─", transposed=transposed),
        no_data_glyph=no_data_glyph(mode) or " ",
    )
    if not mode.has_colours:
        glyphs = load_glyphs(mode, signed=signed)
        return glyph_table(glyphs, style, len(glyphs) // 2 if signed else 0)
    if mode is ColourMode.ANSI16:
        shades = level_shades(palette, signed=signed)
        return shade_table(shades, style, len(shades) // 2 if signed else 0)
    colours = level_colours(mode, palette, max_nr_accesses, signed=signed)
    return colour_table(colours, style, len(colours) // 2 if signed else 0)


def marks_in(mode: ColourMode) -> tuple[str, str, str]:
    """What stands where a scheme acted, where one would match, and where both are so."""
    signs = MARKS if mode.halves_cells else [letters[0] for letters in LETTERS]
    return signs[0], signs[1], signs[2]


def no_data_glyph(mode: ColourMode) -> str:
    """What stands for no data; empty where the background does."""
    return "" if mode.halves_cells else "~" if mode is ColourMode.ASCII else "·"


def level_colours(mode: ColourMode, palette: str, max_nr_accesses: int, *, signed: bool = False) -> tuple[Paint, ...]:
    """A colour per level, for a mode with a colour for each pixel."""
    return _level_colours(mode, palette, levels_for(max_nr_accesses), signed)


def level_shades(palette: str, *, signed: bool = False) -> tuple[Shade, ...]:
    """A character in colours per level, for a terminal of 16."""
    loaded = load_palette(palette)
    if not signed:
        return shaded(loaded.ansi16)
    both = load_diverging(loaded.ground)
    return _either_way(shaded(both.below.ansi16), shaded(both.above.ansi16))


def load_glyphs(mode: ColourMode, *, signed: bool = False) -> str:
    """A character per level, for a mode without colours."""
    return load_glyph_ramp(_SIGNED_GLYPHS if signed else mode.value)


@lru_cache(maxsize=16)
def _level_colours(mode: ColourMode, palette: str, levels: int, signed: bool) -> tuple[Paint, ...]:
    loaded = load_palette(palette)
    if not signed:
        return _ramp_colours(mode, loaded, levels)
    both = load_diverging(loaded.ground)
    levels = min(levels, _MOST_SIGNED + 1)
    return _either_way(_ramp_colours(mode, both.below, levels), _ramp_colours(mode, both.above, levels))


def _ramp_colours(mode: ColourMode, ramp: Ramp, levels: int) -> tuple[Paint, ...]:
    if mode is ColourMode.XTERM256:
        return pick(ramp.xterm256, min(levels, len(ramp.xterm256)))
    return interpolate(ramp.anchors, levels)


def _either_way(below: tuple[_Look, ...], above: tuple[_Look, ...]) -> tuple[_Look, ...]:
    """From the end of one ramp over the level in the middle, which is the first of the other, to the other's end."""
    reach = min(len(below), len(above))
    return (*below[1:reach][::-1], *above[:reach])


def _paint(mode: ColourMode, colour: RGB) -> Paint:
    if mode is ColourMode.TRUECOLOR:
        return colour
    if mode is ColourMode.XTERM256:
        return Color.from_rgb(*colour).downgrade(ColorSystem.EIGHT_BIT).number
    return None


def _sign(mode: ColourMode, across: str, down: str, *, transposed: bool) -> str:
    if mode is ColourMode.ASCII:
        return "-" if transposed else "|"
    return down if transposed else across
