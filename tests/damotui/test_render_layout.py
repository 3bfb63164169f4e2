"""The address axis: gaps fold, segments keep their order and proportion, and nothing moves without reason."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.render import layout
from damotui.render.layout import DATA, EDGE, FOLD, TargetRange, fold, ranges_of, union
from tests.damotui.aggregations import HEAP, MIB, MMAP, STACK, aggregation, step

PROCESS = [TargetRange(0, start, start + size) for start, size in (HEAP, MMAP, STACK)]


def kinds(made):
    return "".join({DATA: ".", FOLD: "|", EDGE: "#"}[kind] for kind in made.kinds.tolist())


def test_ranges_are_the_regions_joined():
    one = aggregation([(0, 0, 10, 1), (0, 10, 30, 2), (0, 40, 50, 0), (1, 50, 60, 3)])
    assert ranges_of(one) == (TargetRange(0, 0, 30), TargetRange(0, 40, 50), TargetRange(1, 50, 60))
    assert ranges_of(step(0)) == ranges_of(step(30)) == tuple(PROCESS)
    assert ranges_of(aggregation([])) == ()


def test_union_joins_what_overlaps_or_touches():
    found = union([TargetRange(0, 5, 9), TargetRange(0, 0, 5), TargetRange(1, 9, 12), TargetRange(0, 7, 8)])
    assert found == (TargetRange(0, 0, 9), TargetRange(1, 9, 12))


def test_large_gaps_fold_to_one_column():
    made = fold(PROCESS, 60)
    assert kinds(made) == "..." + "|" + "." * 52 + "|" + "..."
    assert [(s.start, s.end) for s in made.segments] == [(r.start, r.end) for r in PROCESS]


def test_folded_gaps_are_whole_cells_when_a_cell_has_two_pixels():
    made = fold(PROCESS, 60, unit=2)
    assert kinds(made) == "......" + "||" + "." * 44 + "||" + "......"


def test_a_gap_too_wide_to_scale_folds():
    ranges = [TargetRange(0, 0, 100 * MIB), TargetRange(0, 105 * MIB, 106 * MIB)]
    assert kinds(fold(ranges, 40)) == "." * 40
    assert kinds(fold(ranges, 200)) == "." * 196 + "|" + "..."


def test_small_gaps_stay_to_scale():
    made = fold([TargetRange(0, 0, 50 * MIB), TargetRange(0, 52 * MIB, 102 * MIB)], 102)
    assert kinds(made) == "." * 102
    assert made.positions(0, np.array([0, 51 * MIB, 102 * MIB], np.uint64)).tolist() == [0.0, 51.0, 102.0]


def test_targets_stand_side_by_side():
    made = fold([TargetRange(0, 0, MIB), TargetRange(1, 0, 3 * MIB)], 41)
    assert kinds(made) == "." * 10 + "#" + "." * 30
    assert made.targets == (0, 1)
    assert made.positions(1, np.array([MIB], np.uint64)).tolist() == [21.0]


def test_an_address_in_a_gap_lies_at_the_end_of_the_segment_before():
    made = fold(PROCESS, 60)
    found = made.positions(0, np.array([0, HEAP[0], sum(HEAP), 0x600000000000, MMAP[0], 2**64 - 1], np.uint64))
    assert found.tolist() == [0, 0, 3, 3, 4, 60]


def test_pixels_know_their_addresses():
    made = fold(PROCESS, 60)
    assert made.addresses_at(4) == TargetRange(0, MMAP[0], MMAP[0] + 100 * MIB // 52)
    assert made.addresses_at(55).end == sum(MMAP)
    assert made.addresses_at(3) is None
    assert made.addresses_at(-1) is made.addresses_at(60) is None


def test_more_ranges_than_columns_still_fit():
    ranges = [TargetRange(0, i << 30, (i << 30) + 4096) for i in range(100)]
    made = fold(ranges, 20)
    assert made.segments[0].start == 0
    assert made.segments[-1].end == (99 << 30) + 4096
    assert made.segments[-1].first + made.segments[-1].size == 20


def test_more_targets_than_columns_leaves_out_the_last():
    made = fold([TargetRange(i, 0, 4096) for i in range(100)], 20)
    assert made.targets == tuple(range(10))


@pytest.mark.parametrize("size", [0, -3])
def test_no_room_no_segments(size):
    made = fold(PROCESS, size)
    assert made.segments == ()
    assert kinds(made) == ""


def test_nothing_monitored_no_segments():
    assert fold([], 10).segments == ()
    assert kinds(fold([TargetRange(0, 5, 5)], 10)) == "." * 10


RANGES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2**47), st.integers(1, 2**40)).map(
        lambda t: TargetRange(t[0], t[1], t[1] + t[2])
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(RANGES, st.integers(1, 120), st.sampled_from([1, 2]))
def test_layout_invariants(ranges, cells, unit):
    made = fold(ranges, cells * unit, unit=unit)
    assert made == fold(reversed(ranges), cells * unit, unit=unit)
    at = 0
    for segment in made.segments:
        assert segment.first == at
        assert segment.size >= unit
        assert segment.size % unit == 0
        assert segment.start < segment.end
        at = segment.first + segment.size + unit
    assert at - unit == cells * unit
    for target in made.targets:
        own = [s for s in made.segments if s.target == target]
        addresses = np.array(sorted({a for s in own for a in (s.start, (s.start + s.end) // 2, s.end)}), np.uint64)
        positions = made.positions(target, addresses)
        assert (np.diff(positions) >= 0).all()
        for segment in own:
            ends = made.positions(target, np.array([segment.start, segment.end - 1], np.uint64))
            assert segment.first <= ends[0] <= ends[1] <= segment.first + segment.size + 1e-6


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 2**40), min_size=1, max_size=10), st.integers(40, 200))
def test_columns_are_shared_in_proportion(sizes, cells):
    shares = layout._share(cells, sizes)
    assert sum(shares) == cells
    assert min(shares) >= 1
    for a, x in zip(sizes, shares, strict=True):
        for b, y in zip(sizes, shares, strict=True):
            if a > b:
                assert x >= y - 1
