"""What always holds of the adaptive regions, and each vectorised routine against its naive reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.config.model import Target
from engine.regions import merge as merge_module
from engine.regions.initial import align_up, apply_min_nr_regions, set_regions, three_ranges
from engine.regions.merge import merge, merge_pass, update_ages
from engine.regions.split import split
from engine.regions.table import Regions, concatenate
from engine.workload.touch import Touched, together
from tests.engine import naive
from tests.engine.make import EXAMPLES, MIB, PAGE, collect, engine, kdamond, ranges, rows, table, workload

Spans = list[tuple[int, int]]

COUNTS = st.integers(0, 20)
AGES = st.integers(0, 500)


@st.composite
def spans(draw: st.DrawFn, *, unit: int = 1, most: int = 40) -> Spans:
    """Sorted ranges, which touch or not, in multiples of `unit`."""
    at, found = draw(st.integers(0, 50)), []
    for gap, size in draw(st.lists(st.tuples(st.sampled_from([0, 0, 0, 1, 7]), st.integers(1, 30)), max_size=most)):
        found.append(((at + gap) * unit, (at + gap + size) * unit))
        at += gap + size
    return found


@st.composite
def tables(draw: st.DrawFn, *, unit: int = 1, targets: int = 3, most: int = 40) -> Regions:
    """Tables of one to `targets` targets with any counters; neighbours are often alike."""
    parts = []
    for index in range(draw(st.integers(1, targets))):
        pairs = draw(spans(unit=unit, most=most))
        n = len(pairs)
        counts = [draw(st.lists(kind, min_size=n, max_size=n)) for kind in (COUNTS, COUNTS, AGES)]
        parts.append(table(pairs, *counts, target=[index] * n))
    return concatenate(parts)


def as_naive(regions: Regions) -> list[list[naive.Region]]:
    """The same regions as objects, one list a target."""
    found: list[list[naive.Region]] = [[] for _ in range(8)]
    for target, start, end, nr, last, age in rows(regions):
        found[target].append(naive.Region(start, end, nr, last, age))
    return found


def same(regions: Regions, targets: list[list[naive.Region]]) -> bool:
    return rows(regions) == [(i, r.start, r.end, r.nr, r.last, r.age) for i, t in enumerate(targets) for r in t]


def copy_of(regions: Regions) -> Regions:
    return regions.take(np.arange(len(regions)))


def assert_sound(regions: Regions, unit: int = 1) -> None:
    """Sorted by target and address, nothing overlaps, nothing is empty, all sizes are multiples of `unit`."""
    inside = regions.target[1:] == regions.target[:-1]
    assert (np.diff(regions.target) >= 0).all()
    assert (regions.end[:-1] <= regions.start[1:])[inside].all()
    assert (regions.start < regions.end).all()
    assert (regions.sizes % np.uint64(unit) == 0).all()


@EXAMPLES
@given(tables(), st.integers(0, 12), st.booleans())
def test_ages_are_the_naive_ones(regions: Regions, threshold: int, zero_resets: bool) -> None:
    expected = as_naive(regions)
    for target in expected:
        naive.merge_regions_of(target, threshold, 0, ages=True, zero_resets=zero_resets)
    update_ages(regions, threshold, zero_resets=zero_resets)
    assert same(regions, expected)


@pytest.mark.parametrize("few", [0, 2, 32], ids=["all stepwise", "both paths", "as shipped"])
@EXAMPLES
@given(regions=tables(), threshold=st.integers(0, 12), limit=st.integers(1, 400))
def test_a_merge_pass_is_the_naive_one(few: int, regions: Regions, threshold: int, limit: int) -> None:
    expected = as_naive(regions)
    for target in expected:
        naive.merge_regions_of(target, threshold, limit, ages=False, zero_resets=True)
    size = regions.total_bytes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merge_module, "_FEW_CHUNKS", few)
        merge_pass(regions, threshold, limit)
    assert same(regions, expected)
    assert_sound(regions)
    assert regions.total_bytes == size


@pytest.mark.parametrize(("n", "spread"), [(5_000, 12), (5_000, 3), (5_000, 0), (200, 6), (1, 6), (2, 0)])
@pytest.mark.parametrize("limit", [40, 1_000, 10**9])
def test_a_merge_pass_of_many_chunks_is_the_naive_one(n: int, spread: int, limit: int) -> None:
    """So many chunks that the first steps go over all of them at once, and some so long that the rest is plain."""
    rng = np.random.default_rng(n + spread + limit)
    sizes = rng.integers(1, 30, n)
    ends = np.cumsum(sizes + (rng.random(n) < 0.02))
    nr = np.clip(10 + np.cumsum(rng.integers(-spread, spread + 1, n)) % 40, 0, 50)
    pairs = list(zip((ends - sizes).tolist(), ends.tolist(), strict=True))
    regions = table(pairs, nr.tolist(), rng.integers(0, 20, n).tolist(), rng.integers(0, 99, n).tolist())
    expected = as_naive(regions)
    naive.merge_regions_of(expected[0], 2, limit, ages=False, zero_resets=True)
    merge_pass(regions, 2, limit)
    assert same(regions, expected)


def test_sizes_and_counts_whose_product_is_beyond_64_bits_wrap_as_in_the_kernel() -> None:
    pairs = [(0, 2**46), (2**46, 2**47)]
    regions = table(pairs, nr=[2**20, 2**20 - 3], age=[2**31, 7])
    expected = as_naive(regions)
    naive.merge_regions_of(expected[0], 5, 2**63, ages=False, zero_resets=True)
    merge_pass(regions, 5, 2**63)
    assert same(regions, expected)


@EXAMPLES
@given(tables(most=25), st.integers(1, 400))
def test_twins_are_folded_as_in_the_kernel(regions: Regions, limit: int) -> None:
    regions.nr_accesses, regions.last_nr_accesses, regions.age = (
        column // 7 for column in (regions.nr_accesses, regions.last_nr_accesses, regions.age // 20)
    )
    expected = as_naive(regions)
    for target in expected:
        naive.fold_twins(target, limit)
    merge_pass(regions, 0, limit, twins=True)
    assert same(regions, expected)


@pytest.mark.parametrize(
    ("repeats", "zero_resets", "ages_once"),
    [(False, False, False), (True, True, False), (True, True, True)],
    ids=["up to 6.10", "6.11 to 7.1", "after 7.1"],
)
@EXAMPLES
@given(
    regions=tables(),
    threshold=st.integers(0, 3),
    limit=st.integers(1, 400),
    most=st.integers(3, 40),
    samples=st.integers(1, 30),
)
def test_merging_with_repeats_is_the_naive_one(
    repeats: bool,
    zero_resets: bool,
    ages_once: bool,
    regions: Regions,
    threshold: int,
    limit: int,
    most: int,
    samples: int,
) -> None:
    how = {"repeats": repeats, "zero_resets": zero_resets, "ages_once": ages_once}
    expected = as_naive(regions)
    naive.kdamond_merge(expected, threshold, limit, max_nr_regions=most, max_threshold=samples, **how)
    merge(regions, threshold, limit, max_nr_regions=most, max_threshold=samples, **how)
    assert same(regions, expected)
    assert_sound(regions)


def test_repeated_merging_ages_once_per_pass_up_to_7_1() -> None:
    pairs = [(i, i + 1) for i in range(8)]
    counts = [0, 5] * 4
    for ages_once, passes in ((False, 5), (True, 1)):
        regions = table(pairs, nr=counts, last=counts)
        merge(regions, 0, 100, max_nr_regions=3, max_threshold=20, repeats=True, zero_resets=True, ages_once=ages_once)
        assert regions.age.tolist() == [passes]


class Fixed(np.random.Generator):
    """A generator whose integers are remembered, for the reference to use the same."""

    def __init__(self, seed: int) -> None:
        super().__init__(np.random.PCG64(seed))
        self.drawn: list[object] = []

    def integers(self, *args: object, **more: object) -> object:  # type: ignore[override]
        values = super().integers(*args, **more)  # type: ignore[call-overload]
        self.drawn.append(values)
        return values


@EXAMPLES
@given(regions=tables(unit=8), pieces=st.integers(2, 4), seed=st.integers(0, 10**6), unit=st.sampled_from([1, 8, 32]))
def test_a_split_is_the_naive_one(regions: Regions, pieces: int, seed: int, unit: int) -> None:
    expected, rng, size = as_naive(regions), Fixed(seed), regions.total_bytes
    before = len(regions)
    split(regions, pieces, unit, rng)
    if before:
        (tenths,) = rng.drawn
        assert tenths.min() >= 1 and tenths.max() <= 9  # type: ignore[attr-defined]
        at = 0
        for target in expected:
            n = len(target)
            naive.split_regions_of(target, pieces, unit, lambda i, t, at=at: int(tenths[t, at + i]))  # type: ignore[index,misc]
            at += n
    assert same(regions, expected)
    assert_sound(regions)
    assert regions.total_bytes == size
    assert len(regions) <= pieces * before


@EXAMPLES
@given(regions=tables(unit=16), pieces=st.integers(2, 3), seed=st.integers(0, 10**6))
def test_a_split_keeps_to_whole_pages(regions: Regions, pieces: int, seed: int) -> None:
    split(regions, pieces, 16, np.random.default_rng(seed))
    assert_sound(regions, 16)


def test_splits_use_each_tenth_alike() -> None:
    regions = table([(i * 1000, i * 1000 + 1000) for i in range(9_000)])
    split(regions, 2, 1, np.random.default_rng(5))
    first = regions.sizes[::2].astype(int) // 100
    counts = np.bincount(first, minlength=10)
    assert len(regions) == 18_000
    assert counts[0] == 0
    # Each is Binomial(9000, 1/9): 1000 with a deviation of 30.
    assert (np.abs(counts[1:] - 1000) < 130).all()


@EXAMPLES
@given(regions=tables(unit=4), min_nr=st.integers(1, 60), unit=st.sampled_from([1, 4]))
def test_apply_min_nr_regions_is_the_naive_one(regions: Regions, min_nr: int, unit: int) -> None:
    expected, size = as_naive(regions), regions.total_bytes
    limit = naive.apply_min_nr_regions(expected, min_nr, unit)
    assert apply_min_nr_regions(regions, min_nr, unit) == limit
    assert same(regions, expected)
    assert_sound(regions, unit)
    assert regions.total_bytes == size
    assert not len(regions) or int(regions.sizes.max()) <= limit
    if size >= min_nr * unit * max(1, unit):
        assert len(regions) * limit >= size


@EXAMPLES
@given(regions=tables(targets=1), wanted=spans(most=6), unit=st.sampled_from([1, 4]))
@example(table([(0, 4), (42, 52)]), [(0, 15), (25, 40), (44, 50)], 1)
@example(table([(0, 100)]), [(10, 20), (50, 60)], 1)
@example(table([]), [(3, 5), (5, 9)], 4)
def test_set_regions_is_the_prose(regions: Regions, wanted: Spans, unit: int) -> None:
    expected = as_naive(regions)
    naive.set_regions(expected[0], wanted, unit)
    assert same(set_regions(regions, 0, wanted, unit), expected)


@EXAMPLES
@given(regions=tables(targets=1, unit=4), wanted=spans(most=6, unit=4))
def test_set_regions_covers_exactly_what_was_asked_for(regions: Regions, wanted: Spans) -> None:
    fitted = set_regions(regions, 0, wanted, 4)
    assert_sound(fitted, 4)
    covered = {unit for start, end in fitted.ranges() for unit in range(start, end, 4)}
    assert covered == {unit for start, end in wanted for unit in range(start, end, 4)}
    again = set_regions(fitted, 0, wanted, 4)
    assert rows(again) == rows(fitted)


@EXAMPLES
@given(spans(most=12), st.sampled_from([1, 4]))
def test_three_ranges_are_the_prose(mappings: Spans, unit: int) -> None:
    assert three_ranges(mappings, unit) == naive.three_ranges(mappings, unit)


# What was touched


@st.composite
def touched_pages(draw: st.DrawFn) -> tuple[Touched, np.ndarray]:
    """Intervals with shares, and the same byte by byte [windows, 200]."""
    windows = draw(st.integers(1, 4))
    pairs = [p for p in draw(spans(most=6)) if p[1] <= 200]
    share = np.array(
        draw(
            st.lists(
                st.lists(st.floats(0, 1), min_size=len(pairs), max_size=len(pairs)), min_size=windows, max_size=windows
            )
        )
    ).reshape(windows, len(pairs))
    dense = np.zeros((windows, 200))
    for column, (start, end) in enumerate(pairs):
        dense[:, start:end] = share[:, column : column + 1]
    bounds = [np.array([p[i] for p in pairs], np.uint64) for i in (0, 1)]
    return Touched(bounds[0], bounds[1], share), dense


@EXAMPLES
@given(touched_pages(), st.lists(st.tuples(st.integers(0, 198), st.integers(1, 60)), min_size=1, max_size=8))
def test_shares_of_are_those_of_the_pages(what: tuple[Touched, np.ndarray], asked: Spans) -> None:
    touched, dense = what
    start = np.array([s for s, _ in asked], np.uint64)
    end = np.array([min(s + n, 200) for s, n in asked], np.uint64)
    found = touched.shares_of(start, end)
    expected = np.stack([dense[:, s:e].mean(axis=1) for s, e in zip(start.tolist(), end.tolist(), strict=True)], axis=1)
    assert np.allclose(np.broadcast_to(found, expected.shape), expected, atol=1e-12)


def test_shares_of_pages_far_up_in_the_address_space_are_exact() -> None:
    """A page's share must not suffer from what was touched in the terabytes below it."""
    low, high = 1 << 40, (1 << 47) - (1 << 20)
    touched = Touched(
        np.array([0, high, high + 8192], np.uint64),
        np.array([low, high + 4096, high + 12288], np.uint64),
        np.array([[1 / 3, 1.0, 0.25]]),
    )
    start = np.array([high, high + 4096, high + 8192], np.uint64)
    assert np.allclose(touched.shares_of(start, start + np.uint64(4096)), [[1.0, 0.0, 0.25]], atol=1e-9)


@EXAMPLES
@given(touched_pages(), touched_pages())
def test_what_overlaps_is_laid_together(
    one: tuple[Touched, np.ndarray],
    other: tuple[Touched, np.ndarray],
) -> None:
    """One physical range may have had two owners within the windows of an aggregation, one after the other."""
    a, b = one[1], other[1]
    if len(a) != len(b):
        a, b = a[:1], b[:1]
        one = (Touched(one[0].start, one[0].end, one[0].share[:1]), a)
        other = (Touched(other[0].start, other[0].end, other[0].share[:1]), b)
    both = together([one[0], other[0]])
    start = np.arange(200, dtype=np.uint64)
    expected = 1 - (1 - a) * (1 - b)
    found = both.shares_of(start, start + np.uint64(1))
    assert np.allclose(np.broadcast_to(found, expected.shape), expected, atol=1e-9)


def test_moved_intervals_keep_their_shares() -> None:
    touched = Touched(
        np.array([10, 20, 50, 90], np.uint64), np.array([12, 25, 60, 95], np.uint64), np.array([[0.5, 1.0, 0.25, 1.0]])
    )
    bounds = [np.array(column, np.uint64) for column in ([0, 40], [30, 70], [1000, 100])]
    moved = touched.moved(*bounds)
    assert moved.start.tolist() == [110, 1010, 1020]
    assert moved.end.tolist() == [120, 1012, 1025]
    assert moved.share.tolist() == [[0.25, 0.5, 1.0]]


# The whole cycle


@settings(EXAMPLES, max_examples=30)
@given(
    span=st.tuples(st.integers(0, 40), st.integers(100, 400)),
    hole=st.sampled_from([0, 0, 16]),
    nr_min=st.integers(3, 20),
    more=st.integers(3, 6),
    samples=st.integers(1, 20),
    kernel=st.sampled_from(["6.12", "7.1"]),
    seed=st.integers(0, 10**6),
)
def test_what_an_engine_shows_is_sound(
    span: tuple[int, int], hole: int, nr_min: int, more: int, samples: int, kernel: str, seed: int
) -> None:
    """Thirty aggregations: nothing of the monitored memory is lost, doubled or counted more often than checked."""
    load = workload({"a": 2 * MIB}, (9_000, [("a", True, 0, 3), ("a", False, 4096, 1)]), accesses_per_ms=64, batch=320)
    system = engine(kernel, seed=seed)
    pid = system.start_process(load)
    base = system.machine.processes[pid].layout.regions[0] // PAGE * PAGE
    pairs = [(base + span[0] * PAGE, base + sum(span) * PAGE)]
    if hole:
        middle = base + (span[0] + span[1] // 2) * PAGE
        pairs = [(pairs[0][0], middle), (middle + hole * PAGE, pairs[0][1])]
    total, nr_max = sum(end - start for start, end in pairs), nr_min * more
    target = Target(pid, ranges(*pairs))
    seen = collect(system)
    aggr_us = samples * 5_000
    system.turn_on(0, kdamond(target, ops="fvaddr", aggr_us=aggr_us, nr_min=nr_min, nr_max=nr_max))
    system.advance(30 * aggr_us)
    assert [a.end_us for a in seen] == [aggr_us * (i + 1) for i in range(30)]
    largest = align_up(max(total // nr_min, PAGE), PAGE)
    for aggregation in seen:
        assert int((aggregation.end - aggregation.start).sum()) == total
        assert (aggregation.start < aggregation.end).all()
        assert (aggregation.end[:-1] <= aggregation.start[1:]).all()
        assert not (aggregation.start % PAGE).any() and not (aggregation.end % PAGE).any()
        assert aggregation.nr_accesses.min() >= 0
        assert aggregation.nr_accesses.max() <= aggregation.max_nr_accesses == samples
        assert aggregation.age.min() >= 0
        assert aggregation.nr_regions <= nr_max
        if kernel == "7.1":
            assert (aggregation.end - aggregation.start).max() <= largest
            assert aggregation.nr_regions >= total / largest
