"""What an engine tells of as it happens (specification section 13), and that it does nothing where nobody listens."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import numpy as np
import pytest

from engine.config.model import Goal, Quotas, Target
from engine.events import (
    EVENTS,
    Aggregated,
    BeforeApply,
    EszChanged,
    Event,
    IntervalsTuned,
    StatAfterApply,
    Tracepoints,
)
from engine.snapshot import Aggregation
from tests.engine.make import MIB, collect, engine, fingerprint, kdamond
from tests.engine.running import fixed, page_of, pid_of, status
from tests.engine.schemes.acting import HALF_COLD, scheme
from tests.engine.trace.happening import acting, traced

KERNELS = pytest.mark.parametrize("kernel", ["6.12", "6.18", "7.1", "next"])


@KERNELS
def test_listening_changes_nothing(kernel: str) -> None:
    def run(*, listens: bool) -> tuple[list[tuple[object, ...]], object]:
        system, config = acting(kernel)
        seen = collect(system)
        events = traced(system) if listens else []
        system.turn_on(0, config)
        system.advance(4_000_000)
        assert bool(events) == listens
        return [fingerprint(a) for a in seen], (status(system).schemes, system.snapshot().machine)

    assert run(listens=False) == run(listens=True)


def test_no_event_is_made_while_nobody_listens() -> None:
    points = Tracepoints()
    assert points.log(0, "kdamond.0", 501, 0) is None
    stop = points.listen(lambda event: None, [EszChanged])
    log = points.log(0, "kdamond.0", 501, 0)
    assert log is not None and log.wants(EszChanged) and not log.wants(BeforeApply)
    stop()
    assert points.log(0, "kdamond.0", 501, 0) is None


@KERNELS
def test_events_come_in_the_order_in_which_they_happen(kernel: str) -> None:
    system, config = acting(kernel)
    events = traced(system)
    system.turn_on(0, config)
    system.advance(3_000_000)
    order = (EszChanged, BeforeApply, StatAfterApply, IntervalsTuned, Aggregated)
    seen: Counter[type[Event]] = Counter()
    for _, together in groupby(events, key=lambda event: event.time_us):
        kinds = [type(event) for event in together]
        assert kinds == sorted(kinds, key=order.index)
        seen.update(kinds)
    assert [event.time_us for event in events] == sorted(event.time_us for event in events)
    wanted = {kind for kind in EVENTS if kernel != "6.12" or kind is not IntervalsTuned}
    assert seen.keys() == wanted
    # Both schemes have their turn at each aggregation.
    assert seen[StatAfterApply] == 2 * seen[Aggregated]


@KERNELS
def test_before_apply_tells_what_the_statistics_count(kernel: str) -> None:
    system, config = acting(kernel, tuned=False)
    events = traced(system)
    system.turn_on(0, config)
    system.advance(5_000_000)
    tried = [event for event in events if isinstance(event, BeforeApply)]
    for index, stats in enumerate(status(system).schemes):
        sizes = np.concatenate([(e.end - e.start)[e.scheme == index] for e in tried])
        # A region of which the quota leaves less than a page is counted, and nothing is done to it.
        assert 0 < len(sizes) <= stats.nr_tried
        assert int(sizes.sum()) == stats.sz_tried
    last = [event for event in events if isinstance(event, StatAfterApply)][-2:]
    assert [(event.scheme, event.stats) for event in last] == list(enumerate(status(system).schemes))


def test_a_region_is_taken_to_all_schemes_before_the_next_with_its_age_before_the_reset() -> None:
    system = engine("6.12")
    pid = pid_of(system)
    events = traced(system)
    both = [scheme("pageout", age=(1, 2**32 - 1)), scheme("stat")]
    system.turn_on(0, fixed(pid, page_of(system, pid, 1), schemes=both))
    system.advance(200_000)
    first, second = (event for event in events if isinstance(event, BeforeApply))
    assert first.age.tolist() == [1, 0, 1, 0, 1, 0]
    assert (first.scheme.tolist(), second.scheme.tolist()) == ([0, 1, 0, 1, 0, 1], [0, 1, 0, 1, 0, 1])
    assert first.start.tolist() == np.repeat(first.start[::2], 2).tolist() == sorted(first.start.tolist())
    assert set(first.nr_regions.tolist()) == {3}
    assert (first.at.name, first.at.pid, first.kdamond, first.time_us) == ("kdamond.0", 501, 0, 100_000)


def test_nr_accesses_is_the_moving_sum_between_two_aggregations() -> None:
    system = engine("6.12")
    pid = pid_of(system)
    events = traced(system)
    often = scheme("stat", apply_interval_us=25_000)
    system.turn_on(0, fixed(pid, page_of(system, pid, 0), schemes=[often]))
    system.advance(150_000)
    counts = [e.nr_accesses.tolist()[0] for e in events if isinstance(e, BeforeApply)]
    # Five more of 20 checks each time in the first window; then what is counted replaces what was.
    assert counts == [5, 10, 15, 20, 20, 20]


def test_nr_regions_grows_with_the_cuts_of_a_round() -> None:
    system = engine("6.12")
    pid = pid_of(system)
    quota = Quotas(sz_bytes=150 * 1024, reset_interval_ms=1)
    config = fixed(pid, page_of(system, pid, 0), schemes=[scheme("stat", quotas=quota), scheme("stat")])
    events = traced(system)
    system.turn_on(0, config)
    system.advance(200_000)
    _, cut = (event for event in events if isinstance(event, BeforeApply))
    # 100 KiB and the first 48 of the next 100 (whole pages); the other scheme then sees what is left of the cut one.
    assert ((cut.end - cut.start) // np.uint64(1024)).tolist() == [100, 100, 48, 48, 100]
    assert list(zip(cut.scheme.tolist(), cut.nr_regions.tolist(), strict=True)) == [
        (0, 3),
        (1, 3),
        (0, 4),
        (1, 4),
        (1, 4),
    ]


def test_the_effective_quota_is_told_when_a_window_changes_it() -> None:
    goal = Goal("user_input", 10_000, 5_000)
    for kernel, first in (("7.1", []), ("next", [1])):
        system = engine(kernel)
        pid = pid_of(system, HALF_COLD)
        events = traced(system)
        held = scheme("stat", quotas=Quotas(reset_interval_ms=200, goals=(goal,)))
        fed = scheme("stat", quotas=Quotas(sz_bytes=MIB, reset_interval_ms=200))
        system.turn_on(0, kdamond(Target(pid), schemes=[held, fed]))
        system.advance(1_000_000)
        told = [event for event in events if isinstance(event, EszChanged)]
        # It grows by half in each window: 15,000 bp, 22,500, 33,750…; below a byte nothing changes.
        assert [event.esz for event in told if event.scheme == 0] == [*first, 2, 3, 5, 7]
        assert [event.esz for event in told if event.scheme == 1] == [MIB] * len(first)


def test_an_aggregation_after_which_intervals_are_tuned_is_told_in_terms_of_the_new_ones() -> None:
    system, config = acting("7.1")
    events = traced(system)
    shown: list[Aggregation] = collect(system)
    system.turn_on(0, config)
    system.advance(3_000_000)
    found = [event.aggregation for event in events if isinstance(event, Aggregated)]
    tuned = {event.time_us: event.sample_us for event in events if isinstance(event, IntervalsTuned)}
    converted = 0
    for mine, other in zip(found, shown, strict=True):
        aggr_us = 20 * tuned.get(other.end_us, other.sample_us)
        assert mine.age.tolist() == (other.age * other.aggr_us // aggr_us).tolist()
        assert mine.nr_accesses.tolist() == other.nr_accesses.tolist()
        converted += mine is not other
    assert 0 < converted <= len(tuned)


def test_a_thread_that_starts_again_has_another_number() -> None:
    system = engine()
    config = kdamond(Target(pid_of(system)))
    events = traced(system)
    for index in (0, 1):
        system.turn_on(index, config)
    system.advance(100_000)
    system.turn_off(0)
    system.turn_on(0, config)
    system.advance(100_000)
    at = [(event.at.kdamond, event.at.name, event.at.pid, event.at.time_us) for event in events]
    assert at == [
        (0, "kdamond.0", 501, 100_000),
        (1, "kdamond.1", 502, 100_000),
        (0, "kdamond.1", 503, 200_000),
        (1, "kdamond.1", 502, 200_000),
    ]


def test_who_stops_hears_nothing_more_and_a_fork_has_no_listeners() -> None:
    system, config = acting("7.1")
    heard: list[Event] = []
    stop = system.trace(heard.append, [Aggregated])
    others = traced(system)
    system.turn_on(0, config)
    system.advance(250_000)
    assert [type(event) for event in heard] == [Aggregated, Aggregated]
    system.fork().advance(1_000_000)
    assert len(heard) == 2
    stop()
    stop()
    before = len(others)
    system.advance(200_000)
    assert len(heard) == 2 and len(others) > before


def test_each_listener_gets_the_kinds_that_it_asked_for() -> None:
    system, config = acting("7.1")
    some: list[Event] = []
    system.trace(some.append, [StatAfterApply, Aggregated])
    everything = traced(system)
    system.turn_on(0, config)
    system.advance(1_000_000)
    assert some == [event for event in everything if type(event) in (StatAfterApply, Aggregated)]
    assert len(everything) > len(some)
