"""The scheme pane: what it says at each size, word for word after UPDATE_SCREENS=1, and what scrolls or stays."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from damotui.options import AppOptions
from damotui.pacer.frame import Frame
from damotui.session.gauge import Gauge
from damotui.session.live import Live
from damotui.session.scheme_view import SchemeState
from damotui.setup import load_setup
from damotui.widgets.scheme_columns import MEANINGS, ONE_LINE, TWO_LINES
from damotui.widgets.scheme_table import table
from engine.config.model import Kdamond
from engine.units import ULONG_MAX
from tests.damotui.app_in_test import driven
from tests.damotui.fake_engine import MIB, FakeEngine

SCREENS = Path(__file__).parents[1] / "data" / "screens"
SIZES = [(80, 24), (120, 40), (200, 60)]


def by_name(size):
    return "x".join(map(str, size))


async def quota(app):
    app.scene.engine.psi, app.scene.engine.swapped_bytes = 3.2, 3 * MIB
    await app.run(9.5)


async def asleep(app):
    app.scene.engine.asleep = True
    await app.run(3.0)


async def goal(app):
    await app.run(9.5)


PRESETS = {quota: "usage_example", asleep: "damon_reclaim", goal: "tiering"}


@pytest.mark.parametrize("size", SIZES, ids=by_name)
@pytest.mark.parametrize("screen", PRESETS, ids=lambda f: f.__name__)
async def test_screen(screen, size):
    async with driven(size, preset=PRESETS[screen]) as app:
        await screen(app)
        app.app.clear_notifications()
        await app.settle()
        shown = app.text + "\n"
    path = SCREENS / f"{screen.__name__}-{by_name(size)}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")


def seen(preset="usage_example", seconds=9.5, **states):
    """What is seen of the fake engine after some seconds."""
    engine, live = FakeEngine(load_setup(AppOptions(preset=preset)).kdamonds), Live()
    for name, value in states.items():
        setattr(engine, name, value)
    for _ in range(round(seconds * 10)):
        engine.advance(100_000)
        live.feed(Frame(engine.snapshot(), generation=1))
    return live


def lines(schemes, machine=None, width=150, height=18):
    made = table(schemes, machine, width, height, ascii=False)
    return ["".join(text for text, _ in line).rstrip() for line in made.lines]


def with_quota(**values):
    """The first scheme with another state of its quota."""
    (line,) = seen().schemes(0)
    return replace(line, status=replace(line.status, **values))


class TestQuota:
    def quota(self, **values):
        (found,) = [line for line in lines([with_quota(**values)]) if line.startswith("  quota")]
        return found.split(maxsplit=1)[1]

    def test_used_against_effective(self):
        shown = self.quota(esz_bytes=8 * MIB, charged_bytes=2 * MIB)
        assert shown == "███          2.0 MiB of 8.0 MiB used, anew every 1 s"

    def test_any_use_shows_and_overdraft_fills(self):
        assert self.quota(esz_bytes=8 << 40, charged_bytes=1).startswith("▏ ")
        assert self.quota(esz_bytes=MIB, charged_bytes=2 * MIB).startswith("████████████ ")

    def test_no_limit_and_nothing(self):
        assert "1.0 MiB used, no limit now" in self.quota(esz_bytes=ULONG_MAX, charged_bytes=MIB)
        assert self.quota(esz_bytes=0) == "0 B: nothing may be done now"
        assert self.quota(limited=False) == "not in force yet"

    def test_its_changes_are_a_sparkline(self):
        line = replace(with_quota(), esz_series=(1.0, 2.0, 4.0, 8.0))
        assert any(shown.endswith("effective ▁▂▄█") for shown in lines([line]))


class TestGoal:
    def test_half_a_bar_is_the_target(self):
        (line,) = seen("tiering").schemes(1)
        assert line.goals[0].series[-1] == pytest.approx(9.5 / 20, abs=0.05)
        done = replace(line, goals=(replace(line.goals[0], series=(0.0, 0.5, 1.0, 2.0, 9.0)),))
        (shown,) = [text for text in lines([done]) if text.startswith("  goal")]
        assert shown.startswith("  goal       node_mem_used_bp of node 0: 47.35 % of 99.7 %, 47 %")
        assert shown.endswith("  ▂▄██")


class TestState:
    def state(self, *, stats=None, running=True, **status):
        engine = FakeEngine(load_setup(AppOptions(preset="usage_example")).kdamonds)
        if not running:
            engine.turn_off(0)
        live = Live()
        live.feed(Frame(engine.snapshot(), generation=1))
        snapshot = engine.snapshot()
        (kdamond,) = snapshot.kdamonds
        states = tuple(replace(one, **status) for one in kdamond.scheme_states)
        live.feed(Frame(replace(snapshot, kdamonds=(replace(kdamond, scheme_states=states),)), generation=1))
        return live.schemes(0)[0].state

    def test_each(self):
        assert self.state() is SchemeState.ACTIVE
        assert self.state(full=True) is SchemeState.FULL
        assert self.state(full=True, active=False) is SchemeState.ASLEEP
        assert self.state(full=True, running=False) is SchemeState.STOPPED

    def test_enough_rounds(self):
        live = Live()
        setup = load_setup(AppOptions())
        context = setup.kdamonds[0].contexts[0]
        schemes = tuple(replace(scheme, max_nr_snapshots=3) for scheme in context.schemes)
        engine = FakeEngine((replace(setup.kdamonds[0], contexts=(replace(context, schemes=schemes),)),))
        found = []
        for _ in range(4):
            engine.advance(100_000)
            live.feed(Frame(engine.snapshot(), generation=1))
            found.append(live.schemes(0)[0].state)
        assert found == [SchemeState.ACTIVE] * 2 + [SchemeState.DONE] * 2


class TestTable:
    def test_all_statistics_with_rates_where_there_is_room(self):
        head, totals, rates, *_ = lines(seen().schemes(0))
        for title in ("nr_tried", "sz_tried", "nr_applied", "sz_applied", "qt_exceeds"):
            assert title in head
        assert totals.split()[-7:] == ["95", "95.0", "MiB", "0", "0", "B", "0"]
        assert rates.split()[:2] == ["per", "s"]
        assert rates.count("/s") == 5

    def test_filter_passed_is_for_schemes_with_filters(self):
        assert "filter_passed" not in lines(seen().schemes(0))[0]
        assert "filter_passed" in lines(seen("tiering").schemes(1))[0]

    @pytest.mark.parametrize("width", range(20, 170, 7))
    @pytest.mark.parametrize("height", [5, 9, 18])
    def test_nothing_is_wider_than_the_place(self, width, height):
        live = seen()
        for line in lines(live.schemes(0), live.machine(0), width, height)[1:]:
            assert len(line) <= max(width, 46), line

    def test_a_place_too_low_takes_one_line_each_and_one_for_the_machine(self):
        live = seen()
        low = table(live.schemes(0), live.machine(0), 100, 5, ascii=False)
        assert len(low.lines) == 5
        assert low.pinned == 1
        high = table(live.schemes(0), live.machine(0), 100, 18, ascii=False)
        assert len(high.lines) == 10
        assert high.pinned == 5

    def test_ascii_has_no_blocks(self):
        live = seen(psi=3.0)
        made = table(live.schemes(0), live.machine(0), 150, 18, ascii=True)
        text = "".join(text for line in made.lines for text, _ in line)
        assert not set(text) & set("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉")
        assert "@@@" in text

    def test_every_column_has_a_meaning(self):
        words = " ".join(f"{word} {meaning}" for word, meaning in MEANINGS)
        for column in (*ONE_LINE, *TWO_LINES):
            stem = column.title.removeprefix("nr_").removeprefix("sz_").removesuffix("/s")
            assert stem in words, column.title


class TestMachine:
    def test_figures(self):
        live = seen(psi=3.2)
        machine = live.machine(0)
        assert machine.refaults_per_s == pytest.approx(10.0, rel=0.5)
        assert machine.saved[-1] == 9 * MIB
        assert machine.slowest == "fake 1001"
        assert machine.psi[-1] == pytest.approx(0.032, rel=0.1)
        assert machine.free_permil == 500

    def test_the_slowest_of_the_targets(self):
        engine = FakeEngine(load_setup(AppOptions()).kdamonds)
        engine.alive[1002] = True
        live, snapshot = Live(), engine.snapshot()
        slow = {1001: 0.25, 1002: 0.5}
        processes = tuple(replace(p, slowdown=slow[p.pid]) for p in snapshot.processes)
        live.feed(Frame(replace(snapshot, processes=processes), generation=1))
        assert (live.machine(0).slowdown, live.machine(0).slowest) == (0.25, "fake 1001")
        assert live.machine(9).slowdown == 0.5

    def test_without_a_machine_there_is_none(self):
        live = Live()
        live.feed(Frame(replace(FakeEngine((Kdamond(),) * 0).snapshot(), machine=None), generation=1))
        assert live.machine(0) is None


class TestGauge:
    def test_the_last_value_of_each_bin(self):
        gauge = Gauge(1_000)
        for time_us, value in [(0, 1.0), (500, 2.0), (1_000, 3.0), (3_500, 4.0), (3_999, 5.0)]:
            gauge.feed(time_us, value)
        assert gauge.series == (2.0, 3.0, 3.0, 5.0)

    def test_time_that_goes_back_begins_anew(self):
        gauge = Gauge(1_000)
        gauge.feed(5_000, 1.0)
        gauge.feed(1_000, 2.0)
        assert gauge.series == (2.0,)

    def test_a_long_jump_costs_no_more_than_what_is_kept(self):
        gauge = Gauge(1)
        gauge.feed(0, 1.0)
        gauge.feed(10**15, 2.0)
        assert gauge.series[-2:] == (1.0, 2.0)
        assert len(gauge.series) <= 240


class TestPane:
    async def test_titles_and_machine_stay_while_schemes_scroll(self):
        async with driven((80, 24), preset="tiering", seconds=3.0) as app:
            pane = app.main.scheme_pane
            await app.go_to("kdamond 1")
            pane.focus()
            first = [pane.render_line(y).text for y in range(5)]
            pane.move_by(50)
            await app.settle()
            last = [pane.render_line(y).text for y in range(5)]
            assert first[0] == last[0]
            assert "saved" in last[4]

    async def test_it_takes_no_more_lines_than_it_needs(self):
        async with driven((200, 60), seconds=3.0) as app:
            pane = app.main.scheme_pane
            assert pane.size.height == len(lines(app.main.live.schemes(0), app.main.live.machine(0)))
            assert pane.size.height == 10

    async def test_help_tells_the_columns(self):
        async with driven((120, 40)) as app:
            await app.press("question_mark")
            await app.type("used up")
            assert "how often a quota was used up" in app.text
