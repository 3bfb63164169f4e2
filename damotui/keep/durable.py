"""Writing a file so that it is there, whole, whatever happens next."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from engine.errors import InputError


def write_durably(path: Path, text: str) -> None:
    """Put `text` in place of what the file holds, in one step: killed at any moment, it holds the one or the other.

    Raises:
        InputError: it can't be written; what was there stays.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _settle_directory(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise InputError(f"{path}: can't be written ({error.strerror})") from None


def _settle_directory(folder: Path) -> None:
    """Make the new name outlast a loss of power, too, where directories can be opened for it."""
    with contextlib.suppress(OSError):
        at = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(at)
        finally:
            os.close(at)
