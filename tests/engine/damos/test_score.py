"""Scores, and the least one that gets a turn (specification sections 7.3 and 7.4)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.model import Weights
from engine.damos.rules import Rules
from engine.damos.score import Order, Scorer, least_score, order_of
from engine.versions import release
from tests.engine.make import EXAMPLES


def by_hand(nr: int, age: int, order: Order, frequency_weight: int, age_weight: int, checks: int, aggr_us: int) -> int:
    """The formulas of section 7.4, one number at a time."""
    freq = nr * 100 // checks
    seconds = age * aggr_us // 1_000_000
    log = min(math.floor(math.log2(seconds)) + 1, 32) if seconds else 0
    ages = ((-log if freq == 0 else log) + 32) * 100 // 32 // 2
    hot = (frequency_weight * freq + age_weight * ages) // (frequency_weight + age_weight)
    hot = max(0, min(99, hot * 99 // 100))
    return hot if order is Order.HOT else 99 - hot


@pytest.mark.parametrize(("nr", "age", "hot", "cold"), [(20, 100, 77, 22), (0, 1200, 18, 81)])
def test_worked_values(nr: int, age: int, hot: int, cold: int) -> None:
    for order, score in ((Order.HOT, hot), (Order.COLD, cold)):
        scorer = Scorer(order, 1, 1, 20, 100_000)
        assert scorer.score(nr, age) == score
        assert scorer.scores(np.array([nr]), np.array([age])).tolist() == [score]


@EXAMPLES
@given(
    order=st.sampled_from(Order),
    weights=st.tuples(st.integers(0, 1000), st.integers(1, 1000)),
    checks=st.sampled_from([1, 7, 20, 5_000]),
    aggr_us=st.sampled_from([1, 33_333, 100_000, 1_000_000, 1 << 20]),
    data=st.data(),
)
def test_scores_follow_the_formula(
    order: Order, weights: tuple[int, int], checks: int, aggr_us: int, data: st.DataObject
) -> None:
    nr = data.draw(st.lists(st.integers(0, checks), min_size=1, max_size=20))
    # The ages around each doubling of the seconds matter.
    edge = st.builds(lambda k, d: max(0, -(-(2**k * 1_000_000) // aggr_us) + d), st.integers(0, 33), st.integers(-1, 1))
    age = data.draw(st.lists(edge.filter(lambda a: a < 2**32), min_size=len(nr), max_size=len(nr)))
    scorer = Scorer(order, *weights, checks, aggr_us)
    wanted = [by_hand(n, a, order, *weights, checks, aggr_us) for n, a in zip(nr, age, strict=True)]
    assert scorer.scores(np.array(nr), np.array(age)).tolist() == wanted
    assert [scorer.score(n, a) for n, a in zip(nr, age, strict=True)] == wanted


def test_without_weights_or_order_nothing_is_chosen() -> None:
    assert Scorer.of(Order.COLD, Weights(sz_permil=1000), 20, 100_000) is None
    assert Scorer.of(None, Weights(0, 1, 1), 20, 100_000) is None
    assert Scorer.of(Order.HOT, Weights(0, 3, 4), 20, 100_000) == Scorer(Order.HOT, 3, 4, 20, 100_000)


@pytest.mark.parametrize(
    ("ops", "kernel", "hot", "cold"),
    [
        ("vaddr", "6.12", set(), {"pageout"}),
        ("fvaddr", "7.1", {"migrate_hot"}, {"pageout", "migrate_cold"}),
        ("paddr", "6.12", {"lru_prio", "migrate_hot"}, {"pageout", "lru_deprio", "migrate_cold"}),
        ("paddr", "7.1", {"lru_prio", "migrate_hot"}, {"pageout", "lru_deprio", "migrate_cold"}),
    ],
)
def test_which_actions_have_an_order(ops: str, kernel: str, hot: set[str], cold: set[str]) -> None:
    rules = Rules.of(release(kernel))
    actions = "willneed cold pageout hugepage nohugepage collapse lru_prio lru_deprio migrate_hot migrate_cold stat"
    for action in actions.split():
        wanted = Order.HOT if action in hot else Order.COLD if action in cold else None
        assert order_of(action, ops, rules) is wanted, action


@pytest.mark.parametrize(
    ("esz", "least"),
    [(1, 90), (100, 90), (101, 50), (400, 50), (401, 7), (900, 7), (901, 0), (2**63, 0)],
)
def test_the_score_that_reaches_the_quota_still_gets_a_turn(esz: int, least: int) -> None:
    scores, size = np.array([50, 7, 90, 50]), np.array([200, 500, 100, 100], np.uint64)
    assert least_score(scores, size, esz) == least


def test_bytes_are_added_exactly_beyond_what_floats_hold() -> None:
    scores, size = np.array([9, 9, 3]), np.array([2**62, 1, 2**62], np.uint64)
    assert least_score(scores, size, 2**62 + 1) == 9
    assert least_score(scores, size, 2**62 + 2) == 3
    assert least_score(np.array([], np.int64), np.array([], np.uint64), 1) == 0
