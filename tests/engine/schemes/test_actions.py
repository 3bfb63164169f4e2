"""What each action does to memory, as the table of section 9.1 says for vaddr, fvaddr and paddr."""

from __future__ import annotations

import pytest

from engine.config.model import AddrRange, Dest, Scheme, Target
from engine.engine import Engine
from tests.engine.make import GIB, MIB, engine, kdamond, workload
from tests.engine.running import pid_of, status
from tests.engine.schemes.acting import HALF_COLD, cold, hot, machine, pages, process, ram, scheme

COLD_PAGES = 64 * MIB // 4096


def after(
    *schemes: Scheme, ops: str = "vaddr", seconds: int = 5, memory: int | tuple[int, ...] = GIB, kernel: str = "7.1"
) -> tuple[Engine, int]:
    """A machine on which half of a process has been cold under these schemes."""
    system = engine(kernel, memory_bytes=memory)
    pid = pid_of(system, HALF_COLD)
    target = Target(pid)
    if ops == "paddr":
        target = ram(system)
    elif ops == "fvaddr":
        spans = sorted(system.machine.processes[pid].space.model.spans)
        target = Target(pid, tuple(AddrRange(low, high) for low, high in spans))
    system.turn_on(0, kdamond(target, ops=ops, schemes=schemes))
    system.advance(seconds * 1_000_000)
    return system, pid


@pytest.mark.parametrize("ops", ["vaddr", "fvaddr", "paddr"])
@pytest.mark.parametrize(
    ("action", "supported"),
    [
        ("willneed", ("vaddr", "fvaddr")),
        ("cold", ("vaddr", "fvaddr")),
        ("pageout", ("vaddr", "fvaddr", "paddr")),
        ("hugepage", ("vaddr", "fvaddr")),
        ("nohugepage", ("vaddr", "fvaddr")),
        ("lru_prio", ("paddr",)),
        ("lru_deprio", ("paddr",)),
        ("migrate_cold", ("vaddr", "fvaddr", "paddr")),
        ("migrate_hot", ("vaddr", "fvaddr", "paddr")),
        ("stat", ()),
    ],
)
def test_what_is_not_supported_applies_nothing_and_is_tried_all_the_same(
    ops: str, action: str, supported: tuple[str, ...]
) -> None:
    system, _ = after(cold(action, target_nid=1), ops=ops, memory=(GIB, GIB))
    (stats,) = status(system).schemes
    assert stats.nr_tried > 0 and stats.sz_tried > 0
    assert (stats.sz_applied > 0) == (ops in supported)
    assert (stats.nr_applied > 0) == (ops in supported)
    if ops != "paddr" and action not in ("migrate_cold", "migrate_hot"):
        assert stats.sz_applied in (0, stats.sz_tried)


@pytest.mark.parametrize(("action", "resets"), [("stat", False), ("cold", True), ("lru_prio", True)])
def test_all_but_stat_make_ages_start_again(action: str, resets: bool) -> None:
    """Even where the operations do not support the action (lru_prio of vaddr)."""
    system, _ = after(cold(action, age=5))
    last = status(system).last
    assert last is not None
    idle = last.age[last.nr_accesses == 0]
    assert (idle.max() <= 6) == resets


def test_cold_makes_inactive_what_was_active_and_reclaim_takes_it_first() -> None:
    plain, pid = after(cold("stat"))
    assert pages(plain, pid, 1, "active") == 0 or pages(plain, pid, 1, "active") > COLD_PAGES / 2
    system, pid = after(cold("cold"))
    assert pages(system, pid, 1, "inactive") > 0.95 * COLD_PAGES
    assert pages(system, pid, 0, "inactive") < 0.05 * COLD_PAGES
    assert process(system, pid).rss_bytes == process(plain, pid).rss_bytes
    assert machine(system).refaults == 0


def test_willneed_brings_back_and_so_spares_the_faults() -> None:
    load = workload(
        {"a": 32 * MIB, "b": MIB},
        (500, [("a", False, 4096, 1)]),
        (3_000, [("b", False, 4096, 1)]),
        (1_000_000, [("a", False, 4096, 1)]),
    )
    refaults = {}
    for action in ("stat", "willneed"):
        system = engine(memory_bytes=GIB)
        pid = pid_of(system, load)
        config = kdamond(Target(pid), schemes=[cold("pageout")])
        system.turn_on(0, config)
        system.advance(2_000_000)
        assert pages(system, pid, 0, "swapped") > 0.9 * 32 * MIB // 4096
        system.commit(0, kdamond(Target(pid), schemes=[scheme(action)]))
        system.advance(1_000_000)
        came_back = process(system, pid).swap_bytes == 0
        assert came_back == (action == "willneed")
        assert pages(system, pid, 0, "young") < 100
        system.advance(2_000_000)
        refaults[action] = process(system, pid).refaults
    assert refaults["stat"] > 0.9 * 32 * MIB // 4096
    assert refaults["willneed"] < 200


def test_hugepage_makes_huge_pages_that_waste_what_nobody_touches() -> None:
    sparse = workload({"a": 256 * MIB}, (1_000_000, [("a", False, 64 * 4096, 1)]))
    resident = {}
    for action in ("stat", "hugepage"):
        system = engine(memory_bytes=GIB)
        pid = pid_of(system, sparse)
        # Advice before the first touch is what a program's own madvise() would be; khugepaged is slow.
        system.turn_on(0, kdamond(Target(pid), schemes=[scheme(action)], sample_us=1_000, aggr_us=5_000))
        system.advance(2_000_000)
        resident[action] = process(system, pid).rss_bytes
        assert (machine(system).huge_bytes > 0) == (action == "hugepage")
        late = pid_of(system, sparse)
        assert late != pid
    assert resident["hugepage"] > resident["stat"]


def test_nohugepage_takes_the_advice_back() -> None:
    system, pid = after(scheme("hugepage"))
    assert machine(system).huge_bytes > 0
    extents = system.machine.processes[pid].space.extents
    assert (extents.advice == 1).any()
    system.commit(0, kdamond(Target(pid), schemes=[scheme("nohugepage")]))
    system.advance(500_000)
    extents = system.machine.processes[pid].space.extents
    assert not (extents.advice == 1).any()
    assert machine(system).huge_bytes > 0


def test_collapse_of_next_makes_huge_pages_at_once() -> None:
    # 64 MiB hold 31 whole aligned blocks at least; khugepaged looks at some 400 pages a second.
    system, _ = after(hot("collapse"), kernel="next", seconds=1)
    assert machine(system).huge_bytes >= 31 * 2 * MIB
    assert dict(machine(system).action_ns)["collapse"] >= 31 * 800_000
    slow, _ = after(hot("hugepage"), kernel="next", seconds=1)
    assert machine(slow).huge_bytes < 31 * 2 * MIB


@pytest.mark.parametrize(("action", "state"), [("lru_prio", "active"), ("lru_deprio", "inactive")])
def test_lru_actions_move_physical_pages_between_the_lists(action: str, state: str) -> None:
    system, pid = after(scheme(action), ops="paddr", seconds=2)
    other = {"active": "inactive", "inactive": "active"}[state]
    assert pages(system, pid, 1, state) == COLD_PAGES
    assert pages(system, pid, 1, other) == 0


def test_prioritised_memory_survives_pressure() -> None:
    """Memory that is short takes the inactive first: what lru_deprio names leaves, and the rest stays."""
    system, pid = after(cold("lru_deprio"), hot("lru_prio"), ops="paddr", memory=256 * MIB)
    pid_of(system, workload({"x": 160 * MIB}, (1_000_000, [("x", False, 4096, 1)])))
    system.advance(3_000_000)
    assert pages(system, pid, 1, "swapped") > 0
    assert pages(system, pid, 0, "swapped") < 0.1 * pages(system, pid, 1, "swapped")


@pytest.mark.parametrize("ops", ["vaddr", "paddr"])
def test_cold_memory_migrates_to_the_slow_node_and_hot_memory_back(ops: str) -> None:
    system, pid = after(cold("migrate_cold", target_nid=1), ops=ops, memory=(256 * MIB, 256 * MIB))
    space = system.machine.processes[pid].space
    first, second = space.usage().on_node
    assert second == pytest.approx(COLD_PAGES, rel=0.1)
    assert first == pytest.approx(COLD_PAGES, rel=0.1)
    assert machine(system).moved_bytes == pytest.approx(64 * MIB, rel=0.1)
    assert process(system, pid).slowdown < 0.02
    # What is hot on the slow node makes the process slow, until it is brought back.
    target = ram(system) if ops == "paddr" else Target(pid)
    system.commit(0, kdamond(target, ops=ops, schemes=[hot("migrate_hot", target_nid=1)]))
    system.advance(500_000)
    before = process(system, pid)
    system.advance(2_000_000)
    assert process(system, pid).slowdown > before.slowdown + 0.05
    assert system.machine.processes[pid].space.usage().on_node[1] > 1.8 * COLD_PAGES
    system.commit(0, kdamond(target, ops=ops, schemes=[hot("migrate_hot", target_nid=0)]))
    system.advance(500_000)
    assert system.machine.processes[pid].space.usage().on_node[0] == pytest.approx(COLD_PAGES, rel=0.1)


def test_destinations_share_memory_by_weight() -> None:
    schemes = [scheme("migrate_hot", dests=(Dest(0, 3), Dest(1, 1)))]
    system, pid = after(*schemes, memory=(GIB, GIB))
    first, second = system.machine.processes[pid].space.usage().on_node
    assert first / second == pytest.approx(3.0, rel=0.15)


def test_a_node_that_is_not_there_gets_nothing() -> None:
    for nid in (-1, 2):
        system, pid = after(cold("migrate_cold", target_nid=nid), memory=(GIB, GIB))
        assert system.machine.processes[pid].space.usage().on_node[1] == 0
        assert status(system).schemes[0].sz_applied == 0
