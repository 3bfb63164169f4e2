"""What is staged beside what is committed, as rows to show."""

from __future__ import annotations

from dataclasses import dataclass

from damotui.session import tree
from damotui.session.diff import Change, Mark, changes
from damotui.session.document import Session
from damotui.session.kinds import is_entry, name_of
from damotui.session.live import Live
from damotui.session.running import differing
from damotui.session.summaries import DEFAULT, summary
from damotui.session.tree import Path, Tree


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One line: a kdamond, or one of the differences in it."""

    kdamond: int
    label: str
    committed: str = ""
    staged: str = ""
    """For what runs otherwise than committed, what runs."""
    change: Change | None = None
    """None at a kdamond."""

    @property
    def depth(self) -> int:
        """Kdamonds are heads."""
        return 0 if self.change is None else 1

    @property
    def expandable(self) -> bool:
        """None can be folded."""
        return False

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from the others."""
        return (self.kdamond, self.change)


def diff_rows(session: Session, live: Live) -> list[DiffRow]:
    """All differences, by kdamond; none of a kdamond in which nothing differs."""
    found = [_row(session, change) for change in changes(session.since_commit)]
    for index in range(len(session.committed)):
        for path, committed, now in differing(session, live, index):
            change = Change(Mark.RUNS, path, session.since_commit.place(path))
            found.append(DiffRow(index, _label(path), summary(path, committed), summary(path, now), change))
    rows = []
    for index in sorted({row.kdamond for row in found}):
        own = [row for row in found if row.kdamond == index]
        staged = sum(row.change is not None and row.change.mark is not Mark.RUNS for row in own)
        count = f"{staged} not committed" if staged else "all is committed"
        rows += [DiffRow(index, f"kdamond {index}", count, live.kdamond_state(index)), *own]
    return rows


def nearest(session: Session, row: DiffRow) -> Path:
    """The staged node that a row is about; of what was removed, the list that it was in. Empty if there is none."""
    change = row.change
    if change is None:
        return (row.kdamond,) if row.kdamond < len(session.staged) else ()
    if change.after is None and change.before is not None:
        return session.since_commit.place(change.before[:-1]) or ()
    return change.after or ()


def _row(session: Session, change: Change) -> DiffRow:
    path = change.after or change.before or ()
    committed = _words(session.committed, change.before)
    staged = _words(session.staged, change.after)
    if change.mark is Mark.MOVED and change.before and change.after:
        committed, staged = f"at place {change.before[-1]}", f"at place {change.after[-1]}"
    return DiffRow(int(path[0]), _label(path), committed, staged, change)


def _words(kdamonds: Tree, path: Path | None) -> str:
    return "" if path is None else summary(path, tree.get(kdamonds, path)) or DEFAULT


def _label(path: Path) -> str:
    """The steps below the kdamond, without the context that it has only one of: `scheme 1 access_pattern.age.min`."""
    if len(path) == 1:
        return name_of(path)
    words: list[str] = []
    for length in range(2, len(path) + 1):
        at = path[:length]
        if is_entry(at) and (at[-2] != "contexts" or at[-1] or length == len(path)):
            words.append(f"{name_of(at)} ")
        elif not is_entry(at) and (length == len(path) or not isinstance(path[length], int)):
            words.append(f"{at[-1]}.")
    return "".join(words).rstrip(" .")
