"""The tree under edit: what a user can do to it, and the way back and forth between all that was done."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from damotui.session import tree
from damotui.session.clipboard import Clip, clip_of, cuttable, place_of
from damotui.session.history import History, Step
from damotui.session.kinds import entry_around, kind_of, name_of
from damotui.session.summaries import described
from damotui.session.tree import Path, Tree
from engine.config.model import Context
from engine.errors import InputError


class Draft:
    """A staged tree, of which some kdamonds may run: an engine knows these by their indices, which they keep.

    Every edit is one labelled step. What can't be done raises InputError.

    Args:
        kdamonds: the tree at first.
    """

    def __init__(self, kdamonds: Tree) -> None:
        self._history: History[Tree] = History(kdamonds)
        self._running: frozenset[int] = frozenset()
        self._clip: Clip | None = None

    @property
    def staged(self) -> Tree:
        """The tree as edited."""
        return self._history.state

    @property
    def running(self) -> frozenset[int]:
        """Indices of the kdamonds that run, as of the last snapshot and outcome."""
        return self._running

    @property
    def clip(self) -> Clip | None:
        """What was copied last."""
        return self._clip

    def get(self, path: Path) -> Any:
        """The staged node at `path`; LookupError if there is none."""
        return tree.get(self.staged, path)

    # Edits

    def set(self, path: Path, value: Any, label: str = "", key: Hashable = None) -> None:
        """Stage `value` at `path`. Steps in a row with one `key` are undone as one."""
        self._do(label or tree.text(path), tree.replace(self.staged, path, value), key)

    def load(self, kdamonds: Tree, label: str) -> None:
        """Stage `kdamonds` in place of all that is staged.

        Raises:
            InputError: it would take away a kdamond that runs.
        """
        self._keep_running(kdamonds, "loaded")
        self._do(label, kdamonds)

    def add(self, collection: Path, value: Any, label: str = "", index: int | None = None) -> Path:
        """Stage a new entry, at the end unless `index` says where; gives its path. Kdamonds are added at the end."""
        return self.extend(collection, (value,), label or f"add to {tree.text(collection)}", index)

    def extend(self, collection: Path, entries: Sequence[Any], label: str, index: int | None = None) -> Path:
        """Stage new entries, one after the other; gives the path of the first. Kdamonds are added at the end."""
        there = self.get(collection)
        at = len(there) if index is None or not collection else index
        if not 0 <= at <= len(there):
            raise LookupError(f"no place {at} in {tree.text(collection)}")
        self._do(label, tree.replace(self.staged, collection, (*there[:at], *entries, *there[at:])))
        return (*collection, at)

    def remove(self, path: Path, label: str = "") -> None:
        """Stage the removal of an entry.

        Raises:
            InputError: it is a kdamond, and it or a later one runs.
        """
        after = tree.remove(self.staged, path)
        renumbers = range(int(path[0]), len(self.staged)) if len(path) == 1 else range(0)
        self._keep_indices(renumbers, f"kdamond {path[0]} can't be removed")
        self._do(label or f"remove {described(path, self.get(path))}", after, renumbers=renumbers)

    def duplicate(self, path: Path) -> Path:
        """Stage a copy, with all that is in it, after the entry that `path` is or is in; gives the path of the copy.

        Raises:
            InputError: a kdamond can't have another of that kind.
        """
        path = entry_around(path)
        entry = self.get(path)
        if isinstance(entry, Context):
            raise InputError(f"a kdamond runs exactly one context: go to {name_of(path[:1])} to duplicate all of it")
        return self.extend(path[:-1], (entry,), f"duplicate {described(path, entry)}", int(path[-1]) + 1)

    def move(self, path: Path, steps: int) -> Path:
        """Stage the entry that `path` is or is in some places further down among its siblings; gives its path.

        Raises:
            InputError: there is no such place, or a kdamond that runs would get another index.
        """
        path = entry_around(path)
        collection, at = path[:-1], int(path[-1])
        siblings = list(self.get(collection))
        to = at + steps
        if not 0 <= to < len(siblings):
            end = "first" if steps < 0 else "last"
            raise InputError(f"{name_of(path)} is the {end} {kind_of(collection).name} already")
        renumbers = range(0) if collection else range(min(at, to), max(at, to) + 1)
        self._keep_indices(renumbers, f"kdamond {at} can't be moved")
        siblings.insert(to, siblings.pop(at))
        label = f"move {described(path, self.get(path))} {'up' if steps < 0 else 'down'}"
        after = tree.replace(self.staged, collection, tuple(siblings))
        self._do(label, after, renumbers=renumbers)
        return (*collection, to)

    # The clipboard

    def copy(self, path: Path) -> Clip:
        """Keep a copy of the node at `path`, to be pasted."""
        self._clip = clip_of(self.staged, path)
        return self._clip

    def cut(self, path: Path) -> Clip:
        """Keep a copy of an entry, and stage its removal.

        Raises:
            InputError: it is no entry, or can't be removed.
        """
        clip = clip_of(self.staged, cuttable(path))
        self.remove(path, f"cut {clip.name}")
        self._clip = clip
        return clip

    def paste(self, cursor: Path) -> Path:
        """Stage what was copied, as near to `cursor` as it fits; gives the path of the first node of it.

        Raises:
            InputError: nothing was copied, or it fits nowhere near.
        """
        clip = self._clip
        if clip is None:
            raise InputError("nothing was copied yet: y copies what the cursor is at")
        place = place_of(self.staged, clip, cursor)
        if place.index is not None:
            return self.extend(place.path, clip.entries, f"paste {clip.name}", place.index)
        value = clip.entries[0] if clip.entries else clip.value
        if self.get(place.path) == value:
            raise InputError(f"{name_of(place.path)} is as what was copied already")
        self.set(place.path, value, f"paste {clip.name}")
        return place.path

    # Back and forth

    @property
    def to_undo(self) -> Step[Tree] | None:
        """The step that `undo` would take back."""
        return self._history.to_undo

    @property
    def to_redo(self) -> Step[Tree] | None:
        """The step that `redo` would do again."""
        return self._history.to_redo

    @property
    def steps(self) -> tuple[Step[Tree], ...]:
        """All steps, the oldest first, with those that were undone."""
        return self._history.steps

    @property
    def place(self) -> int:
        """How many of the steps are done."""
        return self._history.place

    def undo(self) -> Step[Tree] | None:
        """Take back the last step; None if there is none.

        Raises:
            InputError: it would take away a kdamond that runs, or give it another index.
        """
        step = self.to_undo
        if step is not None:
            self.go_to(self.place - 1)
        return step

    def redo(self) -> Step[Tree] | None:
        """Do the last undone step again; None if there is none.

        Raises:
            InputError: it would take away a kdamond that runs, or give it another index.
        """
        step = self.to_redo
        if step is not None:
            self.go_to(self.place + 1)
        return step

    def go_to(self, place: int) -> None:
        """Take back or do again as many steps as it takes to have `place` of them done.

        Raises:
            InputError: one of them would take away a kdamond that runs, or give it another index. None is taken then.
        """
        back = place < self.place
        what = "undone" if back else "done again"
        between = self.steps[min(place, self.place) : max(place, self.place)]
        for step in between:
            self._keep_indices(step.renumbers, f"“{step.label}” can't be {what}")
            self._keep_running(step.before if back else step.after, what)
        for _ in between:
            self._history.undo() if back else self._history.redo()
        if between:
            self._changed()

    def seal(self) -> None:
        """The next edit is a step of its own."""
        self._history.seal()

    # What they share

    def _changed(self) -> None:
        """Another tree is staged."""

    def _do(self, label: str, after: Tree, key: Hashable = None, renumbers: range = range(0)) -> None:
        before = self.staged
        self._history.do(label, after, key, renumbers)
        if self.staged != before:
            self._changed()

    def _held(self) -> frozenset[int]:
        """The indices that must stay as they are."""
        return self._running

    def _keep_running(self, after: Tree, what: str) -> None:
        gone = [index for index in self._held() if index >= len(after)]
        if gone:
            raise InputError(f"this can't be {what} while kdamond {gone[0]} runs, which it would remove: stop it first")

    def _keep_indices(self, renumbers: range, what: str) -> None:
        held = [index for index in self._held() if index in renumbers]
        if held:
            raise InputError(f"{what} while kdamond {max(held)} runs: stop it first")
