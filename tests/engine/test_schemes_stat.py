"""Schemes with action stat: which regions they try, how often, and what they count (specification section 6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.model import Target
from engine.damos.pattern import moving_sum
from engine.errors import InputError
from tests.engine.make import EXAMPLES, KIB, MIB, collect, engine, kdamond, ranges, stat, table, workload
from tests.engine.running import apart, fixed, page_of, pid_of, status, with_context


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


def test_schemes_pass_over_a_target_that_has_ended_from_7_1_on() -> None:
    tried = {}
    for kernel in ("6.12", "7.1"):
        system = engine(kernel)
        one, two = pid_of(system), pid_of(system)
        spans = apart(page_of(system, one, 0))
        targets = (Target(one, ranges(*spans[:2])), Target(two, ranges(*spans[2:])))
        system.turn_on(0, kdamond(*targets, ops="fvaddr", nr_min=3, nr_max=3, schemes=[stat()]))
        system.advance(200_000)
        system.kill_process(one)
        system.advance(200_000)
        tried[kernel] = (status(system).schemes[0].nr_tried, status(system).schemes[0].nr_snapshots)
    assert tried == {"6.12": (12, 0), "7.1": (8, 6)}


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


@EXAMPLES
@given(
    last=st.integers(0, 400),
    window=st.integers(1, 400),
    hits=st.lists(st.booleans(), max_size=400),
)
def test_the_moving_sum_is_what_single_steps_give(last: int, window: int, hits: list[bool]) -> None:
    """Section 3.4, check by check: a part of the last count leaves, the new result enters."""
    regions = table([(0, 4096)], last=[last])
    bp = last * 10_000
    for tick, hit in enumerate(hits[:window], 1):
        bp = bp - last * 10_000 // window + (10_000 if hit else 0)
        regions.nr_accesses = regions.nr_accesses + int(hit)
        assert moving_sum(regions.nr_accesses, regions.last_nr_accesses, tick, window).tolist() == [bp // 10_000]


def test_7_1_folds_what_a_split_left_alike_when_schemes_are_applied() -> None:
    """Halves of cold memory have the same counters; each round of schemes folds them again."""
    counts = {}
    for kernel in ("6.12", "7.1"):
        system = engine(kernel)
        pid = pid_of(system, workload({"a": 16 * MIB}, (90_000, [("a", False, 4096, 0)])))
        start = page_of(system, pid, 0)
        target = Target(pid, ranges((start, start + 15 * MIB)))
        seen = collect(system)
        system.turn_on(0, kdamond(target, ops="fvaddr", schemes=[stat(apply_interval_us=5_000)]))
        system.advance(1_000_000)
        split = status(system).nr_regions
        system.advance(5_000)
        counts[kernel] = (split > seen[-1].nr_regions, status(system).nr_regions == seen[-1].nr_regions)
    assert counts == {"6.12": (True, False), "7.1": (True, True)}
