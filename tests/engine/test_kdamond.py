"""The monitoring loop: what happens when, in which order, and when it ends (specification sections 2, 3 and 11.4)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.config.model import Context, Intervals, Kdamond, NrRegions, Scheme, Target
from engine.engine import Engine
from engine.errors import InputError
from engine.snapshot import Aggregation, KdamondStatus
from engine.workload.library import load_workload
from tests.engine import naive
from tests.engine.make import (
    GIB,
    KIB,
    MIB,
    PAGE,
    collect,
    engine,
    kdamond,
    ranges,
    spans_of,
    stat,
    workload,
)

BOTH = pytest.mark.parametrize("kernel", ["6.12", "7.1"])

HOT = workload({"a": MIB, "b": MIB}, (1_000_000, [("a", False, 4096, 1)]))
"""All of `a` is touched in each sample, and `b` never."""


def pid_of(system: Engine, load: object = HOT, *, loop: bool = False) -> int:
    return system.start_process(load, loop=loop)  # type: ignore[arg-type]


def status(system: Engine, index: int = 0) -> KdamondStatus:
    return next(k for k in system.snapshot().kdamonds if k.index == index)


def page_of(system: Engine, pid: int, region: int) -> int:
    """Address of the first whole page of a masim region."""
    return -(-system.machine.processes[pid].layout.regions[region] // PAGE) * PAGE


def apart(first: int, size: int = 100 * KIB) -> list[tuple[int, int]]:
    """Three ranges of equal size that do not touch: with max_nr_regions 3 they stay as they are."""
    return [(first + i * (size + PAGE), first + i * (size + PAGE) + size) for i in range(3)]


def with_context(config: Kdamond, **changes: object) -> Kdamond:
    return Kdamond((replace(config.contexts[0], **changes),))  # type: ignore[arg-type]


def fixed(pid: int, first: int, **more: object) -> Kdamond:
    """Three regions that never merge, split or move."""
    return kdamond(Target(pid, ranges(*apart(first))), ops="fvaddr", nr_min=3, nr_max=3, **more)  # type: ignore[arg-type]


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
    [(5_000, 100_000, 100_000, 20), (3_000, 10_000, 9_000, 3), (7_000, 7_000, 7_000, 1), (0, 50, 50, 50), (0, 0, 1, 1)],
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


# Commands


def test_7_1_takes_new_intervals_at_the_next_tick() -> None:
    system = engine("7.1")
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 0))
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(112_345)
    system.commit(0, with_context(config, intervals=Intervals(5_000, 50_000)))
    assert status(system).config == config
    system.advance(2_655)
    assert status(system).config != config
    system.advance(185_000)
    assert [(a.start_us, a.end_us, a.aggr_us) for a in seen] == [
        (0, 100_000, 100_000),
        (115_000, 165_000, 50_000),
        (165_000, 215_000, 50_000),
        (215_000, 265_000, 50_000),
    ]


def test_a_command_on_a_tick_waits_for_the_next() -> None:
    system = engine("7.1")
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 0))
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(100_000)
    system.commit(0, with_context(config, intervals=Intervals(5_000, 50_000)))
    system.advance(55_000)
    assert [(a.start_us, a.end_us) for a in seen] == [(0, 100_000), (105_000, 155_000)]


def test_6_12_takes_new_intervals_at_the_next_aggregation() -> None:
    system = engine("6.12")
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 0))
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(12_345)
    system.commit(0, with_context(config, intervals=Intervals(5_000, 50_000)))
    system.advance(200_000 - 12_345)
    # The aggregation at whose end they come into force is shown with them already, its counts converted.
    assert [(a.start_us, a.end_us, a.aggr_us) for a in seen] == [
        (0, 100_000, 50_000),
        (100_000, 150_000, 50_000),
        (150_000, 200_000, 50_000),
    ]
    assert [a.nr_accesses.tolist() for a in seen] == [[10] * 3] * 3


@BOTH
def test_commands_are_carried_out_in_their_order(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 0))
    system.turn_on(0, config)
    for aggr_us in (30_000, 70_000, 60_000):
        system.commit(0, with_context(config, intervals=Intervals(5_000, aggr_us)))
    system.advance(100_000)
    now = status(system).config
    assert now is not None and now.contexts[0].intervals.aggr_us == 60_000


@BOTH
@pytest.mark.parametrize(("aggr_us", "age"), [(50_000, 20), (200_000, 5), (300_000, 3)])
def test_ages_are_converted_to_a_new_aggregation_interval(kernel: str, aggr_us: int, age: int) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 1))
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(905_000)
    system.commit(0, with_context(config, intervals=Intervals(5_000, aggr_us)))
    # 6.12 converts at the aggregation that gives age 10, 7.1 in the one before.
    expected = age if kernel == "6.12" else 9 * 100_000 // aggr_us
    system.advance(95_000 + aggr_us)
    assert seen[9].age.tolist() == [expected + (kernel == "7.1")] * 3


@BOTH
def test_counts_are_converted_so_that_a_steady_region_keeps_its_age(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 0))
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(955_000)
    system.commit(0, with_context(config, intervals=Intervals(5_000, 200_000)))
    system.advance(1_000_000)
    assert seen[-1].nr_accesses.tolist() == [40] * 3
    assert [a.age[0] for a in seen[-3:]] == sorted({int(a.age[0]) for a in seen[-3:]})
    assert seen[-1].age[0] >= 7


def test_a_commit_of_the_same_changes_nothing() -> None:
    found = []
    for commits in (False, True):
        system = engine("7.1", seed=5)
        pid = pid_of(system)
        config = kdamond(Target(pid), schemes=[stat(apply_interval_us=20_000)])
        seen = collect(system)
        system.turn_on(0, config)
        for _ in range(10):
            system.advance(63_000)
            if commits:
                system.commit(0, config)
        found.append(([spans_of(a) for a in seen], [a.nr_accesses.tolist() for a in seen], status(system).schemes))
    assert found[0] == found[1]


@BOTH
def test_schemes_that_stay_keep_their_statistics(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    first = page_of(system, pid, 1)
    config = fixed(pid, first, schemes=[stat()])
    system.turn_on(0, config)
    system.advance(300_000)
    assert [s.nr_tried for s in status(system).schemes] == [9]
    system.commit(0, with_context(config, schemes=(stat(), stat(nr=(1, 20)), stat())))
    system.advance(100_000)
    before = [s.nr_tried for s in status(system).schemes]
    system.advance(300_000)
    after = [s.nr_tried for s in status(system).schemes]
    assert before[0] == 12
    assert [b - a for a, b in zip(before, after, strict=True)] == [9, 0, 9]
    system.commit(0, with_context(config, schemes=(stat(nr=(1, 20)),)))
    system.advance(300_000)
    assert [s.nr_tried for s in status(system).schemes] == [21]
    system.commit(0, with_context(config, schemes=()))
    system.advance(100_000)
    assert status(system).schemes == ()


@BOTH
def test_regions_committed_to_a_target_replace_its_regions(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    first = page_of(system, pid, 0)
    config = fixed(pid, first)
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(200_000)
    moved = [(start + 20 * PAGE, end + 20 * PAGE) for start, end in apart(first)]
    target = Target(pid, ranges(*moved))
    system.commit(0, with_context(config, targets=(target,)))
    system.advance(200_000)
    assert spans_of(seen[-1]) == moved
    system.commit(0, with_context(config, targets=(Target(pid),)))
    system.advance(200_000)
    assert spans_of(seen[-1]) == moved


def test_commits_add_replace_and_remove_targets() -> None:
    system = engine("7.1")
    one, two = pid_of(system), pid_of(system)
    config = kdamond(Target(one))
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(200_000)
    system.commit(0, with_context(config, targets=(Target(one), Target(two))))
    system.advance(200_000)
    # A new vaddr target gets its regions at the next update.
    assert seen[-1].nr_targets == 2
    assert set(seen[-1].target.tolist()) == {0}
    both = with_context(config, targets=(Target(one), Target(two)), intervals=Intervals(update_us=100_000))
    system.commit(0, both)
    system.advance(400_000)
    assert set(seen[-1].target.tolist()) == {0, 1}
    system.commit(0, with_context(both, targets=(Target(two),)))
    system.advance(200_000)
    assert seen[-1].nr_targets == 1
    system.kill_process(one)
    system.advance(200_000)
    assert status(system).running
    assert seen[-1].nr_accesses.max() == 20


def test_an_obsolete_target_is_removed_and_the_others_keep_their_regions() -> None:
    system = engine("7.1")
    one, two = pid_of(system), pid_of(system)
    first = page_of(system, one, 0)
    targets = (Target(one, ranges(apart(first)[0])), Target(two, ranges(apart(first)[1])))
    config = kdamond(*targets, ops="fvaddr", nr_min=3, nr_max=3)
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(300_000)
    ages = seen[-1].age[seen[-1].target == 1]
    system.commit(0, with_context(config, targets=(replace(targets[0], obsolete=True), targets[1])))
    system.advance(200_000)
    assert seen[-1].nr_targets == 1
    assert set(seen[-1].target.tolist()) == {0}
    assert (int(seen[-1].start[0]), int(seen[-1].end[-1])) == apart(first)[1]
    assert seen[-1].age.max() > ages.max()
    now = status(system).config
    assert now is not None and now.contexts[0].targets == (targets[1],)


def test_a_target_whose_process_has_ended_can_be_marked_as_obsolete() -> None:
    system = engine("7.1")
    one, two = pid_of(system), pid_of(system)
    targets = (Target(one), Target(two))
    config = kdamond(*targets)
    system.turn_on(0, config)
    system.advance(100_000)
    system.kill_process(one)
    with pytest.raises(InputError, match=str(one)):
        system.commit(0, config)
    system.commit(0, with_context(config, targets=(replace(targets[0], obsolete=True), targets[1])))
    system.advance(100_000)
    now = status(system)
    assert now.last is not None and now.last.nr_targets == 1
    with pytest.raises(InputError, match="obsolete"):
        system.commit(0, with_context(config, targets=(targets[1], replace(targets[0], obsolete=True))))


def test_committing_no_targets_ends_vaddr() -> None:
    system = engine("7.1")
    config = kdamond(Target(pid_of(system)))
    system.turn_on(0, config)
    system.advance(12_000)
    system.commit(0, with_context(config, targets=()))
    system.advance(2_999)
    assert status(system).running
    system.advance(1)
    assert not status(system).running
    assert status(system).ended_because


def test_what_can_not_be_asked_for() -> None:
    system = engine()
    pid = pid_of(system)
    config = kdamond(Target(pid))
    with pytest.raises(InputError, match="kdamond 0 is off"):
        system.turn_off(0)
    with pytest.raises(InputError, match="kdamond 0 is off"):
        system.commit(0, config)
    system.turn_on(0, config)
    with pytest.raises(InputError, match="kdamond 0 is on already"):
        system.turn_on(0, config)
    with pytest.raises(InputError, match="nr_regions.min"):
        system.commit(0, with_context(config, nr_regions=NrRegions(2, 1_000)))
    with pytest.raises(InputError, match="paddr"):
        system.commit(0, with_context(config, ops="paddr", targets=(Target(),)))
    with pytest.raises(InputError, match="77"):
        system.commit(0, with_context(config, targets=(Target(77),)))
    with pytest.raises(InputError, match="77"):
        system.kill_process(77)
    system.advance(200_000)
    assert status(system).running and status(system).aggregations == 2
    system.turn_off(0)
    with pytest.raises(InputError, match="kdamond 0 is off"):
        system.turn_off(0)
    with pytest.raises(InputError, match="77"):
        system.turn_on(0, kdamond(Target(77)))
    with pytest.raises(InputError, match="exactly one"):
        system.turn_on(0, Kdamond(()))
    with pytest.raises(InputError, match="pid"):
        engine().turn_on(0, kdamond(Target()))


def test_turning_on_again_starts_from_zero() -> None:
    system = engine()
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 1), schemes=[stat()])
    system.turn_on(0, config)
    first = status(system)
    system.advance(450_000)
    system.turn_off(0)
    off = status(system)
    assert (off.running, off.pid, off.nr_regions, off.aggregations, off.ended_because) == (False, -1, 0, 4, "")
    assert off.schemes[0].nr_tried == 12
    system.advance(1_000_000)
    assert status(system).aggregations == 4
    system.turn_on(0, config)
    again = status(system)
    assert (again.running, again.aggregations, again.checks, again.schemes[0].nr_tried) == (True, 0, 0, 0)
    assert again.pid != first.pid


# The end


@BOTH
@pytest.mark.parametrize("ops", ["vaddr", "fvaddr"])
def test_a_kdamond_ends_at_the_first_tick_after_its_process_was_killed(kernel: str, ops: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    seen = collect(system)
    spans = apart(page_of(system, pid, 0))
    system.turn_on(0, kdamond(Target(pid, ranges(*spans)), ops=ops, schemes=[stat()]))
    system.advance(212_345)
    system.kill_process(pid)
    system.advance(2_654)
    assert status(system).running
    system.advance(1)
    ended = status(system)
    assert (ended.running, ended.pid, ended.nr_regions, ended.aggregations) == (False, -1, 0, 2)
    assert ended.ended_because
    assert ended.schemes[0].nr_tried > 0
    system.advance(1_000_000)
    assert len(seen) == 2
    assert system.finished()


@BOTH
@pytest.mark.parametrize(("length_ms", "aggregations"), [(250, 2), (300, 3)])
def test_a_kdamond_ends_when_its_workload_is_over(kernel: str, length_ms: int, aggregations: int) -> None:
    """An aggregation that ends together with the process is still shown."""
    system = engine(kernel)
    load = workload({"a": MIB}, (length_ms, [("a", False, 4096, 1)]), accesses_per_ms=1_000, batch=1_000)
    pid = pid_of(system, load)
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid)))
    system.advance(length_ms * 1_000 - 1)
    assert status(system).running and not system.finished()
    system.advance(1)
    assert not status(system).running and system.finished()
    system.advance(500_000)
    assert len(seen) == aggregations
    assert system.snapshot().processes[0].ended_us == length_ms * 1_000


def test_a_workload_that_loops_never_ends() -> None:
    system = engine()
    load = workload({"a": MIB}, (100, [("a", False, 4096, 1)]), accesses_per_ms=1_000, batch=1_000)
    pid_of(system, load, loop=True)
    system.turn_on(0, kdamond(Target()))
    system.advance(5_000_000)
    assert status(system).aggregations == 50
    assert not system.finished()


@BOTH
def test_without_targets_vaddr_ends_at_once_and_paddr_runs_on(kernel: str) -> None:
    system = engine(kernel)
    pid_of(system)
    seen = collect(system)
    system.turn_on(0, kdamond())
    system.turn_on(1, kdamond(ops="paddr"))
    system.turn_on(2, kdamond(Target(), ops="paddr"))
    assert not status(system, 0).running
    assert status(system, 0).ended_because
    system.advance(300_000)
    assert status(system, 1).running and status(system, 2).running
    assert {(a.kdamond, a.nr_regions) for a in seen} == {(1, 0), (2, 0)}
    assert len(seen) == 6


@BOTH
def test_paddr_outlives_every_process(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    low, high = system.machine.system_ram
    seen = collect(system)
    system.turn_on(0, kdamond(Target(None, ranges((low, high))), ops="paddr"))
    system.advance(2_000_000)
    system.kill_process(pid)
    system.advance(2_000_000)
    assert status(system).aggregations == len(seen) == 40
    assert not seen[-1].nr_accesses.any()


def test_paddr_finds_a_process_where_it_lies() -> None:
    system = engine()
    pids = [pid_of(system), pid_of(system)]
    for pid in pids:
        for (low, high), mapping in zip(
            system.machine.physical_ranges(pid), system.machine.processes[pid].layout.mappings, strict=True
        ):
            assert high - low == mapping.end - mapping.start
    (low, high) = next(
        found
        for found, mapping in zip(
            system.machine.physical_ranges(pids[1]), system.machine.processes[pids[1]].layout.mappings, strict=True
        )
        if mapping.name == "anon"
    )
    # Of the mapping, the upper half is the hot region, which was allocated first.
    middle = high - MIB
    spans = [(low, low + 800 * KIB), (middle + 8 * KIB, middle + 808 * KIB), (high + GIB, high + GIB + 800 * KIB)]
    seen = collect(system)
    system.turn_on(0, kdamond(Target(None, ranges(*spans)), ops="paddr", nr_min=3, nr_max=3))
    system.advance(200_000)
    assert seen[-1].nr_accesses.tolist() == [0, 20, 0]


def test_memory_that_changed_hands_within_an_aggregation_is_counted_for_both() -> None:
    system = engine()
    first = pid_of(system)
    anon = [m.name for m in system.machine.processes[first].layout.mappings].index("anon")
    low, high = system.machine.physical_ranges(first)[anon]
    spans = [(high - 900 * KIB + i * 200 * KIB, high - 900 * KIB + i * 200 * KIB + 100 * KIB) for i in range(3)]
    seen = collect(system)
    system.turn_on(0, kdamond(Target(None, ranges(*spans)), ops="paddr", nr_min=3, nr_max=3))
    system.advance(50_000)
    system.kill_process(first)
    system.advance(20_000)
    second = pid_of(system)
    assert system.machine.physical_ranges(second)[anon] == (low, high)
    system.advance(30_000)
    # Touched in the first ten samples by one and in the last six by the other.
    assert seen[0].nr_accesses.tolist() == [16] * 3


@BOTH
def test_one_of_two_targets_may_end(kernel: str) -> None:
    system = engine(kernel)
    one, two = pid_of(system), pid_of(system)
    first = page_of(system, one, 0)
    config = kdamond(
        Target(one, ranges(*apart(first)[:2])), Target(two, ranges(*apart(first)[2:])), ops="fvaddr", nr_min=3, nr_max=3
    )
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(250_000)
    system.kill_process(one)
    system.advance(150_000)
    assert status(system).running
    assert [a.nr_accesses.tolist() for a in seen] == [[20, 20, 20]] * 2 + [[10, 10, 20], [0, 0, 20]]
    system.kill_process(two)
    system.advance(5_000)
    assert not status(system).running


@BOTH
def test_a_process_that_takes_over_the_pid_is_not_monitored(kernel: str) -> None:
    """A target is a process, not a number."""
    system = engine(kernel)
    one, two = pid_of(system), pid_of(system)
    first = page_of(system, one, 0)
    config = kdamond(
        Target(one, ranges(*apart(first)[:2])), Target(two, ranges(*apart(first)[2:])), ops="fvaddr", nr_min=3, nr_max=3
    )
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(200_000)
    system.kill_process(one)
    try:
        system.start_process(HOT, pid=one)
    except InputError:
        return
    system.advance(200_000)
    assert seen[-1].nr_accesses.tolist() == [0, 0, 20]


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


# Schemes


@BOTH
def test_schemes_with_short_apply_intervals_try_more_often(kernel: str) -> None:
    """The kernel's damos_apply_interval: 10 ms against 100 ms gives at least nine times as many."""
    system = engine(kernel)
    load = workload({"a": 10 * MIB, "b": 10 * MIB}, *[(2_000, [("ab"[i % 2], False, 4096, 1)]) for i in range(4)])
    pid = pid_of(system, load)
    pattern = {"nr": (5, 20), "age": (2, 2**32 - 1)}
    system.turn_on(0, kdamond(Target(pid), schemes=[stat(**pattern), stat(**pattern, apply_interval_us=10_000)]))  # type: ignore[arg-type]
    system.advance(8_000_000 - 1)
    slow, fast = status(system).schemes
    assert slow.nr_tried > 0
    assert fast.nr_tried / slow.nr_tried >= 9


def test_between_aggregations_schemes_look_at_the_moving_sum() -> None:
    """A region that turns hot enters the pattern when half of the last count has left and half of the new come."""
    system = engine("7.1")
    load = workload({"a": MIB}, (500, [("a", False, 4096, 0)]), (500, [("a", False, 4096, 1)]))
    pid = pid_of(system, load)
    # In samples of 5 ms: applied with counts 1, 2, 3, ... 20.
    schemes = [stat(nr=(10, 20), apply_interval_us=5_000), stat(nr=(20, 20), apply_interval_us=5_000)]
    system.turn_on(0, fixed(pid, page_of(system, pid, 0), schemes=schemes))
    system.advance(500_000)
    assert [s.nr_tried for s in status(system).schemes] == [0, 0]
    system.advance(100_000)
    assert [s.nr_tried for s in status(system).schemes] == [3 * 11, 3]
    system.advance(100_000)
    assert [s.nr_tried for s in status(system).schemes] == [3 * 31, 3 * 21]


def test_nr_snapshots_count_each_target_of_each_round() -> None:
    system = engine("7.1")
    one, two = pid_of(system), pid_of(system)
    config = kdamond(Target(one), Target(two), schemes=[stat(), stat(nr=(30, 40)), stat(apply_interval_us=25_000)])
    system.turn_on(0, config)
    system.advance(500_000)
    assert [s.nr_snapshots for s in status(system).schemes] == [10, 10, 40]


def test_max_nr_snapshots_ends_a_scheme() -> None:
    system = engine("7.1")
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 1), schemes=[stat(max_nr_snapshots=3), stat()])
    system.turn_on(0, config)
    system.advance(700_000)
    limited, free = status(system).schemes
    assert (limited.nr_snapshots, limited.nr_tried) == (3, 9)
    assert (free.nr_snapshots, free.nr_tried) == (7, 21)
    system.commit(0, with_context(config, schemes=(stat(max_nr_snapshots=5), stat())))
    system.advance(700_000)
    assert status(system).schemes[0].nr_snapshots == 5
    assert status(system).schemes[0].nr_tried == 15


def test_6_12_counts_no_snapshots() -> None:
    system = engine("6.12")
    config = kdamond(Target(pid_of(system)), schemes=[stat()])
    system.turn_on(0, config)
    system.advance(500_000)
    assert status(system).schemes[0].nr_snapshots == 0
    assert status(system).schemes[0].nr_tried > 0
    with pytest.raises(InputError, match="max_nr_snapshots"):
        system.commit(0, with_context(config, schemes=(stat(max_nr_snapshots=1),)))


def test_patterns_are_closed_ranges_and_empty_ones_match_nothing() -> None:
    system = engine("7.1")
    pid = pid_of(system)
    size = 100 * KIB
    schemes = [
        stat(sz=(size, size)),
        stat(sz=(size + 1, size * 2)),
        stat(sz=(0, size - 1)),
        stat(nr=(20, 20)),
        stat(nr=(0, 19)),
        stat(age=(1, 1)),
        stat(nr=(20, 5)),
        # The kernel keeps 32 bits: 2^32 becomes 0, and 2^64 - 1 no limit.
        stat(nr=(0, 2**32)),
        stat(nr=(0, 2**64 - 1)),
    ]
    system.turn_on(0, fixed(pid, page_of(system, pid, 0), schemes=schemes))
    system.advance(300_000)
    assert [s.nr_tried for s in status(system).schemes] == [9, 0, 0, 9, 0, 3, 0, 0, 9]


# What is random


@pytest.mark.parametrize("truncated", [False, True], ids=["all of it", "32 bits"])
def test_the_hot_end_of_a_huge_region_is_found_unless_addresses_have_32_bits(truncated: bool) -> None:
    system = engine("6.12", memory_bytes=32 * GIB, truncated_sampling=truncated)
    pid = pid_of(system, workload({"hot": 256 * MIB, "cold": 8 * GIB}, (90_000, [("hot", False, 4096, 1)])))
    low, high = page_of(system, pid, 1), page_of(system, pid, 0) + 256 * MIB
    spans = [(low, high), (high + MIB, high + 2 * MIB), (high + 3 * MIB, high + 4 * MIB)]
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid, ranges(*spans)), ops="fvaddr", nr_min=3, nr_max=3))
    system.advance(10_000_000)
    hits = sum(int(a.nr_accesses[0]) for a in seen)
    # 2000 checks, of which 1 in 33 hits.
    assert hits == 0 if truncated else 30 < hits < 100


def test_with_32_bits_the_hot_beginning_of_a_huge_region_is_all_of_it() -> None:
    """Of 8 GiB and 64 MiB only the first 64 MiB are ever looked at."""
    system = engine("6.12", memory_bytes=32 * GIB, truncated_sampling=True)
    pid = pid_of(system, workload({"cold": 8 * GIB, "hot": 256 * MIB}, (90_000, [("hot", False, 4096, 1)])))
    low = page_of(system, pid, 1)
    spans = [(low, low + 8 * GIB + 64 * MIB), (low + 9 * GIB, low + 10 * GIB), (low + 11 * GIB, low + 12 * GIB)]
    seen = collect(system)
    system.turn_on(0, kdamond(Target(pid, ranges(*spans)), ops="fvaddr", nr_min=3, nr_max=3))
    system.advance(1_000_000)
    assert all(a.nr_accesses.tolist() == [20, 0, 0] for a in seen)


def test_kdamonds_at_once_see_one_workload() -> None:
    """Which of two patterns runs is common to all who look, though each draws its own pages."""
    system = engine(seed=4)
    load = workload(
        {"a": MIB, "b": MIB},
        (60_000, [("a", False, 4096, 1), ("b", False, 4096, 1)]),
        accesses_per_ms=256,
        batch=256 * 30,
    )
    pid = pid_of(system, load)
    first = page_of(system, pid, 0)
    seen = collect(system)
    system.turn_on(0, fixed(pid, first))
    system.turn_on(1, fixed(pid, first + 100 * PAGE))
    system.turn_on(2, fixed(pid, page_of(system, pid, 1), sample_us=2_000, aggr_us=100_000))
    system.advance(10_000_000)
    counts = [np.array([a.nr_accesses.mean() for a in seen if a.kdamond == i]) for i in range(3)]
    together = np.corrcoef(counts)
    assert together[0, 1] > 0.99
    assert together[0, 2] < -0.98


# The kernel's selftests (specification section 15.4)


def alternating(size: int, ms: int = 2_000, rounds: int = 3) -> object:
    """access_memory: two regions of `size` bytes, touched one after the other."""
    return workload({"a": size, "b": size}, *[(ms, [("ab"[i % 2], False, 4096, 1)]) for i in range(2 * rounds)])


def even(n: int, size: int = 10 * MIB) -> object:
    """access_memory_even: `n` regions, of which those with even numbers are rewritten all the time."""
    regions = {f"r{i}": size for i in range(n)}
    return workload(regions, (3_600_000, [(f"r{i}", False, 4096, 1) for i in range(0, n, 2)]), batch=2_560)


def working_set(a: Aggregation, nr: int = 5, age: int = 2) -> int:
    """Bytes that a stat scheme of at least this many accesses and this age would try."""
    return int((a.end - a.start)[(a.nr_accesses >= nr) & (a.age >= age)].sum())


@BOTH
@pytest.mark.parametrize("seed", range(3))
def test_selftest_working_set_size(kernel: str, seed: int) -> None:
    system = engine(kernel, seed=seed)
    pid_of(system, alternating(10 * MIB))
    seen = collect(system)
    system.turn_on(0, kdamond(Target()))
    system.advance(4_000_000)
    sizes = sorted(working_set(a) for a in seen)
    for part in (0.5, 0.75):
        assert abs(sizes[int(len(sizes) * part)] / (10 * MIB) - 1) <= 0.2


@BOTH
@pytest.mark.parametrize(("n", "least", "most"), [(10, 20, 100), (15, 3, 10)])
def test_selftest_nr_regions(kernel: str, n: int, least: int, most: int) -> None:
    system = engine(kernel, seed=1)
    pid_of(system, even(n))
    seen = collect(system)
    system.turn_on(0, kdamond(Target(), nr_min=least, nr_max=most))
    system.advance(4_000_000)
    counts = [a.nr_regions for a in seen[3:]]
    assert least <= min(counts) and max(counts) <= most


@BOTH
def test_selftest_nr_regions_committed_online(kernel: str) -> None:
    system = engine(kernel, seed=1)
    pid_of(system, even(14))
    config = kdamond(Target())
    seen = collect(system)
    system.turn_on(0, config)
    system.advance(3_000_000)
    assert seen[-1].nr_regions > 7
    context: Context = replace(config.contexts[0], nr_regions=NrRegions(3, 7), intervals=Intervals(update_us=100_000))
    system.commit(0, Kdamond((context,)))
    system.advance(300_000)
    assert seen[-1].nr_regions <= 7


@BOTH
def test_selftest_tried_regions(kernel: str) -> None:
    """Fourteen regions, hot and cold by turns: at least as many are seen."""
    system = engine(kernel, seed=2)
    pid_of(system, even(14))
    everything: Scheme = stat()
    seen = collect(system)
    system.turn_on(0, kdamond(Target(), schemes=[everything]))
    system.advance(2_500_000)
    counts = sorted(a.nr_regions for a in seen[-11:])
    assert counts[4] >= 14
