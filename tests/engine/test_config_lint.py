"""Configurations that a kernel takes and nobody means; and those that are meant."""

from dataclasses import replace

import pytest

from damotui.defaults import default_kdamonds
from damotui.presets import all_presets
from engine.config.lint import LONG_AGE_US, warnings
from engine.config.model import (
    UINT_MAX,
    ULONG_MAX,
    AccessPattern,
    Context,
    Dest,
    Filter,
    Goal,
    Intervals,
    Kdamond,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
)
from engine.config.validate import validate
from engine.versions import KERNELS, kernel_version

K612, K71 = kernel_version("6.12"), kernel_version("7.1")
ANY = AccessPattern(Range(0, ULONG_MAX), Range(0, UINT_MAX), Range(0, UINT_MAX))
STAT = Scheme("stat", ANY)
DEFAULT = Intervals()


def found(scheme, ops="vaddr", kernel=K71, intervals=DEFAULT):
    target = Target(pid=1) if ops != "paddr" else Target()
    kdamond = Kdamond((Context(ops, intervals, targets=(target,), schemes=(STAT, scheme)),))
    assert validate(kdamond, kernel) == []
    problems = warnings(kdamond, kernel)
    assert all(problem.severity == "warning" for problem in problems)
    assert all(problem.path.startswith("contexts[0].schemes[1].") for problem in problems)
    return {problem.path.removeprefix("contexts[0].schemes[1]."): problem.message for problem in problems}


def pattern(**ranges):
    return replace(STAT, access_pattern=replace(ANY, **ranges))


def quotas(**values):
    return replace(STAT, quotas=Quotas(**values))


@pytest.mark.parametrize("kernel", KERNELS)
def test_nothing_is_odd_about_presets_and_defaults(kernel):
    kernel = kernel_version(kernel)
    assert [p for k in default_kdamonds() for p in warnings(k, kernel)] == []
    for preset in all_presets():
        if kernel.has(preset.needs):
            for kdamond in preset.for_machine(16 << 30, (8 << 30, 8 << 30)):
                assert warnings(kdamond, kernel) == [], preset.name


@pytest.mark.parametrize(
    ("ranges", "field", "message"),
    [
        ({"sz": Range(8192, 4096)}, "sz.max", "4 KiB is below min, which is 8 KiB: no region ever matches"),
        ({"nr_accesses": Range(5, 4)}, "nr_accesses.max", "4 is below min, which is 5: no region ever matches"),
        ({"age": Range(20, 10)}, "age.max", "10 is below min, which is 20: no region ever matches"),
        ({"sz": Range(0, 4095)}, "sz.max", "4095 B is below the least region, 4 KiB"),
        (
            {"nr_accesses": Range(21, UINT_MAX)},
            "nr_accesses.min",
            "21 is never reached: an aggregation has 20 checks, aggr_us by sample_us",
        ),
    ],
)
def test_patterns_that_match_nothing(ranges, field, message):
    assert found(pattern(**ranges)) == {f"access_pattern.{field}": message}


def test_ranges_of_one_value_are_meant():
    assert found(pattern(sz=Range(4096, 4096), nr_accesses=Range(20, 20), age=Range(3, 3))) == {}


@pytest.mark.parametrize(
    ("age", "message"),
    [
        (
            30_000_000,
            "30,000,000 aggregations are 34 d 17 h: age is counted in aggregations,"
            " and 30,000,000 us would be 300 of them",
        ),
        (
            120_000,
            "120,000 aggregations are 3 h 20 m: age is counted in aggregations, and 120,000 ms would be 1,200 of them",
        ),
        (72_001, "72,001 aggregations are 2 h: age is counted in aggregations of 100 ms"),
    ],
)
def test_ages_in_the_wrong_unit(age, message):
    (said,) = found(pattern(age=Range(age, UINT_MAX))).values()
    assert said == message


def test_ages_that_are_meant():
    intervals = Intervals()
    assert found(pattern(age=Range(LONG_AGE_US // intervals.aggr_us, UINT_MAX))) == {}
    assert found(pattern(age=Range(10, UINT_MAX)), intervals=Intervals(0, 0)) == {}


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({"sz_bytes": 1 << 20}, True),
        ({"time_ms": 10}, True),
        ({"goals": (Goal("user_input", 10),)}, True),
        ({"sz_bytes": 1 << 20, "reset_interval_ms": 1}, False),
        ({}, False),
    ],
)
def test_quotas_without_reset_interval(given, there):
    assert (list(found(quotas(**given))) == ["quotas.reset_interval_ms"]) == there


def test_goals_that_this_kernel_lacks_need_no_reset_interval():
    scheme = quotas(sz_bytes=100, reset_interval_ms=1000, goals=(Goal("user_input", 0),))
    assert set(found(scheme)) == {"quotas.sz_bytes", "quotas.goals[0].target_value"}


@pytest.mark.parametrize(
    ("high", "mid", "low", "field"),
    [
        (500, 400, 200, None),
        (500, 500, 500, None),
        (300, 400, 200, "mid"),
        (500, 400, 450, "low"),
        (2000, 1500, 1200, "low"),
    ],
)
def test_watermarks_out_of_order(high, mid, low, field):
    marks = Watermarks("free_mem_rate", 5_000_000, high, mid, low)
    assert list(found(replace(STAT, watermarks=marks))) == ([f"watermarks.{field}"] if field else [])
    assert found(replace(STAT, watermarks=replace(marks, metric="none"))) == {}


@pytest.mark.parametrize(
    ("action", "ops", "kernel", "fits"),
    [
        ("lru_prio", "vaddr", K71, False),
        ("lru_prio", "paddr", K71, True),
        ("hugepage", "paddr", K71, False),
        ("hugepage", "fvaddr", K71, True),
        ("pageout", "paddr", K71, True),
        ("migrate_hot", "vaddr", K612, False),
        ("migrate_hot", "vaddr", K71, True),
        ("stat", "fvaddr", K612, True),
    ],
)
def test_actions_that_the_operations_do_not_have(action, ops, kernel, fits):
    messages = found(replace(STAT, action=action, target_nid=0), ops, kernel)
    assert list(messages) == ([] if fits else ["action"])
    if not fits:
        assert messages["action"].startswith(f"{action} does nothing with {ops}: it can do ")
        assert action not in messages["action"].partition("can do")[2].replace(",", "").split()


def test_migration_to_nowhere():
    scheme = replace(STAT, action="migrate_cold")
    assert list(found(scheme, "paddr")) == ["target_nid"]
    assert found(replace(scheme, dests=(Dest(1, 3),)), "paddr") == {}


def test_filters_that_are_passed_over():
    scheme = replace(STAT, action="pageout", filters=(Filter("target"), Filter("anon")))
    assert list(found(scheme)) == ["filters[1].type"]
    assert found(scheme, "paddr") == {}
    assert found(replace(scheme, action="stat")) == {}
