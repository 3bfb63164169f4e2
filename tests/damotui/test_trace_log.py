"""Lines of events: bounded, filtered, held still, and honest about what is missing."""

import pytest

from damotui.pacer.watched import LinesSeen
from damotui.session.trace_log import MOST_LINES, TraceLog

AGGREGATED, BEFORE = "damon:damon_aggregated", "damon:damos_before_apply"


def line(text, event=AGGREGATED):
    return f"kdamond.0   501 [000]    12.345678: {event}: {text}"


@pytest.fixture
def log():
    log = TraceLog([AGGREGATED, BEFORE])
    log.is_open = True
    return log


def feed(log, *lines, skipped=0):
    log.feed(LinesSeen(lines, skipped))


def shown(log):
    return [line.text for line in log.shown]


def test_lines_are_kept_in_order_with_their_event(log):
    feed(log, line("a"), line("b", BEFORE))
    assert shown(log) == [line("a"), line("b", BEFORE)]
    assert [one.event for one in log.shown] == [AGGREGATED, BEFORE]


def test_the_oldest_are_dropped(log):
    for start in range(0, MOST_LINES + 5_000, 1_000):
        feed(log, *(line(str(number)) for number in range(start, start + 1_000)))
    assert log.kept == len(log.shown) == MOST_LINES
    assert log.dropped == 5_000
    assert shown(log)[0] == line("5000")
    assert shown(log)[-1] == line(str(MOST_LINES + 4_999))


def test_dropped_lines_that_were_not_shown_do_not_count(log):
    log.toggle(BEFORE)
    feed(log, *(line(str(number), (AGGREGATED, BEFORE)[number % 2]) for number in range(MOST_LINES)))
    feed(log, *(line("new") for _ in range(1_000)))
    assert log.dropped == 500
    assert len(log.shown) == MOST_LINES // 2 + 500


def test_events_are_chosen_and_lines_come_back(log):
    feed(log, line("a"), line("b", BEFORE))
    log.toggle(AGGREGATED)
    assert shown(log) == [line("b", BEFORE)]
    assert log.collected == (BEFORE,)
    log.toggle(AGGREGATED)
    assert len(log.shown) == 2
    assert log.collected == (AGGREGATED, BEFORE)
    log.is_open = False
    assert log.collected is None


def test_text_is_searched_in_either_case(log):
    feed(log, line("target_id=0"), line("target_id=1"))
    log.search("TARGET_ID=1")
    feed(log, line("target_id=0"), line("target_id=1"))
    assert shown(log) == [line("target_id=1")] * 2
    log.search("")
    assert len(log.shown) == 4


def test_frozen_nothing_moves_until_it_goes_on(log):
    feed(log, line("a"))
    log.freeze(True)
    feed(log, line("b"), line("c"))
    assert shown(log) == [line("a")]
    assert log.held == 2
    log.freeze(False)
    assert shown(log) == [line("a"), line("b"), line("c")]
    assert log.held == 0


def test_what_is_held_is_bounded_too(log):
    log.freeze(True)
    for _ in range(3):
        feed(log, *(line(str(number)) for number in range(MOST_LINES)))
    assert log.held == MOST_LINES


def test_what_is_missing_is_counted_and_told_where(log):
    feed(log, line("a"), "PERF_RECORD_LOST lost 120", line("b"))
    feed(log, line("c"), skipped=30)
    assert log.lost == 150
    assert shown(log) == [
        line("a"),
        "PERF_RECORD_LOST lost 120",
        line("b"),
        "PERF_RECORD_LOST lost 30",
        line("c"),
    ]
    log.toggle(AGGREGATED)
    assert shown(log) == ["PERF_RECORD_LOST lost 120", "PERF_RECORD_LOST lost 30"]
    log.clear()
    assert (log.kept, log.lost) == (0, 0)


def test_a_gap_is_noted_before_the_next_lines(log):
    log.interrupt("nothing was collected")
    feed(log, line("a"))
    assert shown(log) == [line("a")]  # before which there was nothing to part it from
    log.interrupt("nothing was collected")
    feed(log)
    feed(log, line("b"))
    assert shown(log) == [line("a"), "nothing was collected", line("b")]
