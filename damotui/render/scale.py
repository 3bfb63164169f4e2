"""Which rate has the highest colour: always 100 %, or what is in view decides."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

PERCENTILE = 99
"""Percent of the pixels with data that a scale of the percentile shows below its highest colour."""
TOPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Upper ends that an automatic scale chooses from."""
_FINE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
FINE_TOPS = (*(step / 100 for step in _FINE), *(step / 10 for step in _FINE), 1.0)
"""Upper ends that a scale of the percentile chooses from: close enough to it, and apart enough to stay for a while."""
_ZERO = 1e-6
"""Rates below it are rounding."""


class Scale(StrEnum):
    """What the highest colour stands for."""

    FIXED = "fixed"
    """100 %: an access at each check."""
    AUTOMATIC = "automatic"
    """The highest rate in view, rounded up to one of `TOPS`."""
    PERCENTILE = "percentile"
    """The rate that 99 % of the pixels in view don't exceed, rounded up to one of `FINE_TOPS`."""


def highest(values: F32) -> float:
    """The rate furthest from 0; NaN is skipped, and 0 is the answer where nothing is left."""
    return float(np.nanmax(np.abs(values), initial=0.0)) if values.size else 0.0


def percentile(values: F32) -> float:
    """The least distance from 0 that `PERCENTILE` percent of the rates don't exceed; NaN is skipped, as above."""
    known = np.abs(values[~np.isnan(values)])
    if not known.size:
        return 0.0
    at = max(0, -(-known.size * PERCENTILE // 100) - 1)
    return float(np.partition(known, at)[at])


@dataclass(slots=True)
class AutoTop:
    """The upper end of a colour scale that follows the data: it rises at once and falls late, so as not to flicker."""

    tops: tuple[float, ...] = TOPS
    """What it chooses from, ascending."""
    patience: int = 40
    """Updates in a row that must do with a lower end before it falls."""
    top: float = 1.0
    _calm: int = 0

    def update(self, rate: float) -> float:
        """The upper end for what reaches up to `rate`."""
        wanted = next((top for top in self.tops if top >= rate - _ZERO), self.tops[-1])
        self._calm = self._calm + 1 if wanted < self.top else 0
        if wanted > self.top or self._calm > self.patience:
            self.top = wanted
            self._calm = 0
        return self.top


class Scaling:
    """The upper end of the scale of one map. Another scale, or another thing to show, begins at once with its own."""

    def __init__(self) -> None:
        self._of: Hashable = None
        self._top = AutoTop()

    def top(self, scale: Scale, values: F32, of: Hashable = None) -> float:
        """The rate of the highest colour, for what is in view.

        Args:
            scale: How it is chosen.
            values: What is in view.
            of: What that is: only of the same is the upper end before held on to.
        """
        if (scale, of) != self._of:
            self._of = scale, of
            self._top = AutoTop(FINE_TOPS if scale is Scale.PERCENTILE else TOPS, top=0.0)
        match scale:
            case Scale.AUTOMATIC:
                return self._top.update(highest(values))
            case Scale.PERCENTILE:
                return self._top.update(percentile(values))
        return 1.0
