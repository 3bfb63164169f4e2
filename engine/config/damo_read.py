"""Read damo's JSON form of kdamonds: tolerant of what is missing, exact about what is there.

A missing part means what it means to damo, whose update interval is 1 s and whose schemes match every
region unless they say otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction

from engine.config.fields import ACTIONS, FILTER_TYPES, GOAL_METRICS, GOAL_TUNERS, OPERATIONS, WATERMARK_METRICS
from engine.config.json_place import Members, Place
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
from engine.errors import InputError
from engine.units import Unit, parse_aggregations, parse_pid, parse_samples

DAMO_INTERVALS = Intervals(update_us=1_000_000)
EVERY_REGION = AccessPattern(Range(0, ULONG_MAX), Range(0, ULONG_MAX), Range(0, ULONG_MAX))

_BARE = re.compile(r"\s*[0-9.,]+\s*")
_FORM = '{"kdamonds": [...]} as damo args damon --format json prints it'


def kdamonds_from_json(text: str, where: str = "kdamonds", notes: list[str] | None = None) -> tuple[Kdamond, ...]:
    """The kdamonds of damo's `{"kdamonds": […]}`, or of a bare list, which damo keeps beside a record.

    `where` is what messages call the document, such as a file name. Unknown keys are passed over, as in damo;
    each adds one sentence to `notes`. Raises `InputError` naming the place, the value and what is accepted.
    """
    try:
        document = json.loads(text)
    except RecursionError:
        raise InputError(f"{where}: this is nested too deeply: give {_FORM}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise InputError(f"{where}: {place} is not JSON ({error.msg}): give {_FORM}") from None
    except ValueError:
        raise InputError(f"{where}: a number has thousands of digits: give {_FORM}") from None
    top = Place(where, "", document, [] if notes is None else notes)
    if isinstance(document, list):
        return tuple(_kdamond(entry) for entry in top.entries("kdamonds"))
    if not isinstance(document, dict) or "kdamonds" not in document:
        raise top.error(_FORM)
    with Members(top) as members:
        return tuple(_kdamond(entry) for entry in members.required("kdamonds").entries())


def _kdamond(place: Place) -> Kdamond:
    with Members(place, "state", "pid") as members:
        return Kdamond(
            contexts=tuple(_context(entry) for entry in members.required("contexts").entries()),
            refresh_ms=members.number(Unit.MS, 0, "refresh_ms"),
        )


def _context(place: Place) -> Context:
    with Members(place) as members:
        intervals = members.read(("intervals",), _intervals, DAMO_INTERVALS)
        members.read(("sample_control",), _sample_control, None)
        return Context(
            ops=members.required("ops").keyword(OPERATIONS),
            intervals=intervals,
            nr_regions=members.read(("nr_regions",), _nr_regions, NrRegions()),
            targets=tuple(_target(entry) for entry in members.required("targets").entries()),
            schemes=tuple(_scheme(entry, intervals) for entry in members.entries("schemes")),
            addr_unit=members.number(Unit.BYTES, 1, "addr_unit"),
            pause=members.boolean("pause"),
        )


def _sample_control(place: Place) -> None:
    """Note what this asks for beyond page tables, which damo always writes."""
    default = {"primitives_enabled": {"page_table": True, "page_fault": False}, "sample_filters": []}
    if place.value != default:
        place.notes.append(f"{place.name} is passed over: no such field is known here")


def _intervals(place: Place) -> Intervals:
    with Members(place) as members:
        return Intervals(
            sample_us=members.number(Unit.US, DAMO_INTERVALS.sample_us, "sample_us"),
            aggr_us=members.number(Unit.US, DAMO_INTERVALS.aggr_us, "aggr_us"),
            update_us=members.number(Unit.US, DAMO_INTERVALS.update_us, "ops_update_us", "update_us"),
            goal=members.read(("intervals_goal",), _intervals_goal, IntervalsGoal()),
        )


def _intervals_goal(place: Place) -> IntervalsGoal:
    with Members(place) as members:
        return IntervalsGoal(
            access_bp=members.number(Unit.BP, 0, "access_bp"),
            aggrs=members.number(Unit.COUNT, 0, "aggrs"),
            min_sample_us=members.number(Unit.US, 0, "min_sample_us"),
            max_sample_us=members.number(Unit.US, 0, "max_sample_us"),
        )


def _nr_regions(place: Place) -> NrRegions:
    with Members(place) as members:
        return NrRegions(
            min=members.number(Unit.COUNT, NrRegions().min, "min"),
            max=members.number(Unit.COUNT, NrRegions().max, "max"),
        )


def _target(place: Place) -> Target:
    with Members(place) as members:
        return Target(
            pid=members.read(("pid",), lambda pid: pid.parsed(parse_pid), None),
            regions=tuple(_addresses(entry) for entry in members.entries("regions")),
            obsolete=members.boolean("obsolete"),
        )


def _addresses(place: Place) -> AddrRange:
    with Members(place) as members:
        return AddrRange(
            start=members.required("start").number(Unit.ADDRESS), end=members.required("end").number(Unit.ADDRESS)
        )


def _scheme(place: Place, intervals: Intervals) -> Scheme:
    with Members(place, "stats", "tried_regions", "tried_bytes") as members:
        return Scheme(
            action=members.keyword(ACTIONS, "stat", "action"),
            access_pattern=members.read(
                ("access_pattern",), lambda pattern: _access_pattern(pattern, intervals), EVERY_REGION
            ),
            apply_interval_us=members.number(Unit.US, 0, "apply_interval_us"),
            target_nid=members.number(Unit.NODE, -1, "target_nid"),
            dests=tuple(_dest(entry) for entry in members.entries("dests")),
            quotas=members.read(("quotas",), _quotas, Quotas()),
            watermarks=members.read(("watermarks",), _watermarks, Watermarks()),
            filters=tuple(_filter(entry) for entry in members.entries("filters")),
            max_nr_snapshots=members.number(Unit.COUNT, 0, "max_nr_snapshots"),
        )


def _access_pattern(place: Place, intervals: Intervals) -> AccessPattern:
    max_samples = Fraction(intervals.aggr_us, max(intervals.sample_us, 1))

    def samples(text: str) -> int:
        """A bare number is a percentage here."""
        return parse_samples(f"{text}%" if _BARE.fullmatch(text) else text, max_samples)

    def aggregations(text: str) -> int:
        """A bare number is in microseconds here."""
        return parse_aggregations(f"{text} us" if _BARE.fullmatch(text) else text, intervals.aggr_us)

    with Members(place) as members:
        return AccessPattern(
            sz=members.read(("sz_bytes",), lambda sz: _range(sz, lambda end: end.number(Unit.BYTES)), EVERY_REGION.sz),
            nr_accesses=members.read(
                ("nr_accesses",), lambda nr: _range(nr, lambda end: end.parsed(samples)), EVERY_REGION.nr_accesses
            ),
            age=members.read(("age",), lambda age: _range(age, lambda end: end.parsed(aggregations)), EVERY_REGION.age),
        )


def _range(place: Place, reader: Callable[[Place], int]) -> Range:
    with Members(place) as members:
        return Range(min=members.read(("min",), reader, 0), max=members.read(("max",), reader, ULONG_MAX))


def _dest(place: Place) -> Dest:
    with Members(place) as members:
        return Dest(id=members.number(Unit.COUNT, 0, "id"), weight=members.number(Unit.COUNT, 0, "weight"))


def _quotas(place: Place) -> Quotas:
    with Members(place, "effective_sz_bytes") as members:
        return Quotas(
            time_ms=members.number(Unit.MS, 0, "time_ms"),
            sz_bytes=members.number(Unit.BYTES, 0, "sz_bytes"),
            reset_interval_ms=members.number(Unit.MS, 0, "reset_interval_ms"),
            weights=members.read(("weights",), _weights, Weights()),
            goals=tuple(_goal(entry) for entry in members.entries("goals")),
            goal_tuner=members.keyword(GOAL_TUNERS, "consist", "goal_tuner"),
            fail_charge_num=members.number(Unit.COUNT, 0, "fail_charge_num"),
            fail_charge_denom=members.number(Unit.COUNT, 0, "fail_charge_denom"),
        )


def _weights(place: Place) -> Weights:
    with Members(place) as members:
        return Weights(
            sz_permil=members.number(Unit.PERMIL, 0, "sz_permil"),
            nr_accesses_permil=members.number(Unit.PERMIL, 0, "nr_accesses_permil"),
            age_permil=members.number(Unit.PERMIL, 0, "age_permil"),
        )


def _goal(place: Place) -> Goal:
    with Members(place) as members:
        metric = members.keyword(GOAL_METRICS, "user_input", "metric")
        unit = Unit.US if metric.endswith("_us") else Unit.BP if metric.endswith("_bp") else Unit.COUNT
        return Goal(
            metric=metric,
            target_value=members.number(unit, 0, "target_value", "target_value_bp"),
            current_value=members.number(Unit.COUNT, 0, "current_value", "current_value_bp"),
            nid=members.number(Unit.NODE, 0, "nid"),
            memcg_path=members.read(("memcg_path",), Place.string, ""),
        )


def _watermarks(place: Place) -> Watermarks:
    with Members(place) as members:
        return Watermarks(
            metric=members.keyword(WATERMARK_METRICS, "none", "metric"),
            interval_us=members.number(Unit.US, 0, "interval_us"),
            high=members.number(Unit.PERMIL, 0, "high_permil"),
            mid=members.number(Unit.PERMIL, 0, "mid_permil"),
            low=members.number(Unit.PERMIL, 0, "low_permil"),
        )


def _filter(place: Place) -> Filter:
    with Members(place) as members:
        return Filter(
            type=members.required("filter_type").keyword(FILTER_TYPES),
            matching=members.boolean("matching"),
            allow=members.boolean("allow", "filter_pass"),
            memcg_path=members.read(("memcg_path",), Place.string, ""),
            addr=members.read(("address_range",), _addresses, AddrRange()),
            target_idx=members.number(Unit.COUNT, 0, "damon_target_idx"),
            sz=members.read(("hugepage_size",), _sizes, Range()),
        )


def _sizes(place: Place) -> Range:
    ends = place.entries()
    if len(ends) != 2:
        raise place.error("a list of two sizes [min, max]")
    return Range(ends[0].number(Unit.BYTES), ends[1].number(Unit.BYTES))
