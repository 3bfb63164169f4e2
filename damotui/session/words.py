"""Short words for numbers and patterns, where a line has little room."""

from __future__ import annotations

from collections.abc import Callable

from engine.config.model import UINT_MAX, ULONG_MAX, Range, Scheme
from engine.units import format_bytes
from engine.versions import RELEASES, Feature

_SUFFIXES = ("", "k", "M", "G", "T", "P")


def count(number: float) -> str:
    """A number of things: `950`, `12.3 k`, `4.5 M`."""
    power = 0
    while abs(number) >= 999.95 and power < len(_SUFFIXES) - 1:
        number /= 1000
        power += 1
    return f"{number:.1f} {_SUFFIXES[power]}" if power else f"{number:.0f}"


def terse_bytes(size: float) -> str:
    """Bytes in four or five characters: `52.1M`, `15.6G`."""
    number, unit = format_bytes(size).replace(",", "").split()
    return number + unit.removesuffix("iB").removesuffix("B")


def pattern(scheme: Scheme) -> str:
    """An access pattern in a few signs: `nr≥10 age≥30`; nr stands for nr_accesses."""
    wanted = scheme.access_pattern
    parts = [
        _range("sz", wanted.sz, terse_bytes),
        _range("nr", wanted.nr_accesses, str),
        _range("age", wanted.age, str),
    ]
    return " ".join(part for part in parts if part) or "everything"


def _range(name: str, limits: Range, show: Callable[[int], str]) -> str:
    if limits.min == limits.max:
        return f"{name}={show(limits.min)}"
    if limits.max >= UINT_MAX and (name != "sz" or limits.max == ULONG_MAX):
        return f"{name}≥{show(limits.min)}" if limits.min else ""
    if limits.min == 0:
        return f"{name}≤{show(limits.max)}"
    return f"{name}={show(limits.min)}..{show(limits.max)}"


def since_words(feature: Feature) -> str:
    """The kernels that have a feature: `Linux 6.9 or later`."""
    if feature.last is not None:
        return f"Linux {feature.first} to {feature.last}"
    return f"Linux {feature.first} or later" if feature.first != RELEASES[-1] else f"a kernel after {RELEASES[-2]}"
