"""What is drawn over the cells of the map: the cursor, and the box that a mouse draws."""

from __future__ import annotations

from collections.abc import Mapping

Glyphs = tuple[tuple[int, str], ...]
"""Columns of a line, and the text that begins there."""

_LINES = {False: tuple("┼─│┌┐└┘"), True: tuple("+-|++++")}


def crosshair(cell: tuple[int, int] | None, *, ascii: bool = False) -> Mapping[int, Glyphs]:
    """The cursor in a cell, by lines of the map; nothing while it is out of sight."""
    return {} if cell is None else {cell[1]: ((cell[0], _LINES[ascii][0]),)}


def outline(one: tuple[int, int], other: tuple[int, int], *, ascii: bool = False) -> Mapping[int, Glyphs]:
    """A box between two opposite corners, by lines of the map."""
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(one, other, strict=True))
    _, across, down, top_left, top_right, bottom_left, bottom_right = _LINES[ascii]
    inside = right - left - 1
    if left == right:
        return dict.fromkeys(range(top, bottom + 1), ((left, down),))
    if top == bottom:
        return {top: ((left, across * (right - left + 1)),)}
    lines: dict[int, Glyphs] = dict.fromkeys(range(top + 1, bottom), ((left, down), (right, down)))
    lines[top] = ((left, top_left + across * inside + top_right),)
    lines[bottom] = ((left, bottom_left + across * inside + bottom_right),)
    return lines
