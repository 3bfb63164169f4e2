"""Each ramp in each kind of terminal leaves the ground step by step, for every kind of colour vision."""

import numpy as np
import pytest

import themes
from damotui.render.colour import interpolate, lightness, xterm_rgb
from damotui.render.shading import COVERED, Shade, shaded
from damotui.widgets.terminal_colours import ColourMode, level_colours, level_shades, load_glyphs

PALETTES = [themes.load_palette(name) for name in themes.palette_names()]
GROUNDS = ("dark", "light")
VGA = ("000000", "aa0000", "00aa00", "aa5500", "0000aa", "aa00aa", "00aaaa", "aaaaaa",
       "555555", "ff5555", "55ff55", "ffff55", "5555ff", "ff55ff", "55ffff", "ffffff")  # fmt: skip
XTERM = ("000000", "cd0000", "00cd00", "cdcd00", "0000ee", "cd00cd", "00cdcd", "e5e5e5",
         "7f7f7f", "ff0000", "00ff00", "ffff00", "5c5cff", "ff00ff", "00ffff", "ffffff")  # fmt: skip
VISION = {
    "full": np.eye(3),
    # Machado, Oliveira and Fernandes 2009, severity 1.0; they work on linear light.
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
INK = {
    # Percent of a cell that a character covers in DejaVu Sans Mono, and in Liberation Mono.
    " ": (0, 0), ".": (1.6, 1.5), ":": (3.3, 3.0), ";": (4.4, 4.2), "+": (7.1, 5.7), "%": (11.5, 13.4),
    "@": (17.3, 17.4), "-": (1.8, 2.0), "=": (7.8, 6.1), "#": (15.2, 10.0),
}  # fmt: skip
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colours):
    scaled = np.asarray(colours, float) / 255
    return np.where(scaled <= 0.04045, scaled / 12.92, ((scaled + 0.055) / 1.055) ** 2.4)


def lab(light):
    """CIE L*a*b* of linear light [n, 3], white point D65."""
    ratio = light @ TO_XYZ.T / TO_XYZ.sum(1)
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (ratio * 24389 / 27 + 16) / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def seen(light, vision):
    return lab(np.clip(light @ np.array(VISION[vision]).T, 0, 1))


def mixed(shades, colours):
    """Linear light of shade characters in a terminal's 16 colours: each covers its share of the cell."""
    light = linear([list(bytes.fromhex(colour)) for colour in colours])
    return np.array([
        COVERED[glyph] * light[foreground] + (1 - COVERED[glyph]) * light[background]
        for glyph, foreground, background in shades
    ])  # fmt: skip


def steps(points, ground):
    """Lightness that each step adds away from the ground, and the distance of the step."""
    away = 1 if ground == "dark" else -1
    return away * np.diff(points[:, 0]), np.sqrt((np.diff(points, axis=0) ** 2).sum(1))


def arms(ground, of):
    both = themes.load_diverging(ground)
    return of(both.below), of(both.above)


def true(ramp, levels=16):
    return linear(interpolate(ramp.anchors, levels))


def of_256(ramp):
    return linear([xterm_rgb(number) for number in ramp.xterm256])


def test_lightness_here_is_that_of_the_product():
    for colour in ((0, 0, 0), (255, 0, 0), (18, 52, 86), (255, 255, 255)):
        assert lab(linear([colour]))[0, 0] == pytest.approx(lightness(colour), abs=0.01)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
class TestPalette:
    @pytest.mark.parametrize("colours", [VGA, XTERM], ids=["vga", "xterm"])
    def test_16_colours(self, palette, colours):
        shades = shaded(palette.ansi16)
        rise, _ = steps(lab(mixed(shades, colours)), palette.ground)
        assert (rise > 0.2).all()
        assert rise.sum() > 65
        assert len(shades) >= 9
        assert all(shade.background < 8 for shade in shades)

    def test_steps_of_lightness_are_even_in_true_colour(self, palette):
        rise, _ = steps(lab(true(palette, 21)), palette.ground)
        assert rise.min() > 0.7 * rise.mean()
        assert rise.max() < 1.4 * rise.mean()

    def test_it_is_marked_safe_if_all_eyes_see_its_order_and_its_steps(self, palette):
        safe = True
        for vision in VISION:
            rise, distance = steps(seen(true(palette, 21), vision), palette.ground)
            safe &= rise.min() > 2 and distance.min() > 3 and rise.sum() > 65
            rise, distance = steps(seen(of_256(palette), vision), palette.ground)
            safe &= rise.min() > 0.3 and distance.min() > 2
        assert palette.cvd_safe == safe


def test_there_are_safe_palettes_for_both_grounds():
    assert {palette.ground for palette in PALETTES if palette.cvd_safe} == set(GROUNDS)


@pytest.mark.parametrize("ground", GROUNDS)
class TestDifferences:
    @pytest.mark.parametrize("of", [true, of_256])
    @pytest.mark.parametrize("vision", VISION)
    def test_both_arms_leave_the_middle_and_stay_apart_for_all_eyes(self, ground, of, vision):
        below, above = (seen(arm, vision) for arm in arms(ground, of))
        for arm in (below, above):
            rise, distance = steps(arm, ground)
            assert rise.min() > 1
            assert distance.min() > 3
        assert (below[0] == above[0]).all()
        assert np.abs(below[0, 1:]).max() < 1, "nothing is grey"
        between = np.sqrt(((below - above) ** 2).sum(1))
        assert (between[2:] > 20).all()
        assert np.abs(below[-1, 0] - above[-1, 0]) < 25

    @pytest.mark.parametrize("colours", [VGA, XTERM], ids=["vga", "xterm"])
    def test_16_colours(self, ground, colours):
        below, above = arms(ground, lambda ramp: shaded(ramp.ansi16))
        assert len(below) == len(above) >= 9
        for arm in (below, above):
            rise, _ = steps(lab(mixed(arm, colours)), ground)
            assert (rise > 0.2).all()
        middle = [mixed(arm[:1], colours)[0] for arm in (below, above)]
        assert (middle[0] == middle[1]).all()

    def test_the_levels_of_a_map_run_through_the_middle(self, ground):
        palette = {"dark": "inferno", "light": "paper"}[ground]
        for mode in (ColourMode.TRUECOLOR, ColourMode.XTERM256):
            levels = level_colours(mode, palette, 20, signed=True)
            half = len(levels) // 2
            assert len(levels) == 2 * half + 1 == len(set(levels))
            assert (mode, half) in ((ColourMode.TRUECOLOR, 20), (ColourMode.XTERM256, 7))
            both = themes.load_diverging(ground)
            ends = [both.below.anchors[-1], both.above.anchors[0], both.above.anchors[-1]]
            if mode is ColourMode.XTERM256:
                ends = [both.below.xterm256[-1], both.above.xterm256[0], both.above.xterm256[-1]]
            assert [levels[0], levels[half], levels[-1]] == ends
        assert len(level_colours(ColourMode.TRUECOLOR, palette, 10_000, signed=True)) == 63
        shades = level_shades(palette, signed=True)
        assert len(shades) % 2 == 1
        assert len(set(shades)) == len(shades)


def test_shading_goes_from_colour_to_colour():
    assert shaded([0, 4]) == tuple(Shade(glyph, 4, 0) for glyph in " ░▒▓█")
    # A bright colour is never behind a character.
    assert shaded([15, 7]) == tuple(Shade(glyph, 15, 7) for glyph in "█▓▒░ ")
    assert shaded([0, 7, 15])[4:6] == (Shade("█", 7, 0), Shade("░", 15, 7))


def test_glyphs_without_colours_have_more_ink_step_by_step():
    covered = [COVERED[glyph] for glyph in load_glyphs(ColourMode.SHADES)]
    assert covered == sorted(set(covered))
    for font in (0, 1):
        ink = [INK[glyph][font] for glyph in load_glyphs(ColourMode.ASCII)]
        assert ink == sorted(set(ink))


def test_signs_of_differences_have_more_ink_either_way():
    signs = load_glyphs(ColourMode.SHADES, signed=True)
    assert signs == load_glyphs(ColourMode.ASCII, signed=True) == "=- +#"
    for font in (0, 1):
        ink = [INK[sign][font] for sign in signs]
        assert ink[0] > ink[1] > ink[2] == 0 < ink[3] < ink[4]
