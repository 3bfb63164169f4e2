"""SVG to PNG, by what the extra `png` brings."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from engine.errors import InputError

_ZOOM = 2.0
"""Sharp on screens of today; about 2,500 pixels for a terminal of 120 columns."""


def check_png() -> None:
    """Check that PNG can be made.

    Raises:
        InputError: the package is missing.
    """
    _resvg()


def png_of(svg: str) -> bytes:
    """The picture as PNG.

    Raises:
        InputError: the package is missing, or can't draw it.
    """
    resvg = _resvg()
    try:
        return bytes(resvg.svg_to_bytes(svg_string=svg, zoom=_ZOOM, monospace_family="DejaVu Sans Mono"))
    except ValueError as error:
        raise InputError(f"the picture can't be drawn as PNG: {error}; SVG (.svg) works without") from None


def _resvg() -> Any:
    try:
        return import_module("resvg_py")
    except ImportError:
        raise InputError(
            "PNG needs the package resvg-py: pip install 'damotui[png]'; SVG (.svg) works without"
        ) from None
