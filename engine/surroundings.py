"""What all kdamonds of a system share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.events import Tracepoints
from engine.monitored import SplitMemory
from engine.ops import Operations
from engine.snapshot import Aggregation
from engine.versions import Kernel


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The kernel around a kdamond."""

    kernel: Kernel
    operations: Callable[[str, int], Operations]
    """The operations set of a name, with so many bytes per unit of its addresses."""
    split_memory: SplitMemory
    emit: Callable[[Aggregation], None]
    tracepoints: Tracepoints
    truncated_sampling: bool
    """Draw sampling addresses with 32 bits only, as kernels up to 7.1 do (section 3.1)."""
