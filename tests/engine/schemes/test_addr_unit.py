"""Physical addresses in units of more or less than a page (section 10.2)."""

from __future__ import annotations

import pytest

from engine.config.model import Quotas
from tests.engine.make import GIB, MIB, collect, engine, kdamond
from tests.engine.running import pid_of, status, with_context
from tests.engine.schemes.acting import HALF_COLD, cold, pages, process, ram, scheme


@pytest.mark.parametrize("unit", [1, 1_024, 4_096, 16_384, 65_536])
def test_hot_memory_is_found_in_any_unit(unit: int) -> None:
    system = engine(memory_bytes=GIB)
    pid_of(system, HALF_COLD)
    seen = collect(system)
    config = kdamond(ram(system, unit), ops="paddr")
    system.turn_on(0, with_context(config, addr_unit=unit))
    system.advance(6_000_000)
    sizes = [int((a.end - a.start)[a.nr_accesses >= 10].sum()) * unit for a in seen[-10:]]
    assert sum(sizes) / 10 == pytest.approx(64 * MIB, rel=0.1)
    low, high = system.machine.system_ram
    least = max(4_096 // unit, 1)
    for a in seen:
        assert (int(a.start[0]), int(a.end[-1])) == (low // unit, high // unit)
        assert ((a.end - a.start) >= least).all()


@pytest.mark.parametrize("unit", [1_024, 4_096, 16_384])
def test_actions_reach_the_memory_meant_and_count_in_units(unit: int) -> None:
    system = engine(memory_bytes=GIB)
    pid = pid_of(system, HALF_COLD)
    config = kdamond(ram(system, unit), ops="paddr", schemes=[cold("pageout", age=10)])
    system.turn_on(0, with_context(config, addr_unit=unit))
    system.advance(10_000_000)
    assert pages(system, pid, 1, "swapped") * 4_096 == pytest.approx(64 * MIB, rel=0.1)
    (stats,) = status(system).schemes
    assert stats.sz_applied * unit == pytest.approx(process(system, pid).saved_bytes, rel=0.25)


@pytest.mark.parametrize("unit", [4_096, 16_384])
def test_a_byte_quota_is_one_of_units(unit: int) -> None:
    system = engine(memory_bytes=GIB)
    pid_of(system, HALF_COLD)
    quota = Quotas(sz_bytes=100, reset_interval_ms=100)
    config = kdamond(ram(system, unit), ops="paddr", schemes=[scheme("stat", quotas=quota)])
    system.turn_on(0, with_context(config, addr_unit=unit))
    system.advance(1_000_000)
    assert status(system).schemes[0].sz_tried == 1_000
