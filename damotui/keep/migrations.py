"""The formats that a session's file has had, and what makes each of them the next.

`FORMAT` is what is written. A change of what stands in the file raises it, and puts a function into `MIGRATIONS` that
makes a document of the format before one of the new format: the reader knows this one alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from damotui.keep.plain import plain
from engine.config.damo_json import kdamonds_from_json
from engine.config.json_place import Place
from engine.errors import InputError, shown

FORMAT = 1

Migration = Callable[[dict[str, Any], str, list[str]], dict[str, Any]]


def as_newest(document: Any, where: str, notes: list[str]) -> dict[str, Any]:
    """The document in the present format.

    Args:
        document: what the file holds.
        where: what messages call it.
        notes: takes a sentence for each thing passed over.

    Raises:
        InputError: it is of a newer format, or of none that ever was.
    """
    if isinstance(document, list):
        document = {"kdamonds": document}
    if not isinstance(document, dict) or not ("format" in document or "kdamonds" in document):
        raise Place(where, "", document, notes).error("a session that damotui has saved, or damo's kdamonds JSON")
    number = document.get("format", 0)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise InputError(f"{where}: format: {shown(number)} can't be used: give a whole number from 0 to {FORMAT}")
    if number > FORMAT:
        raise InputError(
            f"{where}: this is a session of format {shown(number)}{_by(document)}, and this damotui reads formats"
            f" up to {FORMAT}: open it with that damotui, or a later one"
        )
    for known in range(number, FORMAT):
        document = MIGRATIONS[known](document, where, notes)
    assert isinstance(document, dict)
    return document


def _by(document: dict[str, Any]) -> str:
    writer = document.get("written_by")
    version = writer.get("damotui") if isinstance(writer, dict) else None
    return f", written by damotui {version}" if isinstance(version, str) and len(version) < 40 else ""


def _from_0(document: dict[str, Any], where: str, notes: list[str]) -> dict[str, Any]:
    """Format 0 is damo's: kdamonds alone. They run on a machine and a workload that nobody chose."""
    kdamonds = plain(kdamonds_from_json(json.dumps(document), where, notes))
    return {
        "format": 1,
        "workload": {"library": "stairs"},
        "begun": kdamonds,
        "committed": kdamonds,
        "first": kdamonds,
    }


MIGRATIONS: Mapping[int, Migration] = MappingProxyType({0: _from_0})
"""By the format that each begins with."""
