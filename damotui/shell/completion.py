"""What the Tab key adds to a line: words of the shell at its beginning, names of files elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from damotui.shell.places import Places
from engine.files.errors import FileError

DELIMITERS = " \t\n;&|<>()$\"'=`"
"""Characters that end what is completed."""
_BEFORE_WORD = (";", "&", "|", "(")


def completions(line: str, begin: int, text: str, words: Iterable[str], places: Places) -> list[str]:
    """All that `text` could become.

    Args:
        line: that is being typed.
        begin: where in it `text` begins.
        text: what is there of it.
        words: of the shell.
        places: where files are looked for.
    """
    before = line[:begin].strip()
    if before in ("", "#", "$") or before.endswith(_BEFORE_WORD):
        return [f"{word} " for word in sorted(words) if word.startswith(text)]
    directory, slash, name = text.rpartition("/")
    try:
        place = places.existing(directory + slash or ".")
        names = [found for found in places.names(place) if found.startswith(name)]
        return [f"{directory}{slash}{found}{_ending(places, directory + slash + found)}" for found in names]
    except FileError:
        return []


def _ending(places: Places, path: str) -> str:
    stat = places.existing(path).stat
    return "/" if stat is not None and stat.directory else " "
