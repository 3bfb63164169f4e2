"""Actions on address spaces, and what they lead to."""

from __future__ import annotations

import pytest

from engine.config.model import Dest, Filter
from engine.machine.costs import Costs
from engine.machine.memory import Memory
from engine.machine.space import Space
from tests.engine.machine.machines import act, check, memory, run, span, within
from tests.engine.make import MIB, workload

SECOND = 1_000_000
PAGE = 4096


@pytest.fixture
def machine() -> Memory:
    return memory(256, 256)


@pytest.fixture
def space(machine: Memory) -> Space:
    """A process that used two regions of 16 MiB for 2 s, and is still using the second."""
    both = [("a", True, 0, 1), ("b", True, 0, 1)]
    space = run(machine, workload({"a": 16 * MIB, "b": 16 * MIB}, (2000, both), (100_000, [("b", True, 0, 1)])))
    machine.run_until(3 * SECOND)
    return space


def test_a_page_out_of_what_is_not_used_saves_memory_for_nothing(machine: Memory, space: Space) -> None:
    start, end = span(space, 0)
    free = machine.free(0)
    applied, passed, elapsed = act(machine, "pageout", start, end)
    assert (applied, passed) == (end - start, 0)
    assert elapsed == 4097 * (machine.costs.madvise_ns + machine.costs.pageout_ns)
    assert machine.free(0) == free + 4097
    assert within(space, start, end)["saved"] == 4097
    assert machine.swap_free == machine.hardware.swap_pages - 4097
    machine.run_until(13 * SECOND)
    assert space.account.refaults == 0 and space.account.slowdown == pytest.approx(0, abs=1e-6)
    assert space.account.saved_byte_s == pytest.approx(4097 * PAGE * 10)
    assert machine.account.saved_byte_s == pytest.approx(4097 * PAGE * 10)
    assert machine.account.saved_peak_bytes == 4097 * PAGE
    assert machine.account.swapped_out_bytes == machine.account.moved_bytes == 4097 * PAGE
    assert machine.account.action_ns == {"pageout": elapsed}


def test_paging_out_twice_applies_the_whole_length_again_and_moves_nothing(machine: Memory, space: Space) -> None:
    start, end = span(space, 0)
    act(machine, "pageout", start, end)
    moved = machine.account.moved_bytes
    assert act(machine, "pageout", start, end) == (end - start, 0, 0)
    assert machine.account.moved_bytes == moved


def test_what_was_saved_is_no_longer_when_it_is_needed_again(machine: Memory, space: Space) -> None:
    start, end = span(space, 1)
    act(machine, "pageout", start, end)
    machine.run_until(10 * SECOND)
    assert space.account.saved_refaults == space.account.swap_ins == 4097
    assert space.extents.total("saved") == 0
    # A page comes back after half of the time that all their faults take, in the mean.
    half = 4097 * machine.costs.swap_in_ns / 1e9 / 2
    assert space.account.saved_byte_s < 4097 * PAGE * half * 2
    assert space.account.refaults_per_s == pytest.approx(4097 / 10)
    assert machine.account.swapped_in_bytes == 4097 * PAGE


def test_willneed_brings_back_without_touching(machine: Memory, space: Space) -> None:
    start, end = span(space, 0)
    act(machine, "pageout", start, end)
    assert act(machine, "willneed", start, end)[:2] == (end - start, 0)
    found = within(space, start, end)
    assert (found["inactive"], found["young"], found["swapped"], found["saved"]) == (4097, 0, 0, 0)
    assert space.account.refaults == 0


def test_cold_pages_are_the_first_to_go(machine: Memory, space: Space) -> None:
    start, end = span(space, 0)
    assert within(space, start, end)["active"] == 4097
    assert act(machine, "cold", start, end)[0] == end - start
    found = within(space, start, end)
    assert (found["active"], found["inactive"], found["young"]) == (0, 4097, 0)
    machine.make_room(0, 1000)
    assert within(space, start, end)["swapped"] == 1000
    assert within(space, *span(space, 1))["swapped"] == 0


def test_a_hole_makes_madvise_fail_though_it_did_its_work(machine: Memory, space: Space) -> None:
    start, end = span(space, 1)
    below = start - 16 * MIB
    assert act(machine, "pageout", below, end)[0] == 0
    assert within(space, start, end)["swapped"] == 4097


def test_madvise_stops_at_memory_of_devices(machine: Memory, space: Space) -> None:
    _, top = span(space, 0)
    # Behind the mapping lie 4 pages of vvar and 2 of vdso, as in the recorded runs.
    assert act(machine, "pageout", top - PAGE, top + 6 * PAGE)[0] == 0
    assert within(space, top - PAGE, top)["swapped"] == 1
    assert act(machine, "willneed", top - PAGE, top + 6 * PAGE)[0] == 7 * PAGE


def test_files_are_dropped_and_read_again(machine: Memory, space: Space) -> None:
    act(machine, "pageout", 0x400000, 0x4D4000)
    assert machine.account.dropped_bytes == 4 * PAGE  # what is always touched of text and data
    assert machine.swap_free == machine.hardware.swap_pages
    machine.run_until(5 * SECOND)
    assert space.account.file_reads == 4
    assert machine.account.file_read_bytes == 4 * PAGE


@pytest.mark.parametrize("name", ["lru_prio", "lru_deprio", "split"])
def test_what_vaddr_does_not_know_does_nothing(machine: Memory, space: Space, name: str) -> None:
    before = within(space, *span(space))
    assert act(machine, name, *span(space)) == (0, 0, 0)
    assert within(space, *span(space)) == before


def test_a_process_that_has_ended_takes_no_action(machine: Memory, space: Space) -> None:
    where = span(space)
    machine.stop(1, 3 * SECOND)
    assert act(machine, "pageout", *where) == (0, 0, 0)


def test_swap_that_is_full_ends_a_page_out_but_not_its_success() -> None:
    machine = memory(256, swap_mib=4)
    space = run(machine, workload({"a": 16 * MIB}, (100_000, [("a", True, 0, 1)])))
    machine.run_until(SECOND)
    start, end = span(space)
    assert act(machine, "pageout", start, end)[0] == end - start
    assert within(space, start, end)["swapped"] == 1024
    assert machine.swap_free == 0
    check(machine)


def test_pages_move_to_a_node_and_back(machine: Memory, space: Space) -> None:
    start, end = span(space, 0)
    free = machine.free(1)
    applied, passed, elapsed = act(machine, "migrate_cold", start, end, node=1)
    assert applied == passed == 4097 * PAGE
    assert elapsed == 4097 * (machine.costs.check_ns + machine.costs.migrate_ns)
    assert machine.free(1) == free - 4097
    assert space.usage().on_node[1] == 4097
    assert act(machine, "migrate_cold", start, end, node=1)[:2] == (0, 4097 * PAGE)
    assert act(machine, "migrate_hot", start, end, node=0)[0] == 4097 * PAGE
    assert space.usage().on_node[1] == 0
    assert machine.account.migrated_bytes == 2 * 4097 * PAGE
    check(machine)


@pytest.mark.parametrize("node", [-1, 2, 99])
def test_there_is_no_moving_to_no_node(machine: Memory, space: Space, node: int) -> None:
    assert act(machine, "migrate_cold", *span(space), node=node)[0] == 0


def test_only_what_fits_moves() -> None:
    machine = memory(256, 16)
    space = run(machine, workload({"a": 32 * MIB}, (100_000, [("a", True, 0, 1)])))
    machine.run_until(SECOND)
    room = machine.room(1)
    start, end = span(space)
    assert act(machine, "migrate_cold", start, end, node=1)[0] == room * PAGE
    assert machine.room(1) == 0
    assert act(machine, "migrate_cold", start, end, node=1)[0] == 0
    assert space.usage().on_node == (8193 + 7 - room, room)
    check(machine)


def test_pages_spread_over_nodes_by_weight_and_stay(machine: Memory, space: Space) -> None:
    start, end = span(space, 0)
    dests = [Dest(0, 3), Dest(1, 1)]
    applied = act(machine, "migrate_hot", start, end, dests=dests)[0]
    assert applied / (end - start) == pytest.approx(0.25, abs=0.05)
    assert act(machine, "migrate_hot", start, end, dests=dests)[0] == 0
    check(machine)


def test_filters_pick_pages_of_a_migration(machine: Memory, space: Space) -> None:
    (a, b), (_, end) = span(space, 0), span(space, 1)
    a, end = min(a, span(space, 1)[0]), max(b, end)
    young = Filter(type="young", matching=True, allow=True)
    act(machine, "migrate_hot", a, end, node=1, filters=[young], default_reject=True)
    machine.run_until(4 * SECOND)
    # Only the second region was used since the filter made all of it old.
    applied, passed, _ = act(machine, "stat", a, end, filters=[young], default_reject=True)
    assert applied == 0
    assert passed == 4097 * PAGE
    assert act(machine, "stat", a, end, filters=[young], default_reject=True)[1] == 0


def test_stat_changes_nothing(machine: Memory, space: Space) -> None:
    active = Filter(type="active", matching=True, allow=True)
    before = [getattr(space.extents, name).tolist() for name in space.extents.__slots__]
    assert act(machine, "stat", *span(space)) == (0, 0, 0)
    assert act(machine, "stat", *span(space), filters=[active], default_reject=True)[:2] == (0, 4097 * PAGE)
    assert [getattr(space.extents, name).tolist() for name in space.extents.__slots__] == before


def test_a_filter_lets_a_part_of_an_extent_through() -> None:
    machine = memory(256, 256)
    space = run(machine, workload({"a": 16 * MIB}, (100_000, [("a", True, 0, 1)]), accesses_per_ms=20.0))
    machine.settle(2 * SECOND)
    start, end = span(space)
    found = within(space, start, end)
    assert 0 < found["active"] < found["inactive"] + found["active"] < 4097
    active = Filter(type="active", matching=True, allow=True)
    applied, passed, _ = act(machine, "migrate_hot", start, end, node=1, filters=[active], default_reject=True)
    assert applied == passed == found["active"] * PAGE
    assert space.usage().on_node[1] == found["active"]
    assert within(space, start, end) == found
    on_one = space.extents.node == 1
    assert (space.extents.active[on_one] == space.extents.pages[on_one]).all()
    check(machine)


def test_what_pages_do_on_slow_memory_is_in_the_cost_table() -> None:
    machine = memory(64, 64, costs=Costs(latency_ratio=(1.0, 4.0)))
    space = run(machine, workload({"a": 16 * MIB}, (10_000, [("a", True, 0, 1)])))
    machine.run_until(SECOND)
    start, end = span(space)
    act(machine, "migrate_cold", start, start + (end - start) // 2, node=1)
    machine.run_until(2 * SECOND)
    assert space.account.work_us == pytest.approx(SECOND + SECOND / 2.5, rel=1e-3)
