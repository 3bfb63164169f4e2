"""Pictures of key screens, as SVG. After a change that is meant: UPDATE_SCREENS=1 pytest tests/damotui."""

from dataclasses import replace

import numpy as np

from tests.damotui.app_in_test import driven
from tests.damotui.fake_engine import MIB, FakeEngine, FakeScene
from tests.damotui.pictures import KEPT, assert_as_kept
from themes import app_theme_names

SIZE = (100, 32)
MOST_BYTES = 120_000


class Mistaken(FakeEngine):
    """What is hot lies half a MiB higher in truth than where it is found."""

    def truth_of(self, aggregation):
        truth, aside = super().truth_of(aggregation), np.uint64(MIB // 2)
        return replace(truth, start=truth.start + aside, end=truth.end + aside)


class MistakenScene(FakeScene):
    def build(self, kdamonds=None):
        self.engines.append(Mistaken(self.kdamonds if kdamonds is None else kdamonds))
        return self.engine


def mistaken(setup):
    return MistakenScene(setup.kdamonds)


async def keep(app, name):
    """Compare what is shown, but for what was said in passing."""
    app.app.clear_notifications()
    await app.settle()
    assert_as_kept(app.app, name)


def contrast(style):
    """How many times as light the lighter of text and ground is, as WCAG 2 has it: 4.5 is asked for, 7 is better."""

    def luminance(colour):
        shares = [value / 255 for value in colour.get_truecolor()]
        red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(style.color), luminance(style.bgcolor)))
    return (light + 0.05) / (dark + 0.05)


async def test_the_main_screen_in_each_theme():
    async with driven(SIZE, seconds=12.0) as app:
        await app.go_to("scheme 0")
        await app.press("x")  # something is staged
        assert tuple(theme.name for theme in app.main.themes) == app_theme_names()
        for theme in app.main.themes:
            app.app.theme, app.main.map_pane.map.palette = theme.name, theme.heat
            await keep(app, f"theme-{theme.name}")
            least = 7.0 if theme.name.startswith("contrast") else 4.5
            for widget, part in (
                (app.main.tree_pane, "config-tree--default"),
                (app.main.scheme_pane, "scheme-panel--head"),
            ):
                assert contrast(widget.get_component_rich_style(part)) >= least, (theme.name, part)


async def test_the_views_of_the_heatmap():
    async with driven(SIZE, scene=mistaken) as app:
        await app.press("2", "V")
        await app.run(9.0)
        await keep(app, "view-truth")
        await app.press("V")
        await keep(app, "view-difference")
        await app.press("V", "V", "t", "o", "o", "i", *["left"] * 9, *["down"] * 6)
        await keep(app, "view-transposed-with-cursor-and-matches")


async def test_without_colours(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(SIZE, seconds=9.0) as app:
        await keep(app, "mono-main")
        await app.press("A", "n")
        await app.run(1.0)
        await keep(app, "mono-tuning")


async def test_the_screens_beside_it():
    async with driven(SIZE, seconds=9.0) as app:
        await app.press("A", *["down"] * 3)
        await app.run(1.0)
        await app.press("right", "right")
        await keep(app, "tuning")
        await app.press("S")
        await app.run(0.1)
        await keep(app, "regions")
        await app.press("I")
        await app.run(0.1)
        await keep(app, "advisor")
        await app.press("Y")
        await keep(app, "carry")


def test_none_is_too_large_to_be_looked_at_in_a_review():
    assert max(file.stat().st_size for file in KEPT.glob("*.svg")) <= MOST_BYTES
