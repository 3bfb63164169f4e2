"""What a workload really does, asked for in closed form and counted access by access."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.workload import truth
from engine.workload.library import Workload, load_workload, workload_names
from engine.workload.touch import TouchModel
from tests.engine.make import EXAMPLES, KIB, MIB, PAGE, engine, workload
from tests.engine.played import model_of, player_of

SWEEP, RANDOM = False, True


# All of masim's cases, at speeds that are exact in binary, so that no access is near the edge of a span by rounding.

CASES = {
    "one sweep": workload({"a": 256 * KIB}, (40, [("a", SWEEP, 4096, 1)]), accesses_per_ms=16_000, batch=300),
    "stride of 64": workload({"a": 256 * KIB}, (40, [("a", SWEEP, 64, 1)]), accesses_per_ms=500, batch=300),
    "stride of 100": workload({"a": 200_000}, (40, [("a", SWEEP, 100, 1)]), accesses_per_ms=500, batch=300),
    "stride of 3 pages": workload({"a": 1_000_000}, (40, [("a", SWEEP, 12_288, 1)]), accesses_per_ms=500, batch=300),
    "stride of a page and a half": workload(
        {"a": 1_000_000}, (40, [("a", SWEEP, 6_144, 1)]), accesses_per_ms=500, batch=300
    ),
    "stride of nothing": workload({"a": 256 * KIB}, (40, [("a", SWEEP, 0, 1)]), accesses_per_ms=500, batch=300),
    "stride beyond the size": workload(
        {"a": 256 * KIB}, (40, [("a", SWEEP, 256 * KIB, 1)]), accesses_per_ms=500, batch=300
    ),
    "small regions in one page": workload(
        {"a": 256, "b": 64, "c": 128},
        (40, [("a", SWEEP, 8, 1), ("b", SWEEP, 64, 2), ("c", SWEEP, 100, 1)]),
        accesses_per_ms=500,
        batch=70,
    ),
    "weights": workload(
        {"a": 256 * KIB, "b": 200_000, "c": 512 * KIB},
        (60, [("a", SWEEP, 4096, 3), ("b", SWEEP, 64, 2), ("c", SWEEP, 10_000, 1), ("a", SWEEP, 1_000, 1)]),
        accesses_per_ms=2_000,
        batch=500,
    ),
    "phases, a rest, and an overrun": workload(
        {"a": 256 * KIB, "b": 200_000},
        (7, [("a", SWEEP, 4096, 3), ("b", SWEEP, 64, 2)]),
        (5, [("a", SWEEP, 4096, 0)]),
        (11, [("a", SWEEP, 4096, 1)]),
        (3, [("b", SWEEP, 8_192, 1), ("b", SWEEP, 8_192, 1)]),
        accesses_per_ms=(1_000, 500, 2_000, 250),
        batch=700,
    ),
}
ONE_LAYER = [name for name in CASES if name != "small regions in one page"]

SPANS = st.tuples(st.floats(-0.1, 1.1), st.floats(0, 0.5), st.integers(0, 300_000), st.integers(0, 300_000))


@pytest.mark.parametrize("loop", [False, True], ids=["once", "again and again"])
@pytest.mark.parametrize("name", CASES)
@settings(EXAMPLES, max_examples=12)
@given(SPANS)
def test_sequential_accesses_are_counted_one_by_one(name: str, loop: bool, span: tuple[float, float, int, int]) -> None:
    load = CASES[name]
    model = model_of(load, loop=loop, seed=5)
    player = player_of(load, model, loop=loop)
    whole = model.realisation.repetition_us
    begin, length, start, size = span
    from_us = round(max(begin, 0) * whole * (2 if loop else 1))
    to_us = from_us + 1 + round(length * whole)
    low = min(model.addresses) - 5_000 + start
    found = truth.accesses(model, low, low + size, from_us, to_us)
    assert found == player.count(low, low + size, from_us, to_us)


@pytest.mark.parametrize("name", CASES)
def test_all_accesses_of_a_workload_are_where_its_regions_are(name: str) -> None:
    load = CASES[name]
    model = model_of(load, seed=2)
    end = model.realisation.repetition_us
    total = sum(plan.nr_batches * load.batch for plan in model.realisation.phases if plan.active)
    assert truth.accesses(model, 0, 2**47, 0.0, end) == total
    assert truth.accesses(model, 0, 2**47, 0.0, 10 * end) == total
    assert truth.accesses(model, 0, 2**47, 0.0, end / 3) + truth.accesses(model, 0, 2**47, end / 3, end) == total
    low, high = min(model.addresses), max(a + s for a, s in zip(model.addresses, model.sizes, strict=True))
    assert truth.accesses(model, low, high, 0.0, end) == total
    assert truth.accesses(model, 0, low, 0.0, end) == truth.accesses(model, high, 2**47, 0.0, end) == 0


def test_the_rate_is_accesses_per_second() -> None:
    load = CASES["one sweep"]
    model = model_of(load)
    low = model.addresses[0]
    assert truth.access_rate_hz(model, low, low + 256 * KIB, 0, 30_000) == 16e6
    assert truth.access_rate_hz(model, low, low + 4096, 0, 40_000) == pytest.approx(16e6 / 64)
    assert truth.accesses(model, low, low, 0, 30_000) == truth.accesses(model, low, low + 1, 20_000, 20_000) == 0


def test_at_any_speed_the_count_is_right_to_an_access_at_each_end() -> None:
    """Where an access falls on the very end of a span, rounding may put it on either side."""
    load = workload(
        {"a": 256 * KIB, "b": 200_000},
        (40, [("a", SWEEP, 4096, 3), ("b", SWEEP, 64, 2)]),
        accesses_per_ms=86_507 / 64,
        batch=300,
    )
    model = model_of(load, seed=5)
    player = player_of(load, model)
    low = min(model.addresses)
    rng = np.random.default_rng(1)
    for _ in range(60):
        from_us, to_us = sorted(rng.integers(0, 41_000, 2).tolist())
        start = low + int(rng.integers(0, 300_000))
        expected = player.count(start, start + 100_000, from_us, to_us)
        assert abs(truth.accesses(model, start, start + 100_000, from_us, to_us) - expected) <= 2


def test_random_accesses_are_counted_by_expectation() -> None:
    both = [("a", RANDOM, 0, 1), ("b", RANDOM, 0, 1)]
    load = workload({"a": 64 * PAGE, "b": 64 * PAGE}, (100, both), accesses_per_ms=1_000, batch=200)
    model = model_of(load, seed=3)
    low, size = model.addresses[0], 64 * PAGE
    player = player_of(load, model, seed=9)
    all_of_it = truth.accesses(model, low, low + size, 0, 77_700)
    assert all_of_it == player.count(low, low + size, 0, 77_700)
    quarter = truth.accesses(model, low + size // 2, low + size * 3 // 4, 0, 77_700)
    assert quarter == pytest.approx(all_of_it / 4)
    deviation = (all_of_it * 0.25 * 0.75) ** 0.5
    assert abs(player.count(low + size // 2, low + size * 3 // 4, 0, 77_700) - quarter) < 4 * deviation


# What a monitor could see


def masim_pages(model: TouchModel) -> tuple[int, int]:
    """First page of all masim regions, and how many there are up to the last."""
    low = min(model.addresses) // PAGE
    return low, (max(a + s for a, s in zip(model.addresses, model.sizes, strict=True)) - 1) // PAGE + 1 - low


@pytest.mark.parametrize("window_us", [250, 1_000, 5_000])
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("begin_us", [0, 3_130])
def test_touched_shares_are_those_of_a_bitmap(name: str, window_us: int, begin_us: int) -> None:
    load = CASES[name]
    model = model_of(load, seed=6)
    player = player_of(load, model)
    edges = begin_us + window_us * np.arange(30_000 // window_us + 1)
    first, count = masim_pages(model)
    touched, low = player.pages(edges.tolist())
    assert low == first
    start = (np.arange(count, dtype=np.uint64) + np.uint64(first)) * np.uint64(PAGE)
    by_page = truth.touched_share(model, start, start + np.uint64(PAGE), edges.astype(np.float64))
    assert np.allclose(by_page, touched[:, :count], atol=1e-9)
    rng = np.random.default_rng(3)
    pairs = np.sort(rng.integers(0, count + 1, (50, 2)), axis=1)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    if not len(pairs):
        return
    bounds = (pairs.astype(np.uint64) + np.uint64(first)) * np.uint64(PAGE)
    shares = truth.touched_share(model, bounds[:, 0], bounds[:, 1], edges.astype(np.float64))
    expected = np.stack([touched[:, i:j].mean(axis=1) for i, j in pairs.tolist()], axis=1)
    assert np.allclose(shares, expected, atol=1e-9)


def test_touched_shares_across_repetitions_are_those_of_a_bitmap() -> None:
    load = CASES["phases, a rest, and an overrun"]
    model = model_of(load, loop=True, seed=6)
    player = player_of(load, model, loop=True)
    # Windows that do not straddle the end of a repetition, where sweeps of two would be in one.
    whole = int(model.realisation.repetition_us)
    edges = np.arange(0, 3 * whole + 1, 450)
    assert whole % (450) == 0
    first, count = masim_pages(model)
    touched, _ = player.pages(edges.tolist())
    start = (np.arange(count, dtype=np.uint64) + np.uint64(first)) * np.uint64(PAGE)
    by_page = truth.touched_share(model, start, start + np.uint64(PAGE), edges.astype(np.float64))
    assert np.allclose(by_page, touched[:, :count], atol=1e-9)


def test_long_sweeps_with_gaps_are_touched_evenly() -> None:
    """Too many pages to tell apart: any range of some hundred has its share of them."""
    load = workload({"a": 64 * MIB}, (400, [("a", SWEEP, 12_288, 1)]), accesses_per_ms=1_000, batch=1_000)
    model = model_of(load)
    player = player_of(load, model)
    edges = 1_000.0 * np.arange(100)
    touched, first = player.pages(edges.tolist())
    count = 64 * MIB // PAGE
    bounds = np.arange(0, count - 400, 400)
    start = (bounds.astype(np.uint64) + np.uint64(first)) * np.uint64(PAGE)
    shares = truth.touched_share(model, start, start + np.uint64(400 * PAGE), edges)
    expected = np.stack([touched[:, i : i + 400].mean(axis=1) for i in bounds.tolist()], axis=1)
    assert np.abs(shares - expected).max() < 0.01
    assert shares.max() > 0.3


@pytest.mark.parametrize("size", [PAGE, 4 * PAGE, 16 * PAGE + 1_234, 64 * PAGE])
def test_random_shares_are_the_mean_of_bitmaps(size: int) -> None:
    """Page by page, also at both ends of a region that is in no whole page."""
    load = workload({"a": size}, (100, [("a", RANDOM, 0, 1)]), accesses_per_ms=20, batch=100)
    model = model_of(load)
    edges = 1_000.0 * np.arange(51)
    first, count = masim_pages(model)
    mean = np.zeros(count)
    rounds = 60
    for seed in range(rounds):
        touched, _ = player_of(load, model, seed=seed).pages(edges.tolist())
        mean += touched[:, :count].mean(axis=0) / rounds
    start = (np.arange(count, dtype=np.uint64) + np.uint64(first)) * np.uint64(PAGE)
    share = truth.touched_share(model, start, start + np.uint64(PAGE), edges).mean(axis=0)
    deviation = np.sqrt(share * (1 - share) / (50 * rounds)) + 1e-9
    assert (np.abs(mean - share) < 4.5 * deviation).all()


def test_a_process_touches_its_text_heap_and_stack_while_it_lives() -> None:
    system = engine()
    load = workload({"a": MIB}, (100, [("a", SWEEP, 4096, 0)]))
    system.advance(50_000)
    process = system.machine.processes[system.start_process(load)]
    edges = 10_000.0 * np.arange(20)
    touched = process.touched(edges)
    always = np.array(process.layout.always, np.uint64)
    shares = np.broadcast_to(touched.shares_of(always[:, 0], always[:, 1]), (19, len(always)))
    alive = [0.0] * 5 + [1.0] * 10 + [0.0] * 4
    assert shares.tolist() == [[share] * len(always) for share in alive]
    names = {m.name for m in process.layout.mappings for low, high in process.layout.always if m.start <= low < m.end}
    assert {"text", "[heap]", "[stack]"} <= names


# Resident memory


@pytest.mark.parametrize("name", ONE_LAYER)
def test_resident_bytes_are_those_of_all_touched_pages(name: str) -> None:
    """To the page."""
    load = CASES[name]
    model = model_of(load, seed=6)
    player = player_of(load, model)
    own = sum(high - low for low, high in model.always)
    step = 500
    edges = step * np.arange(81)
    touched, _ = player.pages(edges.tolist())
    ever = np.logical_or.accumulate(touched, axis=0).sum(axis=1) * PAGE
    for i in range(80):
        found = truth.resident_bytes(model, float(edges[i + 1])) - own
        assert found == ever[i]


def test_resident_bytes_of_random_access_are_the_mean_of_bitmaps() -> None:
    load = workload(
        {"a": 256 * KIB, "b": 256 * KIB},
        (30, [("a", RANDOM, 0, 1), ("a", SWEEP, 4096, 1), ("b", RANDOM, 0, 1)]),
        accesses_per_ms=10,
        batch=5,
    )
    model = model_of(load, seed=1)
    own = sum(high - low for low, high in model.always)
    edges = [0, 4_000, 9_000, 15_000, 30_000]
    rounds = 200
    mean = np.zeros(4)
    for seed in range(rounds):
        touched, _ = player_of(load, model, seed=seed).pages(edges)
        mean += np.logical_or.accumulate(touched, axis=0).sum(axis=1) * PAGE / rounds
    found = [truth.resident_bytes(model, float(edge)) - own for edge in edges[1:]]
    assert np.abs(found - mean).max() < 1.5 * PAGE


def test_memory_becomes_resident_by_first_touch_and_free_by_exit() -> None:
    system = engine(memory_bytes=1 << 30)
    before = system.snapshot().free_bytes
    load = workload({"a": 64 * MIB}, (1_000, [("a", SWEEP, 4096, 1)]), accesses_per_ms=51.2, batch=512)
    pid = system.start_process(load)
    sizes = []
    for _ in range(9):
        system.advance(100_000)
        shown = system.snapshot()
        sizes.append(shown.processes[0].rss_bytes)
        assert shown.free_bytes == before - sizes[-1]
    steps = np.diff([0, *sizes])
    # 5120 pages in 100 ms, and 16384 in all.
    assert np.abs(steps[1:3] - 20 * MIB).max() <= PAGE
    assert steps[4:].tolist() == [0] * 5
    assert 64 * MIB <= sizes[-1] <= 64 * MIB + 20 * PAGE
    system.kill_process(pid)
    assert system.snapshot().free_bytes == before
    assert system.snapshot().processes[0].rss_bytes == 0


# The library


def classes(load: Workload, phase: int, blocks: int = 24, windows: int = 50) -> tuple[int, int, int]:
    """Bytes that are hot, warm and cold in a phase: by the mean share of windows of 5 ms in which they are touched."""
    model = model_of(load, seed=11)
    plan = model.realisation.phases[phase]
    length = plan.end_us - plan.start_us
    windows = min(windows, int(length // 5_000))
    starts = np.array([base // PAGE * PAGE for base in model.addresses], np.uint64)
    quarters = np.array(model.sizes, np.uint64) // np.uint64(4 * PAGE) * np.uint64(PAGE)
    low = np.concatenate([starts + np.uint64(i) * quarters for i in range(4)])
    high = low + np.tile(quarters, 4)
    share = np.zeros(len(low))
    for block in range(blocks):
        begin = plan.start_us + (length - windows * 5_000) * block / (blocks - 1)
        edges = begin + 5_000.0 * np.arange(windows + 1)
        share += truth.touched_share(model, low, high, edges).mean(axis=0) / blocks
    mean = share.reshape(4, -1).mean(axis=0)
    sizes = np.array(model.sizes)
    hot, cold = mean >= 0.5, mean < 0.01
    return int(sizes[hot].sum()), int(sizes[~hot & ~cold].sum()), int(sizes[cold].sum())


@pytest.mark.parametrize("name", workload_names())
def test_the_library_is_as_hot_as_it_says(name: str) -> None:
    load = load_workload(name)
    assert load.truth
    for number, stated in enumerate(load.truth):
        expected = (stated.hot_bytes, stated.warm_bytes, stated.cold_bytes)
        assert classes(load, number) == expected, stated.phase
