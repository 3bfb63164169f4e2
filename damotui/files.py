"""Writing a file as a whole, so that a reader never sees half of it and nothing is replaced unasked."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from engine.errors import InputError


def check_free(path: Path, *, force: bool) -> None:
    """Check that a file may be put at `path`.

    Args:
        path: where it would go.
        force: whether a file that is there already may be replaced.

    Raises:
        InputError: it may not, or its directory can't be written to.
    """
    if os.path.lexists(path):
        if not path.is_file():
            raise InputError(f"{path}: can't be written, as it is no regular file")
        if not force:
            raise InputError(f"{path}: exists already and is kept; give another name, or --force to replace it")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(f"{path}: can't be written, as there is no directory {str(path.parent)!r} that may be written")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write beside `path` and rename; text in UTF-8.

    Raises:
        InputError: the file can't be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content.encode() if isinstance(content, str) else content)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise InputError(f"{path}: can't be written ({error.strerror})") from None
