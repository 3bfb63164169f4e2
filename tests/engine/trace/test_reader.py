"""Buffers of events: what comes out of them, what is lost when nobody reads, and that nobody waits."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events import Event, IntervalsTuned
from engine.trace import Lost, TraceReader, Tracing, lines
from tests.engine.make import EXAMPLES
from tests.engine.trace.happening import ALL_KINDS, AT, acting, aggregated, traced


def number(i: int) -> IntervalsTuned:
    return IntervalsTuned(AT, i)


def numbers(taken: list[str]) -> list[str]:
    """What the lines of `number` hold, and the others."""
    return [line.rpartition("sample_us=")[2] for line in taken]


def test_lines_come_out_once_in_order_as_many_as_wanted() -> None:
    reader = TraceReader(100)
    for event in ALL_KINDS:
        reader.put(event)
    whole = [line for event in ALL_KINDS for line in lines(event)]
    assert reader.waiting == len(whole) == 7
    assert reader.read_lines(0) == []
    assert reader.read_lines(1) + reader.read_lines(3) + reader.take() == whole
    assert (reader.take(), reader.waiting, reader.lost) == ([], 0, 0)


def test_the_oldest_events_are_lost_and_a_line_says_how_many() -> None:
    reader = TraceReader(4)
    for i in range(10):
        reader.put(number(i))
    assert reader.lost == 6
    assert numbers(reader.take()) == ["PERF_RECORD_LOST lost 6", "6", "7", "8", "9"]
    for i in range(10, 15):
        reader.put(number(i))
    assert numbers(reader.read_lines(2)) == ["PERF_RECORD_LOST lost 1", "11"]
    assert (reader.lost, reader.waiting) == (7, 3)


def test_aggregations_are_lost_whole_so_that_no_snapshot_is_left_with_a_part_of_its_regions() -> None:
    reader = TraceReader(10)
    for count in (4, 4, 3):
        reader.put(aggregated(count))
    assert reader.lost == 4
    taken = reader.take()
    assert taken[0] == "PERF_RECORD_LOST lost 4"
    assert taken[1:] == [*lines(aggregated(4)), *lines(aggregated(3))]


def test_an_event_that_is_being_read_stays_and_what_follows_it_is_lost() -> None:
    reader = TraceReader(5)
    reader.put(aggregated(4))
    whole = lines(aggregated(4))
    assert reader.read_lines(1) == whole[:1]
    for i in range(6):
        reader.put(number(i))
    # Three lines of the first are left, so there is room for two more.
    assert (reader.waiting, reader.lost) == (5, 4)
    assert numbers(reader.take()) == [*whole[1:], "PERF_RECORD_LOST lost 4", "4", "5"]


def test_an_event_that_does_not_fit_at_all_is_lost_alone() -> None:
    reader = TraceReader(3)
    reader.put(number(1))
    reader.put(aggregated(4))
    reader.put(aggregated(5))
    assert numbers(reader.read_lines(1)) == ["1"]
    assert numbers(reader.take()) == ["PERF_RECORD_LOST lost 9"]
    reader.put(aggregated(4))
    reader.put(number(2))
    assert numbers(reader.take()) == ["PERF_RECORD_LOST lost 4", "2"]


def test_events_can_be_taken_as_values() -> None:
    reader = TraceReader(8)
    large, some = aggregated(9), [*ALL_KINDS, number(1), number(2), number(3)]
    for event in (*some[:-1], large, some[-1]):
        reader.put(event)
    assert reader.take_events() == [Lost(3), *some[1:-1], Lost(9), some[-1]]
    assert (reader.waiting, reader.take_events(), reader.lost) == (0, [], 12)
    reader.put(aggregated(3))
    reader.read_lines(1)
    reader.put(number(4))
    # What was begun as lines can't go on as a value.
    assert [type(event) for event in reader.take_events()] == [IntervalsTuned]


def test_a_closed_reader_takes_and_gives_nothing() -> None:
    closed: list[int] = []
    with TraceReader(10) as reader:
        reader.when_closed(lambda: closed.append(1))
        reader.put(number(1))
    reader.close()
    reader.put(number(2))
    assert (reader.take(), reader.take_events(), reader.waiting, closed) == ([], [], 0, [1])


@EXAMPLES
@given(
    capacity=st.integers(1, 12),
    steps=st.lists(st.integers(1, 9).map(lambda n: ("put", n)) | st.integers(0, 7).map(lambda n: ("read", n))),
)
def test_all_lines_are_given_or_told_as_lost(capacity: int, steps: list[tuple[str, int]]) -> None:
    reader = TraceReader(capacity)
    events: list[Event] = []
    taken: list[str] = []
    for what, n in steps:
        if what == "put":
            events.append(aggregated(n))
            reader.put(events[-1])
        else:
            some = reader.read_lines(n)
            assert len(some) <= n
            taken += some
        assert 0 <= reader.waiting <= capacity
    taken += reader.take()
    expected = iter([line for event in events for line in lines(event)])
    lost = 0
    for line in taken:
        if line.startswith("PERF_RECORD_LOST"):
            missing = int(line.split()[2])
            lost += missing
            for _ in range(missing):
                next(expected)
        else:
            assert line == next(expected)
    assert list(expected) == []
    assert lost == reader.lost


def test_a_slow_reader_holds_up_neither_the_engine_nor_another_reader() -> None:
    system, config = acting("7.1")
    tracing = Tracing(system)
    slow, quick, everything = tracing.open(capacity=50), tracing.open(), traced(system)
    system.turn_on(0, config)
    for _ in range(20):
        system.advance(100_000)
    whole = [line for event in everything for line in lines(event)]
    assert quick.take() == whole and quick.lost == 0
    taken = slow.take()
    assert taken == [f"PERF_RECORD_LOST lost {slow.lost}", *whole[slow.lost :]]
    assert 0 < len(whole) - slow.lost <= 50


def test_text_that_is_made_late_tells_what_was_then() -> None:
    system, config = acting("7.1")
    tracing = Tracing(system)
    late, at_once = tracing.open(), tracing.open()
    system.turn_on(0, config)
    seen: list[str] = []
    for _ in range(100):
        system.advance(10_000)
        seen += at_once.take()
    system.turn_off(0)
    system.turn_on(0, config)
    system.turn_off(0)
    assert late.take() == seen
    assert len(seen) > 100


def test_only_the_events_that_were_asked_for_come_and_none_after_closing() -> None:
    system, config = acting("7.1")
    tracing = Tracing(system)
    some = tracing.open(["damos_stat_after_apply_interval", "damon:damon_agg*"])
    closed = tracing.open()
    closed.close()
    system.turn_on(0, config)
    system.advance(1_000_000)
    names = {line.split()[4] for line in some.take()}
    assert names == {"damon:damos_stat_after_apply_interval:", "damon:damon_aggregated:"}
    assert closed.take() == []


def test_a_kernel_without_a_tracepoint_does_not_print_its_events() -> None:
    system, config = acting("6.12")
    reader = Tracing(system).open()
    system.turn_on(0, config)
    system.advance(1_000_000)
    assert {line.split()[4] for line in reader.take()} == {"damon:damon_aggregated:", "damon:damos_before_apply:"}


@pytest.mark.parametrize("capacity", [40, 100_000])
def test_one_thread_may_write_while_another_reads(capacity: int) -> None:
    reader = TraceReader(capacity)
    count = 3_000
    written = threading.Event()

    def write() -> None:
        for i in range(count):
            reader.put(number(i))
        written.set()

    thread = threading.Thread(target=write)
    thread.start()
    taken: list[str] = []
    while not written.is_set() or reader.waiting:
        taken += numbers(reader.read_lines(7))
    thread.join()
    taken += numbers(reader.take())
    got = [int(line) for line in taken if line.isdecimal()]
    lost = sum(int(line.split()[2]) for line in taken if not line.isdecimal())
    assert got == sorted(got)
    assert (len(got) + lost, lost) == (count, reader.lost)
