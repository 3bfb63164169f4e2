"""What damotui adds to a masim file, in comments that masim skips: one `#damotui: key=value` a line.

    #damotui: description=One line of text; each further one adds a line
    #damotui: memory=16 GiB
    #damotui: accesses_per_ms=90000
    #damotui: batch=131072
    #damotui: truth=NAME OF A PHASE|hot=10 MiB|warm=0|cold=90 MiB

`memory` is the machine that the workload needs. `accesses_per_ms` is the machine's speed, one number or one for each
phase with commas between. `batch` is how many accesses masim makes before it draws the next pattern, what masim takes
as --nr_accesses_per_region. `truth` is said once for each phase, in order, or not at all. All keys are optional.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from engine.errors import InputError, shown
from engine.units import parse_bytes
from engine.workload.masim import INT_MAX

SPEED_MAX: Final = 1e9
"""Accesses per millisecond; far beyond any machine."""

MEMORY_MIN_BYTES: Final = 1 << 20
MEMORY_MAX_BYTES: Final = 4 << 50

_REPEATED: Final = ("description", "truth")
_KEYS: Final = ("description", "memory", "accesses_per_ms", "batch", "truth")
_MARK = re.compile(r"\s*#\s*damotui\s*:(.*)")
_TRUTH_SYNTAX: Final = "'PHASE|hot=SIZE|warm=SIZE|cold=SIZE'"


@dataclass(frozen=True, slots=True)
class PhaseTruth:
    """How many of the regions' bytes are hot, warm and cold in a phase.

    By the share of windows of 5 ms in which a page is touched, in the mean over the phase: hot from 50 %, warm from
    1 %, and cold below.
    """

    phase: str
    hot_bytes: int
    warm_bytes: int
    cold_bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of a file says; None, or empty, for what it doesn't."""

    description: str = ""
    memory_bytes: int | None = None
    accesses_per_ms: tuple[float, ...] | None = None
    batch: int | None = None
    truth: tuple[PhaseTruth, ...] = ()


def parse_header(text: str, where: str) -> Header:
    """Read the `#damotui:` lines of a masim file and nothing else of it.

    Args:
        text: the content of the file.
        where: what to call it in errors.

    Raises:
        InputError: with `where` and the number of the line.
    """
    header = Header()
    said: set[str] = set()
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        marked = _MARK.fullmatch(line)
        if not marked:
            continue
        try:
            key, value = _split(marked[1].strip())
            if key in said and key not in _REPEATED:
                raise InputError(f"{key} is said twice")
            said.add(key)
            header = _with(header, key, value)
        except InputError as error:
            raise InputError(f"{where}, line {number}: {error}") from None
    return header


def parse_accesses_per_ms(text: str) -> tuple[float, ...]:
    """Read a machine's speed: accesses per millisecond, one number or one for each phase with commas between.

    Raises:
        InputError: naming what is no number, or out of range.
    """
    return check_accesses_per_ms(tuple(_speed(field.strip()) for field in text.split(",")))


def check_accesses_per_ms(speeds: tuple[float, ...]) -> tuple[float, ...]:
    """The same speeds; InputError if one can't be a machine's."""
    for speed in speeds:
        if not (math.isfinite(speed) and 0 < speed <= SPEED_MAX):
            raise InputError(f"accesses_per_ms must be above 0 and at most {SPEED_MAX:.0f}, not {speed:g}")
    return speeds


def check_batch(batch: int) -> int:
    """The same number of accesses; InputError if it can't be a batch's."""
    if not 1 <= batch <= INT_MAX:
        raise InputError(f"batch must be from 1 to {INT_MAX} accesses, not {batch}")
    return batch


def _split(text: str) -> tuple[str, str]:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise InputError(f"a header is '#damotui: key=value', and {shown(text)} has no '='")
    if key not in _KEYS:
        close = get_close_matches(key, _KEYS, 1)
        hint = f", did you mean {close[0]}?" if close else ""
        raise InputError(f"unknown key {shown(key)} in the header: accepted are {', '.join(_KEYS)}{hint}")
    if not value:
        raise InputError(f"{key} has no value")
    return key, value


def _with(header: Header, key: str, value: str) -> Header:
    match key:
        case "description":
            return replace(header, description=f"{header.description}\n{_printable(value)}".strip())
        case "memory":
            return replace(header, memory_bytes=_memory(value))
        case "accesses_per_ms":
            return replace(header, accesses_per_ms=parse_accesses_per_ms(value))
        case "batch":
            if not re.fullmatch("[0-9]{1,20}", value):
                raise InputError(f"batch must be a whole number of accesses, not {shown(value)}")
            return replace(header, batch=check_batch(int(value)))
        case _:
            return replace(header, truth=(*header.truth, _truth(value)))


def _speed(field: str) -> float:
    if not re.fullmatch(r"[0-9]{1,20}(\.[0-9]{0,20})?", field):
        raise InputError(f"accesses_per_ms must be a number, or one for each phase with commas, not {shown(field)}")
    return float(field)


def _memory(text: str) -> int:
    size = parse_bytes(text)
    if not MEMORY_MIN_BYTES <= size <= MEMORY_MAX_BYTES:
        raise InputError(f"memory must be from 1 MiB to 4 PiB, not {shown(text)}")
    return size


def _printable(text: str) -> str:
    if not text.isprintable():
        raise InputError(f"a description must be printable text, not {shown(text)}")
    return text


def _truth(text: str) -> PhaseTruth:
    """Split from the right, since the name of a phase may hold a '|'."""
    phase, *sizes = (part.strip() for part in text.rsplit("|", 3))
    if not phase or len(sizes) != 3:
        raise InputError(f"truth must be {_TRUTH_SYNTAX}, not {shown(text)}")
    found = []
    for name, part in zip(("hot", "warm", "cold"), sizes, strict=True):
        key, equals, size = (side.strip() for side in part.partition("="))
        if key != name or not equals:
            raise InputError(f"truth must be {_TRUTH_SYNTAX}, and {shown(part)} is where {name}=SIZE should be")
        found.append(parse_bytes(size))
    return PhaseTruth(phase, *found)
