"""The operations sets' side of schemes: regions of addresses become pages, and what was done to pages becomes bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engine.damos.actor import Action, Applied
from engine.machine.extents import DEVICE, F64, I64, Extents
from engine.machine.layout import PAGE_SIZE
from engine.machine.memory import Memory
from engine.machine.migration import cut_stripes
from engine.machine.page_actions import Rows, act_on_pages, madvise
from engine.machine.page_filters import passing
from engine.machine.space import Space
from engine.regions.table import U64

_MADVISE = frozenset({"willneed", "cold", "pageout", "hugepage", "nohugepage", "collapse"})
_STOPS_AT_DEVICES = _MADVISE - {"willneed"}
_PHYSICAL = frozenset({"pageout", "lru_prio", "lru_deprio", "migrate_hot", "migrate_cold"})
_MIGRATIONS = frozenset({"migrate_hot", "migrate_cold"})


class VirtualActor:
    """vaddr and fvaddr: actions on the address spaces of processes.

    Args:
        memory: of the machine; actions happen at the time up to which it has been told to run.
        pid_of: the pid of the target with an index; None where there is none.
    """

    def __init__(self, memory: Memory, pid_of: Callable[[int], int | None]) -> None:
        self._memory = memory
        self._pid_of = pid_of

    def apply(self, action: Action, target: int, start: U64, end: U64) -> Applied:
        """Do it to regions of one process; nothing is done where it has ended, or vaddr does not know the action."""
        space = self._memory.spaces.get(self._pid_of(target) or 0)
        first = -(-start.astype(np.int64) // PAGE_SIZE)
        last = first + -(-(end - start).astype(np.int64) // PAGE_SIZE)
        known = action.name in _MADVISE or action.name in _MIGRATIONS
        if space is None or not len(start):
            return _nothing(len(start))
        if action.name == "stat":
            applied = _Sums(len(start))
            applied.count(space, "start", first, last, action, self._memory)
            return applied.result(action, self._memory)
        if not known:
            return _nothing(len(start))
        self._memory.settle(self._memory.now_us)
        if action.name in _MADVISE:
            return self._madvise(space, action, first, last)
        applied = _Sums(len(start))
        space.extents.cut(np.concatenate((first, last)))
        rows = _inside(space.extents.start, first, last)
        if action.dests and action.name in _MIGRATIONS:
            cut_stripes(space.extents, rows)
            rows = _inside(space.extents.start, first, last)
        if len(rows):
            region = np.searchsorted(first, space.extents.start[rows], "right") - 1
            done = act_on_pages(self._memory, space, rows, action, physical=False)
            applied.add(region, done.pages, done.passed, done.elapsed_ns)
        space.extents.coalesce(self._memory.now_us)
        return applied.result(action, self._memory)

    def _madvise(self, space: Space, action: Action, first: I64, last: I64) -> Applied:
        extents, applied = space.extents, _Sums(len(first))
        mapped = _covered(extents.start, extents.pages, extents.pages, first, last)
        whole = np.rint(mapped).astype(np.int64) == last - first
        stop = last.copy()
        if action.name in _STOPS_AT_DEVICES:
            stop = _first_device(extents, first, last)
            whole &= stop == last
        extents.cut(np.concatenate((first, stop)))
        if action.name == "collapse":
            for low, high in zip(first.tolist(), stop.tolist(), strict=True):
                extents.coalesce(self._memory.now_us, (low, high))
            extents.cut(np.concatenate((first, stop)))
        rows = _inside(extents.start, first, stop)
        if len(rows):
            region = np.searchsorted(first, extents.start[rows], "right") - 1
            elapsed, failed = madvise(self._memory, space, rows, action.name)
            nothing = np.zeros(len(rows), np.int64)
            applied.add(region, nothing, nothing, elapsed)
            whole &= np.bincount(region, failed, len(first)) == 0
        applied.pages = np.where(whole, last - first, 0)
        extents.coalesce(self._memory.now_us)
        return applied.result(action, self._memory)


class PhysicalActor:
    """paddr: actions on physical memory.

    Args:
        memory: of the machine; actions happen at the time up to which it has been told to run.
        addr_unit: bytes that one unit of a region's addresses stands for.
    """

    def __init__(self, memory: Memory, addr_unit: int = 1) -> None:
        self._memory = memory
        self._unit = addr_unit

    def apply(self, action: Action, target: int, start: U64, end: U64) -> Applied:
        """Do it to regions of physical memory; nothing is done where paddr does not know the action."""
        applied = _Sums(len(start), self._unit)
        if not len(start) or action.name not in _PHYSICAL | {"stat"}:
            return _nothing(len(start))
        first = (start.astype(np.int64) * self._unit) // PAGE_SIZE
        last = -(-(end.astype(np.int64) * self._unit) // PAGE_SIZE)
        if action.name == "stat":
            for space in self._memory.spaces.values():
                applied.count(space, "frame", first, last, action, self._memory)
            return applied.result(action, self._memory)
        self._memory.settle(self._memory.now_us)
        for space, rows in self._found(first, last):
            region = np.searchsorted(first, space.extents.frame[rows], "right") - 1
            done = act_on_pages(self._memory, space, rows, action, physical=True)
            applied.add(region, done.pages, done.passed, done.elapsed_ns)
            space.extents.coalesce(self._memory.now_us)
        return applied.result(action, self._memory)

    def _found(self, first: I64, last: I64) -> Iterator[tuple[Space, Rows]]:
        """Processes with their extents inside ranges of page frames, after cutting at both ends."""
        bounds = np.concatenate((first, last))
        for space in list(self._memory.spaces.values()):
            extents = space.extents
            order = np.argsort(extents.frame)
            at = np.searchsorted(extents.frame[order], bounds, "right") - 1
            row = order[np.maximum(at, 0)]
            inside = (at >= 0) & (bounds > extents.frame[row]) & (bounds < extents.frame[row] + extents.pages[row])
            extents.cut((extents.start[row] + bounds - extents.frame[row])[inside])
            rows = _inside(extents.frame, first, last)
            if len(rows):
                yield space, rows


class _Sums:
    """Pages and nanoseconds, region by region."""

    def __init__(self, regions: int, unit: int = 1) -> None:
        self.pages = np.zeros(regions, np.int64)
        self.passed = np.zeros(regions, np.int64)
        self.elapsed_ns = np.zeros(regions, np.int64)
        self._unit = unit

    def add(self, region: I64, pages: I64, passed: I64, elapsed_ns: I64) -> None:
        np.add.at(self.pages, region, pages)
        np.add.at(self.passed, region, passed)
        np.add.at(self.elapsed_ns, region, elapsed_ns)

    def count(self, space: Space, column: str, first: I64, last: I64, action: Action, memory: Memory) -> None:
        """`stat`: how many pages filters let through, of which nothing but their being young changes."""
        if not action.filters:
            return
        looks_at_young = any(rule.type == "young" for rule in action.filters)
        extents = space.extents
        if looks_at_young:
            space.catch_up(space.clock.work_at(memory.now_us), memory.now_us)
        at: I64 = getattr(extents, column)
        order = np.argsort(at)
        everything = np.arange(len(extents))
        found = passing(extents, everything, space.memcg, action.filters, default_reject=action.default_reject)
        listed = extents.backing != DEVICE
        spans = (at[order], extents.pages[order])
        self.passed += np.rint(_covered(*spans, (found.total * listed)[order], first, last)).astype(np.int64)
        looked = _covered(*spans, (extents.resident * listed)[order], first, last)
        self.elapsed_ns += np.rint(looked * memory.costs.check_ns).astype(np.int64)
        if looks_at_young:
            inside = _overlap(at, extents.pages, first, last) / np.maximum(extents.pages, 1)
            extents.young -= np.rint(found.aged * inside * listed).astype(np.int64)

    def result(self, action: Action, memory: Memory) -> Applied:
        memory.account.spend(action.name, int(self.elapsed_ns.sum()))
        pages, passed = (count * PAGE_SIZE // self._unit for count in (self.pages, self.passed))
        return Applied(pages, passed, self.elapsed_ns)


def _nothing(regions: int) -> Applied:
    zero = np.zeros(regions, np.int64)
    return Applied(zero, zero.copy(), zero.copy())


def _inside(at: I64, first: I64, last: I64) -> Rows:
    """Which of the runs that begin at `at` [n] lie in one of the ranges, which are ascending and cut none of them."""
    region = np.searchsorted(first, at, "right") - 1
    return np.flatnonzero((region >= 0) & (at < last[np.maximum(region, 0)]))


def _covered(at: I64, pages: I64, value: I64, first: I64, last: I64) -> F64:
    """Sum of `value`, which is spread evenly over each run of `pages` from `at`, ascending, that lies in each range."""
    below = np.concatenate(([0], np.cumsum(value)))

    def up_to(page: I64) -> F64:
        i = np.searchsorted(at, page, "right") - 1
        k = np.maximum(i, 0)
        part = np.clip(page - at[k], 0, pages[k]) / np.maximum(pages[k], 1)
        result: F64 = np.where(i < 0, 0.0, below[k] + value[k] * part)
        return result

    return up_to(last) - up_to(first)


def _overlap(at: I64, pages: I64, first: I64, last: I64) -> F64:
    """How many pages of each run lie in any of the ranges."""
    return _covered(first, last - first, last - first, at, at + pages)


def _first_device(extents: Extents, first: I64, last: I64) -> I64:
    """Where each range meets memory that madvise() refuses, or its end."""
    device = extents.start[extents.backing == DEVICE]
    end = extents.end[extents.backing == DEVICE]
    if not len(device):
        return last
    at = np.minimum(np.searchsorted(end, first, "right"), len(device) - 1)
    met = (end[at] > first) & (device[at] < last)
    return np.where(met, np.maximum(device[at], first), last)
