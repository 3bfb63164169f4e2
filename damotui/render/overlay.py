"""What schemes do to the memory that a heat map shows: where they acted, and where they would match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from damotui.render.acted import ALL_SCHEMES, touched
from damotui.render.layout import Layout
from damotui.render.matching import matched
from engine.config.model import Scheme
from engine.snapshot import Aggregation

U8 = NDArray[np.uint8]

ACTED, MATCHES = 1, 2
"""Bits of a mark: a scheme acted there; one would match there. Marks of both are 3."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is marked."""

    scheme: int = ALL_SCHEMES
    """Which scheme's: its index, or ALL_SCHEMES."""
    acted: bool = True
    """Whether it is marked where it acted."""
    patterns: tuple[Scheme, ...] = ()
    """The schemes whose access patterns are marked where they match; none for no such marks."""


class Marking(StrEnum):
    """What a user wants to be marked."""

    NOTHING = "nothing"
    ACTED = "acted"
    MATCHES = "matches"
    BOTH = "both"

    def overlay(self, schemes: Sequence[Scheme], index: int | None) -> Overlay | None:
        """The marks of one of the schemes, or of all if `index` is None; None for no marks."""
        own = tuple(schemes if index is None else schemes[index : index + 1])
        acted, patterns = self in (Marking.ACTED, Marking.BOTH), self in (Marking.MATCHES, Marking.BOTH)
        if not (acted or (patterns and own)):
            return None
        return Overlay(ALL_SCHEMES if index is None else index, acted, own if patterns else ())


def marks_of(
    aggregations: Sequence[Aggregation], layout: Layout, first_us: int, row_us: int, nr_rows: int, overlay: Overlay
) -> U8:
    """Marks of pixels [nr_rows, layout.size]: 0, or the sum of `ACTED` and `MATCHES`.

    Args:
        aggregations: In time order. What lies outside of the rows or of the layout is left out.
        layout: The address axis.
        first_us: Start of the first row, in microseconds.
        row_us: Length of a row, in microseconds.
        nr_rows: Number of rows.
        overlay: What is marked.
    """
    marks = np.zeros((max(nr_rows, 0), layout.size), np.uint8)
    if overlay.acted:
        marks += np.uint8(ACTED) * touched(aggregations, layout, first_us, row_us, nr_rows, overlay.scheme)
    if overlay.patterns:
        marks += np.uint8(MATCHES) * matched(aggregations, layout, first_us, row_us, nr_rows, overlay.patterns)
    return marks
