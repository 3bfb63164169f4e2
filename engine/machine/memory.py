"""The memory of the machine over time: what is in it, what processes wait for, and who must make room.

Time is cut into steps at multiples of 100 ms, and where a process starts or ends or an action is applied; never where
somebody only looks. What is touched in a step is touched once, and happens at its end. How much work each process does
in a step is found at its beginning, from what its faults are expected to cost; whatever whole faults then cost more or
less is made up for in the steps that follow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.machine.account import MachineAccount
from engine.machine.costs import Costs
from engine.machine.extents import ANONYMOUS, DEVICE, FILE, HUGE_PAGES, I64, Piece
from engine.machine.frames import Frames
from engine.machine.hardware import Hardware
from engine.machine.huge import Khugepaged
from engine.machine.layout import PAGE_SIZE
from engine.machine.pressure import Pressure
from engine.machine.reclaim import reclaim
from engine.machine.space import Space
from engine.machine.touching import Wanted
from engine.machine.workclock import most_work
from engine.snapshot import Mapping
from engine.workload.touch import TouchModel

STEP_US = 100_000
_BATCHES = 16
_ROUNDED_US = 1e-6
"""What adding up work may have made too much of it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A step that has begun."""

    start_us: int
    end_us: int
    ns_per_us: dict[int, float]
    """By pid: what a microsecond's work of it takes."""


class Memory:
    """Pages of all processes, physical memory and swap.

    Args:
        hardware: nodes and swap.
        costs: of all that happens to pages.
    """

    def __init__(self, hardware: Hardware, costs: Costs | None = None) -> None:
        self.hardware = hardware
        self.costs = costs or Costs()
        self.frames = Frames(hardware)
        self.spaces: dict[int, Space] = {}
        """By pid, those of processes that exist."""
        self.account = MachineAccount()
        self.pressure = Pressure()
        self.now_us = 0
        """Up to when time has been told to pass."""
        self.killed: list[tuple[int, int]] = []
        """Processes that were killed because no memory was left: pid, and when."""
        self._settled_us = 0
        self._plan: _Plan | None = None
        self._khugepaged = Khugepaged(self.costs)

    # Processes

    def start(
        self, pid: int, mappings: Iterable[Mapping], model: TouchModel, now_us: int, *, memcg: str = "/"
    ) -> Space:
        """Let a process begin, with nothing of its memory touched yet. `pid` must not be in use."""
        self.settle(now_us)
        pieces: list[Piece] = []
        for mapping in mappings:
            start, backing = mapping.start // PAGE_SIZE, backing_of(mapping.name)
            for frame, pages in self.frames.place((mapping.end - mapping.start) // PAGE_SIZE):
                pieces.append(Piece(start, pages, frame, self.frames.node_of(frame), backing))
                start += pages
        space = Space(pid, model, pieces, len(self.hardware.nodes), now_us, memcg)
        self.spaces[pid] = space
        return space

    def stop(self, pid: int, now_us: int) -> None:
        """End a process and free its memory, if it exists."""
        if pid in self.spaces:
            self.settle(now_us)
        if pid in self.spaces:
            self._end(self.spaces[pid], now_us)

    def _end(self, space: Space, now_us: int) -> None:
        space.ended_us = now_us
        extents = space.extents
        for frame, pages in zip(extents.frame.tolist(), extents.pages.tolist(), strict=True):
            self.frames.give(frame, pages)
        del self.spaces[space.pid]

    def ends_us(self, space: Space) -> float:
        """When a process ended, or will end if nothing makes it wait from the last step on; infinite if never."""
        if space.ended_us is not None:
            return space.ended_us
        left = space.duration_us - space.clock.work_at(self._settled_us)
        fastest = min(1.0, self.costs.huge_time_ratio) if space.extents.huge.any() else 1.0
        fastest *= min(1.0, *self.costs.latency_ratio)
        if math.isinf(left):
            return left
        soonest = self._settled_us + max(1, math.ceil(left * fastest + space.debt_ns / 1000.0 - _ROUNDED_US))
        # Faults may make it wait: whoever ends in a step ends it, and nobody ends before.
        return max(soonest, self.next_step_us())

    # What there is, in pages

    def free(self, node: int) -> int:
        """Pages of a node that nobody holds."""
        return self.hardware.nodes[node].usable - sum(s.usage().on_node[node] for s in self.spaces.values())

    @property
    def swap_free(self) -> int:
        """Pages that swap has room for."""
        return self.hardware.swap_pages - sum(space.usage().in_swap for space in self.spaces.values())

    def room(self, node: int) -> int:
        """Pages of a node that can be had without reclaim."""
        return max(0, self.free(node) - self.hardware.nodes[node].min_pages)

    # Time

    def run_until(self, to_us: int) -> None:
        """Let time pass. Afterwards clocks are known up to then; pages are as they were at the last step's end."""
        while True:
            plan = self._plan
            if plan is None:
                if to_us <= self._settled_us:
                    break
                plan = self._begin()
            if plan.end_us > to_us:
                break
            self._finish(plan, plan.end_us)
        self.now_us = max(self.now_us, to_us)

    def next_step_us(self) -> float:
        """When the present step ends, and clocks and pages may change; infinite without processes."""
        if not self.spaces:
            return math.inf
        return (self._plan or self._begin()).end_us

    def settle(self, now_us: int) -> None:
        """Let time pass, and end the present step now: pages are as they are now."""
        self.run_until(now_us)
        if self._plan is not None and self._plan.start_us < now_us:
            self._finish(self._plan, now_us)
        self._plan = None
        self._settled_us = max(self._settled_us, now_us)
        for space in self.spaces.values():
            space.catch_up(space.clock.work_at(now_us), now_us)

    def _begin(self) -> _Plan:
        start = self._settled_us
        end = (start // STEP_US + 1) * STEP_US
        room = sum(self.room(node) for node in range(len(self.hardware.nodes)))
        ns_per_us: dict[int, float] = {}
        for pid, space in self.spaces.items():
            ns_per_us[pid] = speed = space.ns_per_us(self.costs, start)
            # Whoever ends first ends the step of all.
            end = min(end, self._plan_work(space, speed, start, end, room))
        self._plan = _Plan(start, end, ns_per_us)
        return self._plan

    def _plan_work(self, space: Space, speed: float, start: int, end: int, room: int) -> int:
        """Set the clock of a process for a step, and return when the step ends at the latest: when the process does."""
        done = space.clock.work_at(start)
        left = max(space.duration_us - done, 0.0)
        budget = (end - start) * 1000.0 - space.debt_ns
        free_of_charge = room + self._background_pages(end - start)
        work = most_work(
            budget,
            left,
            speed,
            space.clock.rate * (end - start),
            lambda us: space.stall_ns(self.costs, done, us, free_of_charge),
        )
        if work < left:
            space.clock.run(start, work / (end - start))
            return end
        cost = left * speed + space.debt_ns
        if left:
            cost += space.stall_ns(self.costs, done, left, free_of_charge, whole=True)
        ends = start + max(1, math.ceil(cost / 1000.0 - _ROUNDED_US))
        undisturbed = cost == left * 1000.0
        space.clock.run(start, 1.0 if undisturbed else left / (ends - start))
        return ends

    def _background_pages(self, duration_us: int) -> int:
        """Pages that are reclaimed in the background while processes work."""
        cost = self.costs.pageout_ns
        return int(duration_us * 1000.0 / cost) if cost else 1 << 62

    def _finish(self, plan: _Plan, end: int) -> None:
        duration = end - plan.start_us
        self._plan, self._settled_us = None, end
        saved, bloat = self._saved_and_wasted()
        self.account.pass_time(duration, saved, bloat)
        background = self._background_pages(duration)
        stalls: list[float] = []
        over: list[Space] = []
        for pid in list(self.spaces):
            space = self.spaces.get(pid)
            if space is None:
                continue
            stall, background = self._play(space, plan, end, background)
            stalls.append(stall)
            if pid in self.spaces and space.debt_ns <= 0 and self._work_at(space, end) >= space.duration_us:
                over.append(space)
        self.pressure.pass_time(duration, stalls)
        for space in over:
            if space.pid in self.spaces:
                self._end(space, end)
        self._khugepaged.run(self.spaces.values(), duration, self.room, self.account)
        self._reclaim_in_background(end)

    @staticmethod
    def _work_at(space: Space, time_us: int) -> float:
        work = space.clock.work_at(time_us)
        # A thousandth of a microsecond is what adding many steps up may have lost.
        return space.duration_us if work > space.duration_us - 1e-3 else work

    def _play(self, space: Space, plan: _Plan, end: int, background: int) -> tuple[float, int]:
        """What a process did in a step; returns how long it waited for memory, and what is left of `background`."""
        duration = end - plan.start_us
        before, after = space.clock.work_at(plan.start_us), self._work_at(space, end)
        account, costs = space.account, self.costs
        faults = (account.first_touches, account.swap_ins, account.file_reads, account.direct_reclaims)
        back = account.saved_refaults
        usage = space.usage()
        account.pass_time(duration, usage.saved, usage.bloat)
        account.work_us += after - before
        wanted = space.touch(before, after, end, duration)
        huge = 0
        if wanted is not None:
            huge = int(wanted.huge.sum()) // HUGE_PAGES
            background = self._admit(space, wanted, end, background)
            space.extents.coalesce(end)
        first, swap_ins, file_reads, direct = (
            now - then
            for now, then in zip(
                (account.first_touches, account.swap_ins, account.file_reads, account.direct_reclaims),
                faults,
                strict=True,
            )
        )
        waiting = swap_ins * costs.swap_in_ns + file_reads * costs.file_read_ns + direct * costs.direct_reclaim_ns
        touching = (first - huge) * costs.first_touch_ns + huge * costs.huge_first_touch_ns
        worked = (after - before) * plan.ns_per_us[space.pid]
        cost = waiting + touching
        lost_us = max(0.0, duration - worked / 1000.0) if cost or space.debt_ns > 0 else 0.0
        space.charge(worked, cost, duration * 1000.0)
        if cost:
            space.waiting_share = waiting / cost
        stalled = lost_us * space.waiting_share
        account.stalled_us += stalled
        self.account.refaults += swap_ins + file_reads
        self.account.saved_refaults += account.saved_refaults - back
        self.account.swapped_in_bytes += swap_ins * PAGE_SIZE
        self.account.file_read_bytes += file_reads * PAGE_SIZE
        return stalled, background

    def _saved_and_wasted(self) -> tuple[int, int]:
        saved = bloat = 0
        for space in self.spaces.values():
            usage = space.usage()
            space.account.saved_peak = max(space.account.saved_peak, usage.saved)
            saved += usage.saved
            bloat += usage.bloat
        return saved, bloat

    # Making room

    def _admit(self, space: Space, wanted: Wanted, now_us: int, background: int) -> int:
        """Bring into memory what a process wants, making room where there is none; what is left of `background`."""
        for node in np.unique(space.extents.node).tolist():
            rows = np.flatnonzero((space.extents.node == node) & (wanted.total > 0))
            batch = max(32, self.hardware.nodes[node].usable // _BATCHES)
            while True:
                rest = wanted.total[rows]
                missing = int(rest.sum())
                if not missing:
                    break
                room = self.room(node)
                if room:
                    space.admit(rows, wanted, _portion(rest, min(room, missing)), now_us)
                    continue
                self._catch_up(now_us)
                got = self.make_room(node, min(missing, batch))
                direct = max(0, got - background)
                background -= got - direct
                space.account.direct_reclaims += direct
                if not got:
                    self._kill_largest(now_us)
                    if space.pid not in self.spaces:
                        return background
        return background

    def make_room(self, node: int, pages: int) -> int:
        """Take pages of a node out of memory, and return how many are free by it."""
        spaces = list(self.spaces.values())
        results = reclaim([space.extents for space in spaces], node, pages, self.swap_free)
        for space, result in zip(spaces, results, strict=True):
            if result.freed:
                space.account.reclaimed += result.freed
                self.account.swapped_out_bytes += result.swapped_out * PAGE_SIZE
                self.account.dropped_bytes += result.dropped * PAGE_SIZE
                space.changed()
        return sum(result.freed for result in results)

    def _reclaim_in_background(self, now_us: int) -> None:
        for number, node in enumerate(self.hardware.nodes):
            free = self.free(number)
            if free < node.low_pages:
                self._catch_up(now_us)
                self.make_room(number, node.high_pages - free)

    def _catch_up(self, now_us: int) -> None:
        for space in self.spaces.values():
            space.catch_up(space.clock.work_at(now_us), now_us)

    def _kill_largest(self, now_us: int) -> None:
        """The process that holds most memory and swap makes room by its death."""
        space = max(self.spaces.values(), key=lambda s: (sum(s.usage().on_node) + s.usage().in_swap, -s.pid))
        self.killed.append((space.pid, now_us))
        self._end(space, now_us)


def backing_of(name: str) -> int:
    """What backs a mapping of that name."""
    if name == "[vvar]":
        return DEVICE
    return FILE if name in ("text", "rodata", "data", "[vdso]") else ANONYMOUS


def _portion(rest: I64, pages: int) -> I64:
    """`pages` of `rest` [n] in all, each in proportion."""
    total = int(rest.sum())
    if pages >= total:
        return rest
    up_to = np.rint(np.cumsum(rest) * (pages / total)).astype(np.int64)
    portion: I64 = np.diff(up_to, prepend=0)
    return portion
