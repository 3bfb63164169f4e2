"""The random page checks of a run of sample windows, all at once."""

from __future__ import annotations

import numpy as np

from engine.regions.table import I64
from engine.workload.realisation import F64

_BITS = 2.0**32
_MANY_WINDOWS = 64


def count_hits(share: F64, windows: int, rng: np.random.Generator) -> I64:
    """How many of its checks found each region accessed.

    Each check draws its page independently, so in a window of which a share c was touched it succeeds with
    probability c, independently of all other checks: a Bernoulli(c) per region and window, and where c is
    the same in all windows, one Binomial(windows, c).

    Args:
        share: touched share of each region [n] in each window, [windows, n] or [1, n] where all are alike.
        windows: number of checks per region.
        rng: always draws the same amount for the same shapes.

    Returns:
        Hits [n], between 0 and `windows`.
    """
    alike = share.shape[0] == 1
    if alike and windows > _MANY_WINDOWS:
        many: I64 = rng.binomial(windows, np.clip(share[0], 0.0, 1.0))
        return many
    # A share is compared as a 32-bit fraction: quicker to draw than a float, and exact at 0 and 1.
    limit = np.rint(share * _BITS)
    never = limit < 1.0
    limit = np.minimum(np.maximum(limit - 1.0, 0.0), _BITS - 1.0).astype(np.uint32)
    drawn = rng.integers(0, 2**32, size=(windows, share.shape[1]), dtype=np.uint32)
    hit = drawn <= limit
    if not alike:
        hit &= ~never
    hits: I64 = hit.sum(axis=0, dtype=np.int64)
    if alike:
        hits[never[0]] = 0
    return hits
