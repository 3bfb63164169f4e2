"""Which pages leave when memory is short."""

from __future__ import annotations

import numpy as np

from engine.machine.extents import FILE, Extents, Piece
from engine.machine.reclaim import reclaim


def extents(*rows: tuple[int, int, int, int]) -> Extents:
    """From (inactive, active, touched at, backing) of each run."""
    pieces, at = [], 0
    for inactive, active, _, backing in rows:
        pieces.append(Piece(at, inactive + active, at + 1000, 0, backing))
        at += inactive + active
    found = Extents(pieces)
    found.untouched[:] = 0
    found.inactive = np.array([row[0] for row in rows], np.int64)
    found.active = np.array([row[1] for row in rows], np.int64)
    found.touched_us = np.array([row[2] for row in rows], np.int64)
    found.young = found.active.copy()
    return found


def test_the_longest_untouched_goes_first_whoever_holds_it() -> None:
    one, two = extents((100, 0, 50, 0), (100, 0, 10, 0)), extents((100, 0, 30, 0))
    taken = reclaim([one, two], 0, 150, 10_000)
    assert one.swapped.tolist() == [0, 100]
    assert two.swapped.tolist() == [50]
    assert [(r.swapped_out, r.dropped, r.freed) for r in taken] == [(100, 0, 100), (50, 0, 50)]


def test_active_pages_are_spared_while_there_are_inactive_ones() -> None:
    one = extents((0, 80, 5, 0), (100, 0, 50, 0))
    reclaim([one], 0, 60, 10_000)
    assert one.swapped.tolist() == [0, 60]
    assert one.active.tolist() == [80, 0]


def test_active_pages_become_inactive_where_those_are_short() -> None:
    one = extents((0, 500, 5, 0), (100, 500, 50, 0))
    reclaim([one], 0, 300, 10_000)
    assert one.swapped.sum() == 300
    assert one.swapped[0] >= 200, "the older ones"
    assert one.inactive.sum() >= 0.3 * one.active.sum()
    assert (one.young <= one.active).all(), "who was moved was made old"


def test_swap_that_is_full_leaves_files_only() -> None:
    one = extents((100, 0, 5, 0), (60, 40, 50, FILE))
    (taken,) = reclaim([one], 0, 500, 30)
    assert (taken.swapped_out, taken.dropped) == (30, 100)
    assert one.swapped.tolist() == [30, 100]


def test_other_nodes_are_left_alone() -> None:
    one = extents((100, 0, 5, 0), (100, 0, 50, 0))
    one.node[0] = 1
    reclaim([one], 0, 500, 10_000)
    assert one.swapped.tolist() == [0, 100]


def test_nothing_is_taken_where_nothing_is() -> None:
    assert [r.freed for r in reclaim([extents()], 0, 5, 10)] == [0]
    assert reclaim([], 0, 5, 10) == []
