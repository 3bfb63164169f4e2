"""What the terminal can do that the app is to run in."""

from __future__ import annotations

import locale
import os
import sys

from engine.errors import InputError

NO_DRAWING = ("dumb", "unknown")
"""Values of TERM that stand for a terminal in which nothing can be put anywhere."""
_OTHERWISE = "damotui --plain says the same in lines of text"


def check_terminal(least_width: int, least_height: int) -> None:
    """Check that there is a terminal, and room in it.

    Raises:
        InputError: there is none, or it won't do.
    """
    if os.environ.get("TEXTUAL_DRIVER"):
        return  # it draws elsewhere, as in a browser
    if not (sys.__stdin__ and sys.__stderr__ and sys.__stdin__.isatty() and sys.__stderr__.isatty()):
        raise InputError(f"the app needs a terminal to run in, and this is none: {_OTHERWISE}")
    if os.environ.get("TERM", "") in NO_DRAWING:
        raise InputError(f"the app can't draw on a terminal of type {os.environ['TERM']!r}: {_OTHERWISE}")
    columns, lines = os.get_terminal_size(sys.__stderr__.fileno())
    if (columns and columns < least_width) or (lines and lines < least_height):
        raise InputError(f"this terminal is {columns}x{lines}, and the app needs at least {least_width}x{least_height}")


def speaks_utf8() -> bool:
    """Whether the terminal can be sent UTF-8.

    In the C locale Python takes its streams to be UTF-8 all the same, and only the locale tells; but what a user has
    told Python holds.
    """
    if not _is_utf8(getattr(sys.__stderr__, "encoding", None) or "utf-8"):
        return False
    if os.name != "posix" or os.environ.get("PYTHONIOENCODING") or os.environ.get("PYTHONUTF8"):
        return True
    return _is_utf8(locale.getencoding())


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("-", "").replace("_", "").startswith("utf")
