"""The real accesses of a workload: what monitoring can only estimate.

Times are microseconds since the process started; addresses are the process' own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.workload.realisation import F64
from engine.workload.touch import TouchModel, sweep_positions


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
    swept = [0.0] * len(model.spans)
    untouched = [1.0] * len(model.spans)
    for pattern, total in zip(model.realisation.patterns, totals.tolist(), strict=True):
        region = pattern.region
        low, high = model.spans[region]
        pages = (high - low) // 4096
        if total <= 0:
            continue
        if pattern.access.random:
            untouched[region] *= np.exp(total * np.log1p(-1.0 / pages)) if pages > 1 else 0.0
            continue
        positions = sweep_positions(pattern, model.sizes[region])
        page_positions = min(positions, pages)
        # All sweeps of a region begin at its start, so the one that came farthest covers the others'.
        swept[region] = max(swept[region], min(1.0, total / positions) * page_positions / pages)
    return sum(
        (high - low) * (1.0 - (1.0 - whole) * rest)
        for (low, high), whole, rest in zip(model.spans, swept, untouched, strict=True)
    ) + sum(high - low for low, high in model.always)


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
