"""What keeps the files saying what is staged, and what is staged saying what is written to files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from damotui.pacer.requests import (
    Commit,
    CommitGoals,
    OpenFiles,
    Request,
    StageFiles,
    TurnOff,
    TurnOn,
    TypeCommands,
    WatchFiles,
    WatchTrace,
    WriteFile,
)
from damotui.pacer.watched import Written
from damotui.session import tree
from damotui.session.tree import Path, Tree
from engine.config.model import Target

_STATE = re.compile(r"kernel/mm/damon/admin/kdamonds/(\d+)/state")


class FileLink:
    """Tells the files of each change of the staged tree, once somebody looks at them.

    Args:
        send: takes requests for the engine.
    """

    def __init__(self, send: Callable[[Request], None]) -> None:
        self._send = send
        self._follows = False
        self._count = 0
        self._shown = 0

    def watch(self, watch: WatchFiles, staged: Tree) -> None:
        """Let frames show files; from the first time on, these say what is staged."""
        self._follow(staged)
        self._send(watch)

    def watch_trace(self, events: tuple[str, ...] | None) -> None:
        """Let frames show events, or no more."""
        self._send(WatchTrace(events))

    def show(self, staged: Tree) -> None:
        """Something else is staged."""
        if self._follows:
            self._count += 1
            self._shown = self._count
            self._send(StageFiles(staged))

    def write(self, path: str, text: str, staged: Tree) -> int:
        """Write to a file; gives the ticket that the answer names."""
        self._follow(staged)
        self._count += 1
        ticket = self._count
        self._send(WriteFile(path, text, ticket))
        return ticket

    def type(self, text: str, looks: tuple[str, ...], workload: str, staged: Tree) -> int:
        """Let a shell carry out commands; gives the ticket that the answer names."""
        self._follow(staged)
        self._send(OpenFiles())
        self._count += 1
        self._send(TypeCommands(text, looks, workload, self._count))
        return self._count

    def overtaken(self, ticket: int) -> bool:
        """Whether the files were told of another staged tree after that write, which has undone what it did."""
        return self._shown > ticket

    def _follow(self, staged: Tree) -> None:
        if not self._follows:
            self._follows = True
            self.show(staged)


def edits(staged: Tree, written: Written) -> Tree:
    """The staged tree with what a write has changed in the files."""
    before, after = (open_pids(side, staged, written) for side in (written.before, written.after))
    for path, value in tree.differences(before, after):
        staged = _replaced(staged, path, value, after)
    return staged


def open_pids(files: Tree, staged: Tree, written: Written) -> Tree:
    """What files say, with the pids left open that are open in the staged tree: files show what these stand for.

    A pid that the write has changed is no such one.
    """
    for k, kdamond in enumerate(files):
        for c, context in enumerate(kdamond.contexts):
            for t in range(len(context.targets)):
                path: Path = (k, "contexts", c, "targets", t)
                sides = [_target(side, path) for side in (written.before, written.after, staged)]
                if None not in sides and sides[0].pid == sides[1].pid and sides[2].pid is None:
                    files = tree.replace(files, (*path, "pid"), None)
    return files


def deed(request: WriteFile, written: Written, staged: Tree) -> Request | None:
    """What a write to a kdamond's `state` comes to, in terms of the session; None for all others.

    Args:
        request: the write.
        written: its answer.
        staged: the tree, with the changes of files taken over.
    """
    found = _STATE.fullmatch(request.path)
    if found is None or written.error:
        return None
    index, word = int(found[1]), request.text.removesuffix("\n")
    if index >= len(written.after):
        return None
    config = open_pids(written.after, staged, written)[index]
    match word:
        case "on":
            return TurnOn(index, config)
        case "off":
            return TurnOff(index)
        case "commit" | "commit_schemes_quota_goals" if index not in written.running:
            return TurnOff(index)  # kernels up to 6.13 stop a kdamond whose new parameters are wrong, and say nothing
        case "commit":
            return Commit(index, config)
        case "commit_schemes_quota_goals":
            return CommitGoals(index, config)
    return None


def label(path: str) -> str:
    """How undo calls a write: `write …/nr_regions/min`."""
    return f"write …/{'/'.join(path.split('/')[-2:])}"


def _target(side: Tree, path: Path) -> Any:
    found = tree.find(side, path)
    return found if isinstance(found, Target) else None


def _replaced(staged: Tree, path: Path, value: Any, after: Tree) -> Tree:
    """With `value` at `path`; where that is not there, with the nearest branch around it that is."""
    while path:
        try:
            replaced: Tree = tree.replace(staged, path, value)
        except LookupError:
            path = path[:-1]
            value = tree.get(after, path)
        else:
            return replaced
    return after


def with_goals(committed: Any, config: Any) -> Any:
    """A committed kdamond with the goals of another one's quotas."""
    contexts = tuple(
        replace(
            ours,
            schemes=tuple(
                replace(old, quotas=replace(old.quotas, goals=new.quotas.goals))
                for old, new in zip(ours.schemes, theirs.schemes, strict=False)
            )
            + ours.schemes[len(theirs.schemes) :],
        )
        for ours, theirs in zip(committed.contexts, config.contexts, strict=False)
    )
    return replace(committed, contexts=contexts + committed.contexts[len(config.contexts) :])
