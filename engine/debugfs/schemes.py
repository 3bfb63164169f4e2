"""Schemes as lines of numbers (specification section 12)."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from engine.config.model import ULONG_MAX, AccessPattern, Quotas, Range, Scheme, Watermarks, Weights
from engine.debugfs.scan import INT, UINT, ULONG, records, text_of
from engine.files.errors import FileError
from engine.snapshot import SchemeStats
from engine.versions import Feature, Kernel

ACTIONS = ("willneed", "cold", "pageout", "hugepage", "nohugepage", "stat")
"""Actions by their numbers in this file, which are the same in all kernels."""

_PATTERN = (ULONG, ULONG, UINT, UINT, UINT, UINT)
_QUOTA = (ULONG, ULONG, ULONG, UINT, UINT, UINT)
_WATERMARKS = (UINT, ULONG, ULONG, ULONG, ULONG)
_LINE = (*_PATTERN, UINT, *_QUOTA, *_WATERMARKS)
_MOST = 256

_RANGES = ("size", "number of accesses", "age")
# Older kernels take the number of an error for the value of a metric that they don't know.
_UNKNOWN_METRIC = 2**64 - errno.EINVAL
_OUT_OF_REACH = ULONG_MAX


@dataclass(frozen=True, slots=True)
class SchemeLine:
    """A scheme as it was written."""

    pattern: tuple[Range, Range, Range]
    """Size in bytes, number of accesses, and age in aggregations."""
    action: int
    quotas: Quotas
    metric: int
    """Of the watermarks; any number is kept."""
    marks: tuple[int, int, int, int]
    """Interval in microseconds, high, mid and low."""

    def text(self, stats: SchemeStats) -> str:
        """It as the file shows it, with its statistics."""
        quotas, weights = self.quotas, self.quotas.weights
        numbers = (
            *(end for range_ in self.pattern for end in (range_.min, range_.max)),
            self.action,
            *(quotas.time_ms, quotas.sz_bytes, quotas.reset_interval_ms),
            *(weights.sz_permil, weights.nr_accesses_permil, weights.age_permil),
            INT.as_signed(self.metric),
            *self.marks,
            *(stats.nr_tried, stats.sz_tried, stats.nr_applied, stats.sz_applied, stats.qt_exceeds),
        )
        return " ".join(map(str, numbers)) + "\n"

    def scheme(self, kernel: Kernel) -> Scheme:
        """What the engine is told.

        It knows the metrics none and free_mem_rate. With any other, kernels up to 6.10 take the metric's value for
        2^64 - 22: the scheme is inactive for ever, which marks that free memory never reaches stand for here,
        unless its marks are as huge. Kernels from 6.11 on take no notice of the marks.
        """
        interval, high, mid, low = self.marks
        watermarks = Watermarks()
        if self.metric == 1:
            watermarks = Watermarks("free_mem_rate", interval, high, mid, low)
        elif self.metric > 1 and not kernel.has(Feature.UNKNOWN_METRIC_IGNORED) and not low <= _UNKNOWN_METRIC <= high:
            watermarks = Watermarks("free_mem_rate", interval, _OUT_OF_REACH, _OUT_OF_REACH, _OUT_OF_REACH)
        return Scheme(ACTIONS[self.action], AccessPattern(*self.pattern), quotas=self.quotas, watermarks=watermarks)


def scheme_lines(data: bytes) -> tuple[SchemeLine, ...]:
    """The schemes that are written: up to 256, those before the first record that is not whole.

    Raises:
        FileError: EINVAL if there is no such action, or a range or the marks are the wrong way round.
    """
    return tuple(_line(numbers) for numbers in records(text_of(data), _LINE, _MOST))


def _line(numbers: tuple[int, ...]) -> SchemeLine:
    ends, action, quota, (metric, *marks) = numbers[:6], numbers[6], numbers[7:13], numbers[13:]
    if action >= len(ACTIONS):
        raise FileError(errno.EINVAL, f"{action} is no action: give 0 to {len(ACTIONS) - 1}")
    for what, low, high in zip(_RANGES, ends[::2], ends[1::2], strict=True):
        if low > high:
            raise FileError(errno.EINVAL, f"the least {what}, {low}, is above the greatest, {high}")
    interval, high, mid, low = marks
    if not high >= mid >= low:
        raise FileError(errno.EINVAL, f"the marks {high}, {mid} and {low} are not in descending order")
    time_ms, sz_bytes, reset_ms, *weights = quota
    pattern = (Range(*ends[:2]), Range(*ends[2:4]), Range(*ends[4:]))
    return SchemeLine(
        pattern, action, Quotas(time_ms, sz_bytes, reset_ms, Weights(*weights)), metric, (interval, high, mid, low)
    )
