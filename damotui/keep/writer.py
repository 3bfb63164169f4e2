"""Writes a session as the text of its file: JSON that can be read, with a line for each step of the history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from damotui import __version__
from damotui.keep.changes import changes
from damotui.keep.migrations import FORMAT
from damotui.keep.plain import plain
from damotui.keep.requests import written
from damotui.keep.saved import Saved
from damotui.keep.workloads import workload_members
from damotui.session import tree
from damotui.session.history import Step
from damotui.session.tree import Tree
from engine.workload.library import Workload


class Writer:
    """Writes the same session again and again as it grows: lines that are known are not made again."""

    def __init__(self) -> None:
        self._steps = _Lines()
        self._done = _Lines()
        self._workload: tuple[Workload, dict[str, Any]] | None = None

    def text(self, saved: Saved) -> str:
        """The whole file.

        Raises:
            InputError: the workload can't be kept.
        """
        begun, edits, experiment = saved.experiment.kdamonds, saved.edits, saved.experiment
        first = edits.steps[0].before if edits.steps else edits.state
        steps = self._steps.of(edits.steps, None, lambda known: map(_step, edits.steps[known:]))
        done = self._done.of(saved.done, begun, lambda known: written(saved.done, begun, known))
        members = {
            "format": FORMAT,
            "written_by": {"damotui": __version__, "numpy": numpy_version()},
            "at": saved.at,
            "note": saved.note,
            "file": saved.file or None,
            "workload": self._workload_members(experiment.workload),
            "machine": {
                "kernel": experiment.kernel.name,
                "node_bytes": list(experiment.node_bytes),
                "swap_bytes": experiment.swap_bytes,
            },
            "loop": experiment.loop,
            "seed": experiment.seed,
            "time_us": saved.time_us,
            "begun": plain(begun),
            "committed": plain(saved.committed),
            "view": _view(saved),
            "first": plain(first),
            "place": edits.place,
        }
        if experiment.processes:
            members["processes"] = [str(process) for process in experiment.processes]
        parts = [f'"{name}": {_indented(value)}' for name, value in members.items()]
        parts += [f'"steps": {_listed(steps)}', f'"done": {_listed(done)}']
        return "{\n" + ",\n".join(parts) + "\n}\n"

    def _workload_members(self, workload: Workload) -> dict[str, Any]:
        if self._workload is None or self._workload[0] is not workload:
            self._workload = workload, workload_members(workload)
        return self._workload[1]


def numpy_version() -> str:
    """On which the bytes of a run depend, too."""
    import numpy

    return numpy.__version__


class _Lines:
    """The lines of a list that mostly grows at its end."""

    def __init__(self) -> None:
        self._entries: Sequence[object] = ()
        self._base: Tree | None = None
        self._lines: list[str] = []

    def of(self, entries: Sequence[object], base: Tree | None, make: Any) -> list[str]:
        """A line for each entry; `make` gives what stands in those from a number on."""
        known = 0
        if base is self._base:
            most = min(len(entries), len(self._entries))
            while known < most and entries[known] is self._entries[known]:
                known += 1
        self._lines = [*self._lines[:known], *map(_line, make(known))]
        self._entries, self._base = entries, base
        return self._lines


def _step(step: Step[Tree]) -> dict[str, Any]:
    members: dict[str, Any] = {"label": step.label, "changes": changes(step.before, step.after)}
    if step.renumbers:
        members["renumbers"] = [step.renumbers.start, step.renumbers.stop]
    return members


def _view(saved: Saved) -> dict[str, Any]:
    view = saved.view
    members: dict[str, Any] = {"theme": view.theme, "speed": "max" if view.speed == float("inf") else view.speed}
    members["cursor"] = tree.text(view.cursor)
    if view.expanded is not None:
        members["expanded"] = sorted(map(tree.text, view.expanded))
    members["panes"] = {name: dict(settings) for name, settings in view.panes.items()}
    return members


def _line(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, as a file's name may have
        return json.dumps(value)
    return text


def _indented(value: object) -> str:
    line = _line(value)
    if len(line) < 100:
        return line
    return json.dumps(value, indent=1, ensure_ascii=line.isascii())


def _listed(lines: Iterable[str]) -> str:
    joined = ",\n".join(f" {line}" for line in lines)
    return f"[\n{joined}\n]" if joined else "[]"
