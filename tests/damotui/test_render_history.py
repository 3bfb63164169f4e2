"""The history keeps the newest aggregations within its bounds."""

import pytest

from damotui.render.history import History
from tests.damotui.aggregations import aggregation, step


def ends(found):
    return [one.end_us for one in found]


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


def test_drops_the_oldest_beyond_the_count():
    history = History(max_aggregations=7)
    for i in range(5_000):
        history.add(step(i))
    assert history.nr_aggregations == 7
    assert history.nr_dropped == 4_993
    assert ends(history.between(0, 0, 0, 10**12)) == [(i + 1) * 100_000 for i in range(4_993, 5_000)]
    assert history.begin_us(0) == 0


def test_drops_the_oldest_of_any_context_beyond_the_bytes():
    history = History(max_bytes=20_000)
    for i in range(100):
        history.add(aggregation([(0, p, p + 1, 0) for p in range(50)], i * 10, i * 10 + 10, kdamond=i % 3))
        assert history.nbytes <= 20_000
    assert history.nr_aggregations == 20_000 // (1_000 + 50 * 40) == 6
    assert sorted(end for k in range(3) for end in ends(history.between(k, 0, 0, 10_000))) == [
        950, 960, 970, 980, 990, 1000,
    ]  # fmt: skip


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


def test_what_is_dropped_is_let_go():
    history = History(max_aggregations=100)
    for i in range(10_000):
        history.add(step(i))
    (track,) = history._tracks.values()
    assert len(track.items) < 2_300
    assert sum(one is not None for one in track.items) == 100
