"""Binning into pixels equals a naive loop over rows, columns and regions."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.render.layout import DATA, TargetRange, fold, ranges_of
from damotui.render.raster import Combine, rasterise
from tests.damotui.aggregations import MIB, aggregation, step


def naive(aggregations, layout, first_us, row_us, nr_rows, combine):
    """The same, one pixel and one region at a time, in exact fractions where it matters."""
    raster = np.full((nr_rows, layout.size), np.nan)
    for i in range(nr_rows):
        begin, end = first_us + i * row_us, first_us + (i + 1) * row_us
        for segment in layout.segments:
            for j in range(segment.first, segment.first + segment.size):
                scale = (segment.end - segment.start) / segment.size
                low, high = (segment.start + (j - segment.first + d) * scale for d in (0, 1))
                rates, weights = [], []
                for one in aggregations:
                    span = min(one.end_us, end) - max(one.start_us, begin)
                    for target, start, stop, accesses in zip(
                        one.target.tolist(), one.start.tolist(), one.end.tolist(), one.nr_accesses.tolist(), strict=True
                    ):
                        size = min(stop, high) - max(start, low)
                        if target == segment.target and span > 0 and size > scale * 1e-9:
                            rates.append(accesses / one.max_nr_accesses)
                            weights.append(span * size)
                if rates:
                    raster[i, j] = np.average(rates, weights=weights) if combine is Combine.MEAN else max(rates)
    return raster


def test_one_region_fills_its_pixels():
    one = aggregation([(0, 0, 100, 20), (0, 100, 200, 5)], 0, 100)
    raster = rasterise([one], fold(ranges_of(one), 4), 0, 100, 1)
    assert raster.tolist() == [[1.0, 1.0, 0.25, 0.25]]


def test_a_pixel_is_weighted_with_bytes():
    one = aggregation([(0, 0, 25, 20), (0, 25, 100, 0)], 0, 100)
    raster = rasterise([one], fold(ranges_of(one), 1), 0, 100, 1)
    assert raster.tolist() == [[0.25]]
    raster = rasterise([one], fold(ranges_of(one), 1), 0, 100, 1, Combine.MAX)
    assert raster.tolist() == [[1.0]]


def test_a_row_is_weighted_with_time():
    hot, cold = aggregation([(0, 0, 100, 20)], 0, 100), aggregation([(0, 0, 100, 0)], 100, 400)
    layout = fold(ranges_of(hot), 1)
    assert rasterise([hot, cold], layout, 0, 400, 1).tolist() == [[0.25]]
    assert rasterise([hot, cold], layout, 0, 200, 2).tolist() == [[0.5], [0.0]]
    assert rasterise([hot, cold], layout, 0, 50, 3).tolist() == [[1.0], [1.0], [0.0]]


def test_without_data_there_is_nan():
    one = aggregation([(0, 0, 100, 20)], 100, 200)
    raster = rasterise([one], fold([TargetRange(0, 0, 200)], 4), 0, 100, 3)
    assert np.isnan(raster).tolist() == [[True] * 4, [False, False, True, True], [True] * 4]
    assert np.isnan(rasterise([], fold(ranges_of(one), 4), 0, 100, 2)).all()


def test_markers_have_no_data_even_under_a_region():
    layout = fold([TargetRange(0, 0, MIB), TargetRange(0, 1 << 40, (1 << 40) + MIB)], 9)
    one = aggregation([(0, 0, (1 << 40) + MIB, 20)], 0, 100)
    raster = rasterise([one], layout, 0, 100, 1)
    assert np.isnan(raster[0]).tolist() == [False] * 4 + [True] + [False] * 4


def test_other_targets_are_left_out():
    one = aggregation([(0, 0, 100, 20), (1, 0, 100, 0)], 0, 100)
    layout = fold([r for r in ranges_of(one) if r.target == 1], 3)
    assert rasterise([one], layout, 0, 100, 1).tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize(("rows", "columns"), [(0, 5), (5, 0), (0, 0)])
def test_no_pixels(rows, columns):
    assert rasterise([step(0)], fold(ranges_of(step(0)), columns), 0, 100, rows).shape == (rows, columns)


def test_a_staircase_shows_its_steps():
    steps = [step(i) for i in range(250)]
    raster = rasterise(steps, fold(ranges_of(steps[0]), 108), 0, 2_500_000, 10)
    assert raster[:, :3].min() == raster[:, :3].max() == 0.5
    for i in range(10):
        row = raster[i, 4:104]
        assert row[10 * i + 1 : 10 * i + 9].min() > 0.999
        assert np.delete(row, slice(10 * i, 10 * i + 10)).max() == 0


@st.composite
def recordings(draw):
    """A few aggregations of up to two targets whose regions may change from one to the next."""
    found, now = [], draw(st.integers(0, 50))
    for _ in range(draw(st.integers(1, 5))):
        regions = []
        for target in range(draw(st.integers(1, 2))):
            cuts = sorted(draw(st.sets(st.integers(0, 400), min_size=2, max_size=8)))
            far = draw(st.booleans())
            for a, b in itertools.pairwise(cuts):
                if draw(st.integers(0, 3)):
                    base = (1 << 20) if far and a > 200 else 0
                    regions.append((target, base + a, base + b, draw(st.integers(0, 20))))
        length = draw(st.integers(1, 60))
        found.append(aggregation(regions, now, now + length))
        now += length + draw(st.integers(0, 20))
    return found


@settings(max_examples=150, deadline=None)
@given(
    recordings(),
    st.integers(1, 24),
    st.sampled_from([1, 2]),
    st.integers(0, 100),
    st.integers(1, 90),
    st.integers(1, 6),
    st.sampled_from(Combine),
)
def test_raster_equals_the_naive_loop(found, cells, unit, first_us, row_us, nr_rows, combine):
    layout = fold({r for one in found for r in ranges_of(one)}, cells * unit, unit=unit)
    raster = rasterise(found, layout, first_us, row_us, nr_rows, combine)
    expected = naive(found, layout, first_us, row_us, nr_rows, combine)
    np.testing.assert_allclose(raster, expected, rtol=1e-5, atol=1e-6)
    assert np.isnan(raster[:, layout.kinds != DATA]).all()
