"""From access rates to levels, and from levels to what a terminal can show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

RGB = tuple[int, int, int]
Paint = RGB | int | None
"""A colour: red, green and blue; or a number of the terminal's 256; or its default."""

MAX_LEVELS = 64
NO_DATA, FOLD, EDGE = 0, 1, 2
"""Codes above the levels: level count + NO_DATA is the code of a pixel without data, and so on."""
NR_CODES = 3

_MIDDLE = 50.0
"""Lightness L* above which black is read better than white."""


def levels_for(max_nr_accesses: int, *, least: int = 16) -> int:
    """Number of levels worth telling apart: one per possible nr_accesses, in [least, MAX_LEVELS]."""
    return min(max(max_nr_accesses + 1, least), MAX_LEVELS)


def quantise(rates: F32, levels: int, top: float = 1.0) -> U8:
    """Levels of rates: the nearest of `levels` equal steps from 0 to `top`.

    Args:
        rates: From 0 to 1; NaN means no data.
        levels: Number of levels, 2 to MAX_LEVELS.
        top: The rate from which on the highest level is used.

    Returns:
        Levels; the code levels + NO_DATA where there is no data.
    """
    scaled = np.minimum(rates * ((levels - 1) / top) + 0.5, levels - 1)
    return np.where(np.isnan(rates), levels + NO_DATA, scaled).astype(np.uint8)


def quantise_signed(values: F32, levels: int, top: float = 1.0) -> U8:
    """Levels of differences: the nearest of `levels` equal steps from -top to top, with one in the middle for 0.

    Args:
        values: From -1 to 1; NaN means no data.
        levels: Number of levels, odd, 3 to MAX_LEVELS.
        top: The difference from which on, either way, the last level is used.

    Returns:
        Levels; the code levels + NO_DATA where there is no data.
    """
    half = levels // 2
    scaled = np.clip(np.rint(values * (half / top)), -half, half) + half
    return np.where(np.isnan(values), levels + NO_DATA, scaled).astype(np.uint8)


def interpolate(anchors: Sequence[RGB], levels: int) -> tuple[RGB, ...]:
    """That many colours at equal steps along the anchors, the first and the last included."""
    table = np.array(anchors, float)
    at = np.linspace(0, len(anchors) - 1, levels)
    mixed = np.stack([np.interp(at, np.arange(len(anchors)), table[:, channel]) for channel in range(3)], axis=1)
    return tuple((int(r), int(g), int(b)) for r, g, b in np.rint(mixed).tolist())


def pick(ramp: Sequence[int], levels: int) -> tuple[int, ...]:
    """Numbers of a ramp at equal steps, the first and the last included."""
    at = np.rint(np.linspace(0, len(ramp) - 1, levels)).astype(int)
    return tuple(ramp[i] for i in at.tolist())


def xterm_rgb(number: int) -> RGB:
    """The usual colour of a number from 16 to 255 of xterm's 256: a 6x6x6 cube, then 24 greys.

    Raises:
        ValueError: The number is outside; the first 16 are the user's own.
    """
    if not 16 <= number <= 255:
        raise ValueError(f"{number} is not one of xterm's fixed colours, 16 to 255")
    if number >= 232:
        grey = 8 + 10 * (number - 232)
        return grey, grey, grey
    steps = (0, 95, 135, 175, 215, 255)
    cube = number - 16
    return steps[cube // 36], steps[cube // 6 % 6], steps[cube % 6]


def lightness(colour: RGB) -> float:
    """CIE L* (0 black to 100 white) of an sRGB colour, white point D65 (IEC 61966-2-1, CIE 15)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    y = 0.2126729 * linear[0] + 0.7151522 * linear[1] + 0.0721750 * linear[2]
    return float(116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27)


def contrasting(paint: Paint) -> Paint:
    """Black or white, whichever is read better on a colour; the terminal's default on its default."""
    if paint is None:
        return None
    if isinstance(paint, int):
        return 16 if lightness(xterm_rgb(paint)) > _MIDDLE else 231
    return (0, 0, 0) if lightness(paint) > _MIDDLE else (255, 255, 255)
