"""Parse and print the quantities of DAMON: bytes, time, shares, counts and addresses.

The grammar is the one of the user tool damo: binary suffixes (`K`, `KB` and `KiB` are all 1024), an
optional blank before the unit, commas between thousands, decimals, times of several parts (`1 m 30 s`),
`min` and `max`. Upper and lower case are the same. A bare number is in the field's own unit. Arithmetic
is exact: nothing goes through floating point, and what is no whole number of the field's unit is refused.

Each quantity has two printers: a short one for people, which may round, and an exact one, which both
the parser here and damo's read back as the same number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from fractions import Fraction

from engine.errors import InputError, shown

ULONG_MAX = 2**64 - 1
BYTE_SUFFIXES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
TIME_UNITS = (
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
)

_BYTES_PER = {"": 1, "b": 1} | {
    letter + tail: 1 << 10 * power for power, letter in enumerate("kmgtpe", start=1) for tail in ("", "b", "ib")
}
_US_PER = {unit: Fraction(us) for unit, us in TIME_UNITS} | {
    "ns": Fraction(1, 1000),
    "µs": Fraction(1),
    "μs": Fraction(1),
    "sec": Fraction(1_000_000),
    "min": Fraction(60_000_000),
}
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+"
_QUANTITY = re.compile(rf"({_NUMBER})\s*([a-zµμ]*)")
_TIME = re.compile(rf"(?:(?:{_NUMBER})\s*[a-zµμ]+\s*)+")
_SHARE = re.compile(rf"({_NUMBER})\s*(%?)")
_HEX = re.compile(r"0x[0-9a-f]{1,16}(?:_[0-9a-f]{1,16})*")
_LONGEST = 100
# damo computes times in double precision, which holds whole microseconds up to here.
_DOUBLE_EXACT = 2**53

_BYTES_ACCEPTED = "bytes such as 4096, 4 KiB, 1.5 GiB or max"
_TIME_ACCEPTED = "a time such as 5 ms, 1.5 s, 1 m 30 s or max"
_COUNT_ACCEPTED = "a whole number such as 10 or 1,000, or max"
_ADDRESS_ACCEPTED = "an address such as 4096, 0x7f0000001000 or 4 GiB"
_YES = ("y", "yes", "true", "on", "1")
_NO = ("n", "no", "false", "off", "0")


class Unit(Enum):
    """What kind of quantity a field holds."""

    BYTES = "bytes"
    US = "microseconds"
    MS = "milliseconds"
    COUNT = "count"
    PERMIL = "permil"
    BP = "1/10,000"
    KEYWORD = "keyword"
    BOOL = "yes or no"
    ADDRESS = "address"
    SAMPLES = "samples"
    AGGREGATIONS = "aggregation intervals"
    NODE = "NUMA node"
    PID = "process id"
    TEXT = "text"


def parse_bytes(text: str) -> int:
    """Bytes; parts of a byte behind a suffix are dropped, since damo prints sizes rounded to three decimals."""
    return _bounded(_bytes(_word(text), text, _BYTES_ACCEPTED), text, _BYTES_ACCEPTED)


def parse_address(text: str) -> int:
    """A byte address: decimal, `0x…`, or a size from 0."""
    word = _word(text)
    if _HEX.fullmatch(word):
        return _bounded(int(word, 16), text, _ADDRESS_ACCEPTED)
    return _bounded(_bytes(word, text, _ADDRESS_ACCEPTED), text, _ADDRESS_ACCEPTED)


def parse_us(text: str) -> int:
    """A time in microseconds; a bare number is microseconds."""
    return _time(text, 1, "microseconds")


def parse_ms(text: str) -> int:
    """A time in milliseconds; a bare number is milliseconds."""
    return _time(text, 1000, "milliseconds")


def parse_count(text: str) -> int:
    """A whole number from 0 to 2^64 - 1."""
    word = _word(text)
    if word in ("min", "max"):
        return 0 if word == "min" else ULONG_MAX
    if not re.fullmatch(_NUMBER, word):
        raise InputError(f"{shown(text)} is not a number: give {_COUNT_ACCEPTED}")
    return _bounded(_whole(_number(word), text, _COUNT_ACCEPTED), text, _COUNT_ACCEPTED)


def parse_permil(text: str) -> int:
    """A share in 1/1,000: `50%` is 500; a bare number is permil."""
    return _share(text, 1000, "permil")


def parse_bp(text: str) -> int:
    """A share in 1/10,000: `4%` is 400; a bare number is 1/10,000."""
    return _share(text, 10_000, "1/10,000")


def parse_samples(text: str, max_samples: Fraction | int | None = None) -> int:
    """Samples (`5`, `5 samples`, `max`); with `max_samples` known, also a share of them (`50%`), rounded down."""
    word = _word(text).removesuffix("samples").removesuffix("sample").strip()
    share = _SHARE.fullmatch(word)
    if share and share[2] and max_samples is not None:
        percent = _number(share[1])
        # damo prints "no limit" as 18,446,744,073,709,551,615 %.
        return ULONG_MAX if percent >= ULONG_MAX else min(int(percent * max_samples / 100), ULONG_MAX)
    if not re.fullmatch(rf"{_NUMBER}|min|max", word):
        more = "" if max_samples is None else ", a share such as 50%"
        raise InputError(f"{shown(text)} is not a number of samples: give a number such as 5{more} or max")
    return parse_count(word)


def parse_aggregations(text: str, aggr_us: int | None = None) -> int:
    """Aggregations (`5`, `5 aggr_intervals`, `max`); with `aggr_us` known, also a time (`30 s`), rounded down."""
    word = _word(text).removesuffix("aggr_intervals").strip()
    if re.fullmatch(rf"{_NUMBER}|min|max", word):
        return parse_count(word)
    if aggr_us is not None and _TIME.fullmatch(word):
        return parse_us(word) // max(aggr_us, 1)
    more = "" if aggr_us is None else ", a time such as 30 s"
    raise InputError(f"{shown(text)} is not a number of aggregation intervals: give a number such as 5{more} or max")


def parse_bool(text: str) -> bool:
    """`Y` or `N`, as the kernel says it, or yes, no, true, false, on, off, 1, 0."""
    word = _word(text)
    if word not in _YES + _NO:
        raise InputError(f"{shown(text)} is neither yes nor no: give Y or N")
    return word in _YES


def parse_node(text: str) -> int:
    """A NUMA node; -1 or `none` stands for none."""
    word = _word(text)
    if word in ("-1", "none"):
        return -1
    if not re.fullmatch("[0-9]{1,10}", word):
        raise InputError(f"{shown(text)} is not a NUMA node: give a number such as 0, or -1 for none")
    return int(word)


def parse_pid(text: str) -> int | None:
    """A process id; `next`, `none` or nothing stands for the workload's next process."""
    word = _word(text)
    if word in ("", "next", "none", "null"):
        return None
    if not re.fullmatch("[0-9]{1,10}", word):
        raise InputError(f"{shown(text)} is not a process id: give a number such as 1000, or next")
    return int(word)


def format_bytes(count: float) -> str:
    """Short: `4.0 MiB`, `512 B`, `max`."""
    if count == ULONG_MAX:
        return "max"
    if abs(count) < 1024:
        return f"{count:.0f} B"
    power, scaled = 0, float(count)
    while abs(scaled) >= 1023.95 and power < len(BYTE_SUFFIXES) - 1:
        power, scaled = power + 1, scaled / 1024
    return f"{scaled:,.1f} {BYTE_SUFFIXES[power]}"


def format_bytes_exact(count: int) -> str:
    """Exact: in the greatest unit of which it is a whole multiple, `4 MiB`, `4097 B`, `max`."""
    if count == ULONG_MAX:
        return "max"
    power = 0
    while count and count % 1024 == 0 and power < len(BYTE_SUFFIXES) - 1:
        count //= 1024
        power += 1
    return f"{count} {BYTE_SUFFIXES[power]}"


def format_us(us: float) -> str:
    """Short: `500 us`, `100 ms`, `12.3 s`, `1 m 30 s`, `2 h 5 m`, `3 d 2 h`, `max`."""
    if us == ULONG_MAX:
        return "max"
    if us < 0:
        return f"-{format_us(-us)}"
    for unit, length in (("us", 1), ("ms", 1_000), ("s", 1_000_000)):
        amount = f"{us / length:.1f}".removesuffix(".0")
        if float(amount) < (60 if unit == "s" else 1000):
            return f"{amount} {unit}"
    seconds, minutes, hours = (round(us / length) for length in (1_000_000, 60_000_000, 3_600_000_000))
    if seconds < 3600:
        return _two(seconds, 60, "m", "s")
    if minutes < 1440:
        return _two(minutes, 60, "h", "m")
    return _two(hours, 24, "d", "h")


def format_us_exact(us: int) -> str:
    """Exact: all its parts, `1 m 30 s`, `123 ms 456 us`, `max`; above 2^53 a bare number of microseconds."""
    return _exact_time(us, 1, "us")


def format_ms(ms: float) -> str:
    """Short, as `format_us`."""
    return "max" if ms == ULONG_MAX else format_us(ms * 1000)


def format_ms_exact(ms: int) -> str:
    """Exact, as `format_us_exact`; where that is a bare number, it is milliseconds."""
    return _exact_time(ms, 1000, "ms")


def format_count(count: int) -> str:
    """Exact: `1,000`, `max`."""
    return "max" if count == ULONG_MAX else f"{count:,}"


def format_address(address: int) -> str:
    """Exact, in hexadecimal: `0x7f0000001000`."""
    return f"{address:#x}"


def format_percent(percent: float, decimals: int = 1) -> str:
    """Short: `12.5 %`, `4 %`."""
    text = f"{percent:,.{decimals}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def format_permil(permil: int) -> str:
    """Exact for the parser here: `50 %`, `0.1 %`, `max`."""
    return _percent(permil, 1)


def format_bp(bp: int) -> str:
    """Exact for the parser here: `4 %`, `0.01 %`, `max`."""
    return _percent(bp, 2)


def parse(unit: Unit, text: str) -> int | bool | str | None:
    """The value of `text` as a quantity of `unit`; raises `InputError` saying what is accepted."""
    return _PARSERS[unit](text)


def format(unit: Unit, value: int | bool | str | None) -> str:
    """`value` for people; it may be rounded where `format_exact` is not."""
    if unit in _SHORT and isinstance(value, int):
        return _SHORT[unit](value)
    return format_exact(unit, value)


def format_exact(unit: Unit, value: int | bool | str | None) -> str:
    """`value` so that `parse` gives it back; shares are bare numbers, since damo's percentages are floating point."""
    if value is None:
        return "next" if unit is Unit.PID else "none"
    if isinstance(value, str):
        return value
    if unit is Unit.BOOL:
        return "Y" if value else "N"
    return _EXACT.get(unit, format_count)(value)


def _word(text: str) -> str:
    if len(text) > _LONGEST:
        raise InputError(
            f"{shown(text)} is too long for a number: it has {len(text)} characters, {_LONGEST} are accepted"
        )
    return text.strip().lower()


def _number(digits: str) -> Fraction:
    return Fraction(digits.replace(",", ""))


def _whole(number: Fraction, text: str, accepted: str, unit: str = "") -> int:
    if number.denominator != 1:
        raise InputError(f"{shown(text)} is not a whole number{f' of {unit}' if unit else ''}: give {accepted}")
    return int(number)


def _bounded(number: int, text: str, accepted: str) -> int:
    if number > ULONG_MAX:
        raise InputError(f"{shown(text)} is too large: give {accepted} (max is 2^64 - 1)")
    return number


def _bytes(word: str, text: str, accepted: str) -> int:
    if word in ("min", "max"):
        return 0 if word == "min" else ULONG_MAX
    found = _QUANTITY.fullmatch(word)
    if not found or found[2] not in _BYTES_PER:
        raise InputError(f"{shown(text)} is not a size: give {accepted}")
    scale = _BYTES_PER[found[2]]
    number = _number(found[1]) * scale
    if scale == 1:
        return _whole(number, text, accepted, "bytes")
    # Sizes next to max are printed by damo as 16384.000 PiB or 16.000 EiB, one byte too much.
    return ULONG_MAX if number == ULONG_MAX + 1 else int(number)


def _time(text: str, us_per_unit: int, unit: str) -> int:
    word = _word(text)
    if word in ("min", "max"):
        return 0 if word == "min" else ULONG_MAX
    if re.fullmatch(_NUMBER, word):
        return _bounded(_whole(_number(word), text, _TIME_ACCEPTED, unit), text, _TIME_ACCEPTED)
    parts = _QUANTITY.findall(word) if _TIME.fullmatch(word) else []
    if not parts or any(name not in _US_PER for _, name in parts):
        raise InputError(f"{shown(text)} is not a time: give {_TIME_ACCEPTED} (units are d, h, m, s, ms, us, ns)")
    total = sum(_number(amount) * _US_PER[name] for amount, name in parts) / us_per_unit
    return _bounded(_whole(Fraction(total), text, _TIME_ACCEPTED, unit), text, _TIME_ACCEPTED)


def _share(text: str, whole: int, unit: str) -> int:
    accepted = f"a share such as 50%, a number in {unit}, or max"
    word = _word(text)
    if word in ("min", "max"):
        return 0 if word == "min" else ULONG_MAX
    found = _SHARE.fullmatch(word)
    if not found:
        raise InputError(f"{shown(text)} is not a share: give {accepted}")
    number = _number(found[1]) * (Fraction(whole, 100) if found[2] else 1)
    return _bounded(_whole(number, text, accepted, unit), text, accepted)


def _two(amount: int, per_big: int, big: str, small: str) -> str:
    parts, rest = divmod(amount, per_big)
    return f"{parts:,} {big} {rest} {small}" if rest else f"{parts:,} {big}"


def _percent(value: int, decimals: int) -> str:
    if value == ULONG_MAX:
        return "max"
    units, rest = divmod(value, 10**decimals)
    fraction = f"{rest:0{decimals}d}".rstrip("0")
    return f"{units:,}{'.' if fraction else ''}{fraction} %"


def _exact_time(value: int, us_per_unit: int, unit: str) -> str:
    if value == ULONG_MAX:
        return "max"
    us = value * us_per_unit
    if us >= _DOUBLE_EXACT:
        return str(value)
    parts = []
    for name, length in TIME_UNITS:
        amount, us = divmod(us, length)
        if amount:
            parts.append(f"{amount} {name}")
    return " ".join(parts) or f"0 {unit}"


_PARSERS: dict[Unit, Callable[[str], int | bool | str | None]] = {
    Unit.BYTES: parse_bytes,
    Unit.US: parse_us,
    Unit.MS: parse_ms,
    Unit.COUNT: parse_count,
    Unit.PERMIL: parse_permil,
    Unit.BP: parse_bp,
    Unit.KEYWORD: str.strip,
    Unit.BOOL: parse_bool,
    Unit.ADDRESS: parse_address,
    Unit.SAMPLES: parse_samples,
    Unit.AGGREGATIONS: parse_aggregations,
    Unit.NODE: parse_node,
    Unit.PID: parse_pid,
    Unit.TEXT: str.strip,
}
_SHORT: dict[Unit, Callable[[int], str]] = {
    Unit.BYTES: format_bytes,
    Unit.US: format_us,
    Unit.MS: format_ms,
    Unit.PERMIL: format_permil,
    Unit.BP: format_bp,
}
_EXACT: dict[Unit, Callable[[int], str]] = {
    Unit.BYTES: format_bytes_exact,
    Unit.US: format_us_exact,
    Unit.MS: format_ms_exact,
    Unit.ADDRESS: format_address,
    Unit.NODE: str,
    Unit.PID: str,
}
