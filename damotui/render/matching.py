"""Where a scheme would match: the regions of an aggregation that lie in its access pattern, and their pixels.

Only the access pattern is asked. Quotas, filters and watermarks decide later what becomes of a region that matches.
An aggregation tells of regions after the schemes of its end had their turn: a region that one has just acted on begins
again at age 0, and so counts as what the next turn will find.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from damotui.render.acted import Spans, touched_by
from damotui.render.layout import Layout
from engine.config.model import Scheme
from engine.damos import pattern
from engine.snapshot import Aggregation

BOOL = NDArray[np.bool_]


def matches(aggregation: Aggregation, scheme: Scheme) -> BOOL:
    """Which regions [nr_regions] of an aggregation lie in all three ranges of a scheme's access pattern.

    As the engine decides it: sizes in the units of the context's addresses, access counts and ages in aggregations as
    they were counted, under the intervals of then.
    """
    sizes = aggregation.end - aggregation.start
    return pattern.matches(scheme.access_pattern, sizes, aggregation.nr_accesses, aggregation.age)


def matches_any(aggregation: Aggregation, schemes: Sequence[Scheme]) -> BOOL:
    """Which regions [nr_regions] at least one of the schemes matches."""
    found = np.zeros(aggregation.nr_regions, np.bool_)
    for scheme in schemes:
        found |= matches(aggregation, scheme)
    return found


def matched(
    aggregations: Sequence[Aggregation],
    layout: Layout,
    first_us: int,
    row_us: int,
    nr_rows: int,
    schemes: Sequence[Scheme],
) -> BOOL:
    """Pixels [nr_rows, layout.size] that a region touches which one of the schemes matches.

    Args:
        aggregations: In time order. What lies outside of the rows or of the layout is left out.
        layout: The address axis.
        first_us: Start of the first row, in microseconds.
        row_us: Length of a row, in microseconds.
        nr_rows: Number of rows.
        schemes: Each with its access pattern; they need not be installed anywhere.
    """
    spans = []
    for one in aggregations:
        wanted = matches_any(one, schemes)
        spans.append(Spans(one.target[wanted], one.start[wanted], one.end[wanted]))
    return touched_by(aggregations, spans, layout, first_us, row_us, nr_rows)
