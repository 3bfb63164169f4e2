"""A what-if: two branches of one engine side by side, since they parted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from damotui.pacer.branch_frame import BranchFrame
from damotui.pacer.requests import Branch
from damotui.session import tree
from damotui.session.differences import Difference, differences, resident_bytes
from damotui.session.side import Side
from damotui.session.summaries import summary
from damotui.session.tree import Path, Tree
from engine.config.model import Kdamond
from engine.snapshot import Snapshot


class WhatIf:
    """Both branches, and what to compare them by.

    Args:
        a: what has come of the engine up to the moment at which it was copied, or nearly.
        branch: what came first of the copy.
        committed: what is committed in A.
    """

    def __init__(self, a: Side, branch: BranchFrame, committed: Tree) -> None:
        self.a = a
        self.b = a.copy(branch.line)
        self.line = branch.line
        self.forked = branch.forked
        self.changes = tuple(
            change for index, config in branch.changes for change in _changes(committed, index, config)
        )
        """What B was given, such as `schemes[0].quotas.sz_bytes: 10 MiB → 20 MiB`."""
        self._means = {one: _Mean() for one in Branch}
        for mean in self._means.values():
            mean.note(self.forked)

    def side(self, branch: Branch) -> Side:
        """One of the two."""
        return self.a if branch is Branch.A else self.b

    def note(self, a: Snapshot | None, b: Snapshot) -> None:
        """Take note of a moment."""
        if a is not None:
            self._means[Branch.A].note(a)
        self._means[Branch.B].note(b)

    @property
    def elapsed_us(self) -> int:
        """Simulated time since the branches parted."""
        return self.a.live.time_us - self.forked.time_us

    def differences(self) -> tuple[Difference, ...]:
        """The figures of both since then, beside each other."""
        a, b = self.a.live.snapshot, self.b.live.snapshot
        if a is None or b is None:
            return ()
        means = self._means[Branch.A].value, self._means[Branch.B].value
        return differences(self.forked, a, b, means)


@dataclass(slots=True)
class _Mean:
    """The resident memory of all processes, averaged over the time between the moments that were seen.

    Between two moments it is taken to go straight from one value to the other.
    """

    _sum: float = 0.0
    _duration_us: int = 0
    _last: tuple[int, int] | None = None

    def note(self, snapshot: Snapshot) -> None:
        size = resident_bytes(snapshot)
        if self._last is not None and snapshot.time_us > self._last[0]:
            passed = snapshot.time_us - self._last[0]
            self._sum += passed * (size + self._last[1]) / 2
            self._duration_us += passed
        self._last = snapshot.time_us, size

    @property
    def value(self) -> float:
        """Bytes."""
        return self._sum / self._duration_us if self._duration_us else float(self._last[1] if self._last else 0)


def _changes(committed: Tree, index: int, config: Kdamond) -> Iterator[str]:
    """What differs, by the least parts that do."""
    if index >= len(committed):
        yield f"kdamond {index}"
        return
    for below, value in tree.differences(committed[index], config):
        path: Path = (index, *below)
        name = tree.text(path).removeprefix(f"kdamonds[{index}].").removeprefix("contexts[0].")
        before = summary(path, tree.get(committed, path))
        yield f"{name}{f' of kdamond {index}' if len(committed) > 1 else ''}: {before} → {summary(path, value)}"
