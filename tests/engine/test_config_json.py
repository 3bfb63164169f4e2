import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.config.damo_json import kdamonds_from_json, kdamonds_to_json
from engine.config.fields import member_type, spec_for
from engine.config.model import (
    ULONG_MAX,
    AccessPattern,
    AddrRange,
    Context,
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
from engine.errors import InputError
from engine.units import Unit

repeatable = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# The example of damo's documentation of the format, with what damo 3.4.3 prints.
DAMO_EXAMPLE = """
{"kdamonds": [{"state": "off", "pid": null, "refresh_ms": 0, "contexts": [{"ops": "paddr", "addr_unit": "1 B",
  "targets": [{"pid": null, "obsolete": false, "regions": [{"start": "4,294,967,296", "end": "8,589,934,592"}]}],
  "intervals": {"sample_us": "5 ms", "aggr_us": "100 ms", "ops_update_us": "1 s",
     "intervals_goal": {"access_bp": "4 %", "aggrs": "3", "min_sample_us": "5 ms", "max_sample_us": "10 s"}},
  "nr_regions": {"min": "10", "max": "1,000"}, "probes": [],
  "sample_control": {"primitives_enabled": {"page_table": true, "page_fault": false}, "sample_filters": []},
  "pause": false,
  "schemes": [{"action": "migrate_cold", "dests": [], "target_nid": 1,
     "access_pattern": {"sz_bytes": {"min": "4.000 KiB", "max": "max"}, "nr_accesses": {"min": "0 %", "max": "29 %"},
        "age": {"min": "30 s", "max": "max"}},
     "apply_interval_us": "1 s",
     "quotas": {"time_ms": "10 ms", "sz_bytes": "128.000 MiB", "reset_interval_ms": "1 s",
        "fail_charge_num": "0", "fail_charge_denom": "0",
        "goals": [{"metric": "node_mem_free_bp", "complement": false, "nid": "0", "memcg_path": null,
           "target_value": "50", "current_value": "0"}],
        "goal_tuner": "consist", "effective_sz_bytes": "0 B",
        "weights": {"sz_permil": "0 %", "nr_accesses_permil": "0.3 %", "age_permil": "0.7 %"}},
     "watermarks": {"metric": "free_mem_rate", "interval_us": "5 s", "high_permil": "50 %", "mid_permil": "40 %",
        "low_permil": "20 %"},
     "filters": [{"filter_type": "anon", "matching": false, "allow": false, "memcg_path": null,
        "address_range": null, "damon_target_idx": null, "hugepage_size": null, "probe_hits_wsum_range": null}],
     "stats": {"nr_tried": "3"}}]}]}]}
"""


def values(owner: type) -> st.SearchStrategy[Any]:
    """Any configuration of type `owner` that the files of a kernel could hold."""
    members: dict[str, st.SearchStrategy[Any]] = {}
    for member in fields(owner):
        spec, inner = spec_for(owner, member.name), member_type(owner, member.name)
        if inner is not None:
            many = get_origin(get_type_hints(owner)[member.name]) is tuple
            members[member.name] = st.lists(values(inner), max_size=2).map(tuple) if many else values(inner)
        elif spec.choices is not None:
            members[member.name] = st.sampled_from(spec.choices)
        elif spec.unit is Unit.BOOL:
            members[member.name] = st.booleans()
        elif spec.unit is Unit.TEXT:
            members[member.name] = st.text(max_size=5)
        else:
            low = -1 if spec.unit is Unit.NODE and spec.low < 0 else max(spec.low, 0)
            numbers = st.one_of(st.integers(low, spec.high), st.sampled_from([low, 1, spec.high]))
            members[member.name] = st.none() | numbers if spec.unit is Unit.PID else numbers
    return st.builds(owner, **members)


def scheme(text: str, **intervals: object) -> Scheme:
    """The scheme that the JSON text of one is read as, with the given intervals of its context."""
    members = {"ops": "vaddr", "targets": [], "intervals": intervals, "schemes": [json.loads(text)]}
    return kdamonds_from_json(json.dumps([{"contexts": [members]}]))[0].contexts[0].schemes[0]


@repeatable
@given(st.lists(values(Kdamond), max_size=2).map(tuple))
def test_what_is_written_is_read_back(kdamonds: tuple[Kdamond, ...]) -> None:
    assert kdamonds_from_json(kdamonds_to_json(kdamonds)) == kdamonds


def test_damos_own_output_is_read() -> None:
    notes: list[str] = []
    (kdamond,) = kdamonds_from_json(DAMO_EXAMPLE, notes=notes)
    assert kdamond == Kdamond(
        contexts=(
            Context(
                ops="paddr",
                intervals=Intervals(5000, 100_000, 1_000_000, IntervalsGoal(400, 3, 5000, 10_000_000)),
                nr_regions=NrRegions(10, 1000),
                targets=(Target(regions=(AddrRange(4 << 30, 8 << 30),)),),
                schemes=(
                    Scheme(
                        action="migrate_cold",
                        access_pattern=AccessPattern(Range(4096, ULONG_MAX), Range(0, 5), Range(300, ULONG_MAX)),
                        apply_interval_us=1_000_000,
                        target_nid=1,
                        quotas=Quotas(
                            10, 128 << 20, 1000, Weights(0, 3, 7), (Goal("node_mem_free_bp", target_value=50),)
                        ),
                        watermarks=Watermarks("free_mem_rate", 5_000_000, 500, 400, 200),
                        filters=(Filter("anon"),),
                    ),
                ),
            ),
        )
    )
    assert notes == []


def test_a_bare_list_is_read_as_well() -> None:
    document = json.loads(DAMO_EXAMPLE)
    assert kdamonds_from_json(json.dumps(document["kdamonds"])) == kdamonds_from_json(DAMO_EXAMPLE)


def test_what_is_missing_is_what_damo_takes_for_it() -> None:
    (kdamond,) = kdamonds_from_json('[{"contexts": [{"ops": "vaddr", "targets": [{}], "schemes": [{}]}]}]')
    everything = Range(0, ULONG_MAX)
    assert kdamond == Kdamond(
        contexts=(
            Context(
                intervals=Intervals(update_us=1_000_000),
                targets=(Target(),),
                schemes=(Scheme(access_pattern=AccessPattern(everything, everything, everything)),),
            ),
        )
    )


def test_former_names_are_read() -> None:
    read = scheme(
        """{"filters": [{"filter_type": "anon", "matching": "Y", "filter_pass": "yes"}],
            "quotas": {"goals": [{"target_value_bp": "10,000", "current_value_bp": 5}]}}"""
    )
    assert read.filters == (Filter("anon", matching=True, allow=True),)
    assert read.quotas.goals == (Goal(target_value=10_000, current_value=5),)


@pytest.mark.parametrize(
    ("nr_accesses", "expected"),
    [
        (("0 %", "100 %"), Range(0, 40)),
        (("29 %", "50%"), Range(11, 20)),
        ((25, "75"), Range(10, 30)),
        (("5 samples", "max samples"), Range(5, ULONG_MAX)),
        (("min", "max"), Range(0, ULONG_MAX)),
        (("0 %", "18,446,744,073,709,551,615 %"), Range(0, ULONG_MAX)),
    ],
)
def test_access_counts_are_a_share_of_the_samples_or_samples(nr_accesses: tuple[Any, Any], expected: Range) -> None:
    pattern = {"nr_accesses": dict(zip(("min", "max"), nr_accesses, strict=True))}
    read = scheme(json.dumps({"access_pattern": pattern}), sample_us="5 ms", aggr_us="200 ms")
    assert read.access_pattern.nr_accesses == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (("0 us", "max"), Range(0, ULONG_MAX)),
        (("30 s", "1 m 30 s"), Range(150, 450)),
        (("399 ms", "400 ms"), Range(1, 2)),
        ((1_000_000, "2000000"), Range(5, 10)),
        (("5,913 aggr_intervals", "max aggr_intervals"), Range(5913, ULONG_MAX)),
    ],
)
def test_ages_are_a_time_or_aggregations(age: tuple[Any, Any], expected: Range) -> None:
    pattern = {"age": dict(zip(("min", "max"), age, strict=True))}
    read = scheme(json.dumps({"access_pattern": pattern}), sample_us="5 ms", aggr_us="200 ms")
    assert read.access_pattern.age == expected


def test_unknown_keys_are_noted() -> None:
    document = json.loads(DAMO_EXAMPLE)
    context = document["kdamonds"][0]["contexts"][0]
    context["probes"] = [{"filters": []}]
    context["sample_control"]["primitives_enabled"]["page_fault"] = True
    context["schemes"][0]["quotas"]["goals"][0]["complement"] = True
    context["colour"] = "red"
    document["comment"] = "mine"
    notes: list[str] = []
    assert kdamonds_from_json(json.dumps(document), "my.json", notes) == kdamonds_from_json(DAMO_EXAMPLE)
    at = "my.json: kdamonds[0].contexts[0]"
    assert sorted(note.split(" is passed over")[0] for note in notes) == [
        "my.json: comment",
        f"{at}.colour",
        f"{at}.probes",
        f"{at}.sample_control",
        f"{at}.schemes[0].quotas.goals[0].complement",
    ]


def context_text(**members: object) -> str:
    return json.dumps([{"contexts": [{"ops": "vaddr", "targets": [], **members}]}])


@pytest.mark.parametrize(
    ("text", "place", "accepted"),
    [
        ("", "line 1 column 1", "damo args damon"),
        ('{"kdamonds": [}', "line 1 column 15", "damo args damon"),
        ("{}", "f.json", '"kdamonds"'),
        ("[" * 100_000, "nested", "damo args damon"),
        ("[" + "1" * 5000 + "]", "digits", "damo args damon"),
        ('{"kdamonds": {}}', "kdamonds: an object", "a list"),
        ("[{}]", "kdamonds[0]", "contexts is missing"),
        ('[{"contexts": [{"targets": []}]}]', "kdamonds[0].contexts[0]", "ops is missing"),
        ('[{"contexts": [{"ops": "vaddr"}]}]', "kdamonds[0].contexts[0]", "targets is missing"),
        ('[{"contexts": [], "refresh_ms": true}]', "kdamonds[0].refresh_ms: True", "a number or a text"),
        ('[{"contexts": [], "refresh_ms": NaN}]', "kdamonds[0].refresh_ms: 'nan'", "a time"),
        (context_text(ops="xaddr"), "contexts[0].ops: 'xaddr'", "vaddr, fvaddr, paddr"),
        (context_text(intervals={"sample_us": "5 sc"}), "contexts[0].intervals.sample_us: '5 sc'", "5 ms"),
        (context_text(intervals={"sample_us": 0.5}), "intervals.sample_us: '0.5'", "whole number of microseconds"),
        (context_text(nr_regions={"min": -1}), "contexts[0].nr_regions.min: '-1'", "a whole number"),
        (context_text(targets=[{"pid": "me"}]), "contexts[0].targets[0].pid: 'me'", "1000"),
        (context_text(targets=[{"regions": [{"start": 0}]}]), "targets[0].regions[0]", "end is missing"),
        (context_text(schemes=[{"action": "burn"}]), "schemes[0].action: 'burn'", "willneed, cold"),
        (context_text(schemes=[{"filters": [{"filter_type": "x"}]}]), "filters[0].filter_type: 'x'", "anon"),
        (
            context_text(schemes=[{"filters": [{"filter_type": "anon", "hugepage_size": [1]}]}]),
            "filters[0].hugepage_size: a list",
            "two sizes",
        ),
        (
            context_text(schemes=[{"access_pattern": {"nr_accesses": {"min": "5 Hz"}}}]),
            "nr_accesses.min: '5 Hz'",
            "50%",
        ),
        (context_text(schemes=[{"access_pattern": {"age": {"max": "old"}}}]), "age.max: 'old'", "a time such as 30 s"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, place: str, accepted: str) -> None:
    with pytest.raises(InputError) as raised:
        kdamonds_from_json(text, "f.json")
    message = str(raised.value)
    assert message.startswith("f.json: ") or message.startswith("f.json can")
    assert place in message and accepted in message
    assert "\n" not in message and len(message) < 300


@repeatable
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["kdamonds", "contexts", "ops", "targets", "schemes", "x"]), inner, max_size=3
            )
        ),
    )
)
def test_any_document_is_read_or_refused(document: object) -> None:
    try:
        kdamonds_from_json(json.dumps(document))
    except InputError as error:
        assert "\n" not in str(error)


# Reads kdamonds as damo does, and prints the values that damo would write to the kernel's files.
DAMO_READS = """
import json, sys
sys.path.insert(0, sys.argv[1])
import _damon

def scheme(s, intervals):
    s.access_pattern.convert_for_units(_damon.unit_samples, _damon.unit_aggr_intervals, intervals)
    p, q, w = s.access_pattern, s.quotas, s.watermarks
    return [s.action, s.target_nid, s.apply_interval_us, [[d.id, d.weight] for d in s.dests], p.sz_bytes,
        [n.samples for n in p.nr_acc_min_max], [a.aggr_intervals for a in p.age_min_max],
        [q.time_ms, q.sz_bytes, q.reset_interval_ms, q.weight_sz_permil, q.weight_nr_accesses_permil,
         q.weight_age_permil, q.fail_charge_num, q.fail_charge_denom, q.goal_tuner],
        [[g.metric, g.target_value, g.current_value, g.nid, g.memcg_path] for g in q.goals],
        [w.metric, w.interval_us, w.high_permil, w.mid_permil, w.low_permil],
        [[f.filter_type, f.matching, f.allow, f.memcg_path, f.damon_target_idx, f.hugepage_size,
          f.address_range and [f.address_range.start, f.address_range.end]] for f in s.filters]]

def context(c):
    i, g = c.intervals, c.intervals.intervals_goal
    return [c.ops, c.addr_unit, c.pause, [i.sample, i.aggr, i.ops_update],
        [g.access_bp, g.aggrs, g.min_sample_us, g.max_sample_us], [c.nr_regions.minimum, c.nr_regions.maximum],
        [[t.pid, t.obsolete, [[r.start, r.end] for r in t.regions]] for t in c.targets],
        [scheme(s, i) for s in c.schemes]]

kdamonds = [_damon.Kdamond.from_kvpairs(k) for k in json.load(sys.stdin)["kdamonds"]]
json.dump([[k.refresh_ms, [context(c) for c in k.contexts]] for k in kdamonds], sys.stdout)
"""


def as_damo_keeps(scheme: Scheme) -> list[Any]:
    pattern, quotas, marks = scheme.access_pattern, scheme.quotas, scheme.watermarks
    migrates = scheme.action.startswith("migrate_")
    return [
        scheme.action,
        scheme.target_nid if migrates or scheme.target_nid != -1 else None,
        scheme.apply_interval_us,
        [[dest.id, dest.weight] for dest in scheme.dests],
        *([spread.min, spread.max] for spread in (pattern.sz, pattern.nr_accesses, pattern.age)),
        [
            *(quotas.time_ms, quotas.sz_bytes, quotas.reset_interval_ms, quotas.weights.sz_permil),
            *(quotas.weights.nr_accesses_permil, quotas.weights.age_permil),
            *(quotas.fail_charge_num, quotas.fail_charge_denom, quotas.goal_tuner),
        ],
        [
            [
                *(goal.metric, goal.target_value, goal.current_value),
                goal.nid if goal.nid or goal.metric.startswith("node_") else None,
                goal.memcg_path or None,
            ]
            for goal in quotas.goals
        ],
        [marks.metric, marks.interval_us, marks.high, marks.mid, marks.low],
        [
            [
                *(item.type, item.matching, item.allow),
                item.memcg_path if item.type == "memcg" else "",
                item.target_idx if item.type == "target" else None,
                [item.sz.min, item.sz.max] if item.type == "hugepage_size" or item.sz != Range() else None,
                [item.addr.start, item.addr.end] if item.type == "addr" else None,
            ]
            for item in scheme.filters
        ],
    ]


def as_damo_keeps_context(context: Context) -> list[Any]:
    intervals, goal = context.intervals, context.intervals.goal
    return [
        context.ops,
        context.addr_unit,
        context.pause,
        [intervals.sample_us, intervals.aggr_us, intervals.update_us],
        [goal.access_bp, goal.aggrs, goal.min_sample_us, goal.max_sample_us],
        [context.nr_regions.min, context.nr_regions.max],
        [
            [target.pid, target.obsolete, [[region.start, region.end] for region in target.regions]]
            for target in context.targets
        ],
        [as_damo_keeps(scheme) for scheme in context.schemes],
    ]


def damo_can_hold(kdamond: Kdamond) -> bool:
    """Without what damo 3.4.3 knows no word for, and with intervals that it can divide by."""
    return all(
        context.intervals.sample_us
        and context.intervals.aggr_us
        and not any(goal.metric == "hugepage_mem_bp" for scheme in context.schemes for goal in scheme.quotas.goals)
        for context in kdamond.contexts
    )


def test_damo_reads_what_is_written_as_the_same_values(tmp_path: Path) -> None:
    found = importlib.util.find_spec("damo")
    if found is None or not found.submodule_search_locations:
        pytest.skip("damo is not installed")
    kdamonds: list[Kdamond] = [
        Kdamond((Context(targets=(Target(pid=1000),), schemes=(Scheme(), Scheme("pageout", target_nid=2))),)),
        replace(kdamonds_from_json(DAMO_EXAMPLE)[0], refresh_ms=5),
    ]

    @settings(repeatable, max_examples=60, database=None)
    @given(values(Kdamond).filter(damo_can_hold))
    def collect(kdamond: Kdamond) -> None:
        kdamonds.append(kdamond)

    collect()
    answer = subprocess.run(
        [sys.executable, "-B", "-c", DAMO_READS, found.submodule_search_locations[0]],
        input=kdamonds_to_json(kdamonds),
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path)},
    )
    expected = [
        [kdamond.refresh_ms, [as_damo_keeps_context(context) for context in kdamond.contexts]] for kdamond in kdamonds
    ]
    assert json.loads(answer.stdout) == expected
    assert sum(len(kdamond.contexts) for kdamond in kdamonds) > 30
