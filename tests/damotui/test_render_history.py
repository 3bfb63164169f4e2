"""The history keeps a whole session in sight within its bounds: the newest as they came, the past thinned out."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.render.history import History
from damotui.render.track import Track
from engine.snapshot import Acted
from tests.damotui.aggregations import aggregation, step


def ends(found):
    return [one.end_us for one in found]


def everything(history, kdamond=0):
    return history.between(kdamond, 0, 0, 10**18)


def spans(history):
    return [(one.start_us // 100_000, one.end_us // 100_000) for one in everything(history)]


def test_gives_what_overlaps_a_span():
    history = History()
    for i in range(10):
        history.add(step(i))
    assert ends(history.between(0, 0, 250_000, 450_000)) == [300_000, 400_000, 500_000]
    assert ends(history.between(0, 0, 300_000, 400_000)) == [400_000]
    assert ends(history.between(0, 0, 0, 1)) == [100_000]
    assert history.between(0, 0, 1_000_000, 2_000_000) == []
    assert history.between(0, 0, 500_000, 500_000) == []
    assert history.between(0, 1, 0, 10**9) == []


def test_keeps_contexts_apart():
    history = History()
    history.add(aggregation([(0, 0, 4096, 1)], 50, 150, kdamond=1))
    history.add(aggregation([(0, 0, 4096, 1)], 0, 100, kdamond=0, context=2))
    assert history.contexts() == ((0, 2), (1, 0))
    assert history.latest(1).end_us == 150
    assert history.latest(0, 2).end_us == 100
    assert history.latest(0) is None
    assert (history.begin_us(1), history.begin_us(0)) == (50, None)


def test_the_newest_half_is_whole_and_the_past_is_told_in_grains():
    history = History(max_aggregations=8)
    for i in range(8):
        history.add(step(i))
    assert spans(history) == [(i, i + 1) for i in range(8)]
    history.add(step(8))
    # Of the five that are past, the two oldest are one now.
    assert spans(history) == [(0, 2), *((i, i + 1) for i in range(2, 9))]
    for i in range(9, 12):
        history.add(step(i))
    assert spans(history) == [(0, 2), (2, 4), (4, 6), (6, 8), (8, 9), (9, 10), (10, 11), (11, 12)]
    history.add(step(12))
    assert spans(history) == [(0, 4), (4, 6), (6, 8), (8, 9), (9, 10), (10, 11), (11, 12), (12, 13)]
    assert history.grain_us(0) == 400_000


def test_a_grain_has_the_regions_of_its_first():
    history = History(max_aggregations=20)
    for i in range(1_000):
        history.add(step(i))
    for one in everything(history):
        assert (one.nr_accesses == step(one.start_us // 100_000).nr_accesses).all()


def test_a_whole_day_stays_evenly_covered():
    history, day, bound = History(max_aggregations=100), 20_000, 100
    for i in range(day):
        history.add(aggregation([(0, 0, 4096, 1)], i, i + 1))
    found = everything(history)
    assert (found[0].start_us, found[-1].end_us) == (0, day)
    assert all(left.end_us == right.start_us for left, right in pairwise(found))
    lengths = [one.end_us - one.start_us for one in found]
    assert max(lengths) == history.grain_us(0) <= 8 * day / bound
    assert lengths[-49:] == [1] * 49


def test_time_without_aggregations_is_not_covered_unless_it_is_shorter_than_a_grain():
    history = History(max_aggregations=8)
    for start in (*range(0, 8), *range(1_000, 1_020)):
        history.add(aggregation([(0, 0, 4096, 1)], start, start + 1))
    before, after = history.between(0, 0, 0, 8), history.between(0, 0, 1_000, 2_000)
    assert (before[-1].end_us, after[0].start_us, after[-1].end_us) == (8, 1_000, 1_020)
    assert history.between(0, 0, 8, 1_000) == []


def test_adding_takes_a_few_steps_however_long_it_runs(monkeypatch):
    steps, fits = [], Track._fits
    monkeypatch.setattr(Track, "_fits", lambda *given: steps.append(1) or fits(*given))
    history, rng = History(max_aggregations=64), np.random.default_rng(1)
    at = 0
    for count in range(1, 5_001):
        at += int(rng.pareto(0.5)) % 10**9  # gaps of all lengths
        history.add(aggregation([(0, 0, 4096, 1)], at, at + 1))
        at += 1
        assert len(steps) <= 5 * count


def acted(*starts):
    begin = np.array(starts, np.uint64)
    zeros = np.zeros(len(begin), np.int64)
    return Acted(zeros, zeros, begin, begin + np.uint64(10), zeros + 1)


def test_where_schemes_acted_in_a_grain_is_where_they_did_in_any_of_it():
    history = History(max_aggregations=4)
    for i in range(64):
        history.add(replace(step(i), acted=acted(100 * i) if i % 2 else None))
    for one in everything(history):
        expected = [100 * i for i in range(one.start_us // 100_000, one.end_us // 100_000) if i % 2]
        assert (one.acted.start.tolist() if one.acted else []) == expected
    assert history.nbytes == sum(
        1_000 + 40 * (12 + (len(one.acted.start) if one.acted else 0)) for one in everything(history)
    )


def test_the_bytes_are_shared_by_all_contexts():
    history = History(max_bytes=20_000)
    for i in range(100):
        history.add(aggregation([(0, p, p + 1, 0) for p in range(50)], i * 10, i * 10 + 10, kdamond=i % 3))
        assert history.nbytes <= 20_000
    assert history.nr_aggregations == 20_000 // (1_000 + 50 * 40) == 6
    # Each begins where it began, and ends with its newest.
    assert [(found[0].start_us, found[-1].end_us) for k in range(3) if (found := everything(history, k))] == [
        (0, 1_000), (10, 980), (20, 990),
    ]  # fmt: skip


moments = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 9), st.sampled_from([0, 0, 0, 0, 1, 30, 1_000]), st.integers(1, 6)),
    min_size=1,
    max_size=120,
)


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(8, 24), st.integers(12_000, 40_000))
def test_whatever_ran_the_beginning_is_in_sight_and_the_bounds_hold(ran, most, most_bytes):
    history, added, now = History(max_aggregations=most, max_bytes=most_bytes), {0: [], 1: []}, 0
    for kdamond, length, gap, regions in ran:
        now += gap
        one = aggregation([(0, p, p + 1, 0) for p in range(regions)], now, now + length, kdamond=kdamond)
        now += length
        history.add(one)
        added[kdamond].append(one)
        assert history.nr_aggregations <= most and history.nbytes <= most_bytes
    assert history.nbytes == sum(1_000 + 40 * one.nr_regions for k in added for one in everything(history, k))
    for kdamond, ours in added.items():
        found = everything(history, kdamond)
        if not ours:
            assert found == []
            continue
        assert found[0].start_us == history.begin_us(kdamond) == ours[0].start_us
        assert history.latest(kdamond) is ours[-1] is found[-1]
        assert all(left.end_us <= right.start_us for left, right in pairwise(found))
        for one in found:
            first = next(a for a in ours if a.start_us == one.start_us)
            assert one.start is first.start
            assert one.end_us in {a.end_us for a in ours}
        for one in ours:
            (over,) = history.between(kdamond, 0, one.start_us, one.start_us + 1)
            assert over.start_us <= one.start_us and over.end_us >= one.end_us


def test_keeps_one_even_if_it_is_too_large():
    history = History(max_bytes=10)
    history.add(step(0))
    history.add(step(1))
    assert ends(history.between(0, 0, 0, 10**9)) == [200_000]


def test_refuses_what_goes_back_in_time():
    history = History()
    history.add(step(5))
    with pytest.raises(
        ValueError, match="kdamond 0, context 0 that ends at 500000 us comes after one that ends at 600000"
    ):
        history.add(step(4))


def test_cleared_it_starts_again():
    history = History()
    history.add(step(5))
    generation = history.generation
    history.clear()
    assert (history.nr_aggregations, history.nbytes, history.latest(0)) == (0, 0, None)
    assert history.generation == generation + 1
    history.add(step(0))
    assert history.begin_us(0) == 0


@pytest.mark.parametrize("bounds", [{"max_bytes": 0}, {"max_aggregations": 0}])
def test_refuses_bounds_that_hold_nothing(bounds):
    with pytest.raises(ValueError, match="can hold nothing"):
        History(**bounds)


def test_what_is_not_needed_is_let_go():
    history = History(max_aggregations=100)
    for i in range(10_000):
        history.add(step(i))
    (track,) = history._tracks.values()
    assert len(track._new) < 2_300
    assert sum(one is not None for one in track._new) <= 50


def test_the_newest_alone_are_kept_when_asked():
    history = History(max_aggregations=8)
    for i in range(30):
        history.add(step(i))
    history.keep_newest(0, 0, 2)
    assert spans(history) == [(28, 29), (29, 30)]
    assert (history.begin_us(0), history.grain_us(0)) == (2_800_000, 0)
    history.keep_newest(0, 0, 0)
    assert history.contexts() == ()
