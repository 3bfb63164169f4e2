"""Completing the names of files that are typed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

_MOST = 2_000
"""Of a directory, so many entries are looked at."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a beginning can become."""

    text: str
    """As far as all names agree that begin so."""
    names: tuple[str, ...]
    """These names, sorted, directories with a slash at the end; of the last part only."""


def expanded(text: str) -> Path:
    """The path that is meant: `~` is a home. A `~` of nobody stays as it is."""
    return Path(os.path.expanduser(text))


def complete(text: str, suffix: str = "") -> Completion:
    """What `text` can become: directories, and files whose names end so.

    Names that begin with a dot are found only if the typed one does. What can't be read has no names.
    """
    head, last = text[: text.rfind("/") + 1], text[text.rfind("/") + 1 :]
    if text in ("~", "..") or text.endswith("/.."):
        return Completion(f"{text}/", (f"{last}/",))
    found = []
    try:
        with os.scandir(expanded(head) if head else ".") as entries:
            for entry, _ in zip(entries, range(_MOST), strict=False):
                if entry.name.startswith(last) and (last or not entry.name.startswith(".")):
                    if entry.is_dir():
                        found.append(f"{entry.name}/")
                    elif entry.name.endswith(suffix):
                        found.append(entry.name)
    except (OSError, ValueError):
        return Completion(text, ())
    return Completion(head + _common(found) if found else text, tuple(sorted(found)))


def _common(names: list[str]) -> str:
    """How all of them begin."""
    lowest, highest = min(names), max(names)
    agree = takewhile(lambda both: both[0] == both[1], zip(lowest, highest, strict=False))
    return "".join(letter for letter, _ in agree)
