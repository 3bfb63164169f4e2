"""The heatmap in an app: what is on the screen, and that little is done for it."""

import pyte
import pytest
from rich.console import Console
from textual.app import App
from textual.containers import Vertical
from textual.geometry import Region
from textual.theme import Theme
from textual.widgets import Static

from damotui.render.history import History
from damotui.render.layout import RangeName
from damotui.render.raster import Combine
from damotui.render.view import TimeMark
from damotui.widgets.heatmap import Heatmap
from damotui.widgets.heatmap_axes import HeatmapLegend
from damotui.widgets.heatmap_pane import HeatmapPane
from damotui.widgets.terminal_colours import ColourMode
from tests.damotui.aggregations import MMAP, step
from themes import load_app_theme


class PaneApp(App):
    def __init__(self, *, reference=False, mode=ColourMode.SHADES):
        super().__init__()
        self.pane = HeatmapPane(reference=reference)
        self.pane.map.set_reactive(Heatmap.mode, mode)
        self.pointed = []

    def compose(self):
        yield self.pane

    def on_heatmap_pointed(self, event):
        self.pointed.append(event.cell)


class CoveredApp(PaneApp):
    CSS = "Screen { layers: below above; } #over { layer: above; width: 7; height: 3; offset: 21 6; background: red; }"

    def compose(self):
        yield self.pane
        yield Static("over", id="over")


def filled(count=270):
    history = History()
    for i in range(count):
        history.add(step(i))
    return history


def lines(app, region=None):
    """The text on the screen."""
    region = region or app.screen.region
    strips = app.screen._compositor.render_strips()[region.y : region.bottom]
    return [strip.crop(region.x, region.right).text.rstrip() for strip in strips]


def colours(app, width, height):
    """(character, foreground, background) of each cell of the screen, as segments say."""
    cells = []
    for strip in app.screen._compositor.render_strips():
        row = [
            (character, style and style.color, style and style.bgcolor)
            for text, style, _ in strip
            for character in text
        ]
        assert len(row) == width
        cells.append(row)
    assert len(cells) == height
    return cells


async def test_time_down():
    app, history = PaneApp(), filled()
    async with app.run_test(size=(50, 16)) as pilot:
        app.pane.show(history, 27_000_000, marks=[TimeMark(12_600_000, "commit")])
        await pilot.pause()
        assert lines(app) == [
            "          0x55d0c8a00000  0x7f3a40000000 (100 MiB)",
            "          ╷  ┊╷               ╷+50 MiB        ┊╷",
            "     0 s ╶▒▒▒┊███░                            ┊░░░",
            "          ▒▒▒┊   ▓██▒                         ┊░░░",
            "          ▒▒▒┊   ░░░▒██▒                      ┊░░░",
            "          ▒▒▒┊      ░░░▒██▓                   ┊░░░",
            "    10 s ╶▒▒▒┊         ░░░▒███                ┊░░░",
            "   commit▸▒▒▒┊             ▒▒▒███░            ┊░░░",
            "          ▒▒▒┊                ▒▒▒▓██▒         ┊░░░",
            "          ▒▒▒┊                   ▒▒▒▒██▒      ┊░░░",
            "    20 s ╶▒▒▒┊                      ▒▓▓▒██▓   ┊░░░",
            "          ▒▒▒┊                         ░▓▓▓███┊░░░",
            "          ▒▒▒┊███░                        ░▓▓▓┊░░░",
            "          ▒▒▒┊███░                            ┊░░░",
            "    30 s ╶···┊································┊···",
            "found 0 %   ░░▒▒▒▓▓██ 100 % = 200 Hz · fixed scale",
        ]


async def test_time_across():
    app, history = PaneApp(), filled()
    async with app.run_test(size=(60, 18)) as pilot:
        app.pane.map.transposed = True
        await pilot.pause()
        app.pane.show(history, 27_000_000, marks=[TimeMark(12_600_000, "commit")])
        await pilot.pause()
        assert lines(app) == [
            " 0x55d0c8a00000▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒",
            "        (1 MiB)▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒",
            "              ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄",
            " 0x7f3a40000000████░░░░                                 ░███",
            "                   ▓███▒▒▒▒░",
            "                       ▓███▒▒▒▒▒",
            "                           ▒███▓▓▓▓▓",
            "      +50 MiB ╶                ░███▓████",
            "                                   ░▓▓▓▓████░",
            "                                        ▒▒▒▒▓███░",
            "                                            ░▒▒▒▓███▒",
            "                                                ░░░░▒███▓",
            "              ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄",
            " 0x7ffd8a3e0000░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
            "      (132 KiB)░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
            "               ╵0 s            ╵10 s            ╵20 s",
            "                                    ▴commit",
            "access rate found 0 %   ░▒▒▒▓██ 100 % = 200 Hz · fixed scale",
        ]


@pytest.mark.parametrize("mode", [ColourMode.TRUECOLOR, ColourMode.XTERM256, ColourMode.SHADES, ColourMode.ASCII])
@pytest.mark.parametrize("transposed", [False, True])
async def test_fast_way_equals_the_public_one(mode, transposed):
    seen = []
    for reference in (False, True):
        app = PaneApp(reference=reference, mode=mode)
        async with app.run_test(size=(70, 20)) as pilot:
            app.pane.map.transposed = transposed
            app.pane.show(filled(130), 13_000_000)
            await pilot.pause()
            seen.append(colours(app, 70, 20))
    assert seen[0] == seen[1]


async def test_fast_way_equals_the_public_one_under_another_widget():
    seen = []
    for reference in (False, True):
        app = CoveredApp(reference=reference, mode=ColourMode.TRUECOLOR)
        async with app.run_test(size=(70, 20)) as pilot:
            app.pane.show(filled(130), 13_000_000)
            await pilot.pause()
            seen.append(colours(app, 70, 20))
    assert seen[0] == seen[1]
    assert "".join(cell[0] for cell in seen[0][6][21:25]) == "over"


async def test_what_is_written_is_what_segments_say():
    app = CoveredApp(mode=ColourMode.TRUECOLOR)
    async with app.run_test(size=(70, 20)) as pilot:
        app.pane.show(filled(130), 13_000_000)
        await pilot.pause()
        console = Console(force_terminal=True, color_system="truecolor")
        screen = pyte.Screen(71, 20)
        pyte.Stream(screen).feed(app.screen._compositor.render_full_update().render_segments(console))
        for y, row in enumerate(colours(app, 70, 20)):
            for x, (character, _, background) in enumerate(row):
                cell = screen.buffer[y][x]
                assert cell.data == character
                assert cell.bg == background.triplet.hex[1:]


async def test_nothing_yet_says_why():
    app = PaneApp()
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.show(History(), 0, reason="kdamond 0 is off: press s to start it")
        await pilot.pause()
        assert [line.strip() for line in lines(app) if line] == [
            "no aggregation yet: kdamond 0", "is off: press s to start it",
        ]  # fmt: skip
        frames = app.pane.map.nr_frames
        app.pane.show(History(), 0, reason="kdamond 0 is off: press s to start it")
        app.pane.show(filled(5), 500_000)
        await pilot.pause()
        assert "no aggregation" not in "".join(lines(app))
        assert app.pane.map.nr_frames <= frames + 2


async def test_same_again_makes_no_frame():
    app, history = PaneApp(), filled(30)
    async with app.run_test(size=(60, 16)) as pilot:
        app.pane.show(history, 3_000_000)
        await pilot.pause()
        frames = app.pane.map.nr_frames
        for _ in range(5):
            app.pane.show(history, 3_000_000)
        assert app.pane.map.nr_frames == frames


async def test_only_the_new_row_is_drawn_again():
    app, history = PaneApp(), filled(5)
    async with app.run_test(size=(60, 30)) as pilot:
        heat = app.pane.map
        app.pane.show(history, 500_000)
        await pilot.pause()
        refreshed = []
        heat.refresh = lambda *regions, **_: refreshed.extend(regions)
        history.add(step(5))
        app.pane.show(history, 600_000)
        assert refreshed == [Region(0, 2, heat.size.width, 1)]
        for i in range(6, 8):
            history.add(step(i))
        app.pane.show(history, 800_000)
        assert refreshed[-1] == Region(0, 3, heat.size.width, 1)


async def test_a_busy_terminal_gets_no_frame_until_it_is_ready():
    app, history = PaneApp(), filled(5)
    async with app.run_test(size=(60, 30)) as pilot:
        heat = app.pane.map
        app.pane.show(history, 500_000)
        await pilot.pause()
        frames = heat.nr_frames
        heat._gate.is_open = lambda app: False
        for i in range(5, 9):
            history.add(step(i))
            app.pane.show(history, (i + 1) * 100_000)
        assert heat.nr_frames == frames
        assert heat.nr_skipped >= 4
        assert not heat.frame_ready()
        del heat._gate.is_open
        await pilot.pause(0.2)
        assert heat.nr_frames == frames + 1
        assert heat.picture.rates[8, 10] >= 0


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (9, 3), (12, 30), (80, 2), (39, 8)])
@pytest.mark.parametrize("transposed", [False, True])
async def test_tiny_terminals(size, transposed):
    app, history = PaneApp(), filled(50)
    async with app.run_test(size=size) as pilot:
        app.pane.map.transposed = transposed
        app.pane.show(history, 5_000_000, names=[RangeName(0, MMAP[0], sum(MMAP), "a")], marks=[TimeMark(0, "x")])
        await pilot.pause()
        assert len(lines(app)) == size[1]
        app.pane.map.scroll_time(-1)
        app.pane.map.zoom_time(3)
        await pilot.pause()


async def test_resizing_draws_for_the_new_size():
    app, history = PaneApp(), filled(50)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show(history, 5_000_000)
        await pilot.pause()
        for size in ((120, 40), (30, 7), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.pane.map.picture.rates.shape == (2 * app.pane.map.size.height, app.pane.map.size.width)
            assert "█" in "".join(lines(app))


async def test_a_hidden_map_draws_nothing():
    app = PaneApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.display = False
        await pilot.pause()
        app.pane.show(filled(5), 500_000)
        await pilot.pause()
        app.pane.display = True
        await pilot.pause()
        assert "█" in "".join(lines(app))


async def test_scrolling_and_zooming():
    app, history = PaneApp(), filled(400)
    async with app.run_test(size=(60, 20)) as pilot:
        heat = app.pane.map
        app.pane.show(history, 40_000_000)
        await pilot.pause()
        heat.zoom_time(3)
        window = heat.picture.window
        assert window.row_us == 200_000
        heat.scroll_time(-1)
        assert not heat.following
        assert heat.picture.window.first == window.first - window.nr_rows
        history.add(step(400))
        app.pane.show(history, 40_100_000)
        assert heat.picture.window.first == window.first - window.nr_rows
        heat.scroll_to_newest()
        assert heat.following
        assert heat.picture.window.end_us >= 40_100_000
        heat.auto_time(span_us=10_000_000)
        assert heat.picture.window.row_us == 300_000


async def test_the_wheel_scrolls_and_zooms():
    app, history = PaneApp(), filled(400)
    async with app.run_test(size=(60, 20)) as pilot:
        heat = app.pane.map
        app.pane.show(history, 40_000_000)
        heat.zoom_time(3)
        await pilot.pause()
        await pilot._post_mouse_events([_wheel_up()], heat, offset=(5, 5))
        await pilot.pause()
        assert not heat.following
        row_us = heat.picture.window.row_us
        await pilot._post_mouse_events([_wheel_up()], heat, offset=(5, 5), control=True)
        await pilot.pause()
        assert heat.picture.window.row_us < row_us


def _wheel_up():
    from textual.events import MouseScrollUp

    return MouseScrollUp


async def test_hovering_tells_what_is_there():
    app, history = PaneApp(), filled(270)
    async with app.run_test(size=(100, 20)) as pilot:
        app.pane.show(history, 27_000_000)
        await pilot.pause()
        await pilot.hover(Heatmap, offset=(6, 0))
        await pilot.pause()
        cell = app.pointed[-1]
        assert cell.start_us == 0
        assert cell.rate == 1
        assert "100 % · 20 accesses · 200 Hz" in lines(app)[-1]
        await pilot.hover(HeatmapLegend)
        await pilot.pause()
        assert app.pointed[-1] is None
        assert lines(app)[-1].startswith("access rate found 0 % ")


async def test_settings_change_the_picture():
    app, history = PaneApp(mode=ColourMode.TRUECOLOR), filled(270)
    async with app.run_test(size=(60, 20)) as pilot:
        heat = app.pane.map
        app.pane.show(history, 27_000_000)
        await pilot.pause()
        first = colours(app, 60, 20)
        heat.palette = "viridis"
        await pilot.pause()
        assert colours(app, 60, 20) != first
        mean = heat.picture.rates.copy()
        heat.combine = Combine.MAX
        await pilot.pause()
        assert (heat.picture.rates[:20, :3] >= mean[:20, :3] - 1e-6).all()
        heat.target = 3
        await pilot.pause()
        assert heat.picture.layout.segments == ()
        with pytest.raises(ValueError, match="'nope' is not a heat palette"):
            heat.palette = "nope"


async def test_a_theme_changes_the_ground():
    app = PaneApp(mode=ColourMode.TRUECOLOR)
    async with app.run_test(size=(60, 40)) as pilot:
        for name in ("damotui-dark", "damotui-light"):
            app.register_theme(Theme(**load_app_theme(name).arguments()))
        grounds = []
        app.pane.show(filled(5), 500_000)
        for name in ("damotui-dark", "damotui-light"):
            app.theme = name
            await pilot.pause()
            heat = app.pane.map.region
            grounds.append(colours(app, 60, 40)[heat.bottom - 1][heat.x][2].triplet.hex)
    assert grounds == ["#151a21", "#fbf9f4"]


async def test_no_color_draws_shades_in_the_terminals_own_colours(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = PaneApp(mode=None)
    async with app.run_test(size=(60, 20)) as pilot:
        app.pane.show(filled(270), 27_000_000)
        await pilot.pause()
        heat = app.pane.map.region
        cells = [cell for row in colours(app, 60, 20)[heat.y : heat.bottom] for cell in row[heat.x : heat.right]]
        assert {cell[0] for cell in cells} >= set(" ░▒▓█┊")
        assert all(colour.is_default for cell in cells for colour in cell[1:])


async def test_ansi_themes_draw_in_the_terminals_16_colours():
    app = PaneApp(mode=None)
    async with app.run_test(size=(60, 20)) as pilot:
        assert app.pane.map.drawn_mode is ColourMode.TRUECOLOR
        app.theme = "ansi-dark"
        assert app.pane.map.drawn_mode is ColourMode.ANSI16
        app.pane.show(filled(270), 27_000_000)
        await pilot.pause()
        heat = app.pane.map.region
        cells = [cell for row in colours(app, 60, 20)[heat.y : heat.bottom] for cell in row[heat.x : heat.right]]
        assert {cell[0] for cell in cells} >= set(" ░▒▓█┊")
        assert {colour.number for _, *both in cells for colour in both if not colour.is_default} == {0, 4, 5, 11}
        app.theme, app.pane.map.mode = "textual-dark", ColourMode.ANSI16
        await pilot.pause()
        bar = app.pane._legend.render_line(0)
        strip = app.screen._compositor.render_strips()[app.pane._legend.region.y]
        shaded = [(s.text, s.style.color, s.style.bgcolor) for s in strip if set(s.text) <= set("░▒▓█")]
        assert shaded == [(s.text, s.style.color, s.style.bgcolor) for s in bar if set(s.text) <= set("░▒▓█")]
        assert len(shaded) > 4


async def test_a_screenshot_shows_the_map():
    app = PaneApp(mode=ColourMode.TRUECOLOR)
    async with app.run_test(size=(60, 20)) as pilot:
        app.pane.show(filled(270), 27_000_000)
        await pilot.pause()
        picture = app.export_screenshot()
    assert "#fcffa4" in picture
    assert "found&#160;0" in picture


async def test_a_map_with_a_border_around_it():
    class Bordered(PaneApp):
        CSS = "#box { border: round red; }"

        def compose(self):
            with Vertical(id="box"):
                yield self.pane

    app = Bordered()
    async with app.run_test(size=(40, 16)) as pilot:
        app.pane.show(filled(270), 27_000_000)
        await pilot.pause()
        shown = lines(app)
    assert shown[0][0] == "╭" and shown[-1][-1] == "╯"
    assert all(line[0] == line[-1] == "│" for line in shown[1:-1])
