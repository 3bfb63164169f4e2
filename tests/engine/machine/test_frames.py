"""Physical page numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.machine.frames import BEYOND, Frames
from engine.machine.hardware import Hardware
from tests.engine.make import EXAMPLES, GIB, MIB

RAM = 4 << 30


def test_watermarks_are_those_that_linux_computes() -> None:
    (node,) = Hardware.of((16 * GIB,), 0, ram_start=RAM).nodes
    assert node.pages == 4 << 20
    assert node.kernel_pages == 65_536
    # The square root of 16 times 16 Mi KiB is 16 MiB; a thousandth of the memory is more than a quarter of that.
    assert (node.min_pages, node.low_pages, node.high_pages) == (4096, 4096 + 4194, 4096 + 2 * 4194)


def test_two_nodes_share_the_minimum() -> None:
    first, second = Hardware.of((3 * GIB, GIB), 8 * MIB, ram_start=RAM).nodes
    assert second.first_frame == first.first_frame + 3 * GIB // 4096
    assert first.min_pages == 3 * second.min_pages
    assert first.min_pages + second.min_pages == 8192 * 1024 // 4096


def frames(*node_mib: int) -> Frames:
    return Frames(Hardware.of(tuple(mib * MIB for mib in node_mib), 0, ram_start=RAM))


def test_a_mapping_goes_to_the_first_node_that_has_room_for_all_of_it() -> None:
    free = frames(64, 256)
    ((frame, pages),) = free.place(32 * 256)
    assert free.node_of(frame) == 0 and pages == 32 * 256
    ((frame, _),) = free.place(100 * 256)
    assert free.node_of(frame) == 1


def test_a_mapping_larger_than_memory_lies_beyond_it_in_part() -> None:
    free = frames(64)
    runs = free.place(100 * 256)
    assert sum(pages for _, pages in runs) == 100 * 256
    beyond = sum(pages for frame, pages in runs if frame >= BEYOND)
    assert beyond == 100 * 256 - (64 * 256 - 256)
    assert {free.node_of(frame) for frame, _ in runs} == {0}


def test_what_is_given_back_is_joined() -> None:
    free = frames(64)
    whole = free.free(0)
    runs = [free.take(100, 0)[0] for _ in range(5)]
    for i in (1, 3, 0, 4, 2):
        free.give(*runs[i])
    assert free.free(0) == whole
    assert free.take(whole, 0) == [(runs[0][0], whole)]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5000), st.integers(0, 1)), max_size=40))
@EXAMPLES
def test_no_number_is_handed_out_twice(steps: list[tuple[bool, int, int]]) -> None:
    free, held = frames(16, 32), []
    for takes, pages, node in steps:
        if takes or not held:
            runs = free.take(pages, node)
            assert sum(n for _, n in runs) == pages
            assert {free.node_of(frame) for frame, _ in runs} == {node}
            held += runs
        else:
            free.give(*held.pop(pages % len(held)))
        spans = sorted(held)
        assert all(a + n <= b for (a, n), (b, _) in pairwise(spans))


@pytest.mark.parametrize("node", [0, 1])
def test_numbers_beyond_memory_belong_to_their_node(node: int) -> None:
    free = frames(16, 16)
    free.take(free.free(node), node)
    ((frame, _),) = free.take(10, node)
    assert frame >= BEYOND and free.node_of(frame) == node
