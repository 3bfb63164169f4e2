"""Durations as `sleep` takes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from damotui.shell.call import CommandProblem

LONGEST_S = 10**9
"""About thirty years."""

_DURATION = re.compile(r"(\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})([smhd]?)", re.ASCII)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


def parse_durations(arguments: Sequence[str]) -> int:
    """The sum of durations such as `5`, `0.1`, `5s` and `2m`, in microseconds.

    Raises:
        CommandProblem: one is none, or it would take too long.
    """
    seconds = Decimal(0)
    for argument in arguments:
        if argument.lower().lstrip("+") in ("inf", "infinity"):
            raise CommandProblem(f"'{argument}' would never end, as time passes only while it sleeps")
        found = _DURATION.fullmatch(argument)
        if found is None:
            shown = argument if len(argument) <= 60 else f"{argument[:60]}…"
            raise CommandProblem(f"invalid time interval '{shown}'")
        seconds += Decimal(found[1]) * _SECONDS[found[2]]
    if seconds > LONGEST_S:
        raise CommandProblem(f"{seconds:f} s are too long: give at most {LONGEST_S} s")
    return round(seconds * 1_000_000)
