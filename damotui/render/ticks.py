"""Where to label an axis, and with what: steps of 1, 2 and 5 in binary units for bytes, in clock units for time."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

KIB = 1 << 10
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")

BYTE_STEPS: tuple[int, ...] = (
    *(4 * KIB * step * power for power in (1, 10) for step in (1, 2, 5)),
    400 * KIB,
    *(step * power << shift for shift in (20, 30, 40, 50) for power in (1, 10, 100) for step in (1, 2, 5)),
    1 << 60,
    2 << 60,
    5 << 60,
    10 << 60,
)
"""Tick distances in bytes, rising: multiples of a page, then 1-2-5 in each binary unit."""

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
TIME_STEPS: tuple[int, ...] = (
    *(step * 10**power for power in range(7) for step in (1, 2, 5)),
    10 * _SECOND,
    20 * _SECOND,
    30 * _SECOND,
    *(_MINUTE * step for step in (1, 2, 5, 10, 20, 30)),
    *(_HOUR * step for step in (1, 2, 5, 10, 24, 48, 120, 240)),
)
"""Tick distances in microseconds, rising: 1-2-5 up to seconds, then what clocks use."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis."""

    at: int
    """Cell from the start of the axis."""
    label: str


def step_at_least(smallest: float, steps: tuple[int, ...]) -> int:
    """The first of rising steps that is no smaller; beyond the last, powers of two times the last."""
    i = bisect_left(steps, smallest)
    if i < len(steps):
        return steps[i]
    step = steps[-1]
    while step < smallest:
        step *= 2
    return step


def byte_ticks(span: int, cells: int, spacing: int) -> list[Tick]:
    """Offsets into `span` bytes drawn over that many cells, labelled like "20 MiB", at least `spacing` cells apart.

    The first is offset 0, without a label: the start of a segment is labelled with its address.
    """
    if span <= 0 or cells <= 0:
        return []
    step = step_at_least(span / cells * max(spacing, 1), BYTE_STEPS)
    shift = max(shift for shift in range(0, 70, 10) if step % (1 << shift) == 0)
    return [
        Tick(offset * cells // span, f"{offset >> shift} {_UNITS[shift // 10]}" if offset else "")
        for offset in range(0, span, step)
    ]


def time_ticks(start_us: int, row_us: float, rows: int, spacing: int) -> list[Tick]:
    """Times on an axis that starts at `start_us`, `row_us` a cell, labelled at least `spacing` cells apart."""
    if rows <= 0 or row_us <= 0:
        return []
    step = step_at_least(row_us * max(spacing, 1), TIME_STEPS)
    end_us = start_us + row_us * rows
    ticks = []
    time_us = -(-start_us // step) * step
    while time_us < end_us:
        ticks.append(Tick(int((time_us - start_us) // row_us), format_time(time_us, step)))
        time_us += step
    return ticks


def format_size(size: int) -> str:
    """Bytes in the largest unit of which there is at least one, with three digits: "20 MiB", "1.46 GiB"."""
    unit = 0
    scaled = float(size)
    while scaled >= 1024 and unit + 1 < len(_UNITS):
        scaled /= 1024
        unit += 1
    return f"{scaled:.{4 if scaled >= 999.5 else 3}g} {_UNITS[unit]}"


def format_time(time_us: int, step_us: int = 1) -> str:
    """A time, as precisely as steps of `step_us` need: "250 us", "12.5 s", "1m30s", "2h05m".

    Args:
        time_us: Microseconds since the start.
        step_us: Distance of the ticks.
    """
    sign = "-" if time_us < 0 else ""
    time_us = abs(time_us)
    if time_us == 0:
        return "0 s"
    if time_us < 1_000:
        return f"{sign}{time_us} us"
    if time_us < _SECOND:
        return f"{sign}{time_us / 1_000:.{_decimals(step_us, 1_000)}f} ms"
    decimals = _decimals(step_us, _SECOND)
    if time_us < _MINUTE:
        return f"{sign}{time_us / _SECOND:.{decimals}f} s"
    hours, minutes, rest = time_us // _HOUR, time_us // _MINUTE % 60, time_us % _MINUTE
    seconds = f"{rest / _SECOND:0{3 + decimals if decimals else 2}.{decimals}f}s"
    if not hours:
        return f"{sign}{minutes}m{seconds}"
    return f"{sign}{hours}h{minutes:02d}m{'' if step_us % _MINUTE == 0 else seconds}"


def _decimals(step_us: int, unit_us: int) -> int:
    """Decimal places of the unit that multiples of the step need."""
    decimals = 0
    while decimals < 6 and step_us * 10**decimals % unit_us:
        decimals += 1
    return decimals
