"""The fast rows show, cell by cell, what the readable runs say; checked by a terminal emulator."""

import numpy as np
import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from damotui.render.cells import Style, colour_table, glyph_table
from damotui.render.colour import EDGE, FOLD, NO_DATA
from damotui.render.halfblock import Run, joined, pairs_of, runs
from damotui.widgets.terminal_colours import ColourMode, cell_table

RED, BLUE, GREY, DIM = (255, 0, 0), (0, 0, 255), (9, 9, 9), (90, 90, 90)
TWO = colour_table((BLUE, RED), Style(GREY, DIM))
TWO_OVER_DEFAULT = colour_table((17, 196), Style())
NAMES = [pyte.graphics.FG_AIXTERM[code] for code in range(90, 98)]
NAMES = [*(name.removeprefix("bright") for name in NAMES), *NAMES]
NONE, GAP, BORDER = 2 + NO_DATA, 2 + FOLD, 2 + EDGE


def cells(pixels, table):
    return runs(pairs_of(np.array(pixels, np.uint8), table), table)


def on_a_terminal(rows, width):
    """(character, foreground, background) of each cell after a terminal has read the rows."""
    screen = pyte.Screen(width + 1, len(rows) + 1)
    pyte.Stream(screen).feed("\r\n".join(row.ansi for row in rows))
    return [
        [(c.data, c.fg, c.bg) for c in (screen.buffer[y][x] for x in range(width))] for y in range(len(rows))
    ], screen.cursor


def named(paint):
    if paint is None:
        return "default"
    if isinstance(paint, int):
        return NAMES[paint] if paint < 16 else pyte.graphics.FG_BG_256[paint]
    return "{:02x}{:02x}{:02x}".format(*paint)


def test_two_pixels_share_a_cell():
    assert cells([[0, 1], [1, 0]], TWO) == [[Run("▀", BLUE, RED), Run("▀", RED, BLUE)]]


def test_equal_pixels_are_a_space():
    assert cells([[1, 1, 0], [1, 1, 0]], TWO) == [[Run("  ", None, RED), Run(" ", None, BLUE)]]


def test_no_data_takes_the_background():
    assert cells([[NONE, NONE, 1], [NONE, 1, NONE]], TWO) == [
        [Run(" ", None, GREY), Run("▀", GREY, RED), Run("▀", RED, GREY)]
    ]


def test_no_data_on_the_default_background_keeps_the_other_half():
    assert cells([[NONE, NONE, 1], [NONE, 1, NONE]], TWO_OVER_DEFAULT) == [
        [Run(" ", None, None), Run("▄", 196, None), Run("▀", 196, None)]
    ]


def test_markers_are_signs():
    assert cells([[GAP, BORDER], [GAP, BORDER]], TWO) == [[Run("┊", DIM, GREY), Run("│", DIM, GREY)]]


def test_runs_end_with_the_row():
    assert [len(row) for row in cells([[1, 1], [1, 1], [1, 1], [1, 1]], TWO)] == [1, 1]


def test_glyphs_show_the_higher_pixel():
    table = glyph_table(" .#", Style(fold_glyph="|", no_data_glyph="~"))
    assert cells([[0, 1, 2, 3, 3, 4], [0, 0, 1, 2, 3, 4]], table) == [
        [Run(" ", None, None), Run(".", None, None), Run("#", None, None), Run("#", None, None),
         Run("~", None, None), Run("|", None, None)]
    ]  # fmt: skip


def test_glyph_rows_set_no_colour():
    table = glyph_table("0123456789", Style())
    (row,) = joined(pairs_of(np.array([[0, 5, 9], [0, 5, 9]], np.uint8), table), table)
    assert row.ansi.replace("\x1b[0m", "") == "059"


def test_an_odd_number_of_pixel_rows_is_refused():
    with pytest.raises(ValueError, match="3 rows of pixels do not make whole cells"):
        pairs_of(np.zeros((3, 2), np.uint8), TWO)


@pytest.mark.parametrize("shape", [(0, 5), (4, 0), (0, 0)])
def test_no_cells(shape):
    pairs = pairs_of(np.zeros(shape, np.uint8), TWO)
    assert runs(pairs, TWO) == [[]] * (shape[0] // 2)
    assert [row.ansi for row in joined(pairs, TWO)] == [""] * (shape[0] // 2)


@st.composite
def pictures(draw):
    mode = draw(st.sampled_from(ColourMode))
    table = cell_table(
        mode,
        draw(st.sampled_from(["viridis", "flame"])),
        draw(st.integers(1, 70)),
        GREY,
        DIM,
        transposed=draw(st.booleans()),
    )
    width, height = draw(st.integers(1, 30)), draw(st.integers(1, 4))
    seed, spread = draw(st.integers(0, 2**32)), draw(st.integers(1, table.codes))
    rng = np.random.default_rng(seed)
    pixels = (rng.integers(0, spread, (2 * height, width)) + rng.integers(0, table.codes)) % table.codes
    return pixels.astype(np.uint8), table


@settings(max_examples=150, deadline=None)
@given(pictures())
def test_fast_rows_look_like_the_readable_ones(picture):
    pixels, table = picture
    pairs = pairs_of(pixels, table)
    seen, cursor = on_a_terminal(joined(pairs, table), pixels.shape[1])
    assert (cursor.attrs.fg, cursor.attrs.bg) == ("default", "default")
    for row, shown in zip(runs(pairs, table), seen, strict=True):
        wanted = [(character, run.foreground, run.background) for run in row for character in run.text]
        for (character, foreground, background), cell in zip(wanted, shown, strict=True):
            assert cell[0] == character
            assert cell[2] == named(background)
            if character != " ":
                assert cell[1] == named(foreground)


@settings(max_examples=50, deadline=None)
@given(pictures())
def test_fast_rows_know_what_they_are_made_of(picture):
    pixels, table = picture
    pairs = pairs_of(pixels, table)
    for row, made in zip(pairs, joined(pairs, table), strict=True):
        assert np.repeat(made.pairs, made.lengths).tolist() == row.tolist()
