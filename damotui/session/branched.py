"""What is committed, and which kdamonds run: in the only branch, or in each of the two of a what-if."""

from __future__ import annotations

from collections.abc import Callable

from damotui.pacer.requests import Branch
from damotui.session.draft import Draft
from damotui.session.tree import Tree
from engine.config.model import Kdamond
from engine.errors import InputError
from engine.snapshot import DEBUGFS_FIRST_INDEX, Snapshot


class Branched(Draft):
    """A staged tree beside what is committed of it, and runs, in the branch that is looked at.

    Args:
        kdamonds: what is staged, and taken as committed, at first.
    """

    def __init__(self, kdamonds: Tree) -> None:
        super().__init__(kdamonds)
        self._committed: Tree = kdamonds
        self._branch = Branch.A
        self._aside: tuple[Tree, frozenset[int]] | None = None
        """What is committed, and which kdamonds run, in the branch that is not looked at; None if there is none."""

    @property
    def committed(self) -> Tree:
        """The tree that the running kdamonds obey and the stopped ones would start with."""
        return self._committed

    @property
    def branch(self) -> Branch:
        """The branch that is looked at: what is committed, started and stopped is so there."""
        return self._branch

    @property
    def has_branches(self) -> bool:
        """Whether a what-if runs."""
        return self._aside is not None

    def committed_in(self, branch: Branch) -> Tree:
        """The tree that is committed in a branch; the same for both while no what-if runs."""
        return self._committed if self._aside is None or branch is self._branch else self._aside[0]

    def running_in(self, branch: Branch) -> frozenset[int]:
        """Indices of the kdamonds that run in a branch; the same for both while no what-if runs."""
        return self._running if self._aside is None or branch is self._branch else self._aside[1]

    def look_at(self, branch: Branch) -> None:
        """Turn to a branch. What is staged, and the way back and forth in it, is the same for both.

        Raises:
            InputError: no what-if runs.
        """
        if branch is self._branch:
            return
        if self._aside is None:
            raise InputError("no what-if runs: there is one branch only")
        (self._committed, self._running), self._aside = self._aside, (self._committed, self._running)
        self._branch = branch
        self.seal()

    def observe(self, snapshot: Snapshot, branch: Branch = Branch.A) -> None:
        """Take note of which kdamonds run in a branch; those of debugfs are none of the tree's."""
        running = frozenset(
            status.index for status in snapshot.kdamonds if status.running and status.index < DEBUGFS_FIRST_INDEX
        )
        if branch is self._branch:
            self._running = running
        elif self._aside is not None:
            self._aside = self._aside[0], running

    def _part(self, changes: tuple[tuple[int, Kdamond], ...]) -> None:
        """A what-if has begun, with other parameters for some kdamonds in branch B."""
        self._aside = self._committed, self._running

        def settle() -> None:
            for index, config in changes:
                self._settle_config(index, config)

        self._in(Branch.B, settle)

    def _join(self, kept: Branch) -> None:
        """There is one branch only; it was `kept` of two, if there were two."""
        if self._aside is not None:
            self.look_at(kept)
            self._aside = None
        self._branch = Branch.A

    def _in(self, branch: Branch, settle: Callable[[], object]) -> None:
        """Take note of something that was done in a branch, unless that has ended meanwhile."""
        if self._aside is None and branch is not self._branch:
            return
        before = self._branch
        self.look_at(branch)
        settle()
        self.look_at(before)

    def _held(self) -> frozenset[int]:
        """The indices of what runs in either branch."""
        return self._running if self._aside is None else self._running | self._aside[1]

    def _settle_config(self, index: int, config: Kdamond) -> None:
        committed = self._committed
        # Kdamonds before it that were added but never committed stand there empty, and thus show as uncommitted.
        padded = (*committed, *(Kdamond() for _ in range(index - len(committed) + 1)))
        self._committed = (*padded[:index], config, *padded[index + 1 :])
