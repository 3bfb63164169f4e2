"""What schemes of real kernels 6.1 and 6.12 were seen to do, as sysfs tells it: watermarks, quotas, tried regions."""

from __future__ import annotations

import itertools

import pytest

from tests.conformance.facts import ATTRS, BOTH, REGIONS, STATE, C, Machine, S
from tests.engine.make import MIB

# Watermarks


def asleep(kernel: str) -> Machine:
    """A kdamond whose scheme waits for less memory to be free."""
    machine = Machine(kernel)
    machine.configure(schemes=1)
    marks = {"metric": "free_mem_rate", "interval_us": 400_000, "high": 20, "mid": 10, "low": 5}
    machine.set({f"watermarks/{name}": value for name, value in marks.items()}, f"{S}/")
    machine.set({STATE: "on"})
    machine.wait(900)
    return machine


@BOTH
def test_nothing_is_done_above_the_high_watermark_but_commands(kernel: str) -> None:
    machine = asleep(kernel)
    assert machine.read(STATE) == "on"
    began_us = machine.engine.now_us
    assert machine.stats() == {"nr_tried": 0, "sz_tried": 0, "nr_applied": 0, "sz_applied": 0, "qt_exceeds": 0}
    assert 0 < machine.engine.now_us - began_us <= 400_000
    status = machine.engine.kdamond_status(0)
    assert status is not None and status.aggregations == 0


@BOTH
def test_who_sleeps_takes_a_commit_on_6_1_and_makes_it_wait_on_6_12(kernel: str) -> None:
    machine = asleep(kernel)
    waiting = machine.begin(STATE, "commit")
    machine.wait(30_000)
    assert waiting.done == (kernel == "6.1")
    words = ("on", "update_schemes_stats", "commit")
    assert [machine.write(STATE, word) for word in words] == [
        "EBUSY",
        *(["EBUSY"] * 2 if kernel == "6.12" else [""] * 2),
    ]
    assert machine.write(STATE, "off") == ""
    assert waiting.result() == len("commit")
    assert [machine.write(STATE, word) for word in ("update_schemes_stats", "off")] == ["EINVAL", "EPERM"]


def test_who_sleeps_finds_no_tried_regions() -> None:
    machine = asleep("6.12")
    assert machine.write(STATE, "update_schemes_tried_regions") == ""
    assert machine.list(f"{S}/tried_regions") == ["total_bytes"]
    assert machine.read(f"{S}/tried_regions/total_bytes") == "0"


# Quotas


@BOTH
def test_a_quota_binds_from_the_second_window_on_and_to_the_byte(kernel: str) -> None:
    machine = Machine(kernel)
    machine.configure(schemes=1)
    machine.set({f"{S}/quotas/bytes": 3 * MIB + 4096, f"{S}/quotas/reset_interval_ms": 800, STATE: "on"})
    machine.wait(850)
    first = machine.stats()
    assert first["sz_tried"] > 8 * 20 * MIB and first["qt_exceeds"] == 0
    machine.wait(850)
    after = [machine.stats()]
    for _ in range(3):
        machine.wait(790)
        after.append(machine.stats())
    grown = [b["sz_tried"] - a["sz_tried"] for a, b in itertools.pairwise(after)]
    assert grown == [3 * MIB + 4096] * 3
    assert [stats["qt_exceeds"] - after[0]["qt_exceeds"] for stats in after] == [0, 1, 2, 3]


def effective_bytes(machine: Machine) -> int:
    assert machine.write(STATE, "update_schemes_effective_quotas") == ""
    return int(machine.read(f"{S}/quotas/effective_bytes"))


def test_effective_bytes_are_0_until_the_first_window_is_over() -> None:
    machine = Machine("6.12")
    machine.configure(schemes=1)
    machine.set({f"{S}/quotas/ms": 7, f"{S}/quotas/reset_interval_ms": 500, STATE: "on"})
    machine.wait(450)
    assert effective_bytes(machine) == 0
    machine.wait(300)
    assert effective_bytes(machine) == 7 * 4 * MIB
    machine.wait(3_000)
    assert effective_bytes(machine) == 7 * 4 * MIB, "stat takes no time"


def test_a_goal_moves_the_quota_up_from_one_byte_and_down_again() -> None:
    machine = Machine("6.12")
    machine.configure(schemes=1)
    machine.set({f"{S}/quotas/bytes": 64 * MIB, f"{S}/quotas/reset_interval_ms": 500})
    goal = f"{S}/quotas/goals/0"
    machine.set({f"{S}/quotas/goals/nr_goals": 1, f"{goal}/target_value": 500, f"{goal}/current_value": 100})
    machine.set({STATE: "on"})
    machine.wait(300)
    seen = []
    for _ in range(12):
        seen.append(effective_bytes(machine))
        machine.wait(490)
    assert seen == [0, 1, 3, 5, 10, 18, 34, 61, 110, 198, 357, 642]
    assert machine.stats()["qt_exceeds"] == 0, "less than a page is never used up"
    machine.set({f"{goal}/current_value": 750})
    assert machine.write(STATE, "commit_schemes_quota_goals") == ""
    before = effective_bytes(machine)
    machine.wait(500)
    assert effective_bytes(machine) == before // 2


# Tried regions


@pytest.mark.parametrize(
    ("kernel", "first", "second"),
    [
        ("6.6", ["0", "2", "4"], ["1", "3", "5"]),
        ("6.12", ["0", "2", "4"], ["1", "3", "5"]),
        ("6.18", ["0", "1", "2"], ["0", "1", "2"]),
        ("7.1", ["0", "1", "2"], ["0", "1", "2"]),
    ],
)
def test_up_to_6_13_all_schemes_share_the_numbers_of_tried_regions(
    kernel: str, first: list[str], second: list[str]
) -> None:
    machine = Machine(kernel)
    machine.configure("paddr", schemes=2)
    machine.set({f"{ATTRS}/nr_regions/min": 3, f"{ATTRS}/nr_regions/max": 3, f"{REGIONS}/nr_regions": 3})
    for index in range(3):
        machine.set({"start": index * 16 * MIB, "end": index * 16 * MIB + MIB}, f"{REGIONS}/{index}/")
    machine.set({STATE: "on"})
    machine.wait(250)
    for _ in range(2):
        assert machine.write(STATE, "update_schemes_tried_regions") == ""
        for scheme, names in enumerate((first, second)):
            at = f"{C}/schemes/{scheme}/tried_regions"
            assert machine.list(at) == [*names, "total_bytes"]
            assert [machine.read(f"{at}/{name}/start") for name in names] == [str(n * 16 * MIB) for n in range(3)]
            assert machine.read(f"{at}/total_bytes") == str(3 * MIB)
    machine.set({f"{C}/schemes/nr_schemes": 1})
    assert machine.write(STATE, "update_schemes_tried_regions") == ""
    assert machine.list(f"{S}/tried_regions") == ["0", "1", "2", "total_bytes"], "what has no directory takes no number"
    assert machine.write(STATE, "clear_schemes_tried_regions") == ""
    assert machine.list(f"{S}/tried_regions") == ["total_bytes"]
    assert machine.read(f"{S}/tried_regions/total_bytes") == "0"
