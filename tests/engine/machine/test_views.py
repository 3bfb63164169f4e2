"""What is touched as those who monitor it see it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.machine.touching import shares
from engine.machine.views import physical_view, seen, virtual_view
from engine.workload.touch import Touched
from tests.engine.machine.machines import act, frames_of, memory, one_extent, run, span
from tests.engine.make import MIB, workload

PAGE = 4096
BLOCK = 512 * PAGE
SECOND = 1_000_000


def u64(*values: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.array(values, np.uint64)


def test_a_process_that_waits_touches_less() -> None:
    machine = memory()
    # One page each 500 us.
    space = run(machine, workload({"a": 64 * MIB}, (100_000, [("a", False, 4096, 1)]), accesses_per_ms=2.0))
    machine.run_until(2 * SECOND)
    start, end = span(space)
    edges = np.array([0.0, 1e6, 2e6])
    assert (virtual_view(space, edges).shares_of(u64(start), u64(end))[:, 0] * (end - start) / PAGE).tolist() == (
        pytest.approx([2000, 2000])
    )
    space.debt_ns = 5e8
    machine.settle(2 * SECOND)
    machine.run_until(3 * SECOND)
    late = virtual_view(space, np.array([2e6, 3e6])).shares_of(u64(start), u64(end))[0, 0] * (end - start) / PAGE
    assert late == pytest.approx(1000, abs=1)


def test_what_moves_is_seen_elsewhere() -> None:
    machine = memory(64, 64)
    space = run(machine, workload({"a": 16 * MIB, "b": 8 * MIB}, (100_000, [("a", True, 0, 1), ("b", True, 0, 1)])))
    machine.run_until(SECOND)
    start, end = span(space)
    middle = start + 100 * PAGE
    act(machine, "migrate_cold", start, middle, node=1)
    found = physical_view(space, np.array([9e5, 1e6]))
    there = physical_view(space, np.array([9e5, 9e5 + 1]))
    virtual = virtual_view(space, np.array([9e5, 9e5 + 1]))
    for page in (start, middle - PAGE, middle, end - 2 * PAGE):
        at = frames_of(space, page)
        assert found.shares_of(u64(at), u64(at + PAGE))[0, 0] == pytest.approx(1.0, abs=1e-3)
        assert there.shares_of(u64(at), u64(at + PAGE)) == pytest.approx(virtual.shares_of(u64(page), u64(page + PAGE)))
    assert machine.frames.node_of(frames_of(space, start) // PAGE) == 1
    assert float((found.share * (found.end - found.start)).sum()) == pytest.approx((4097 + 2049 + 7) * PAGE, rel=1e-3)


def test_monitoring_finds_a_huge_page_accessed_where_any_of_it_is() -> None:
    extents = one_extent(4 * 512)
    extents.enter_memory(np.array([0]), np.array([4 * 512]), np.array([0]))
    extents.huge[0] = 4 * 512
    touched = Touched(u64(5 * PAGE, 3 * BLOCK), u64(6 * PAGE, 4 * BLOCK), np.array([[1.0, 0.001]]))
    found = seen(touched, extents)
    edges = np.arange(5, dtype=np.uint64) * np.uint64(BLOCK)
    share = found.shares_of(edges[:-1], edges[1:])[0]
    assert share == pytest.approx([1 - (1 - 1 / 512) ** 512, 0, 0, 1 - 0.999**512])
    extents.huge[0] = 0
    assert seen(touched, extents) is touched
    assert shares(extents, touched)[0, 0] == pytest.approx((1 + 0.512) / 2048)


def test_a_page_touched_for_certain_makes_its_huge_page_touched_for_certain() -> None:
    machine = memory()
    space = run(machine, workload({"a": 64 * MIB}, (100_000, [("a", False, 65_536, 1)])))
    act(machine, "hugepage", *span(space))
    machine.run_until(SECOND)
    start = -(-span(space)[0] // BLOCK) * BLOCK
    plain = space.model.touched(np.array([9e5, 9.5e5]))
    assert plain.shares_of(u64(start), u64(start + BLOCK))[0, 0] == pytest.approx(1 / 16)
    found = virtual_view(space, np.array([9e5, 9.5e5]))
    assert found.shares_of(u64(start), u64(start + BLOCK))[0, 0] == pytest.approx(1.0)
