"""Huge pages."""

from __future__ import annotations

import pytest

from engine.machine.costs import Costs
from tests.engine.machine.machines import act, check, memory, run, span, within
from tests.engine.make import MIB, workload

SECOND = 1_000_000
PAGE = 4096
BLOCK = 512 * PAGE


def sparse(seconds: int = 100):  # type: ignore[no-untyped-def]
    """Touches one page in 16."""
    return workload({"a": 64 * MIB}, (seconds * 1000, [("a", False, 65_536, 1)]))


def test_advice_before_the_first_touch_makes_huge_pages_and_bloat() -> None:
    machine = memory()
    space = run(machine, sparse())
    start, end = span(space)
    assert act(machine, "hugepage", start, end)[0] == end - start
    machine.settle(SECOND)
    found = within(space, start, end)
    # 64 MiB and a page that begin anywhere hold 31 whole blocks; what is at their ends comes page by page.
    blocks = end // BLOCK - -(-start // BLOCK)
    assert found["huge"] == blocks * 512
    assert found["bloat"] == blocks * (512 - 32)
    assert found["inactive"] + found["active"] == 1024 + found["bloat"]
    assert space.account.first_touches == 7 + blocks + 1024 - blocks * 32
    machine.run_until(11 * SECOND)
    assert space.account.bloat_byte_s == pytest.approx(10 * found["bloat"] * PAGE, rel=0.2)
    check(machine)


def test_without_advice_nothing_is_huge() -> None:
    machine = memory()
    space = run(machine, sparse())
    machine.run_until(20 * SECOND)
    assert space.extents.total("huge") == space.extents.total("bloat") == 0


def test_khugepaged_makes_huge_pages_of_what_was_there_at_its_own_pace() -> None:
    machine = memory()
    space = run(machine, sparse())
    machine.run_until(SECOND)
    act(machine, "hugepage", *span(space))
    machine.run_until(11 * SECOND)
    # 4,096 pages each 10 s.
    assert space.extents.total("huge") == pytest.approx(8 * 512, abs=512)
    machine.run_until(100 * SECOND)
    assert 29 * 512 <= space.extents.total("huge") <= 31 * 512
    check(machine)


def test_collapse_makes_them_at_once() -> None:
    machine = memory()
    space = run(machine, sparse())
    machine.run_until(SECOND)
    start, end = span(space)
    low, high = -(-start // BLOCK) * BLOCK, end // BLOCK * BLOCK
    applied, _, elapsed = act(machine, "collapse", low, high)
    assert applied == high - low
    assert elapsed == (high - low) // BLOCK * machine.costs.collapse_ns
    found = within(space, low, high)
    assert found["huge"] * PAGE == high - low
    assert found["bloat"] == found["huge"] * 15 // 16
    check(machine)


def test_collapse_fails_where_nothing_is_in_memory() -> None:
    machine = memory()
    space = run(machine, workload({"a": 64 * MIB, "b": 64 * MIB}, (10_000, [("a", True, 0, 1)])))
    machine.run_until(SECOND)
    assert act(machine, "collapse", *span(space, 1))[0] == 0
    assert act(machine, "collapse", 0x400000, 0x4D4000)[0] == 0, "nor of files"


def test_a_page_out_splits_and_gives_back_what_was_wasted() -> None:
    machine = memory()
    space = run(machine, sparse())
    start, end = span(space)
    act(machine, "hugepage", start, end)
    machine.settle(SECOND)
    act(machine, "pageout", start, end)
    found = within(space, start, end)
    assert (found["huge"], found["bloat"], found["inactive"] + found["active"]) == (0, 0, 0)
    assert found["swapped"] == 1024, "what was never touched is not written anywhere"
    machine.run_until(3 * SECOND)
    assert space.account.swap_ins == 1024


def test_refused_advice_keeps_what_is_there() -> None:
    machine = memory()
    space = run(machine, sparse())
    start, end = span(space)
    act(machine, "hugepage", start, end)
    machine.settle(SECOND)
    huge = space.extents.total("huge")
    assert act(machine, "nohugepage", start, end)[0] == end - start
    act(machine, "pageout", start, start + (end - start) // 2)
    machine.run_until(20 * SECOND)
    assert 0 < space.extents.total("huge") == pytest.approx(huge / 2, abs=512)


def test_huge_pages_make_work_faster() -> None:
    machine = memory(costs=Costs(huge_time_ratio=0.8))
    space = run(machine, workload({"a": 64 * MIB}, (10_000, [("a", False, 4096, 1)])))
    act(machine, "hugepage", *span(space))
    machine.run_until(20 * SECOND)
    assert space.ended_us == pytest.approx(space.duration_us * 0.8, rel=0.02)
    assert space.account.slowdown == pytest.approx(-0.2, abs=0.02)
