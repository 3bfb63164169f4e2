"""What has to hold exactly, in recorded scheme runs and in simulations of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from engine.config.model import Scheme
from tests.conformance.scheme_comparison import SchemeComparison, bounds, windows
from tests.conformance.scheme_recording import SchemeRun
from tests.conformance.scheme_simulation import Simulated, schemes, simulate

LATER_KERNEL = "7.1"
_PROBES = (
    (4_000, False, "92 % of memory free, above high"),
    (11_500, True, "45 % free, below mid"),
    (16_000, False, "90 % free, above high again"),
    (22_500, False, "15 % free, below low"),
    (26_500, False, "91 % free, above high"),
    (29_500, False, "61 % free, between mid and high: stays off"),
    (34_000, True, "37 % free, below mid"),
    (40_000, True, "58 % free, between mid and high: stays on"),
)
"""s05: time in ms, whether the scheme is active, and why."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds or does not."""

    name: str
    kernel: bool | None
    """None where the recording has no such thing."""
    simulator: bool
    """With every seed."""


def facts(comparison: SchemeComparison) -> list[Fact]:
    """All facts about a run."""
    return _OF_RUN[comparison.run.name[:3]](comparison)


def _all(comparison: SchemeComparison, holds: Callable[[Simulated], bool]) -> bool:
    return all(holds(one) for one in comparison.simulations)


def _column(run: SchemeRun, scheme: int, name: str) -> list[int]:
    return [row.schemes[scheme][name] for row in run.rows]


def _stat_applies_nothing(comparison: SchemeComparison) -> Fact:
    return Fact(
        "stat never counts as applied",
        not any(one["nr_applied"] or one["sz_applied"] for row in comparison.run.rows for one in row.schemes),
        _all(comparison, lambda s: not any(x.nr_applied or x.sz_applied for i in s.instants for x in i.stats)),
    )


def _no_quota(comparison: SchemeComparison) -> Fact:
    return Fact(
        "without a quota effective_bytes and qt_exceeds stay 0",
        not any(one["effective_bytes"] or one["qt_exceeds"] for row in comparison.run.rows for one in row.schemes),
        _all(
            comparison,
            lambda s: (
                not any(x.qt_exceeds for i in s.instants for x in i.stats)
                and not any(x.esz_bytes for i in s.instants for x in i.states)
            ),
        ),
    )


def _tries_all(comparison: SchemeComparison, scheme: int) -> Fact:
    mapped = max(_column(comparison.run, scheme, "tried_bytes"))
    return Fact(
        f"scheme {scheme} tries all {mapped:,} mapped bytes in each turn, and nothing else",
        not any(size % mapped for size in _column(comparison.run, scheme, "sz_tried")),
        _all(comparison, lambda s: not any(i.stats[scheme].sz_tried % mapped for i in s.instants)),
    )


def _not_before(comparison: SchemeComparison, scheme: int, aggregations: int) -> Fact:
    def simulated(one: Simulated) -> bool:
        soon = one.aggregations[aggregations - 1].end_us / 1e3
        return all(i.stats[scheme].sz_tried == 0 for i in one.instants if i.time_ms < soon)

    early = [row for row in comparison.run.rows if row.aggregations < aggregations]
    return Fact(
        f"scheme {scheme} tries nothing before regions can be {aggregations} aggregations old",
        bool(early) and not any(row.schemes[scheme]["sz_tried"] for row in early),
        _all(comparison, simulated),
    )


def _s01(comparison: SchemeComparison) -> list[Fact]:
    return [
        _stat_applies_nothing(comparison),
        _no_quota(comparison),
        _tries_all(comparison, 2),
        _not_before(comparison, 1, 10),
    ]


def _quota_bytes(scheme: Scheme) -> int:
    """A ms quota stands for 4 MiB a ms while no time was spent."""
    return scheme.quotas.sz_bytes or scheme.quotas.time_ms * (4 << 20)


def _s02(comparison: SchemeComparison) -> list[Fact]:
    found = [_stat_applies_nothing(comparison)]
    later = [simulate(comparison.run, seed, LATER_KERNEL) for seed in range(len(comparison.simulations))]
    for index, scheme in enumerate(schemes(comparison.run.schemes)):
        size, reset_us = _quota_bytes(scheme), scheme.quotas.reset_interval_ms * 1_000
        tried, row_ms = _column(comparison.run, index, "sz_tried"), [row.time_ms for row in comparison.run.rows]
        growth = [
            late - early <= size * -(-(after - before) * 1_000 // reset_us + -1)
            for (early, late), (before, after) in zip(pairwise(tried[1:]), pairwise(row_ms[1:]), strict=True)
        ]

        def bound(one: Simulated, first: int, index: int = index, size: int = size, reset_us: int = reset_us) -> bool:
            return all(used <= size for used in windows(one, index, reset_us)[first:])

        found.append(
            Fact(
                f"scheme {index} tries at most {size:,} bytes in every charge window but the first",
                all(growth),
                _all(comparison, lambda s, b=bound: b(s, 1)),  # type: ignore[misc]
            )
        )
        found.append(
            Fact(
                f"scheme {index} tries at most that in the first one too on {LATER_KERNEL}",
                None,
                all(bound(one, 0) for one in later),
            )
        )
        found.append(
            Fact(
                f"scheme {index}'s effective_bytes is 0 at first and {size:,} from the second window on",
                set(_column(comparison.run, index, "effective_bytes")) - {0} == {size}
                and _never_falls(_column(comparison.run, index, "effective_bytes")),
                _all(comparison, lambda s, i=index, z=size: _steps_to(s, i, z)),  # type: ignore[misc]
            )
        )
    tried = _column(comparison.run, 0, "sz_tried")
    found.append(
        Fact(
            "scheme 0 exceeds its quota many times over in the first window",
            tried[0] > 10 * (4 << 20),
            _all(comparison, lambda s: windows(s, 0, 1_000_000)[0] > 10 * (4 << 20)),
        )
    )
    found.append(
        Fact(
            "scheme 0 tries exactly its quota in each later window",
            not any((late - early) % (4 << 20) for early, late in pairwise(tried[1:])),
            _all(comparison, lambda s: set(windows(s, 0, 1_000_000)[1:]) == {4 << 20}),
        )
    )
    return found


def _never_falls(values: list[int]) -> bool:
    return all(late >= early for early, late in pairwise(values))


def _steps_to(one: Simulated, scheme: int, size: int) -> bool:
    values = [instant.states[scheme].esz_bytes for instant in one.instants]
    return values[0] == 0 and set(values) == {0, size} and _never_falls(values)


def _s04(comparison: SchemeComparison) -> list[Fact]:
    def share(tried: int, applied: int) -> bool:
        return 0.999 * tried <= applied <= tried

    last = comparison.last.schemes[0]
    resident = [row.rss_bytes for row in comparison.run.rows if row.rss_bytes]
    return [
        _no_quota(comparison),
        _not_before(comparison, 0, 20),
        Fact(
            "pageout applies to what it tries, resident or not, but for regions over holes (below a thousandth)",
            share(last["sz_tried"], last["sz_applied"]),
            _all(comparison, lambda s: share(s.instants[-1].stats[0].sz_tried, s.instants[-1].stats[0].sz_applied)),
        ),
        Fact(
            "memory leaves: below a quarter of what was resident at most",
            min(resident) < max(resident) / 4,
            _all(comparison, lambda s: min(i.rss_bytes for i in s.instants[500:]) < max(resident) / 4),
        ),
    ]


def _s05(comparison: SchemeComparison) -> list[Fact]:
    ends = comparison.run.aggregations_ms

    def kernel_active(low: float, high: float) -> bool:
        return any(low <= end <= high for end in ends)

    def stands_still(one: Simulated) -> bool:
        return all(
            early.stats == late.stats for early, late in pairwise(one.instants) if early.asleep and late.asleep
        ) and all(state.active != i.asleep for i in one.instants for state in i.states)

    rows = comparison.run.rows
    quiet = [
        early.schemes[0]["sz_tried"] == late.schemes[0]["sz_tried"]
        for early, late in pairwise(rows)
        if not kernel_active(early.time_ms - 400, late.time_ms)
    ]
    low, high = 17_052, 20_700
    return [
        _stat_applies_nothing(comparison),
        *(
            Fact(
                f"{at / 1e3:g} s: {'active' if active else 'inactive'} ({why})",
                kernel_active(at - 400, at + 400) == active,
                _all(comparison, lambda s, a=at, w=active: s.at(a).states[0].active == w),  # type: ignore[misc]
            )
            for at, active, why in _PROBES
        ),
        Fact(
            "active for a while as the second hog's memory passes from mid to low, and inactive again",
            kernel_active(low, high) and not kernel_active(high, 24_000),
            _all(
                comparison,
                lambda s: (
                    any(i.states[0].active for i in s.instants if low <= i.time_ms <= high)
                    and not any(i.states[0].active for i in s.instants if high + 500 <= i.time_ms <= 24_000)
                ),
            ),
        ),
        Fact(
            "while inactive there are no aggregations, and statistics stand still",
            all(quiet),
            _all(comparison, stands_still),
        ),
    ]


def _s06(comparison: SchemeComparison) -> list[Fact]:
    def often(fast: int, slow: int) -> bool:
        return 24.5 <= fast / slow <= 25.5

    first, last = comparison.run.rows[0].schemes, comparison.last.schemes
    let_through = set(_column(comparison.run, 2, "tried_bytes"))
    return [
        _stat_applies_nothing(comparison),
        _no_quota(comparison),
        _tries_all(comparison, 0),
        Fact(
            "scheme 1, applied every 20 ms, tries 25 times as much as scheme 0, applied every 500 ms",
            often(
                last[1]["sz_tried"] - first[1]["sz_tried"],
                last[0]["sz_tried"] - first[0]["sz_tried"],
            ),
            _all(comparison, lambda s: often(s.instants[-1].stats[1].sz_tried, s.instants[-1].stats[0].sz_tried)),
        ),
        Fact(
            f"scheme 2's filter lets through {max(let_through):,} bytes in each turn, all but code and heap",
            len(let_through) == 1,
            _all(comparison, lambda s: set(s.tried_bytes[2]) == let_through),
        ),
    ]


def _s07(comparison: SchemeComparison) -> list[Fact]:
    run = comparison.run

    def many(times: list[float], counts: list[int]) -> bool:
        start = bounds(run, 2)[0]
        after = [count for time, count in zip(times, counts, strict=True) if time >= start]
        return min(after[10:]) > 1.5 * max(c for t, c in zip(times, counts, strict=True) if 2_000 < t < start)

    def in_force(times: list[float], segment: int) -> bool:
        start = bounds(run, segment)[0]
        after = [time for time in times if time > start][1:6]
        mean_ms = (after[-1] - after[0]) / (len(after) - 1)
        return abs(mean_ms / (run.segments[segment].aggregation_us / 1e3) - 1) < 0.25

    def times(one: Simulated) -> list[float]:
        return [found.end_us / 1e3 for found in one.aggregations]

    return [
        *(
            Fact(
                f"the intervals committed at {run.segments[segment].from_ms / 1e3:.1f} s are in force from the second"
                " aggregation after it",
                in_force(list(map(float, run.aggregations_ms)), segment),
                _all(comparison, lambda s, n=segment: in_force(times(s), n)),  # type: ignore[misc]
            )
            for segment in (1, 3)
        ),
        Fact(
            "10 aggregations after min_nr_regions 50 was committed there are over 1.5 times as many as ever before",
            many(list(map(float, run.aggregations_ms)), list(run.nr_regions)),
            _all(comparison, lambda s: many(times(s), [found.nr_regions for found in s.aggregations])),
        ),
    ]


_OF_RUN = {"s01": _s01, "s02": _s02, "s04": _s04, "s05": _s05, "s06": _s06, "s07": _s07}
