"""The numbers of damo's files: JSON numbers, or text with commas and units.

A bare number is in the unit that is asked for. Unlike `engine.units`, which reads what people type, fractions of the
unit are kept, and times are nanoseconds. All raise ValueError with a text that tells what was found.
"""

from __future__ import annotations

import math
import re

from engine.errors import shown
from engine.units import parse_bytes

ULONG_MAX = 2**64 - 1

_NS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9}
_PART = re.compile(r"\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*([A-Za-z%]*)\s*")


def number(value: object) -> int | float:
    """A number without unit: 5, 5.5, "5,000", "min", "max"."""
    if isinstance(value, str):
        if value.isdecimal() and value.isascii():
            return int(value)
        if value in ("min", "max"):
            return 0 if value == "min" else ULONG_MAX
        parts = _parts(value.removeprefix("-"))
        if len(parts) == 1 and not parts[0][1]:
            return -parts[0][0] if value.startswith("-") else parts[0][0]
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise ValueError(f"{shown(value)} is not a number")


def whole(value: object) -> int:
    """A whole number without unit, as `number`; fractions are cut off."""
    return int(number(value))


def size_bytes(value: object) -> int:
    """Bytes: 4096, "4,096", "4 KiB", "31.340 MiB", "max"."""
    return parse_bytes(value) if isinstance(value, str) else whole(value)


def time_ns(value: object) -> int:
    """Nanoseconds: 1000, "1,000", "1 m 59 s 123 ms", "5ms"."""
    return int(_scaled(value, _NS, 1, "a time in nanoseconds"))


def time_us(value: object) -> float:
    """Microseconds: 5000, "5,000", "5 ms", "1 s 200 ms"."""
    return _scaled(value, _NS, 1000, "a time in microseconds") / 1000


def percent(value: object) -> float:
    """Percent: 40, "40 %"."""
    return _scaled(value, {"%": 1}, 1, "a percentage")


def basis_points(value: object) -> float:
    """Ten-thousandths: 400, "400.000000", "4 %"."""
    return _scaled(value, {"%": 100}, 1, "a share in ten-thousandths")


def _scaled(value: object, units: dict[str, int], bare: int, what: str) -> int | float:
    """`value` in the smallest of `units`; a number without unit counts `bare` of these."""
    parts = _parts(value) if isinstance(value, str) else []
    if any(unit for _, unit in parts):
        if all(unit in units for _, unit in parts):
            return sum(amount * units[unit] for amount, unit in parts)
        raise ValueError(f"{shown(value)} is not {what}: its units are {', '.join(units)}")
    try:
        return number(value) * bare
    except ValueError:
        raise ValueError(f"{shown(value)} is not {what}") from None


def _parts(text: str) -> list[tuple[int | float, str]]:
    """(amount, unit) of each part of a text like "1 m 59 s"; empty if it isn't one."""
    parts: list[tuple[int | float, str]] = []
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None:
            return []
        digits = match[1].replace(",", "")
        parts.append((float(digits) if "." in digits else int(digits), match[2]))
        at = match.end()
    return parts
