"""The feedback loop, goals and their metrics (specification sections 7.2 and 15.1)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.model import ULONG_MAX, Goal
from engine.damos.goals import GoalState, feed, highest_score, tuned_esz_bp
from engine.regions.table import U64
from tests.engine.damos.fakes import PAGE, FixedMetrics
from tests.engine.make import EXAMPLES


def nowhere() -> tuple[U64, U64]:
    return np.empty(0, np.uint64), np.empty(0, np.uint64)


def ranges() -> tuple[U64, U64]:
    return np.array([0, 50], np.uint64), np.array([20, 130], np.uint64)


@pytest.mark.parametrize(
    ("last", "score", "following"),
    [
        (900_000, 200, 1_782_000),
        (900_000, 2_000, 1_620_000),
        (900_000, 250_000_000, 10_000),
        (900_000, 10_000, 900_000),
        (900_000, 15_000, 450_000),
        (900_000, 19_999, 10_000),
        (10_000, 0, 20_000),
        (20_000, 20_000, 10_000),
        (ULONG_MAX, 0, ULONG_MAX),
        (ULONG_MAX, 15_000, ULONG_MAX - ULONG_MAX // 10_000 * 5_000),
        (ULONG_MAX // 2, 5_000, ULONG_MAX // 2 + ULONG_MAX // 2 // 10_000 * 5_000),
        (12_345_678, 9_999, 12_345_678 + 1_234),
    ],
)
def test_feed(last: int, score: int, following: int) -> None:
    assert feed(last, score) == following


@EXAMPLES
@given(st.integers(10_000, ULONG_MAX), st.integers(0, 30_000))
def test_feed_goes_towards_the_goal_within_64_bits(last: int, score: int) -> None:
    following = feed(last, score)
    assert 10_000 <= following <= ULONG_MAX
    assert following == last if score == 10_000 else (following >= last) == (score < 10_000) or following == last


@pytest.mark.parametrize(("score", "sz", "esz_bp"), [(10_000, 5, 0), (9_999, 5, 50_000), (0, 0, ULONG_MAX)])
def test_temporal_does_all_or_nothing(score: int, sz: int, esz_bp: int) -> None:
    assert tuned_esz_bp("temporal", 123, score, sz) == esz_bp


def test_consist_starts_at_one_byte_and_doubles() -> None:
    seen = [0]
    for _ in range(5):
        seen.append(tuned_esz_bp("consist", seen[-1], 0, 0))
    assert seen[1:] == [20_000, 40_000, 80_000, 160_000, 320_000]


@pytest.mark.parametrize(
    ("goal", "value"),
    [
        (Goal("node_mem_used_bp", 1), 6_000),
        (Goal("node_mem_free_bp", 1), 4_000),
        (Goal("node_mem_used_bp", 1, nid=7), 0),
        (Goal("node_mem_free_bp", 1, nid=7), 10_000),
        (Goal("node_memcg_used_bp", 1, memcg_path="/known"), 2_500),
        (Goal("node_memcg_free_bp", 1, memcg_path="/known"), 7_500),
        (Goal("node_memcg_used_bp", 1, memcg_path="/gone"), 0),
        (Goal("node_memcg_free_bp", 1, memcg_path="/gone"), 10_000),
        (Goal("node_memcg_free_bp", 1, nid=3, memcg_path="/known"), 10_000),
        (Goal("active_mem_bp", 1), 3_000),
        (Goal("inactive_mem_bp", 1), 7_000),
        (Goal("hugepage_mem_bp", 1), 2_500),
        (Goal("node_eligible_mem_bp", 1, nid=1), 2_500),
        (Goal("user_input", 1, current_value=77), 77),
    ],
)
def test_metrics(goal: Goal, value: int) -> None:
    state = GoalState.of(goal)
    metrics = FixedMetrics(free=400 * PAGE, eligible_bytes=25)
    assert state.score(metrics, ranges) == value * 10_000
    assert state.current_value == value


def test_nothing_eligible_is_no_share() -> None:
    assert GoalState.of(Goal("node_eligible_mem_bp", 100)).score(FixedMetrics(), nowhere) == 0


def test_psi_counts_from_the_last_look() -> None:
    state, metrics = GoalState.of(Goal("some_mem_psi_us", 1_000)), FixedMetrics(psi_us=4_000)
    seen = []
    for psi_us in (4_000, 4_000, 4_500, 10_500):
        metrics.psi_us = psi_us
        seen.append((state.score(metrics, nowhere), state.current_value))
    assert seen == [(40_000, 4_000), (0, 0), (5_000, 500), (60_000, 6_000)]


def test_several_goals_score_as_the_one_that_is_met_best() -> None:
    goals = [GoalState.of(Goal("user_input", 100, value)) for value in (20, 90, 50)]
    assert highest_score(goals, FixedMetrics(), nowhere) == 9_000


def test_an_unknown_metric_is_named() -> None:
    with pytest.raises(ValueError, match="'warmth'"):
        GoalState.of(Goal("warmth", 1)).score(FixedMetrics(), nowhere)


SOURCES = [
    Goal("some_mem_psi_us", 234),
    Goal("user_input", 789, 12),
    Goal("node_mem_free_bp", 345, nid=9),
    Goal("node_mem_used_bp", 12, nid=6),
    Goal("node_memcg_used_bp", 456, nid=6, memcg_path="/7"),
    Goal("node_memcg_free_bp", 890, nid=10, memcg_path="/1"),
    Goal("node_eligible_mem_bp", 12, nid=6),
]


def test_commit_takes_the_value_only_of_what_the_user_feeds_in() -> None:
    state = GoalState(Goal("some_mem_psi_us", 1_000), 123, 456)
    for goal, before in pairwise([state.config, *SOURCES]):
        assert goal != before
    for goal in SOURCES:
        kept = state.current_value
        state.commit(goal)
        assert state.config == goal
        assert state.current_value == (12 if goal.metric == "user_input" else kept)
        assert state.last_psi_total == 456
