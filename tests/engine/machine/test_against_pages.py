"""Fluid page state against a simulation that knows every page.

Both get the same workload in the same steps of its own clock. Where chance decides which pages are touched, the fluid
state holds the expected numbers, so that a single play of the pages lies around them by the square root of the number
of pages, and its mean over several plays near them. Under pressure both reclaim the longest untouched pages first, but
of pages touched at random the fluid state knows the mean time only; how far apart that takes them is stated here.
"""

from __future__ import annotations

import numpy as np
import pytest

from engine.machine.costs import Costs
from engine.workload.library import Workload
from tests.engine.machine.machines import act, memory, run, span
from tests.engine.machine.naive_pages import NaivePages
from tests.engine.make import MIB, workload

STEP = 100_000
STATES = ("untouched", "swapped", "inactive", "active")


def play(work: Workload, mib: int, steps: int, plays: int, *, out_at: int = -1):  # type: ignore[no-untyped-def]
    """Both, for some steps: page counts of each state after every step, and swap-ins; [steps, 5] fluid, and naive."""
    machine = memory(mib, costs=Costs(swap_in_ns=20_000))
    space = run(machine, work)
    naive = [NaivePages(space, machine.hardware.nodes[0], machine.hardware.swap_pages, seed) for seed in range(plays)]
    fluid, paged = [], []
    for step in range(steps):
        start, end = step * STEP, (step + 1) * STEP
        machine.settle(end)
        window = space.clock.work_at(start), space.clock.work_at(end)
        for pages in naive:
            pages.step(*window, end)
        if step == out_at:
            act(machine, "pageout", *span(space))
            for pages in naive:
                pages.page_out(*span(space))
        fluid.append([space.extents.total(name) for name in STATES] + [space.account.swap_ins])
        paged.append(np.mean([[p.count(name) for name in STATES] + [p.swap_ins] for p in naive], axis=0))
    return np.array(fluid), np.array(paged)


def test_random_touches_bring_and_activate_as_many_pages() -> None:
    work = workload({"a": 8 * MIB}, (60_000, [("a", True, 0, 1)]), accesses_per_ms=8.0, batch=64)
    fluid, paged = play(work, 64, 40, 8)
    # 2,049 pages: the mean of 8 plays is off by the square root of 2,049 / 4 / 8, a few times.
    assert np.abs(fluid - paged).max() < 4 * 8
    assert fluid[0, 2] > 500
    assert fluid[-1, 3] > 1200


def test_sweeps_agree_page_by_page() -> None:
    both = [("a", False, 4096, 3), ("b", False, 8192, 1)]
    work = workload({"a": 8 * MIB, "b": 4 * MIB}, (60_000, both), accesses_per_ms=9.0, batch=64)
    fluid, paged = play(work, 64, 40, 1)
    assert np.abs(fluid - paged).max() <= 1


@pytest.mark.parametrize("random", [True, False])
def test_what_was_paged_out_comes_back_alike(random: bool) -> None:
    work = workload({"a": 8 * MIB}, (60_000, [("a", random, 4096, 1)]), accesses_per_ms=8.0, batch=64)
    fluid, paged = play(work, 64, 40, 8 if random else 1, out_at=20)
    assert np.abs(fluid - paged).max() < (4 * 8 if random else 2)
    assert fluid[-1, 4] > 500


def test_a_sweep_under_pressure_faults_as_often() -> None:
    work = workload({"a": 24 * MIB}, (600_000, [("a", False, 4096, 1)]), accesses_per_ms=12.0, batch=64)
    fluid, paged = play(work, 16, 40, 1)
    assert paged[-1, 4] > 2000
    assert np.abs(fluid - paged).max() < 0.03 * paged[-1, 4]


def test_random_touches_under_pressure_fault_as_often() -> None:
    work = workload({"a": 24 * MIB}, (600_000, [("a", True, 0, 1)]), accesses_per_ms=12.0, batch=64)
    fluid, paged = play(work, 16, 50, 1)
    assert paged[-1, 4] > 2000
    assert fluid[-1, 4] == pytest.approx(paged[-1, 4], rel=0.1)
    assert fluid[-1, 1] == pytest.approx(paged[-1, 1], rel=0.05)


def test_hot_pages_stay_under_pressure_as_they_do_page_by_page() -> None:
    regions = {"hot": 4 * MIB, "cold": 24 * MIB}
    work = workload(regions, (600_000, [("hot", True, 0, 8), ("cold", False, 4096, 1)]), accesses_per_ms=60.0, batch=64)
    fluid, paged = play(work, 16, 40, 1)
    assert paged[-1, 4] > 500
    assert fluid[-1, 4] == pytest.approx(paged[-1, 4], rel=0.15)
    assert fluid[-1, 3] == pytest.approx(paged[-1, 3], rel=0.15)
