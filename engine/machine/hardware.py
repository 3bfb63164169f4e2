"""What memory the machine has: NUMA nodes with their watermarks, and swap."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.machine.layout import PAGE_SIZE

_KIB = 1024
_MIN_FREE_KIB = (128, 256 * 1024)
_SCALE_FACTOR_BP = 10


@dataclass(frozen=True, slots=True)
class Node:
    """A NUMA node; all in pages."""

    first_frame: int
    """Physical page number of its first page."""
    pages: int
    kernel_pages: int
    """What the kernel itself holds, from the first frame on."""
    min_pages: int
    """With less than that free, who asks for memory has to reclaim it first."""
    low_pages: int
    """With less than that free, memory is reclaimed in the background…"""
    high_pages: int
    """…until that much is free."""

    @property
    def usable(self) -> int:
        """What processes can hold at most."""
        return self.pages - self.kernel_pages


@dataclass(frozen=True, slots=True)
class Hardware:
    """Nodes, numbered in their order, and swap."""

    nodes: tuple[Node, ...]
    swap_pages: int

    @classmethod
    def of(cls, node_bytes: tuple[int, ...], swap_bytes: int, *, ram_start: int, kernel_share: int = 64) -> Hardware:
        """Nodes of these sizes, one behind the other from the physical address `ram_start` on.

        The kernel holds one page of `kernel_share` of each. Watermarks are those that Linux sets by itself: the
        minimum of all nodes together is the square root of 16 times the memory in KiB, from 128 KiB to 256 MiB
        (`init_per_zone_wmark_min`), of which each node gets its part. The low and the high mark are one and two steps
        above it, a step being a quarter of the minimum or a thousandth of the node, whichever is more
        (`watermark_scale_factor`).
        """
        total_kib = sum(node_bytes) // _KIB
        min_kib = min(max(math.isqrt(total_kib * 16), _MIN_FREE_KIB[0]), _MIN_FREE_KIB[1])
        nodes, first = [], ram_start // PAGE_SIZE
        for size in node_bytes:
            pages = size // PAGE_SIZE
            least = min_kib * _KIB // PAGE_SIZE * size // sum(node_bytes)
            step = max(least // 4, pages * _SCALE_FACTOR_BP // 10_000)
            nodes.append(Node(first, pages, pages // kernel_share, least, least + step, least + 2 * step))
            first += pages
        return cls(tuple(nodes), swap_bytes // PAGE_SIZE)
