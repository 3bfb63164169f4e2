"""The lines that say what staged values would do: right figures, as many as fit."""

from dataclasses import replace

import pytest

from damotui.export.sheet import as_json
from damotui.pacer.frame import Frame
from damotui.session.document import Session
from damotui.session.seen import Seen
from damotui.session.tuning import meanings
from damotui.session.tuning.facts import fact_lines
from damotui.session.tuning.rows import rows_of
from damotui.session.tuning.sheet import tuning_sheet
from damotui.session.tuning.tuned import Tuned, first_scheme
from engine.config.model import (
    ULONG_MAX,
    AccessPattern,
    Context,
    Kdamond,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.snapshot import KdamondStatus, SchemeStats, SchemeStatus, Snapshot
from engine.versions import kernel_version
from engine.workload.library import load_workload
from tests.damotui.fake_engine import FakeEngine
from tests.damotui.tuning.regions import PAGE, found, truth

PATH = (0, "contexts", 0, "schemes", 0)
COLD = Scheme("pageout", AccessPattern(Range(0, ULONG_MAX), Range(0, 0), Range(5, ULONG_MAX)))
MACHINE = FakeEngine().snapshot().machine


class Bench:
    """A session and what it has seen: 256 pages cold for 10 aggregations, 256 for 2, and 512 hot."""

    def __init__(self, scheme=COLD, *, acted=None, truths=10, running=True):
        kdamond = Kdamond(contexts=(Context(targets=(Target(),), schemes=(scheme,)),))
        self.session = Session((kdamond,), kernel_version("7.1"), lambda request: None)
        self.seen = Seen(self.session, load_workload("stairs"))
        self.kdamond = kdamond
        for number in range(1, 11):
            rows = [(0, 512, 1024, 0.7)] + [(0, 200, 256, 1.0)] * (number == 3) + [(0, 256, 512, 0.3)] * (number == 8)
            end_us = number * 100_000
            one = found(
                [(0, 0, 256, 0, number), (0, 256, 512, 0, number % 8), (0, 512, 1024, 14, number)],
                end_us=end_us,
                acted=acted if number == 9 else None,
            )
            snapshot = self.snapshot(end_us, scheme, number if running else 0)
            known = (truth(rows, end_us=end_us),) if number > 10 - truths else ()
            self.seen.receive(Frame(snapshot, (one,), known))
        self.tuned = Tuned(self.session, self.seen, PATH)

    def snapshot(self, time_us, scheme, number):
        stats = SchemeStats(nr_tried=number, sz_tried=number << 20, sz_applied=number << 19)
        state = SchemeStatus(True, bool(scheme.quotas.sz_bytes), False, scheme.quotas.sz_bytes, 12 * PAGE, ())
        status = KdamondStatus(0, True, 501, self.kdamond, 3, 0, number, None, (stats,), "", (state,))
        return Snapshot(time_us, (status,) if number else (), (), 1 << 30, 1 << 29, MACHINE)

    def stage(self, *path, to):
        self.session.set((*PATH, *path), to)

    def lines(self, width=200):
        lines = fact_lines(self.tuned, self.tuned.outlook(), width)
        return {line[0][0].strip(): "".join(text for text, _ in line[1:]) for line in lines}


def test_say_what_matches_and_what_each_condition_keeps_out():
    lines = Bench().lines()
    assert lines["matches"] == "1.0 MiB of 4.0 MiB, 25 %  1 of 3 regions"
    assert lines["each alone"] == "sz 100 % 4.0 MiB  nr_accesses 50 % 2.0 MiB  age 75 % 3.0 MiB  of all bytes pass"


def test_say_what_is_truly_cold_over_the_time_that_is_known():
    # In the last 5 aggregations the first 256 pages were not touched; the next were, in the eighth.
    lines = Bench().lines()
    assert lines["truth"] == "1.0 MiB truly cold 100 %  0 B cold missed, recall 100 %  over 500 ms"
    bench = Bench()
    bench.stage("access_pattern", "age", to=Range(8, ULONG_MAX))
    assert bench.lines()["truth"] == "800.0 KiB truly cold 78.1 %  0 B cold missed, recall 100 %  over 800 ms"
    bench.stage("access_pattern", "age", to=Range(20, ULONG_MAX))
    assert bench.lines()["truth"].startswith(
        "nothing matches  800.0 KiB cold missed, recall 0 %  over 1 s known of 2 s"
    )
    assert Bench(truths=0).lines()["truth"].startswith("not known yet")
    assert "known" not in Bench(truths=5).lines()["truth"]
    assert Bench(truths=4).lines()["truth"].endswith("over 400 ms known of 500 ms")


def test_say_what_was_acted_on_before():
    bench = Bench(acted=[(0, 0, 0, 100), (1, 0, 0, 256)])
    bench.stage("access_pattern", "age", to=Range(20, ULONG_MAX))
    assert "400.0 KiB cold missed, recall 50 %  400.0 KiB acted on before" in bench.lines()["truth"]


def test_compare_with_what_is_committed():
    bench = Bench()
    bench.stage("access_pattern", "age", to=Range(0, ULONG_MAX))
    assert bench.lines()["matches"] == "2.0 MiB of 4.0 MiB, 50 %  2 of 3 regions  committed 1.0 MiB"
    bench.stage("access_pattern", "age", to=COLD.access_pattern.age)
    assert "committed" not in bench.lines()["matches"]


def test_say_where_the_quota_cuts():
    assert Bench().lines()["quota"] == "none: a turn takes 1.0 MiB in 1 region"
    # Scores: 10 aggregations are 1 s idle, 52; 2 are none, 50.
    quotas = Quotas(sz_bytes=1 << 20, reset_interval_ms=1_000, weights=Weights(0, 0, 1))
    bench = Bench(replace(COLD, quotas=quotas))
    bench.stage("access_pattern", "age", to=Range(0, ULONG_MAX))
    assert bench.lines()["quota"] == (
        "1.0 MiB each 1 s  score ≥ 52 gets a turn, 1.0 MiB is below  a window takes 1.0 MiB in 1 region  by quota.sz"
    )
    assert bench.lines()["running"] == (
        "active  tried 10.0 MiB/s  applied 5.0 MiB/s  refaults 0/s  saved 0 B  slowdown 0 %"
        "  48.0 KiB of 1.0 MiB charged"
    )


def test_say_whether_watermarks_would_let_it_run():
    bench = Bench()
    assert "watermark" not in bench.lines()
    bench.stage("watermarks", to=Watermarks("free_mem_rate", 1_000_000, 600, 550, 100))
    assert (
        bench.lines()["watermark"] == "50 % of memory is free: on  on from 10 % to 55 %, off above 60 % and below 10 %"
    )
    bench.stage("watermarks", to=Watermarks("free_mem_rate", 1_000_000, 400, 350, 100))
    assert bench.lines()["watermark"].startswith("50 % of memory is free: off")


def test_say_what_is_missing():
    bench = Bench(running=False)
    assert bench.lines()["running"] == "it does not run yet: s starts kdamond 0"
    bench.tuned.turn_to((0, "contexts", 0, "schemes", 0))
    bench.seen.history.clear()
    assert bench.lines() == {
        "matches": "no aggregation yet: the kdamond has to run for one",
        "running": "it does not run yet: s starts kdamond 0",
    }
    bench = Bench()
    bench.stage("action", to="stat")
    bench.stage("access_pattern", "nr_accesses", to=Range(0, 20))
    assert "hot and cold memory alike" in bench.lines()["truth"]


@pytest.mark.parametrize("width", range(60, 200, 7))
def test_fit(width):
    quotas = Quotas(sz_bytes=1 << 20, reset_interval_ms=1_000, weights=Weights(0, 0, 1))
    bench = Bench(replace(COLD, quotas=quotas), acted=[(0, 0, 0, 100)])
    bench.stage("access_pattern", "age", to=Range(0, ULONG_MAX))
    bench.stage("watermarks", to=Watermarks("free_mem_rate", 1_000_000, 600, 550, 100))
    for line in fact_lines(bench.tuned, bench.tuned.outlook(), width):
        assert sum(len(text) for text, _ in line) <= width


def test_an_outlook_is_worked_out_anew_only_when_something_changed():
    bench = Bench()
    first = bench.tuned.outlook()
    assert bench.tuned.outlook() is first
    bench.stage("access_pattern", "age", to=Range(1, ULONG_MAX))
    second = bench.tuned.outlook()
    assert second is not first and bench.tuned.outlook() is second


def test_a_table_holds_the_values_and_the_figures():
    bench = Bench()
    bench.stage("access_pattern", "age", "min", to=4)
    rows = rows_of(bench.session, PATH, bench.tuned.around)
    sheet = tuning_sheet(bench.tuned, rows, bench.tuned.outlook())
    (age,) = [row for row in sheet.rows if row[0] == "schemes[0].access_pattern.age.min"]
    assert age == ("schemes[0].access_pattern.age.min", "aggregation intervals", "4", "5", "0")
    about = dict(sheet.about)
    assert (about["time_us"], about["matched_bytes"], about["truly_cold_matched_bytes"]) == (10**6, 1 << 20, 1 << 20)
    assert '"view": "tuning"' in as_json(sheet)
    assert dict(tuning_sheet(bench.tuned, rows, None).about) == {"kdamond": 0, "scheme": 0}


def test_each_value_and_line_is_explained():
    bench = Bench()
    for row in rows_of(bench.session, PATH, bench.tuned.around):
        told = meanings.value(row, "scheme 0 of kdamond 0")
        facts = dict(told.facts)
        assert row.label in told.title and row.help in told.text
        assert facts["now"].startswith(row.value) and facts["default"] == row.default and facts["unit"]
    titles = {told.title for told in meanings.FIGURES}
    assert {*bench.lines(), "watermark"} <= titles
    assert all(dict(told.facts)["unit"] and dict(told.facts)["source"] for told in meanings.FIGURES)


def test_the_scheme_to_begin_with():
    session = Bench().session
    assert first_scheme(session, (0, "contexts", 0, "schemes", 3, "quotas")) == (0, "contexts", 0, "schemes", 3)
    assert first_scheme(session, (0, "contexts", 0, "intervals")) == PATH
    assert first_scheme(session, ()) == PATH
    both = Session((Kdamond(), *session.staged), session.kernel, lambda request: None)
    assert first_scheme(both, (0,)) == (1, *PATH[1:])
    assert first_scheme(Session((Kdamond(contexts=(Context(),)),), session.kernel, print), (0,)) is None
