"""What a terminal is, and what the user wants, decide how the map is drawn."""

import io
import sys
from types import SimpleNamespace

import pytest
from textual.app import App

from damotui.render.colour import lightness, xterm_rgb
from damotui.widgets import scheme_panel
from damotui.widgets.terminal_colours import ColourMode, cell_table, colour_mode, level_colours
from tests.damotui.app_in_test import driven
from themes import palette_names


def app(color_system="truecolor", *, no_color=False, ansi=False, headless=False):
    console = SimpleNamespace(color_system=color_system)
    return SimpleNamespace(is_headless=headless, no_color=no_color, native_ansi_color=ansi, console=console)


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        (app("truecolor"), ColourMode.TRUECOLOR),
        (app("256"), ColourMode.XTERM256),
        (app("standard"), ColourMode.ANSI16),
        (app("windows"), ColourMode.ANSI16),
        (app(None), ColourMode.SHADES),
        (app(no_color=True), ColourMode.SHADES),
        (app(ansi=True), ColourMode.ANSI16),
        (app(no_color=True, ansi=True), ColourMode.SHADES),
        (app(None, headless=True), ColourMode.TRUECOLOR),
        (app(headless=True, no_color=True), ColourMode.SHADES),
    ],
)
def test_mode(given, mode, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "__stderr__", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert colour_mode(given) is mode


@pytest.mark.parametrize(
    ("term", "colorterm", "mode"),
    [
        ("linux", None, ColourMode.ANSI16),
        ("screen", None, ColourMode.ANSI16),
        ("xterm", None, ColourMode.ANSI16),
        ("xterm-256color", None, ColourMode.XTERM256),
        ("tmux-256color", None, ColourMode.XTERM256),
        ("xterm-256color", "truecolor", ColourMode.TRUECOLOR),
        ("screen", "24bit", ColourMode.TRUECOLOR),
        ("dumb", "truecolor", ColourMode.ASCII),
    ],
)
@pytest.mark.parametrize("no_color", [False, True])
def test_what_the_environment_says_of_the_terminal(term, colorterm, mode, no_color, monkeypatch):
    """As Textual and Rich read it, not as a test would."""
    monkeypatch.setattr(sys, "__stderr__", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    for name, value in (("TERM", term), ("COLORTERM", colorterm), ("NO_COLOR", "1" if no_color else None)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    wanted = ColourMode.SHADES if no_color and mode is not ColourMode.ASCII else mode
    assert colour_mode(App()) is wanted


def test_a_dumb_terminal_gets_ascii(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert colour_mode(app()) is ColourMode.ASCII


@pytest.mark.parametrize(("encoding", "mode"), [("ascii", ColourMode.ASCII), ("utf8", ColourMode.TRUECOLOR)])
def test_without_utf_8_there_are_no_blocks(encoding, mode, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "__stderr__", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert colour_mode(app()) is mode


def test_16_colours_use_no_other_and_no_bright_background():
    for signed in (False, True):
        for palette in palette_names():
            table = cell_table(
                ColourMode.ANSI16, palette, 20, (21, 26, 33), (90, 90, 90), transposed=False, signed=signed
            )
            assert {*table.foreground} <= {None, *range(16)}
            assert {*table.background} <= {None, *range(8)}
            assert not any("8;" in sgr for sgr in table.sgr)


def test_256_colours_use_no_other():
    table = cell_table(ColourMode.XTERM256, "inferno", 20, (21, 26, 33), (90, 90, 90), transposed=False)
    paints = {*table.foreground, *table.background} - {None}
    assert all(isinstance(paint, int) and 16 <= paint <= 255 for paint in paints)
    assert not any("8;2;" in sgr for sgr in table.sgr)


@pytest.mark.parametrize("mode", [ColourMode.SHADES, ColourMode.ASCII])
def test_modes_without_colours_set_none(mode):
    table = cell_table(mode, "inferno", 20, (21, 26, 33), (90, 90, 90), transposed=False)
    assert {*table.foreground, *table.background} == {None}
    assert set(table.sgr) == {"\x1b[0m"}
    if mode is ColourMode.ASCII:
        assert all(ord(glyph) < 128 for glyph in table.glyph)


@pytest.mark.parametrize("checks", [1, 20, 1000])
def test_levels_rise_in_every_mode(checks):
    true = [lightness(colour) for colour in level_colours(ColourMode.TRUECOLOR, "viridis", checks)]
    few = [lightness(xterm_rgb(number)) for number in level_colours(ColourMode.XTERM256, "viridis", checks)]
    assert true == sorted(set(true))
    assert few == sorted(set(few))
    assert len(few) <= 16 <= len(true) <= 64


async def test_sparklines_are_ascii_where_the_map_is(monkeypatch):
    monkeypatch.setattr(scheme_panel, "colour_mode", lambda app: ColourMode.ASCII)
    async with driven(seconds=10.0) as app:
        (at,) = [at for at, line in enumerate(app.lines) if "0 stat " in line and " active" in line]
        assert app.lines[at + 1].endswith("@@@@")
