"""All addresses in one line: how hot they were last, and which part of them is in view."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from damotui.render.layout import fold
from damotui.render.raster import rasterise
from damotui.render.showing import Showing
from damotui.render.view import Picture, View
from engine.snapshot import Aggregation


@dataclass(frozen=True, eq=False)
class Overview:
    """A picture one cell thick."""

    picture: Picture
    first: int
    """The first cell of the part in view."""
    last: int
    """The last one."""


def overview_of(picture: Picture, view: View, latest: Aggregation, cells: int) -> Overview | None:
    """The line beside a map that shows a part of the addresses; None if it shows all of them.

    Args:
        picture: The map.
        view: What it was made of.
        latest: The newest aggregation, whose rates the line shows.
        cells: How long it is.
    """
    held, space, unit = view.addresses.held, view.space, picture.layout.unit
    if held is None or picture.empty or picture.showing is Showing.SORTED or not space.total or cells < 1:
        return None
    layout = fold(space.ranges, cells * unit, unit=unit)
    part = space.cut(held.view(space))
    duration_us = max(latest.end_us - latest.start_us, 1)
    row = rasterise([latest], layout, latest.start_us, duration_us, 1)[0]
    # Two pixels make a cell: along the line when it runs down, across it otherwise.
    rates = row[:, None] if picture.transposed else np.stack((row, row))
    one = replace(picture, rates=rates, layout=layout, marks=None, overlay=None, showing=Showing.FOUND, sweep=None)
    first = layout.pixel_of(part[0].target, part[0].start)
    last = layout.pixel_of(part[-1].target, part[-1].end - 1)
    return None if first is None or last is None else Overview(one, first // unit, last // unit)
