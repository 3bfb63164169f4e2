"""The entry point of the console script and of `python -m damotui`.

Only the standard library is imported here, and as little of it as the answer needs: the version at once, the app's
options and the help without typer, everything else through typer in `damotui.cli`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from damotui import __version__
from damotui.exits import BAD_INPUT, OK, run_guarded, say
from damotui.import_guard import ForeignPackageError, check_siblings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code.

    Args:
        arguments: what follows the program's name; None takes it from the command line.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] == "--version":
        return run_guarded(_say_version)
    try:
        check_siblings()
    except ForeignPackageError as error:
        say(str(error))
        return BAD_INPUT
    return run_guarded(lambda: _dispatch(given))


def _say_version() -> int:
    print("damotui", __version__)
    return OK


def _dispatch(given: list[str]) -> int:
    from damotui.commands import COMMANDS, RUN, suggestion

    if not given or given[0].startswith("-") or given[0] == RUN:
        return _start_app(given)
    if given[0] in COMMANDS:
        from damotui.cli import run_command

        return run_command(given)

    from engine.errors import InputError

    raise InputError(f"{given[0]!r} is not a command: {suggestion(given[0], COMMANDS)}")


def _start_app(given: list[str]) -> int:
    from damotui.options import parse_app_options

    options = parse_app_options(given)
    if options.plain:
        from damotui.plain.start import run_plain

        return run_plain(options)

    from damotui.app import run_app

    return run_app(options)
