"""damo's JSON form of kdamonds (`damo args damon --format json`): written here, read by `damo_read`.

What damo itself writes loses digits of sizes and shares. This writes texts that damo's reader and ours both
take exactly: sizes in the greatest unit that divides them, shares as bare numbers in the field's unit,
access counts in samples and ages in aggregation intervals. `max_nr_snapshots` is written although damo
has no such key and passes over it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from engine.config.damo_read import kdamonds_from_json
from engine.config.model import (
    AddrRange,
    Context,
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
from engine.units import format_bytes_exact, format_count, format_ms_exact, format_us_exact

__all__ = ["kdamonds_from_json", "kdamonds_to_json"]

_Members = dict[str, Any]


def kdamonds_to_json(kdamonds: Iterable[Kdamond]) -> str:
    """`kdamonds` as damo's `{"kdamonds": […]}`; `kdamonds_from_json` gives equal values back."""
    return json.dumps({"kdamonds": [_kdamond(kdamond) for kdamond in kdamonds]}, indent=4) + "\n"


def _kdamond(kdamond: Kdamond) -> _Members:
    return {"refresh_ms": kdamond.refresh_ms, "contexts": [_context(context) for context in kdamond.contexts]}


def _context(context: Context) -> _Members:
    return {
        "ops": context.ops,
        "addr_unit": format_bytes_exact(context.addr_unit),
        "targets": [_target(target) for target in context.targets],
        "intervals": _intervals(context.intervals),
        "nr_regions": {"min": format_count(context.nr_regions.min), "max": format_count(context.nr_regions.max)},
        "pause": context.pause,
        "schemes": [_scheme(scheme) for scheme in context.schemes],
    }


def _target(target: Target) -> _Members:
    return {
        "pid": target.pid,
        "obsolete": target.obsolete,
        "regions": [_addresses(region) for region in target.regions],
    }


def _addresses(addresses: AddrRange) -> _Members:
    return {"start": format_count(addresses.start), "end": format_count(addresses.end)}


def _intervals(intervals: Intervals) -> _Members:
    return {
        "sample_us": format_us_exact(intervals.sample_us),
        "aggr_us": format_us_exact(intervals.aggr_us),
        "ops_update_us": format_us_exact(intervals.update_us),
        "intervals_goal": {
            "access_bp": format_count(intervals.goal.access_bp),
            "aggrs": format_count(intervals.goal.aggrs),
            "min_sample_us": format_us_exact(intervals.goal.min_sample_us),
            "max_sample_us": format_us_exact(intervals.goal.max_sample_us),
        },
    }


def _scheme(scheme: Scheme) -> _Members:
    members: _Members = {
        "action": scheme.action,
        "dests": [{"id": dest.id, "weight": dest.weight} for dest in scheme.dests],
    }
    # damo writes the file target_nid whenever the key is there, and kernels before 6.11 have no such file.
    if scheme.target_nid != Scheme().target_nid or scheme.action.startswith("migrate_"):
        members["target_nid"] = scheme.target_nid
    members |= {
        "access_pattern": {
            "sz_bytes": _sizes(scheme.access_pattern.sz),
            "nr_accesses": _counts(scheme.access_pattern.nr_accesses, "samples"),
            "age": _counts(scheme.access_pattern.age, "aggr_intervals"),
        },
        "apply_interval_us": format_us_exact(scheme.apply_interval_us),
        "quotas": _quotas(scheme.quotas),
        "watermarks": _watermarks(scheme.watermarks),
        "filters": [_filter(item) for item in scheme.filters],
    }
    if scheme.max_nr_snapshots:
        members["max_nr_snapshots"] = format_count(scheme.max_nr_snapshots)
    return members


def _sizes(sizes: Range) -> _Members:
    return {"min": format_bytes_exact(sizes.min), "max": format_bytes_exact(sizes.max)}


def _counts(counts: Range, unit: str) -> _Members:
    return {"min": f"{format_count(counts.min)} {unit}", "max": f"{format_count(counts.max)} {unit}"}


def _quotas(quotas: Quotas) -> _Members:
    return {
        "time_ms": format_ms_exact(quotas.time_ms),
        "sz_bytes": format_bytes_exact(quotas.sz_bytes),
        "reset_interval_ms": format_ms_exact(quotas.reset_interval_ms),
        "fail_charge_num": format_count(quotas.fail_charge_num),
        "fail_charge_denom": format_count(quotas.fail_charge_denom),
        "goals": [_goal(goal) for goal in quotas.goals],
        "goal_tuner": quotas.goal_tuner,
        "weights": {
            "sz_permil": format_count(quotas.weights.sz_permil),
            "nr_accesses_permil": format_count(quotas.weights.nr_accesses_permil),
            "age_permil": format_count(quotas.weights.age_permil),
        },
    }


def _goal(goal: Goal) -> _Members:
    return {
        "metric": goal.metric,
        "nid": str(goal.nid) if goal.nid or goal.metric.startswith("node_") else None,
        "memcg_path": goal.memcg_path or None,
        "target_value": format_count(goal.target_value),
        "current_value": format_count(goal.current_value),
    }


def _watermarks(watermarks: Watermarks) -> _Members:
    return {
        "metric": watermarks.metric,
        "interval_us": format_us_exact(watermarks.interval_us),
        "high_permil": format_count(watermarks.high),
        "mid_permil": format_count(watermarks.mid),
        "low_permil": format_count(watermarks.low),
    }


def _filter(item: Filter) -> _Members:
    """A filter; what its type has no use for is null, as in damo, unless it was set."""
    return {
        "filter_type": item.type,
        "matching": item.matching,
        "allow": item.allow,
        "memcg_path": item.memcg_path if item.memcg_path or item.type == "memcg" else None,
        "address_range": _addresses(item.addr) if item.addr != AddrRange() or item.type == "addr" else None,
        "damon_target_idx": format_count(item.target_idx) if item.target_idx or item.type == "target" else None,
        "hugepage_size": (
            [format_bytes_exact(item.sz.min), format_bytes_exact(item.sz.max)]
            if item.sz != Range() or item.type == "hugepage_size"
            else None
        ),
    }
