"""The monitoring loop: how it begins, what happens when, and in which order (specification sections 2 and 3)."""

from __future__ import annotations

import pytest

from engine.config.model import Intervals, NrRegions, Target
from engine.errors import InputError
from engine.workload.library import load_workload
from tests.engine import naive
from tests.engine.make import MIB, PAGE, collect, engine, kdamond, ranges, spans_of, stat, workload
from tests.engine.running import BOTH, apart, fixed, page_of, pid_of, status, with_context

# Initial regions


def test_6_12_starts_stairs_with_11_regions() -> None:
    system = engine("6.12")
    pid_of(system, load_workload("stairs"))
    system.turn_on(0, kdamond(Target()))
    assert status(system).nr_regions == 11


def test_7_1_cuts_the_three_ranges_to_min_nr_regions() -> None:
    system = engine("7.1")
    pid = pid_of(system, load_workload("stairs"))
    mappings = [(m.start, m.end) for m in system.snapshot().processes[0].mappings]
    wanted = naive.three_ranges(mappings, PAGE)
    assert wanted is not None
    expected = [[naive.Region(s, e) for s, e in wanted]]
    naive.apply_min_nr_regions(expected, 10, PAGE)
    seen = collect(system)
    # So few checks in so short a time that nothing has merged or split before it is shown.
    system.turn_on(0, kdamond(Target(pid), nr_max=11))
    assert status(system).nr_regions == len(expected[0])
    system.advance(100_000)
    assert seen[0].start[0] == expected[0][0].start
    assert seen[0].end[-1] == expected[0][-1].end


def test_6_12_leaves_given_regions_whole_and_7_1_cuts_them() -> None:
    counts = {}
    for kernel in ("6.12", "7.1"):
        system = engine(kernel)
        pid = pid_of(system)
        first = page_of(system, pid, 1)
        system.turn_on(0, kdamond(Target(pid, ranges((first, first + MIB))), ops="fvaddr"))
        counts[kernel] = status(system).nr_regions
    # 1 MiB / 10 is 25.6 pages, rounded up to 26: nine whole ones and a rest.
    assert counts == {"6.12": 1, "7.1": 10}


@BOTH
def test_given_regions_are_rounded_to_whole_pages(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    first = page_of(system, pid, 1)
    spans = apart(first)
    given = ranges(*[(start + 100, end - 1) for start, end in spans])
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid, given), ops="fvaddr", nr_min=3, nr_max=3))
    system.advance(100_000)
    assert spans_of(seen[0]) == spans


def test_every_target_has_its_three_ranges() -> None:
    system = engine("6.12")
    pids = [pid_of(system), pid_of(system)]
    system.turn_on(0, kdamond(*map(Target, pids)))
    seen = collect(system)
    system.advance(100_000)
    for index in (0, 1):
        mine = seen[0].target == index
        assert seen[0].start[mine][0] == 0x400000
        assert mine.sum() >= 3
    assert seen[0].nr_targets == 2


# Time


@pytest.mark.parametrize(
    ("sample_us", "aggr_us", "every_us", "samples"),
    [
        (5_000, 100_000, 100_000, 20),
        (3_000, 10_000, 9_000, 3),
        (7_000, 7_000, 7_000, 1),
        (0, 50, 5_000, 50),
        (0, 0, 100, 1),
    ],
)
@BOTH
def test_aggregations_are_counted_in_samples(
    kernel: str, sample_us: int, aggr_us: int, every_us: int, samples: int
) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    first = page_of(system, pid, 0)
    system.turn_on(0, fixed(pid, first, sample_us=sample_us, aggr_us=aggr_us))
    seen = collect(system)
    system.advance(4 * every_us + every_us // 2)
    assert [(a.start_us, a.end_us) for a in seen] == [(i * every_us, (i + 1) * every_us) for i in range(4)]
    assert {a.max_nr_accesses for a in seen} == {samples}
    assert {a.aggr_us for a in seen} == {aggr_us}
    assert status(system).aggregations == 4
    # Checks are done together at the end of an aggregation; those of the fifth are still to come.
    assert status(system).checks == 4 * 3 * samples
    if sample_us >= 3_000:
        assert all((a.nr_accesses == samples).all() for a in seen)


def test_kdamonds_start_counting_when_they_are_turned_on() -> None:
    system = engine()
    pid = pid_of(system)
    system.advance(12_345)
    seen = collect(system)
    system.turn_on(0, fixed(pid, page_of(system, pid, 0)))
    system.advance(200_000)
    assert [(a.start_us, a.end_us) for a in seen] == [(12_345, 112_345), (112_345, 212_345)]


def test_time_passes_without_kdamonds() -> None:
    system = engine()
    system.advance(5_000)
    system.advance(0)
    assert system.now_us == system.snapshot().time_us == 5_000
    assert system.next_event_us() == float("inf")


def test_time_does_not_go_back() -> None:
    system = engine()
    system.advance(10)
    with pytest.raises(InputError, match="go back by 5 us"):
        system.advance(-5)
    assert system.now_us == 10


LONGEST = 2**64 - 1


@BOTH
@pytest.mark.parametrize(
    "intervals",
    [
        Intervals(0, 0, 0),
        Intervals(0, 3, 0),
        Intervals(1, 1, LONGEST),
        Intervals(5_000, 100_000, 0),
        Intervals(5_000, LONGEST, 100_000),
        Intervals(LONGEST, LONGEST, LONGEST),
    ],
    ids=str,
)
def test_whatever_intervals_the_kernel_accepts_run(kernel: str, intervals: Intervals) -> None:
    system = engine(kernel)
    config = kdamond(Target(pid_of(system)), nr_max=LONGEST, schemes=[stat(), stat(apply_interval_us=LONGEST)])
    system.turn_on(0, with_context(config, intervals=intervals))
    system.advance(1_000)
    system.commit(0, with_context(config, nr_regions=NrRegions(5, 50)))
    system.advance(299_000)
    assert status(system).running
    system.commit(0, with_context(config, intervals=intervals))
    system.advance(1_000)
    system.fork().advance(1_000)
    assert status(system).running


# Order of events


@BOTH
def test_schemes_see_regions_after_merging_and_before_splitting(kernel: str) -> None:
    """What is tried is what is shown: if the split came first, more regions would be."""
    system = engine(kernel)
    pid = pid_of(system)
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid), schemes=[stat(), stat(nr=(10, 20)), stat(age=(3, 9))]))
    system.advance(1_200_000)
    everything, hot, settled = status(system).schemes
    assert everything.nr_tried == sum(a.nr_regions for a in seen)
    assert everything.sz_tried == sum(int((a.end - a.start).sum()) for a in seen)
    assert hot.sz_tried == sum(int((a.end - a.start)[a.nr_accesses >= 10].sum()) for a in seen) > 0
    assert settled.nr_tried == sum(int(((a.age >= 3) & (a.age <= 9)).sum()) for a in seen) > 0
    assert everything.nr_applied == everything.sz_applied == 0
    sizes = [status(system).nr_regions, seen[-1].nr_regions]
    assert sizes[0] > sizes[1]


@BOTH
def test_ages_advance_before_what_is_shown(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    seen = collect(system)
    system.turn_on(0, fixed(pid, page_of(system, pid, 1)))
    system.advance(500_000)
    assert [a.age.tolist() for a in seen] == [[i] * 3 for i in (1, 2, 3, 4, 5)]


@BOTH
def test_age_restarts_when_memory_becomes_hot(kernel: str) -> None:
    system = engine(kernel)
    load = workload({"a": MIB}, (500, [("a", False, 4096, 0)]), (500, [("a", False, 4096, 1)]))
    pid = pid_of(system, load)
    seen = collect(system)
    system.turn_on(0, fixed(pid, page_of(system, pid, 0)))
    system.advance(900_000)
    assert [a.age[0] for a in seen] == [1, 2, 3, 4, 5, 0, 1, 2, 3]
    assert [a.nr_accesses[0] for a in seen] == [0] * 5 + [20] * 4


@BOTH
def test_a_commit_comes_before_the_schemes_of_its_aggregation(kernel: str) -> None:
    """The pattern that is committed in mid-aggregation decides at its end."""
    system = engine(kernel)
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 1), schemes=[stat(nr=(5, 20))])
    system.turn_on(0, config)
    system.advance(100_000)
    assert status(system).schemes[0].nr_tried == 0
    system.advance(57_000)
    system.commit(0, with_context(config, schemes=(stat(),)))
    system.advance(43_000)
    assert status(system).schemes[0].nr_tried == 3


# Updates


def test_vaddr_regions_of_a_user_last_until_the_first_update_and_those_of_fvaddr_for_ever() -> None:
    for ops, least in (("vaddr", 0x400000), ("fvaddr", None)):
        system = engine("7.1")
        pid = pid_of(system)
        first = page_of(system, pid, 0)
        seen = collect(system)
        system.turn_on(0, kdamond(Target(pid, ranges((first, first + MIB // 2))), ops=ops, update_us=300_000))
        system.advance(300_000)
        assert all((a.start[0], a.end[-1]) == (first, first + MIB // 2) for a in seen)
        system.advance(300_000)
        assert seen[-1].start[0] == (least or first)


def test_a_commit_of_regions_comes_again_after_an_update_has_taken_them() -> None:
    system = engine("7.1")
    pid = pid_of(system)
    first = page_of(system, pid, 0)
    config = kdamond(Target(pid, ranges((first, first + MIB // 2))), update_us=300_000)
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(400_000)
    assert seen[-1].start[0] == 0x400000
    system.commit(0, config)
    system.advance(100_000)
    assert (seen[-1].start[0], seen[-1].end[-1]) == (first, first + MIB // 2)
    system.advance(300_000)
    assert seen[-1].start[0] == 0x400000


# Merge and split


@BOTH
@pytest.mark.parametrize(("touched", "merged"), [(29, True), (27, True), (26, False), (0, False)])
def test_neighbours_merge_within_a_tenth_of_the_greatest_count(kernel: str, touched: int, merged: bool) -> None:
    """Of 29 samples the one is touched in all, the other in some: 29 / 10 is 2."""
    both, one = [("a", False, 4096, 1), ("b", False, 4096, 1)], [("a", False, 4096, 1)]
    phases = [(5 * touched, both), (5 * (29 - touched), one)] if touched else [(1, one), (144, one)]
    load = workload({"a": 4 * MIB, "b": 4 * MIB}, *[phase for phase in phases if phase[0]], batch=1_000)
    system = engine(kernel, seed=3)
    pid = pid_of(system, load)
    middle = page_of(system, pid, 0) - PAGE
    spans = [(middle - 4 * MIB, middle), (middle, middle + 4 * MIB), (middle + 32 * MIB, middle + 48 * MIB)]
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid, ranges(*spans)), ops="fvaddr", aggr_us=145_000, nr_min=3))
    system.advance(144_999)
    system.advance(1)
    counts = dict(zip(spans_of(seen[0]), seen[0].nr_accesses.tolist(), strict=True))
    if merged:
        assert counts[middle - 4 * MIB, middle + 4 * MIB] == (29 + touched) // 2
    else:
        assert counts[spans[0]] == touched and counts[spans[1]] == 29


@BOTH
def test_regions_are_cut_in_three_where_two_changed_nothing(kernel: str) -> None:
    """The number that is remembered is the one before splitting."""
    system = engine(kernel)
    pid = pid_of(system)
    target = Target(pid, ranges(*apart(page_of(system, pid, 0) + 32 * MIB, MIB)))
    system.turn_on(0, kdamond(target, ops="fvaddr", nr_min=3, nr_max=100))
    counts = []
    for _ in range(3):
        system.advance(100_000)
        last = status(system).last
        assert last is not None
        counts.append((last.nr_regions, status(system).nr_regions))
    assert counts == [(3, 6), (3, 9), (3, 9)]


def test_the_number_of_regions_at_the_last_split_is_one_for_all_contexts() -> None:
    """Up to 7.1: of two kdamonds with different numbers, neither ever finds its own."""
    system = engine("7.1")
    pid = pid_of(system)
    spans = apart(page_of(system, pid, 0) + 32 * MIB, MIB)
    fourth = (spans[-1][1] + PAGE, spans[-1][1] + PAGE + MIB)
    for index, given in enumerate((spans, [*spans, fourth])):
        target = Target(pid, ranges(*given))
        system.turn_on(index, kdamond(target, ops="fvaddr", nr_min=len(given), nr_max=100))
    system.advance(300_000)
    assert [status(system, index).nr_regions for index in (0, 1)] == [6, 8]
