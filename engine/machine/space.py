"""A process' memory and its clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.machine.account import ProcessAccount
from engine.machine.costs import Costs
from engine.machine.extents import ANONYMOUS, F64, HUGE_PAGES, I64, WANTS_HUGE, Extents, Piece
from engine.machine.touching import Carry, Share, Wanted, cut_at, expected, shares, touch
from engine.machine.workclock import WorkClock
from engine.workload.touch import Touched, TouchModel

_LOOKAHEAD_US = 10_000_000.0
_LONGEST_PAUSE = 64
_RECENT_US = 100_000.0
_COARSER = 1.25
_NO_TIME_NS = 1e-3


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process holds, in pages."""

    on_node: tuple[int, ...]
    in_swap: int
    saved: int
    bloat: int


class Space:
    """The address space of a process while it exists.

    A process is calm while all that it touches is in memory and on the active list: then nothing happens
    but that pages stay young, which is caught up on when somebody wants to know.

    Args:
        pid: its number.
        model: what it touches, by its own clock.
        pieces: its mappings.
        nodes: how many nodes the machine has.
        started_us: when it starts.
        memcg: path of the control group that its pages are charged to.
    """

    def __init__(
        self, pid: int, model: TouchModel, pieces: Iterable[Piece], nodes: int, started_us: int, memcg: str
    ) -> None:
        self.pid = pid
        self.model = model
        self.memcg = memcg
        self.extents = Extents(pieces)
        self.clock = WorkClock(started_us)
        self.account = ProcessAccount()
        self.ended_us: int | None = None
        self.debt_ns = 0.0
        """Cost of what happened that its clock has not waited for yet; negative if it has waited too long."""
        self.waiting_share = 1.0
        """How much of its last faults' cost was waiting for memory; the rest was making pages."""
        self._nodes = nodes
        self._carry = Carry()
        self._usage: Usage | None = None
        self._calm_until = -1.0
        self._calm_since: float | None = None
        self._pause = self._next_look = 0
        self._last: tuple[float, float, Touched] | None = None

    @property
    def duration_us(self) -> float:
        """How much work it has to do."""
        return self.model.realisation.duration_us

    def usage(self) -> Usage:
        """What it holds now."""
        if self._usage is None:
            extents = self.extents
            on_node = np.bincount(extents.node, extents.resident, self._nodes)
            self._usage = Usage(
                tuple(int(pages) for pages in on_node),
                int(extents.swapped[extents.backing == ANONYMOUS].sum()),
                extents.total("saved"),
                extents.total("bloat"),
            )
        return self._usage

    def changed(self) -> None:
        """Somebody changed the state of pages."""
        self._usage = None
        self._calm_until = -1.0
        self._pause = self._next_look = 0

    # How fast it works

    def ns_per_us(self, costs: Costs, now_us: float) -> float:
        """Nanoseconds that a microsecond's work takes: more with slow nodes, less with huge pages."""
        extents = self.extents
        huge = extents.huge.any() and costs.huge_time_ratio != 1.0
        if not huge and not extents.node.any() and costs.latency_of(0) == 1.0:
            return 1000.0
        work = self.clock.work_at(now_us)
        active, made, _ = self.model.realisation.accesses(np.array([work, work + _RECENT_US]))
        resident = np.maximum(extents.resident, 0)
        ratio = np.array([costs.latency_of(node) for node in range(self._nodes)])[extents.node]
        time = resident * ratio * (1.0 - (1.0 - costs.huge_time_ratio) * extents.huge / np.maximum(resident, 1))
        pages, cost = 0.0, 0.0
        for pattern, accesses in zip(active, made[0].tolist(), strict=True):
            low, high = self.model.spans[self.model.realisation.patterns[pattern].region]
            inside = (extents.start < high // 4096) & (extents.end > low // 4096)
            there = float(resident[inside].sum())
            pages += accesses
            cost += accesses * (float(time[inside].sum()) / there if there else 1.0)
        return 1000.0 * cost / pages if pages else 1000.0

    def stall_ns(self, costs: Costs, from_work: float, work_us: float, room: float, *, whole: bool = False) -> float:
        """What `work_us` more of work are expected to cost in faults.

        Args:
            costs: of each.
            from_work: work done before.
            work_us: work to do.
            room: pages that can be had without direct reclaim.
            whole: count whole faults only, and no reclaim, as is charged for certain.
        """
        if self.is_calm(from_work + work_us) or work_us <= 0 or self._costs_nothing(costs, room):
            return 0.0
        to_work = from_work + work_us
        touched = self.touched(from_work, to_work)
        if self._only_swap_costs(costs, room):
            share = Share.alike(shares(self.extents, touched)[0])
        else:
            share = self._share(touched, from_work, to_work)
        found = expected(self.extents, share)
        small, blocks, swap_ins, file_reads = found.small, found.blocks, found.swap_ins, found.file_reads
        reclaims = max(0.0, found.pages - room)
        if whole:
            count = self._carry.sum
            small, blocks = count("small", small), count("blocks", blocks)
            swap_ins, file_reads = count("swap_ins", swap_ins), count("file_reads", file_reads)
            reclaims = 0.0
        return (
            small * costs.first_touch_ns
            + blocks * costs.huge_first_touch_ns
            + swap_ins * costs.swap_in_ns
            + file_reads * costs.file_read_ns
            + reclaims * costs.direct_reclaim_ns
        )

    def _costs_nothing(self, costs: Costs, room: float) -> bool:
        """Whether no fault that could happen now would take time."""
        if costs.first_touch_ns or (costs.huge_first_touch_ns and (self.extents.advice == WANTS_HUGE).any()):
            return False
        return not self.extents.swapped.any() and self.extents.total("untouched") <= room

    def _only_swap_costs(self, costs: Costs, room: float) -> bool:
        """Whether first touches take no time, and do not matter for how much of what is out is needed."""
        extents = self.extents
        if costs.first_touch_ns or costs.huge_first_touch_ns:
            return False
        if extents.total("untouched") + extents.total("swapped") > room:
            return False
        return not ((extents.swapped > 0) & (extents.untouched + extents.bloat > 0)).any()

    def touched(self, from_work: float, to_work: float) -> Touched:
        """What is touched between two readings of its own clock, as one window."""
        last = self._last
        if last is None or last[0] != from_work or abs(last[1] - to_work) > 1e-3:
            last = self._last = (from_work, to_work, self.model.touched(np.array([from_work, to_work])))
        return last[2]

    # Touching

    def is_calm(self, until_work: float) -> bool:
        """Whether it is known that nothing happens up to a reading of its clock."""
        return until_work <= self._calm_until

    def touch(self, from_work: float, to_work: float, now_us: int, window_us: int) -> Wanted | None:
        """Let it touch what it does in a window that ends now; the result still has to be admitted to memory.

        None if nothing is wanted.
        """
        if to_work <= from_work:
            return None
        if self.is_calm(to_work):
            self._calm_since = from_work if self._calm_since is None else self._calm_since
            return None
        self.catch_up(from_work, now_us - window_us)
        touched = self.touched(from_work, to_work)
        cut_at(self.extents, touched)
        share = self._share(touched, from_work, to_work)
        wanted = touch(self.extents, share, now_us, float(window_us), self._carry)
        if wanted.total.any():
            self.changed()
            return wanted
        self._usage = None
        self.extents.coalesce(now_us)
        self._look_ahead(to_work)
        return None

    def _share(self, touched: Touched, from_work: float, to_work: float) -> Share:
        """Which share of the extents' pages is touched in a window, of which `touched` is given.

        Extents of huge pages may hold pages that are touched each time beside others that never are. Whether it is
        the same ones each time is told by the window before: what both together touch more than that one is new.
        """
        extents = self.extents
        share = shares(extents, touched)[0]
        if from_work <= 0 or not (extents.bloat.any() or (extents.advice == WANTS_HUGE).any()):
            return Share.alike(share)
        before = max(2 * from_work - to_work, 0.0)
        earlier = shares(extents, self.model.touched(np.array([before, from_work])))[0]
        both = shares(extents, self.model.touched(np.array([before, to_work])))[0]
        novel = np.clip((both - earlier) / np.maximum(1.0 - earlier, 1e-12), 0.0, share)
        mixed = (extents.bloat > 0) | (extents.advice == WANTS_HUGE)
        return Share.apart(extents, share, np.where(mixed, novel, share))

    def _look_ahead(self, work: float) -> None:
        """Find out whether all that will be touched for a while is in memory and active already."""
        self._next_look -= 1
        if self._next_look > 0:
            return
        extents = self.extents
        until = min(work + _LOOKAHEAD_US, self.duration_us)
        ahead = self.model.touched(np.array([work, until]))
        met = shares(extents, ahead)[0] > 0
        if (extents.active[met] == extents.pages[met]).all() and not extents.bloat[met].any():
            self._calm_until = until
            self._pause = 0
        else:
            self._pause = min(max(2 * self._pause, 1), _LONGEST_PAUSE)
        self._next_look = self._pause

    def catch_up(self, work: float, now_us: int) -> None:
        """Note which pages were touched while it was calm; `work` is what its clock reads now."""
        since, self._calm_since = self._calm_since, None
        if since is None or work <= since:
            return
        # The nearer to now, the finer.
        edges, step = [work], _RECENT_US
        while edges[-1] - step > since:
            edges.append(edges[-1] - step)
            step *= _COARSER
        edges.append(since)
        edges.reverse()
        touched = self.model.touched(np.array(edges))
        cut_at(self.extents, touched)
        share = np.broadcast_to(shares(self.extents, touched), (len(edges) - 1, len(self.extents)))
        for i in range(len(edges) - 1):
            at = now_us - round(work - edges[i + 1])
            touch(self.extents, Share.alike(share[i]), at, edges[i + 1] - edges[i], self._carry)
        self.extents.coalesce(now_us)

    def admit(self, row: I64, wanted: Wanted, part: I64, now_us: int) -> None:
        """Bring so many of the pages wanted in each extent into memory, and count what that is.

        Args:
            row: indices of extents, none twice [k].
            wanted: of all extents; what is brought is taken off.
            part: pages [k], at most `wanted.total` of each.
            now_us: when.
        """
        extents, account = self.extents, self.account
        untouched, swapped = wanted.untouched[row], wanted.swapped[row]
        first = np.minimum(
            np.maximum(part - swapped, np.rint(part * _share(untouched, swapped)).astype(np.int64)), untouched
        )
        back = part - first
        huge = np.where(
            first == untouched, wanted.huge[row], np.minimum(wanted.huge[row], first // HUGE_PAGES * HUGE_PAGES)
        )
        bloat = np.where(
            first == untouched, wanted.bloat[row], wanted.bloat[row] * huge // np.maximum(wanted.huge[row], 1)
        )
        resident = extents.resident[row]
        account.saved_refaults += int(extents.enter_memory(row, first, back).sum())
        extents.huge[row] += huge
        extents.bloat[row] += bloat
        extents.young[row] += part
        after = np.maximum(resident + part, 1)
        mean = extents.touched_us[row] * (resident / after) + now_us * (part / after)
        extents.touched_us[row] = np.where(part > 0, np.rint(mean).astype(np.int64), extents.touched_us[row])
        anonymous = extents.backing[row] == ANONYMOUS
        account.first_touches += int((first - huge).sum()) + int(huge.sum()) // HUGE_PAGES
        account.swap_ins += int(back[anonymous].sum())
        account.file_reads += int(back[~anonymous].sum())
        for name, amount in (("untouched", first), ("swapped", back), ("huge", huge), ("bloat", bloat)):
            getattr(wanted, name)[row] -= amount
        self.changed()

    def charge(self, worked_ns: float, cost_ns: float, passed_ns: float) -> None:
        """Note what work and faults should have taken, and what they did take."""
        self.debt_ns += worked_ns + cost_ns - passed_ns
        if abs(self.debt_ns) < _NO_TIME_NS:
            self.debt_ns = 0.0


def _share(part: I64, other: I64) -> F64:
    share: F64 = part / np.maximum(part + other, 1)
    return share
