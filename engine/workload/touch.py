"""What a workload touches in a row of sample windows, as address intervals with a share.

DAMON's check of a region draws one of its pages, and finds it accessed if it was touched in the window.
Given what was touched, the checks of different regions, and of one region in different windows, are
therefore independent, and each succeeds with the share of the region that was touched. All chance that
is common to regions (which pattern ran, where a sweep stood) is in the realisation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.workload.realisation import F64, Pattern, Realisation

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]
PAGE_SIZE = 4096
_TEETH = 1_024
"""Pages of a sweep with gaps up to which each is an interval; a longer one is even, as regions hold many of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """Disjoint, sorted address intervals and how much of each was touched.

    `start` and `end` are [m] bytes; `share` is [k, m] for k windows, or [1, m] where all are alike.
    Memory outside the intervals was not touched.
    """

    start: U64
    end: U64
    share: F64

    def shares_of(self, start: U64, end: U64) -> F64:
        """The touched share of the half-open ranges `start`, `end` [n], for each window [k or 1, n].

        Ranges must not be empty.
        """
        if not len(self.start):
            return np.zeros((1, len(start)))
        length = (self.end - self.start).astype(np.float64)
        share = self.share
        below = np.zeros((share.shape[0], len(length) + 1))
        np.cumsum(share * length, axis=1, out=below[:, 1:])
        touched = self._below(end, below, length)
        touched -= self._below(start, below, length)
        touched /= (end - start).astype(np.float64)
        return touched

    def _below(self, address: U64, below: F64, length: F64) -> F64:
        """Touched bytes [k, n] at addresses smaller than each of `address`."""
        at = np.searchsorted(self.start, address, "right") - 1
        inside = np.where(at < 0, 0.0, np.minimum((address - self.start[at]).astype(np.float64), length[at]))
        return below[:, np.maximum(at, 0)] + self.share[:, at] * inside

    def moved(self, starts: U64, ends: U64, to: U64) -> Touched:
        """The intervals as seen through a map of the ranges `starts`, `ends` to addresses `to` [r].

        No interval may cross the border of a range; those in none of them are left out.
        """
        at = np.searchsorted(starts, self.start, "right") - 1
        mapped = (at >= 0) & (self.start < ends[at])
        at = at[mapped]
        shift = to[at] - starts[at]
        start = self.start[mapped] + shift
        order = np.argsort(start)
        return Touched(start[order], (self.end[mapped] + shift)[order], self.share[:, mapped][:, order])


def together(parts: list[Touched]) -> Touched:
    """What several sets of intervals have touched together, each independently of the others."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Touched(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros((1, 0)))
    windows = max(p.share.shape[0] for p in parts)
    cuts = np.unique(np.concatenate([bound for p in parts for bound in (p.start, p.end)]))
    untouched = np.ones((windows, max(len(cuts) - 1, 0)))
    for part in parts:
        if len(part.start):
            at = np.searchsorted(part.start, cuts[:-1], "right") - 1
            inside = (at >= 0) & (cuts[:-1] < part.end[at])
            untouched[:, inside] *= 1.0 - part.share[:, at[inside]]
    share = 1.0 - untouched
    touched = share.any(axis=0)
    return Touched(cuts[:-1][touched], cuts[1:][touched], share[:, touched])


def page_span(start: int, end: int) -> tuple[int, int]:
    """The pages that a half-open range of bytes lies in, as a half-open range of bytes."""
    return start // PAGE_SIZE * PAGE_SIZE, -(-end // PAGE_SIZE) * PAGE_SIZE


def sweep_positions(pattern: Pattern, size: int) -> int:
    """How many different offsets a sequential pattern touches in a region of `size` bytes."""
    stride = pattern.access.stride
    return -(-size // stride) if stride else 1


class TouchModel:
    """The memory that one process touches, from its realisation and where its regions lie.

    Args:
        realisation: what runs when.
        addresses: first byte of each masim region.
        always: page-aligned half-open ranges, sorted, outside the masim regions, that the process touches
            all the time.
    """

    def __init__(
        self, realisation: Realisation, addresses: tuple[int, ...], always: tuple[tuple[int, int], ...]
    ) -> None:
        self.realisation = realisation
        self.addresses = addresses
        self.always = always
        self.sizes = tuple(region.size for region in realisation.config.regions)
        self.spans = tuple(page_span(a, a + s) for a, s in zip(addresses, self.sizes, strict=True))
        self._steady: dict[tuple[int, float], Touched] = {}

    def touched(self, edges_us: F64) -> Touched:
        """What is touched in the windows between `edges_us` [k + 1], microseconds since the process started."""
        steady = self._steady_key(edges_us)
        if steady is None:
            return self._in_windows(edges_us)
        if steady not in self._steady:
            # Any such window shows the same, but for rounding, which must not depend on which was looked at first.
            active, length = steady
            start = self.realisation.phases[self.realisation.patterns[active].phase].start_us
            self._steady[steady] = self._in_windows(np.array([start, start + length]))
        return self._steady[steady]

    def _in_windows(self, edges_us: F64) -> Touched:
        active, made, done = self.realisation.accesses(edges_us)
        layers = _Layers(len(edges_us) - 1)
        alive = np.minimum(edges_us[1:], self.realisation.duration_us) > np.maximum(edges_us[:-1], 0.0)
        for low, high in self.always:
            layers.whole(low, high, alive.astype(np.float64))
        for column, number in enumerate(active):
            pattern = self.realisation.patterns[number]
            if pattern.access.random:
                self._random(layers, pattern, made[:, column], done[:, column])
            else:
                self._sweep(layers, pattern, made[:, column], done[:, column])
        return layers.touched()

    def _steady_key(self, edges: F64) -> tuple[int, float] | None:
        """What identifies windows that are all alike for certain: one phase, one pattern, one length."""
        realisation = self.realisation
        first = realisation.phase_at(float(edges[0])) if edges[0] >= 0 else None
        if first is None or len(first.active) != 1:
            return None
        repetition = edges[0] // realisation.repetition_us if realisation.loop else 0.0
        if edges[-1] > repetition * realisation.repetition_us + first.end_us:
            return None
        window = float(edges[1] - edges[0])
        if abs(edges[-1] - edges[0] - window * (len(edges) - 1)) > 1e-6:
            return None
        pattern = realisation.patterns[first.active[0]]
        enough = 1 if pattern.access.random else sweep_positions(pattern, self.sizes[pattern.region]) + 1
        return (first.active[0], window) if window * first.accesses_per_us >= enough else None

    def _random(self, layers: _Layers, pattern: Pattern, made: F64, done: F64) -> None:
        """Add what random accesses touch: each finds a page as often as bytes of the region lie in it."""
        base, size = self.addresses[pattern.region], self.sizes[pattern.region]
        low, high = self.spans[pattern.region]
        second, last = low + PAGE_SIZE, max(low + PAGE_SIZE, high - PAGE_SIZE)
        for start, end in ((low, second), (second, last), (last, high)):
            if start >= end:
                continue
            chance = (min(base + size, start + PAGE_SIZE) - max(base, start)) / size
            if chance < 1.0:
                layers.whole(start, end, -np.expm1(made * np.log1p(-chance)))
            else:
                layers.whole(start, end, (np.floor(done + made) > np.floor(done)).astype(np.float64))

    def _sweep(self, layers: _Layers, pattern: Pattern, made: F64, done: F64) -> None:
        """Add what a sequential pattern touches: all its positions, or those from where it stood."""
        stride, base, size = pattern.access.stride, self.addresses[pattern.region], self.sizes[pattern.region]
        positions = sweep_positions(pattern, size)
        low, high = page_span(base, base + (positions - 1) * stride + 1)
        density, teeth = 1.0, None
        if stride > PAGE_SIZE and positions > 1:
            if positions <= _TEETH:
                teeth = (base + stride * np.arange(positions)) // PAGE_SIZE * PAGE_SIZE
            else:
                density, high = PAGE_SIZE / stride, page_span(base, base + size)[1]
        before = np.floor(done)
        count = np.floor(done + made) - before
        full = count >= positions
        if full.any():
            layers.whole(low, high, full.astype(np.float64) * density, teeth)
        part = np.flatnonzero(~full & (count > 0))
        if not len(part):
            return
        # The first access is at the second position: masim moves on before it touches.
        first = ((before[part] + 1) % positions).astype(np.int64)
        last = first + count[part].astype(np.int64)
        wraps = last > positions
        window = np.concatenate((part, part[wraps]))
        begin = np.concatenate((first, np.zeros(int(wraps.sum()), np.int64)))
        stop = np.concatenate((np.minimum(last, positions), last[wraps] - positions))
        start = (base + begin * stride) // PAGE_SIZE * PAGE_SIZE
        if density < 1.0:
            end = np.minimum((base + stop * stride) // PAGE_SIZE * PAGE_SIZE, high)
        else:
            end = -(-(base + (stop - 1) * stride + 1) // PAGE_SIZE) * PAGE_SIZE
        layers.parts(window, start, end, density, teeth)


class _Layers:
    """Collects what patterns touch, each independently of the others, and lays it one over the other."""

    def __init__(self, windows: int) -> None:
        self.windows = windows
        self._whole: list[tuple[int, int, F64, I64 | None]] = []
        self._parts: list[tuple[NDArray[np.intp], I64, I64, float, I64 | None]] = []

    def whole(self, low: int, high: int, share: F64, only: I64 | None = None) -> None:
        """In each window, `share` [k] of every byte of [low, high), or only of the pages at `only` in it."""
        self._whole.append((low, high, share, only))

    def parts(self, window: NDArray[np.intp], start: I64, end: I64, share: float, only: I64 | None = None) -> None:
        """In `window[i]`, `share` of every byte of [start[i], end[i]), or only of the pages at `only` in it."""
        self._parts.append((window, start, end, share, only))

    def touched(self) -> Touched:
        """All layers together: what one leaves, the next may touch."""
        bounds = [np.array([b for low, high, *_ in self._whole for b in (low, high)], np.int64)]
        for _, start, end, *_ in self._parts:
            bounds += [start, end]
        for only in [layer[-1] for layer in self._whole] + [layer[-1] for layer in self._parts]:
            if only is not None:
                bounds += [only, only + PAGE_SIZE]
        cuts = np.unique(np.concatenate(bounds))
        share = np.zeros((self.windows, max(len(cuts) - 1, 0)))
        for low, high, touched, only in self._whole:
            i, j = np.searchsorted(cuts, (low, high))
            columns = slice(i, j) if only is None else np.searchsorted(cuts, only)
            share[:, columns] += (1.0 - share[:, columns]) * touched[:, None]
        for window, start, end, density, only in self._parts:
            inside = (cuts[:-1] >= start[:, None]) & (cuts[1:] <= end[:, None])
            if only is not None:
                inside &= np.isin(cuts[:-1], only)
            # A wrapped sweep has two parts in one window, which do not overlap.
            for rows in _once_each(window):
                part = share[window[rows]]
                share[window[rows]] = np.where(inside[rows], part + (1.0 - part) * density, part)
        any_touched = share.any(axis=0)
        start, end, share = cuts[:-1][any_touched], cuts[1:][any_touched], share[:, any_touched]
        if self.windows > 1 and (share == share[0]).all():
            share = share[:1]
        return Touched(start.astype(np.uint64), end.astype(np.uint64), share)


def _once_each(window: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Indices into `window` in groups that hold no window twice."""
    seen = np.zeros(len(window), bool)
    _, first = np.unique(window, return_index=True)
    seen[first] = True
    again = np.flatnonzero(~seen)
    return [first, again] if len(again) else [first]
