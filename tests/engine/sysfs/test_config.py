"""Configurations put into files, and read from them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.fields import FIELDS, member_type
from engine.config.model import (
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
from engine.engine import Engine
from engine.errors import InputError
from engine.sysfs import Sysfs
from engine.units import Unit
from engine.versions import release
from tests.engine.make import EXAMPLES
from tests.engine.running import HOT
from tests.engine.sysfs.admin import STATE, Admin, C, S

QUOTAS = Quotas(26, 27, 28, Weights(29, 30, 31), (Goal("node_memcg_used_bp", 32, 33, 34, "/a\n"),), "temporal", 35, 36)
FULL = Kdamond(
    (
        Context(
            "fvaddr",
            Intervals(1, 2, 3, IntervalsGoal(4, 5, 6, 7)),
            NrRegions(8, 9),
            (Target(10, (AddrRange(11, 12), AddrRange(13, 14))), Target(15, (), True)),
            (
                Scheme(
                    "migrate_hot",
                    AccessPattern(Range(16, ULONG_MAX), Range(17, ULONG_MAX), Range(18, 19)),
                    20,
                    21,
                    (Dest(22, 23), Dest(24, 25)),
                    QUOTAS,
                    Watermarks("free_mem_rate", 37, 38, 39, 40),
                    (
                        Filter("addr", True, True, "", AddrRange(41, 42)),
                        Filter("target", False, True, target_idx=43),
                        Filter("memcg", True, False, "/b"),
                        Filter("hugepage_size", sz=Range(44, 45)),
                    ),
                    46,
                ),
                Scheme(),
            ),
            47,
            True,
        ),
    ),
    48,
)
"""Every field has a value of its own."""

FILES = {
    "kdamonds/0/refresh_ms": "48",
    f"{C}/operations": "fvaddr",
    f"{C}/addr_unit": "47",
    f"{C}/pause": "Y",
    f"{C}/monitoring_attrs/intervals/update_us": "3",
    f"{C}/monitoring_attrs/intervals/intervals_goal/max_sample_us": "7",
    f"{C}/monitoring_attrs/nr_regions/min": "8",
    f"{C}/targets/nr_targets": "2",
    f"{C}/targets/0/pid_target": "10",
    f"{C}/targets/0/regions/1/start": "13",
    f"{C}/targets/1/obsolete_target": "Y",
    f"{S}/action": "migrate_hot",
    f"{S}/access_pattern/sz/max": str(ULONG_MAX),
    f"{S}/access_pattern/nr_accesses/max": str(ULONG_MAX),
    f"{S}/access_pattern/age/max": "19",
    f"{S}/apply_interval_us": "20",
    f"{S}/target_nid": "21",
    f"{S}/dests/1/weight": "25",
    f"{S}/quotas/ms": "26",
    f"{S}/quotas/bytes": "27",
    f"{S}/quotas/reset_interval_ms": "28",
    f"{S}/quotas/weights/age_permil": "31",
    f"{S}/quotas/goal_tuner": "temporal",
    f"{S}/quotas/fail_charge_num": "35",
    f"{S}/quotas/fail_charge_denom": "36",
    f"{S}/quotas/goals/0/target_metric": "node_memcg_used_bp",
    f"{S}/quotas/goals/0/nid": "34",
    f"{S}/quotas/goals/0/path": "/a\n",
    f"{S}/watermarks/low": "40",
    f"{S}/core_filters/nr_filters": "2",
    f"{S}/core_filters/0/addr_end": "42",
    f"{S}/core_filters/1/damon_target_idx": "43",
    f"{S}/ops_filters/nr_filters": "2",
    f"{S}/ops_filters/0/memcg_path": "/b",
    f"{S}/ops_filters/1/max": "45",
    f"{S}/filters/nr_filters": "0",
    f"{S}/stats/max_nr_snapshots": "46",
    f"{C}/schemes/1/action": "stat",
}


def staged(kernel: str, *kdamonds: Kdamond) -> Admin:
    admin = Admin(kernel)
    admin.system.sysfs.stage(kdamonds)
    return admin


def test_each_field_has_its_file() -> None:
    admin = staged("next", FULL)
    for path, content in FILES.items():
        assert admin.read(path) == f"{content}\n", path
    assert admin.system.sysfs.kdamonds() == (FULL,)
    assert admin.system.sysfs.config(0) == FULL


def test_every_field_of_the_model_is_held_by_some_file() -> None:
    def differing(one: Any, other: Any, at: str) -> list[str]:
        found = []
        for member in fields(one):
            mine, default = getattr(one, member.name), getattr(other, member.name)
            if isinstance(mine, tuple):
                found += [] if mine else [f"{at}{member.name}"]
            elif is_dataclass(mine):
                found += differing(mine, default, f"{at}{member.name}.")
            elif mine == default:
                found.append(f"{at}{member.name}")
        return found

    context, scheme = FULL.contexts[0], FULL.contexts[0].schemes[0]
    assert differing(FULL, Kdamond(), "") + differing(context, Context(), "") + differing(scheme, Scheme(), "") == []


def test_what_a_file_says_is_in_the_configuration() -> None:
    admin = Admin("next")
    admin.one_kdamond("paddr", schemes=1)
    admin.set({f"{S}/quotas/ms": 5, f"{C}/targets/0/pid_target": 77, f"{S}/access_pattern/age/max": ULONG_MAX})
    context = admin.system.sysfs.config(0).contexts[0]
    assert context.schemes[0].quotas.time_ms == 5
    assert context.schemes[0].access_pattern.age.max == ULONG_MAX
    assert context.targets == (Target(),), "paddr has no pids"


def test_what_a_kernel_does_not_have_is_dropped() -> None:
    admin = staged("6.12", FULL)
    scheme = admin.system.sysfs.config(0).contexts[0].schemes[0]
    wanted = FULL.contexts[0].schemes[0]
    assert scheme == replace(
        wanted,
        dests=(),
        max_nr_snapshots=0,
        quotas=replace(
            wanted.quotas,
            goals=(Goal("node_memcg_used_bp", 32, 33),),
            goal_tuner="consist",
            fail_charge_num=0,
            fail_charge_denom=0,
        ),
        filters=tuple(replace(f, allow=False, sz=Range()) for f in wanted.filters),
    )
    assert admin.read(f"{S}/filters/nr_filters") == "4\n"


def values(owner: type) -> st.SearchStrategy[Any]:
    """Any configuration object whose values are of their types."""
    members: dict[str, st.SearchStrategy[Any]] = {}
    for member in fields(owner):
        spec = FIELDS[owner][member.name]
        inner = member_type(owner, member.name)
        if inner is not None and isinstance(member.default, tuple):
            members[member.name] = st.lists(values(inner), max_size=1 if inner is Context else 2).map(tuple)
        elif inner is not None:
            members[member.name] = values(inner)
        elif spec.choices is not None:
            members[member.name] = st.sampled_from(spec.choices)
        elif spec.unit is Unit.BOOL:
            members[member.name] = st.booleans()
        elif spec.unit is Unit.TEXT:
            members[member.name] = st.text(max_size=3)
        else:
            members[member.name] = st.sampled_from([spec.low, 1, 7, spec.high])
    return st.builds(owner, **members)


def without_pids(kdamond: Kdamond) -> Kdamond:
    return replace(
        kdamond,
        contexts=tuple(
            replace(context, targets=tuple(replace(target, pid=None) for target in context.targets))
            for context in kdamond.contexts
        ),
    )


@given(st.lists(st.lists(values(Kdamond), max_size=2), min_size=1, max_size=3))
@settings(EXAMPLES, max_examples=25)
def test_what_is_staged_is_read_back(stages: list[list[Kdamond]]) -> None:
    sysfs = Sysfs(Engine(kernel=release("next")))
    for kdamonds in stages:
        sysfs.stage(kdamonds)
        read = sysfs.kdamonds()
        assert [without_pids(one) for one in read] == [without_pids(one) for one in kdamonds]
        sysfs.stage(read)
        assert sysfs.kdamonds() == read


def test_only_what_differs_is_written() -> None:
    scheme = Scheme(access_pattern=AccessPattern(Range(0, ULONG_MAX), Range(0, ULONG_MAX), Range(0, ULONG_MAX)))
    context = Context("paddr", targets=(Target(None, (AddrRange(4 << 30, 5 << 30),)),), schemes=(scheme,))
    admin = staged("7.1", Kdamond((context,)))
    admin.write(f"{C}/targets/0/pid_target", "77")
    admin.write(STATE, "on")
    admin.advance(1_000_000)
    for word in ("update_schemes_stats", "update_schemes_tried_regions"):
        admin.write(STATE, word)
    shown = admin.read(f"{S}/stats/nr_tried"), admin.list(f"{S}/tried_regions")
    assert shown[0] != "0\n" and len(shown[1]) > 1
    opened = admin.system.files.open(f"kernel/mm/damon/admin/{S}/stats/nr_tried")
    changed = replace(context, schemes=(replace(scheme, apply_interval_us=5), Scheme("cold")))
    admin.system.sysfs.stage((Kdamond((changed,)), Kdamond()))
    assert (admin.read(f"{S}/stats/nr_tried"), admin.list(f"{S}/tried_regions")) == shown
    assert opened.read(100, 0) == shown[0].encode()
    assert admin.read(f"{C}/targets/0/pid_target") == "77\n"
    assert (admin.read(f"{S}/apply_interval_us"), admin.read(f"{C}/schemes/1/action")) == ("5\n", "cold\n")
    assert admin.read("kdamonds/nr_kdamonds") == "2\n"
    admin.system.sysfs.stage(())
    assert admin.list("kdamonds") == ["nr_kdamonds"]


def test_an_open_pid_is_the_next_process() -> None:
    admin = Admin("7.1")
    kdamond = Kdamond((Context("vaddr", targets=(Target(), Target())),))
    admin.system.sysfs.stage((kdamond,))
    pids = [f"{C}/targets/{number}/pid_target" for number in range(2)]
    assert [admin.read(path) for path in pids] == ["0\n", "0\n"], "there is no process"
    first = admin.process(HOT)
    admin.system.sysfs.stage((kdamond,))
    assert [admin.read(path) for path in pids] == ["0\n", "0\n"], "there are too few"
    second = admin.process(HOT)
    admin.system.sysfs.stage((kdamond,))
    assert [admin.read(path) for path in pids] == [f"{first}\n", f"{second}\n"]


ADDR, TARGET = Filter("addr", addr=AddrRange(0, 4096)), Filter("target", target_idx=1)
ANON, YOUNG = Filter("anon"), Filter("young", True)


@pytest.mark.parametrize(
    ("filters", "core", "ops", "legacy"),
    [
        ((), 0, 0, 0),
        ((ADDR, TARGET, ANON), 2, 1, 0),
        ((ANON, YOUNG), 0, 2, 0),
        ((ANON, ADDR), 0, 0, 2),
        ((ADDR, Filter("unheard of")), 0, 0, 2),
    ],
)
def test_filters_go_where_their_order_is_kept(filters: tuple[Filter, ...], core: int, ops: int, legacy: int) -> None:
    kdamond = Kdamond((Context(schemes=(Scheme(filters=filters),)),))
    admin = staged("7.1", kdamond)
    counts = [admin.read(f"{S}/{name}/nr_filters") for name in ("core_filters", "ops_filters", "filters")]
    assert counts == [f"{core}\n", f"{ops}\n", f"{legacy}\n"]
    assert admin.system.sysfs.kdamonds() == (kdamond,)


def test_filters_stay_in_the_directory_that_they_were_put_into() -> None:
    admin = Admin("7.1")
    admin.one_kdamond(schemes=1)
    admin.write(f"{S}/filters/nr_filters", "1")
    admin.write(f"{S}/core_filters/nr_filters", "1")
    config = admin.system.sysfs.config(0)
    scheme = config.contexts[0].schemes[0]
    assert [f.type for f in scheme.filters] == ["anon", "anon"], "a fresh core filter has a type that it could not get"
    changed = replace(scheme, filters=(scheme.filters[0], YOUNG))
    admin.system.sysfs.stage((replace(config, contexts=(replace(config.contexts[0], schemes=(changed,)),)),))
    assert admin.read(f"{S}/filters/0/type") == "young\n"
    assert admin.read(f"{S}/core_filters/0/type") == "anon\n"
    assert admin.system.sysfs.config(0).contexts[0].schemes[0] == changed


def test_a_kdamond_that_is_not_there_is_said() -> None:
    with pytest.raises(InputError, match="there is no kdamond 1: nr_kdamonds is 1"):
        staged("7.1", Kdamond()).system.sysfs.config(1)
