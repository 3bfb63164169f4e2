"""Reads a session's file: all of it is checked before any of it is used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from damotui.experiment import Experiment
from damotui.keep.changes import changed
from damotui.keep.migrations import as_newest
from damotui.keep.plain import flag, read_tree, text, whole
from damotui.keep.requests import read_requests
from damotui.keep.saved import Saved, Setting, View
from damotui.keep.workloads import read_workload
from damotui.keep.writer import numpy_version
from damotui.pacer.clock import SPEEDS
from damotui.processes import NamedProcess, parse_process
from damotui.session import tree
from damotui.session.history import Edits, Step
from damotui.session.tree import Path, Tree
from engine.config.json_place import Members, Place
from engine.config.model import ULONG_MAX
from engine.config.validate import check
from engine.errors import InputError, shown
from engine.versions import DEFAULT_KERNEL, KERNELS, Kernel, kernel_version
from engine.workload.library import Workload

MOST_BYTES = 64 << 20
_MOST_NODES = 1024
_MOST_PROCESSES = 64
_LONGEST_US = 1 << 62
_MOST_KDAMONDS = 4096


def read_session(path: FilePath) -> Saved:
    """The session in a file.

    Raises:
        InputError: it can't be read, or is none.
    """
    where = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{where}: can't be read: {error.strerror}") from None
    except ValueError:
        raise InputError(f"{shown(where)} is no name of a file") from None
    if len(data) > MOST_BYTES:
        raise InputError(f"{where}: is larger than {MOST_BYTES >> 20} MiB, and surely no session")
    try:
        return parse_session(data.decode(), where)
    except UnicodeDecodeError:
        raise InputError(f"{where}: is no text, but a session is JSON") from None


def parse_session(content: str, where: str) -> Saved:
    """The session in the text of a file, which messages call `where`.

    Raises:
        InputError: it is none; the sentence names the place and what is accepted there.
    """
    try:
        document = json.loads(content)
    except RecursionError:
        raise InputError(f"{where}: this is nested too deeply for a session") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise InputError(f"{where}: {place} is not JSON ({error.msg}): the file is damaged, or no session") from None
    except ValueError:
        raise InputError(f"{where}: a number has thousands of digits: the file is damaged, or no session") from None
    notes: list[str] = []
    try:
        return _session(Place(where, "", as_newest(document, where, notes), notes))
    except RecursionError:
        raise InputError(f"{where}: this is nested too deeply for a session") from None


def _session(place: Place) -> Saved:
    with Members(place, "format", "written_by") as members:
        _note_numpy(place)
        experiment = _experiment(members)
        time_us = members.read(("time_us",), lambda at: whole(at, 0, _LONGEST_US), 0)
        done = tuple(read_requests(members.entries("done"), experiment.kdamonds, time_us))
        saved = Saved(
            experiment=experiment,
            edits=_edits(members),
            committed=read_tree(members.required("committed")),
            done=done,
            time_us=time_us,
            view=members.read(("view",), _view, View()),
            note=members.read(("note",), text, ""),
            at=members.read(("at",), text, ""),
            file=members.read(("file",), Place.string, ""),
        )
    return replace(saved, passed_over=tuple(place.notes))


def _note_numpy(place: Place) -> None:
    writer = place.value.get("written_by")
    known = writer.get("numpy") if isinstance(writer, dict) else None
    if known is not None and known != numpy_version() and place.value.get("time_us"):
        place.notes.append(
            f"{place.where}: was written with numpy {shown(known)}, and this is {numpy_version()}:"
            " what is brought back may differ from what was seen"
        )


def _experiment(members: Members) -> Experiment:
    workload = read_workload(members.required("workload"))
    kernel, nodes, swap_bytes = members.read(
        ("machine",), lambda place: _machine(place, workload), _default_machine(workload)
    )
    begun = members.required("begun")
    kdamonds = read_tree(begun)
    for index, kdamond in enumerate(kdamonds):
        try:
            check(kdamond, kernel)
        except InputError as error:
            raise InputError(f"{begun.name}[{index}].{error}") from None
    return Experiment(
        workload=workload,
        kernel=kernel,
        kdamonds=kdamonds,
        seed=members.read(("seed",), _seed, 0),
        node_bytes=nodes,
        swap_bytes=swap_bytes,
        loop=members.read(("loop",), flag, True),
        processes=members.read(("processes",), _processes, ()),
    )


def _processes(place: Place) -> tuple[NamedProcess, ...]:
    if len(found := tuple(map(_process, place.entries()))) > _MOST_PROCESSES:
        raise place.error(f"a list of at most {_MOST_PROCESSES} processes")
    return found


def _process(place: Place) -> NamedProcess:
    try:
        return parse_process(place.string())
    except InputError:
        raise place.error("NAME or NAME:PID, such as masim:4242") from None


def _seed(place: Place) -> int:
    if isinstance(place.value, bool) or not isinstance(place.value, int) or place.value < 0:
        raise place.error("a whole number, 0 or more")
    return place.value


def _default_machine(workload: Workload) -> tuple[Kernel, tuple[int, ...], int]:
    return kernel_version(DEFAULT_KERNEL), (workload.memory_bytes,), workload.memory_bytes


def _machine(place: Place, workload: Workload) -> tuple[Kernel, tuple[int, ...], int]:
    kernel, nodes, _ = _default_machine(workload)
    with Members(place) as members:
        if (name := members.get("kernel")) is not None:
            kernel = kernel_version(name.keyword(dict.fromkeys(KERNELS)))
        if (given := members.get("node_bytes")) is not None:
            nodes = tuple(whole(entry, 1, ULONG_MAX) for entry in given.entries())
            if not 1 <= len(nodes) <= _MOST_NODES:
                raise given.error(f"the memory of 1 to {_MOST_NODES} nodes")
        return kernel, nodes, members.read(("swap_bytes",), lambda at: whole(at, 0, ULONG_MAX), sum(nodes))


def _edits(members: Members) -> Edits[Tree]:
    state = read_tree(members.required("first"))
    entries = members.entries("steps")
    place = members.read(("place",), lambda at: whole(at, 0, len(entries)), len(entries))
    steps: list[Step[Tree]] = []
    states = [state]
    for entry in entries:
        step = _step(entry, states[-1])
        steps.append(step)
        states.append(step.after)
    return Edits(states[place], tuple(steps), place)


def _step(place: Place, before: Tree) -> Step[Tree]:
    with Members(place) as members:
        renumbers = members.read(("renumbers",), _indices, range(0))
        label = members.read(("label",), text, "an edit")
        return Step(label, before, changed(before, members.required("changes")), renumbers=renumbers)


def _indices(place: Place) -> range:
    ends = [whole(entry, 0, _MOST_KDAMONDS) for entry in place.entries()]
    if len(ends) != 2:
        raise place.error("a list of two [first, the one behind the last]")
    return range(*ends)


def _view(place: Place) -> View:
    with Members(place) as members:
        return View(
            theme=members.read(("theme",), text, ""),
            speed=members.read(("speed",), _speed, 1.0),
            cursor=members.read(("cursor",), _path, ()),
            expanded=members.read(("expanded",), lambda at: frozenset(map(_path, at.entries())), None),
            panes=members.read(("panes",), _panes, MappingProxyType({})),
        )


def _speed(place: Place) -> float:
    if place.value == "max":
        return SPEEDS[-1]
    if isinstance(place.value, bool) or not isinstance(place.value, int | float) or not 0 < place.value <= 1000:
        raise place.error("a number up to 1000, or max")
    return float(place.value)


def _path(place: Place) -> Path:
    name = place.string()
    path = tree.parse(name[:500])
    return path[1:] if path[:1] == ("kdamonds",) else ()


def _panes(place: Place) -> Mapping[str, Mapping[str, Setting]]:
    with Members(place) as members:
        found = {str(name): members.required(name) for name in place.value}
        return MappingProxyType({name: _settings(at) for name, at in found.items()})


def _settings(place: Place) -> Mapping[str, Setting]:
    with Members(place) as members:
        found: dict[str, Any] = {name: members.get(name) for name in place.value}
        return MappingProxyType({name: None if at is None else _setting(at) for name, at in found.items()})


def _setting(place: Place) -> Setting:
    if not isinstance(place.value, str | int | float):
        raise place.error("a number, a text, true, false or null")
    return place.value
