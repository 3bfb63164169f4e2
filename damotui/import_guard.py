"""Makes sure that `engine` and `themes` are ours.

Both are short names. A stranger's package of that name, in the working directory or on PYTHONPATH, must never run in
place of the one that was installed beside this package.
"""

from __future__ import annotations

import os
import sys

SIBLINGS = ("engine", "themes")
"""The packages that are installed beside `damotui`."""

_HOME = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


class ForeignPackageError(Exception):
    """A package of ours is missing, or another of its name would be imported; the message is one sentence."""


def drop_working_directory() -> None:
    """Take off `sys.path` the working directory that `python -m` put in front of it.

    It stays where this very package stands in it: in the project's own checkout, `engine` and `themes` are there too.
    Nothing must be imported before this, or a stranger's `json.py` would do as much harm as his `engine`.
    """
    if sys.flags.safe_path or not sys.path:
        return  # Python was told to put nothing in front
    try:
        here = os.path.realpath(os.getcwd())
    except FileNotFoundError:
        return  # nothing can be imported from a directory that was removed
    if os.path.realpath(sys.path[0] or here) == here != _HOME:
        del sys.path[0]


def check_siblings() -> None:
    """Check where our other packages would be imported from, without importing them.

    Raises:
        ForeignPackageError: one would come from elsewhere than beside this package, or isn't there.
    """
    from importlib.util import find_spec

    for name in SIBLINGS:
        ours = os.path.join(_HOME, name, "__init__.py")
        spec = find_spec(name)
        if spec is None:
            raise ForeignPackageError(f"the package {name!r} is missing beside damotui in {_HOME!r}: install it again")
        if spec.origin is None or os.path.realpath(spec.origin) != ours:
            found = spec.origin or ", ".join(spec.submodule_search_locations or ["somewhere else"])
            raise ForeignPackageError(
                f"another package named {name!r} stands in the way ({found}): "
                f"start damotui where it isn't on Python's path, as with PYTHONPATH unset"
            )
