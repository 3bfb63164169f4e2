"""The lines of events, and which events a kernel release has (specification section 13)."""

from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.events import Aggregated, IntervalsTuned, Occasion
from engine.trace import TRACEPOINTS, Tracing, lines
from engine.versions import KERNELS
from tests.engine.make import engine
from tests.engine.trace.happening import ALL_KINDS, AT, aggregated, before_apply
from tests.recordings import aggregation

HEAD = "kdamond.0   501 [000]    12.345678: damon:"


def test_every_kind_of_event_is_printed_as_the_kernel_prints_it() -> None:
    assert [line for event in ALL_KINDS for line in lines(event)] == [
        f"{HEAD}damon_aggregated: target_id=0 nr_regions=2 0-1048576: 0 100",
        f"{HEAD}damon_aggregated: target_id=0 nr_regions=2 1048576-2097152: 1 101",
        f"{HEAD}damon_aggregated: target_id=1 nr_regions=1 1099511627776-1099512676352: 0 100",
        f"{HEAD}damos_before_apply: ctx_idx=0 scheme_idx=1 target_idx=0 nr_regions=11 4096-18446744073709547520: 20 7",
        f"{HEAD}damon_monitor_intervals_tune: sample_us=80000",
        f"{HEAD}damos_esz: ctx_idx=0 scheme_idx=3 esz=18446744073709551615",
        # The second sz_tried is sz_applied: the kernel's slip.
        f"{HEAD}damos_stat_after_apply_interval: ctx_idx=0 scheme_idx=2 nr_tried=1 sz_tried=2 nr_applied=3 sz_tried=4"
        " sz_ops_filter_passed=6 qt_exceeds=5 nr_snapshots=7",
    ]


def test_the_text_is_that_of_a_real_kernel() -> None:
    """Lines of Debian's Linux 6.12.107, from its recordings s06 and s02, after the time."""
    regions = [(0, 4194304, 13131776, 0, 1), (0, 140737254084608, 140737265201152, 0, 1)]
    assert [line.partition("damon:")[2] for line in lines(Aggregated(AT, aggregation(regions)))] == [
        "damon_aggregated: target_id=0 nr_regions=2 4194304-13131776: 0 1",
        "damon_aggregated: target_id=0 nr_regions=2 140737254084608-140737265201152: 0 1",
    ]
    cut = before_apply(
        (1, 0, 15, 140737318105088, 140737320108032, 1, 0), (2, 0, 16, 140737318105088, 140737319153664, 1, 0)
    )
    assert [line.partition("damon:")[2] for line in lines(cut)] == [
        "damos_before_apply: ctx_idx=0 scheme_idx=1 target_idx=0 nr_regions=15 140737318105088-140737320108032: 1 0",
        "damos_before_apply: ctx_idx=0 scheme_idx=2 target_idx=0 nr_regions=16 140737318105088-140737319153664: 1 0",
    ]


def test_any_part_of_an_event_can_be_printed() -> None:
    for event in (aggregated(3, 0, 4), before_apply(*((i, 0, 9, i, i + 1, 0, 0) for i in range(7)))):
        whole = lines(event)
        assert len(whole) == event.count == 7
        for first in range(8):
            for stop in range(first, 8):
                assert lines(event, first, stop) == whole[first:stop]


@pytest.mark.parametrize(
    ("time_us", "pid", "shown"),
    [
        (0, 501, "kdamond.2   501 [000]     0.000000: "),
        (99_999_000_007, 1_234_567, "kdamond.2 1234567 [000] 99999.000007: "),
        (123_456_000_000, 12, "kdamond.2    12 [000] 123456.000000: "),
    ],
)
def test_the_head_holds_thread_and_time(time_us: int, pid: int, shown: str) -> None:
    at = Occasion(7, "kdamond.2", pid, time_us)
    assert lines(IntervalsTuned(at, 1)) == [f"{shown}damon:damon_monitor_intervals_tune: sample_us=1"]


def test_each_release_has_the_events_that_came_with_it() -> None:
    names = [point.name.removeprefix("damon:") for point in TRACEPOINTS]
    assert names == [
        "damon_aggregated",
        "damos_before_apply",
        "damon_monitor_intervals_tune",
        "damos_esz",
        "damos_stat_after_apply_interval",
    ]
    counts = {kernel: len(Tracing(engine(kernel)).available) for kernel in KERNELS}
    assert counts == {"5.19": 1, "6.0": 1, "6.1": 1, "6.12": 2, "6.18": 4, "7.1": 5, "next": 5}
    assert Tracing(engine("6.12")).available == ("damon:damon_aggregated", "damon:damos_before_apply")


@pytest.mark.parametrize(
    ("kernel", "name", "message"),
    [
        ("6.1", "damos_before_apply", "the event damon:damos_before_apply needs Linux 6.7 or later, and this is 6.1"),
        ("7.1", "damon:damon_region_aggregated", "the event damon:damon_region_aggregated tells of probes"),
        ("6.12", "sched:*", "'sched:*' is no event: there are damon:damon_aggregated, damon:damos_before_apply"),
        ("7.1", "", "'' is no event"),
    ],
)
def test_an_event_that_is_not_there_is_refused_with_what_is(kernel: str, name: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        Tracing(engine(kernel)).open([name])
    assert str(refused.value).startswith(message)


def test_a_buffer_of_no_lines_is_refused() -> None:
    with pytest.raises(InputError, match="buffer of 0 lines holds nothing; give 1 or more"):
        Tracing(engine()).open(capacity=0)
