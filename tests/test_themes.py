"""The palettes are ramps that an eye can read, and broken files are refused with one sentence."""

from itertools import combinations, pairwise

import pytest

import themes
from damotui.render.colour import interpolate, lightness, pick, xterm_rgb
from themes.loader import COLOURS, parse_app_theme, parse_diverging, parse_palette

PALETTES = [themes.load_palette(name) for name in themes.palette_names()]
PALETTE = 'name = "p"\ndescription = "d"\nanchors = ["#000000", "#ffffff"]\nxterm256 = [16, 231]\nansi16 = [0, 15]\n'
THEME = 'name = "t"\ndark = true\nheat = "gray"\n[colours]\n' + "\n".join(f'{name} = "#123456"' for name in COLOURS)


def rising(colours, ground="dark"):
    """Whether lightness moves away from the ground with each colour."""
    away = 1 if ground == "dark" else -1
    return all(away * lightness(a) < away * lightness(b) for a, b in pairwise(colours))


def contrast(one, other):
    """Contrast ratio of two colours (WCAG 2.1)."""
    luminance = sorted(((lightness(colour) + 16) / 116) ** 3 for colour in (one, other))
    return (luminance[1] + 0.05) / (luminance[0] + 0.05)


def test_the_named_palettes_are_there():
    assert {"viridis", "inferno", "magma", "cividis", "gray", "flame"} <= set(themes.palette_names())
    assert [palette.name for palette in PALETTES] == list(themes.palette_names())


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
class TestPalette:
    def test_has_enough_colours(self, palette):
        assert 16 <= len(palette.anchors) <= 32
        assert 10 <= len(palette.xterm256) <= 16

    @pytest.mark.parametrize("levels", [2, 21, 64])
    def test_lightness_rises_in_true_colour(self, palette, levels):
        assert rising(interpolate(palette.anchors, levels), palette.ground)

    def test_lightness_rises_in_256_colours(self, palette):
        assert rising([xterm_rgb(number) for number in palette.xterm256], palette.ground)
        assert rising([xterm_rgb(number) for number in pick(palette.xterm256, 8)], palette.ground)

    def test_spans_a_wide_range_of_lightness(self, palette):
        for ends in (palette.anchors[:: len(palette.anchors) - 1], [xterm_rgb(n) for n in palette.xterm256]):
            assert abs(lightness(ends[-1]) - lightness(ends[0])) > 70

    def test_256_colours_look_like_the_true_ones(self, palette):
        ramp = interpolate(palette.anchors, len(palette.xterm256))
        for true, number in zip(ramp, palette.xterm256, strict=True):
            assert abs(lightness(true) - lightness(xterm_rgb(number))) < 20


def test_palettes_are_distinct():
    for a, b in combinations(PALETTES, 2):
        assert (
            max(abs(x - y) for p, q in zip(a.anchors, b.anchors, strict=True) for x, y in zip(p, q, strict=True)) > 40
        )


def test_glyph_ramps_do_not_repeat_a_character():
    assert themes.load_glyph_ramp("shades") == " ░▒▓█"
    assert themes.load_glyph_ramp("digits") == "0123456789"
    for name in themes.glyph_ramp_names():
        ramp = themes.load_glyph_ramp(name)
        assert len(set(ramp)) == len(ramp) >= 5


@pytest.mark.parametrize("name", themes.app_theme_names())
def test_app_theme_is_readable(name):
    theme = themes.load_app_theme(name)
    colours = {field: tuple(bytes.fromhex(value[1:])) for field, value in theme.colours}
    assert themes.load_palette(theme.heat).ground == ("dark" if theme.dark else "light")
    assert theme.dark == (lightness(colours["background"]) < 50)
    for ground in ("background", "surface", "panel"):
        assert contrast(colours["foreground"], colours[ground]) > 7
        for field in ("primary", "accent", "error", "success", "warning"):
            assert contrast(colours[field], colours[ground]) > 3.5, (field, ground)


def test_app_theme_makes_a_textual_theme():
    from textual.theme import Theme

    made = Theme(**themes.load_app_theme("damotui-light").arguments())
    assert (made.name, made.dark) == ("damotui-light", False)
    assert made.to_color_system().generate()["background"].upper() == "#F4F1EA"


@pytest.mark.parametrize(
    ("load", "what"),
    [
        (themes.load_palette, "heat palette"),
        (themes.load_diverging, "ground of differences"),
        (themes.load_app_theme, "theme"),
        (themes.load_glyph_ramp, "glyph ramp"),
    ],
)
@pytest.mark.parametrize("name", ["", "nope", "../loader", "Viridis"])
def test_unknown_names_are_refused(load, what, name):
    with pytest.raises(ValueError, match=rf"^{name!r} is not a {what}: choose one of \w"):
        load(name)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[", "", "x.toml: not TOML"),
        ('name = "p"', "", "x.toml: name is None; a text is needed"),
        ('"#ffffff"', '"white"', "x.toml: anchors[1] is 'white'; a colour like #1d242e is needed"),
        ('"#000000", ', "", "x.toml: anchors has 1 colours; at least 2 are needed"),
        ('["#000000", "#ffffff"]', '"#000000"', "x.toml: anchors is '#000000'; a list is needed"),
        ("16,", "15,", "x.toml: xterm256[0] is 15; a whole number from 16 to 255 is needed"),
        ("16,", "true,", "x.toml: xterm256[0] is True; a whole number from 16 to 255 is needed"),
        ("16, 231", "16", "x.toml: xterm256 has 1 colours; at least 2 are needed"),
        ("0, 15", "0, 16", "x.toml: ansi16[1] is 16; a whole number from 0 to 15 is needed"),
        ("0, 15", "0, 8, 15", "x.toml: ansi16[1] and ansi16[2] are both bright; no two in a row may be"),
        ("ansi16", "ground = 'grey'\nansi16", "x.toml: ground is 'grey'; dark or light is needed"),
        ("ansi16", "cvd_safe = 1\nansi16", "x.toml: cvd_safe is 1; true or false is needed"),
    ],
)
def test_broken_palettes_are_refused(old, new, message):
    parse_palette(PALETTE, "x.toml")
    with pytest.raises(ValueError) as refused:
        parse_palette(PALETTE.replace(old, new, 1), "x.toml")
    assert str(refused.value).startswith(message)


def test_differences_begin_with_one_neutral_colour():
    sides = "".join(f"[{side}]\n{PALETTE.split(chr(10), 2)[2]}" for side in ("below", "above"))
    text = f'name = "d"\ndescription = "d"\n{sides}'
    made = parse_diverging(text, "x.toml")
    assert made.below == made.above
    with pytest.raises(ValueError, match=r"^x.toml: xterm256 of below and above begin with 17 and 16; one is needed$"):
        parse_diverging(text.replace("16, 231", "17, 231", 1), "x.toml")
    with pytest.raises(ValueError, match=r"^x.toml: below: ansi16 is None; a list is needed$"):
        parse_diverging(text.replace("ansi16", "ansi17", 1), "x.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dark = true", "dark = 1", "x.toml: dark is 1; true or false is needed"),
        ('heat = "gray"', "", "x.toml: heat is None; a text is needed"),
        ('panel = "#123456"', "", "x.toml: colours.panel is None; a colour like #1d242e is needed"),
        ("panel =", "pannel =", "x.toml: colours.panel is None"),
        ("[colours]", 'variables = 3\n[colours]\nbrim = "#000000"', "x.toml: colours.brim is unknown"),
        ("[colours]", "variables = 3\n[colours]", "x.toml: variables is 3; a table is needed"),
    ],
)
def test_broken_app_themes_are_refused(old, new, message):
    parse_app_theme(THEME, "x.toml")
    with pytest.raises(ValueError) as refused:
        parse_app_theme(THEME.replace(old, new, 1), "x.toml")
    assert str(refused.value).startswith(message)
