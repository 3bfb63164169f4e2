"""What a kdamond really runs with, beside what was committed to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from damotui.session import tree
from damotui.session.document import Session
from damotui.session.live import Live
from damotui.session.tree import Path
from engine.snapshot import KdamondStatus


@dataclass(frozen=True, slots=True)
class Running:
    """A value that is in force; it may be None, as that of a pid may."""

    value: Any


def running_value(session: Session, live: Live, path: Path) -> Running | None:
    """What is in force of the staged node at `path`; None while its kdamond does not run, or does not have it."""
    origin = session.since_commit.origin(path)
    status = live.status(int(path[0])) if path else None
    if origin is None or status is None or not status.running or status.config is None or len(path) == 1:
        return None
    found = _in_force(status, origin)
    return Running(found) if found is not None else None


def differing(session: Session, live: Live, index: int) -> Iterator[tuple[Path, Any, Any]]:
    """Fields of a committed kdamond that were tuned since: path, committed value, and value in force."""
    status = live.status(index)
    if status is None or not status.running or status.config is None or index >= len(session.committed):
        return
    for name in ("sample_us", "aggr_us") if session.committed[index].contexts else ():
        path: Path = (index, "contexts", 0, "intervals", name)
        committed, now = tree.get(session.committed, path), _in_force(status, path)
        if now != committed:
            yield path, committed, now


def _in_force(status: KdamondStatus, path: Path) -> Any | None:
    """The value at a path of the committed tree."""
    if path[3:4] == ("intervals",) and path[2] == 0 and status.intervals is not None:
        return tree.find(status.intervals, path[4:])
    if path[3:4] == ("schemes",) and path[5:7] == ("quotas", "goals") and path[-1] == "current_value":
        state = status.scheme_states[int(path[4])] if int(path[4]) < len(status.scheme_states) else None
        goals = state.goals if state is not None else ()
        return goals[int(path[7])].current_value if int(path[7]) < len(goals) else None
    return tree.find(status.config, path[1:])
