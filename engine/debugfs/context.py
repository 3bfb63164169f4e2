"""A monitoring context as debugfs keeps it, from when it is made until it is removed, running or not."""

from __future__ import annotations

import math
from dataclasses import replace

from engine.config.model import ULONG_MAX, AddrRange, Context, Intervals, Kdamond, NrRegions, Target
from engine.config.validate import PAGE_SIZE
from engine.debugfs.schemes import SchemeLine
from engine.engine import Engine
from engine.snapshot import KdamondStatus, SchemeStats

_LAST_PAGE_END = ULONG_MAX // PAGE_SIZE * PAGE_SIZE


class DebugContext:
    """What a context is told, and where it runs.

    It outlives its runs: when one has ended, attributes and schemes stay, statistics go on from where they are, the
    targets of a vaddr context are gone, and a paddr one has lost its regions.

    The kernel remembers even when it last aggregated: up to 6.6 the first sample of a run completes an aggregation if
    that is long enough ago. Each run begins with charge windows of quotas that are new, and with schemes that are
    active until their watermarks are looked at.

    Args:
        engine: that runs it.
        since_boot: it is there since long before the engine began.
    """

    def __init__(self, engine: Engine, *, since_boot: bool = False) -> None:
        self._engine = engine
        self._aggregated_us = -math.inf if since_boot else engine.now_us
        """When it last aggregated, or was made."""
        self.intervals = Intervals()
        self.nr_regions = NrRegions()
        self.ops = "vaddr"
        self.targets: tuple[Target, ...] = ()
        self.removed = False
        self._schemes: tuple[SchemeLine, ...] = ()
        self._counted: tuple[SchemeStats, ...] = ()
        """What the schemes did in runs that have ended."""
        self._index: int | None = None
        """Which kdamond of the engine runs it."""

    # Running

    def notice_end(self) -> None:
        """See whether its run has ended by itself, as that takes away what was monitored."""
        if self._index is not None and not self._engine.is_running(self._index):
            self._counted = self.stats()
            status = self._status()
            if status is not None and status.last is not None:
                self._aggregated_us = status.last.end_us
            self._index = None
            self._forget_monitored()

    @property
    def running(self) -> bool:
        """Whether a kdamond works on it."""
        self.notice_end()
        return self._index is not None

    @property
    def overdue(self) -> bool:
        """Whether it last aggregated so long ago that the next aggregation is due."""
        return self._engine.now_us - self._aggregated_us >= self.intervals.aggr_us

    @property
    def pid(self) -> int | None:
        """Of its kdamond; None while it does not run."""
        status = self._status() if self.running else None
        return None if status is None else status.pid

    def config(self) -> Kdamond | None:
        """What the engine is to run; None where there is nothing but processes that have ended.

        Targets whose process has ended since they were set are left out, and so is what is above the last whole
        page of an address space: the engine takes neither, and nothing is ever found there.
        """
        targets = tuple(
            replace(target, regions=_within_pages(target.regions)) for target in self.targets if self._alive(target)
        )
        if not targets:
            return None
        schemes = tuple(line.scheme(self._engine.kernel) for line in self._schemes)
        return Kdamond((Context(self.ops, self.intervals, self.nr_regions, targets, schemes),))

    def started(self, index: int) -> None:
        """The engine's kdamond `index` works on it now."""
        self._index = index

    def ended_at_once(self) -> None:
        """It was turned on with nothing left to monitor."""
        self._forget_monitored()

    def turn_off(self) -> None:
        """Stop it, which must run."""
        if self._index is not None:
            self._engine.turn_off(self._index)

    # Targets

    def set_targets(self, ops: str, targets: tuple[Target, ...]) -> None:
        """Drop all targets, and take these; without any, the operations set stays what it was."""
        self.targets = targets
        if targets:
            self.ops = ops

    def set_regions(self, regions: dict[int, list[AddrRange]]) -> None:
        """Give the targets of these indices initial regions, and none to all others."""
        self.targets = tuple(
            replace(target, regions=tuple(regions.get(index, ()))) for index, target in enumerate(self.targets)
        )

    # Schemes

    def set_schemes(self, lines: tuple[SchemeLine, ...]) -> None:
        """Drop all schemes, and take these, whose statistics begin at zero."""
        self._schemes = lines
        self._counted = (SchemeStats(),) * len(lines)

    def scheme_lines(self) -> list[str]:
        """The schemes as lines, with their statistics as of now."""
        return [line.text(stats) for line, stats in zip(self._schemes, self.stats(), strict=True)]

    def stats(self) -> tuple[SchemeStats, ...]:
        """What each scheme did since it was written, in all runs."""
        status = self._status()
        run = () if status is None else status.schemes
        # The run's schemes may have been changed by others who use the engine.
        run = (*run[: len(self._counted)], *(SchemeStats() for _ in self._counted[len(run) :]))
        return tuple(_sum(before, now) for before, now in zip(self._counted, run, strict=True))

    # Inside

    def _status(self) -> KdamondStatus | None:
        return None if self._index is None else self._engine.kdamond_status(self._index)

    def _alive(self, target: Target) -> bool:
        return self.ops == "paddr" or self._engine.pid_exists(target.pid or 0)

    def _forget_monitored(self) -> None:
        if self.ops == "paddr":
            self.set_regions({})
        else:
            self.targets = ()


def _within_pages(regions: tuple[AddrRange, ...]) -> tuple[AddrRange, ...]:
    """Regions as the kernel makes them, with no page in two of them: debugfs does not ask for whole pages."""
    found = []
    taken = 0
    for region in regions:
        start, end = max(region.start, taken), min(region.end, _LAST_PAGE_END)
        if start < end:
            found.append(AddrRange(start, end))
            taken = -(-end // PAGE_SIZE) * PAGE_SIZE
    return tuple(found)


def _sum(before: SchemeStats, now: SchemeStats) -> SchemeStats:
    return SchemeStats(
        nr_tried=before.nr_tried + now.nr_tried,
        sz_tried=before.sz_tried + now.sz_tried,
        nr_applied=before.nr_applied + now.nr_applied,
        sz_applied=before.sz_applied + now.sz_applied,
        qt_exceeds=before.qt_exceeds + now.qt_exceeds,
    )
