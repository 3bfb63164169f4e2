"""How the heatmap looks, by keys: views, scales, colours, marks and the sweep."""

from dataclasses import replace

import numpy as np
import pytest

from damotui.pacer.requests import WatchTruth
from damotui.render.overlay import ACTED, MATCHES, Marking
from damotui.render.scale import Scale
from damotui.render.showing import Showing
from damotui.scene import ExperimentScene
from damotui.session.truth_watch import TruthWatch
from damotui.widgets.terminal_colours import ColourMode
from engine.config.model import Range
from tests.damotui.app_in_test import driven


def legend(app):
    """The line below the map."""
    region = app.main.map_pane._legend.region
    return app.lines[region.y][region.x : region.right].strip()


def test_the_truth_is_watched_while_anybody_needs_it():
    told = []
    watch = TruthWatch(told.append)
    watch.need("map")
    watch.need("map")
    watch.need("cursor")
    watch.need("map", False)
    watch.need("map", False)
    assert (watch.on, told) == (True, [True])
    watch.need("cursor", False)
    watch.need("cursor", False)
    assert (watch.on, told) == (False, [True, False])


class TestViews:
    async def test_found_truth_difference_and_sorted(self):
        """The fake engine finds the truth, and nothing else: the difference is 0 throughout."""
        async with driven((140, 40), seconds=2.0) as app:
            heat, asked = app.main.map_pane.map, []
            app.main.map_pane.focus()
            request = app.pacer.request
            app.session._send = lambda what: asked.append(what) or request(what)
            assert legend(app).startswith("access rate found 0 % ")
            for said in ("= 200 Hz", "fixed scale", heat.palette):
                assert said in legend(app)
            await app.press("V")
            await app.run(1.0)
            assert heat.showing is Showing.TRUTH
            assert "the truth" in app.told[-1]
            assert legend(app).startswith("true access rate 0 % ")
            known = ~np.isnan(heat.picture.rates).any(axis=1)
            assert known.sum() == 10, "one second of 100 ms each"
            assert (heat.picture.rates[known].min(), heat.picture.rates[known].max()) == (0, 1)
            await app.press("V")
            assert legend(app).startswith("found less truth −100 % ")
            assert (heat.picture.rates[known] == 0).all()
            assert asked == [WatchTruth(True)]
            await app.press("V")
            assert asked == [WatchTruth(True), WatchTruth(False)]
            assert legend(app).startswith("sorted by access rate 0 % ")
            assert "hottest" in app.text and "of 10.0 MiB" not in app.text and "of 10 MiB" in app.text
            rates = heat.picture.rates[:30]
            assert (rates[:, 0] == 1).all() and (rates[:, -1] == 0).all()
            assert rates.mean() == pytest.approx(0.1, abs=0.01)
            await app.press("V")
            assert heat.showing is Showing.FOUND
            assert not np.isnan(heat.picture.rates[:30]).any()

    async def test_a_real_engine_tells_its_truth(self):
        """Monitoring finds the hot step of the stairs: where the truth is hot, so is what was found."""
        async with driven((140, 40), scene=lambda setup: ExperimentScene(setup.experiment), seconds=3.0) as app:
            heat = app.main.map_pane.map
            app.main.map_pane.focus()
            heat.view.time.row_us = 100_000
            heat.showing = Showing.TRUTH
            await app.run(0.1)
            await app.run(5.0)
            truth = heat.picture.rates.copy()
            await app.press("V")
            difference = heat.picture.rates.copy()
            heat.showing = Showing.FOUND
            await app.settle()
            found = heat.picture.rates
        known = ~np.isnan(truth)
        assert 45 <= known.any(axis=1).sum() <= 52
        assert (known == ~np.isnan(difference)).all()
        np.testing.assert_allclose(difference[known], (found - truth)[known], atol=1e-6)
        assert np.nanmax(truth) > 0.9
        hot = known & (truth > 0.9)
        assert 0.05 < hot.sum() / known.sum() < 0.2, "a tenth of the stairs"
        assert found[hot].mean() > 0.7
        assert found[known & (truth < 0.01)].mean() < 0.05


class TestKeys:
    async def test_scales_colours_and_sweep_say_what_they_are(self):
        async with driven((140, 40), seconds=6.0) as app:
            heat = app.main.map_pane.map
            app.main.map_pane.focus()
            await app.press("n")
            assert (heat.scale, "scale of the highest" in legend(app)) == (Scale.AUTOMATIC, True)
            await app.press("n")
            assert (heat.scale, "scale of p99" in legend(app)) == (Scale.PERCENTILE, True)
            assert "99th percentile" in app.told[-1]
            await app.press("n")
            assert (heat.scale, "fixed scale" in legend(app)) == (Scale.FIXED, True)
            before = heat.palette
            await app.press("p")
            assert heat.palette != before
            assert heat.palette in legend(app) and heat.palette in app.told[-1]
            heat.view.time.row_us = 100_000
            await app.press("r")
            await app.run(4.0)
            sweep = heat.picture.sweep
            assert sweep.newest == 49 % sweep.lines
            axis = app.main.map_pane._left.region
            assert app.lines[axis.y + sweep.newest][axis.x : axis.right] == "   9.8 s ▶"
            await app.press("t", "r")
            assert "a sweep needs time to run down" in app.told[-1]
            assert heat.sweeps and heat.picture.sweep is None
            await app.press("t", "r")
            assert heat.picture.sweep is None

    async def test_the_legend_has_one_line_in_each_mode_and_names_what_matters_at_80_columns(self):
        async with driven((80, 24), seconds=2.0) as app:
            heat = app.main.map_pane.map
            for mode in ColourMode:
                heat.mode, heat.showing = mode, Showing.DIFFERENCE
                await app.run(0.1)
                assert legend(app).startswith("diff −100 % ")
                assert "+100 % = ±200 Hz · fixed" in legend(app)
                heat.showing = Showing.FOUND
                await app.settle()
                assert legend(app).startswith("found 0 % ")
                assert "100 % = 200 Hz · fixed" in legend(app)
                assert (heat.palette in legend(app)) == mode.has_colours


class TestMarks:
    async def test_marks_go_round_and_follow_what_is_staged(self):
        async with driven((140, 40), seconds=2.0) as app:
            heat, pane = app.main.map_pane.map, app.main.map_pane
            await app.go_to("scheme 1")
            await app.press("o")
            assert (pane.marking, "× scheme 1 acted" in legend(app)) == (Marking.ACTED, True)
            await app.press("o")
            assert "○ scheme 1 would match" in legend(app)
            path = (0, "contexts", 0, "schemes", 1)
            hot = replace(app.session.get(path).access_pattern, sz=Range(0, 2**40), nr_accesses=Range(20, 20))
            app.session.set((*path, "access_pattern"), replace(hot, age=Range(0, 9)), "hot")
            app.main.staged_changed()
            await app.settle()
            marks, rates = heat.picture.marks, heat.picture.rates
            assert set(np.unique(marks)) == {0, MATCHES}
            assert (marks[rates == 1] == MATCHES).all()
            assert (marks[rates == 0] == 0).all()
            await app.press("o")
            assert set(np.unique(heat.picture.marks)) <= {0, ACTED, MATCHES, ACTED | MATCHES}
            assert (heat.picture.marks[rates == 1] >= MATCHES).all()
            assert "○ would match · ⊗ both" in legend(app)
            await app.go_to("kdamond 0")
            assert "schemes acted" in legend(app)
            await app.press("o")
            assert heat.picture.marks is None
            assert app.told[-1] == "no marks"


async def test_f1_explains_the_looks():
    async with driven((140, 50), seconds=2.0) as app:
        heat, pane = app.main.map_pane.map, app.main.map_pane
        pane.focus()
        await app.press("o", "o", "o", "r", "n", "n")
        titles = [one.title for one in pane.explanations()]
        assert [title for title in titles if title.startswith(("view", "scale", "colours:", "marks", "sweep"))] == [
            "view: access rate found", "scale: percentile", f"colours: {heat.palette}", "marks", "sweep",
        ]  # fmt: skip
        heat.palette, heat.showing = "paper", Showing.DIFFERENCE
        await app.settle()
        said = {one.title: one for one in pane.explanations()}
        assert "less the truth, pixel by pixel" in said["view: found less truth"].text
        assert "Blue is less" in said["colours of differences"].text
        heat.showing = Showing.TRUTH
        await app.settle()
        said = {one.title: one for one in pane.explanations()}
        assert "darker" in said["colours: paper"].text
        assert dict(said["colours: paper"].facts)["made for"] == "light backgrounds"


async def test_a_slow_terminal_is_told_of(monkeypatch):
    async with driven((160, 40), seconds=1.0) as app:
        heat = app.main.map_pane.map
        clock = [0.0]
        heat.link._clock = lambda: clock[0]
        heat.link._began_s = 0.0
        monkeypatch.setattr("damotui.widgets.heatmap.pending_writes", lambda app: 1)
        for tick in range(41):
            clock[0] = tick / 20
            heat._gate.is_open = lambda app, tick=tick: tick % 4 == 0
            app.main.pump()
        assert heat.link.frames_per_s == 5
        del heat._gate.is_open
        await app.run(0.1)
        assert "terminal slow, frames 5/s" in app.text
        for tick in range(41, 100):
            clock[0] = tick / 20
            app.main.pump()
        await app.run(0.1)
        assert "terminal slow" not in app.text
