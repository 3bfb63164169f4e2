"""The figures behind a heatmap: one row for each pixel that has data."""

from __future__ import annotations

import numpy as np

from damotui.render.view import Picture

COLUMNS = ("start_us", "end_us", "target", "start", "end", "rate")


def cell_rows(picture: Picture) -> list[tuple[int, int, int, int, int, float]]:
    """Rows of `COLUMNS`, by time and then by address; the rate is the share of checks that found an access.

    Of differences the rate is one of two such shares; sorted memory has addresses from the hottest byte on, of target
    -1.
    """
    rates = picture.rates.T if picture.transposed else picture.rates
    window = picture.window
    places = [picture.layout.addresses_at(pixel) for pixel in range(rates.shape[1])]
    rows = []
    for at, pixel in zip(*np.nonzero(~np.isnan(rates)), strict=True):
        place = places[pixel]
        if place is not None:
            begin = (window.first + int(at)) * window.row_us
            rows.append((begin, begin + window.row_us, place.target, place.start, place.end, float(rates[at, pixel])))
    return rows
