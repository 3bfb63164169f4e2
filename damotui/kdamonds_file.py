"""Kdamonds from a file of damo's JSON."""

from __future__ import annotations

from pathlib import Path

from engine.config.damo_json import kdamonds_from_json
from engine.config.model import Kdamond
from engine.errors import InputError, shown

_MOST_BYTES = 64 << 20
"""No kdamonds take as much; a file without end would take for ever."""


def read_kdamonds(path: Path, notes: list[str], option: str = "") -> tuple[Kdamond, ...]:
    """The kdamonds of a file, at least one. Whether a kernel takes them is not asked.

    Args:
        path: the file.
        notes: takes a sentence for each thing that is passed over.
        option: what messages about the file begin with, such as `--kdamonds: `.

    Raises:
        InputError: it can't be read, or is no such file.
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{option}{shown(str(path))} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{option}{shown(str(path))} is no text, but damo's kdamonds JSON is") from None
    except ValueError:
        raise InputError(f"{option}{shown(str(path))} is no name of a file: it has a character of value 0") from None
    if len(text) > _MOST_BYTES:
        raise InputError(f"{option}{shown(str(path))} is too long: damo's kdamonds JSON is below 64 MiB")
    kdamonds = kdamonds_from_json(text, where=str(path), notes=notes)
    if not kdamonds:
        raise InputError(f"{option}{shown(str(path))} holds no kdamond: give at least one")
    return kdamonds
