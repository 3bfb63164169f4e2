"""Physical page numbers: who may use which."""

from __future__ import annotations

from bisect import bisect_left, insort

from engine.machine.hardware import Hardware

BEYOND = 1 << 40
"""First of the page numbers that no memory has; each node has as many of them."""

Run = tuple[int, int]
"""First page number, and how many."""


class Frames:
    """The page numbers that are not reserved, in runs, node by node.

    Every page of a mapping has a page number reserved, whether it is in memory or not. More pages can be mapped
    than there is memory; what does not fit gets numbers that lie beyond all memory. They count as their node's, but
    nobody who looks at the physical memory sees them.
    """

    def __init__(self, hardware: Hardware) -> None:
        self._nodes = hardware.nodes
        self._free: list[list[Run]] = [[(node.first_frame + node.kernel_pages, node.usable)] for node in hardware.nodes]
        self._beyond: list[list[Run]] = [[(BEYOND * (i + 1), BEYOND)] for i in range(len(hardware.nodes))]
        # So many stay unused, so that memory which is all mapped does not have to be reclaimed at once.
        self._spare = [node.high_pages for node in hardware.nodes]

    def free(self, node: int) -> int:
        """How many page numbers of a node's memory are not reserved."""
        return sum(pages for _, pages in self._free[node])

    def node_of(self, frame: int) -> int:
        """The node that a page number belongs to."""
        if frame >= BEYOND:
            return frame // BEYOND - 1
        return next(i for i, node in enumerate(self._nodes) if frame < node.first_frame + node.pages)

    def place(self, pages: int) -> list[Run]:
        """Reserve numbers for a new mapping: on the first node that has room for all of it, or else in pieces."""
        for node in range(len(self._nodes)):
            if self.free(node) - self._spare[node] >= pages:
                whole = self._first_fit(self._free[node], pages)
                return [whole] if whole else self.take(pages, node)
        runs: list[Run] = []
        for node in range(len(self._nodes)):
            part = min(pages, max(self.free(node) - self._spare[node], 0))
            runs += self.take(part, node)
            pages -= part
        for node in range(len(self._nodes)):
            part = min(pages, self.free(node))
            runs += self.take(part, node)
            pages -= part
        return runs + self.take(pages, 0)

    def take(self, pages: int, node: int) -> list[Run]:
        """Reserve numbers of one node: in one run if there is one, else in pieces, at last beyond its memory."""
        runs: list[Run] = []
        while pages:
            whole = self._first_fit(self._free[node], pages)
            if whole is None and self._free[node]:
                whole = self._first_fit(self._free[node], min(pages, max(run[1] for run in self._free[node])))
            if whole is None:
                whole = self._first_fit(self._beyond[node], pages)
            assert whole is not None
            runs.append(whole)
            pages -= whole[1]
        return runs

    @staticmethod
    def _first_fit(free: list[Run], pages: int) -> Run | None:
        for i, (frame, there) in enumerate(free):
            if there >= pages:
                if there == pages:
                    del free[i]
                else:
                    free[i] = (frame + pages, there - pages)
                return frame, pages
        return None

    def give(self, frame: int, pages: int) -> None:
        """Release a run of numbers of one node."""
        node = self.node_of(frame)
        free = self._beyond[node] if frame >= BEYOND else self._free[node]
        at = bisect_left(free, (frame, 0))
        if at < len(free) and frame + pages == free[at][0]:
            pages += free.pop(at)[1]
        if at and sum(free[at - 1]) == frame:
            before = free.pop(at - 1)
            frame, pages = before[0], before[1] + pages
        insort(free, (frame, pages))
