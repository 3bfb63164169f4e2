"""Which regions are wanted, in words: `size > 2M age > 5s rate < 10% name heap target 0`.

An expression is one condition after another, all of which must hold. A condition is a word, a sign and a value; without
a sign it means "is", with names "holds" and with addresses "is in the region". Values are read as everywhere else, in
their units.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from damotui.session.snapshot_regions import BOOL, Regions
from engine.errors import InputError, shown
from engine.units import parse_address, parse_bytes, parse_count, parse_us

EXAMPLE = "size > 2M  age > 5s  rate < 10%  name heap  target 0"

_TOKEN = re.compile(r'\s*(?:"([^"]*)"|(<=|>=|==|!=|≤|≥|≠|<|>|=)|((?:[^\s<>=!≤≥≠",]|,(?=\d))+|,))')
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    "≤": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "≥": operator.ge,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "≠": operator.ne,
}
_JOINS = ("and", "&", "&&", ",")

Condition = Callable[[Regions], BOOL]
_Column = Callable[[Regions], NDArray[Any]]
_Make = Callable[[str, str, str], Condition]
"""From a word, a sign, which may be empty, and a value."""


@dataclass(frozen=True, slots=True)
class RegionFilter:
    """Conditions that regions must all meet; none lets everything through."""

    text: str = ""
    conditions: tuple[Condition, ...] = ()

    def mask(self, regions: Regions) -> BOOL:
        """Whether each region meets them [n]."""
        found = np.ones(len(regions), bool)
        for condition in self.conditions:
            found &= condition(regions)
        return found


def parse_filter(text: str) -> RegionFilter:
    """The filter that an expression stands for.

    Raises:
        InputError: with what is wrong, and what would be accepted there.
    """
    return RegionFilter(text.strip(), tuple(_condition(*one) for one in _split(text)))


def _split(text: str) -> Iterator[tuple[str, str, str]]:
    """Word, sign and value of each condition; a value ends where the next word that is known begins."""
    tokens = _tokens(text)
    at = 0
    while at < len(tokens):
        word, quoted = tokens[at]
        name = _NAMES.get(word.lower()) if not quoted else None
        if not quoted and word.lower() in _JOINS:
            at += 1
            continue
        if name is None:
            raise InputError(f"{shown(word)} is nothing to filter by: give {', '.join(_FIELDS)}, as in {EXAMPLE}")
        at += 1
        sign = ""
        if at < len(tokens) and tokens[at][0] in _SIGNS and not tokens[at][1]:
            sign, at = tokens[at][0], at + 1
        value: list[str] = []
        while at < len(tokens) and not _ends(*tokens[at], first=not value, name=name):
            value.append(tokens[at][0])
            at += 1
        yield name, sign, " ".join(value)


def _tokens(text: str) -> list[tuple[str, bool]]:
    """Words, signs and quoted texts, and whether they are quoted."""
    tokens: list[tuple[str, bool]] = []
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise InputError(f"{shown(text[at:].strip())} can't be read: give something such as {EXAMPLE}")
        tokens.append((found[1], True) if found[1] is not None else (found[2] or found[3], False))
        at = found.end()
    return tokens


def _ends(token: str, quoted: bool, *, first: bool, name: str) -> bool:
    """Whether a token does not belong to the value any more."""
    if quoted:
        return not first
    if token in _SIGNS:
        raise InputError(f"{token} can't stand there: give one sign and one value for {name}, as in {EXAMPLE}")
    return token.lower() in _JOINS or token.lower() in _NAMES


def _condition(name: str, sign: str, value: str) -> Condition:
    make, example = _FIELDS[name]
    if not value:
        raise InputError(f"{name} needs a value: give {example}")
    return make(name, sign, value)


def _compared(column: _Column, sign: str, value: float) -> Condition:
    compare = _SIGNS[sign or "="]
    # Comparisons with NaN, of what is not known, don't hold; "is not" must not either.
    return lambda regions: compare(column(regions), value) & ~np.isnan(column(regions))


def _bad(name: str, value: str) -> InputError:
    return InputError(f"{shown(value)} is no value for {name}: give {_FIELDS[name][1]}")


def _number(column: _Column, parse: Callable[[str], int]) -> _Make:
    def make(name: str, sign: str, value: str) -> Condition:
        try:
            return _compared(column, sign, parse(value))
        except InputError:
            raise _bad(name, value) from None

    return make


def _age(name: str, sign: str, value: str) -> Condition:
    """A time, or a bare number of aggregations."""
    if value.replace(",", "").isdecimal():
        return _compared(lambda regions: regions.age, sign, parse_count(value))
    return _number(lambda regions: regions.age_us, parse_us)(name, sign, value)


def _time(text: str) -> int:
    """A time with its unit; a bare 0 needs none."""
    if text.isdecimal() and int(text):
        raise InputError(f"{shown(text)} has no unit")
    return parse_us(text)


def _percent(column: _Column) -> _Make:
    def make(name: str, sign: str, value: str) -> Condition:
        found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*%?", value)
        if found is None:
            raise _bad(name, value)
        return _compared(column, sign, float(Fraction(found[1])))

    return make


def _hertz(name: str, sign: str, value: str) -> Condition:
    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*(k?)(?:hz|/s)?", value.lower())
    if found is None:
        raise _bad(name, value)
    return _compared(lambda regions: regions.hz, sign, float(Fraction(found[1])) * (1000 if found[2] else 1))


def _temperature(name: str, sign: str, value: str) -> Condition:
    text = value.replace(",", "").replace("−", "-").replace(" ", "")
    if not re.fullmatch(r"-?\d+", text):
        raise _bad(name, value)
    return _compared(lambda regions: regions.temperature, sign, int(text))


def _name(name: str, sign: str, value: str) -> Condition:
    if sign in ("", "=", "=="):
        return lambda regions: regions.names.holding(value)
    if sign in ("!=", "≠"):
        return lambda regions: ~regions.names.holding(value)
    raise InputError(f"names can't be compared by {sign}: give {_FIELDS['name'][1]}")


def _address(name: str, sign: str, value: str) -> Condition:
    """Where a region begins, by a sign; without one, the region that holds the address."""
    try:
        address = np.uint64(parse_address(value))
    except InputError:
        raise _bad(name, value) from None
    if not sign:
        return lambda regions: (regions.start <= address) & (address < regions.end)
    compare = _SIGNS[sign]
    return lambda regions: np.asarray(compare(regions.start, address), bool)


def _scheme(name: str, sign: str, value: str) -> Condition:
    wanted = value.lower()
    if sign not in ("", "=", "==", "!=", "≠") or not (wanted in ("none", "any") or wanted.isdecimal()):
        raise _bad(name, f"{sign} {value}".strip())

    def found(regions: Regions) -> BOOL:
        any_of = np.any(regions.matched, axis=0) if regions.matched else np.zeros(len(regions), bool)
        if wanted in ("none", "any"):
            return any_of if wanted == "any" else ~any_of
        index = int(wanted)
        return regions.matched[index] if index < len(regions.matched) else np.zeros(len(regions), bool)

    return (lambda regions: ~found(regions)) if sign in ("!=", "≠") else found


_FIELDS: dict[str, tuple[_Make, str]] = {
    "size": (_number(lambda r: r.bytes, parse_bytes), "a size such as size > 2M"),
    "age": (_age, "a time such as age > 5s, or aggregations such as age >= 50"),
    "rate": (_percent(lambda r: r.rate), "a share of the checks such as rate < 10%"),
    "nr_accesses": (_number(lambda r: r.nr_accesses, parse_count), "a number of checks such as nr_accesses >= 10"),
    "hz": (_hertz, "a frequency such as hz >= 50"),
    "idle": (_number(lambda r: r.idle_us, _time), "a time such as idle > 5s"),
    "name": (_name, 'a part of a name such as name heap, or name "age of"'),
    "target": (_number(lambda r: r.target, parse_count), "an index such as target 0"),
    "address": (_address, "an address such as address 0x7f0000001000, or address >= 4G"),
    "temp": (_temperature, "a temperature such as temp > 0"),
    "true": (_percent(lambda r: r.true), "a share of the pages such as true > 50%"),
    "look": (_number(lambda r: r.look_us, _time), "a time such as look > 30s"),
    "scheme": (_scheme, "an index such as scheme 0, or scheme any, or scheme none"),
}
"""What each condition can be about, how it is made, and what it accepts."""

_NAMES = {name: name for name in _FIELDS} | {
    "sz": "size",
    "accesses": "nr_accesses",
    "nr": "nr_accesses",
    "frequency": "hz",
    "mapping": "name",
    "addr": "address",
    "temperature": "temp",
    "truth": "true",
    "schemes": "scheme",
}
