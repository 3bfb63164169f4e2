"""Parts of the staged tree as they are committed."""

from __future__ import annotations

from damotui.session import tree
from damotui.session.kinds import entry_around, is_entry, name_of
from damotui.session.matching import Matching
from damotui.session.tree import Path, Tree
from engine.errors import InputError


def reverted(since: Matching, path: Path) -> Tree:
    """The staged tree with the node at `path` as it is committed, and where it is.

    Args:
        since: from the committed tree to the staged one.
        path: a staged node.

    Raises:
        InputError: it is as committed already, or in an entry that is not committed at all.
    """
    origin = since.origin(path)
    if origin is None:
        raise InputError(f"nothing is committed of {name_of(entry_around(path))}: x at it removes it")
    value = tree.get(since.before, origin)
    if value != tree.get(since.after, path):
        replaced: Tree = tree.replace(since.after, path, value)
        return replaced
    if not since.moved(path):
        raise InputError(f"{name_of(path)} is as it is committed")
    without = tree.remove(since.after, path)
    at = _index_of(since, origin, path)
    return _inserted(without, path[:-1], at - (at > int(path[-1])), value)


def restored(since: Matching, gone: Path) -> Tree:
    """The staged tree with an entry put back that is committed and was removed.

    Args:
        since: from the committed tree to the staged one.
        gone: the entry in the committed tree.
    """
    if len(gone) == 1:
        # It has its index again only if those before it do.
        return (*since.after, *since.before[len(since.after) : int(gone[0]) + 1])
    collection = since.place(gone[:-1])
    assert collection is not None and is_entry(gone)
    return _inserted(since.after, collection, _index_of(since, gone, None), tree.get(since.before, gone))


def _index_of(since: Matching, origin: Path, itself: Path | None) -> int:
    """Where a committed entry belongs among the staged ones: behind the nearest one before it that is there."""
    for before in range(int(origin[-1]) - 1, -1, -1):
        place = since.place((*origin[:-1], before))
        if place is not None and place != itself:
            return int(place[-1]) + 1
    return 0


def _inserted(staged: Tree, collection: Path, index: int, value: object) -> Tree:
    inserted: Tree = tree.insert(staged, collection, index, value)
    return inserted
