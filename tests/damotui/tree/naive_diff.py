"""Carries out a list of changes, one after the other, on the tree that they begin with."""

from damotui.session import tree
from damotui.session.diff import Mark


def applied(changes, before, after):
    """`before` with the changes made; what is new in them is taken from `after`, nothing else is."""
    for change in changes:
        if change.mark is Mark.CHANGED:
            before = tree.replace(before, change.before, tree.get(after, change.after))
    moving = {c.after: tree.get(before, c.before) for c in changes if c.mark is Mark.MOVED}
    # From the last on, the paths of the others stay as they are.
    for path in sorted((c.before for c in changes if c.mark in (Mark.REMOVED, Mark.MOVED)), key=ordinal, reverse=True):
        before = tree.remove(before, path)
    # From the first on, each is put where it will be at the end.
    for path in sorted((c.after for c in changes if c.mark in (Mark.ADDED, Mark.MOVED)), key=ordinal):
        value = moving[path] if path in moving else tree.get(after, path)
        before = tree.insert(before, path[:-1], path[-1], value)
    return before


def ordinal(path):
    """Paths in the order of the tree: field names and indices are never compared with each other."""
    return [(0, step, "") if isinstance(step, int) else (1, 0, step) for step in path]
