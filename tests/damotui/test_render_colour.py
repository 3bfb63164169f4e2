"""Rates become levels, and levels colours, without lying about order."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from damotui.render.colour import (
    EDGE,
    FOLD,
    NO_DATA,
    interpolate,
    levels_for,
    lightness,
    pick,
    quantise,
    quantise_signed,
    xterm_rgb,
)
from damotui.render.scale import FINE_TOPS, PERCENTILE, TOPS, AutoTop, Scale, Scaling, highest, percentile


def levels(rates, count, top=1.0):
    return quantise(np.array(rates, np.float32), count, top).tolist()


def test_each_count_of_checks_has_its_level():
    assert levels([k / 20 for k in range(21)], 21) == list(range(21))


def test_the_nearest_level_is_taken():
    assert levels([0, 0.024, 0.026, 0.5, 0.974, 0.976, 1], 21) == [0, 0, 1, 10, 19, 20, 20]


def test_above_the_top_is_the_highest_level():
    assert levels([0, 0.05, 0.1, 0.7], 11, top=0.1) == [0, 5, 10, 10]


def test_no_data_has_a_code_of_its_own():
    assert levels([np.nan, 1.0], 21) == [21 + NO_DATA, 20]
    assert len({NO_DATA, FOLD, EDGE}) == 3


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=50), st.integers(2, 64), st.sampled_from(TOPS))
def test_levels_keep_the_order_of_rates(rates, count, top):
    found = levels(sorted(rates), count, top)
    assert found == sorted(found)
    assert found[0] >= 0 and found[-1] < count


def test_number_of_levels_follows_the_checks():
    assert [levels_for(n) for n in (1, 20, 63, 1000)] == [16, 21, 64, 64]


def test_interpolation_keeps_both_ends():
    assert interpolate([(0, 0, 0), (10, 20, 30)], 3) == ((0, 0, 0), (5, 10, 15), (10, 20, 30))
    assert pick([16, 17, 18, 19, 20], 3) == (16, 18, 20)


def test_xterm_colours():
    assert [xterm_rgb(n) for n in (16, 21, 196, 231, 232, 255)] == [
        (0, 0, 0), (0, 0, 255), (255, 0, 0), (255, 255, 255), (8, 8, 8), (238, 238, 238),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="15 is not one of"):
        xterm_rgb(15)


def test_lightness_of_known_colours():
    """Values of the CIE formulas for sRGB primaries."""
    known = {(0, 0, 0): 0, (255, 255, 255): 100, (255, 0, 0): 53.24, (0, 255, 0): 87.73, (0, 0, 255): 32.30}
    for colour, expected in known.items():
        assert lightness(colour) == pytest.approx(expected, abs=0.02)


def signed(values, count, top=1.0):
    return quantise_signed(np.array(values, np.float32), count, top).tolist()


def test_differences_have_a_level_for_nothing_in_the_middle():
    assert signed([-1, -0.5, -0.04, 0, 0.04, 0.06, 1], 41) == [0, 10, 19, 20, 21, 21, 40]
    assert signed([-0.9, -0.1, 0, 0.05, 0.7, np.nan], 5, top=0.1) == [0, 0, 2, 3, 4, 5 + NO_DATA]


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=30), st.integers(1, 31), st.sampled_from(TOPS))
def test_differences_keep_their_order_and_their_sign(values, half, top):
    found = signed(sorted(values), 2 * half + 1, top)
    assert found == sorted(found)
    mirrored = signed([-value for value in sorted(values)], 2 * half + 1, top)
    assert [2 * half - level for level in mirrored] == found


def test_automatic_top_rises_at_once_and_falls_late():
    scale = AutoTop(patience=3, top=0.1)
    assert scale.update(0.3) == 0.5
    assert [scale.update(0.02) for _ in range(4)] == [0.5, 0.5, 0.5, 0.02]
    assert scale.update(0.0) == 0.02
    assert scale.update(1.0) == 1.0


def test_a_single_high_update_starts_the_wait_again():
    scale = AutoTop(patience=2, top=0.5)
    assert [scale.update(x) for x in (0.01, 0.01, 0.4, 0.01, 0.01, 0.01)] == [0.5] * 5 + [0.01]


def test_what_is_highest_of_nothing_is_nothing():
    for nothing in (np.zeros((0, 0)), np.array([np.nan])):
        assert highest(nothing) == percentile(nothing) == 0
    assert highest(np.array([0.2, np.nan, -0.3])) == pytest.approx(0.3)


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=300))
def test_percentile_is_the_least_rate_that_so_many_do_not_exceed(values):
    found = percentile(np.array([*values, np.nan], np.float32))
    distances = sorted(abs(value) for value in values)
    within = [d for d in distances if sum(e <= d for e in distances) * 100 >= PERCENTILE * len(distances)]
    assert found == np.float32(within[0])


def test_scales_differ_in_what_they_let_be_the_highest_colour():
    rates = np.array([0.1] * 990 + [0.17] * 9 + [0.4], np.float32)
    scaling = Scaling()
    assert [scaling.top(scale, rates) for scale in Scale] == [1.0, 0.5, 0.1]
    # What follows of the same falls late, what is of another thing does not.
    assert [scaling.top(Scale.PERCENTILE, rates * 0.5, of) for of in (None, "else", "else", None)] == [
        0.1, 0.05, 0.05, 0.05,
    ]  # fmt: skip
    assert list(FINE_TOPS) == sorted(set(FINE_TOPS))
    assert all(b / a <= 1.34 for a, b in pairwise(FINE_TOPS))
