"""Pressure stall information: how much of the time processes wait for memory."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_WINDOW_S = 10.0


@dataclass(slots=True)
class Pressure:
    """The kernel's `/proc/pressure/memory`, as far as it follows from the processes' stalls.

    Of several processes it is not known which of their stalls fall together; they are taken to be independent.
    """

    some_total_us: float = 0.0
    """Time in which at least one process waited for memory."""
    full_total_us: float = 0.0
    """Time in which all did."""
    some_avg10: float = 0.0
    """Percent of the time of about the last ten seconds, recent ones counting more."""
    full_avg10: float = 0.0

    def pass_time(self, duration_us: int, stalled_us: Iterable[float]) -> None:
        """Let time pass in which each running process waited for so long."""
        if duration_us <= 0:
            return
        shares = [min(max(us / duration_us, 0.0), 1.0) for us in stalled_us]
        some = 1.0 - math.prod(1.0 - share for share in shares)
        full = math.prod(shares) if shares else 0.0
        self.some_total_us += some * duration_us
        self.full_total_us += full * duration_us
        keep = math.exp(-duration_us / 1e6 / _WINDOW_S)
        self.some_avg10 = self.some_avg10 * keep + 100.0 * some * (1.0 - keep)
        self.full_avg10 = self.full_avg10 * keep + 100.0 * full * (1.0 - keep)
