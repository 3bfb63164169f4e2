"""The columns of the regions of an aggregation, against loops that work each region out by itself."""

import math
from dataclasses import replace

import numpy as np
import pytest

from damotui.render.layout import RangeName
from damotui.session.snapshot_order import KEYS, Order
from damotui.session.snapshot_regions import regions_of
from damotui.session.snapshot_truth import touched_bytes, true_shares
from engine.config.model import UINT_MAX, ULONG_MAX, AccessPattern, Range
from tests.recordings import GIB4, MIB, PAGE, aggregation, by_chance

ANY = Range(0, ULONG_MAX)
COLD = AccessPattern(sz=ANY, nr_accesses=Range(0, 0), age=Range(5, UINT_MAX))
SMALL_HOT = AccessPattern(sz=Range(0, 8 * PAGE), nr_accesses=Range(10, UINT_MAX), age=ANY)


def by_hand():
    """At each check for 0.3 s; never for 5 s; seven times of 20."""
    return aggregation(
        [(0, GIB4, GIB4 + 4 * MIB, 20, 3), (0, GIB4 + 4 * MIB, GIB4 + 68 * MIB, 0, 50), (1, 0, PAGE, 7, 0)]
    )


def truth_of(one, ranges, scale=10_000):
    """True rates of (target, start, end, rate)."""
    columns = [(target, start, end, round(rate * scale), 0) for target, start, end, rate in ranges]
    return replace(aggregation(columns), max_nr_accesses=scale, start_us=one.start_us, end_us=one.end_us)


def naive_true_share(one, index, truth):
    start, end, target = int(one.start[index]), int(one.end[index]), int(one.target[index])
    touched = 0.0
    for t, s, e, nr in zip(truth.target, truth.start, truth.end, truth.nr_accesses, strict=True):
        overlap = min(end, int(e)) - max(start, int(s))
        if t == target and overlap > 0:
            touched += overlap * int(nr) / truth.max_nr_accesses
    return touched / (end - start)


class TestColumns:
    def test_each_figure_by_hand(self):
        regions = regions_of(by_hand())
        assert regions.bytes.tolist() == [4 * MIB, 64 * MIB, PAGE]
        assert regions.rate.tolist() == [100, 0, 35]
        assert regions.hz.tolist() == [200, 0, 70]
        assert regions.age_us.tolist() == [300_000, 5_000_000, 0]
        assert regions.idle_us.tolist() == [0, 5_100_000, 0]
        assert regions.temperature.tolist() == [30_010_000, -500_000_000, 3_500]
        assert regions.look_us.tolist() == [1024 * 5_000, 16_384 * 5_000, 5_000]
        assert np.isnan(regions.true).all()
        assert regions.matched == ()

    def test_a_hit_of_many_checks_is_an_access_though_damo_rounds_it_to_none(self):
        one = aggregation([(0, 0, MIB, 1, 10)], sample_us=500)
        regions = regions_of(one)
        assert (regions.rate[0], regions.idle_us[0]) == (0.5, 0)
        assert regions.temperature[0] == -100_000_000  # 0 % in damo's whole percents

    def test_addresses_of_a_unit_are_that_many_bytes(self):
        regions = regions_of(aggregation([(0, 0, 256, 0, 0)]), addr_unit=4096, patterns=[SMALL_HOT, COLD])
        assert regions.bytes[0] == MIB
        assert regions.look_us[0] == 256 * 5_000

    def test_schemes_match_as_their_patterns_say(self):
        regions = regions_of(by_hand(), patterns=[COLD, SMALL_HOT, AccessPattern(ANY, ANY, ANY)])
        assert [regions.matching(index) for index in range(3)] == [(2,), (0, 2), (2,)]

    def test_a_mask_takes_everything_along(self):
        names = [RangeName(0, GIB4, GIB4 + MIB, "heap"), RangeName(1, 0, PAGE, "stack")]
        regions = regions_of(by_hand(), names=names, patterns=[COLD])
        some = regions.where(np.array([False, True, True]))
        assert len(some) == 2
        assert some.start.tolist() == [GIB4 + 4 * MIB, 0]
        assert [some.names.text(0), some.names.text(1)] == ["", "stack"]
        assert some.matched[0].tolist() == [True, False]
        assert regions.where(np.ones(3, bool)) is regions

    def test_the_region_of_an_address(self):
        regions = regions_of(by_hand())
        places = [(0, GIB4), (0, GIB4 + 4 * MIB - 1), (0, GIB4 + 4 * MIB), (0, GIB4 + 68 * MIB), (0, 0), (1, 0), (2, 0)]
        assert [regions.at(*place) for place in places] == [0, 0, 1, None, None, 2, None]


class TestNames:
    def test_a_region_has_the_names_of_all_mappings_that_it_overlaps(self):
        names = [
            RangeName(0, GIB4 + 2 * MIB, GIB4 + 5 * MIB, "b"),
            RangeName(0, GIB4, GIB4 + 2 * MIB, "A heap"),
            RangeName(0, GIB4 + 5 * MIB, GIB4 + 6 * MIB, "c"),
            RangeName(3, 0, PAGE, "elsewhere"),
        ]
        found = regions_of(by_hand(), names=names).names
        assert [found.text(index) for index in range(3)] == ["A heap +1", "b +1", ""]
        assert found.holding("HEAP").tolist() == [True, False, False]
        assert found.holding("b").tolist() == [True, True, False]
        assert np.isnan(found.ranks()).tolist() == [False, False, True]

    @pytest.mark.parametrize("seed", range(4))
    def test_as_a_loop_finds_them(self, seed):
        (one,) = by_chance(seed, 1, nr_targets=2)
        rng = np.random.default_rng(seed)
        names = []
        for target, base in ((0, 1 << 40), (1, 2 << 40)):
            edges = base + PAGE * np.sort(rng.choice(5_000, 12, replace=False))
            names += [
                RangeName(target, int(edges[at]), int(edges[at + 1]), f"m{int(rng.integers(5))}")
                for at in range(0, 12, 2)
            ]
        found = regions_of(one, names=names).names
        for index in range(one.nr_regions):
            start, end = int(one.start[index]), int(one.end[index])
            hits = [
                n.name
                for n in sorted(names, key=lambda n: (n.target, n.start))
                if n.target == one.target[index] and n.start < end and start < n.end
            ]
            expected = hits[0] + (f" +{len(hits) - 1}" if len(hits) > 1 else "") if hits else ""
            assert found.text(index) == expected
            assert found.holding("m1")[index] == ("m1" in hits)


class TestTruth:
    def test_half_of_a_region_touched_at_every_fourth_moment_is_an_eighth(self):
        one = by_hand()
        truth = truth_of(one, [(0, GIB4, GIB4 + 2 * MIB, 0.25), (1, 0, PAGE, 1.0)])
        assert true_shares(one, truth).tolist() == [0.125, 0, 1]
        assert touched_bytes(truth) == 0.25 * 2 * MIB + PAGE
        assert touched_bytes(truth, 4) == 4 * touched_bytes(truth)

    @pytest.mark.parametrize("seed", range(6))
    def test_as_a_loop_over_all_ranges_finds_it(self, seed):
        rng = np.random.default_rng(seed)
        (one,) = by_chance(seed, 1, nr_targets=2)
        ranges = []
        for target in range(2):
            edges = ((target + 1) << 40) + np.sort(rng.choice(5_200 * PAGE, 2 * 15, replace=False))
            edges = edges.tolist()
            ranges += [(target, edges[i], edges[i + 1], float(rng.random())) for i in range(0, 30, 2)]
            ranges.append((target, ((target + 1) << 40) + (1 << 32), ((target + 1) << 40) + (1 << 32) + 777, 0.5))
        truth = truth_of(one, ranges)
        shares = true_shares(one, truth)
        assert shares.max() > 0
        for index in range(one.nr_regions):
            assert math.isclose(shares[index], naive_true_share(one, index, truth), abs_tol=1e-9)

    def test_nothing_known_is_no_zero(self):
        assert np.isnan(true_shares(by_hand(), None)).all()
        assert true_shares(by_hand(), truth_of(by_hand(), [])).tolist() == [0, 0, 0]


class TestOrder:
    @pytest.mark.parametrize("key", KEYS)
    @pytest.mark.parametrize("falling", [False, True])
    def test_equal_regions_stay_as_they_lie_in_memory(self, key, falling):
        (one,) = by_chance(7, 1, nr_targets=2)
        names = [RangeName(0, 1 << 40, (1 << 40) + 100 * PAGE, "b"), RangeName(1, 2 << 40, (2 << 40) + 100 * PAGE, "a")]
        truth = truth_of(one, [(0, 1 << 40, (1 << 40) + 150 * PAGE, 0.5)])
        regions = regions_of(one, names=names, patterns=[COLD, SMALL_HOT], truth=truth)
        keys = KEYS[key](regions).tolist()
        known = [index for index in range(len(keys)) if keys[index] == keys[index]]
        expected = sorted(known, key=lambda index: -keys[index] if falling else keys[index])
        expected += [index for index in range(len(keys)) if keys[index] != keys[index]]
        assert Order(key, falling).of(regions).tolist() == expected

    def test_figures_fall_at_first_and_places_rise(self):
        assert Order.natural("rate") == Order("rate", falling=True)
        assert Order.natural("name") == Order("name")
        assert Order("size").reversed() == Order("size", falling=True)

    def test_hotter_means_longer_accessed(self):
        order = Order.natural("temp").of(regions_of(by_hand()))
        assert order.tolist() == [0, 2, 1]
