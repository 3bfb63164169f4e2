"""What differs between the committed tree and the staged one, node by node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from damotui.session.matching import Matching
from damotui.session.tree import Path


class Mark(Enum):
    """How a node differs."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"
    MOVED = "↕"
    RUNS = "≈"
    """It is as committed, and tuning has changed what runs."""


@dataclass(frozen=True, slots=True)
class Change:
    """One node that differs: a field, or an entry with all that is in it."""

    mark: Mark
    before: Path | None
    """Where it is in the tree before; None for what was added."""
    after: Path | None
    """Where it is in the tree after; None for what was removed."""


def changes(matching: Matching) -> list[Change]:
    """All that differs, from top to bottom; what was removed comes before the entry that followed it."""
    return list(_changes(matching, matching.before, matching.after, (), ()))


def _changes(matching: Matching, before: Any, after: Any, old: Path, new: Path) -> Iterator[Change]:
    if before is after or before == after:
        return
    if isinstance(after, tuple):
        yield from _entries(matching, before, after, old, new)
    elif is_dataclass(after):
        for member in fields(after):
            name = member.name
            yield from _changes(matching, getattr(before, name), getattr(after, name), (*old, name), (*new, name))
    else:
        yield Change(Mark.CHANGED, old, new)


def _entries(matching: Matching, before: Any, after: Any, old: Path, new: Path) -> Iterator[Change]:
    pairs = matching.pairs(before, after, new)
    gone = [Change(Mark.REMOVED, (*old, at), None) for at, into in enumerate(pairs.after) if into is None]
    for at, origin in enumerate(pairs.before):
        if origin is None:
            yield Change(Mark.ADDED, None, (*new, at))
            continue
        if at in pairs.moved:
            yield Change(Mark.MOVED, (*old, origin), (*new, at))
            continue
        while gone and gone[0].before is not None and gone[0].before < (*old, origin):
            yield gone.pop(0)
        yield from _changes(matching, before[origin], after[at], (*old, origin), (*new, at))
    yield from gone
