"""The kernel's own test vectors of regions, attributes and access counts (specification sections 15.1 and 15.2)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.attrs import convert_results, max_nr_accesses
from engine.config.model import UINT_MAX, Intervals, Target
from engine.config.validate import check
from engine.damos.pattern import moving_sum
from engine.damos.round_table import RoundTable
from engine.errors import InputError
from engine.regions.initial import (
    apply_min_nr_regions,
    pieces_of_three,
    region_size_limit,
    set_regions,
    split_evenly,
    three_ranges,
)
from engine.regions.merge import merge_pass
from engine.regions.split import chosen_above_half, pieces_wanted, split
from engine.regions.table import Ranges, Regions, concatenate
from engine.versions import kernel_version, release
from tests.engine.make import MIB, collect, engine, kdamond, rows, table, workload

Spans = list[tuple[int, int]]

V612, V71 = kernel_version("6.12"), kernel_version("7.1")


def test_a_new_region_has_all_counters_zero() -> None:
    regions = Regions.from_ranges([(1, 2)])
    assert rows(regions) == [(0, 1, 2, 0, 0, 0)]
    assert len(regions) == 1
    assert len(regions.take(np.array([], np.intp))) == 0
    assert len(concatenate([])) == 0


def test_reset_remembers_counts_and_keeps_regions() -> None:
    spans = [[(10, 15), (20, 27), (30, 40)], [(5, 31), (42, 45), (49, 55)], [(13, 23), (33, 44), (55, 66)]]
    counts = [[42, 95, 84], [10, 20, 30], [0, 1, 2]]
    parts = [table(s, nr=n, target=[i] * 3) for i, (s, n) in enumerate(zip(spans, counts, strict=True))]
    regions = concatenate(parts)
    regions.reset()
    assert regions.nr_accesses.tolist() == [0] * 9
    assert regions.last_nr_accesses.tolist() == [42, 95, 84, 10, 20, 30, 0, 1, 2]
    assert [regions.ranges(i) for i in range(3)] == spans


def test_split_at_copies_every_counter_to_both_parts() -> None:
    regions = table([(0, 100)], nr=[42], last=[15], age=[10])
    round_of_schemes = RoundTable(regions, regions.nr_accesses)
    first = round_of_schemes.piece(0)
    rest = first.cut(25)
    round_of_schemes.put(0, [first, rest])
    assert round_of_schemes.settle()
    assert rows(regions) == [(0, 0, 25, 42, 15, 10), (0, 25, 100, 42, 15, 10)]


def test_merging_two_weighs_counts_and_ages_by_size() -> None:
    regions = table([(0, 100), (100, 300)], nr=[10, 20], last=[3, 4], age=[9, 21])
    merge_pass(regions, 10, 300)
    assert rows(regions) == [(0, 0, 300, 16, 3, 17)]


def test_merge_regions_of() -> None:
    starts = [0, 100, 114, 122, 130, 156, 170, 184, 230]
    ends = [100, 112, 122, 130, 156, 170, 184, 230, 10170]
    regions = table(list(zip(starts, ends, strict=True)), nr=[0, 0, 10, 10, 20, 30, 1, 2, 5])
    merge_pass(regions, 9, 9999)
    assert regions.ranges() == [(0, 112), (114, 130), (130, 156), (156, 170), (170, 230), (230, 10170)]


@pytest.mark.parametrize(
    ("spans", "pieces", "min_sz", "most"),
    [
        ([(0, 22)], 2, 1, 2),
        ([(0, 220)], 4, 1, 4),
        ([(0, 220), (300, 400), (500, 700)], 4, 5, 12),
    ],
    ids=["two pieces", "four pieces", "pieces are multiples of the least size"],
)
def test_split_regions_of(spans: Spans, pieces: int, min_sz: int, most: int) -> None:
    found = set()
    for seed in range(200):
        regions = table(spans)
        split(regions, pieces, min_sz, np.random.default_rng(seed))
        assert len(regions) <= most
        assert all((e - s) % min_sz == 0 for s, e in regions.ranges())
        assert regions.total_bytes == sum(e - s for s, e in spans)
        found.add(len(regions))
    assert max(found) == most


@pytest.mark.parametrize(
    ("nr", "last", "most", "pieces"),
    [
        (500, 0, 1000, 2),
        (501, 0, 1000, 1),
        (332, 332, 1000, 3),
        (333, 333, 1000, 2),
        (332, 331, 1000, 2),
        (760, 760, 1500, 1),
        (0, 0, 1000, 3),
    ],
    ids=[
        "at half of max",
        "above half of max",
        "stuck below a third",
        "stuck at a third",
        "moving below a third",
        "760 of 1500 up to 7.1",
        "none",
    ],
)
def test_how_many_pieces_a_split_makes(nr: int, last: int, most: int, pieces: int) -> None:
    assert pieces_wanted(nr, last, most) == pieces


@pytest.mark.parametrize(
    ("spans", "ranges", "expected"),
    [
        ([(4, 16), (24, 32)], [(8, 28)], [(8, 16), (16, 24), (24, 28)]),
        ([(0, 4), (4, 17)], [(0, 15), (25, 40)], [(0, 4), (4, 15), (25, 40)]),
        ([(0, 4), (42, 52)], [(0, 15), (25, 40), (44, 50)], [(0, 15), (25, 40), (44, 50)]),
        ([(4, 16), (24, 32)], [(18, 23)], [(18, 23)]),
        ([], [(5, 15), (15, 25)], [(5, 15), (15, 25)]),
        ([(3, 8), (8, 10)], [(4, 6)], [(4, 6)]),
    ],
    ids=[
        "hole filled",
        "cut and added",
        "stretched, added, cut",
        "all replaced",
        "from nothing",
        "commit_target_regions",
    ],
)
def test_set_regions(spans: Spans, ranges: Ranges, expected: Spans) -> None:
    assert set_regions(table(spans), 0, ranges, 1).ranges() == expected


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        (
            [(5, 27), (45, 55), (73, 104)],
            [(5, 20), (20, 27), (45, 55), (73, 80), (80, 90), (90, 104)],
        ),
        (
            [(5, 27), (56, 57), (65, 104)],
            [(5, 20), (20, 27), (56, 57), (65, 80), (80, 90), (90, 104)],
        ),
        (
            [(5, 27), (61, 63), (65, 104)],
            [(5, 20), (20, 27), (61, 63), (65, 80), (80, 90), (90, 104)],
        ),
        ([(5, 7), (30, 32), (65, 68)], [(5, 7), (30, 32), (65, 68)]),
    ],
    ids=["small change", "middle shrinks", "middle moves", "all shrink away"],
)
def test_applying_three_ranges(ranges: Ranges, expected: Spans) -> None:
    spans = [(10, 20), (20, 30), (50, 55), (55, 57), (57, 59), (70, 80), (80, 90), (90, 100)]
    assert set_regions(table(spans), 0, ranges, 1).ranges() == expected


def test_three_regions_leave_out_the_two_largest_gaps() -> None:
    mappings = [(10, 20), (20, 25), (200, 210), (210, 220), (300, 305), (307, 330)]
    assert three_ranges(mappings, 1) == [(10, 25), (200, 220), (300, 330)]


@pytest.mark.parametrize(
    ("mappings", "expected"),
    [
        ([(0, 1), (3, 4), (6, 7), (9, 10)], [(0, 1), (3, 4), (6, 10)]),
        ([(0, 1), (3, 4), (7, 8), (10, 11)], [(0, 1), (3, 4), (7, 11)]),
        ([(0, 10), (20, 30)], None),
        ([(0, 10), (10, 30), (40, 50)], None),
        ([], None),
    ],
    ids=["of equal gaps the earlier stay", "ties beside a larger gap", "one gap", "gaps of nothing", "no mappings"],
)
def test_three_regions_at_the_borders(mappings: Spans, expected: Spans | None) -> None:
    assert three_ranges(mappings, 1) == expected


def test_three_regions_are_rounded_up_to_pages() -> None:
    mappings = [(1, 4097), (20_000, 24_577), (90_000, 90_001)]
    assert three_ranges(mappings, 4096) == [(4096, 8192), (20_480, 28_672), (90_112, 90_112)]


@pytest.mark.parametrize(
    ("span", "pieces", "expected"),
    [
        ((0, 100), 0, None),
        ((0, 100), 10, [(i, i + 10) for i in range(0, 100, 10)]),
        ((5, 59), 5, [(5, 15), (15, 25), (25, 35), (35, 45), (45, 59)]),
        ((5, 6), 2, None),
        ((5, 59), 1, [(5, 59)]),
    ],
    ids=["no pieces", "no rest", "the last takes the rest", "too small", "one piece"],
)
@pytest.mark.parametrize("exact", [True, False], ids=["6.13+", "up to 6.12"])
def test_split_evenly(span: tuple[int, int], pieces: int, expected: Spans | None, exact: bool) -> None:
    assert split_evenly(span, pieces, 1, exact=exact) == expected


@pytest.mark.parametrize(
    ("exact", "sizes"), [(True, [2, 2, 2, 5]), (False, [2, 2, 2, 2, 3])], ids=["6.13+", "up to 6.12"]
)
def test_split_evenly_of_eleven_pages_in_four(exact: bool, sizes: list[int]) -> None:
    pieces = split_evenly((0, 11 * 4096), 4, 4096, exact=exact)
    assert pieces is not None
    assert [(e - s) // 4096 for s, e in pieces] == sizes


def test_pieces_of_three_leave_small_ranges_whole() -> None:
    expected = [(0, 3), (100, 133), (133, 166), (166, 200), (300, 301)]
    assert pieces_of_three([(0, 3), (100, 200), (300, 301)], 4, 1, exact=True) == expected


@pytest.mark.parametrize(
    ("size", "min_sz", "min_nr", "limit", "count"),
    [(10, 1, 10, 1, 10), (10, 1, 15, 1, 10), (10, 2, 2, 6, 2), (10, 2, 10, 2, 5)],
)
def test_apply_min_nr_regions(size: int, min_sz: int, min_nr: int, limit: int, count: int) -> None:
    regions = table([(0, size)], nr=[7], last=[8], age=[9])
    assert apply_min_nr_regions(regions, min_nr, min_sz) == limit
    assert len(regions) == count
    spans = regions.ranges()
    assert [e - s for s, e in spans[:-1]] == [limit] * (count - 1)
    assert spans[-1][1] == size
    assert [row[3:] for row in rows(regions)] == [(7, 8, 9)] * count


def test_region_size_limit_is_over_all_targets() -> None:
    regions = table([(0, 60), (100, 160)], target=[0, 1])
    assert region_size_limit(regions, 10, 1) == 12
    assert region_size_limit(regions, 1000, 1) == 1


@pytest.mark.parametrize(
    ("sample_us", "aggr_us", "samples"),
    [(0, 5000, 5000), (0, 0, 1), (1, 2**32, UINT_MAX), (5000, 100_000, 20), (7, 20, 2)],
)
def test_samples_per_aggregation(sample_us: int, aggr_us: int, samples: int) -> None:
    assert max_nr_accesses(Intervals(sample_us, aggr_us)) == samples


def test_results_are_converted_to_new_intervals() -> None:
    """update_monitoring_result: the old attributes stay those with sample 10 and aggr 1000."""
    regions = table([(3, 7)], nr=[15], age=[20])
    old = Intervals(10, 1000)
    for new, nr, age in ((Intervals(100, 10_000), 15, 2), (Intervals(1, 1000), 150, 2), (Intervals(1, 100), 150, 20)):
        convert_results(regions, old, new, aggregating=False, kernel=V71)
        assert (regions.nr_accesses.tolist(), regions.age.tolist()) == ([nr], [age])


@pytest.mark.parametrize(
    ("kernel", "aggregating", "expected"),
    [
        ("7.1", True, (0, 40, 2)),
        ("7.1", False, (150, 4, 2)),
        ("6.12", True, (150, 4, 2)),
        ("6.12", False, (150, 4, 2)),
        ("next", True, (0, 40, 2)),
        ("next", False, (150, 40, 2)),
        ("6.2", True, (15, 4, 20)),
    ],
)
def test_what_a_conversion_keeps(kernel: str, aggregating: bool, expected: tuple[int, int, int]) -> None:
    regions = table([(3, 7)], nr=[15], last=[4], age=[20])
    new = Intervals(10, 10_000)
    convert_results(regions, Intervals(10, 1000), new, aggregating=aggregating, kernel=release(kernel))
    assert rows(regions)[0][3:] == expected


@pytest.mark.parametrize("zero", ["sample_us", "aggr_us"])
@pytest.mark.parametrize("which", ["old", "new"])
def test_an_interval_of_zero_prevents_conversion(zero: str, which: str) -> None:
    regions = table([(3, 7)], nr=[15], last=[4], age=[20])
    both = {"old": Intervals(10, 1000), "new": Intervals(10, 10_000)}
    both[which] = replace(both[which], **{zero: 0})
    convert_results(regions, both["old"], both["new"], aggregating=False, kernel=V71)
    assert rows(regions)[0][3:] == (15, 4, 20)


def test_conversion_from_more_samples_than_fit_in_32_bits() -> None:
    regions = table([(3, 7)], nr=[123])
    convert_results(regions, Intervals(10, 2**32 * 10), Intervals(10, 1000), aggregating=False, kernel=V71)
    assert regions.nr_accesses.tolist() == [0]


def test_conversion_from_the_longest_interval() -> None:
    """Products wrap at 64 bits, as the kernel's do."""
    regions = table([(3, 7)], nr=[0], age=[3])
    longest = Intervals(5000, 2**64 - 1)
    convert_results(regions, longest, Intervals(5000, 100_000), aggregating=False, kernel=V71)
    assert regions.age.tolist() == [(3 * (2**64 - 1) % 2**64) // 100_000 % 2**32]


@pytest.mark.parametrize(
    ("change", "accepted"),
    [({}, True), ({"nr_min": 1}, False), ({"nr_max": 9}, False), ({"aggr_us": 4999}, False)],
    ids=["defaults", "min_nr_regions 1", "max_nr_regions 9", "aggr 4999"],
)
@pytest.mark.parametrize("kernel", [V612, V71], ids=["6.12", "7.1"])
def test_set_attrs(kernel: object, change: dict[str, int], accepted: bool) -> None:
    config = kdamond(Target(1), **change)  # type: ignore[arg-type]
    if accepted:
        check(config, kernel)  # type: ignore[arg-type]
    else:
        with pytest.raises(InputError):
            check(config, kernel)  # type: ignore[arg-type]


def test_moving_sum() -> None:
    """In units of accesses: the vector's 50000 are 50000 accesses here, and 10000 new ones count 10000."""
    new = [10_000, 0, 10_000, 0, 0, 0, 10_000, 0, 0, 0]
    regions = table([(0, 10)], last=[50_000])
    seen = []
    for tick, value in enumerate(new, 1):
        regions.nr_accesses = regions.nr_accesses + value
        seen.append(int(moving_sum(regions.nr_accesses, regions.last_nr_accesses, tick, 10)[0]))
    assert seen == [55_000, 50_000, 55_000, 50_000, 45_000, 40_000, 45_000, 40_000, 35_000, 30_000]


def test_moving_sum_is_the_last_count_before_the_first_check_and_the_new_one_after_the_last() -> None:
    regions = table([(0, 10), (10, 20)], nr=[0, 0], last=[20, 7])
    assert moving_sum(regions.nr_accesses, regions.last_nr_accesses, 0, 20).tolist() == [20, 7]
    regions.nr_accesses = np.array([3, 20])
    assert moving_sum(regions.nr_accesses, regions.last_nr_accesses, 20, 20).tolist() == [3, 20]


def test_newer_kernels_split_above_half_of_the_bound_too() -> None:
    """760 regions of 100 bytes with a bound of 1500: every second one is split, by turns, and the bound holds."""
    spans = [(100 * i, 100 * i + 100) for i in range(760)]
    numbers = []
    for rotation in range(2):
        regions = Regions.from_ranges(spans)
        chosen = chosen_above_half(760, 1_500, rotation)
        assert chosen is not None and np.flatnonzero(chosen)[:3].tolist() == [rotation, rotation + 2, rotation + 4]
        split(regions, 2, 1, np.random.default_rng(3), chosen)
        assert regions.total_bytes == 76_000
        numbers.append(len(regions))
    assert numbers == [760 + 380, 760 + 380]
    assert chosen_above_half(1_500, 1_500, 0) is None


def test_a_context_of_a_newer_kernel_fills_its_bound_further() -> None:
    load = workload({"a": 64 * MIB}, (1_000, [("a", True, 4096, 1)]), accesses_per_ms=3_000, batch=3_000)
    most = {}
    for name in ("7.1", "next"):
        system = engine(name)
        pid = system.start_process(load, loop=True)
        seen = collect(system)
        system.turn_on(0, kdamond(Target(pid), nr_min=10, nr_max=40))
        system.advance(10_000_000)
        most[name] = max(len(a.start) for a in seen[20:])
        assert most[name] <= 40
    assert most["next"] > most["7.1"]
