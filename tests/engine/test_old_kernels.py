"""Kernels of before: a clock instead of counted samples, commands at aggregations (specification section 2.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.config.model import Intervals, Quotas, Watermarks
from engine.errors import InputError
from engine.system import DEBUG, System
from tests.engine.make import PAGE, collect, engine, stat
from tests.engine.running import HOT, fixed, page_of, pid_of, status, with_context


@pytest.mark.parametrize(("kernel", "every_us"), [("6.1", 12_000), ("6.12", 9_000)])
def test_an_aggregation_lasts_until_the_clock_says_so(kernel: str, every_us: int) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    system.turn_on(0, fixed(pid, page_of(system, pid, 0), sample_us=3_000, aggr_us=10_000))
    seen = collect(system)
    system.advance(4 * every_us)
    assert [a.end_us for a in seen] == [every_us * n for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("kernel", ["5.19", "6.0", "6.1"])
def test_a_sampling_interval_above_the_aggregation_interval_is_taken(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    system.turn_on(0, fixed(pid, page_of(system, pid, 0), sample_us=200_000, aggr_us=100_000))
    seen = collect(system)
    system.advance(600_000)
    assert [a.end_us for a in seen] == [200_000, 400_000, 600_000]
    with pytest.raises(InputError, match="sample_us"):
        engine("6.12").turn_on(0, fixed(1, 4096, sample_us=200_000, aggr_us=100_000))


@pytest.mark.parametrize("kernel", ["6.1", "6.12"])
def test_schemes_have_their_turn_with_the_aggregation(kernel: str) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 0), sample_us=3_000, aggr_us=10_000)
    system.turn_on(0, with_context(config, schemes=(stat(),)))
    system.advance(120_000)
    assert status(system).schemes[0].nr_tried == 3 * status(system).aggregations


@pytest.mark.parametrize(
    ("kernel", "commits", "due_us"),
    [
        ("6.1", False, 100_000),
        ("6.1", True, 100_000),
        ("6.12", False, 45_000),
        ("6.12", True, 100_000),
        ("6.18", False, 45_000),
        ("6.18", True, 45_000),
    ],
)
def test_a_request_is_carried_out_when_the_kernel_takes_commands(kernel: str, commits: bool, due_us: int) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    system.turn_on(0, fixed(pid, page_of(system, pid, 0)))
    system.advance(42_000)
    done: list[int] = []
    request = system.request(0, lambda: done.append(system.now_us), commits=commits)
    system.advance(due_us - 42_000 - 1)
    assert (done, request.done) == ([], False)
    system.advance(1)
    assert (done, request.done, request.cancelled) == ([due_us], True, False)


@pytest.mark.parametrize(
    ("kernel", "commits", "answered"), [("6.1", True, True), ("6.12", True, False), ("7.1", True, True)]
)
def test_who_sleeps_below_its_watermarks_takes_a_commit_or_not(kernel: str, commits: bool, answered: bool) -> None:
    system = engine(kernel)
    pid = pid_of(system)
    asleep = replace(stat(), watermarks=Watermarks("free_mem_rate", 50_000, high=10, mid=5, low=1))
    system.turn_on(0, with_context(fixed(pid, page_of(system, pid, 0)), schemes=(asleep,)))
    others = system.request(0, lambda: None)
    commit = system.request(0, lambda: None, commits=commits)
    system.advance(200_000)
    assert (status(system).asleep, others.done, commit.done) == (True, True, answered)
    system.turn_off(0)
    assert (commit.done, commit.cancelled) == (True, not answered)


def test_a_kdamond_goes_on_over_other_memory_when_its_operations_change() -> None:
    system = engine("6.12")
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 0))
    system.turn_on(0, config)
    seen = collect(system)
    system.request(0, lambda: system.commit_now(0, with_context(config, ops="paddr")), commits=True)
    system.advance(300_000)
    spans = [list(zip(a.start.tolist(), a.end.tolist(), strict=True)) for a in seen]
    assert spans[0] == spans[1] == spans[2]
    assert [int(a.nr_accesses.max()) for a in seen] == [20, 0, 0]
    system.kill_process(pid)
    system.advance(300_000)
    assert status(system).running


def test_init_and_kthreadd_are_targets_in_which_nothing_happens() -> None:
    system = engine("6.12")
    for pid in (1, 2):
        system.turn_on(pid, fixed(pid, 4096))
    system.advance(1_000_000)
    for pid in (1, 2):
        assert status(system, pid).running
        last = status(system, pid).last
        assert last is not None and not last.nr_accesses.any()


def test_a_copy_leaves_foreign_requests_behind() -> None:
    system = engine("7.1")
    pid = pid_of(system)
    config = fixed(pid, page_of(system, pid, 0))
    system.turn_on(0, config)
    done: list[str] = []
    system.request(0, lambda: done.append("asked"))
    system.commit(0, with_context(config, intervals=Intervals(10_000, 100_000)))
    copied = system.fork()
    copied.advance(10_000)
    assert done == []
    assert copied.snapshot().kdamonds[0].intervals == Intervals(10_000, 100_000)
    system.advance(10_000)
    assert done == ["asked"]


def test_contexts_of_debugfs_aggregate_at_once_when_it_is_long_ago() -> None:
    system = System(engine("6.1"))
    pid = system.engine.start_process(HOT, loop=True)
    everything = "0 18446744073709551615 0 4294967295 0 4294967295 5 0 0 0 0 0 0 0 0 0 0 0"

    def tried_after(run_us: int, pause_us: int) -> int:
        system.advance(pause_us)
        system.write(f"{DEBUG}/target_ids", f"{pid}")
        system.write(f"{DEBUG}/schemes", everything)
        system.write(f"{DEBUG}/monitor_on", "on")
        system.advance(run_us)
        system.write(f"{DEBUG}/monitor_on", "off")
        return int(system.read(f"{DEBUG}/schemes").split()[18])

    # The context is there since boot; after that it depends on when it last aggregated.
    assert tried_after(5_000, 0) > 0
    assert tried_after(5_000, 50_000) == 0
    assert tried_after(5_000, 100_000) > 0


def test_what_a_quota_cuts_off_counts_from_zero() -> None:
    """Up to 6.6 the rest of a region that was cut in a round is traced with no accesses (specification section 5)."""
    found = {}
    for kernel in ("6.1", "6.12"):
        system = engine(kernel)
        pid = pid_of(system)
        quotas = Quotas(sz_bytes=8 * PAGE, reset_interval_ms=100)
        config = fixed(pid, page_of(system, pid, 0))
        system.turn_on(0, with_context(config, schemes=(replace(stat(), quotas=quotas),)))
        seen = collect(system)
        system.advance(400_000)
        cut = [a for a in seen if a.nr_regions > 3]
        assert cut
        found[kernel] = sorted(set(cut[0].nr_accesses.tolist()))
    assert found == {"6.1": [0, 20], "6.12": [20]}
