"""Sparklines."""

import math

import pytest

from damotui.render.spark import ASCII_BARS, sparkline


@pytest.mark.parametrize(
    ("values", "width", "line"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7, 8], 9, " ▁▂▃▄▅▆▇█"),
        ([8], 4, "   █"),
        ([1, 2, 3, 8], 2, "▃█"),
        ([], 3, "   "),
        ([0, 0], 2, "  "),
        ([1], 0, ""),
        ([0.0001, 100], 2, "▁█"),
        ([math.nan, 1], 2, " █"),
        ([math.nan], 1, " "),
        ([-1, 1], 2, " █"),
    ],
)
def test_sparkline(values, width, line):
    assert sparkline(values, width) == line


def test_a_given_top_is_a_full_bar():
    assert sparkline([50, 100, 200], 3, top=100) == "▄██"


def test_other_characters():
    assert sparkline([0, 4, 8], 3, bars=ASCII_BARS) == " =@"
