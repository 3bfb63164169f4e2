"""Why a kdamond has found nothing, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from damotui.session.document import Session
from damotui.session.live import Live, kdamond_name
from engine.snapshot import DEBUGFS_FIRST_INDEX


def nothing_found(session: Session, live: Live, kdamond: int, key: Callable[[str], str]) -> str:
    """One sentence.

    Args:
        session: tells whether the kdamond is there.
        live: tells whether it runs.
        kdamond: its index.
        key: gives what the user calls the key of an action of that name.
    """
    status, name = live.status(kdamond), kdamond_name(kdamond)
    if status is not None and status.running:
        return live.idle_because(kdamond) or f"{name} has yet to end its first aggregation"
    if kdamond < DEBUGFS_FIRST_INDEX and kdamond >= len(session.staged):
        return f"there is no kdamond: {key('add')} in the tree adds one"
    return f"{name} is off, and has found nothing: {key('toggle_kdamond')} in the tree starts it"
