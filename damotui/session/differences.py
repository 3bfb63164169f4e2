"""Two branches in figures: what each has come to since they parted, and by how much B differs from A."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from damotui.session.live import kdamond_name
from damotui.session.words import count
from engine.config.model import Scheme
from engine.snapshot import KdamondStatus, MachineStatus, SchemeStats, Snapshot
from engine.units import format_bytes, format_percent

_ZERO_PERCENT = 0.05
"""What is shown as 0.0 % is no difference."""
_MANY_PERCENT = 10_000
"""From here on, percent are told in thousands: a process that waits all the time is that much slower."""
UNKNOWN = "–"
_COST = "What it costs"


class Better(Enum):
    """Which of two figures one would rather have."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Measure:
    """A kind of figure."""

    key: str
    name: str
    unit: str
    """Of the plain number."""
    show: Callable[[float], str]
    """The figure with its unit, as it is read best."""
    better: Better = Better.NEITHER


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both branches."""

    group: str
    """What it belongs to: a heading."""
    measure: Measure
    a: float | None
    """None where there is no such figure: what it is about does not exist there, or no time has passed."""
    b: float | None

    @property
    def change(self) -> float | None:
        """B less A."""
        return None if self.a is None or self.b is None else self.b - self.a

    @property
    def percent(self) -> float | None:
        """The change as percent of A; None where A is 0."""
        return None if self.change is None or not self.a else 100 * self.change / abs(self.a)

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """A, B, B less A, and that in percent of A."""
        show, change, percent = self.measure.show, self.change, self.percent
        return (
            UNKNOWN if self.a is None else show(self.a),
            UNKNOWN if self.b is None else show(self.b),
            UNKNOWN if change is None else _signed(show, change),
            "" if percent is None else _signed(_percent, percent),
        )

    @property
    def verdict(self) -> str:
        """How B is in comparison: `better`, `worse`, `same`, or nothing where neither can be said."""
        change, percent, better = self.change, self.percent, self.measure.better
        if change is None:
            return ""
        if change == 0 or (percent is not None and abs(percent) < _ZERO_PERCENT):
            return "same"
        if better is Better.NEITHER:
            return ""
        return "better" if (change < 0) == (better is Better.LOWER) else "worse"


def _signed(show: Callable[[float], str], value: float) -> str:
    text = show(abs(value))
    return f"{'-' if value < 0 else '+'}{text}" if any(digit in text for digit in "123456789") else text


def _byte_seconds(value: float) -> str:
    return f"{'-' if value < 0 else ''}{format_bytes(abs(value))} s"


def _bytes_per_s(value: float) -> str:
    return f"{format_bytes(value)}/s"


def _per_s(value: float) -> str:
    return f"{value:.1f}/s" if value < 100 else f"{count(value)}/s"


def _percent(value: float, decimals: int = 1) -> str:
    return format_percent(value, decimals) if abs(value) < _MANY_PERCENT else f"{count(value)} %"


def _percent_of_one(value: float) -> str:
    return _percent(100 * value, 2)


RESIDENT = Measure("resident", "resident now", "bytes", format_bytes, Better.LOWER)
RESIDENT_MEAN = Measure("resident_mean", "resident, mean", "bytes", format_bytes, Better.LOWER)
SAVED = Measure("saved", "saved now", "bytes", format_bytes, Better.HIGHER)
SAVED_IN_ALL = Measure("saved_byte_s", "saved, × time", "byte-seconds", _byte_seconds, Better.HIGHER)
REFAULTS = Measure("refaults", "pages refaulted", "pages", count, Better.LOWER)
REFAULTS_PER_S = Measure("refaults_per_s", "refaults per s", "pages per second", _per_s, Better.LOWER)
SLOWDOWN = Measure("slowdown", "slowdown", "ratio", _percent_of_one, Better.LOWER)
PSI = Measure("psi", "PSI some", "ratio", _percent_of_one, Better.LOWER)
MOVED = Measure("moved", "moved", "bytes", format_bytes, Better.LOWER)
CHECKS = Measure("checks", "page checks", "checks per second", _per_s, Better.LOWER)
REGIONS = Measure("regions", "regions now", "regions", count)
ACTIONS = Measure("actions", "actions took", "ratio", _percent_of_one, Better.LOWER)
TRIED_BYTES = Measure("sz_tried", "tried", "bytes per second", _bytes_per_s)
APPLIED_BYTES = Measure("sz_applied", "applied", "bytes per second", _bytes_per_s)
TRIED = Measure("nr_tried", "regions tried", "regions per second", _per_s)
APPLIED = Measure("nr_applied", "regions applied", "regions per second", _per_s)
EXCEEDED = Measure("qt_exceeds", "times over quota", "times", count)


def resident_bytes(snapshot: Snapshot) -> int:
    """Resident memory of all processes that run."""
    return sum(process.rss_bytes for process in snapshot.processes if process.running)


def differences(
    forked: Snapshot, a: Snapshot, b: Snapshot, resident_means: tuple[float, float]
) -> tuple[Difference, ...]:
    """All figures, in the order in which they are shown.

    Args:
        forked: both branches when they parted.
        a: branch A now.
        b: branch B at the same time.
        resident_means: resident memory of each, averaged since then.
    """
    return (
        *_of_machine(forked, a, b, resident_means),
        *_of_monitoring(forked, a, b),
        *_of_schemes(forked, a, b),
    )


def _of_machine(forked: Snapshot, a: Snapshot, b: Snapshot, means: tuple[float, float]) -> Iterator[Difference]:
    memory, pain = "Memory", "What processes feel"
    yield Difference(memory, RESIDENT, resident_bytes(a), resident_bytes(b))
    yield Difference(memory, RESIDENT_MEAN, *means)
    was, ours, theirs = forked.machine, a.machine, b.machine
    if was is None or ours is None or theirs is None:
        return
    elapsed_us = a.time_us - forked.time_us

    def grown(measure: Measure, group: str, of: Callable[[MachineStatus], float]) -> Difference:
        return Difference(group, measure, of(ours) - of(was), of(theirs) - of(was))

    def share(measure: Measure, group: str, of: Callable[[MachineStatus], float], scale: float = 1.0) -> Difference:
        sides = (None if not elapsed_us else scale * (of(side) - of(was)) / elapsed_us for side in (ours, theirs))
        return Difference(group, measure, *sides)

    yield Difference(memory, SAVED, ours.saved_bytes, theirs.saved_bytes)
    yield grown(SAVED_IN_ALL, memory, lambda machine: machine.saved_byte_s)
    yield grown(MOVED, memory, lambda machine: machine.moved_bytes)
    yield grown(REFAULTS, pain, lambda machine: machine.refaults)
    yield share(REFAULTS_PER_S, pain, lambda machine: machine.refaults, 1e6)
    yield Difference(pain, SLOWDOWN, _slowdown(forked, a), _slowdown(forked, b))
    psi = share(PSI, pain, lambda machine: machine.psi_some_us)
    # A stall that goes on beyond this moment is counted whole.
    yield Difference(pain, PSI, *(None if side is None else min(side, 1.0) for side in (psi.a, psi.b)))
    yield share(ACTIONS, _COST, lambda machine: sum(ns for _, ns in machine.action_ns), 1e-3)


def _of_monitoring(forked: Snapshot, a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    elapsed_us = a.time_us - forked.time_us
    checks = (_checks(forked, a), _checks(forked, b))
    yield Difference(_COST, CHECKS, *(None if not elapsed_us else n * 1e6 / elapsed_us for n in checks))
    yield Difference(_COST, REGIONS, *(sum(k.nr_regions for k in side.kdamonds if k.running) for side in (a, b)))


def _of_schemes(forked: Snapshot, a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    elapsed_us = a.time_us - forked.time_us
    ours, theirs = _schemes(forked, a), _schemes(forked, b)
    for key in sorted({*ours, *theirs}):
        one, other = ours.get(key), theirs.get(key)
        group = _title(key, one[0] if one else None, other[0] if other else None)

        def of(measure: Measure, *, rate: bool = True) -> Difference:
            figures = []
            for side in (one, other):  # noqa: B023 - called in this round only
                grown = None if side is None else float(getattr(side[1], measure.key))
                figures.append(grown if grown is None or not rate else grown * 1e6 / elapsed_us if elapsed_us else None)
            return Difference(group, measure, *figures)  # noqa: B023

        yield of(TRIED_BYTES)
        yield of(APPLIED_BYTES)
        yield of(TRIED)
        yield of(APPLIED)
        yield of(EXCEEDED, rate=False)


def _slowdown(forked: Snapshot, now: Snapshot) -> float | None:
    """How much longer all processes together took since the fork than their work alone; None if they did none."""
    then = {process.pid: (process.elapsed_us, process.work_us) for process in forked.processes}
    elapsed = work = 0.0
    for process in now.processes:
        elapsed_us, work_us = then.get(process.pid, (0, 0.0))
        elapsed += process.elapsed_us - elapsed_us
        work += process.work_us - work_us
    return elapsed / work - 1 if work > 0 else None


def _checks(forked: Snapshot, now: Snapshot) -> int:
    return sum(k.checks - (was.checks if (was := _same(forked, k)) else 0) for k in now.kdamonds)


def _schemes(forked: Snapshot, now: Snapshot) -> dict[tuple[int, int], tuple[Scheme, SchemeStats]]:
    """By kdamond and index: each scheme, and what its statistics have grown by since the fork."""
    found = {}
    for kdamond in now.kdamonds:
        was = _same(forked, kdamond)
        schemes = kdamond.config.contexts[0].schemes if kdamond.config and kdamond.config.contexts else ()
        for index, (scheme, stats) in enumerate(zip(schemes, kdamond.schemes, strict=False)):
            before = was.schemes[index] if was is not None and index < len(was.schemes) else SchemeStats()
            found[kdamond.index, index] = scheme, _grown(before, stats)
    return found


def _grown(before: SchemeStats, now: SchemeStats) -> SchemeStats:
    names = SchemeStats.__slots__
    if any(getattr(now, name) < getattr(before, name) for name in names):
        return now  # another scheme stands there, which has counted from 0
    return SchemeStats(*(getattr(now, name) - getattr(before, name) for name in names))


def _same(forked: Snapshot, kdamond: KdamondStatus) -> KdamondStatus | None:
    """The kdamond at the fork; None if it did not run yet, or was begun again since, and counts from 0."""
    was = next((k for k in forked.kdamonds if k.index == kdamond.index), None)
    if was is None or was.checks > kdamond.checks or was.aggregations > kdamond.aggregations:
        return None
    return was if not kdamond.running or was.pid == kdamond.pid else None


def _title(key: tuple[int, int], a: Scheme | None, b: Scheme | None) -> str:
    name = f"{kdamond_name(key[0])}, scheme {key[1]}"
    if a is None or b is None:
        only = "B" if a is None else "A"
        return f"{name}: {(a or b or Scheme()).action}, in {only} only"
    return f"{name}: {a.action}" if a.action == b.action else f"{name}: {a.action}, in B {b.action}"
