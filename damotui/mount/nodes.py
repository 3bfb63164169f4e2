"""The numbers by which the kernel knows the files and directories that it has looked up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from damotui.mount.protocol import ROOT_NODE


@dataclass(slots=True)
class Node:
    """What a number stands for. Paths have no leading slash; the root's is empty."""

    path: str
    lookups: int = 0
    """How often the kernel was told of it, less what it has forgotten."""
    writers: int = 0
    """How often it is open for writing."""


class Nodes:
    """Numbers to paths.

    The kernel lets one write at a time into a node, and has others wait for as long as it takes. Kernel files are not
    like that: while a command waits, the next one is refused, or ends it. So a file that is open for writing gets
    another number with the next lookup: each writer is by itself.
    """

    def __init__(self) -> None:
        self._nodes = {ROOT_NODE: Node("", lookups=1)}
        self._newest = {"": ROOT_NODE}
        self._numbers = count(ROOT_NODE + 1)

    def __getitem__(self, number: int) -> Node:
        return self._nodes[number]

    def __len__(self) -> int:
        return len(self._nodes)

    def look_up(self, path: str) -> int:
        """The number of a path, of which the kernel is told now."""
        number = self._newest.get(path)
        if number is None or self._nodes[number].writers:
            number = next(self._numbers)
            self._nodes[number] = Node(path)
            self._newest[path] = number
        self._nodes[number].lookups += 1
        return number

    def forget(self, number: int, lookups: int) -> None:
        """Take back that the kernel was told of a number."""
        node = self._nodes.get(number)
        if node is None or number == ROOT_NODE:
            return
        node.lookups -= lookups
        if node.lookups <= 0:
            del self._nodes[number]
            if self._newest.get(node.path) == number:
                del self._newest[node.path]
