"""Between the cells of a picture and the moments and addresses that they stand for."""

from __future__ import annotations

from typing import NamedTuple

from damotui.render.view import Picture


class Cursor(NamedTuple):
    """A moment and a byte, wherever the view is."""

    time_us: int
    target: int
    address: int


class Box(NamedTuple):
    """A stretch of time, and of addresses from one to another, perhaps of another target."""

    start_us: int
    end_us: int
    first: tuple[int, int]
    """Target and address of the first byte."""
    last: tuple[int, int]
    """Target and address of the last byte."""


def rows_per_cell(picture: Picture) -> int:
    """Rows of time that a cell of the picture has."""
    return 1 if picture.transposed else 2


def pixels_per_cell(picture: Picture) -> int:
    """Pixels of the address axis that a cell of the picture has."""
    return picture.layout.unit


def cursor_at(picture: Picture, x: int, y: int) -> Cursor | None:
    """The middle of a cell; None at a marker, or outside."""
    cell = picture.cell(x, y)
    if cell is None:
        return None
    return Cursor((cell.start_us + cell.end_us) // 2, cell.target, (cell.start + cell.end) // 2)


def cell_of(picture: Picture, cursor: Cursor) -> tuple[int, int] | None:
    """Column and line of the cell that a cursor is in; None if it is out of sight."""
    window = picture.window
    row = cursor.time_us // window.row_us - window.first
    pixel = picture.layout.pixel_of(cursor.target, cursor.address)
    if pixel is None or not 0 <= row < window.nr_rows:
        return None
    if picture.transposed:
        return row, pixel // 2
    line = row // 2
    if picture.sweep is None:
        return pixel, line
    drawn = (line + picture.sweep.turn) % picture.sweep.lines
    return None if drawn == picture.sweep.gap else (pixel, drawn)


def box_of(picture: Picture, one: tuple[int, int], other: tuple[int, int]) -> Box | None:
    """What lies between two corners, given as columns and lines; None if there are no addresses, or no time in a row.

    Where the newest is written over the oldest, time goes from the earlier line to the later one.
    """
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(one, other, strict=True))
    if picture.transposed:
        rows, pixels = (left, right), range(2 * top, 2 * bottom + 2)
    else:
        first, last = sorted((picture.line_of(top), picture.line_of(bottom)))
        rows, pixels = (2 * first, 2 * last + 1), range(left, right + 1)
    found = [place for pixel in pixels if (place := picture.layout.addresses_at(pixel)) is not None]
    if not found or picture.empty:
        return None
    window = picture.window
    return Box(
        (window.first + rows[0]) * window.row_us,
        (window.first + rows[1] + 1) * window.row_us,
        (found[0].target, found[0].start),
        (found[-1].target, found[-1].end - 1),
    )
