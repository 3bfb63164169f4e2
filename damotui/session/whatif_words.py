"""A what-if in a few words: what it is about, and how each branch stands."""

from __future__ import annotations

from collections.abc import Iterator

from damotui.pacer.requests import Branch
from damotui.session.document import Session
from damotui.session.live import Live, clock
from damotui.session.whatif import WhatIf
from damotui.session.words import count, terse_bytes
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


def standing(session: Session, whatif: WhatIf, branch: Branch, kdamond: int, width: int) -> str:
    """A branch in a line: whether it is turned to, its kdamond, what is staged, regions and resident memory.

    Args:
        session: tells which branch is turned to, and what is staged.
        whatif: both branches.
        branch: the one that is told of.
        kdamond: its index.
        width: cells; the more room there is, the more words.
    """
    sign = f"{'●' if session.branch is branch else '○'} {branch.value}"
    differs = session.staged != session.committed_in(branch)
    forms = [sign + form for form in _forms(whatif.side(branch).live, kdamond, differs)]
    return next((form for form in forms if len(form) <= width), forms[-1])


def _forms(live: Live, kdamond: int, differs: bool) -> Iterator[str]:
    """From the longest to the shortest."""
    state, *pid = live.kdamond_state(kdamond).split("  ")
    regions = live.nr_regions(kdamond)
    number = "" if regions is None else count(regions)
    many, few = (f"{number} regions", f"{number} reg") if number else ("", "")
    resident, rss = f"{format_bytes(live.rss_bytes)} resident", f"rss {terse_bytes(live.rss_bytes)}"
    named = f"kdamond {kdamond} {state}"
    for gap, parts in (
        (3, [", ".join([named, *pid]), "* staged differs" * differs, many, resident]),
        (3, [named, "* staged differs" * differs, many, resident]),
        (2, [named, "* differs" * differs, many, rss]),
        (2, [state, "*" * differs, few, rss]),
    ):
        yield "  " + (" " * gap).join(filter(None, parts))


NOTHING = (
    "No what-if runs.\n\n"
    "Stage a change of a kdamond that runs in the tree, then press {}: branch B goes on from that moment with the"
    " change, beside A without it, with the same workload and the same chance.\n\n"
    "{} here begins one with {}."
)


def nothing(session: Session, keys: tuple[str, str] = ("W", "W")) -> str:
    """What to do while no what-if runs.

    Args:
        session: tells what is staged.
        keys: what begins one in the main screen, and in the what-if.
    """
    changed = session.changed_running
    kdamonds = ", ".join(map(str, changed))
    what = f"what is staged for kdamond {kdamonds}" if changed else "a copy that nothing is changed in, yet"
    return NOTHING.format(*keys, what)
