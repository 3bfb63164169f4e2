"""The real accesses of a workload: what monitoring can only estimate.

Times are microseconds since the process started; addresses are the process' own.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.workload.realisation import F64, Pattern
from engine.workload.touch import PAGE_SIZE, TouchModel, page_span, sweep_positions


def accesses(model: TouchModel, start: int, end: int, from_us: float, to_us: float) -> float:
    """How many accesses the half-open range of bytes gets from its masim regions' patterns in a span of time.

    Sequential patterns are counted access by access. Random ones draw each byte of their region alike, so
    the range gets its share of them: the expected number, since which bytes were drawn is not remembered.
    """
    if to_us <= from_us or end <= start:
        return 0.0
    realisation = model.realisation
    # One window a phase, so that no window mixes two positions of one sweep.
    edges = _phase_edges(model, from_us, to_us)
    active, made, done = realisation.accesses(edges)
    total = 0.0
    for column, number in enumerate(active):
        pattern = realisation.patterns[number]
        base, size = model.addresses[pattern.region], model.sizes[pattern.region]
        low, high = max(start, base) - base, min(end, base + size) - base
        if high <= low:
            continue
        if pattern.access.random:
            total += float(made[:, column].sum()) * (high - low) / size
            continue
        stride = max(pattern.access.stride, 1)  # without a stride, the one position is the first
        positions = sweep_positions(pattern, size)
        first, stop = -(-low // stride), min(-(-high // stride), positions)
        before = np.floor(done[:, column])
        after = np.floor(done[:, column] + made[:, column])
        total += float((_visits(after, first, stop, positions) - _visits(before, first, stop, positions)).sum())
    return total


def access_rate_hz(model: TouchModel, start: int, end: int, from_us: float, to_us: float) -> float:
    """Accesses per second that the range gets over the span of time."""
    return accesses(model, start, end, from_us, to_us) * 1e6 / (to_us - from_us)


def touched_share(model: TouchModel, start: NDArray[np.uint64], end: NDArray[np.uint64], edges_us: F64) -> F64:
    """Share of each range [n] that is touched in each window [k] between `edges_us` [k + 1].

    What a perfect monitor with unlimited samples would find: the expectation of nr_accesses, divided by
    the number of windows, is its mean over the windows.
    """
    return np.broadcast_to(model.touched(edges_us).shares_of(start, end), (len(edges_us) - 1, len(start)))


def resident_bytes(model: TouchModel, time_us: float) -> float:
    """Bytes that have been touched at least once since the process started (first touch makes a page resident)."""
    if time_us <= 0:
        return 0.0
    totals = model.realisation.totals(time_us)
    sweeps: list[list[tuple[Pattern, int]]] = [[] for _ in model.spans]
    untouched = [1.0] * len(model.spans)
    for pattern, total in zip(model.realisation.patterns, totals.tolist(), strict=True):
        if total < 1:
            continue
        low, high = model.spans[pattern.region]
        pages = (high - low) // PAGE_SIZE
        if pattern.access.random:
            untouched[pattern.region] *= math.exp(total * math.log1p(-1.0 / pages)) if pages > 1 else 0.0
        else:
            sweeps[pattern.region].append((pattern, math.floor(total)))
    resident = float(sum(high - low for low, high in model.always))
    for region, (low, high) in enumerate(model.spans):
        swept = _swept_bytes(sweeps[region], model.addresses[region], model.sizes[region])
        resident += swept + (high - low - swept) * (1.0 - untouched[region])
    return resident


def _swept_bytes(sweeps: list[tuple[Pattern, int]], base: int, size: int) -> int:
    """Bytes of the pages of a region that sweeps of so many accesses have touched.

    Of sweeps that leave pages out, only the one that has touched most is counted.
    """
    begin, end = base + size, base
    gaps: list[tuple[int, int, int]] = []
    for pattern, count in sweeps:
        stride, positions = pattern.access.stride, sweep_positions(pattern, size)
        first, last = 0 if count >= positions else 1, min(count, positions - 1)
        if stride > PAGE_SIZE:
            gaps.append((stride, first, last))
        else:
            begin, end = min(begin, base + first * stride), max(end, base + last * stride + 1)
    low, high = page_span(begin, end) if begin < end else (base, base)
    teeth = [last + 1 - max(first, -(-(high - base) // stride)) for stride, first, last in gaps]
    return high - low + PAGE_SIZE * max(0, *teeth, 0)


def _phase_edges(model: TouchModel, from_us: float, to_us: float) -> F64:
    realisation = model.realisation
    inner: list[float] = []
    repetition = int(from_us // realisation.repetition_us) if realisation.loop else 0
    while True:
        begin = repetition * realisation.repetition_us
        if begin >= to_us:
            break
        inner += [begin + plan.start_us for plan in realisation.phases if from_us < begin + plan.start_us < to_us]
        if not realisation.loop:
            break
        repetition += 1
    return np.array([from_us, *sorted(set(inner)), to_us])


def _visits(count: F64, first: int, stop: int, positions: int) -> F64:
    """How many of accesses 1 to `count` of a sweep fall on positions [first, stop); access i is at i mod positions."""
    if stop <= first:
        return np.zeros_like(count)
    rounds, rest = np.divmod(count, positions)
    # Access 0 does not happen, though rounds begin with position 0: take it off where it was counted.
    visits: F64 = rounds * (stop - first) + np.clip(rest + 1 - first, 0, stop - first) - (1 if first == 0 else 0)
    return visits
