"""Targets whose process is still open: in a text, a variable of the shell stands for its pid."""

from __future__ import annotations

from collections.abc import Mapping

from damotui.session.tree import Path, Tree, text

OpenPids = Mapping[Path, str]
"""Paths of targets, and the names of the variables that stand for their pids."""


def open_pids(kdamonds: Tree) -> OpenPids:
    """A variable for each target of a process without a pid, in order: `PID`, `PID2` and so on."""
    paths: list[Path] = [
        (k, "contexts", c, "targets", t)
        for k, kdamond in enumerate(kdamonds)
        for c, context in enumerate(kdamond.contexts)
        for t, target in enumerate(context.targets)
        if context.ops != "paddr" and target.pid is None
    ]
    return {path: f"PID{number if number > 1 else ''}" for number, path in enumerate(paths, 1)}


def notes_on(pids: OpenPids, how: str) -> list[str]:
    """A sentence for each variable; `how` says how it is given a value."""
    return [f"${name} stands for the pid of {text(path)}, which has none yet: {how}" for path, name in pids.items()]


def assignments(pids: OpenPids) -> list[str]:
    """Lines of a script that take the pids from its arguments."""
    return [f"{name}=${number}  # pid of {text(path)}" for number, (path, name) in enumerate(pids.items(), 1)]
