"""Names for files that are to be saved: nothing that is there is ever replaced."""

from __future__ import annotations

import os
from itertools import chain, count

from damotui.path_names import expanded
from engine.errors import InputError


def free_name(name: str) -> str:
    """The name, or the first of `name-2`, `name-3` and so on that nothing has: Enter alone saves one after another."""
    stem, ending = os.path.splitext(name)
    names = chain([name], (f"{stem}-{number}{ending}" for number in count(2)))
    return next(one for one in names if not os.path.lexists(expanded(one)))


def check_new(name: str) -> None:
    """Check that a file may be saved under a name.

    Raises:
        InputError: there is none, something has it, or its directory can't be written to.
    """
    path = expanded(name)
    if not name.strip():
        raise InputError("give a name")
    if os.path.lexists(path):
        raise InputError(f"{name} is there already and stays as it is: give another name")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(f"there is no directory {str(path.parent)!r} that may be written")
