"""Which pattern of a workload runs when: drawn by weight, and the same whoever looks at it, whenever."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from tests.engine.make import EXAMPLES, KIB, MIB, workload
from tests.engine.played import model_of

SWEEP = False


def test_patterns_are_drawn_by_their_weights() -> None:
    load = workload(
        {"a": 256 * KIB}, (60_000, [("a", SWEEP, 4096, w) for w in (5, 0, 3, 2)]), accesses_per_ms=100, batch=100
    )
    model = model_of(load, seed=8)
    plan = model.realisation.phases[0]
    active, made, before = model.realisation.accesses(1_000.0 * np.arange(plan.nr_batches + 1))
    assert active == (0, 2, 3)
    assert (made.sum(axis=1) == 100).all()
    assert np.array_equal(before[1:], np.cumsum(made, axis=0)[:-1])
    counts = (made > 0).sum(axis=0)
    assert counts.sum() == 60_000
    assert chisquare(counts, 60_000 * np.array([0.5, 0.3, 0.2])).pvalue > 1e-3
    # One draw tells nothing of the next.
    chosen = made.argmax(axis=1)
    pairs = Counter(zip(chosen[:-1].tolist(), chosen[1:].tolist(), strict=True))
    expected = np.outer(counts, counts) / counts.sum()
    found = np.array([[pairs[i, j] for j in range(3)] for i in range(3)])
    assert ((found - expected) ** 2 / expected).sum() < 30


@settings(EXAMPLES, max_examples=20)
@given(st.lists(st.floats(0, 70_000_000), min_size=2, max_size=30))
def test_any_time_can_be_looked_at_in_any_order(times: list[float]) -> None:
    """More than a minute of batches of a millisecond, of which only the last few thousand are kept."""
    load = workload({"a": MIB}, (30_000, [("a", SWEEP, 64, 1), ("a", SWEEP, 64, 1)]), accesses_per_ms=100, batch=100)
    straight = model_of(load, loop=True, seed=4).realisation
    here = model_of(load, loop=True, seed=4).realisation
    edges = np.array(sorted(times))
    _, made, before = straight.accesses(edges)
    for i in np.random.default_rng(len(times)).permutation(len(edges) - 1):
        _, one, earlier = here.accesses(edges[i : i + 2])
        assert np.allclose(one[0], made[i], atol=1e-6)
        assert np.allclose(earlier[0], before[i], atol=1e-6) or not made[i].any()


def test_each_repetition_and_each_seed_has_chance_of_its_own() -> None:
    load = workload({"a": MIB}, (1_000, [("a", SWEEP, 64, 1), ("a", SWEEP, 64, 1)]), accesses_per_ms=100, batch=100)
    edges = 1_000.0 * np.arange(1_001)
    whole = model_of(load, loop=True, seed=1).realisation
    other = model_of(load, loop=True, seed=2).realisation
    first, second = (whole.accesses(edges + i * whole.repetition_us)[1][:, 0] for i in (0, 1))
    for one in (second, other.accesses(edges)[1][:, 0]):
        # Of 1000 fair draws, half agree, with a deviation of 16.
        assert 400 < (first == one).sum() < 600
