"""Rates, words and figures of what is seen of the engine."""

import math
from dataclasses import replace

import pytest

from damotui.options import AppOptions
from damotui.pacer.frame import Frame
from damotui.session.document import Session
from damotui.session.figures import Pace, figures, speed_name
from damotui.session.live import Live, clock
from damotui.session.marks import Marks, mapping_names
from damotui.session.meter import Meter
from damotui.session.words import count, pattern, terse_bytes
from damotui.setup import load_setup
from engine.config.model import UINT_MAX, ULONG_MAX, AccessPattern, Range, Scheme
from engine.snapshot import DEBUGFS_FIRST_INDEX
from tests.damotui.fake_engine import MIB, FakeEngine

SETUP = load_setup(AppOptions())


@pytest.fixture
def engine():
    return FakeEngine(SETUP.kdamonds)


@pytest.fixture
def live(engine):
    live = Live()
    for _ in range(50):
        engine.advance(100_000)
        live.feed(Frame(engine.snapshot(), generation=1))
    return live


class TestMeter:
    def test_rate_is_over_the_last_two_seconds(self):
        meter = Meter()
        assert meter.per_s == 0.0
        for tenth in range(101):
            meter.feed(tenth * 100_000, tenth * 10 if tenth <= 50 else 500 + (tenth - 50) * 40)
        assert meter.per_s == pytest.approx(400.0)

    def test_series_has_a_value_for_each_full_bin(self):
        meter = Meter(1_000_000)
        for second in range(5):
            meter.feed(second * 1_000_000, second * second)
        assert meter.series == (1.0, 3.0, 5.0, 7.0)

    def test_a_jump_is_spread_evenly(self):
        meter = Meter(1_000_000)
        meter.feed(500_000, 0)
        meter.feed(3_500_000, 300)
        assert meter.series == pytest.approx((50.0, 100.0, 100.0))

    def test_a_long_jump_costs_no_more_than_what_is_kept(self):
        meter = Meter(1_000)
        meter.feed(0, 0)
        meter.feed(10**15, 10**9)
        assert len(meter.series) == 240
        assert meter.series == pytest.approx([1.0] * 240)

    def test_a_counter_set_back_begins_anew(self):
        meter = Meter(1_000_000)
        for second in range(4):
            meter.feed(second * 1_000_000, second * 100)
        meter.feed(4_000_000, 5)
        assert (meter.per_s, meter.series) == (0.0, ())
        meter.feed(5_000_000, 15)
        assert meter.per_s == 10.0


class TestLive:
    def test_rates_are_of_simulated_time(self, live):
        assert live.checks_per_s(0) == pytest.approx(2_000)
        first, second = live.schemes(0)
        assert (first.index, second.index) == (0, 1)
        assert first.rates["sz_tried"] == pytest.approx(10 * MIB)
        assert first.series == pytest.approx([10 * MIB] * 10, rel=0.25)
        assert first.rates["sz_applied"] == 0.0

    def test_a_bar_covers_an_aggregation_at_least(self, live, engine):
        context = SETUP.kdamonds[0].contexts[0]
        intervals = replace(context.intervals, aggr_us=2_000_000)
        engine.commit(0, replace(SETUP.kdamonds[0], contexts=(replace(context, intervals=intervals),)))
        for _ in range(100):
            engine.advance(100_000)
            live.feed(Frame(engine.snapshot(), generation=1))
        assert live.schemes(0)[0].bin_us == 2_000_000
        assert all(bar > 0 for bar in live.schemes(0)[0].series[1:])

    def test_what_does_not_run_has_no_rates(self, live, engine):
        engine.turn_off(0)
        live.feed(Frame(engine.snapshot(), generation=1))
        assert live.checks_per_s(0) == 0.0
        assert live.schemes(0)[0].rates["sz_tried"] == 0.0
        assert live.nr_regions(0) is None
        assert live.working_set_bytes(0) is None
        assert live.kdamond_state(0) == "off"

    def test_another_engine_begins_anew(self, live):
        other = FakeEngine(SETUP.kdamonds)
        live.feed(Frame(other.snapshot(), generation=2))
        assert (live.time_us, live.checks_per_s(0)) == (0, 0.0)

    @pytest.mark.parametrize(
        ("index", "name"),
        [(0, "kdamond 0"), (DEBUGFS_FIRST_INDEX, "debugfs context 0"), (DEBUGFS_FIRST_INDEX + 2, "debugfs context 2")],
    )
    def test_what_sleeps_is_told_by_the_name_that_the_tree_gives_it(self, live, index, name):
        (status,) = live.snapshot.kdamonds
        seen = replace(live.snapshot, kdamonds=(replace(status, index=index, asleep=True),))
        live.feed(Frame(seen, generation=1))
        assert live.idle_because(index) == f"{name} sleeps: all its schemes are off by watermark"

    def test_without_a_snapshot_there_is_nothing(self):
        live = Live()
        live.feed(Frame(None))
        assert (live.time_us, live.rss_bytes, live.schemes(0), live.kdamond_state(0)) == (0, 0, (), "off")


def shown(live, engine, pace, level=0):
    session = Session(SETUP.kdamonds, SETUP.kernel, lambda request: None)
    session.observe(engine.snapshot())
    forms = [figure.forms[min(level, len(figure.forms) - 1)] for figure in figures(session, live, pace, 0)]
    return [" ".join(part for part in form if part) for form in forms]


class TestFigures:
    def test_all_are_there(self, live, engine):
        assert shown(live, engine, Pace(False, 1.0, 1.0)) == [
            "▶ 5.0 s", "speed 1×", "regions 10 of 10–1,000", "checks 2.0 k/s",
            "working set 1.0 MiB", "resident 10.0 MiB", "free 512.0 MiB",
        ]  # fmt: skip
        assert len(" ".join(shown(live, engine, Pace(False, 1.0, 1.0), level=9))) < 72

    def test_a_speed_that_is_not_reached_is_told(self, live, engine):
        assert shown(live, engine, Pace(False, 1000.0, 180.0))[1] == "speed 1,000× (180×)"
        assert shown(live, engine, Pace(False, math.inf, 180.0))[1] == "speed max (180×)"
        assert shown(live, engine, Pace(True, math.inf, 180.0))[:2] == ["paused at 5.0 s", "speed max"]

    def test_an_engine_that_does_not_come_back_is_told(self, live, engine):
        assert shown(live, engine, Pace(False, 1.0, 1.0, stuck_s=3.2))[0] == "engine busy for 3 s"

    @pytest.mark.parametrize(("speed", "name"), [(0.1, "0.1×"), (1, "1×"), (1000, "1,000×"), (math.inf, "max")])
    def test_speeds(self, speed, name):
        assert speed_name(speed) == name

    @pytest.mark.parametrize(
        ("us", "text"), [(0, "0.0 s"), (59_940_000, "59.9 s"), (65_000_000, "1 m 05 s"), (3_900_000_000, "1 h 5 m")]
    )
    def test_times(self, us, text):
        assert clock(us) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (1_000, "1.0 k"), (8_249, "8.2 k"), (4.5e6, "4.5 M")]
)
def test_counts(number, text):
    assert count(number) == text


@pytest.mark.parametrize(("size", "text"), [(0, "0"), (512, "512"), (52.1 * MIB, "52.1M"), (15.6 * 2**30, "15.6G")])
def test_terse_bytes(size, text):
    assert terse_bytes(size) == text


@pytest.mark.parametrize(
    ("sz", "nr", "age", "text"),
    [
        (Range(0, ULONG_MAX), Range(0, UINT_MAX), Range(0, ULONG_MAX), "everything"),
        (Range(4096, ULONG_MAX), Range(0, 0), Range(30, UINT_MAX), "sz≥4.0K nr=0 age≥30"),
        (Range(0, 2 * MIB), Range(5, 20), Range(0, 3), "sz≤2.0M nr=5..20 age≤3"),
    ],
)
def test_patterns(sz, nr, age, text):
    assert pattern(Scheme(access_pattern=AccessPattern(sz, nr, age))) == text


class TestMarks:
    def test_phases_and_notes_in_the_order_of_time(self, engine):
        marks = Marks(SETUP.workload)
        engine.advance(8_000_000)
        marks.note(6_000_000, "commit")
        texts = [mark.text for mark in marks.until(engine.snapshot())]
        names = [phase.name for phase in SETUP.workload.config.phases]
        assert texts == [names[0], names[1], "commit", names[2]]

    def test_a_loop_repeats_them(self, engine):
        marks = Marks(SETUP.workload)
        period = SETUP.workload.duration_us
        engine.advance(period + 1_000_000)
        found = marks.until(engine.snapshot())
        assert [m.time_us for m in found if m.text == SETUP.workload.config.phases[0].name] == [0, period]
        assert marks.until(engine.snapshot()) is found

    def test_names_of_mappings(self, live):
        (name,) = mapping_names(live, 0, SETUP.kdamonds[0])
        assert (name.target, name.start, name.end, name.name) == (0, 0, MIB, "a")
