"""Runs of pages: whole pages are counted, and never lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.machine.extents import COUNTS, NEVER, STATES, Extents, Piece, part_of
from tests.engine.machine.machines import check_extents, one_extent
from tests.engine.make import EXAMPLES

INT = np.int64


def test_cuts_give_each_part_its_share() -> None:
    extents = one_extent(100, start=1000, frame=5000)
    extents.untouched[0], extents.inactive[0], extents.active[0], extents.young[0] = 10, 30, 60, 45
    extents.cut(np.array([1050, 1075, 1000, 1100, 7], INT))
    assert extents.start.tolist() == [1000, 1050, 1075]
    assert extents.pages.tolist() == [50, 25, 25]
    assert extents.frame.tolist() == [5000, 5050, 5075]
    assert extents.untouched.sum() == 10 and extents.untouched[0] == 5
    assert extents.inactive[0] == 15 and extents.active[0] == 30
    assert extents.young[0] == 22
    check_extents(extents)


def test_joins_only_what_is_alike_and_in_one_piece() -> None:
    pieces = [Piece(0, 10, 100, 0, 0), Piece(10, 10, 110, 0, 0), Piece(20, 10, 200, 0, 0), Piece(31, 10, 210, 0, 0)]
    extents = Extents(pieces)
    extents.coalesce(0)
    assert extents.pages.tolist() == [20, 10, 10], (
        "the third lies elsewhere in physical memory, the fourth behind a gap"
    )
    extents.cut(np.array([4, 8], INT))
    extents.enter_memory(np.array([1]), np.array([4]), np.array([0]))
    extents.coalesce(0)
    assert extents.start.tolist() == [0, 4, 8, 20, 31], "what is in memory differs from what is not"


@pytest.mark.parametrize(("age_us", "joined"), [(90_000, True), (200_000, False)])
def test_pages_touched_at_different_times_stay_apart(age_us: int, joined: bool) -> None:
    extents = one_extent(20)
    extents.cut(np.array([10], INT))
    extents.enter_memory(np.arange(2), np.array([10, 10]), np.zeros(2, INT))
    extents.touched_us[:] = 1_000_000, 1_000_000 - age_us
    extents.coalesce(1_000_000)
    assert len(extents) == (1 if joined else 2)


def test_of_older_pages_age_is_told_less_exactly() -> None:
    extents = one_extent(20)
    extents.cut(np.array([10], INT))
    extents.enter_memory(np.arange(2), np.array([10, 10]), np.zeros(2, INT))
    extents.touched_us[:] = 0, 1_000_000
    extents.coalesce(20_000_000)
    assert extents.touched_us.tolist() == [500_000]


def test_pages_that_were_never_touched_are_forgotten_when_they_leave() -> None:
    extents = one_extent(512)
    extents.enter_memory(np.array([0]), np.array([512]), np.array([0]))
    extents.huge[0], extents.bloat[0] = 512, 500
    kept = extents.leave_memory(np.array([0]), np.array([512]), np.array([0]), saves=True)
    assert kept.tolist() == [12]
    assert (extents.untouched[0], extents.swapped[0], extents.saved[0], extents.huge[0]) == (500, 12, 12, 0)


def test_nothing_is_known_of_what_was_never_touched() -> None:
    assert one_extent(3).touched_us.tolist() == [NEVER]


@given(
    st.lists(st.tuples(*[st.integers(0, 40)] * 4).filter(any), min_size=1, max_size=5),
    st.lists(st.integers(0, 700), max_size=30),
    st.randoms(use_true_random=False),
)
@EXAMPLES
def test_cutting_and_joining_keeps_every_page(states, cuts, chance) -> None:  # type: ignore[no-untyped-def]
    pieces, start = [], 0
    for counts in states:
        pieces.append(Piece(start, sum(counts), start + 1000, 0, 0))
        start += sum(counts)
    extents = Extents(pieces)
    for i, name in enumerate(STATES):
        setattr(extents, name, np.array([counts[i] for counts in states], INT))
    for name in ("huge", "young"):
        setattr(extents, name, np.array([chance.randint(0, int(r)) for r in extents.resident], INT))
    extents.bloat = np.minimum(extents.resident - extents.young, 3)
    extents.saved = extents.swapped // 2
    before = {name: extents.total(name) for name in COUNTS}
    extents.cut(np.array(cuts, INT))
    assert {name: extents.total(name) for name in COUNTS} == before
    assert set(cuts) & set(range(1, start)) <= set(extents.start.tolist())
    assert (extents.frame - extents.start == 1000).all()
    for name in STATES:
        assert (getattr(extents, name) >= 0).all()
    extents.coalesce(0)
    assert {name: extents.total(name) for name in COUNTS} == before
    assert (sum(getattr(extents, name) for name in STATES) == extents.pages).all()


@given(st.integers(0, 10**11), st.integers(0, 10**11), st.integers(1, 10**11))
@EXAMPLES
def test_a_part_never_gets_more_than_there_is_nor_leaves_too_much(count: int, part: int, whole: int) -> None:
    count, part = min(count, whole), min(part, whole)
    (got,) = part_of(np.array([count]), np.array([part]), np.array([whole])).tolist()
    assert max(0, count - (whole - part)) <= got <= min(count, part)
    assert abs(got - count * part / whole) <= 1 + 1e-3
