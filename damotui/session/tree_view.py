"""What of the staged tree is shown: the branches that are unfolded, and what is to be found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from damotui.session import outline, tree
from damotui.session.document import Session
from damotui.session.live import Live
from damotui.session.matching import Matching
from damotui.session.outline import Row
from damotui.session.tree import Path, Tree


class TreeView:
    """Rows of the tree. Branches stay as they are folded when entries are added, removed or moved before them."""

    def __init__(self, session: Session, live: Live) -> None:
        self._session, self._live = session, live
        self._expanded: set[Path] = set()
        self._shown: Tree = session.staged
        self._hits: tuple[str, Tree, frozenset[Path]] = ("", (), frozenset())
        self.find = ""
        """Rows that hold these words are shown alone, with what they are in; empty for all."""
        self.only_set = False
        """Whether what is at its default is left out."""

    def start(self, *, roomy: bool) -> None:
        """Unfold what is unfolded at first."""
        self._expanded |= outline.starting_paths(self._session, roomy=roomy)

    @property
    def expanded(self) -> frozenset[Path]:
        """The branches that are unfolded."""
        return frozenset(self._expanded)

    def unfold_only(self, paths: Iterable[Path]) -> None:
        """Unfold these, and fold all others."""
        self._expanded = set(paths)

    def set_expanded(self, path: Path, expanded: bool) -> None:
        """Fold or unfold a branch."""
        if expanded:
            self._expanded.add(path)
        else:
            self._expanded.discard(path)

    def expand_to(self, path: Path) -> None:
        """Unfold all that a node is in, and the node itself; a kdamond as it is at first."""
        self._expanded |= set(_above(path)) | {path}
        if len(path) == 1 and tree.find(self._session.staged, path) is not None:
            self._expanded |= outline.starting_paths(self._session, (int(path[0]),))

    def toggle_alike(self, path: Path) -> tuple[int, bool]:
        """Unfold all branches of a kind, or fold them if all are unfolded; gives how many these are, and which it was.

        Args:
            path: one of them; or a field, for the branches that its likes are in.
        """
        every = outline.rows(self._session, self._live, EVERYTHING)
        branches = {row.path for row in every if row.expandable}
        while path not in branches:
            path = path[:-1]
        alike = {one for one in branches if _shape(one) == _shape(path)}
        unfold = not alike <= self._expanded
        if unfold:
            self._expanded |= alike | {above for one in alike for above in _above(one)}
        else:
            self._expanded -= alike
        return len(alike), unfold

    def rows(self) -> list[Row]:
        """The rows to show, from top to bottom."""
        if not self.find.strip():
            return self._rows(self._expanded)
        hits = self._found()
        above = {path for hit in hits for path in _above(hit)}
        inside = hits & self._expanded
        rows = self._rows(self._expanded | above)
        return [row for row in rows if row.path in hits or row.path in above or not inside.isdisjoint(_above(row.path))]

    def is_hit(self, row: Row) -> bool:
        """Whether a row is one of those to be found."""
        return bool(self.find.strip()) and row.path in self._found()

    def follow(self) -> Matching | None:
        """Keep branches folded as they are in a tree that was edited; gives what became of its nodes, if it was."""
        before, after = self._shown, self._session.staged
        if before is after:
            return None
        self._shown = after
        matching = Matching(before, after)
        # A path that is not in the tree before was unfolded for the one after.
        places = (matching.place(path) if tree.find(before, path) is not None else path for path in self._expanded)
        self._expanded = {place for place in places if place is not None}
        return matching

    def _rows(self, expanded: set[Path]) -> list[Row]:
        return outline.rows(self._session, self._live, expanded, only_set=self.only_set)

    def _found(self) -> frozenset[Path]:
        find, staged, hits = self._hits
        if find != self.find or staged is not self._session.staged:
            words = self.find.lower().split()
            hits = frozenset(
                row.path for row in outline.rows(self._session, self._live, EVERYTHING) if _has(row, words)
            )
            self._hits = (self.find, self._session.staged, hits)
        return hits


class _Everything:
    """Holds all there is."""

    def __contains__(self, path: object) -> bool:
        return True


EVERYTHING = _Everything()
"""For rows of a tree that is wholly unfolded."""


def _has(row: Row, words: list[str]) -> bool:
    text = f"{row.label} {row.value}".lower()
    return all(word in text for word in words)


def _above(path: Path) -> Iterator[Path]:
    return (path[:length] for length in range(1, len(path)))


def _shape(path: Path) -> tuple[str, ...]:
    return tuple(step if isinstance(step, str) else "" for step in path)
