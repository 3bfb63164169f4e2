"""What goals and watermarks are told."""

from __future__ import annotations

import numpy as np

from engine.machine.machine import RAM_START
from engine.machine.metrics import MachineMetrics
from engine.machine.pressure import Pressure
from tests.engine.machine.machines import act, memory, run, span
from tests.engine.make import MIB, workload

PAGE = 4096


def test_figures_of_a_machine() -> None:
    machine = memory(256, 64)
    metrics = MachineMetrics(machine)
    assert (metrics.memory().total, metrics.memory().free) == (320 * MIB, 315 * MIB)
    space = run(machine, workload({"a": 16 * MIB}, (60_000, [("a", True, 0, 1)])))
    space.memcg = "/jobs"
    machine.settle(1_000_000)
    held = (4097 + 7) * PAGE
    assert metrics.memory().free == 315 * MIB - held
    first, second = metrics.node_memory(0), metrics.node_memory(1)
    assert first is not None and first.free == 252 * MIB - held
    assert second is not None and second.free == 63 * MIB
    assert metrics.node_memory(2) is None and metrics.node_memory(-1) is None
    assert metrics.lru_bytes() == (held, 0)
    assert metrics.memcg_bytes("/jobs\n", 0) == held
    assert metrics.memcg_bytes("/jobs", 1) == 0
    assert metrics.memcg_bytes("/other", 0) is None
    act(machine, "cold", *span(space))
    assert metrics.lru_bytes() == (7 * PAGE, 4097 * PAGE)
    act(machine, "migrate_cold", *span(space), node=1)
    assert metrics.memcg_bytes("/jobs", 1) == 4097 * PAGE
    assert metrics.huge_bytes() == 0
    act(machine, "collapse", *span(space))
    assert metrics.huge_bytes() >= 7 * 512 * PAGE
    start = np.array([RAM_START, RAM_START + 200 * MIB], np.uint64)
    end = start + np.uint64(100 * MIB)
    assert metrics.bytes_on_node(start, end, 0) == 156 * MIB
    assert metrics.bytes_on_node(start, end, 1) == 44 * MIB
    assert metrics.bytes_on_node(start, end, 2) == 0
    assert metrics.some_psi_us() == 0


def test_stalls_of_several_processes_are_taken_to_be_independent() -> None:
    pressure = Pressure()
    pressure.pass_time(100_000, [50_000, 50_000])
    assert (pressure.some_total_us, pressure.full_total_us) == (75_000, 25_000)
    pressure.pass_time(100_000, [])
    assert (pressure.some_total_us, pressure.full_total_us) == (75_000, 25_000)


def test_the_average_follows_within_ten_seconds() -> None:
    pressure = Pressure()
    for _ in range(100):
        pressure.pass_time(100_000, [100_000])
    assert 63 < pressure.some_avg10 < 64
    for _ in range(300):
        pressure.pass_time(100_000, [0])
    assert pressure.some_avg10 < 5
