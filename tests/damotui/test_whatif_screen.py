"""The what-if as a user meets it."""

from damotui.pacer.requests import Branch
from damotui.scene import ExperimentScene
from damotui.screens.dialogs import ConfirmDialog
from damotui.screens.explain import ExplainDialog
from damotui.screens.whatif import WhatIfScreen
from tests.damotui.app_in_test import driven

AGGR = (0, "contexts", 0, "intervals", "aggr_us")
MIN_AGE = (0, "contexts", 0, "schemes", 0, "access_pattern", "age", "min")


def real(setup):
    return ExperimentScene(setup.experiment)


def maps(screen):
    return [pane.map for pane in screen.panes.values()]


def in_step(screen):
    """Whether both heatmaps show the same time and addresses, equally fine and on the same scale."""
    a, b = (heat.picture for heat in maps(screen))
    return (a.window, a.layout, a.top) == (b.window, b.layout, b.top)


async def test_without_a_change_it_says_what_to_do_and_a_branch_that_fails_leaves_it_so():
    async with driven((100, 30), seconds=1.0) as app:
        app.session.set(AGGR, 1)
        await app.press("W")
        assert app.app.screen is app.main
        assert [told for told in app.told if "kdamond 0 can't run" in told]
        app.session.undo()
        await app.press("W")
        assert isinstance(app.app.screen, WhatIfScreen)
        assert "No what-if runs." in app.text and "Stage a change" in app.text
        assert "W here begins one with a copy" in app.text
        scale, palette = (getattr(maps(app.app.screen)[0], name) for name in ("scale", "palette"))
        await app.press("enter", "2", "n", "p")
        assert (maps(app.app.screen)[0].scale, maps(app.app.screen)[0].palette) == (scale, palette)
        assert app.told.count("no what-if runs: W begins one") == 3
        await app.press("X")
        assert "damotui-whatif.svg" in app.text
        await app.press("escape")
        assert "no what-if runs: there is one branch only" in app.told
        await app.press("W", "2")
        await app.run(0.5)
        assert "what-if since 1.0 s, 0.5 s ago   B: a copy of A" in app.text
        figures = app.main.seen.whatif.differences()
        assert len(figures) > 15 and all(not one.change for one in figures)
        await app.press("W")
        assert "a what-if runs already: keep one of its branches first" in app.told
        app.scene.engine.forks[0].fail_at_us = 1_700_000
        await app.run(0.5)
        assert "No what-if runs." in app.text
        assert "branch B ended, and A goes on alone: RuntimeError: the engine broke" in app.told
        assert not app.pacer.paused and app.main.live.time_us == 2_000_000


async def test_what_is_staged_begins_it_and_b_is_kept_after_asking_once():
    async with driven((120, 40), seconds=1.0) as app:
        app.session.set(AGGR, 200_000)
        await app.press("W")
        await app.run(1.0)
        assert "B: intervals.aggr_us: 100 ms → 200 ms" in app.lines[0]
        assert "● A  kdamond 0 on  * differs  10 regions  rss 10.0M" in app.lines[1]
        assert "○ B  kdamond 0 on" in app.lines[1] and "…" not in app.lines[1]
        # The fake engine counts 200 checks for each aggregation: 10 of them in a second, or 5.
        (line,) = [line for line in app.lines if "page checks" in line]
        assert line.split()[2:] == ["2.0", "k/s", "1.0", "k/s", "-1.0", "k/s", "-50", "%", "better"]
        await app.press("2", "enter")
        assert isinstance(app.app.screen, ConfirmDialog)
        assert "Keep branch B? What A has come to since 1.0 s is" in app.text
        await app.press("n")
        assert app.session.has_branches
        await app.press("ctrl+k", "y")
        assert not app.session.has_branches and "No what-if runs." in app.text
        assert "branch B goes on alone" in app.told
        assert app.session.committed[0].contexts[0].intervals.aggr_us == 200_000
        await app.press("escape")
        await app.run(1.0)
        assert "what-if" not in app.lines[-2]
        assert app.main.live.status(0).config.contexts[0].intervals.aggr_us == 200_000


async def test_both_go_on_without_the_screen_and_all_is_about_the_branch_that_is_turned_to():
    async with driven((120, 40), seconds=1.0) as app:
        await app.press("W", "W", "2", "escape")
        assert app.app.screen is app.main
        await app.press("R")
        assert "The what-if ends, and what is committed in branch B" in " ".join(app.text.split())
        await app.press("n")
        app.session.set(AGGR, 50_000)
        await app.press("c")
        assert "committed to kdamond 0 in branch B" in app.told
        await app.run(1.0)
        assert "what-if B" in app.lines[-2] or "what-if: branch B" in app.lines[-2]
        a, b = (app.main.seen.whatif.side(branch).live.status(0) for branch in Branch)
        assert (a.aggregations, b.aggregations) == (20, 30)
        await app.press("S")
        assert app.main.seen.history.latest(0).aggr_us == 50_000
        await app.press("W")
        assert isinstance(app.app.screen, WhatIfScreen) and "since 1.0 s, 1.0 s ago" in app.lines[0]
        await app.press("1", "enter", "y")
        assert app.session.uncommitted(AGGR) and not app.session.has_branches
        assert "what is staged for kdamond 0" in " ".join(app.text.split())


async def test_both_maps_move_as_one_and_the_figure_at_the_cursor_is_explained():
    async with driven((120, 40), seconds=3.0) as app:
        app.session.set(AGGR, 300_000)
        await app.press("W")
        await app.run(3.0)
        screen = app.app.screen
        assert in_step(screen) and maps(screen)[0].size == maps(screen)[1].size
        start = maps(screen)[0].picture.window
        assert start.row_us == 300_000
        for key in ("+", "left", ")", "t", "="):
            await app.press(key)
            assert in_step(screen), key
        assert maps(screen)[0].picture.window.row_us == start.row_us
        await app.press("p", "V", "V")
        a, b = maps(screen)
        assert (a.palette, a.showing) == (b.palette, b.showing) and a.showing.needs_truth
        await app.run(0.3)
        assert app.main.seen.whatif.b.truth.latest(0) is not None
        await app.press("down", "down", "j", "f1")
        assert isinstance(app.app.screen, ExplainDialog)
        assert "saved now" in app.text and "more is better" in app.text
        await app.press("escape", "pageup", "up")
        titles = [one.title for one in screen.explanations()]
        assert titles[0] == "resident now" and titles[-1] == "What-if"
        assert {"page checks", "slowdown", "times over quota", "PSI some"} <= set(titles)


async def test_any_size_shows_both_in_figures_and_one_map_at_least():
    async with driven((80, 24), seconds=1.0) as app:
        app.session.set(AGGR, 200_000)
        await app.press("W")
        screen = app.app.screen
        for width, height in ((80, 24), (40, 12), (200, 50), (121, 40)):
            await app.pilot.resize_terminal(width, height)
            await app.run(0.2)
            assert all(len(line) <= width for line in app.lines)
            assert "● A" in app.text and "○ B" in app.text and "resident now" in app.text
            a, b = maps(screen)
            assert bool(a.size) and bool(b.size) == (width >= 100)
            assert width < 100 or a.size == b.size
            heading = next(line for line in app.lines if line.strip().startswith("A  ") or "B − A" in line)
            figure = next(line for line in app.lines if "resident now" in line)
            assert ("B is" in heading) == ("same" in figure) == (width > 40)
            if width > 40:
                assert heading.index("B is") == figure.index("same")
        await app.pilot.resize_terminal(80, 24)
        await app.press("2")
        assert "○ A" in app.text and "● B" in app.text
        assert [bool(heat.size) for heat in maps(screen)] == [False, True]


async def test_on_a_real_engine_the_table_says_what_the_engines_say():
    async with driven((120, 40), scene=real, workload="zigzag", preset="prcl", loop=True) as app:
        app.pacer.run(4_000_000)
        await app.settle()
        app.session.set(MIN_AGE, 5)
        await app.press("W")
        for _ in range(6):
            app.pacer.run(1_000_000)
            await app.settle()
        whatif = app.main.seen.whatif
        a, b = (whatif.side(branch).live.snapshot for branch in Branch)
        assert a.time_us == b.time_us == 10_000_000
        figures = {one.measure.key: one for one in whatif.differences()}
        assert figures["refaults"].a == a.machine.refaults - whatif.forked.machine.refaults
        assert figures["saved_byte_s"].b == b.machine.saved_byte_s - whatif.forked.machine.saved_byte_s
        assert figures["sz_tried"].b > figures["sz_tried"].a
        assert figures["resident_mean"].b < figures["resident_mean"].a
        assert figures["slowdown"].b > 0
        assert figures["slowdown"].verdict == "worse"
        assert in_step(app.app.screen)
        await app.press("2", "enter", "y")
        app.pacer.run(1_000_000)
        await app.settle()
        assert app.session.committed[0].contexts[0].schemes[0].access_pattern.age.min == 5
        assert app.main.live.snapshot.machine.refaults >= b.machine.refaults
        assert app.main.seen.history.latest(0).end_us > 10_500_000
