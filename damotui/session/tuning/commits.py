"""What a scheme did between one change of its parameters and the next: before and after each commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from damotui.session import tree
from damotui.session.tuning.leaves import label_of
from damotui.session.values import format_value, spec_of
from engine.config.model import Context, Scheme
from engine.snapshot import KdamondStatus, Snapshot

MOST = 50
"""Stretches that are kept of each scheme."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What only grows, at a moment."""

    time_us: int
    nr_tried: int
    sz_tried: int
    sz_applied: int
    refaults: int
    """Of the whole machine."""
    saved_byte_s: float
    """Of the whole machine: what is out of memory, summed up over time."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a scheme's parameters stayed the same."""

    changes: tuple[str, ...]
    """What was changed at its beginning, such as `age.min: 30 → 50`."""
    first: Counters
    last: Counters

    @property
    def duration_us(self) -> int:
        """How long it has lasted so far."""
        return self.last.time_us - self.first.time_us

    @property
    def tried_per_s(self) -> float:
        """Bytes tried per second."""
        return self._per_s(self.last.sz_tried - self.first.sz_tried)

    @property
    def applied_per_s(self) -> float:
        """Bytes per second on which the action succeeded."""
        return self._per_s(self.last.sz_applied - self.first.sz_applied)

    @property
    def refaults_per_s(self) -> float:
        """Pages per second that were needed and had left memory."""
        return self._per_s(self.last.refaults - self.first.refaults)

    @property
    def saved_bytes(self) -> float:
        """Bytes that were out of memory, on average."""
        return self._per_s(self.last.saved_byte_s - self.first.saved_byte_s)

    def _per_s(self, growth: float) -> float:
        return growth * 1e6 / self.duration_us if self.duration_us else 0.0


class CommitLog:
    """Follows the parameters that kdamonds run with, and what their schemes did with them."""

    def __init__(self) -> None:
        self._stretches: dict[tuple[int, int], list[Stretch]] = {}
        self._running: dict[tuple[int, int], Context] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._stretches.clear()
        self._running.clear()

    def stretches(self, kdamond: int, scheme: int) -> tuple[Stretch, ...]:
        """Those of a scheme, oldest first; the last one may still go on."""
        return tuple(self._stretches.get((kdamond, scheme), ()))

    def feed(self, snapshot: Snapshot) -> None:
        """Take note of a moment."""
        running: dict[tuple[int, int], Context] = {}
        for status in snapshot.kdamonds:
            if not status.running or status.config is None or not status.config.contexts:
                continue
            context = status.config.contexts[0]
            for index in range(min(len(context.schemes), len(status.schemes))):
                running[status.index, index] = context
                self._note((status.index, index), context, _counters(snapshot, status, index))
        self._running = running

    def _note(self, key: tuple[int, int], context: Context, now: Counters) -> None:
        before, kept = self._running.get(key), self._stretches.setdefault(key, [])
        begun_anew = not kept or now.nr_tried < kept[-1].last.nr_tried or now.time_us < kept[-1].last.time_us
        if before is None or begun_anew:
            kept.append(Stretch(("turned on",) if kept else (), now, now))
        else:
            kept[-1] = replace(kept[-1], last=now)
            if changes := tuple(_changes(key, before, context)):
                kept.append(Stretch(changes, now, now))
        del kept[:-MOST]


def _counters(snapshot: Snapshot, status: KdamondStatus, index: int) -> Counters:
    stats, machine = status.schemes[index], snapshot.machine
    return Counters(
        time_us=snapshot.time_us,
        nr_tried=stats.nr_tried,
        sz_tried=stats.sz_tried,
        sz_applied=stats.sz_applied,
        refaults=machine.refaults if machine else 0,
        saved_byte_s=machine.saved_byte_s if machine else 0.0,
    )


def _changes(key: tuple[int, int], before: Context, after: Context) -> Iterator[str]:
    """What differs of the scheme, and of the intervals and number of regions that all schemes depend on."""
    if before is after:
        return
    kdamond, scheme = key
    old: Scheme = before.schemes[scheme]
    here: tree.Path = (kdamond, "contexts", 0)
    for name in ("intervals", "nr_regions"):
        for below, value in tree.differences(getattr(before, name), getattr(after, name)):
            path = (*here, name, *below)
            yield _change(path, tree.text(("", name, *below)).removeprefix("."), tree.get(before, path[3:]), value)
    for below, value in tree.differences(old, after.schemes[scheme]):
        path = (*here, "schemes", scheme, *below)
        yield _change(path, label_of(path), tree.get(old, below), value)


def _change(path: tree.Path, name: str, before: object, after: object) -> str:
    spec = spec_of(path)
    if spec.unit is None:
        return f"{name} changed"
    return f"{name}: {format_value(spec, before)} → {format_value(spec, after)}"
