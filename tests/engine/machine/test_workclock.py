"""A process' own clock, and how much work fits into a time."""

from __future__ import annotations

import numpy as np
import pytest

from engine.machine.workclock import WorkClock, most_work


def test_who_never_waits_works_as_long_as_it_exists() -> None:
    clock = WorkClock(250_000)
    times = np.array([250_000.0, 250_000.3, 1e9 + 0.7])
    assert (clock.works_at(times) == times - 250_000.0).all(), "not even rounding may differ"
    assert clock.work_at(300_000) == 50_000


def test_is_linear_between_changes() -> None:
    clock = WorkClock(0)
    clock.run(100, 0.5)
    clock.run(200, 0.0)
    clock.run(300, 1.0)
    assert clock.works_at(np.array([0.0, 50, 100, 150, 200, 250, 300, 400])).tolist() == [
        0, 50, 100, 125, 150, 150, 150, 250,
    ]  # fmt: skip


def test_a_rate_told_anew_for_the_same_time_replaces_the_former() -> None:
    clock = WorkClock(0)
    clock.run(100, 0.5)
    clock.run(100, 0.25)
    assert clock.work_at(200) == 125
    clock.run(100, 1.0)
    assert clock.works_at(np.array([0.1, 200.7])).tolist() == [0.1, 200.7]


def test_all_fits_that_does_not_stall() -> None:
    assert most_work(1e8, 1e9, 1000.0, 1e5, lambda us: 0.0) == 1e5
    assert most_work(1e8, 5e4, 1000.0, 1e5, lambda us: 0.0) == 5e4
    assert most_work(1e8, 1e9, 2000.0, 1e5, lambda us: 0.0) == 5e4
    assert most_work(-1.0, 1e9, 1000.0, 1e5, lambda us: 0.0) == 0.0


@pytest.mark.parametrize("guess", [0.0, 3.0, 900.0, 99_000.0])
@pytest.mark.parametrize("each", [1.0, 70_000.0, 3e6])
def test_what_stalls_fits_up_to_a_hundredth(guess: float, each: float) -> None:
    def stall(us: float) -> float:
        return each * 16_384 * -np.expm1(-us * 0.005)

    work = most_work(1e8, 1e9, 1000.0, guess, stall)
    if work < 1e5:
        assert work * 1000 + stall(work) == pytest.approx(1e8, rel=0.011)
    else:
        assert work * 1000 + stall(work) <= 1.011e8


def test_looks_seldom_where_the_guess_is_good() -> None:
    calls = []

    def stall(us: float) -> float:
        calls.append(us)
        return us * 9000.0

    assert most_work(1e8, 1e9, 1000.0, 1e4, stall) == pytest.approx(1e4, rel=0.011)
    assert len(calls) == 1
