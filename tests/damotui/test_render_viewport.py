"""The part of the addresses in view: what is done to it can be undone exactly, and it stays at its addresses."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from damotui.render.layout import FOLD, TargetRange, fold, union
from damotui.render.viewport import PAGE, AddressAxis, AddressSpace, Held, Viewport
from tests.damotui.aggregations import HEAP, MIB, MMAP, STACK

PROCESS = AddressSpace(tuple(TargetRange(0, start, start + size) for start, size in (HEAP, MMAP, STACK)))
TOTAL = 101 * MIB + (132 << 10)

spans = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60), st.integers(1, 30)), min_size=1, max_size=6)


def space_of(found, unit=PAGE):
    return AddressSpace(union(TargetRange(t, start * unit, (start + size) * unit) for t, start, size in found))


def bytes_of(space):
    """Each monitored byte, one by one."""
    return [(one.target, address) for one in space.ranges for address in range(one.start, one.end)]


@given(spans)
def test_a_space_counts_its_bytes(found):
    space = space_of(found, unit=1)
    every = bytes_of(space)
    assert space.total == len(every)
    assert [space.place(at) for at in range(-1, len(every) + 1)] == [every[0], *every, every[-1]]
    assert [space.offset(*place) for place in every] == list(range(len(every)))
    for target in range(-1, 4):
        for address in range(100):
            assert space.offset(target, address) == sum(place < (target, address) for place in every)


def test_an_empty_space_has_no_place():
    space = AddressSpace(())
    assert (space.total, space.offset(0, 5), space.cut(space.all)) == (0, 0, ())
    with pytest.raises(ValueError, match="nothing is monitored"):
        space.place(0)


@given(spans, st.fractions(0, 1), st.fractions(Fraction(1, 1000), 1))
def test_cut_keeps_the_pages_of_the_part(found, first, size):
    space = space_of(found)
    assume(size * space.total >= PAGE)
    view = Viewport(first * (1 - size) * space.total, size * space.total)
    cut = space.cut(view)
    pages = [(one.target, address) for one in cut for address in range(one.start, one.end, PAGE)]
    every = [(one.target, address) for one in space.ranges for address in range(one.start, one.end, PAGE)]
    begin = every.index(pages[0])
    assert pages == every[begin : begin + len(pages)]
    assert abs(begin * PAGE - view.first) <= PAGE / 2
    assert abs((begin + len(pages)) * PAGE - view.end) <= 1.5 * PAGE


numbers = st.fractions(-1000, 1000)
sizes = st.fractions(Fraction(1, 100), 1000)
views = st.builds(Viewport, numbers, sizes)


@given(views, numbers, sizes)
def test_what_is_done_is_undone(view, at, size):
    assert view.zoom(at, size).zoom(at, view.size) == view
    assert view.pan(at).pan(-at) == view
    assert view.zoom(at, size).zoom(at, size * 3) == view.zoom(at, size * 3)
    assert view.zoom(view.middle, size).middle == view.middle


@given(views, sizes)
def test_clamped_it_lies_inside_and_what_lies_inside_stays(view, total):
    clamped = view.clamp(total)
    assert clamped.first >= 0 and clamped.end <= total
    assert clamped.clamp(total) == clamped
    if view.first >= 0 and view.end <= total:
        assert clamped == view
    elif view.size <= total:
        assert clamped.size == view.size and (clamped.first == 0 or clamped.end == total)


@given(views, numbers, st.fractions(0, 50))
def test_revealed_it_is_in_view_and_no_further_away_than_needed(view, first, size):
    moved = view.reveal(first, first + size)
    assert moved.size == view.size
    if size <= view.size:
        assert moved.first <= first and first + size <= moved.end
        if moved != view:
            assert first == moved.first or first + size == moved.end
        if view.first <= first and first + size <= view.end:
            assert moved == view
    else:
        assert moved.first == first


def test_zooming_halves_down_to_a_page_a_pixel():
    axis = AddressAxis()
    seen = []
    while axis.zoom(PROCESS, 1, 200, at=50 * MIB):
        seen.append(axis.view(PROCESS).size)
    assert seen == [*(Fraction(TOTAL, 2**k) for k in range(1, 8)), 200 * PAGE]
    (only,) = PROCESS.cut(axis.view(PROCESS))
    assert only.end - only.start == 200 * PAGE
    made = fold([only], 200)
    assert made.addresses_at(7) == TargetRange(0, only.start + 7 * PAGE, only.start + 8 * PAGE)
    assert axis.zoom(PROCESS, -100, 200)
    assert axis.held is axis.whole is None
    assert not axis.zoom(PROCESS, -1, 200)


@settings(max_examples=150)
@given(spans, st.lists(st.tuples(st.sampled_from(["zoom", "pan", "show"]), st.integers(-3, 3), st.fractions(0, 1)),
                       max_size=5), st.fractions(0, 1), st.integers(1, 20))  # fmt: skip
def test_zooming_in_at_a_byte_and_out_again_shows_the_same(found, before, at, pixels):
    space, axis = space_of(found), AddressAxis()
    for what, count, share in before:
        if what == "show":
            axis.show(space, Viewport(share * space.total / 2, Fraction(space.total, 3)))
        elif what == "pan":
            axis.pan(space, share * count * axis.view(space).size)
        else:
            axis.zoom(space, count, pixels, at=share * space.total)
    shown = axis.view(space)
    byte = shown.first + at * shown.size
    if axis.zoom(space, 1, pixels, byte):
        assert axis.view(space).size < shown.size
        assert axis.zoom(space, -1, pixels, byte)
        assert axis.view(space) == shown


def test_it_stays_at_its_addresses_when_other_memory_comes_and_goes():
    axis = AddressAxis()
    axis.show(PROCESS, PROCESS.part(0, MMAP[0] + 10 * MIB, MMAP[0] + 20 * MIB))
    more = AddressSpace((TargetRange(0, 0, 7 * MIB), *PROCESS.ranges))
    assert more.cut(axis.view(more)) == PROCESS.cut(axis.view(PROCESS)) == (
        TargetRange(0, MMAP[0] + 10 * MIB, MMAP[0] + 20 * MIB),
    )  # fmt: skip
    gone = AddressSpace(PROCESS.ranges[:1])
    assert gone.cut(axis.view(gone)) == PROCESS.ranges[:1]
    assert PROCESS.cut(axis.view(PROCESS))[0].start == MMAP[0] + 10 * MIB


def test_panning_goes_from_range_to_range_and_ends_at_the_last():
    axis = AddressAxis()
    axis.show(PROCESS, PROCESS.part(0, *(HEAP[0], sum(HEAP))))
    assert axis.pan(PROCESS, MIB // 2)
    assert PROCESS.cut(axis.view(PROCESS)) == (
        TargetRange(0, HEAP[0] + MIB // 2, sum(HEAP)), TargetRange(0, MMAP[0], MMAP[0] + MIB // 2),
    )  # fmt: skip
    made = fold(PROCESS.cut(axis.view(PROCESS)), 41)
    assert made.kinds.tolist() == [0] * 20 + [FOLD] + [0] * 20
    assert axis.pan(PROCESS, 1000 * MIB)
    assert axis.view(PROCESS).end == TOTAL
    assert not axis.pan(PROCESS, 1)


def test_a_mapping_shown_alone_is_what_zooming_comes_back_to():
    axis = AddressAxis()
    stack = PROCESS.part(0, STACK[0], sum(STACK))
    axis.show(PROCESS, stack)
    assert axis.view(PROCESS) == stack
    assert not axis.zoom(PROCESS, 1, 200)  # it has fewer pages than there are pixels
    axis.zoom(PROCESS, -3, 200)
    assert axis.view(PROCESS).size == 8 * (132 << 10)
    axis.zoom(PROCESS, 3, 200)
    assert axis.view(PROCESS).size == 132 << 10
    axis.show(PROCESS, PROCESS.all)
    assert axis.held is axis.whole is None


@given(spans, st.fractions(0, 1), st.fractions(Fraction(1, 50), 1))
def test_held_a_part_is_what_it_was(found, first, size):
    space = space_of(found)
    view = Viewport(first * (1 - size) * space.total, size * space.total)
    assert Held.of(view, space).view(space) == view


def test_the_layout_of_a_part_has_the_addresses_of_the_whole():
    view = Viewport(Fraction(TOTAL, 4), Fraction(TOTAL, 2))
    made = fold(PROCESS.cut(view), 101)
    (segment,) = made.segments
    assert segment.target == 0 and (segment.first, segment.size) == (0, 101)
    first = round(TOTAL / 4 / PAGE) * PAGE
    assert segment.start == MMAP[0] + first - MIB
    assert made.positions(0, np.array([HEAP[0], segment.start, STACK[0]], np.uint64)).tolist() == [0, 0, 101]
