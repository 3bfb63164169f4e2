"""Faults, lists, pressure and clocks of whole runs."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import InputError
from engine.machine.costs import Costs
from engine.machine.memory import STEP_US, Memory
from engine.machine.space import Space
from tests.engine.machine.machines import act, check, memory, run, span, within
from tests.engine.make import MIB, workload

SECOND = 1_000_000
ALWAYS_PAGES = 7
"""Of text, data, heap and stack, which every process keeps touching."""


def steady(seconds: int = 100, *, mib: int = 16, random: bool = True, per_ms: float = 90_000.0):  # type: ignore[no-untyped-def]
    return workload({"a": mib * MIB}, (seconds * 1000, [("a", random, 4096, 1)]), accesses_per_ms=per_ms)


def pages(mib: int) -> int:
    """Of a region of that size, which begins 16 bytes behind a page's start."""
    return mib * 256 + 1


def test_the_first_touch_brings_a_page_and_a_later_one_makes_it_active() -> None:
    machine = memory()
    space = run(machine, steady())
    free = machine.free(0)
    machine.settle(STEP_US)
    found = within(space, *span(space))
    assert (found["inactive"], found["active"], found["untouched"]) == (pages(16), 0, 0)
    assert found["young"] == pages(16)
    machine.settle(2 * STEP_US)
    assert within(space, *span(space))["active"] == pages(16)
    assert free - machine.free(0) == pages(16) + ALWAYS_PAGES
    assert space.account.first_touches == pages(16) + ALWAYS_PAGES
    assert space.account.refaults == 0


def test_a_page_touched_within_one_step_only_stays_inactive() -> None:
    machine = memory()
    space = run(machine, workload({"a": 64 * MIB}, (100_000, [("a", False, 4096, 1)]), accesses_per_ms=2.0))
    machine.settle(20 * STEP_US)
    found = within(space, *span(space))
    # The first access is at the second page.
    # 2,000 ms at 2 accesses per ms; the first one is at the second page.
    assert found["inactive"] == 4000
    assert found["active"] == 0
    assert space.extents.untouched[np.searchsorted(space.extents.start, span(space)[0] // 4096)] == 1


def test_a_machine_with_enough_memory_is_never_slower() -> None:
    machine = memory()
    space = run(machine, steady(3))
    machine.run_until(10 * SECOND)
    assert space.account.slowdown == pytest.approx(0, abs=1e-6)
    assert space.account.stalled_us == 0
    # 2,060 batches of 131,072 accesses at 90,000 per ms, rounded up.
    assert space.ended_us == 3_000_093
    assert machine.spaces == {}
    assert machine.free(0) == machine.hardware.nodes[0].usable


def test_a_page_out_is_paid_for_by_exactly_its_faults() -> None:
    machine = memory()
    space = run(machine, steady(5))
    machine.run_until(SECOND)
    undisturbed = space.duration_us
    start, end = span(space)
    assert act(machine, "pageout", start, end)[0] == end - start
    assert within(space, start, end)["swapped"] == pages(16)
    machine.run_until(20 * SECOND)
    assert space.account.swap_ins == space.account.saved_refaults == pages(16)
    cost_us = pages(16) * machine.costs.swap_in_ns / 1000
    assert space.ended_us is not None
    assert space.ended_us == pytest.approx(undisturbed + cost_us, abs=1.01)
    assert space.account.stalled_us == pytest.approx(cost_us, abs=1.01)
    assert space.account.elapsed_us == space.ended_us
    assert space.account.slowdown == pytest.approx(cost_us / undisturbed, rel=1e-4)


@pytest.mark.parametrize("random", [True, False])
def test_a_thrashing_run_ends_later_by_exactly_its_faults(random: bool) -> None:
    costs = Costs(swap_in_ns=9_000, direct_reclaim_ns=1_300, file_read_ns=7_000)
    # Few accesses, so that the run ends in spite of a fault at most of them.
    machine = memory(48, costs=costs)
    space = run(machine, steady(6, mib=64, random=random, per_ms=100.0))
    machine.run_until(3 * SECOND)
    machine.run_until(300 * SECOND)
    account = space.account
    assert space.ended_us is not None and account.swap_ins > 10_000
    work_us = space.duration_us
    cost_us = (
        account.swap_ins * costs.swap_in_ns
        + account.file_reads * costs.file_read_ns
        + account.direct_reclaims * costs.direct_reclaim_ns
    ) / 1000
    assert space.ended_us == pytest.approx(work_us + cost_us, abs=1.01)
    assert account.work_us == pytest.approx(work_us, abs=0.01)
    assert machine.account.refaults == account.refaults
    assert machine.account.saved_refaults == 0


def test_a_sweep_over_more_than_memory_holds_faults_at_every_page() -> None:
    machine = memory(48, costs=Costs(swap_in_ns=100_000))
    space = run(machine, workload({"a": 64 * MIB}, (60_000, [("a", False, 4096, 1)]), accesses_per_ms=10.0, batch=1024))
    machine.run_until(30 * SECOND)
    swept = space.account.work_us / 1000 * 10
    assert space.account.swap_ins == pytest.approx(swept - pages(64), rel=0.02)


def test_first_touches_cost_what_the_table_says() -> None:
    machine = memory(costs=Costs(first_touch_ns=50_000))
    space = run(machine, steady(3))
    machine.run_until(10 * SECOND)
    assert space.ended_us == pytest.approx(space.duration_us + (pages(16) + ALWAYS_PAGES) * 50, abs=1.01)
    assert space.account.stalled_us == 0, "nobody waits for what is not there yet"


def test_memory_pressure_stalls_and_ends() -> None:
    machine = memory(64)
    small = run(machine, steady(200), pid=1)
    machine.run_until(2 * SECOND)
    assert machine.pressure.some_total_us == 0
    run(machine, steady(200, mib=96), pid=2, now_us=2 * SECOND)
    machine.run_until(12 * SECOND)
    check(machine)
    high = machine.pressure.some_avg10
    assert high > 50
    assert 5 * SECOND < machine.pressure.some_total_us <= 10 * SECOND
    machine.stop(2, 12 * SECOND)
    machine.run_until(15 * SECOND)
    back = small.account.swap_ins
    machine.run_until(60 * SECOND)
    assert small.account.swap_ins == back
    assert machine.pressure.some_avg10 < 1
    total = machine.pressure.some_total_us
    machine.run_until(70 * SECOND)
    assert machine.pressure.some_total_us == total


def test_the_share_of_the_active_list_rises_and_falls() -> None:
    machine = memory(128)
    phases = (3000, [("a", True, 0, 1)]), (60_000, [("b", False, 4096, 1)])
    sizes = {"a": 64 * MIB, "b": 96 * MIB}
    space = run(machine, workload(sizes, *phases, accesses_per_ms=(90_000.0, 10.0), batch=1024))
    machine.settle(STEP_US)
    assert space.extents.total("active") == 0
    machine.settle(2 * SECOND)
    assert space.extents.total("active") == pages(64) + ALWAYS_PAGES
    machine.settle(9 * SECOND)
    # What streams by needs room, which the active list gives up to half of all memory, the longest untouched first.
    resident = int(space.extents.resident.sum())
    assert 0.45 < space.extents.total("active") / resident < 0.51
    assert 0 < within(space, *span(space, 0))["swapped"] < pages(64)
    assert within(space, *span(space, 1))["active"] == 0
    check(machine)


def test_without_swap_files_alone_make_room_and_then_the_largest_is_killed() -> None:
    machine = memory(64, swap_mib=0)
    small = run(machine, steady(100, mib=8), pid=1)
    large = run(machine, steady(100, mib=80), pid=2)
    machine.run_until(SECOND)
    assert [pid for pid, _ in machine.killed] == [2]
    assert large.ended_us is not None and small.ended_us is None
    assert machine.account.swapped_out_bytes == 0
    assert machine.account.dropped_bytes > 0
    check(machine)


def test_swap_never_holds_more_than_it_can() -> None:
    machine = memory(64, swap_mib=4)
    run(machine, steady(100, mib=62))
    for second in range(1, 10):
        machine.run_until(second * SECOND)
        check(machine)
        assert machine.swap_free >= 0


def outcome(machine: Memory, space: Space) -> tuple[object, ...]:
    counts = {
        name: getattr(space.extents, name).tolist() for name in ("start", "inactive", "active", "swapped", "touched_us")
    }
    return counts, repr(space.account), space.ended_us, machine.pressure.some_total_us, repr(machine.account)


def test_how_time_is_cut_and_who_looks_does_not_matter() -> None:
    results = []
    for step in (7_000, 100_000, 333_333, 10 * SECOND):
        machine = memory(48)
        space = run(machine, steady(100, mib=64))
        for now in (*range(step, 4 * SECOND, step), 4 * SECOND):
            machine.run_until(now)
            space.clock.work_at(now)
            space.usage()
        act(machine, "cold", *span(space))
        machine.run_until(10 * SECOND)
        machine.settle(10 * SECOND)
        results.append(outcome(machine, space))
    assert results[1:] == results[:1] * 3


def test_calm_changes_nothing_but_the_time_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for calm in (True, False):
        if not calm:
            monkeypatch.setattr(Space, "_look_ahead", lambda self, work: None)
        machine = memory(64)
        space = run(
            machine,
            workload({"a": 16 * MIB, "b": 16 * MIB}, (5000, [("a", True, 0, 1)]), (5000, [("b", False, 4096, 1)])),
        )
        machine.settle(7 * SECOND)
        assert space.is_calm(6.5e6) is calm
        found.append(within(space, *span(space, 0)) | {"ended": space.ended_us})
        ages = [
            7 * SECOND - int(space.extents.touched_us[row])
            for row in range(len(space.extents))
            if space.extents.active[row] > 1000
        ]
        found.append([round(age / 200_000) for age in sorted(ages)])
    assert found[:2] == found[2:]


def test_a_process_on_slow_memory_works_less() -> None:
    machine = memory(256, 256, costs=Costs(latency_ratio=(1.0, 2.5)))
    space = run(machine, steady(4))
    machine.run_until(SECOND)
    act(machine, "migrate_cold", *span(space), node=1)
    machine.run_until(100 * SECOND)
    assert space.ended_us == pytest.approx(SECOND + 2.5 * (space.duration_us - SECOND), rel=1e-5)
    assert space.account.stalled_us == 0
    assert machine.pressure.some_total_us == 0


def test_a_copy_goes_on_by_itself_and_alike() -> None:
    machine = memory(48)
    run(machine, steady(100, mib=64))
    machine.run_until(1_234_567)
    other = copy.deepcopy(machine)
    act(other, "pageout", *span(other.spaces[1]))
    other.run_until(5 * SECOND)
    copies = []
    for each in (machine, copy.deepcopy(machine)):
        each.settle(5 * SECOND)
        copies.append(outcome(each, each.spaces[1]))
    assert copies[0] == copies[1]
    assert other.account.swapped_in_bytes != machine.account.swapped_in_bytes


def test_the_end_is_foreseen_as_far_as_nothing_comes_between() -> None:
    machine = memory()
    space = run(machine, steady(3))
    for now in (0, 123_456, 2_999_999):
        machine.run_until(now)
        assert machine.ends_us(space) == 3_000_093
    machine.run_until(3_000_093)
    assert machine.ends_us(space) == space.ended_us == 3_000_093
    assert run(machine, steady(3), loop=True, pid=2, now_us=3_000_093).duration_us == float("inf")
    assert machine.ends_us(machine.spaces[2]) == float("inf")


def test_costs_can_be_replaced_and_are_checked() -> None:
    assert replace(Costs(), swap_in_ns=5).swap_in_ns == 5
    assert Costs(latency_ratio=(1.0, 1.5)).latency_of(7) == 1.5
    for wrong in ({"swap_in_ns": -1}, {"latency_ratio": ()}, {"huge_time_ratio": 0}, {"pageout_ns": float("nan")}):
        with pytest.raises(InputError):
            Costs(**wrong)  # type: ignore[arg-type]
