"""An engine without chance or cost: regions and statistics are functions of time, and it fails when told to."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from damotui.pacer.faces import Faces
from engine.config.model import Kdamond
from engine.engine import Engine
from engine.errors import InputError
from engine.snapshot import (
    Acted,
    Aggregation,
    GoalStatus,
    KdamondStatus,
    MachineStatus,
    Mapping,
    NodeStatus,
    ProcessStatus,
    SchemeStats,
    SchemeStatus,
    Snapshot,
)
from engine.system import System

MIB = 1 << 20


class FakeEngine:
    """One process of 10 MiB in ten regions, one of which is hot for a second each."""

    def __init__(self, kdamonds: tuple[Kdamond, ...] = ()) -> None:
        self.now_us = 0
        self.calls: list[tuple[str, int]] = []
        self.fail_at_us: int | None = None
        self.alive = {1001: True}
        self.asleep = False
        self.psi = 0.0
        self.swapped_bytes = 0
        self.forks: list[FakeEngine] = []
        self._on: dict[int, tuple[Kdamond, int]] = {}
        self._off: dict[int, Kdamond] = {}
        self._last: dict[int, Aggregation] = {}
        self._counts: dict[int, int] = {}
        self._listeners: list[Callable[[Aggregation], None]] = []
        for index, kdamond in enumerate(kdamonds):
            self.turn_on(index, kdamond)

    def turn_on(self, index: int, config: Kdamond) -> None:
        self.calls.append(("turn_on", index))
        if index in self._on:
            raise InputError(f"kdamond {index} is on already")
        self._on[index] = (config, self.now_us)
        self._counts[index] = 0

    def turn_off(self, index: int) -> None:
        self.calls.append(("turn_off", index))
        if index not in self._on:
            raise InputError(f"kdamond {index} is off")
        self._off[index] = self._on.pop(index)[0]

    def commit(self, index: int, config: Kdamond) -> None:
        self.calls.append(("commit", index))
        if index not in self._on:
            raise InputError(f"kdamond {index} is off")
        self._on[index] = (config, self.now_us)

    def kill_process(self, pid: int) -> None:
        if not self.alive.get(pid):
            raise InputError(f"no process with pid {pid} runs")
        self.alive[pid] = False
        for index in list(self._on):
            self.turn_off(index)

    def advance(self, duration_us: int) -> None:
        end_us = self.now_us + duration_us
        if self.fail_at_us is not None and end_us >= self.fail_at_us:
            raise RuntimeError("the engine broke")
        due = sorted(
            (at, index)
            for index, (config, since_us) in self._on.items()
            for at in self._ends(config, since_us, self.now_us, end_us)
        )
        for at_us, index in due:
            self._aggregate(index, at_us)
        self.now_us = end_us

    def truth_of(self, aggregation: Aggregation) -> Aggregation | None:
        hot = aggregation.nr_accesses > 0
        scale = {"max_nr_accesses": 10_000, "nr_accesses": np.full(int(hot.sum()), 10_000), "acted": None}
        return replace(
            aggregation, **scale, **{c: getattr(aggregation, c)[hot] for c in ("target", "start", "end", "age")}
        )

    def fork(self) -> FakeEngine:
        other = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | list):
                setattr(other, name, value.copy())
        other._listeners = []
        self.forks.append(other)
        return other

    def subscribe(self, listener: Callable[[Aggregation], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def snapshot(self) -> Snapshot:
        indices = sorted({*self._on, *self._off})
        process = [
            ProcessStatus(pid, "fake", alive, 0, None if alive else self.now_us, "", 10 * MIB, (Mapping(0, MIB, "a"),))
            for pid, alive in self.alive.items()
        ]
        return Snapshot(
            time_us=self.now_us,
            kdamonds=tuple(self._status(index) for index in indices),
            processes=tuple(process),
            memory_bytes=1 << 30,
            free_bytes=1 << 29,
            machine=self._machine(),
        )

    def _machine(self) -> MachineStatus:
        """Every second a MiB more is saved and ten pages come back; no pressure unless `psi` is set."""
        seconds = self.now_us // 1_000_000
        return MachineStatus(
            nodes=(NodeStatus(1 << 30, 1 << 29),),
            swap_bytes=1 << 30,
            swap_free_bytes=(1 << 30) - self.swapped_bytes,
            active_bytes=5 * MIB,
            inactive_bytes=5 * MIB,
            huge_bytes=0,
            psi_some_us=int(self.now_us * self.psi / 100),
            psi_some_avg10=self.psi,
            refaults=10 * seconds,
            saved_bytes=seconds * MIB,
            saved_byte_s=float(seconds * seconds * MIB // 2),
            saved_peak_bytes=seconds * MIB,
            moved_bytes=2 * seconds * MIB,
            action_ns=(("pageout", 1_000_000 * seconds), ("stat", 0)),
        )

    def _scheme_status(self, scheme) -> SchemeStatus:
        """A quota fills up within each second; a goal nears its target within 20 s."""
        quotas, share = scheme.quotas, self.now_us % 1_000_000 / 1e6
        esz = quotas.sz_bytes or 64 * MIB
        return SchemeStatus(
            active=not self.asleep,
            limited=bool(quotas.sz_bytes or quotas.time_ms or quotas.goals),
            full=share > 0.8,
            esz_bytes=esz,
            charged_bytes=int(esz * share),
            goals=tuple(
                GoalStatus(goal.metric, goal.target_value, min(self.now_us * goal.target_value // 20_000_000, 2**32))
                for goal in quotas.goals
            ),
        )

    def _status(self, index: int) -> KdamondStatus:
        on = index in self._on
        config = self._resolved(self._on[index][0] if on else self._off[index])
        count = self._counts[index]
        schemes = config.contexts[0].schemes if config.contexts else ()
        stats = SchemeStats(nr_tried=count, sz_tried=count * MIB, nr_snapshots=count)
        return KdamondStatus(
            index=index,
            running=on,
            pid=501 + index if on else -1,
            config=config,
            nr_regions=10 if on else 0,
            checks=count * 200,
            aggregations=count,
            last=self._last.get(index),
            schemes=tuple(stats for _ in schemes),
            scheme_states=tuple(self._scheme_status(scheme) for scheme in schemes),
            asleep=on and self.asleep,
            ended_because="" if on or all(self.alive.values()) else "every target process has ended",
        )

    def _resolved(self, config: Kdamond) -> Kdamond:
        """With the one process in place of targets without a pid."""
        contexts = tuple(
            replace(context, targets=tuple(replace(target, pid=target.pid or 1001) for target in context.targets))
            for context in config.contexts
        )
        return replace(config, contexts=contexts)

    @staticmethod
    def _ends(config: Kdamond, since_us: int, after_us: int, until_us: int) -> range:
        period = config.contexts[0].intervals.aggr_us
        first = (after_us - since_us) // period + 1
        return range(since_us + first * period, until_us + 1, period)

    def _aggregate(self, index: int, end_us: int) -> None:
        intervals = self._on[index][0].contexts[0].intervals
        start = np.arange(10, dtype=np.uint64) * np.uint64(MIB)
        hot = (np.arange(10) == end_us // 1_000_000 % 10).astype(np.int64)
        checks = intervals.aggr_us // intervals.sample_us
        aggregation = Aggregation(
            kdamond=index,
            context=0,
            start_us=end_us - intervals.aggr_us,
            end_us=end_us,
            sample_us=intervals.sample_us,
            aggr_us=intervals.aggr_us,
            max_nr_accesses=checks,
            target=np.zeros(10, np.int64),
            start=start,
            end=start + np.uint64(MIB),
            nr_accesses=hot * checks,
            age=np.zeros(10, np.int64),
            acted=_acted(len(self._on[index][0].contexts[0].schemes)),
            nr_targets=1,
        )
        self._counts[index] += 1
        self._last[index] = aggregation
        for listener in self._listeners:
            listener(aggregation)


class FakeFaces(Faces):
    """Real files, of another engine."""

    def __init__(self, engine: FakeEngine) -> None:
        super().__init__(System(Engine()))
        self._fake = engine

    def advance(self, duration_us: int) -> None:
        super().advance(duration_us)
        self._fake.advance(duration_us)


def _acted(schemes: int) -> Acted | None:
    """Each scheme acts on the MiB of its own index."""
    if not schemes:
        return None
    at = np.arange(schemes)
    start = at.astype(np.uint64) * np.uint64(MIB)
    return Acted(at, np.zeros(schemes, np.int64), start, start + np.uint64(MIB), np.zeros(schemes, np.int64))


class FakeScene:
    """Makes fake engines and remembers them."""

    def __init__(self, kdamonds: tuple[Kdamond, ...]) -> None:
        self.kdamonds = kdamonds
        self.engines: list[FakeEngine] = []
        self.refusal = ""

    @property
    def engine(self) -> FakeEngine:
        return self.engines[-1]

    def build(self, kdamonds: tuple[Kdamond, ...] | None = None) -> FakeEngine:
        if self.refusal:
            raise InputError(self.refusal)
        self.engines.append(FakeEngine(self.kdamonds if kdamonds is None else kdamonds))
        return self.engine

    def open_faces(self, engine: FakeEngine) -> Faces:
        """Files of a machine of their own, on which nothing runs; time passes for both."""
        return FakeFaces(engine)

    def start_process(self, engine: FakeEngine) -> None:
        engine.alive[max(engine.alive) + 1] = True
