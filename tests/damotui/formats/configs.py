"""Configs that a kernel takes, drawn by chance from a seed: for carrying them elsewhere and looking what arrives."""

from __future__ import annotations

from dataclasses import fields, replace
from random import Random
from typing import Any

from engine.config.fields import FIELDS, member_type
from engine.config.model import (
    UINT_MAX,
    ULONG_MAX,
    AccessPattern,
    AddrRange,
    Context,
    Dest,
    Filter,
    Goal,
    Intervals,
    IntervalsGoal,
    Kdamond,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.config.validate import validate
from engine.units import Unit
from engine.versions import Kernel

Tree = tuple[Kdamond, ...]

PIDS = (4242, 4243, 4244)
"""Processes of the machines that configs are tried on."""
PAGE = 4096
EDGES = (0, 1, 3, 7, 100, 4096, 999_999, 2**31 - 1, UINT_MAX, 2**40 + 1, 2**53 + 1, ULONG_MAX)


def random_tree(seed: int, kernel: Kernel) -> Tree:
    """One kdamond or two that are valid where the processes of `PIDS` run, which open pids stand for in order."""
    return _Chance(Random(f"{kernel.name} {seed}"), kernel).tree()


class _Chance:
    """Draws parts of a config."""

    def __init__(self, random: Random, kernel: Kernel) -> None:
        self.random = random
        self.kernel = kernel
        self.open = 0

    def tree(self) -> Tree:
        return tuple(self.kdamond() for _ in range(self.random.choice((1, 1, 2))))

    def kdamond(self) -> Kdamond:
        while True:
            made: Kdamond = replace(self.plain(Kdamond, "contexts"), contexts=(self.context(),))
            if not validate(made, self.kernel):
                self.open += sum(t.pid is None and made.contexts[0].ops != "paddr" for t in made.contexts[0].targets)
                return made

    def context(self) -> Context:
        bare: Context = self.plain(Context, "addr_unit")
        physical = bare.ops == "paddr"
        low, high = sorted(self.random.choices(range(3, 10_000), k=2))
        return replace(
            bare,
            intervals=self.intervals(),
            nr_regions=NrRegions(low, high),
            targets=(self.target([None]),) if physical else self.targets(),
            schemes=tuple(self.scheme(bare.ops) for _ in range(self.random.choice((0, 1, 1, 2)))),
            addr_unit=self.random.choice((1, 2, 1024, 8192)) if physical and self.has(Context, "addr_unit") else 1,
        )

    def intervals(self) -> Intervals:
        sample, aggr = sorted((self.number(1, 2**50), self.number(1, 2**50)))
        goal: IntervalsGoal = self.plain(IntervalsGoal)
        if not self.has(Intervals, "goal") or self.random.random() < 0.5:
            goal = IntervalsGoal()
        elif goal.aggrs:
            goal = replace(goal, min_sample_us=min(goal.min_sample_us, sample), max_sample_us=max(sample, 2**51))
        return Intervals(sample, aggr, self.number(0, ULONG_MAX), goal)

    def targets(self) -> tuple[Target, ...]:
        left = len(PIDS) - self.open
        pids = [self.random.choice((None, *PIDS)) for _ in range(self.random.choice((1, 1, 2)))]
        return tuple(self.target([pid if pid is not None or left > n else PIDS[0]]) for n, pid in enumerate(pids))

    def target(self, pids: list[int | None]) -> Target:
        pages = sorted(self.random.sample(range(1, 2**36), self.random.choice((0, 0, 2, 4))))
        regions = tuple(AddrRange(a * PAGE, b * PAGE) for a, b in zip(pages[::2], pages[1::2], strict=True))
        bare: Target = self.plain(Target, "pid")
        return replace(bare, pid=pids[0], regions=regions, obsolete=bare.obsolete and pids[0] is not None)

    def scheme(self, ops: str) -> Scheme:
        bare: Scheme = self.plain(Scheme)
        return replace(
            bare,
            access_pattern=AccessPattern(self.range(), self.range(), self.range()),
            dests=self.several(Scheme, "dests", lambda: self.plain(Dest)),
            quotas=self.quotas(ops),
            watermarks=self.random.choice((Watermarks(), self.plain(Watermarks))),
            filters=self.several(Scheme, "filters", self.filter),
        )

    def quotas(self, ops: str) -> Quotas:
        return replace(
            self.random.choice((Quotas(), self.plain(Quotas))),
            weights=self.random.choice((Weights(), self.plain(Weights))),
            goals=self.several(Quotas, "goals", self.goal),
        )

    def goal(self) -> Goal:
        bare: Goal = self.plain(Goal)
        return replace(bare, memcg_path="/" if bare.metric.startswith("node_memcg_") else "")

    def filter(self) -> Filter:
        bare: Filter = self.plain(Filter)
        start, end = sorted((self.number(0, ULONG_MAX), self.number(0, ULONG_MAX)))
        return replace(
            bare,
            memcg_path="/" if bare.type == "memcg" else "",
            addr=AddrRange(start, end) if self.has(Filter, "addr") and self.random.random() < 0.5 else AddrRange(),
            sz=Range(start, end) if self.has(Filter, "sz") and self.random.random() < 0.5 else Range(),
        )

    def several(self, owner: type, name: str, make: Any) -> Any:
        return tuple(make() for _ in range(self.random.choice((0, 1, 2)))) if self.has(owner, name) else ()

    def range(self) -> Range:
        return self.random.choice((Range(0, ULONG_MAX), Range(self.number(0, ULONG_MAX), self.number(0, ULONG_MAX))))

    def plain(self, owner: type, *left: str) -> Any:
        """An object whose plain fields have values that the kernel takes; groups and those `left` are defaults."""
        values: dict[str, Any] = {}
        for member in fields(owner):
            spec = FIELDS[owner][member.name]
            if member.name in left or member_type(owner, member.name) or spec.unit is Unit.TEXT:
                continue
            if not self.has(owner, member.name):
                continue
            if spec.choices is not None:
                values[member.name] = self.random.choice(spec.choices_in(self.kernel))
            elif spec.unit is Unit.BOOL:
                values[member.name] = self.random.random() < 0.5
            else:
                values[member.name] = self.number(max(spec.low, -1), spec.high)
        return owner(**values)

    def has(self, owner: type, name: str) -> bool:
        since = FIELDS[owner][name].since
        return since is None or self.kernel.has(since)

    def number(self, low: int, high: int) -> int:
        edges = [number for number in EDGES if low <= number <= high]
        return self.random.choice(
            (self.random.choice(edges), self.random.randint(low, high), self.random.randint(low, min(high, 10**6)))
        )
