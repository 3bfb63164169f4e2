"""The one exception that reaches a user."""

from __future__ import annotations

SHOWN_LENGTH = 60


class InputError(ValueError):
    """Something given from outside can't be used.

    The message is one sentence for a user: what was given, where, and what would be accepted.
    """


def shown(value: object) -> str:
    """`value` as messages quote it: on one line, and cut when it is longer than about 60 characters."""
    try:
        text = repr(value)
    except ValueError:  # an int of thousands of digits refuses to be printed
        return "a number of thousands of digits"
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


class BusyError(InputError):
    """What is asked for can't be while something else runs (the kernel's EBUSY)."""
