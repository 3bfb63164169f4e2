"""Rounds as the engine makes them, against the literal reading of the specification in `naive_apply`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from engine.config.model import AccessPattern, AddrRange, Filter, Goal, Quotas, Range, Scheme, Weights
from engine.damos.apply import Moment, apply_schemes
from engine.damos.scheme import AppliedScheme
from engine.events import EVENTS, BeforeApply, EszChanged, EventLog, Occasion, StatAfterApply
from engine.regions.table import Regions
from tests.engine.damos.fakes import FixedMetrics, RecordingActor, installed, outcome
from tests.engine.damos.naive_apply import Attributes, Context, Damos, Region
from tests.engine.make import EXAMPLES

SPACE = 160
AGGR_US = 400_000
MAX_NR = 10
ACTIONS = ("stat", "pageout", "hugepage", "migrate_hot", "lru_prio")


def upto(top: int, *, free: int) -> st.SearchStrategy[Range]:
    """A closed range: often everything, often one that has both sides."""
    whole = st.just(Range(0, free))
    return whole | whole | st.builds(lambda a, b: Range(min(a, b), max(a, b)), st.integers(0, top), st.integers(0, top))


PATTERNS = st.builds(
    AccessPattern,
    sz=upto(40, free=2**64 - 1),
    nr_accesses=upto(MAX_NR, free=2**32 - 1),
    age=upto(8, free=2**32 - 1),
)
GOALS = st.builds(
    Goal,
    metric=st.sampled_from(["user_input", "some_mem_psi_us", "node_mem_free_bp"]),
    target_value=st.sampled_from([0, 1, 5_000, 10_000]),
    current_value=st.sampled_from([0, 2_000, 9_999, 10_000, 30_000]),
)
QUOTAS = st.just(Quotas()) | st.builds(
    Quotas,
    time_ms=st.sampled_from([0, 0, 0, 1]),
    sz_bytes=st.sampled_from([0, 1, 3, 8, 13, 20, 40, 64, 90]),
    reset_interval_ms=st.sampled_from([0, 100, 100, 500, 5_000]),
    weights=st.builds(Weights, st.just(0), st.integers(0, 3), st.integers(0, 3)),
    goals=st.just(()) | st.just(()) | st.tuples(GOALS),
    goal_tuner=st.sampled_from(["consist", "temporal"]),
    fail_charge_num=st.sampled_from([0, 1, 3]),
    fail_charge_denom=st.sampled_from([0, 0, 2]),
)


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    kind = draw(st.sampled_from(["addr", "addr", "target", "anon"]))
    low, high = sorted((draw(st.integers(0, SPACE)), draw(st.integers(0, SPACE))))
    return Filter(
        type=kind,
        matching=draw(st.booleans()),
        allow=draw(st.booleans()),
        addr=AddrRange(low, high),
        target_idx=draw(st.integers(0, 1)),
    )


SCHEMES = st.builds(
    Scheme,
    action=st.sampled_from(ACTIONS),
    access_pattern=PATTERNS,
    apply_interval_us=st.sampled_from([0, 0, 0, 100_000, 900_000]),
    quotas=QUOTAS,
    filters=st.just(()) | st.lists(filters(), max_size=3).map(tuple),
    max_nr_snapshots=st.sampled_from([0, 0, 0, 3]),
)


@dataclass(frozen=True)
class Case:
    release: str
    ops: str
    min_sz: int
    schemes: tuple[Scheme, ...]
    targets: int
    rounds: int
    seed: int
    unaligned: float = 0.2


def quotas(
    *, sz: tuple[int, ...], weight: int = 0, fail: tuple[tuple[int, int], ...] = ((0, 0),)
) -> st.SearchStrategy[Quotas]:
    """Byte quotas that are often used up."""
    weights = st.builds(Weights, st.just(0), st.integers(weight, 3), st.integers(weight, 3))
    parameters = st.tuples(st.sampled_from(sz), st.sampled_from([100, 500]), weights, st.sampled_from(fail))
    return parameters.map(
        lambda p: Quotas(
            sz_bytes=p[0], reset_interval_ms=p[1], weights=p[2], fail_charge_num=p[3][0], fail_charge_denom=p[3][1]
        )
    )


def focused(
    releases: list[str],
    quota: st.SearchStrategy[Quotas],
    rules: st.SearchStrategy[tuple[Filter, ...]],
    unaligned: float,
) -> st.SearchStrategy[Case]:
    """Cases about one thing."""
    schemes = st.builds(
        Scheme,
        action=st.sampled_from(["stat", "pageout", "migrate_hot"]),
        access_pattern=PATTERNS,
        quotas=quota,
        filters=rules,
    )
    return st.builds(
        Case,
        release=st.sampled_from(releases),
        ops=st.just("paddr"),
        min_sz=st.sampled_from([4, 8]),
        schemes=st.lists(schemes, min_size=1, max_size=2).map(tuple),
        targets=st.integers(1, 2),
        rounds=st.just(6),
        seed=st.integers(0, 2**32 - 1),
        unaligned=st.just(unaligned),
    )


NO_FILTERS: st.SearchStrategy[tuple[Filter, ...]] = st.just(())
SOME_FILTERS = st.lists(filters(), min_size=1, max_size=2).map(tuple)
FOCUSES = {
    "failures": focused(["next"], quotas(sz=(16, 40, 64), fail=((0, 1), (1, 2), (3, 2), (1, 1))), SOME_FILTERS, 0.2),
    "remainders": focused(["6.10", "6.12", "7.0", "7.1"], quotas(sz=(7, 13, 30, 50)), NO_FILTERS, 0.9),
    "scores": focused(["7.1"], quotas(sz=(8, 16, 40, 80), weight=1), SOME_FILTERS, 0.2),
    "filters": focused(["6.12", "6.18"], quotas(sz=(8, 16, 24, 50)), SOME_FILTERS, 0.5),
}

CASES = st.builds(
    Case,
    release=st.sampled_from(["6.10", "6.12", "6.18", "7.0", "7.1", "7.1", "next"]),
    ops=st.sampled_from(["vaddr", "paddr"]),
    min_sz=st.sampled_from([1, 4, 8]),
    schemes=st.lists(SCHEMES, min_size=1, max_size=3).map(tuple),
    targets=st.integers(1, 2),
    rounds=st.integers(1, 7),
    seed=st.integers(0, 2**32 - 1),
)


def first_regions(case: Case, rng: np.random.Generator) -> dict[int, list[Region]]:
    targets: dict[int, list[Region]] = {}
    for target in range(case.targets):
        step = case.min_sz if rng.random() >= case.unaligned else 1
        bounds = np.unique(rng.integers(0, SPACE // step, rng.integers(0, 12)) * step).tolist()
        spans = [(a, b) for a, b in pairwise(bounds) if rng.random() < 0.85]
        if spans:
            targets[target] = [Region(a, b, 0, 0, 0, 0) for a, b in spans]
    return targets


def change(targets: dict[int, list[Region]], rng: np.random.Generator) -> None:
    """What the loop does between rounds: other counters, merges and splits."""
    for target, regions in targets.items():
        merged: list[Region] = []
        for r in regions:
            if merged and merged[-1].end == r.start and rng.random() < 0.3:
                merged[-1].end = r.end
            else:
                merged.append(r)
        split: list[Region] = []
        for r in merged:
            split.append(r)
            if r.size > 1 and rng.random() < 0.2:
                split.append(r.split(int(rng.integers(1, r.size))))
        for r in split:
            r.nr, r.nr_accesses, r.last = int(rng.integers(0, MAX_NR + 1)), int(rng.integers(0, 2)), 0
            r.age = int(rng.integers(0, 9))
        targets[target] = split


def as_table(targets: dict[int, list[Region]]) -> tuple[Regions, np.ndarray[Any, np.dtype[np.int64]]]:
    flat = [(target, r) for target, regions in sorted(targets.items()) for r in regions]

    def column(name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.array([getattr(r, name) for _, r in flat], np.int64)

    regions = Regions(
        np.array([target for target, _ in flat], np.int64),
        column("start").astype(np.uint64),
        column("end").astype(np.uint64),
        column("nr_accesses"),
        column("last"),
        column("age"),
    )
    return regions, column("nr")


def rows(regions: Regions) -> list[tuple[int, ...]]:
    columns = (regions.target, regions.start, regions.end, regions.nr_accesses, regions.last_nr_accesses, regions.age)
    return [tuple(int(v) for v in row) for row in zip(*columns, strict=True)]


def state(s: AppliedScheme | Damos) -> dict[str, int | None]:
    """What both sides must agree on after a round."""
    stats, quota = s.stats, s.quota if isinstance(s, AppliedScheme) else s
    names = ("nr_tried", "sz_tried", "nr_applied", "sz_applied", "qt_exceeds", "sz_ops_filter_passed", "nr_snapshots")
    private = ("esz", "esz_bp", "total_charged_sz", "total_charged_ns", "charged_sz")
    stop = ("charge_target_from", "charge_addr_from")
    return {
        **{name: getattr(stats, name) for name in names},
        **{name: getattr(quota, name) for name in private + stop},
        "next_apply": s.next_apply,
    }


def told(log: EventLog) -> list[tuple[object, ...]]:
    """What tracepoints tell of a round, as `naive_apply` says it."""
    rows: list[tuple[object, ...]] = []
    for one in log.events:
        if isinstance(one, BeforeApply):
            e = one
            columns = (e.scheme, e.target, e.nr_regions, e.start, e.end, e.nr_accesses, e.age)
            rows += [("apply", *row) for row in zip(*(column.tolist() for column in columns), strict=True)]
        elif isinstance(one, EszChanged):
            rows.append(("esz", one.scheme, one.esz))
        else:
            assert isinstance(one, StatAfterApply)
            s = one.stats
            counts = (s.nr_tried, s.sz_tried, s.nr_applied, s.sz_applied, s.qt_exceeds)
            rows.append(("stat", one.scheme, *counts, s.sz_ops_filter_passed, s.nr_snapshots))
    return rows


def compare(case: Case) -> dict[str, int]:
    rng = np.random.default_rng(case.seed)
    metrics = FixedMetrics(total=10_000)
    calls: list[tuple[int, int, int, int, bool]] = []

    def apply(index: int, action: str, target: int, start: int, end: int, asks: bool) -> tuple[int, int, int]:
        filtered = asks and bool(mine[index].filters.ops)
        calls.append((index, target, start, end, filtered))
        return outcome(action, start, end, filtered=filtered)

    def measure(metric: str) -> int:
        return metrics.psi_us if metric == "some_mem_psi_us" else metrics.free

    mine = installed(*case.schemes, kernel=case.release, ops=case.ops, min_region_sz=case.min_sz)
    theirs = Context(case.release, case.ops, list(case.schemes), apply, measure)
    theirs.targets = first_regions(case, rng)
    now = passed = 0
    seen = {"cut": 0, "batched": 0, "exceeded": 0, "went on": 0}
    for _ in range(case.rounds):
        change(theirs.targets, rng)
        regions, counts = as_table(theirs.targets)
        total = int(regions.sizes.sum())
        limit = max(case.min_sz, total // 3)
        metrics.free = int(rng.choice([0, 3_000, 9_000, 10_000]))
        metrics.psi_us += int(rng.integers(0, 12_000))
        running = {t for t in range(case.targets) if rng.random() < 0.9}
        active = {i for i in range(len(mine)) if rng.random() < 0.9}
        for i, s in enumerate(mine):
            s.watermarks.active = i in active
        actor = RecordingActor()
        calls.clear()
        before = len(regions)
        seen["went on"] += any(s.quota.charge_target_from is not None for s in mine)
        sizes = {"sample_us": 5_000, "aggr_us": AGGR_US}
        at = Moment(now, passed, **sizes, max_nr_accesses=MAX_NR, min_region_sz=case.min_sz, size_limit=limit)
        # Whether anybody listens changes nothing: each third case goes without.
        log = EventLog(Occasion(0, "kdamond.0", 501, now), EVENTS) if case.seed % 3 else None
        applied = apply_schemes(mine, regions, counts, at, actor=actor, metrics=metrics, running=running, log=log)
        attributes = Attributes(passed, now, **sizes, max_nr=MAX_NR, min_sz=case.min_sz, size_limit=limit)
        assert theirs.round(attributes, active=active, running=running) == applied
        assert rows(regions) == rows(as_table(theirs.targets)[0])
        if log is not None and applied:
            assert told(log) == theirs.told
        for i, (s, naive) in enumerate(zip(mine, theirs.schemes, strict=True)):
            assert state(s) == state(naive)
            # Where some regions ask ops filters and others do not, the two kinds come one after the other.
            assert sorted(c for c in actor.calls if c[0] == i) == sorted(c for c in calls if c[0] == i)
        seen["cut"] += len(regions) != before
        seen["batched"] += any(n > 1 for n in actor.batches)
        now += int(rng.choice([50_000, 100_000, 400_000]))
        passed += int(rng.choice([0, 20, 80, 200]))
    seen["exceeded"] = sum(s.qt_exceeds for s in mine)
    return seen


@EXAMPLES
@given(CASES)
def test_rounds_are_what_the_specification_says(case: Case) -> None:
    for what, count in compare(case).items():
        if count:
            event(what)


@pytest.mark.parametrize("focus", FOCUSES)
@EXAMPLES
@given(data=st.data())
def test_rounds_in_which_much_is_cut(focus: str, data: st.DataObject) -> None:
    compare(data.draw(FOCUSES[focus]))


@pytest.mark.parametrize("release", ["6.12", "7.1", "next"])
def test_the_comparison_reaches_what_it_is_about(release: str) -> None:
    quotas = Quotas(sz_bytes=20, reset_interval_ms=100, weights=Weights(0, 1, 1))
    reject = Filter("addr", matching=True, addr=AddrRange(30, 60))
    aged = Scheme("pageout", AccessPattern(Range(0, 99), Range(0, 99), Range(1, 99)), quotas=quotas)
    schemes = (aged, aged, Scheme("stat", AccessPattern(Range(0, 99), Range(0, 99), Range(0, 99)), filters=(reject,)))
    totals = {"cut": 0, "batched": 0, "exceeded": 0, "went on": 0}
    for seed in range(10):
        for what, count in compare(Case(release, "paddr", 4, schemes, 2, 6, seed)).items():
            totals[what] += count
    assert all(count >= 5 for count in totals.values()), totals
