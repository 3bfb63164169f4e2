"""Filters that look at pages."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config.model import Filter, Range
from engine.machine.extents import FILE, Extents
from engine.machine.page_filters import passing
from tests.engine.machine.machines import one_extent

HUGE = 2 << 20


def extent(*, inactive: int, active: int, young: int = 0, huge: int = 0, backing: int = 0) -> Extents:
    extents = one_extent(inactive + active + 10, backing=backing)
    extents.untouched[0], extents.inactive[0], extents.active[0] = 10, inactive, active
    extents.young[0], extents.huge[0] = young, huge
    return extents


def through(extents: Extents, *filters: Filter, reject: bool = False, memcg: str = "/") -> tuple[int, int, int]:
    found = passing(extents, np.array([0]), memcg, filters, default_reject=reject)
    return int(found.inactive[0]), int(found.active[0]), int(found.aged[0])


def test_without_filters_all_pages_in_memory_get_through() -> None:
    assert through(extent(inactive=30, active=60)) == (30, 60, 0)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Filter("active", matching=True, allow=False), (30, 0)),
        (Filter("active", matching=False, allow=False), (0, 60)),
        (Filter("active", matching=True, allow=True), (30, 60)),
        (Filter("anon", matching=True, allow=False), (0, 0)),
        (Filter("anon", matching=False, allow=False), (30, 60)),
        (Filter("young", matching=True, allow=False), (15, 30)),
        (Filter("unmapped", matching=True, allow=False), (30, 60)),
        (Filter("unmapped", matching=False, allow=False), (0, 0)),
        (Filter("hugepage_size", matching=True, allow=False, sz=Range(HUGE, HUGE)), (20, 40)),
        (Filter("hugepage_size", matching=True, allow=False, sz=Range(0, 4096)), (10, 20)),
        (Filter("hugepage_size", matching=False, allow=False, sz=Range(4096, HUGE)), (30, 60)),
        (Filter("memcg", matching=True, allow=False, memcg_path="/a\n"), (0, 0)),
        (Filter("memcg", matching=True, allow=False, memcg_path="/b"), (30, 60)),
    ],
)
def test_each_type_tells_pages_apart(rule: Filter, expected: tuple[int, int]) -> None:
    extents = extent(inactive=30, active=60, young=45, huge=30)
    assert through(extents, rule, memcg="/a")[:2] == expected


def test_the_first_that_says_something_decides() -> None:
    extents = extent(inactive=40, active=60, young=50)
    allow_active, reject_young = (
        Filter("active", matching=True, allow=True),
        Filter("young", matching=True, allow=False),
    )
    assert through(extents, allow_active, reject_young) == (20, 60, 20)
    assert through(extents, reject_young, allow_active) == (20, 30, 50)
    assert through(extents, reject_young, allow_active, reject=True) == (0, 30, 50)


def test_files_are_not_anonymous() -> None:
    extents = extent(inactive=30, active=60, backing=FILE)
    assert through(extents, Filter("anon", matching=True, allow=True), reject=True) == (0, 0, 0)
