"""The tree below `admin`, as of the newest kernel (specification section 11.3).

Meanings, types, defaults and first releases come from the fields of the configuration that files stand for
(`engine/config/fields.py`). Left out is what the model does not have: probes, the goals' `complement` and the filter
`probe_hits_wsum`.
"""

from __future__ import annotations

import errno
from collections.abc import Collection, Mapping
from dataclasses import replace

from engine.config.fields import FILTER_TYPES, INT_MAX, INT_MIN, OPERATIONS
from engine.config.model import AddrRange, Context, Dest, Filter, Goal, Kdamond, Scheme, Target
from engine.damos.filters import CORE_TYPES
from engine.files.nodes import About
from engine.sysfs.grammar import Lines, Number
from engine.sysfs.layout import FileSpec, Group, Listing, Member, Place, count_file, cut, shown_number
from engine.versions import Feature, Kernel

COMMANDS: Mapping[str, Feature] = {
    "on": Feature.SYSFS,
    "off": Feature.SYSFS,
    "commit": Feature.COMMIT,
    "commit_schemes_quota_goals": Feature.QUOTA_GOALS,
    "update_schemes_stats": Feature.SYSFS,
    "update_schemes_tried_bytes": Feature.TRIED_BYTES,
    "update_schemes_tried_regions": Feature.TRIED_REGIONS,
    "clear_schemes_tried_regions": Feature.TRIED_REGIONS,
    "update_schemes_effective_quotas": Feature.EFFECTIVE_BYTES,
    "update_tuned_intervals": Feature.INTERVALS_GOAL,
}
"""What can be written to `state` (section 11.4), with what a kernel needs for each."""

_KDAMOND = Place()
_CONTEXT = Place("contexts[0]")
_TARGET = Place("contexts[0].targets[0]")
_REGION = Place("contexts[0].targets[0].regions[0]")
_SCHEME = Place("contexts[0].schemes[0]")
_DEST = Place("contexts[0].schemes[0].dests[0]")
_GOAL = Place("contexts[0].schemes[0].quotas.goals[0]")
_FILTER = Place("contexts[0].schemes[0].filters[0]")


def tree_of(kernel: Kernel) -> Listing:
    """The description of the directory `kdamonds` of a kernel release."""
    return cut(_kdamonds(), kernel)


def _kdamonds() -> Listing:
    return Listing(
        "kdamonds",
        About("The monitoring threads."),
        Member(
            About("A monitoring thread, running or not."),
            (
                FileSpec(
                    "state",
                    Lines(),
                    "off",
                    About("Whether it runs. Writing a command starts it, stops it, or has it do something."),
                    words=COMMANDS,
                    made=True,
                ),
                FileSpec(
                    "pid", Lines(), "-1", About("Its process id; -1 while it does not run."), mode=0o400, made=True
                ),
                _KDAMOND.file("refresh_ms", "refresh_ms"),
                _KDAMOND.listing("contexts", "contexts", "contexts", _context(), most=1),
            ),
            Kdamond,
        ),
        count_file("kdamonds", "kdamonds"),
        "kdamonds",
    )


def _context() -> Member:
    at = _CONTEXT
    return Member(
        About("What is monitored, how, and what is done about it."),
        (
            FileSpec(
                "avail_operations",
                Lines(),
                "\n".join(OPERATIONS),
                About("The operations that this kernel has, one in a line."),
                mode=0o400,
                since=Feature.AVAIL_OPERATIONS,
            ),
            at.file("operations", "ops"),
            at.file("addr_unit", "addr_unit"),
            at.file("pause", "pause"),
            Group(
                "monitoring_attrs",
                About("How often memory is looked at, and into how many regions it is divided."),
                (
                    at.group(
                        "intervals",
                        "intervals",
                        *(at.file(name, f"intervals.{name}") for name in ("sample_us", "aggr_us", "update_us")),
                        at.group(
                            "intervals_goal",
                            "intervals.goal",
                            *(
                                at.file(name, f"intervals.goal.{name}")
                                for name in ("access_bp", "aggrs", "min_sample_us", "max_sample_us")
                            ),
                        ),
                    ),
                    at.group(
                        "nr_regions", "nr_regions", *(at.file(end, f"nr_regions.{end}") for end in ("min", "max"))
                    ),
                ),
            ),
            at.listing("targets", "targets", "targets", _target()),
            at.listing("schemes", "schemes", "schemes", _scheme()),
        ),
        Context,
    )


def _target() -> Member:
    pid = FileSpec(
        "pid_target",
        Number(INT_MIN, INT_MAX, errno.EINVAL),
        0,
        About("The process to monitor; paddr does not look at it.", "process id"),
        field="pid",
    )
    region = Member(
        About("One of the address ranges to start with."),
        (_REGION.file("start", "start"), _REGION.file("end", "end")),
        AddrRange,
    )
    return Member(
        About("What is monitored: a process, or the physical memory."),
        (
            pid,
            _TARGET.file("obsolete_target", "obsolete"),
            _TARGET.listing("regions", "regions", "initial regions", region),
        ),
        Target,
    )


def _scheme() -> Member:
    at = _SCHEME
    return Member(
        About("What is done to regions of a certain access pattern."),
        (
            at.file("action", "action"),
            at.file("apply_interval_us", "apply_interval_us"),
            at.file("target_nid", "target_nid"),
            at.group(
                "access_pattern",
                "access_pattern",
                *(
                    at.group(
                        name,
                        f"access_pattern.{name}",
                        *(at.file(end, f"access_pattern.{name}.{end}") for end in ("min", "max")),
                    )
                    for name in ("sz", "nr_accesses", "age")
                ),
            ),
            at.listing(
                "dests",
                "dests",
                "destinations",
                Member(
                    About("One of several nodes to migrate to."),
                    (_DEST.file("id", "id"), _DEST.file("weight", "weight")),
                    Dest,
                ),
            ),
            _quotas(),
            at.group(
                "watermarks",
                "watermarks",
                *(at.file(name, f"watermarks.{name}") for name in ("metric", "interval_us", "high", "mid", "low")),
            ),
            _filters(
                "core_filters", "the filters that are asked first, region by region", CORE_TYPES, Feature.FILTER_DIRS
            ),
            _filters(
                "ops_filters",
                "the filters that are asked page by page",
                FILTER_TYPES.keys() - CORE_TYPES,
                Feature.FILTER_DIRS,
            ),
            _filters("filters", "filters of all types", FILTER_TYPES.keys(), Feature.FILTERS),
            _stats(),
            _tried_regions(),
        ),
        Scheme,
    )


def _quotas() -> Group:
    at = _SCHEME
    goal = Member(
        About("One of the things that the quota is tuned towards."),
        (
            _GOAL.file("target_metric", "metric"),
            _GOAL.file("target_value", "target_value"),
            _GOAL.file("current_value", "current_value"),
            _GOAL.file("nid", "nid"),
            _GOAL.file("path", "memcg_path", locks=True),
        ),
        Goal,
    )
    return at.group(
        "quotas",
        "quotas",
        at.file("ms", "quotas.time_ms", out_of_range=errno.EINVAL),
        at.file("bytes", "quotas.sz_bytes", out_of_range=errno.EINVAL),
        at.file("reset_interval_ms", "quotas.reset_interval_ms", out_of_range=errno.EINVAL),
        shown_number(
            "effective_bytes",
            "How much memory the scheme may take in each reset interval, as worked out from all limits and goals. 0"
            " before the first one has passed. Brought up to date by update_schemes_effective_quotas.",
            "bytes",
            Feature.EFFECTIVE_BYTES,
        ),
        at.file("goal_tuner", "quotas.goal_tuner"),
        at.file("fail_charge_num", "quotas.fail_charge_num", out_of_range=errno.EINVAL),
        at.file("fail_charge_denom", "quotas.fail_charge_denom", out_of_range=errno.EINVAL),
        at.group(
            "weights",
            "quotas.weights",
            *(at.file(name, f"quotas.weights.{name}") for name in ("sz_permil", "nr_accesses_permil", "age_permil")),
        ),
        at.listing("goals", "quotas.goals", "goals", goal),
    )


def _filters(name: str, which: str, types: Collection[str], since: Feature) -> Listing:
    at = _FILTER
    words = {word: needed for word, needed in FILTER_TYPES.items() if word in types}
    member = Member(
        About("Which memory of the matching regions is left alone, or alone taken."),
        (
            at.file("type", "type", words=words),
            at.file("matching", "matching"),
            at.file("allow", "allow"),
            at.file("memcg_path", "memcg_path", locks=True),
            _since(at.file("addr_start", "addr.start"), Feature.FILTERS_ADDR_TARGET),
            _since(at.file("addr_end", "addr.end"), Feature.FILTERS_ADDR_TARGET),
            at.file("damon_target_idx", "target_idx"),
            _since(at.file("min", "sz.min"), Feature.FILTERS_PAGE_STATE),
            _since(at.file("max", "sz.max"), Feature.FILTERS_PAGE_STATE),
        ),
        Filter,
    )
    return Listing(
        name, About(f"{which[0].upper()}{which[1:]}."), member, count_file("filters", "filters"), "filters", since=since
    )


def _since(file: FileSpec, feature: Feature) -> FileSpec:
    """The ends of a range do not say when the field that holds them came."""
    return replace(file, since=feature)


def _stats() -> Group:
    tried = "the action was tried on. Brought up to date by update_schemes_stats."
    return Group(
        "stats",
        About("What the scheme has counted since it was installed."),
        (
            shown_number("nr_tried", f"How many regions {tried}"),
            shown_number("sz_tried", f"How much memory {tried}", "bytes"),
            shown_number("nr_applied", "How many regions the action succeeded on, at least in part."),
            shown_number("sz_applied", "How much memory the action succeeded on.", "bytes"),
            shown_number("qt_exceeds", "In how many reset intervals the quota was used up."),
            shown_number(
                "sz_ops_filter_passed",
                "How much memory passed the filters that are asked page by page.",
                "bytes",
                Feature.STATS_OPS_FILTER_PASSED,
            ),
            shown_number(
                "nr_snapshots", "How many rounds over all regions the scheme has made.", since=Feature.NR_SNAPSHOTS
            ),
            _SCHEME.file("max_nr_snapshots", "max_nr_snapshots"),
        ),
    )


def _tried_regions() -> Listing:
    region = Member(
        About("A region that the action was tried on."),
        (
            shown_number("start", "The first address of the region.", "address"),
            shown_number("end", "The address behind the region.", "address"),
            shown_number("nr_accesses", "How many checks of one aggregation found it accessed.", "samples"),
            shown_number("age", "For how many aggregations it had kept its access frequency.", "aggregation intervals"),
            shown_number(
                "sz_filter_passed",
                "How much of it passed the filters that are asked page by page.",
                "bytes",
                Feature.STATS_OPS_FILTER_PASSED,
            ),
        ),
    )
    total = shown_number(
        "total_bytes",
        "How much memory the regions are that the action was tried on in one round. Found out by"
        " update_schemes_tried_bytes and update_schemes_tried_regions.",
        "bytes",
        Feature.TRIED_BYTES,
    )
    return Listing(
        "tried_regions",
        About("The regions that the action was tried on in one round. Found out by update_schemes_tried_regions."),
        region,
        files=(total,),
        since=Feature.TRIED_REGIONS,
    )
