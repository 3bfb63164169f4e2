"""One realisation of a masim workload: which access pattern runs when.

masim repeats, until a phase's time is over: draw a pattern by weight, run it for a *batch* of accesses.
So all that chance decides is the sequence of patterns. It is drawn here in chunks, each from a random
stream of its own that follows from (seed, repetition, phase, chunk) alone: any time can be looked at in any order,
again and again, and by several readers, and always shows the same.

Times are microseconds since the process started.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.workload.masim import Access, MasimConfig

F64 = NDArray[np.float64]

_CHUNK = 1_024
_KEPT_CHUNKS = 16
_KEPT_RUNS = 64


@dataclass(frozen=True, slots=True)
class Pattern:
    """One access line of one phase."""

    phase: int
    region: int
    """Index of the masim region that it touches."""
    access: Access


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """When a phase runs within one repetition of the workload, and at what speed."""

    name: str
    start_us: float
    end_us: float
    accesses_per_us: float
    batch_us: float
    """How long one batch takes; 0 for a phase that accesses nothing."""
    nr_batches: int
    first_pattern: int
    weights: tuple[int, ...]

    @property
    def active(self) -> tuple[int, ...]:
        """Indices, among all patterns, of those of this phase that ever run."""
        return tuple(self.first_pattern + i for i, w in enumerate(self.weights) if w)


class Realisation:
    """Cumulative accesses of every pattern as a function of time.

    Args:
        config: the workload; its regions are touched by the patterns of its phases.
        accesses_per_ms: speed of the machine, one figure or one per phase.
        batch: accesses that masim makes before it draws the next pattern.
        loop: begin again with the first phase after the last one.
        seed: what the random streams follow from.
    """

    def __init__(
        self, config: MasimConfig, *, accesses_per_ms: tuple[float, ...], batch: int, loop: bool, seed: int
    ) -> None:
        index = {region.name: i for i, region in enumerate(config.regions)}
        self.config = config
        self.loop = loop
        self.batch = batch
        self.patterns = tuple(
            Pattern(number, index[access.region], access)
            for number, phase in enumerate(config.phases)
            for access in phase.accesses
        )
        self.phases = self._plan(accesses_per_ms)
        self.repetition_us = self.phases[-1].end_us
        self._starts = np.array([p.start_us for p in self.phases])
        self._key = np.random.SeedSequence(seed).generate_state(2, np.uint64)
        self._chunks: OrderedDict[tuple[int, int, int], tuple[NDArray[np.intp], F64]] = OrderedDict()
        self._bases: OrderedDict[tuple[int, int], list[F64]] = OrderedDict()
        self._whole: F64 | None = None

    def __deepcopy__(self, memo: dict[int, object]) -> Realisation:
        """The same realisation; only what is kept of it changes, by addition of arrays that are never written to."""
        other = copy(self)
        other._chunks = self._chunks.copy()
        other._bases = OrderedDict((run, bases.copy()) for run, bases in self._bases.items())
        return other

    def _plan(self, accesses_per_ms: tuple[float, ...]) -> tuple[PhasePlan, ...]:
        plans: list[PhasePlan] = []
        start, pattern = 0.0, 0
        for number, phase in enumerate(self.config.phases):
            per_us = accesses_per_ms[number if len(accesses_per_ms) > 1 else 0] / 1_000
            weights = tuple(access.weight for access in phase.accesses)
            wanted = phase.time_ms * 1_000.0
            batch_us, batches, length = 0.0, 0, wanted
            if sum(weights):
                batch_us = self.batch / per_us
                # The time is looked at after each batch only, so a phase overruns by part of one.
                batches = max(1, math.ceil(wanted / batch_us))
                length = batches * batch_us
            plans.append(PhasePlan(phase.name, start, start + length, per_us, batch_us, batches, pattern, weights))
            start += length
            pattern += len(weights)
        return tuple(plans)

    @property
    def duration_us(self) -> float:
        """When the workload ends; infinite if it loops."""
        return math.inf if self.loop else self.repetition_us

    def phase_at(self, time_us: float) -> PhasePlan | None:
        """The phase that runs at a time; None when the workload has ended."""
        if time_us >= self.duration_us:
            return None
        return self.phases[self._locate(time_us)[1]]

    def _locate(self, time_us: float) -> tuple[int, int]:
        repetition = int(time_us // self.repetition_us) if self.loop else 0
        within = time_us - repetition * self.repetition_us
        return repetition, int(np.searchsorted(self._starts, within, "right")) - 1

    def accesses(self, edges_us: F64) -> tuple[tuple[int, ...], F64, F64]:
        """What runs in a row of windows.

        Args:
            edges_us: times [k + 1], ascending; window i is [edges_us[i], edges_us[i + 1]).

        Returns:
            The active patterns [p]; how many accesses each makes in each window [k, p]; and how many each
            had made in its phase before the window's first one [k, p].
        """
        edges = np.clip(edges_us, 0.0, self.duration_us if not self.loop else None)
        first, last = self._locate(float(edges[0])), self._locate(float(edges[-1]))
        if first == last:
            return self._within(first, edges)
        parts = [self._within(run, edges) for run in self._runs(first, last)]
        active = tuple(sorted({pattern for part in parts for pattern in part[0]}))
        column = {pattern: i for i, pattern in enumerate(active)}
        made = np.zeros((len(edges) - 1, len(active)))
        before = np.zeros_like(made)
        for patterns, new, done in parts:
            at = [column[p] for p in patterns]
            # A pattern that runs in two repetitions sweeps on from where it was in the one that a window
            # begins in.
            before[:, at] = np.where(made[:, at] > 0, before[:, at], done)
            made[:, at] += new
        return active, made, before

    def _runs(self, first: tuple[int, int], last: tuple[int, int]) -> list[tuple[int, int]]:
        count = len(self.phases)
        begin, end = first[0] * count + first[1], last[0] * count + last[1]
        return [divmod(number, count) for number in range(begin, end + 1)]

    def _within(self, run: tuple[int, int], edges: F64) -> tuple[tuple[int, ...], F64, F64]:
        """The same as `accesses`, for one phase of one repetition only."""
        repetition, number = run
        plan = self.phases[number]
        active = plan.active
        if not active:
            nothing = np.zeros((len(edges) - 1, 0))
            return active, nothing, nothing
        at = np.clip(edges - (repetition * self.repetition_us + plan.start_us), 0.0, plan.end_us - plan.start_us)
        done = self._done(run, plan, at)
        return active, done[1:] - done[:-1], done[:-1]

    def _done(self, run: tuple[int, int], plan: PhasePlan, at: F64) -> F64:
        """Accesses [len(at), p] that each active pattern of a phase has made `at` microseconds into it."""
        if len(plan.active) == 1:
            return (at * plan.accesses_per_us)[:, None]
        batch = np.minimum((at / plan.batch_us).astype(np.int64), plan.nr_batches - 1)
        rest = np.clip((at - batch * plan.batch_us) * plan.accesses_per_us, 0.0, float(self.batch))
        chunk = batch // _CHUNK
        low, high = int(chunk[0]), int(chunk[-1])
        if low == high:
            return self._in_chunk(run, plan, low, batch, rest)
        done = np.empty((len(at), len(plan.active)))
        for number in range(low, high + 1):
            mine = chunk == number
            if mine.any():
                done[mine] = self._in_chunk(run, plan, number, batch[mine], rest[mine])
        return done

    def _in_chunk(self, run: tuple[int, int], plan: PhasePlan, number: int, batch: NDArray[np.int64], rest: F64) -> F64:
        chosen, done = self._chunk(run, plan, number)
        within = batch - number * _CHUNK
        at = done[within]
        at += self._base(run, plan, number)
        at[np.arange(len(at)), chosen[within]] += rest
        return at

    def _base(self, run: tuple[int, int], plan: PhasePlan, number: int) -> F64:
        """Accesses [p] made before a chunk begins."""
        bases = self._bases.get(run)
        if bases is None:
            bases = self._bases[run] = [np.zeros(len(plan.active))]
            if len(self._bases) > _KEPT_RUNS:
                self._bases.popitem(last=False)
        while len(bases) <= number:
            bases.append(bases[-1] + self._chunk(run, plan, len(bases) - 1)[1][-1])
        return bases[number]

    def _chunk(self, run: tuple[int, int], plan: PhasePlan, number: int) -> tuple[NDArray[np.intp], F64]:
        """The patterns drawn for a chunk's batches [c], and accesses made before each batch [c + 1, p]."""
        key = (*run, number)
        known = self._chunks.get(key)
        if known is not None:
            return known
        stream = np.random.Generator(np.random.Philox(key=self._key, counter=[0, number, run[1], run[0]]))
        weights = np.array([w for w in plan.weights if w])
        drawn = stream.integers(0, int(weights.sum()), size=_CHUNK)
        chosen = np.searchsorted(np.cumsum(weights), drawn, "right")
        done = np.zeros((_CHUNK + 1, len(weights)))
        done[np.arange(1, _CHUNK + 1), chosen] = self.batch
        np.cumsum(done, axis=0, out=done)
        self._chunks[key] = chosen, done
        if len(self._chunks) > _KEPT_CHUNKS:
            self._chunks.popitem(last=False)
        return chosen, done

    def totals(self, time_us: float) -> F64:
        """Accesses [all patterns] made since the process started, or in all of one repetition if it is the later.

        Enough to say which pages have been touched at least once.
        """
        whole = time_us >= self.repetition_us
        if whole and self._whole is not None:
            return self._whole
        totals = np.zeros(len(self.patterns))
        for number, plan in enumerate(self.phases):
            length = min(time_us, plan.end_us) - plan.start_us
            if length > 0 and plan.active:
                totals[list(plan.active)] = self._done((0, number), plan, np.array([length]))[0]
        if whole:
            self._whole = totals
        return totals
