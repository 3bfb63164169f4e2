"""Effective quotas and charge windows (specification sections 7.1 and 7.3), and what recordings showed of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.config.model import ULONG_MAX, Goal, Quotas, Weights
from engine.damos.quota import QuotaState
from engine.damos.rules import Rules
from engine.regions.table import U64
from engine.versions import release
from tests.engine.damos.fakes import MIB, PAGE, FixedMetrics

SECOND = 1_000_000


def nowhere() -> tuple[U64, U64]:
    return np.empty(0, np.uint64), np.empty(0, np.uint64)


def quota(kernel: str, config: Quotas, min_region_sz: int = PAGE) -> QuotaState:
    return QuotaState(config, Rules.of(release(kernel)), min_region_sz)


def windows(state: QuotaState, count: int, every_us: int = SECOND) -> list[int]:
    """The effective quota after each look, `every_us` apart."""
    seen = []
    for i in range(count):
        state.open_window(i * every_us, FixedMetrics(), nowhere)
        seen.append(state.esz)
    return seen


def user_input(current: int, target: int) -> tuple[Goal, ...]:
    return (Goal("user_input", target, current),)


@pytest.mark.parametrize(
    ("kernel", "config", "esz"),
    [
        ("6.12", Quotas(0, 4 * MIB, 1000), [0, 4 * MIB, 4 * MIB]),
        ("7.1", Quotas(0, 4 * MIB, 1000), [4 * MIB, 4 * MIB, 4 * MIB]),
        ("6.12", Quotas(10, 0, 1000), [0, 41_943_040, 41_943_040]),
        ("7.1", Quotas(10, 0, 1000), [41_943_040, 41_943_040]),
        ("7.1", Quotas(10, MIB, 1000), [MIB]),
        ("7.1", Quotas(10, 100, 1000), [100]),
        ("7.1", Quotas(0, 0, 1000), [0]),
        # A quota with a goal is not bound by `sz` alone, and in 6.12 not at all in the first window.
        ("6.12", Quotas(0, 64 * MIB, 1000, goals=user_input(2_000, 10_000)), [0, 1, 3, 5, 10, 18, 34, 61, 110, 198]),
        ("7.1", Quotas(0, 64 * MIB, 1000, goals=user_input(2_000, 10_000)), [1, 3, 5, 10, 18, 34, 61, 110, 198, 357]),
        ("7.1", Quotas(0, 20, 1000, goals=user_input(2_000, 10_000)), [1, 3, 5, 10, 18, 20, 20]),
        ("6.6", Quotas(0, 20, 1000, goals=user_input(2_000, 10_000)), [0, 20]),
        ("7.1", Quotas(0, 0, 1000, goals=user_input(0, 10_000), goal_tuner="temporal"), [ULONG_MAX // 10_000]),
        ("7.1", Quotas(0, 9, 1000, goals=user_input(0, 10_000), goal_tuner="temporal"), [9, 9]),
        ("7.1", Quotas(0, 9, 1000, goals=user_input(7, 7), goal_tuner="temporal"), [0, 0]),
        ("7.1", Quotas(1, 0, 1000, goals=user_input(7, 7), goal_tuner="temporal"), [PAGE, PAGE]),
        ("7.1", Quotas(0, 0, 1000, goals=(Goal("user_input", 0),)), [0, 0]),
    ],
)
def test_effective_quota(kernel: str, config: Quotas, esz: list[int]) -> None:
    assert windows(quota(kernel, config), len(esz)) == esz


@pytest.mark.parametrize(("current", "factor"), [(2_000, 1.8), (9_000, 1.1), (15_000, 0.5), (5_000, 1.5)])
def test_the_goal_scales_the_quota(current: int, factor: float) -> None:
    state = quota("6.12", Quotas(0, 0, 1000, goals=user_input(0, 10_000)))
    windows(state, 14)
    before = state.esz_bp
    state.commit(Quotas(0, 0, 1000, goals=user_input(current, 10_000)))
    state.open_window(20 * SECOND, FixedMetrics(), nowhere)
    assert state.esz_bp == pytest.approx(before * factor, abs=1)


def test_recorded_series_of_a_goal() -> None:
    state = quota("6.12", Quotas(0, 64 * MIB, 1000, goals=user_input(2_000, 10_000)))
    assert windows(state, 12)[1:] == [1, 3, 5, 10, 18, 34, 61, 110, 198, 357, 642]


def test_time_quota_follows_the_measured_speed() -> None:
    state = quota("7.1", Quotas(10, 0, 1000))
    state.open_window(0, FixedMetrics(), nowhere)
    state.charge(8 * MIB, 8 * MIB)
    state.total_charged_ns = 4_000_000
    state.open_window(SECOND, FixedMetrics(), nowhere)
    # 8 MiB in 4 ms, so 2 MiB a millisecond.
    assert state.esz == 20 * MIB
    state.total_charged_ns = 10**15
    state.open_window(2 * SECOND, FixedMetrics(), nowhere)
    assert state.esz == PAGE
    slow = quota("6.12", Quotas(10, 0, 1000))
    slow.total_charged_ns, slow.total_charged_sz = 10**15, 8 * MIB
    windows(slow, 2)
    assert slow.esz == 0


def test_a_window_that_was_used_up_is_counted_when_the_next_begins() -> None:
    state = quota("7.1", Quotas(0, 3 * PAGE, 1000))
    seen = []
    for now_us, charge in ((0, 3), (999_999, 0), (SECOND, 2), (2 * SECOND, 3), (3 * SECOND + 5, 0), (4 * SECOND, 0)):
        seen.append(state.open_window(now_us, FixedMetrics(), nowhere))
        if charge:
            state.charge(charge * PAGE, 0)
    assert seen == [False, False, True, False, True, False]
    assert (state.total_charged_sz, state.charged_sz, state.charged_from_us) == (8 * PAGE, 0, 3 * SECOND + 5)


def test_without_reset_interval_each_look_begins_a_window() -> None:
    state = quota("7.1", Quotas(0, PAGE, 0))
    for now_us in (0, 1, 2):
        state.open_window(now_us, FixedMetrics(), nowhere)
        state.charge(PAGE, 0)
    assert state.total_charged_sz == 2 * PAGE


@pytest.mark.parametrize(
    ("kernel", "config", "esz", "charged", "limited", "full"),
    [
        ("6.12", Quotas(0, 9), 0, 50, False, False),
        ("6.12", Quotas(), 9, 8, True, False),
        ("6.12", Quotas(), 9, 9, True, True),
        ("7.1", Quotas(), 0, 50, False, False),
        ("7.1", Quotas(0, 9), 0, 0, True, True),
        ("7.1", Quotas(), 2 * PAGE, PAGE, True, False),
        ("7.1", Quotas(), 2 * PAGE, PAGE + 1, True, True),
        ("6.12", Quotas(), 2 * PAGE, PAGE + 1, True, False),
        ("7.1", Quotas(goals=user_input(1, 1)), 1, 0, True, True),
    ],
)
def test_when_a_quota_is_full(kernel: str, config: Quotas, esz: int, charged: int, limited: bool, full: bool) -> None:
    state = quota(kernel, config)
    state.esz, state.charged_sz = esz, charged
    assert (state.limited, state.full) == (limited, full)


@pytest.mark.parametrize(
    ("kernel", "rate", "applied", "charged"),
    [
        ("7.1", (1, 2), 0, 1000),
        ("next", (0, 0), 0, 1000),
        ("next", (1, 2), 0, 500),
        ("next", (1, 2), 400, 700),
        ("next", (1, 3), 1, 334),
        ("next", (0, 1), 0, 0),
        ("next", (3, 1), 0, 3000),
        ("next", (1, 2), 1000, 1000),
        ("next", (1, 2), 1001, 1000),
    ],
)
def test_what_failed_is_charged_at_its_own_rate(kernel: str, rate: tuple[int, int], applied: int, charged: int) -> None:
    state = quota(kernel, Quotas(0, 1, fail_charge_num=rate[0], fail_charge_denom=rate[1]))
    state.charge(1000, applied)
    assert state.charged_sz == charged


def test_commit_takes_all_parameters_and_keeps_the_state() -> None:
    before = Quotas(1, 2, 3, Weights(4, 5, 6), (), "consist", 2, 3)
    after = Quotas(7, 8, 9, Weights(10, 11, 12), user_input(1, 2), "temporal", 1, 1024)
    state = quota("next", before)
    state.esz, state.esz_bp, state.charged_sz, state.total_charged_sz, state.total_charged_ns = 11, 12, 13, 14, 15
    state.charged_from_us = 16
    state.stop_at(1, 99)
    state.commit(after)
    assert state.config == after
    assert (state.esz, state.esz_bp, state.charged_sz, state.total_charged_sz, state.total_charged_ns) == (
        (11, 12, 13, 14, 15)
    )
    assert (state.charged_from_us, state.charge_target_from, state.charge_addr_from) == (16, 1, 99)


@pytest.mark.parametrize(("before", "after"), [((), (123,)), ((234,), (345,)), ((456,), ()), ((1, 2), (3, 4, 5))])
def test_commit_of_goals(before: tuple[int, ...], after: tuple[int, ...]) -> None:
    state = quota("7.1", Quotas(1, 2, 3, goals=tuple(Goal("user_input", target) for target in before)))
    goals = tuple(Goal("user_input", target, target + 1) for target in after)
    kept = state.goals[: len(goals)]
    state.commit_goals(goals)
    assert state.config == replace(Quotas(1, 2, 3), goals=goals)
    assert [(g.config, g.current_value) for g in state.goals] == [(goal, goal.current_value) for goal in goals]
    assert state.goals[: len(kept)] == kept


def test_goals_without_target_are_not_installed() -> None:
    assert [g.config.target_value for g in quota("7.1", Quotas(goals=(Goal(), *user_input(0, 5)))).goals] == [5]


def test_the_stop_follows_its_target() -> None:
    state = quota("7.1", Quotas(0, 1))
    state.renumber_targets({})
    state.stop_at(2, 77)
    state.renumber_targets({0: 0, 2: 1})
    assert (state.charge_target_from, state.charge_addr_from) == (1, 77)
    state.renumber_targets({0: 0})
    assert (state.charge_target_from, state.charge_addr_from) == (None, 0)


@pytest.mark.parametrize(("kernel", "addr"), [("6.10", 78), ("6.12", 77), ("7.1", 77)])
def test_where_the_next_window_goes_on(kernel: str, addr: int) -> None:
    state = quota(kernel, Quotas(0, 1))
    state.stop_at(0, 77)
    assert state.charge_addr_from == addr


def test_a_goal_steers_the_quota_up_and_down() -> None:
    """As the selftest damos_quota_goal: it may only stay where it is asked to fall and is 1 already."""
    state, now = quota("7.1", Quotas(0, 0, 100, goals=user_input(0, 10_000))), 0
    for current, rises in ((0, True), (15_000, False), (5_000, True), (18_000, False)):
        state.commit_goals(user_input(current, 10_000))
        state.open_window(now, FixedMetrics(), nowhere)
        before = state.esz
        for _ in range(5):
            now += 100_000
            state.open_window(now, FixedMetrics(), nowhere)
        assert state.esz > before if rises else (state.esz < before or state.esz == 1)
