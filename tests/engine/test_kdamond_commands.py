"""What is committed to a kdamond that runs, and turning it off and on (specification sections 1.5 and 11.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.config.model import Intervals, Kdamond, NrRegions, Target
from engine.errors import InputError
from tests.engine.make import PAGE, collect, engine, kdamond, ranges, spans_of, stat
from tests.engine.running import BOTH, apart, fixed, page_of, pid_of, status, with_context


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
    with pytest.raises(InputError, match=r"nr_regions\.min"):
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
