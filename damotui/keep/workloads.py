"""The workload of a session in its file: by name if it is one of the library, else with its masim file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zlib import crc32

from damotui.keep.plain import whole
from engine.config.json_place import Members, Place
from engine.errors import InputError
from engine.workload.header import check_accesses_per_ms, check_batch
from engine.workload.library import Workload, load_workload, parse_workload, workload_names

_FIGURES_MOST = (1 << 31) - 1


def workload_members(workload: Workload) -> dict[str, Any]:
    """What stands in the file.

    Raises:
        InputError: the workload was read from no file.
    """
    if not workload.text:
        raise InputError(f"the workload {workload.name} was read from no masim file, and can't be kept in a session's")
    members: dict[str, Any]
    if workload.name in workload_names() and load_workload(workload.name).text == workload.text:
        members = {"library": workload.name, "crc32": crc32(workload.text.encode())}
    else:
        members = {"name": workload.name, "masim": workload.text}
    plain = parse_workload(workload.text, workload.name, workload.name)
    if plain.accesses_per_ms != workload.accesses_per_ms:
        members["accesses_per_ms"] = list(workload.accesses_per_ms)
    if plain.batch != workload.batch:
        members["batch"] = workload.batch
    return members


def read_workload(place: Place) -> Workload:
    """The workload that stands in a file.

    Raises:
        InputError: it can't be read, or there is none of that name in the library.
    """
    with Members(place) as members:
        name = members.get("library")
        if name is not None:
            workload = _of_library(name)
            known = members.get("crc32")
            if known is not None and known.value != crc32(workload.text.encode()):
                place.notes.append(f"{place.name}: {workload.name} is not what it was when this was saved")
        else:
            masim = members.required("masim")
            workload = parse_workload(masim.string(), members.required("name").string(), masim.name)
        if (speeds := members.get("accesses_per_ms")) is not None:
            figures = tuple(_figure(entry) for entry in speeds.entries())
            try:
                workload = replace(workload, accesses_per_ms=check_accesses_per_ms(figures))
            except InputError as error:
                raise InputError(f"{speeds.name}: {error}") from None
        if (batch := members.get("batch")) is not None:
            workload = replace(workload, batch=check_batch(whole(batch, 1, _FIGURES_MOST)))
        return workload


def _of_library(place: Place) -> Workload:
    name = place.string()
    if name not in workload_names():
        raise place.error(f"one of {', '.join(workload_names())}")
    return load_workload(name)


def _figure(place: Place) -> float:
    if isinstance(place.value, bool) or not isinstance(place.value, int | float):
        raise place.error("a number")
    try:
        return float(place.value)
    except OverflowError:
        raise place.error("a number") from None
