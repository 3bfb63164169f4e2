"""Where a cursor goes, and how the view comes with it."""

from __future__ import annotations

from damotui.render.places import Cursor, pixels_per_cell, rows_per_cell
from damotui.render.showing import Showing
from damotui.render.view import Picture, View


def moved(
    picture: Picture, view: View, cursor: Cursor, in_time: int, in_addresses: int, begin_us: int, end_us: int
) -> Cursor:
    """The cursor that many cells later, and that many cells further on the axis of addresses.

    Args:
        picture: Whose cells they are.
        view: What it was made of.
        cursor: Where it is.
        in_time: Cells, negative into the past.
        in_addresses: Cells that stand for addresses, negative to lower ones; between them are markers.
        begin_us: No cell before this moment.
        end_us: Nor one from this moment on.
    """
    time_us = cursor.time_us
    if in_time:
        cell_us = rows_per_cell(picture) * picture.window.row_us
        time_us = (time_us // cell_us + in_time) * cell_us + cell_us // 2
    target, address = _further(picture, view, cursor, in_addresses)
    return Cursor(max(min(time_us, end_us - 1), begin_us), target, address)


def revealed(picture: Picture, view: View, cursor: Cursor, now_us: int) -> None:
    """Moves the view no further than it takes to have the cursor in it."""
    window = picture.window
    if not window.start_us <= cursor.time_us < window.end_us:
        view.time.hold(window.reveal(cursor.time_us, rows_per_cell(picture)), now_us)
    if picture.showing is not Showing.SORTED and picture.layout.pixel_of(cursor.target, cursor.address) is None:
        at = view.space.offset(cursor.target, cursor.address)
        half = int(_cell_bytes(picture)) // 2
        view.addresses.reveal(view.space, at - half, at + half + 1)


def _further(picture: Picture, view: View, cursor: Cursor, cells: int) -> tuple[int, int]:
    layout, unit = picture.layout, pixels_per_cell(picture)
    pixel = layout.pixel_of(cursor.target, cursor.address)
    if not cells or pixel is None:
        return cursor.target, cursor.address
    sign, cell, last = (1 if cells > 0 else -1), pixel // unit, pixel // unit
    left = abs(cells)
    while left and 0 <= cell + sign < layout.size // unit:
        cell += sign
        if layout.addresses_at(cell * unit) is not None:
            last = cell
            left -= 1
    head, tail = layout.addresses_at(last * unit), layout.addresses_at(last * unit + unit - 1)
    assert head is not None and tail is not None
    target, address = head.target, (head.start + tail.end) // 2
    if left and view.addresses.held is not None and picture.showing is not Showing.SORTED:
        return view.space.place(view.space.offset(target, address) + sign * left * int(_cell_bytes(picture)))
    return target, address


def _cell_bytes(picture: Picture) -> float:
    """Bytes of a cell, of the segment that has most of them."""
    largest = max(picture.layout.segments, key=lambda segment: segment.size)
    return largest.bytes_per_pixel * pixels_per_cell(picture)
