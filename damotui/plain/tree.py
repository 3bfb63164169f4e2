"""The staged tree, what differs in it from what is committed, and how it came about."""

from __future__ import annotations

from collections.abc import Container, Iterator

from damotui.plain.desk import Desk
from damotui.plain.lines import INDENT, below, fact
from damotui.session import outline, tree
from damotui.session.diff import Mark
from damotui.session.diff_rows import DiffRow, diff_rows
from damotui.session.explained import state_facts
from damotui.session.outline import Kind, Row
from damotui.session.tree import Path

_MARKS = {
    Mark.ADDED: "added",
    Mark.REMOVED: "removed",
    Mark.CHANGED: "changed",
    Mark.MOVED: "moved",
    Mark.RUNS: "runs otherwise",
}


class Unfolded(Container[Path]):
    """Every branch of the tree."""

    def __contains__(self, path: object) -> bool:
        return True


def tree_lines(desk: Desk, at: Path = (), *, whole: bool = False) -> Iterator[str]:
    """The node at a path with all that is in it, a line each; with what is wrong, odd and not committed.

    Args:
        desk: whose tree it is.
        at: the node; empty for all kdamonds, and what runs besides.
        whole: whether what is at its default is told of, too.
    """
    every = outline.rows(desk.session, desk.seen.live, Unfolded(), only_set=not whole)
    rows = [row for row in every if row.path[: len(at)] == at]
    if not rows:
        yield "no kdamond is staged: add kdamond adds one" if not at else f"{tree.text(at)} is at its default"
    for row in rows:
        notes = "; ".join(_notes(desk, row))
        said = fact(row.label, row.value.replace("  ", ", "))
        yield INDENT * (row.depth - rows[0].depth) + said + (f" [{notes}]" if notes else "")


def diff_lines(desk: Desk) -> Iterator[str]:
    """What is staged and not committed, and what runs otherwise than it was committed."""
    rows = diff_rows(desk.session, desk.seen.live)
    if not rows:
        yield "all is committed"
    for row in rows:
        yield from _difference(row)


def history_lines(desk: Desk) -> Iterator[str]:
    """All edits, the oldest first."""
    steps, place = desk.session.steps, desk.session.place
    if not steps:
        yield "nothing was edited yet"
    for number, step in enumerate(steps, 1):
        yield fact(f"edit {number}", step.label + ("" if number <= place else " (undone)"))


def _notes(desk: Desk, row: Row) -> Iterator[str]:
    if row.uncommitted and (said := _uncommitted(desk, row)):
        yield said
    if row.problem:
        yield fact("error" if row.severe else "warning", row.problem)
    if row.lack:
        yield row.lack


def _uncommitted(desk: Desk, row: Row) -> str:
    """How it differs from what is committed; what is in a new entry need not say it again."""
    origin = desk.session.since_commit.origin
    if origin(row.path) is None:
        return "new, not committed" if origin(row.path[:-1]) is not None else ""
    if row.kind is Kind.FIELD:
        committed = dict(state_facts(desk.session, desk.seen.live, row.path))["committed"]
        return f"not committed, committed is {committed}"
    return "not committed"


def _difference(row: DiffRow) -> Iterator[str]:
    if row.change is None:
        yield fact(row.label, f"{row.committed}, {row.staged.replace('  ', ', ')}")
        return
    mark = row.change.mark
    told = f"{row.committed} → {row.staged}" if row.committed and row.staged else row.committed or row.staged
    yield from below([fact(f"{_MARKS[mark]} {row.label}", told)])
