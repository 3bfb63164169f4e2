"""How the machine is, as goals and watermarks of schemes ask it. Asking changes nothing."""

from __future__ import annotations

import numpy as np

from engine.damos.goals import Amount
from engine.machine.extents import DEVICE
from engine.machine.frames import BEYOND
from engine.machine.layout import PAGE_SIZE
from engine.machine.memory import Memory
from engine.regions.table import U64


class MachineMetrics:
    """The figures of a memory, as they were at the end of the last step.

    Args:
        memory: of the machine.
        addr_unit: bytes that one unit of physical addresses stands for.
    """

    def __init__(self, memory: Memory, addr_unit: int = 1) -> None:
        self._memory = memory
        self._unit = addr_unit

    def memory(self) -> Amount:
        """Of the whole machine."""
        parts = [self._node(node) for node in range(len(self._memory.hardware.nodes))]
        return Amount(sum(part.total for part in parts), sum(part.free for part in parts))

    def node_memory(self, nid: int) -> Amount | None:
        """Of one NUMA node; None where there is no such node."""
        return self._node(nid) if 0 <= nid < len(self._memory.hardware.nodes) else None

    def _node(self, nid: int) -> Amount:
        return Amount(self._memory.hardware.nodes[nid].pages * PAGE_SIZE, max(0, self._memory.free(nid)) * PAGE_SIZE)

    def memcg_bytes(self, path: str, nid: int) -> int | None:
        """Bytes of a control group's processes in memory on a node; None where there is no such group or node."""
        wanted = path.strip().rstrip("/")
        spaces = [space for space in self._memory.spaces.values() if space.memcg.rstrip("/") == wanted]
        if not spaces or self.node_memory(nid) is None:
            return None
        return sum(space.usage().on_node[nid] for space in spaces) * PAGE_SIZE

    def lru_bytes(self) -> tuple[int, int]:
        """Bytes on the active and on the inactive LRU lists of all nodes."""
        active = inactive = 0
        for space in self._memory.spaces.values():
            listed = space.extents.backing != DEVICE
            active += int(space.extents.active[listed].sum())
            inactive += int(space.extents.inactive[listed].sum())
        return active * PAGE_SIZE, inactive * PAGE_SIZE

    def huge_bytes(self) -> int:
        """Bytes of memory in use as huge pages."""
        return sum(space.extents.total("huge") for space in self._memory.spaces.values()) * PAGE_SIZE

    def some_psi_us(self) -> int:
        """How long some task has been stalled for memory since boot, in microseconds."""
        return int(self._memory.pressure.some_total_us)

    def bytes_on_node(self, start: U64, end: U64, nid: int) -> int:
        """How much of these ranges of physical addresses [k] lies on a node, in units of addresses like they are."""
        if not 0 <= nid < len(self._memory.hardware.nodes):
            return 0
        node = self._memory.hardware.nodes[nid]
        low, high = node.first_frame * PAGE_SIZE, min(node.first_frame + node.pages, BEYOND) * PAGE_SIZE
        first, last = start.astype(np.int64) * self._unit, end.astype(np.int64) * self._unit
        inside = np.minimum(last, high) - np.maximum(first, low)
        return int(np.maximum(inside, 0).sum()) // self._unit
