"""The sessions of a user's files that were open last: a short list, in a file of its own."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from damotui.keep.durable import write_durably
from damotui.keep.plain import text, whole
from engine.config.json_place import Members, Place
from engine.errors import InputError

MOST = 20
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Recent:
    """One of them."""

    path: Path
    at: str
    """When it was closed or saved: `2026-03-14T15:09:26+01:00`."""
    about: str
    """What it is in a few words."""
    time_us: int = 0
    """How far it had come."""


class Recents:
    """The list, the newest first.

    Args:
        path: of the file, which need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.trouble = ""
        """What is wrong with the file, as of the last look; it is begun anew then."""

    def all(self) -> tuple[Recent, ...]:
        """Those whose files are still there."""
        return tuple(entry for entry in self._read() if entry.path.exists())

    def add(self, recent: Recent) -> None:
        """Put one at the head of the list; what falls off its end is forgotten.

        Raises:
            InputError: the list can't be written.
        """
        others = [entry for entry in self._read() if entry.path != recent.path]
        self._write([recent, *others[: MOST - 1]])

    def _read(self) -> list[Recent]:
        self.trouble = ""
        try:
            with self._path.open("rb") as file:
                document = json.loads(file.read(_MOST_BYTES).decode())
            with Members(Place(str(self._path), "", document, [])) as members:
                return [_recent(place) for place in members.entries("sessions")]
        except FileNotFoundError:
            return []
        except (OSError, InputError, ValueError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self.trouble = f"the list of recent sessions can't be read, and begins anew: {self._path}: {reason}"
            return []

    def _write(self, entries: Iterable[Recent]) -> None:
        listed = [
            {"path": str(entry.path), "at": entry.at, "about": entry.about, "time_us": entry.time_us}
            for entry in entries
        ]
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(self._path, json.dumps({"format": 1, "sessions": listed}, indent=1) + "\n")


def _recent(place: Place) -> Recent:
    with Members(place) as members:
        return Recent(
            path=Path(members.required("path").string()),
            at=members.read(("at",), text, ""),
            about=members.read(("about",), text, ""),
            time_us=members.read(("time_us",), lambda at: whole(at, 0, 1 << 62), 0),
        )
