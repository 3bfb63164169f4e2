"""In the app: where schemes acted, what is odd about a configuration, memory that is short, other operations."""

from dataclasses import replace

import pytest

from damotui.options import AppOptions
from damotui.pacer.frame import Frame
from damotui.render.acted import ALL_SCHEMES
from damotui.render.overlay import Overlay
from damotui.session.document import Session
from damotui.session.figures import Pace, figures
from damotui.session.outline import Kind, rows
from damotui.session.seen import Seen
from damotui.setup import load_setup
from damotui.widgets.terminal_colours import ColourMode
from engine.config.model import Goal, Quotas, Range
from tests.damotui.app_in_test import driven
from tests.damotui.fake_engine import MIB, FakeEngine

SETUP = load_setup(AppOptions())


def marked(app):
    """Columns of the map that have a mark."""
    cells = app.main.map_pane.map.picture.marked_cells
    return None if cells is None else set(cells.any(axis=0).nonzero()[0].tolist())


class TestMarks:
    async def test_a_key_marks_where_schemes_acted(self):
        async with driven(seconds=3.0) as app:
            heat = app.main.map_pane.map
            assert marked(app) is None
            assert "× schemes" not in app.text
            await app.press("o")
            width = heat.size.width
            assert heat.overlay == Overlay(ALL_SCHEMES)
            assert marked(app) == set(range(-(-2 * width // 10)))  # the schemes act on a MiB of ten each
            assert "× schemes acted" in app.text
            await app.press("o", "o", "o")
            assert marked(app) is None
            assert "× schemes" not in app.text

    async def test_the_scheme_under_the_cursor_alone(self):
        async with driven(seconds=3.0) as app:
            await app.press("o")
            await app.go_to("scheme 1")
            await app.run(0.2)
            width = app.main.map_pane.map.size.width
            assert marked(app) == set(range(width // 10, -(-2 * width // 10)))
            assert "× scheme 1 acted" in app.text
            await app.go_to("scheme 0")
            await app.run(0.2)
            assert marked(app) == set(range(-(-width // 10)))

    @pytest.mark.parametrize("mode", ColourMode)
    async def test_marks_show_in_every_mode(self, mode):
        async with driven(seconds=3.0) as app:
            app.main.map_pane.map.mode = mode
            await app.press("o")
            heat = app.main.map_pane.map
            row = "".join(segment.text for segment in heat.render_lines(heat.size.region)[0])
            wanted = {"×"} if mode.halves_cells else set("xX")
            assert set(row[:3]) <= wanted


class TestLint:
    async def test_an_odd_value_is_marked_told_and_not_refused(self):
        async with driven(seconds=1.0) as app:
            context = app.session.staged[0].contexts[0]
            path = (0, "contexts", 0, "schemes", 0, "access_pattern", "age")
            app.session.set(path, Range(20, 10), "odd")
            app.main.staged_changed()
            await app.go_to("scheme 0")
            said = "access_pattern.age.max: 10 is below min, which is 20: no region ever matches"
            row = app.row("scheme 0")
            assert (row.problem, row.severe) == (said, False)
            assert any(" !" in line for line in app.lines if "scheme 0" in line)
            assert "no region ever" in app.text
            await app.press("c")
            assert app.session.committed[0].contexts[0].schemes[0] != context.schemes[0]
            await app.go_to("ops")
            assert "no region ever" not in app.text

    async def test_it_is_told_while_the_value_is_typed(self):
        async with driven((200, 60), seconds=1.0) as app:
            app.main.expand_to((0, "contexts", 0, "schemes", 1, "access_pattern", "age"))
            app.main.staged_changed()
            at = (0, "contexts", 0, "schemes", 1, "access_pattern", "age", "min")
            app.main.tree_pane.move_to_path(at)
            await app.press("enter")
            await app.type("30000000")
            assert "34 d 17 h" in app.text
            await app.press("enter")
            assert app.session.get(at) == 30_000_000
            (row,) = [row for row in app.main.tree_pane.rows if row.path == at]
            assert (row.kind, row.severe) == (Kind.FIELD, False)

    def test_errors_come_before_warnings_in_folded_rows(self):
        session = Session(SETUP.kdamonds, SETUP.kernel, lambda request: None)
        session.set((0, "contexts", 0, "schemes", 0, "access_pattern", "age"), Range(20, 10))
        session.set((0, "contexts", 0, "nr_regions", "min"), 1)
        (row,) = rows(session, Seen(session, SETUP.workload).live, set())
        assert row.severe
        assert row.problem.startswith("contexts[0].nr_regions.min: 1 is too few")

    @pytest.mark.parametrize(("count", "text"), [(1, "1 goal"), (2, "2 goals")])
    def test_goals_are_counted_in_english(self, count, text):
        session = Session(SETUP.kdamonds, SETUP.kernel, lambda request: None)
        path = (0, "contexts", 0, "schemes", 0)
        session.set((*path, "quotas"), Quotas(goals=(Goal("user_input", 10),) * count, reset_interval_ms=1000))
        shown = rows(session, Seen(session, SETUP.workload).live, {path[:n] for n in range(1, 6)})
        (row,) = [row for row in shown if row.path == (*path, "quotas")]
        assert row.value == f"{text} / 1 s"


class TestShortMemory:
    def names(self, **states):
        engine = FakeEngine(SETUP.kdamonds)
        for name, value in states.items():
            setattr(engine, name, value)
        session = Session(SETUP.kdamonds, SETUP.kernel, lambda request: None)
        seen = Seen(session, SETUP.workload)
        seen.receive(Frame(engine.snapshot(), generation=1))
        return [" ".join(figure.forms[0]) for figure in figures(session, seen.live, Pace(False, 1.0, 1.0), 0)]

    def test_is_told_when_there_is_any(self):
        assert self.names(swapped_bytes=3 * MIB, psi=12.34)[-2:] == ["swap used 3.0 MiB", "PSI 12.3 %"]
        assert self.names(psi=0.01)[-1] == "free 512.0 MiB"
        assert self.names()[-1] == "free 512.0 MiB"

    @pytest.mark.parametrize("width", [60, 80, 100, 120, 160])
    async def test_the_line_keeps_inside(self, width):
        async with driven((width, 24), seconds=3.0) as app:
            app.scene.engine.psi, app.scene.engine.swapped_bytes = 12.0, 3 * MIB
            await app.run(0.2)
            line = app.lines[-2]
            assert len(line) <= width
            if width >= 80:
                assert "12%" in line or "12 %" in line
                assert "…" not in line


class TestOtherOperations:
    def test_what_was_seen_before_is_forgotten(self):
        engine = FakeEngine(SETUP.kdamonds)
        heard = []
        engine.subscribe(heard.append)
        session = Session(SETUP.kdamonds, SETUP.kernel, lambda request: None)
        seen = Seen(session, SETUP.workload)

        def look():
            seen.receive(Frame(engine.snapshot(), aggregations=tuple(heard), generation=1))
            heard.clear()

        engine.advance(1_000_000)
        look()
        (context,) = SETUP.kdamonds[0].contexts
        engine.advance(200_000)
        engine.turn_off(0)
        engine.turn_on(0, replace(SETUP.kdamonds[0], contexts=(replace(context, ops="paddr"),)))
        engine.advance(300_000)
        assert seen.history.nr_aggregations == 10
        look()
        kept = seen.history.between(0, 0, 0, 10**9)
        assert [aggregation.end_us for aggregation in kept] == [1_300_000, 1_400_000, 1_500_000]
        engine.advance(100_000)
        look()
        assert seen.history.nr_aggregations == 4

    def test_the_same_operations_keep_it(self):
        engine = FakeEngine(SETUP.kdamonds)
        heard = []
        engine.subscribe(heard.append)
        seen = Seen(Session(SETUP.kdamonds, SETUP.kernel, lambda request: None), SETUP.workload)
        for _ in range(2):
            engine.advance(500_000)
            seen.receive(Frame(engine.snapshot(), aggregations=tuple(heard), generation=1))
            heard.clear()
            engine.turn_off(0)
            engine.turn_on(0, SETUP.kdamonds[0])
        assert seen.history.nr_aggregations == 10
