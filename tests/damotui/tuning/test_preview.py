"""What a staged pattern would match: against loops over regions, and against what the engine then tries."""

import numpy as np
import pytest

from damotui.session.tuning.preview import CONDITIONS, Amount, preview_of
from engine.config.model import UINT_MAX, ULONG_MAX, AccessPattern, Context, Kdamond, Range, Scheme, Target
from engine.engine import Engine
from engine.workload.library import load_workload
from tests.damotui.tuning.regions import PAGE, by_chance, found, listed


def scheme(sz=(0, ULONG_MAX), nr=(0, ULONG_MAX), age=(0, ULONG_MAX), action="stat", **more):
    return Scheme(action, AccessPattern(Range(*sz), Range(*nr), Range(*age)), **more)


def lies_in(limits, value, *, wraps):
    """Whether a value lies in a closed range, whose ends are 32 bits wide in the kernel if it `wraps`."""
    low, high = (end % (UINT_MAX + 1) if wraps else end for end in (limits.min, limits.max))
    return low <= value <= high


def naive(aggregation, pattern, names):
    """Regions and bytes that pass all the named conditions."""
    regions = total = 0
    for _, start, end, nr, age in listed(aggregation):
        values = {"sz": end - start, "nr_accesses": nr, "age": age}
        if all(lies_in(getattr(pattern, name), values[name], wraps=name != "sz") for name in names):
            regions, total = regions + 1, total + end - start
    return Amount(regions, total)


def test_by_hand():
    # 10, 20, 30 and 40 pages; two are cold, and one of these for 50 aggregations.
    one = found([(0, 0, 10, 0, 50), (0, 10, 30, 0, 3), (0, 30, 60, 12, 80), (0, 60, 100, 20, 1)])
    preview = preview_of(one, scheme(sz=(15 * PAGE, ULONG_MAX), nr=(0, 0), age=(2, ULONG_MAX)), 0)
    assert preview.total == Amount(4, 100 * PAGE)
    assert preview.matched == Amount(1, 20 * PAGE)
    assert preview.mask.tolist() == [False, True, False, False]
    assert preview.alone == (Amount(3, 90 * PAGE), Amount(2, 30 * PAGE), Amount(3, 60 * PAGE))
    assert [amount.share_of(preview.total) for amount in preview.alone] == [90.0, 30.0, 60.0]


def test_nothing_is_a_share_of_nothing():
    preview = preview_of(found([]), scheme(), 0)
    assert preview.total == Amount(0, 0) and preview.matched.share_of(preview.total) == 0.0


@pytest.mark.parametrize("seed", range(30))
def test_is_what_a_loop_over_the_regions_finds(seed):
    rng = np.random.default_rng(seed)
    one = by_chance(rng)

    def bounds(most):
        low, high = sorted(rng.integers(0, most, 2).tolist())
        return [(low, high), (low, ULONG_MAX), (0, high), (high, low), (low, low), (0, UINT_MAX + 1 + high)][
            int(rng.integers(0, 6))
        ]

    wanted = scheme(bounds(300 * PAGE), bounds(21), bounds(300))
    preview = preview_of(one, wanted, 0, addr_unit=2)
    pattern = wanted.access_pattern
    for names, amount in [(CONDITIONS, preview.matched), *zip(zip(CONDITIONS), preview.alone, strict=True)]:
        expected = naive(one, pattern, names)
        assert amount == Amount(expected.regions, 2 * expected.bytes)
    assert preview.total == Amount(one.nr_regions, 2 * sum(end - start for _, start, end, _, _ in listed(one)))


def test_is_what_the_engine_tries_in_the_turn_of_the_same_aggregation():
    wanted = scheme(sz=(2 * PAGE, ULONG_MAX), nr=(0, 3), age=(2, 40))
    engine = Engine(seed=11)
    engine.start_process(load_workload("stairs"), loop=True)
    engine.turn_on(0, Kdamond(contexts=(Context(targets=(Target(),), schemes=(wanted, scheme(nr=(1, 20)))),)))
    before = engine.kdamond_status(0).schemes
    seen = set()
    for _ in range(80):
        engine.advance(100_000)
        status = engine.kdamond_status(0)
        for index, (old, new) in enumerate(zip(before, status.schemes, strict=True)):
            preview = preview_of(status.last, status.config.contexts[0].schemes[index], index)
            tried = Amount(new.nr_tried - old.nr_tried, new.sz_tried - old.sz_tried)
            assert preview.matched == tried
            assert preview.acted_bytes == tried.bytes  # stat does nothing to them, and is told of all the same
            seen.add(tried)
        before = status.schemes
    assert len(seen) > 40


def test_what_was_acted_on_is_told_for_the_scheme_alone():
    one = found([(0, 0, 10, 0, 0), (0, 10, 30, 5, 9)], acted=[(0, 0, 0, 4), (1, 0, 10, 11), (1, 0, 20, 30)])
    assert [preview_of(one, scheme(), index).acted_bytes for index in range(3)] == [4 * PAGE, 11 * PAGE, 0]
