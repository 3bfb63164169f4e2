"""What a scheme did before and after each commit."""

from dataclasses import replace

import pytest

from damotui.session.tuning.commits import MOST, CommitLog
from damotui.session.tuning.watch import watch_lines
from engine.config.model import AccessPattern, Context, Intervals, Kdamond, Quotas, Range, Scheme
from engine.snapshot import KdamondStatus, SchemeStats, Snapshot
from tests.damotui.fake_engine import MIB, FakeEngine

MACHINE = FakeEngine().snapshot().machine
COLD = Scheme("pageout", AccessPattern(Range(0, 9), Range(0, 0), Range(30, 99)))


def snapshot(seconds, tried, *, scheme=COLD, refaults=0, saved=0.0, running=True, aggr_us=100_000):
    """One kdamond with one scheme; bytes tried, three quarters of them applied."""
    config = Kdamond(contexts=(Context(intervals=Intervals(aggr_us=aggr_us), schemes=(scheme,)),))
    stats = SchemeStats(nr_tried=tried, sz_tried=tried, sz_applied=tried * 3 // 4, qt_exceeds=1)
    status = KdamondStatus(0, running, 501, config, 10, 0, 0, None, (stats,), "")
    machine = replace(MACHINE, refaults=refaults, saved_byte_s=saved)
    return Snapshot(int(seconds * 1e6), (status,), (), 1 << 30, 1 << 29, machine)


def with_age(age):
    return replace(COLD, access_pattern=replace(COLD.access_pattern, age=Range(age, 99)))


def test_a_commit_ends_one_stretch_and_begins_the_next():
    log = CommitLog()
    log.feed(snapshot(10, 100 * MIB, refaults=7, saved=0.0))
    log.feed(snapshot(12, 120 * MIB, refaults=27, saved=40.0 * MIB))
    changed = with_age(50)
    log.feed(snapshot(14, 140 * MIB, refaults=47, saved=120.0 * MIB, scheme=changed))
    log.feed(snapshot(24, 150 * MIB, refaults=57, saved=620.0 * MIB, scheme=changed))
    before, after = log.stretches(0, 0)
    assert (before.changes, after.changes) == ((), ("age.min: 30 → 50",))
    assert (before.duration_us, after.duration_us) == (4_000_000, 10_000_000)
    # 40 MiB in 4 s, then 10 MiB in 10 s; 40 refaults, then 10; 120 MiB s in 4 s, then 500 in 10 s.
    assert (before.tried_per_s, after.tried_per_s) == (10 * MIB, 1 * MIB)
    assert (before.applied_per_s, after.applied_per_s) == (7.5 * MIB, 0.75 * MIB)
    assert (before.refaults_per_s, after.refaults_per_s) == (10.0, 1.0)
    assert (before.saved_bytes, after.saved_bytes) == (30 * MIB, 50 * MIB)


def test_what_changed_is_told_with_the_intervals():
    log = CommitLog()
    log.feed(snapshot(1, 0))
    quotas = Quotas(sz_bytes=4 << 20, reset_interval_ms=1_000)
    other = replace(with_age(50), quotas=quotas, action="cold")
    log.feed(snapshot(2, 0, scheme=other, aggr_us=200_000))
    assert log.stretches(0, 0)[-1].changes == (
        "intervals.aggr_us: 100 ms → 200 ms",
        "action: pageout → cold",
        "age.min: 30 → 50",
        "quota.sz: 0 B → 4 MiB",
        "quota.reset: 0 ms → 1 s",
    )


def test_turned_off_and_on_begins_anew():
    log = CommitLog()
    log.feed(snapshot(1, 10))
    log.feed(snapshot(2, 20))
    log.feed(snapshot(3, 20, running=False))
    log.feed(snapshot(9, 0))
    log.feed(snapshot(10, 5))
    first, second = log.stretches(0, 0)
    assert (first.duration_us, first.tried_per_s) == (1_000_000, 10.0)
    assert (second.changes, second.tried_per_s) == (("turned on",), 5.0)
    # Nobody looked while it was off: its counters tell.
    log.feed(snapshot(11, 3))
    assert log.stretches(0, 0)[-1].first.sz_tried == 3
    log.clear()
    assert log.stretches(0, 0) == ()


def test_a_moment_has_no_rates():
    log = CommitLog()
    log.feed(snapshot(1, 10))
    (one,) = log.stretches(0, 0)
    assert (one.duration_us, one.tried_per_s, one.saved_bytes) == (0, 0.0, 0.0)


def test_the_oldest_are_dropped():
    log = CommitLog()
    for number in range(MOST + 20):
        log.feed(snapshot(number, number, scheme=with_age(number)))
    kept = log.stretches(0, 0)
    assert len(kept) == MOST and kept[-1].changes == (f"age.min: {MOST + 18} → {MOST + 19}",)


@pytest.mark.parametrize("width", [31, 50, 60, 80, 100])
def test_lines_fit_and_have_the_newest_first(width):
    log = CommitLog()
    log.feed(snapshot(10, 0))
    log.feed(snapshot(14, 40 * MIB, refaults=40, saved=120.0 * MIB, scheme=with_age(50)))
    log.feed(snapshot(140, 50 * MIB, refaults=50, saved=620.0 * MIB, scheme=with_age(50)))
    lines = ["".join(text for text, _ in line) for line in watch_lines(log.stretches(0, 0), width, 9)]
    assert all(len(line) <= width or line.startswith("  ") for line in lines)
    assert lines[0].startswith("since")
    at = next(number for number, line in enumerate(lines) if "age.min: 30 → 50" in line)
    assert at < next(number for number, line in enumerate(lines) if "as it was" in line)
    if width == 80:
        assert lines[0] == "since         for  tried/s applied/s refault/s   saved  changed"
        assert lines[1] == "14.0 s   2 m 06 s    81.3K     61.0K         0    4.0M  age.min: 30 → 50"
        assert lines[2] == "10.0 s      4.0 s    10.0M      7.5M        10   30.0M  as it was"
    assert len(watch_lines(log.stretches(0, 0), width, 2)) == 2
