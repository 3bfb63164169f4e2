"""The simulated machine: where memory lies, who holds it, and what is refused."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.engine import Engine
from engine.errors import InputError
from engine.machine.layout import lay_out
from engine.machine.machine import RAM_START
from tests.engine.make import EXAMPLES, GIB, KIB, MIB, PAGE, engine, workload

SIZES = st.lists(st.one_of(st.integers(1, 200 * KIB), st.integers(1, 64 * GIB)), max_size=12)


@EXAMPLES
@given(SIZES)
def test_mappings_are_sorted_whole_pages_and_hold_every_region(sizes: list[int]) -> None:
    layout = lay_out(tuple(sizes))
    assert all(m.start < m.end and m.start % PAGE == m.end % PAGE == 0 for m in layout.mappings)
    assert all(a.end <= b.start for a, b in pairwise(layout.mappings))
    spans = sorted((start, start + size) for start, size in zip(layout.regions, sizes, strict=True))
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    for low, high in [*spans, *layout.always]:
        assert any(m.start <= low and high <= m.end for m in layout.mappings)
    assert all(low % PAGE == high % PAGE == 0 for low, high in layout.always)


def test_large_regions_are_mapped_one_below_the_other_and_small_ones_lie_in_the_heap() -> None:
    layout = lay_out((10 * MIB, 128 * KIB, 10 * MIB, 128 * KIB - 1, 64))
    first, second, third, fourth, fifth = layout.regions
    assert first > second > third > fourth
    assert fourth < fifth < third
    # 16 bytes of malloc before each, rounded up to whole pages.
    assert first - second == 128 * KIB + PAGE
    assert second - third == 10 * MIB + PAGE
    (heap,) = (m for m in layout.mappings if m.name == "[heap]")
    assert heap.start < fourth < fifth < heap.end


def test_physical_memory_is_held_by_one_process_at_a_time() -> None:
    system = engine(memory_bytes=GIB)
    load = workload({"a": 100 * MIB}, (1_000, [("a", False, 4096, 1)]))
    pids = [system.start_process(load) for _ in range(8)]
    low, high = system.machine.system_ram
    assert (low, high) == (RAM_START, RAM_START + GIB)
    held = sorted(span for pid in pids for span in system.machine.physical_ranges(pid))
    assert all(a[1] <= b[0] for a, b in pairwise(held))
    assert held[0][0] >= low + GIB // 64 and held[-1][1] <= high
    gone = system.machine.physical_ranges(pids[3])
    system.kill_process(pids[3])
    assert system.machine.physical_ranges(system.start_process(load)) == gone


def test_what_does_not_fit_is_refused_in_one_sentence() -> None:
    system = engine(memory_bytes=GIB, swap_bytes=0)
    with pytest.raises(InputError, match=r"of memory and swap only .* are free") as error:
        system.start_process(workload({"a": GIB}, (1_000, [("a", False, 4096, 1)]), name="big"))
    assert "big" in str(error.value) and "\n" not in str(error.value)
    assert system.snapshot().processes == ()
    with pytest.raises(InputError, match="too small"):
        Engine(memory_bytes=MIB)
    with pytest.raises(InputError, match="-1"):
        Engine(seed=-1)


def test_pids_are_given_once() -> None:
    system = engine()
    load = workload({"a": MIB}, (1_000, [("a", False, 4096, 1)]))
    assert system.start_process(load) == 1_001
    assert system.start_process(load, pid=2_000) == 2_000
    assert system.start_process(load) == 2_001
    for pid in (2_000, 0, -5):
        with pytest.raises(InputError, match=str(pid)):
            system.start_process(load, pid=pid)
    system.kill_process(2_000)
    with pytest.raises(InputError, match="2000"):
        system.kill_process(2_000)
    with pytest.raises(InputError, match="2000"):
        system.start_process(load, pid=2_000)


def test_each_process_has_chance_of_its_own() -> None:
    system = engine(seed=7)
    load = workload({"a": MIB, "b": MIB}, (5_000, [("a", False, 4096, 1), ("b", False, 4096, 1)]), batch=90_000)
    one, two = (system.machine.processes[system.start_process(load)].realisation for _ in range(2))
    edges = np.arange(1_001) * 1_000.0
    first, second = (realisation.accesses(edges)[1][:, 0] for realisation in (one, two))
    assert 350 < (first == second).sum() < 650


def test_processes_show_what_they_do() -> None:
    system = engine()
    load = workload(
        {"a": MIB}, (10, [("a", False, 4096, 1)]), (20, [("a", False, 64, 1)]), accesses_per_ms=100, batch=10
    )
    pid = system.start_process(load)
    phases = []
    for _ in range(4):
        (shown,) = system.snapshot().processes
        phases.append((shown.phase, shown.running, shown.ended_us, bool(shown.mappings)))
        system.advance(10_000)
    assert phases == [
        ("phase 0", True, None, True),
        ("phase 1", True, None, True),
        ("phase 1", True, None, True),
        ("", False, 30_000, False),
    ]
    assert system.finished()
    with pytest.raises(InputError, match=str(pid)):
        system.kill_process(pid)
