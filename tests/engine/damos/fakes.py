"""A machine that schemes act on in tests, and short ways to say schemes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.config.model import AccessPattern, Quotas, Range, Scheme
from engine.damos.actor import Action, Applied
from engine.damos.apply import Moment
from engine.damos.goals import Amount
from engine.damos.rules import Rules
from engine.damos.scheme import AppliedScheme
from engine.regions.table import I64, U64, Regions
from engine.versions import release

EVERYTHING = AccessPattern(Range(0, 2**64 - 1), Range(0, 2**32 - 1), Range(0, 2**32 - 1))
PAGE = 4096
MIB = 1 << 20


def outcome(name: str, start: int, end: int, *, filtered: bool) -> tuple[int, int, int]:
    """(applied bytes, filter-passed bytes, ns) of an action on a region; any fixed function of these does."""
    size = end - start
    share = (start * 7 + size * 3 + len(name)) % 6
    applied = 0 if name == "stat" else size * share // 4
    return applied, size // 2 if filtered else size, size * 5


@dataclass
class RecordingActor:
    """Notes what is asked of it: (scheme, target, start, end, whether ops filters are asked)."""

    calls: list[tuple[int, int, int, int, bool]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    elapsed: bool = True
    fails: bool = False

    def apply(self, action: Action, target: int, start: U64, end: U64) -> Applied:
        filtered = bool(action.filters)
        ends = end.tolist()
        assert start.tolist() == sorted(start.tolist())
        assert all(low >= high for low, high in zip(start.tolist()[1:], ends, strict=False))
        got: list[tuple[int, int, int]] = []
        for low, high in zip(start.tolist(), ends, strict=True):
            self.calls.append((action.scheme, target, low, high, filtered))
            got.append(outcome(action.name, low, high, filtered=filtered))
        self.batches.append(len(got))
        applied, passed, ns = (np.array(column, np.int64) for column in zip(*got, strict=True))
        return Applied(applied * (not self.fails), passed, ns * self.elapsed)


@dataclass
class FixedMetrics:
    """A machine that is as it was told to be."""

    total: int = 1000 * PAGE
    free: int = 500 * PAGE
    psi_us: int = 0
    active: int = 300
    inactive: int = 700
    memcg: int = 250 * PAGE
    eligible_bytes: int = 0
    asked: list[tuple[list[int], list[int], int]] = field(default_factory=list)

    def memory(self) -> Amount:
        return Amount(self.total, self.free)

    def node_memory(self, nid: int) -> Amount | None:
        return Amount(self.total, self.free) if nid == 0 else None

    def memcg_bytes(self, path: str, nid: int) -> int | None:
        return self.memcg if path == "/known" and nid == 0 else None

    def lru_bytes(self) -> tuple[int, int]:
        return self.active, self.inactive

    def huge_bytes(self) -> int:
        return self.total // 4

    def some_psi_us(self) -> int:
        return self.psi_us

    def bytes_on_node(self, start: U64, end: U64, nid: int) -> int:
        self.asked.append((start.tolist(), end.tolist(), nid))
        return self.eligible_bytes


def scheme(
    action: str = "stat", *, pattern: AccessPattern = EVERYTHING, quotas: Quotas | None = None, **rest: object
) -> Scheme:
    """A scheme for everything, unless told otherwise."""
    return Scheme(action=action, access_pattern=pattern, quotas=quotas or Quotas(), **rest)  # type: ignore[arg-type]


def installed(
    *configs: Scheme, kernel: str = "7.1", ops: str = "vaddr", min_region_sz: int = PAGE
) -> list[AppliedScheme]:
    """Schemes as a context runs them."""
    rules = Rules.of(release(kernel))
    return [AppliedScheme(i, config, ops, rules, min_region_sz) for i, config in enumerate(configs)]


def table(
    spans: Sequence[tuple[int, int]],
    nr_accesses: int | Sequence[int] = 0,
    age: int | Sequence[int] = 0,
    *,
    target: int | Sequence[int] = 0,
) -> Regions:
    """Regions with these bounds and counters; what they counted last is the same."""
    n = len(spans)
    start = np.array([low for low, _ in spans], np.uint64)
    end = np.array([high for _, high in spans], np.uint64)

    def column(values: int | Sequence[int]) -> I64:
        return np.array([values] * n if isinstance(values, int) else list(values), np.int64)

    return Regions(column(target), start, end, column(nr_accesses), column(nr_accesses), column(age))


def moment(
    now_us: int = 0,
    *,
    passed: int | None = None,
    aggr_us: int = 100_000,
    max_nr_accesses: int = 20,
    min_region_sz: int = PAGE,
    size_limit: int = 2**64 - 1,
) -> Moment:
    """A moment with the default intervals; a sample passes each 5 ms."""
    return Moment(
        now_us,
        now_us // 5_000 if passed is None else passed,
        5_000,
        aggr_us,
        max_nr_accesses,
        min_region_sz,
        size_limit,
    )
