from dataclasses import replace

import pytest

from engine.config.model import (
    UINT_MAX,
    ULONG_MAX,
    AccessPattern,
    AddrRange,
    Context,
    Dest,
    Filter,
    Goal,
    Intervals,
    IntervalsGoal,
    Kdamond,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.config.validate import check, min_region_bytes, validate
from engine.errors import InputError
from engine.versions import Kernel, kernel_version, release

K612, K71 = kernel_version("6.12"), kernel_version("7.1")
VADDR = Context(targets=(Target(pid=1000),))
PADDR = Context(ops="paddr", targets=(Target(regions=(AddrRange(0, 1 << 30),)),))


def paths(context: Context, kernel: Kernel = K71) -> list[str]:
    return [problem.path for problem in validate(Kdamond((context,)), kernel)]


def regions(*ends: tuple[int, int]) -> Context:
    return replace(VADDR, targets=(Target(pid=1, regions=tuple(AddrRange(*pair) for pair in ends)),))


def scheme(**members: object) -> Context:
    return replace(VADDR, schemes=(Scheme(**members),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "context",
    [
        VADDR,
        PADDR,
        Context(),
        Context(ops="fvaddr", targets=(Target(), Target())),
        Context(ops="paddr", targets=(Target(pid=0),)),
        replace(VADDR, intervals=Intervals(sample_us=0, aggr_us=0, update_us=0)),
        replace(VADDR, intervals=Intervals(sample_us=100_000)),
        replace(VADDR, nr_regions=NrRegions(3, 3)),
        replace(VADDR, nr_regions=NrRegions(10, ULONG_MAX)),
        regions((4096, 8192), (8192, 16384)),
        regions((4097, 8193)),
        regions((4096, 4097)),
        scheme(access_pattern=AccessPattern(sz=Range(100, 50), age=Range(0, ULONG_MAX))),
        scheme(watermarks=Watermarks("free_mem_rate", high=10, mid=500, low=900)),
        scheme(filters=(Filter("addr", addr=AddrRange(8192, 8192)), Filter("target", target_idx=5))),
        scheme(quotas=Quotas(sz_bytes=ULONG_MAX, weights=Weights(age_permil=UINT_MAX), goals=(Goal(),))),
    ],
)
@pytest.mark.parametrize("kernel", [K612, K71], ids=lambda kernel: kernel.name)
def test_what_both_kernels_take_has_no_problem(context: Context, kernel: Kernel) -> None:
    assert validate(Kdamond((context,)), kernel) == []
    check(Kdamond((context,)), kernel)


@pytest.mark.parametrize(
    ("context", "path", "accepted"),
    [
        (replace(VADDR, ops="xaddr"), "ops", "vaddr, fvaddr, paddr"),
        (replace(VADDR, intervals=Intervals(sample_us=100_001)), "intervals.sample_us", "at most 100 ms"),
        (replace(VADDR, intervals=Intervals(aggr_us=0)), "intervals.sample_us", "at most 0 us"),
        (replace(VADDR, intervals=Intervals(update_us=ULONG_MAX + 1)), "intervals.update_us", "0 us to max"),
        (replace(VADDR, nr_regions=NrRegions(2, 1000)), "nr_regions.min", "at least 3"),
        (replace(VADDR, nr_regions=NrRegions(1000, 50)), "nr_regions.max", "at least 1,000"),
        (replace(VADDR, nr_regions=NrRegions(-1, 50)), "nr_regions.min", "0 to max"),
        (replace(PADDR, targets=(Target(), Target())), "targets", "one at most"),
        (replace(VADDR, targets=(Target(pid=0),)), "targets[0].pid", "from 1"),
        (replace(VADDR, targets=(Target(), Target(pid=-1))), "targets[1].pid", "from 1"),
        (replace(VADDR, targets=(Target(pid=2**31),)), "targets[0].pid", "2147483647"),
        (regions((8192, 4096)), "targets[0].regions[0].end", "above 0x2000"),
        (regions((0, 0)), "targets[0].regions[0].end", "above 0x0"),
        (regions((4096, 12288), (8192, 16384)), "targets[0].regions[1].start", "ascending"),
        (regions((8192, 12288), (0, 4096)), "targets[0].regions[1].start", "ascending"),
        (regions((0, ULONG_MAX)), "targets[0].regions[0].end", "at most 0xfffffffffffff000"),
        (regions((0, ULONG_MAX + 1)), "targets[0].regions[0].end", "0x0 to 0xffffffffffffffff"),
        (scheme(action="PAGEOUT"), "schemes[0].action", "willneed, cold, pageout"),
        (scheme(target_nid=2**31), "schemes[0].target_nid", "2147483647"),
        (scheme(watermarks=Watermarks(metric="x")), "schemes[0].watermarks.metric", "none, free_mem_rate"),
        (scheme(quotas=Quotas(goals=(Goal("x"),))), "schemes[0].quotas.goals[0].metric", "user_input"),
        (
            scheme(quotas=Quotas(weights=Weights(sz_permil=UINT_MAX + 1))),
            "schemes[0].quotas.weights.sz_permil",
            "0 to 4,294,967,295",
        ),
        (scheme(filters=(Filter("file"),)), "schemes[0].filters[0].type", "anon"),
        (scheme(filters=(Filter("memcg"),)), "schemes[0].filters[0].memcg_path", "/name"),
        (
            scheme(filters=(Filter("addr", addr=AddrRange(8192, 4096)),)),
            "schemes[0].filters[0].addr.end",
            "at least 0x2000",
        ),
    ],
)
@pytest.mark.parametrize("kernel", [K612, K71], ids=lambda kernel: kernel.name)
def test_what_both_kernels_refuse_names_the_field(context: Context, path: str, accepted: str, kernel: Kernel) -> None:
    found = validate(Kdamond((context,)), kernel)
    assert [problem for problem in found if problem.path == f"contexts[0].{path}" and accepted in problem.message]
    assert {problem.severity for problem in found} == {"error"}


@pytest.mark.parametrize(
    ("context", "path", "needs"),
    [
        (replace(VADDR, addr_unit=2), "addr_unit", "6.18"),
        (replace(VADDR, intervals=Intervals(goal=IntervalsGoal(400, 3, 5000, 10_000_000))), "intervals.goal", "6.15"),
        (replace(VADDR, targets=(Target(obsolete=True),)), "targets[0].obsolete", "6.19"),
        (scheme(dests=(Dest(0, 1),)), "schemes[0].dests", "6.17"),
        (scheme(max_nr_snapshots=1), "schemes[0].max_nr_snapshots", "7.0"),
        (scheme(quotas=Quotas(goal_tuner="temporal")), "schemes[0].quotas.goal_tuner", "7.1"),
        (scheme(quotas=Quotas(goals=(Goal("node_mem_used_bp"),))), "schemes[0].quotas.goals[0].metric", "6.16"),
        (scheme(quotas=Quotas(goals=(Goal("active_mem_bp"),))), "schemes[0].quotas.goals[0].metric", "7.0"),
        (scheme(filters=(Filter("hugepage_size"),)), "schemes[0].filters[0].type", "6.15"),
        (scheme(filters=(Filter("anon", allow=True),)), "schemes[0].filters[0].allow", "6.14"),
    ],
)
def test_what_612_lacks_is_named_with_its_first_release(context: Context, path: str, needs: str) -> None:
    (problem,) = validate(Kdamond((context,)), K612)
    assert problem.path == f"contexts[0].{path}"
    assert f"needs Linux {needs} or later, and this is 6.12" in problem.message
    assert paths(context, K71) == []


def test_what_no_release_has_yet_is_refused_by_71() -> None:
    context = scheme(action="collapse", quotas=Quotas(fail_charge_denom=1))
    messages = [str(problem) for problem in validate(Kdamond((replace(context, pause=True),)), K71)]
    assert len(messages) == 3 and all("needs a kernel after 7.1" in message for message in messages)
    assert paths(replace(context, pause=True), release("next")) == []


def test_the_goal_of_the_intervals_bounds_the_sampling_interval() -> None:
    def context(sample_us: int, low: int, high: int, aggrs: int = 3) -> Context:
        return replace(VADDR, intervals=Intervals(sample_us, goal=IntervalsGoal(400, aggrs, low, high)))

    assert paths(context(5000, 5000, 10_000_000)) == []
    assert paths(context(4999, 5000, 10_000_000)) == ["contexts[0].intervals.sample_us"]
    assert paths(context(5001, 0, 5000)) == ["contexts[0].intervals.sample_us"]
    assert paths(context(5000, 2, 1)) == ["contexts[0].intervals.goal.min_sample_us"]
    assert paths(context(5001, 0, 5000, aggrs=0)) == []


def test_sampling_above_aggregation_was_accepted_before_63() -> None:
    context = replace(VADDR, intervals=Intervals(sample_us=200_000))
    assert paths(context, release("6.2")) == []
    assert paths(context, release("6.3")) == ["contexts[0].intervals.sample_us"]


def test_regions_are_checked_as_whole_pages_from_61_on() -> None:
    one_page, lengthless = regions((0, 4100), (4200, 12288)), regions((4100, 4100))
    assert paths(one_page, kernel_version("6.0")) == []
    assert paths(lengthless, kernel_version("6.0")) == ["contexts[0].targets[0].regions[0].end"]
    for kernel in (kernel_version("6.1"), K612, K71):
        assert paths(one_page, kernel) == ["contexts[0].targets[0].regions[1].start"]
        assert paths(lengthless, kernel) == []
        assert paths(regions((8192, 8192)), kernel) == ["contexts[0].targets[0].regions[0].end"]


@pytest.mark.parametrize(
    ("ops", "unit", "smallest", "found"),
    [
        ("paddr", 1, 4096, []),
        ("paddr", 16, 256, []),
        ("paddr", 5000, 1, []),
        ("paddr", 3, 1365, ["contexts[0].addr_unit"]),
        ("vaddr", 3, 4096, []),
        ("vaddr", 0, 4096, ["contexts[0].addr_unit"]),
        ("paddr", 0, 4096, ["contexts[0].addr_unit"]),
    ],
)
def test_the_address_unit_makes_the_least_region(ops: str, unit: int, smallest: int, found: list[str]) -> None:
    context = Context(ops=ops, addr_unit=unit)
    assert min_region_bytes(context) == smallest
    assert paths(context) == found


def test_later_kernels_check_sizes_of_huge_pages_and_the_cgroup_of_goals() -> None:
    context = scheme(
        filters=(Filter("hugepage_size", sz=Range(2, 1)),), quotas=Quotas(goals=(Goal("node_memcg_used_bp"),))
    )
    assert paths(context) == [
        "contexts[0].schemes[0].quotas.goals[0].memcg_path",
        "contexts[0].schemes[0].filters[0].sz.max",
    ]
    eligible = scheme(quotas=Quotas(goals=(Goal("node_eligible_mem_bp"),)))
    assert paths(eligible, release("next")) == ["contexts[0].schemes[0].quotas.goals[0].metric"]
    assert paths(replace(eligible, ops="paddr"), release("next")) == []


def test_a_kdamond_runs_exactly_one_context() -> None:
    assert [problem.path for problem in validate(Kdamond(), K71)] == ["contexts"]
    assert [problem.path for problem in validate(Kdamond((VADDR, VADDR)), K71)] == ["contexts"]


def test_check_raises_the_first_error_as_one_sentence() -> None:
    wrong = replace(VADDR, nr_regions=NrRegions(2, 1), targets=(Target(pid=0),))
    with pytest.raises(InputError) as raised:
        check(Kdamond((wrong,)), K71)
    assert str(raised.value) == "contexts[0].nr_regions.min: 2 is too few: give at least 3"
