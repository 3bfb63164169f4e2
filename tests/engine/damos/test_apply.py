"""Rounds: what is tried, cut, charged and counted (specification sections 6.2 to 6.6, 7.3 and 15.1)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.config.model import AccessPattern, AddrRange, Filter, Goal, Quotas, Range, Scheme, Weights
from engine.damos.apply import Moment, apply_schemes
from engine.damos.round_table import RoundTable, Span
from engine.damos.rules import Rules
from engine.damos.scheme import AppliedScheme
from engine.damos.sweep import Sweep
from engine.damos.visit import MAX_CUTS, Visit
from engine.damos.walk import WalkRequest
from engine.regions.table import Regions
from engine.snapshot import SchemeStats
from engine.versions import release
from tests.engine.damos.fakes import (
    EVERYTHING,
    MIB,
    PAGE,
    FixedMetrics,
    RecordingActor,
    installed,
    moment,
    scheme,
    table,
)

M = PAGE
SECOND = 1_000_000


def play(
    schemes: list[AppliedScheme],
    regions: Regions,
    at: Moment | None = None,
    *,
    actor: RecordingActor | None = None,
    walk: WalkRequest | None = None,
    running: set[int] | None = None,
) -> list[tuple[int, int, int, int, bool]]:
    """One round, and what the actor was asked to do in it."""
    actor = actor or RecordingActor()
    actor.calls.clear()
    metrics = FixedMetrics()
    apply_schemes(
        schemes,
        regions,
        regions.nr_accesses,
        at or moment(),
        actor=actor,
        metrics=metrics,
        walk=walk,
        running=running,
    )
    return list(actor.calls)


def bounds(calls: list[tuple[int, int, int, int, bool]], scheme_index: int = 0) -> list[tuple[int, int]]:
    return [(start, end) for index, _, start, end, _ in calls if index == scheme_index]


# The kernel's own vectors: one scheme, one region, whatever would come of the rest of it.


def addr(start: int, end: int, *, allow: bool) -> Filter:
    return Filter("addr", matching=True, allow=allow, addr=AddrRange(start * M, end * M))


@pytest.mark.parametrize(
    ("filters", "esz", "region", "pieces", "tried", "sz_tried"),
    [
        ((addr(2, 8, allow=False),), 0, (0, 4), [(0, 2), (2, 4)], 1, 2),
        ((addr(2, 8, allow=True),), 0, (2, 10), [(2, 8), (8, 10)], 1, 6),
        ((addr(2, 8, allow=False),), 0, (4, 6), [(4, 6)], 0, 0),
        ((addr(2, 8, allow=True),), 0, (4, 6), [(4, 6)], 1, 2),
        ((addr(4, 12, allow=False), addr(2, 3, allow=False)), 0, (0, 8), [(0, 2), (2, 4), (4, 8)], 1, 2),
        ((), 2 * M, (0, 8), [(0, 2), (2, 8)], 1, 2),
        ((), 1, (0, 4), [(0, 4)], 1, 0),
    ],
)
def test_size_accounting(
    filters: tuple[Filter, ...],
    esz: int,
    region: tuple[int, int],
    pieces: list[tuple[int, int]],
    tried: int,
    sz_tried: int,
) -> None:
    rules = Rules.of(release("next"))
    applied = AppliedScheme(0, scheme(filters=filters), "vaddr", rules, M)
    applied.quota.esz = esz
    columns = RoundTable(table([(region[0] * M, region[1] * M)]), np.array([0]))
    visit = Visit(columns, 0, Span(0, 0, 1), rules, M)
    visit.apply(Sweep(applied, columns, RecordingActor(), None))
    assert [(piece.start // M, piece.end // M) for piece in visit.pieces] == pieces
    assert (applied.nr_tried, applied.sz_tried) == (tried, sz_tried * M)


@pytest.mark.parametrize(("kernel", "sz_tried"), [("6.12", 4), ("7.1", 4), ("next", 2)])
def test_up_to_7_1_a_filtered_region_counts_with_its_former_size(kernel: str, sz_tried: int) -> None:
    schemes = installed(scheme(filters=(addr(2, 8, allow=False),)), kernel=kernel)
    regions = table([(0, 4 * M)])
    assert bounds(play(schemes, regions)) == [(0, 2 * M)]
    assert schemes[0].sz_tried == sz_tried * M


# Regions of a round


def test_a_scheme_tries_what_matches_and_ages_start_again() -> None:
    pattern = AccessPattern(Range(M, 4 * M), Range(0, 3), Range(2, 9))
    schemes = installed(scheme("pageout", pattern=pattern), scheme("stat", pattern=pattern))
    spans = [(0, M), (2 * M, 7 * M), (8 * M, 9 * M), (10 * M, 12 * M), (12 * M, 13 * M)]
    regions = table(spans, [0, 0, 4, 3, 0], [2, 5, 5, 9, 1])
    calls = play(schemes, regions)
    assert bounds(calls) == [(0, M), (10 * M, 12 * M)]
    assert regions.age.tolist() == [0, 5, 5, 0, 1]
    # The second scheme comes after the first, and finds young regions.
    assert bounds(calls, 1) == []
    assert [s.stats.sz_tried for s in schemes] == [3 * M, 0]


def test_stat_neither_acts_nor_ages_but_is_charged() -> None:
    schemes = installed(scheme(quotas=Quotas(0, 100 * M, 1000)))
    regions = table([(0, 4 * M), (4 * M, 8 * M)], age=[3, 4])
    play(schemes, regions)
    assert regions.age.tolist() == [3, 4]
    stats = schemes[0].stats
    assert (stats.nr_tried, stats.sz_tried, stats.nr_applied, stats.sz_applied) == (2, 8 * M, 0, 0)
    assert schemes[0].quota.charged_sz == 8 * M


def test_what_is_applied_is_counted_where_it_is_not_nothing() -> None:
    schemes = installed(scheme("pageout"), ops="paddr")
    regions = table([(0, 6 * M), (6 * M, 7 * M), (8 * M, 20 * M)])
    actor = RecordingActor()
    play(schemes, regions, actor=actor)
    stats = schemes[0].stats
    assert actor.batches == [3]
    assert (stats.nr_tried, stats.sz_tried) == (3, 19 * M)
    shares = [(start * 7 + (end - start) * 3 + 7) % 6 for start, end in bounds(actor.calls)]
    assert (stats.nr_applied, stats.sz_applied) == (
        sum(share > 0 for share in shares),
        sum((end - start) * share // 4 for (start, end), share in zip(bounds(actor.calls), shares, strict=True)),
    )
    assert stats.sz_ops_filter_passed == 19 * M // 2


def test_a_failing_action_counts_as_tried() -> None:
    schemes = installed(scheme("pageout"))
    regions = table([(0, 6 * M)], age=5)
    play(schemes, regions, actor=RecordingActor(fails=True))
    stats = schemes[0].stats
    assert (stats.nr_tried, stats.nr_applied, stats.sz_applied) == (1, 0, 0)
    assert regions.age.tolist() == [0]


def test_inactive_schemes_are_passed_over_and_planned() -> None:
    schemes = installed(scheme(), scheme(apply_interval_us=20_000), scheme(apply_interval_us=1))
    schemes[0].watermarks.active = False
    schemes[2].next_apply = 8
    regions = table([(0, M)])
    assert play(schemes, regions, moment(passed=7)) == [(1, 0, 0, M, False)]
    assert [s.next_apply for s in schemes] == [27, 11, 8]
    schemes[1].watermarks.active = schemes[2].watermarks.active = False
    # None is active: nothing is planned, so that they are due at once when one is active again.
    assert play(schemes, regions, moment(passed=30)) == []
    assert [s.next_apply for s in schemes] == [27, 11, 8]


def test_ended_targets_are_passed_over_from_7_1_on() -> None:
    for kernel, targets in (("7.0", [0, 1]), ("7.1", [1])):
        calls = play(installed(scheme(), kernel=kernel), table([(0, M), (0, M)], target=[0, 1]), running={1})
        assert [target for _, target, _, _, _ in calls] == targets


# Quotas


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_a_quota_is_charged_exactly_and_goes_round(kernel: str) -> None:
    schemes = installed(scheme(quotas=Quotas(0, 10 * M, 1000)), kernel=kernel)
    total, seen = [], []
    for second in range(8):
        regions = table([(0, 7 * M), (7 * M, 16 * M), (20 * M, 40 * M)], nr_accesses=[1, 2, 3])
        seen.append(bounds(play(schemes, regions, moment(second * SECOND))))
        total.append(schemes[0].sz_tried // M)
    first = [] if kernel == "7.1" else [[(0, 7 * M), (7 * M, 16 * M), (20 * M, 40 * M)]]
    windows = [
        [(0, 7 * M), (7 * M, 10 * M)],
        [(10 * M, 16 * M), (20 * M, 24 * M)],
        # The region that the last window stopped in is the last one: the kernel begins with the next round.
        [],
        [(0, 7 * M), (7 * M, 10 * M)],
    ]
    assert seen[: len(first) + 4] == first + windows
    if kernel == "6.12":
        assert total == [36, 46, 56, 56, 66, 76, 76, 86]
        assert schemes[0].qt_exceeds == 4
    else:
        assert total == [10, 20, 20, 30, 40, 40, 50, 60]
        assert schemes[0].qt_exceeds == 5


def test_rests_of_quota_slices_are_visited_from_7_1_on_and_slices_merged_back() -> None:
    quotas = Quotas(0, 2 * M, 1000)
    configs = scheme(), scheme(quotas=quotas), scheme()
    for kernel, third, spans in (
        ("7.0", [(0, 2 * M)], [(0, 2 * M), (2 * M, 6 * M)]),
        ("7.1", [(0, 2 * M), (2 * M, 6 * M)], [(0, 6 * M)]),
    ):
        schemes = installed(*configs, kernel=kernel)
        schemes[1].quota.esz = 2 * M
        schemes[1].quota.charged_from_us = 0
        regions = table([(0, 6 * M)])
        calls = play(schemes, regions)
        assert bounds(calls, 0) == [(0, 6 * M)] + [(2 * M, 6 * M)] * (kernel == "7.1")
        assert bounds(calls, 1) == [(0, 2 * M)]
        assert bounds(calls, 2) == third
        assert regions.ranges() == spans


def test_slices_stay_apart_where_ages_differ_or_the_limit_forbids() -> None:
    schemes = installed(scheme("pageout", quotas=Quotas(0, 2 * M, 1000)))
    regions = table([(0, 6 * M)], age=4)
    play(schemes, regions)
    assert (regions.ranges(), regions.age.tolist()) == ([(0, 2 * M), (2 * M, 6 * M)], [0, 4])
    regions = table([(0, 2 * M), (2 * M, 4 * M), (4 * M, 6 * M)])
    play(installed(scheme()), regions, moment(size_limit=4 * M))
    assert regions.ranges() == [(0, 4 * M), (4 * M, 6 * M)]


def test_less_than_a_page_left_only_counts_regions_up_to_7_0() -> None:
    """As recorded: nr_tried goes on, sz_tried and qt_exceeds stay."""
    quotas = Quotas(0, 0, 1000, goals=(Goal("user_input", 10_000, 2_000),))
    schemes = installed(scheme(quotas=quotas), kernel="6.12")
    spans = [(0, 7 * M), (7 * M, 16 * M)]
    seen = []
    for second in range(6):
        play(schemes, table(spans), moment(second * SECOND))
        stats = schemes[0].stats
        seen.append((schemes[0].quota.esz, stats.nr_tried, stats.sz_tried, stats.qt_exceeds))
    assert seen == [(esz, 2 * turn + 2, 16 * M, 0) for turn, esz in enumerate((0, 1, 3, 5, 10, 18))]
    newer = installed(scheme(quotas=quotas))
    for second in range(3):
        play(newer, table(spans), moment(second * SECOND))
    assert (newer[0].nr_tried, newer[0].qt_exceeds, newer[0].quota.esz) == (0, 2, 5)


def test_the_first_window_under_6_12_is_not_bound() -> None:
    for kernel, tried in (("6.12", 300), ("7.1", 4)):
        schemes = installed(scheme(quotas=Quotas(0, 4 * M, 1000)), kernel=kernel)
        for tenth in range(10):
            play(schemes, table([(0, 30 * M)]), moment(tenth * 100_000))
        assert schemes[0].sz_tried == tried * M


def test_the_best_scores_get_the_quota() -> None:
    quotas = Quotas(0, 4 * M, 1000, Weights(0, 1, 0))
    schemes = installed(scheme("lru_prio", quotas=quotas), ops="paddr")
    spans = [(i * 4 * M, i * 4 * M + 2 * M) for i in range(6)]
    regions = table(spans, [3, 20, 0, 20, 7, 15])
    assert bounds(play(schemes, regions)) == [spans[1], spans[3]]
    assert schemes[0].quota.min_score == 99
    # Two more than fit share the least score: the quota ends before the last of them.
    schemes = installed(scheme("pageout", quotas=quotas), ops="paddr")
    regions = table(spans, [20, 0, 0, 20, 0, 20])
    assert bounds(play(schemes, regions)) == [spans[1], spans[2]]
    assert schemes[0].quota.min_score == 99
    assert (schemes[0].quota.charge_target_from, schemes[0].quota.charge_addr_from) == (0, spans[2][1])


def test_regions_that_filters_cut_count_by_their_parts_for_the_least_score() -> None:
    """From 7.1 on: a first part counts although it is too small to match by itself."""
    pattern = AccessPattern(Range(4 * M, 99 * M), Range(0, 20), Range(0, 99))
    quotas = Quotas(0, 4 * M, 1000, Weights(0, 1, 0))
    allow = Filter("addr", matching=True, allow=True, addr=AddrRange(0, 2 * M))
    other = Filter("addr", matching=True, allow=True, addr=AddrRange(20 * M, 99 * M))
    config = scheme("pageout", pattern=pattern, quotas=quotas, filters=(allow, other))
    # Cold: 2 pages in front, whose rest is not let through, then 4 pages; hot: 4 pages.
    spans = [(0, 6 * M), (20 * M, 22 * M), (24 * M, 28 * M), (30 * M, 34 * M)]
    schemes = installed(config, ops="paddr")
    regions = table(spans, [0, 0, 10, 20])
    play(schemes, regions)
    # 2 pages at score 99 and 4 at 50: only together they reach the quota.
    assert schemes[0].quota.min_score == 50
    assert bounds(play(schemes, table(spans, [0, 0, 10, 20]), moment(SECOND))) == []


def test_failures_that_cost_little_let_a_scheme_go_on() -> None:
    quotas = Quotas(0, 4 * M, 1000, fail_charge_num=1, fail_charge_denom=4)
    schemes = installed(scheme("pageout", quotas=quotas), kernel="next")
    regions = table([(0, 20 * M)], age=7)
    calls = play(schemes, regions, actor=RecordingActor(fails=True))
    # A quarter is charged: of 4 pages 3 are left, then 2.25, 1.75, 1.5, 1.25, 1, and less than one.
    assert [(end - start) // M for start, end in bounds(calls)] == [4, 3, 2, 1, 1, 1, 1]
    assert (schemes[0].quota.remaining, schemes[0].quota.full) == (3 * M // 4, True)
    assert regions.ranges() == [(0, 13 * M), (13 * M, 20 * M)]


def test_failures_that_cost_nothing_cut_a_region_so_often_only() -> None:
    quotas = Quotas(0, 2 * M, 1000, fail_charge_num=0, fail_charge_denom=1)
    schemes = installed(scheme("pageout", quotas=quotas, max_nr_snapshots=9), kernel="next")
    regions = table([(0, 2_000 * M), (3_000 * M, 3_001 * M)])
    play(schemes, regions, actor=RecordingActor(fails=True))
    assert schemes[0].nr_tried == MAX_CUTS + 1
    assert schemes[0].nr_snapshots == 1


def test_goals_may_look_at_the_physical_ranges_that_match() -> None:
    goal = Goal("node_eligible_mem_bp", 5_000, nid=1)
    pattern = AccessPattern(Range(2 * M, 9 * M), Range(0, 3), Range(0, 9))
    for ops, asked in (("paddr", [([0, 8 * M], [2 * M, 12 * M], 1)]), ("vaddr", [([], [], 1)])):
        config = scheme("migrate_hot", pattern=pattern, quotas=Quotas(0, 0, 1000, goals=(goal,)))
        schemes = installed(config, kernel="next", ops=ops)
        regions = table([(0, 2 * M), (4 * M, 5 * M), (8 * M, 12 * M), (20 * M, 25 * M)], [0, 0, 3, 4])
        metrics = FixedMetrics(eligible_bytes=3 * M)
        apply_schemes(schemes, regions, regions.nr_accesses, moment(), actor=RecordingActor(), metrics=metrics)
        assert metrics.asked == asked
        assert schemes[0].quota.goals[0].current_value == (5_000 if ops == "paddr" else 0)


def test_one_byte_behind_the_stop_a_page_is_passed_over_before_6_12() -> None:
    for kernel, tried in (("6.10", [(3 * M, 5 * M)]), ("6.12", [(2 * M, 3 * M), (3 * M, 4 * M)])):
        schemes = installed(scheme(quotas=Quotas(0, 2 * M, 1000)), kernel=kernel)
        quota = schemes[0].quota
        quota.esz, quota.charged_from_us = 2 * M, 0
        quota.stop_at(0, 2 * M)
        regions = table([(0, 2 * M), (2 * M, 3 * M), (3 * M, 9 * M), (20 * M, 21 * M)])
        assert bounds(play(schemes, regions)) == tried


@pytest.mark.parametrize("kernel", ["6.12", "7.1"])
def test_a_quota_of_all_there_is_binds_nothing(kernel: str) -> None:
    reject = Filter("target", matching=True, target_idx=1)
    schemes = installed(scheme(quotas=Quotas(0, 2**64 - 1, 1000, Weights(0, 1, 1)), filters=(reject,)), kernel=kernel)
    for second in range(3):
        play(schemes, table([(0, 9 * M), (2**40, 2**59)], target=[0, 0]), moment(second * SECOND))
    assert schemes[0].nr_tried == 6
    assert schemes[0].qt_exceeds == 0


# Filters


def test_ops_filters_are_not_asked_where_a_core_filter_allows() -> None:
    rules = (Filter("target", matching=True, allow=True, target_idx=1), Filter("memcg", matching=True, memcg_path="/a"))
    schemes = installed(scheme("pageout", filters=rules), ops="paddr")
    calls = play(schemes, table([(0, M), (0, M)], target=[0, 1]))
    assert calls == [(0, 0, 0, M, True), (0, 1, 0, M, False)]
    inside = Filter("addr", matching=True, allow=True, addr=AddrRange(0, 4 * M))
    schemes = installed(scheme("pageout", filters=(inside, rules[1])), ops="paddr")
    spans = [(0, M), (2 * M, 3 * M), (4 * M, 6 * M), (8 * M, 9 * M)]
    calls = play(schemes, table(spans))
    assert sorted(calls) == [(0, 0, start, end, start >= 4 * M) for start, end in spans]
    assert schemes[0].sz_ops_filter_passed == (1 + 1) * M + (2 + 1) * M // 2


def test_rejected_regions_leave_no_trace() -> None:
    reject = Filter("target", matching=True, target_idx=0)
    for kernel, spans in (("7.1", [(0, 9 * M)]), ("6.12", [(0, 3 * M), (3 * M, 9 * M)])):
        schemes = installed(scheme("pageout", filters=(reject,), quotas=Quotas(0, 3 * M, 1000)), kernel=kernel)
        schemes[0].quota.esz, schemes[0].quota.charged_from_us = 3 * M, 0
        regions = table([(0, 9 * M)], age=5)
        assert play(schemes, regions, moment(1)) == []
        assert replace(schemes[0].stats, nr_snapshots=0) == SchemeStats()
        # Up to 7.0 the quota cuts a region before filters are asked.
        assert regions.ranges() == spans
        assert set(regions.age.tolist()) == {5}


# Snapshots and walks


def test_snapshots_are_counted_per_target() -> None:
    nothing = AccessPattern(Range(0, 0), Range(0, 0), Range(0, 0))
    schemes = installed(scheme(), scheme(pattern=nothing), scheme(max_nr_snapshots=3))
    regions = table([(0, M), (2 * M, 3 * M), (0, M)], target=[0, 0, 1])
    for turn in range(3):
        play(schemes, regions.take(np.arange(3)), moment(passed=turn * 20))
    assert [s.nr_snapshots for s in schemes] == [6, 6, 3]
    # The third stops within the second round, after the first target.
    assert [s.nr_tried for s in schemes] == [9, 0, 5]
    old = installed(scheme(max_nr_snapshots=1), kernel="6.12")
    for turn in range(2):
        play(old, regions.take(np.arange(3)), moment(passed=turn * 20))
    assert (old[0].nr_snapshots, old[0].nr_tried) == (0, 6)


def test_a_scheme_with_all_its_snapshots_is_passed_over_where_another_cuts() -> None:
    schemes = installed(scheme(max_nr_snapshots=1), scheme(quotas=Quotas(0, 2 * M, 1000)))
    regions = table([(0, 3 * M), (0, 4 * M)], target=[0, 1])
    calls = play(schemes, regions)
    # The region was the last of its target when it came; its rest comes too late.
    assert bounds(calls) == [(0, 3 * M)]
    assert bounds(calls, 1) == [(0, 2 * M)]
    again = installed(scheme("pageout", max_nr_snapshots=1), scheme(quotas=Quotas(0, 2 * M, 1000)))
    again[0].nr_snapshots = 1
    assert bounds(play(again, table([(0, 3 * M)]))) == []


@pytest.mark.parametrize(("sz", "snapshots"), [(9, 0), (10, 1), (11, 1)])
def test_no_snapshot_where_the_last_region_is_not_reached(sz: int, snapshots: int) -> None:
    schemes = installed(scheme(quotas=Quotas(0, sz * M, 1000)))
    play(schemes, table([(0, 7 * M), (8 * M, 11 * M)]))
    assert schemes[0].nr_snapshots == snapshots


def test_a_walk_tells_what_each_scheme_tried_in_its_next_round() -> None:
    quotas = Quotas(0, 5 * M, 1000)
    configs = scheme("pageout", quotas=quotas), scheme(apply_interval_us=300_000), scheme()
    schemes = installed(*configs, ops="paddr")
    schemes[1].next_apply = 20
    schemes[2].watermarks.active = False
    walk = WalkRequest()
    regions = table([(0, 3 * M), (4 * M, 9 * M)], nr_accesses=[2, 3], age=[6, 7])
    play(schemes, regions, walk=walk)
    assert not walk.done(3)
    first = walk.results[0]
    rows = [first.start, first.end, first.nr_accesses, first.age, first.filter_passed]
    assert [column.tolist() for column in rows] == ([[0, 4 * M], [3 * M, 6 * M], [2, 3], [6, 7], [3 * M // 2, M]])
    assert (first.total_bytes, walk.results[2].total_bytes) == (5 * M, 0)
    regions = table([(0, 3 * M)])
    play(schemes, regions, moment(passed=20), walk=walk)
    assert walk.done(3)
    assert walk.results[0] is first
    assert walk.results[1].end.tolist() == [3 * M]
    assert {index: ranks.tolist() for index, ranks in walk.ranks.items()} == {0: [0, 1], 2: [], 1: [2]}


def test_a_walk_tells_in_which_order_schemes_came_to_regions() -> None:
    large = AccessPattern(Range(2 * M, 9 * M), EVERYTHING.nr_accesses, EVERYTHING.age)
    schemes = installed(scheme(pattern=large), scheme(), scheme(quotas=Quotas(0, 4 * M, 1000)))
    walk = WalkRequest()
    play(schemes, table([(0, M), (M, 4 * M), (5 * M, 8 * M)]), walk=walk)
    assert [walk.results[index].start.tolist() for index in range(3)] == [[M, 5 * M], [0, M, 5 * M], [0, M]]
    assert [walk.ranks[index].tolist() for index in range(3)] == [[2, 5], [0, 3, 6], [1, 4]]


def test_a_cancelled_walk_wants_nothing_more() -> None:
    walk = WalkRequest()
    walk.cancel()
    play(installed(scheme()), table([(0, M)]), walk=walk)
    assert (walk.cancelled, walk.results) == (True, {})


# Changes of parameters


def test_commit_copies_parameters_and_keeps_what_was_counted() -> None:
    before = Scheme("pageout", AccessPattern(Range(1, 2), Range(3, 4), Range(5, 6)), 1_000_000)
    after = Scheme("migrate_hot", AccessPattern(Range(2, 3), Range(4, 5), Range(6, 7)), 2_000_000, target_nid=5)
    applied = installed(replace(before, access_pattern=EVERYTHING), ops="paddr")[0]
    play([applied], table([(0, M)]))
    stats = applied.stats
    assert stats.nr_tried == 1
    for config in (before, after):
        applied.watermarks.active = False
        applied.commit(config, "paddr")
        assert (applied.config, applied.stats, applied.watermarks.active) == (config, stats, True)
    assert (applied.action.name, applied.action.target_nid) == ("migrate_hot", 5)
    assert applied.order is not None


def test_a_quota_taken_away_stays_in_force_as_in_the_kernel() -> None:
    schemes = installed(scheme(quotas=Quotas(0, 2 * M, 1000)))
    play(schemes, table([(0, 9 * M)]))
    schemes[0].commit(scheme(), "vaddr")
    play(schemes, table([(0, 9 * M)]), moment(9 * SECOND, passed=99))
    assert schemes[0].sz_tried == 2 * M


def test_apply_intervals_count_ten_to_one() -> None:
    """As the selftest damos_apply_interval: 100 ms and 10 ms."""
    schemes = installed(scheme(), scheme(apply_interval_us=10_000))
    for passed in range(1, 400):
        play(schemes, table([(0, MIB)]), moment(passed=passed))
    assert schemes[1].nr_tried >= 9 * schemes[0].nr_tried > 0


def test_empty_contexts_do_nothing() -> None:
    nothing = table([])
    schemes = installed(scheme("pageout", quotas=Quotas(0, M, 1000, Weights(0, 1, 1))))
    assert play(schemes, nothing) == []
    assert schemes[0].next_apply == 20
    assert play([], table([(0, M)])) == []
