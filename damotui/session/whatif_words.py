"""A what-if in a few words: what it is about, and how each branch stands."""

from __future__ import annotations

from damotui.pacer.requests import Branch
from damotui.session.document import Session
from damotui.session.live import clock
from damotui.session.side import Side
from damotui.session.whatif import WhatIf
from damotui.session.words import count
from engine.units import format_bytes

_MOST_CHANGES = 2
"""Changes that are named; of more, only the number is told."""


def headline(whatif: WhatIf) -> str:
    """Since when, and what B was given."""
    return f"what-if since {clock(whatif.forked.time_us)}, {clock(whatif.elapsed_us)} ago   B: {change(whatif)}"


def change(whatif: WhatIf) -> str:
    """What B was given at the fork."""
    changes = whatif.changes
    if not changes:
        return "a copy of A"
    more = f", and {len(changes) - _MOST_CHANGES} more" if len(changes) > _MOST_CHANGES else ""
    return ", ".join(changes[:_MOST_CHANGES]) + more


def standing(session: Session, whatif: WhatIf, branch: Branch, kdamond: int) -> str:
    """A branch in a line: whether it is turned to, its kdamond, regions, working set and resident memory."""
    side = whatif.side(branch)
    sign = "● " if session.branch is branch else "○ "
    return f"{sign}{branch.value}  {'   '.join(_parts(session, side, branch, kdamond))}"


def _parts(session: Session, side: Side, branch: Branch, kdamond: int) -> list[str]:
    live = side.live
    parts = [f"kdamond {kdamond} {live.kdamond_state(kdamond).replace('  ', ', ')}"]
    if session.staged != session.committed_in(branch):
        parts.append("* staged differs")
    if (regions := live.nr_regions(kdamond)) is not None:
        parts.append(f"{count(regions)} regions")
    return [*parts, f"{format_bytes(live.rss_bytes)} resident"]


NOTHING = (
    "No what-if runs.\n\n"
    "Stage a change of a kdamond that runs in the tree, then press W: branch B goes on from that moment with the"
    " change, beside A without it, with the same workload and the same chance.\n\n"
    "W here begins one with {}."
)


def nothing(session: Session) -> str:
    """What to do while no what-if runs."""
    changed = session.changed_running
    kdamonds = ", ".join(map(str, changed))
    what = f"what is staged for kdamond {kdamonds}" if changed else "a copy that nothing is changed in, yet"
    return NOTHING.format(what)
