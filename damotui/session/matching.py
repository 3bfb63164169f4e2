"""Which node of one tree is which node of another, though entries were added, removed, edited or moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from damotui.session.tree import Path, Tree
from engine.config.model import AddrRange, Context, Dest, Filter, Goal, Kdamond, Scheme, Target

_MOST_CELLS = 250_000
"""Longer lists, such as those of thousands of regions, are paired in place."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which entries of two lists belong together."""

    before: tuple[int | None, ...]
    """For each entry of the list after, its index in the list before; None for one that was added."""
    after: tuple[int | None, ...]
    """For each entry of the list before, its index in the list after; None for one that was removed."""
    moved: frozenset[int]
    """Indices, in the list after, of those that are the same and stand elsewhere among the others."""


def paired(before: Sequence[Any], after: Sequence[Any]) -> Pairs:
    """Pair the entries of two lists, so that as many equal ones as possible keep their order.

    These are a longest common subsequence. Of the rest, equal entries were moved. What is left between two that keep
    their order is taken as edited: first those of one nature, such as schemes of one action, again as many as keep
    their order, then those between these one after the other. What then is left over was added or removed.
    """
    numbers: dict[Any, int] = {}
    old, new = ([numbers.setdefault(entry, len(numbers)) for entry in entries] for entries in (before, after))
    kept = _common(old, new)
    into: list[int | None] = [None] * len(old)
    came: list[int | None] = [None] * len(new)
    moved = set()

    def pair(one: int, other: int) -> None:
        into[one], came[other] = other, one

    for one, other in kept:
        pair(one, other)
    equal: defaultdict[int, list[int]] = defaultdict(list)
    for one in reversed(range(len(old))):
        if into[one] is None:
            equal[old[one]].append(one)
    for other in range(len(new)):
        if came[other] is None and equal[new[other]]:
            pair(equal[new[other]].pop(), other)
            moved.add(other)
    for olds, news in _between(kept, into, came):
        alike = _common([_nature(before[at], at) for at in olds], [_nature(after[at], ~at) for at in news])
        for one, other in alike:
            pair(olds[one], news[other])
        kept += [(olds[one], news[other]) for one, other in alike]
    for olds, news in _between(sorted(kept), into, came):
        for both in zip(olds, news, strict=False):
            pair(*both)
    return Pairs(tuple(came), tuple(into), frozenset(moved))


def _between(
    kept: Sequence[tuple[int, int]], into: Sequence[int | None], came: Sequence[int | None]
) -> list[tuple[list[int], list[int]]]:
    """What has no partner yet between each two pairs that keep their order, in both lists."""
    ends = pairwise([(-1, -1), *kept, (len(into), len(came))])
    return [
        (
            [at for at in range(one + 1, one_end) if into[at] is None],
            [at for at in range(other + 1, other_end) if came[at] is None],
        )
        for (one, other), (one_end, other_end) in ends
    ]


def _nature(entry: Any, nobody: int) -> Any:
    """What makes an entry what it is; `nobody`'s own number for one that nothing does."""
    match entry:
        case Scheme(action=nature) | Filter(type=nature) | Goal(metric=nature) | Context(ops=nature):
            return nature
        case Kdamond(contexts=contexts):
            return tuple(context.ops for context in contexts)
        case Dest(id=number) | AddrRange(start=number):
            return ("at", number)
        case Target(pid=number) if number is not None:
            return ("at", number)
    return nobody


def by_index(before: Sequence[Any], after: Sequence[Any]) -> Pairs:
    """Pair each entry with the one of the same index."""
    both = min(len(before), len(after))
    return Pairs(
        tuple(at if at < both else None for at in range(len(after))),
        tuple(at if at < both else None for at in range(len(before))),
        frozenset(),
    )


class Matching:
    """Where each node of one tree is in another. Nodes that the trees share cost nothing.

    Args:
        before: one tree.
        after: the other.
        numbered: whether a kdamond is known by its index, as it is to an engine; else by what it is like.
    """

    def __init__(self, before: Tree, after: Tree, *, numbered: bool = False) -> None:
        self.before, self.after = before, after
        self._numbered = numbered
        self._pairs: dict[Path, Pairs] = {}

    def origin(self, path: Path) -> Path | None:
        """Where the node at `path` in the tree after was before; None if it was nowhere."""
        return self._follow(path, self.after, self.before, back=True)

    def place(self, path: Path) -> Path | None:
        """Where the node at `path` in the tree before is after; None if it is nowhere."""
        return self._follow(path, self.before, self.after, back=False)

    def pairs(self, before: Sequence[Any], after: Sequence[Any], collection: Path) -> Pairs:
        """The pairs of the list that is `collection` in the tree after."""
        if collection not in self._pairs:
            numbered = self._numbered and not collection
            self._pairs[collection] = by_index(before, after) if numbered else paired(before, after)
        return self._pairs[collection]

    def moved(self, path: Path) -> bool:
        """Whether the entry at `path` in the tree after stands elsewhere among its siblings than before."""
        lists = self._lists(path[:-1]) if path and isinstance(path[-1], int) else None
        return lists is not None and path[-1] in self.pairs(*lists, path[:-1]).moved

    def _lists(self, collection: Path) -> tuple[Any, Any] | None:
        origin = self.origin(collection)
        return None if origin is None else (_at(self.before, origin), _at(self.after, collection))

    def _follow(self, path: Path, here: Any, there: Any, *, back: bool) -> Path | None:
        found: list[str | int] = []
        for length, step in enumerate(path):
            if here is there:
                return (*found, *path[length:])
            if isinstance(step, int):
                before, after = (there, here) if back else (here, there)
                pairs = self.pairs(before, after, path[:length] if back else tuple(found))
                partners = pairs.before if back else pairs.after
                other = partners[step] if step < len(partners) else None
                if other is None:
                    return None
                here, there = here[step], there[other]
                found.append(other)
            else:
                here, there = getattr(here, step), getattr(there, step)
                found.append(step)
        return tuple(found)


def _at(node: Any, path: Path) -> Any:
    for step in path:
        node = node[step] if isinstance(step, int) else getattr(node, step)
    return node


def _common(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[int, int]]:
    """A longest common subsequence, as ascending pairs of indices; of lists too long for it, what begins and ends."""
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    tail = next((at for at in range(shorter - head) if before[-1 - at] != after[-1 - at]), shorter - head)
    found = [(at, at) for at in range(head)]
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(old) * len(new) <= _MOST_CELLS:
        found += [(head + one, head + other) for one, other in _subsequence(old, new)]
    return found + [(len(before) - at, len(after) - at) for at in range(tail, 0, -1)]


def _subsequence(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[int, int]]:
    # longest[i][j] is for what is from i and from j on.
    longest = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            longer = max(longest[i + 1][j], longest[i][j + 1])
            longest[i][j] = longest[i + 1][j + 1] + 1 if before[i] == after[j] else longer
    found, i, j = [], 0, 0
    while i < len(before) and j < len(after):
        if before[i] == after[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return found
