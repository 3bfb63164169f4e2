"""Actions on physical memory."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config.model import Filter
from engine.damos.actor import Action
from engine.machine.actors import PhysicalActor
from engine.machine.machine import RAM_START
from engine.machine.memory import Memory
from tests.engine.machine.machines import act, check, frames_of, memory, run, span, within
from tests.engine.make import MIB, workload

SECOND = 1_000_000
PAGE = 4096
YOUNG = Filter(type="young", matching=True, allow=False)


@pytest.fixture
def machine() -> Memory:
    machine = memory(256, 256)
    run(machine, workload({"a": 16 * MIB, "b": 8 * MIB}, (100_000, [("a", True, 0, 1), ("b", True, 0, 1)])), pid=1)
    run(machine, workload({"a": 16 * MIB}, (100_000, [("a", True, 0, 1)])), pid=2)
    machine.run_until(2 * SECOND)
    return machine


def all_of(machine: Memory) -> tuple[int, int]:
    return RAM_START, RAM_START + sum(node.pages for node in machine.hardware.nodes) * PAGE


RESIDENT = 4097 + 2049 + 7 + 4097 + 7


def test_a_page_out_takes_pages_of_every_process(machine: Memory) -> None:
    applied, passed, elapsed = act(machine, "pageout", *all_of(machine), physical=True)
    assert applied == passed == RESIDENT * PAGE
    assert elapsed == RESIDENT * (machine.costs.check_ns + machine.costs.pageout_ns)
    assert machine.free(0) == machine.hardware.nodes[0].usable
    assert act(machine, "pageout", *all_of(machine), physical=True) == (0, 0, 0)
    check(machine)


def test_regions_get_what_lies_in_them(machine: Memory) -> None:
    first, second = machine.spaces[1], machine.spaces[2]
    at = frames_of(first, span(first, 0)[0])
    assert act(machine, "pageout", at + 5 * PAGE, at + 105 * PAGE, physical=True)[0] == 100 * PAGE
    start = span(first, 0)[0]
    assert within(first, start + 5 * PAGE, start + 105 * PAGE)["swapped"] == 100
    assert first.extents.total("swapped") == 100 and second.extents.total("swapped") == 0


def test_several_regions_at_once_are_told_apart(machine: Memory) -> None:
    space = machine.spaces[2]
    at = frames_of(space, span(space)[0])
    start = np.array([at, at + 10 * PAGE, at + 40 * PAGE], np.uint64)
    end = np.array([at + 10 * PAGE, at + 30 * PAGE, at + 41 * PAGE], np.uint64)
    done = PhysicalActor(machine).apply(Action(0, "lru_deprio"), 0, start, end)
    assert done.bytes.tolist() == [10 * PAGE, 20 * PAGE, PAGE]
    assert space.extents.total("inactive") == 31


def test_addresses_come_in_units(machine: Memory) -> None:
    space = machine.spaces[2]
    at = frames_of(space, span(space)[0])
    action = Action(0, "pageout")
    done = PhysicalActor(machine, 64).apply(
        action, 0, np.array([at // 64], np.uint64), np.array([(at + 10 * PAGE) // 64], np.uint64)
    )
    assert done.bytes.tolist() == [10 * PAGE // 64]
    assert space.extents.total("swapped") == 10


def test_young_pages_are_spared_once(machine: Memory) -> None:
    where = all_of(machine)
    assert act(machine, "pageout", *where, physical=True, filters=[YOUNG])[:2] == (0, 0)
    assert sum(space.extents.total("young") for space in machine.spaces.values()) == 0
    assert act(machine, "pageout", *where, physical=True, filters=[YOUNG])[0] == RESIDENT * PAGE


def test_lists_rise_and_fall(machine: Memory) -> None:
    where = all_of(machine)
    assert act(machine, "lru_deprio", *where, physical=True)[0] == RESIDENT * PAGE
    assert sum(space.extents.total("active") for space in machine.spaces.values()) == 0
    assert act(machine, "lru_prio", *where, physical=True)[0] == RESIDENT * PAGE
    assert sum(space.extents.total("inactive") for space in machine.spaces.values()) == 0


@pytest.mark.parametrize("name", ["willneed", "cold", "hugepage", "nohugepage", "collapse"])
def test_what_paddr_does_not_know_does_nothing(machine: Memory, name: str) -> None:
    assert act(machine, name, *all_of(machine), physical=True) == (0, 0, 0)


def test_a_migration_moves_what_lies_on_other_nodes(machine: Memory) -> None:
    free = machine.free(1)
    assert act(machine, "migrate_cold", *all_of(machine), physical=True, node=1)[0] == RESIDENT * PAGE
    assert machine.free(1) == free - RESIDENT
    low = machine.hardware.nodes[1].first_frame * PAGE
    assert (
        act(machine, "stat", low, all_of(machine)[1], physical=True, filters=[Filter(type="anon", matching=True)])[1]
        == 8 * PAGE
    ), "files remain where anonymous pages are rejected"
    check(machine)


def test_stat_counts_what_filters_let_through(machine: Memory) -> None:
    anonymous = Filter(type="anon", matching=False, allow=False)
    assert act(machine, "stat", *all_of(machine), physical=True, filters=[anonymous])[1] == (RESIDENT - 8) * PAGE
    half = span(machine.spaces[2])
    at = frames_of(machine.spaces[2], half[0])
    assert act(machine, "stat", at, at + 7 * PAGE, physical=True, filters=[anonymous])[1] == 7 * PAGE


def test_stat_with_a_young_filter_makes_old_only_what_it_looks_at(machine: Memory) -> None:
    space = machine.spaces[2]
    at = frames_of(space, span(space)[0])
    young = Filter(type="young", matching=True, allow=True)
    where = at, at + 2048 * PAGE
    assert act(machine, "stat", *where, physical=True, filters=[young], default_reject=True)[1] == 2048 * PAGE
    assert space.extents.total("young") == 4097 + 7 - 2048
