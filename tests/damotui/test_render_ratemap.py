"""The incremental map shows what a full one would, and computes only what is new."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.render import ratemap
from damotui.render.history import History
from damotui.render.raster import Combine, rasterise
from damotui.render.ratemap import RateMap, Source
from tests.damotui.aggregations import MIB, aggregation, step

AGGR_US = 100_000


def source(row_us=AGGR_US, size=60, target=None, combine=Combine.MEAN):
    return Source(0, 0, target, row_us, size, 1, combine)


def fetch_all(made, history, asked, first, nr_rows):
    complete = False
    while not complete:
        rates, _, complete = made.fetch(history, asked, first, nr_rows)
    return rates


def filled(count):
    history = History()
    for i in range(count):
        history.add(step(i))
    return history


def test_scrolling_computes_only_new_rows():
    made, history = RateMap(), filled(100)
    fetch_all(made, history, source(), 0, 100)
    computed = made.nr_computed
    for i in range(100, 150):
        history.add(step(i))
        rates = fetch_all(made, history, source(), i - 99, 100)
    assert made.nr_computed == computed + 50
    expected = rasterise([step(i) for i in range(50, 150)], made.layout, 50 * AGGR_US, AGGR_US, 100)
    np.testing.assert_array_equal(rates, expected)


def test_nothing_new_computes_nothing():
    made, history = RateMap(), filled(25)
    fetch_all(made, history, source(1_000_000), 0, 10)
    computed = made.nr_computed
    fetch_all(made, history, source(1_000_000), 0, 10)
    assert made.nr_computed == computed


def test_an_unfinished_row_follows_its_aggregations():
    made, history = RateMap(), filled(3)
    asked = source(500_000)
    for i in range(3, 12):
        history.add(step(i))
        rates = fetch_all(made, history, asked, 0, 4)
        expected = rasterise([step(k) for k in range(i + 1)], made.layout, 0, 500_000, 4)
        np.testing.assert_array_equal(rates, expected)


def test_a_long_past_comes_newest_first(monkeypatch):
    monkeypatch.setattr(ratemap, "REGIONS_PER_FETCH", 100)
    monkeypatch.setattr(ratemap, "REGIONS_PER_STEP", 60)
    made, history = RateMap(), filled(100)
    rates, _, complete = made.fetch(history, source(), 0, 100)
    assert not complete
    known = ~np.isnan(rates).all(axis=1)
    assert 5 <= known.sum() < 20
    assert known[-known.sum() :].all()
    calls = 1
    while not complete:
        rates, _, complete = made.fetch(history, source(), 0, 100)
        calls += 1
    assert calls < 20
    np.testing.assert_array_equal(rates, rasterise([step(i) for i in range(100)], made.layout, 0, AGGR_US, 100))


def test_axis_stays_while_ranges_stay():
    made, history = RateMap(), filled(1)
    fetch_all(made, history, source(), 0, 50)
    axis = made.layout
    for i in range(1, 80):
        history.add(step(i))
        fetch_all(made, history, source(), max(0, i - 49), 50)
        assert made.layout is axis


def test_axis_grows_with_new_ranges_and_forgets_those_out_of_sight():
    def at(i, base):
        return aggregation([(0, base, base + MIB, 20)], i * AGGR_US, (i + 1) * AGGR_US)

    made, history = RateMap(), History()
    for i in range(10):
        history.add(at(i, 0))
    fetch_all(made, history, source(), 0, 20)
    assert [(s.start, s.end) for s in made.layout.segments] == [(0, MIB)]
    for i in range(10, 20):
        history.add(at(i, 1 << 40))
    rates = fetch_all(made, history, source(), 0, 20)
    assert [s.start for s in made.layout.segments] == [0, 1 << 40]
    assert np.isnan(rates[:10, 31:]).all()
    assert (rates[:10, :29] == 1).all()
    assert (rates[10:, 31:] == 1).all()
    for i in range(20, 60):
        history.add(at(i, 1 << 40))
    rates = fetch_all(made, history, source(), 40, 20)
    assert [s.start for s in made.layout.segments] == [1 << 40]
    assert (rates == 1).all()
    rates = fetch_all(made, history, source(), 0, 20)
    assert [s.start for s in made.layout.segments] == [0, 1 << 40]


def test_one_target_alone():
    history = History()
    history.add(aggregation([(0, 0, MIB, 20), (1, 0, MIB, 10)], 0, AGGR_US))
    made = RateMap()
    assert fetch_all(made, history, source(size=4, target=1), 0, 1).tolist() == [[0.5] * 4]
    assert made.layout.targets == (1,)
    fetch_all(made, history, source(size=5), 0, 1)
    assert made.layout.targets == (0, 1)


def test_rows_survive_in_the_map_after_the_history_dropped_them():
    history = History(max_aggregations=10)
    made = RateMap()
    for i in range(40):
        history.add(step(i))
        rates = fetch_all(made, history, source(), 0, 40)
    assert not np.isnan(rates).all(axis=1).any()


def test_a_cleared_history_starts_afresh():
    made, history = RateMap(), filled(20)
    fetch_all(made, history, source(), 0, 20)
    history.clear()
    assert np.isnan(fetch_all(made, history, source(), 0, 20)).all()
    history.add(step(0))
    rates = fetch_all(made, history, source(), 0, 20)
    assert (~np.isnan(rates).all(axis=1)).sum() == 1


def test_many_aggregations_in_a_row_are_sampled():
    history = History()
    for i in range(1_000):
        history.add(aggregation([(0, 0, 4096, 20 if i % 2 else 0)], i, i + 1))
    made = RateMap()
    rates = fetch_all(made, history, source(row_us=1_000, size=1), 0, 1)
    assert 0 <= rates[0, 0] <= 1


def test_no_room():
    made, history = RateMap(), filled(3)
    assert made.fetch(history, source(size=0), 0, 5)[0].shape == (5, 0)
    assert made.fetch(history, source(), 0, 0)[0].shape == (0, 60)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 40), st.integers(1, 50)), min_size=1, max_size=8),
       st.sampled_from([30_000, 100_000, 250_000, 700_000]), st.sampled_from(Combine))  # fmt: skip
def test_any_way_through_time_shows_what_a_full_raster_would(moves, row_us, combine):
    made, history, added = RateMap(), History(), []
    for new, first, nr_rows in moves:
        for _ in range(new):
            added.append(step(len(added)))
            history.add(added[-1])
        rates = fetch_all(made, history, source(row_us, combine=combine), first, nr_rows)
        np.testing.assert_array_equal(rates, rasterise(added, made.layout, first * row_us, row_us, nr_rows, combine))
