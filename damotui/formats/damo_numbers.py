"""Texts that damo 3.4.3 reads from its command line as wanted numbers.

damo computes in double precision and cuts off what is behind the point, and it turns shares of the samples into
samples, and times into aggregations, by the intervals of the same command. So each text that needs arithmetic is tried
with damo's own (its `_damo_fmt_str.py`, and `add_unset_unit` in `_damon.py`) before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from engine.config.model import UINT_MAX, ULONG_MAX, Intervals
from engine.units import TIME_UNITS, format_bytes_exact

UNLIMITED = (UINT_MAX, ULONG_MAX)
"""Counts that stand for no limit: the greatest that the kernel keeps, and the greatest that its files take."""
NO_LIMIT = "1e99"
"""Above all that damo keeps, so that it writes the greatest number there is; `max` may come to less."""

_EXACT = 2**53
"""Up to here doubles hold whole numbers."""
_BEYOND_REACH = 1 << 28
"""No count of samples or aggregations gets there."""
_DECIMALS = 16


def time_us(us: int) -> str:
    """A time of a field in microseconds, in one unit."""
    return _time(us, 1, "us")


def time_ms(ms: int) -> str:
    """A time of a field in milliseconds, in one unit."""
    return _time(ms, 1000, "ms")


def size(count: int) -> str:
    """Bytes: `4KiB`, `4097B`, `max`."""
    return format_bytes_exact(count).replace(" ", "")


def share(value: int, whole: int) -> str:
    """A share in 1/`whole`, which is 1,000 or 10,000: as a percentage where that is exact, else as it is."""
    if value == ULONG_MAX:
        return "max"
    text = _decimal(value, 1 if whole == 1000 else 2)
    return f"{text}%" if int(_number(text) / 100.0 * whole) == value else str(value)


def access_rate(samples: int, intervals: Intervals) -> str:
    """A number of samples as a percentage of those of an aggregation; intervals must not be 0."""
    most = _most(intervals)
    if samples in UNLIMITED:
        return "max" if samples_of("max", intervals) & UINT_MAX >= _BEYOND_REACH else NO_LIMIT
    texts = list(_shares(samples, most))
    return next((text for text in texts if samples_of(text, intervals) == samples), texts[0])


def samples_of(text: str, intervals: Intervals) -> int:
    """How many samples damo makes of an access rate."""
    if text == "max":
        percent: float = ULONG_MAX
    elif text.endswith("%"):
        percent = _number(text[:-1]) / 100.0 * 100
    else:
        percent = _number(text)
    return min(int(percent * _most(intervals) / 100), ULONG_MAX)


def age(aggregations: int, intervals: Intervals) -> str:
    """A number of aggregations as a time; the aggregation interval must not be 0."""
    if aggregations in UNLIMITED:
        most = int(ULONG_MAX / _read(intervals.aggr_us))
        return "max" if most & UINT_MAX >= _BEYOND_REACH else NO_LIMIT
    return time_us(aggregations * intervals.aggr_us)


def aggregations_of(aggregations: int, intervals: Intervals) -> int:
    """How many aggregations damo makes of what `age` gives."""
    return min(int(_read(aggregations * intervals.aggr_us) / _read(intervals.aggr_us)), ULONG_MAX)


def _time(value: int, us_per_unit: int, bare: str) -> str:
    if value == ULONG_MAX:
        return "max"
    us = value * us_per_unit
    if us >= _EXACT:
        return str(value)
    if not us:
        return f"0{bare}"
    return next(f"{us // length:d}{unit}" for unit, length in TIME_UNITS if us % length == 0)


def _read(us: int) -> float:
    """A time as damo has it: a double where it was given with a unit, else the number itself."""
    return us if us >= _EXACT else float(us)


def _most(intervals: Intervals) -> float:
    """Samples of an aggregation."""
    return _read(intervals.aggr_us) / _read(intervals.sample_us)


def _number(text: str) -> float:
    """What damo makes of digits: a whole number where it can."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def _shares(samples: int, most: float) -> Iterator[str]:
    """Percentages from the least that comes to `samples` on, but for rounding, with ever more decimals."""
    least = samples * 100 / Fraction(most)
    for decimals in range(_DECIMALS):
        scaled = -(-least * 10**decimals // 1)
        for text in (_decimal(scaled, decimals), _decimal(scaled + 1, decimals)):
            yield f"{text}%"
            yield text


def _decimal(scaled: Fraction | int, decimals: int) -> str:
    """`scaled` / 10^`decimals`, without zeros at the end."""
    digits = f"{int(scaled):0{decimals + 1}d}"
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    return f"{whole}.{part}" if part else whole
