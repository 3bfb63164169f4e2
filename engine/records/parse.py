"""From the JSON values of a damo record file to `Record`s.

Structure (specification of damo's files, section 2.3): a list of records; a record has `snapshots`; a snapshot has
`start_time`, `end_time` in nanoseconds and `regions`; a region has `start`, `end`, `nr_accesses` and `age`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.records import numbers
from engine.records.build import RecordBuilder
from engine.records.model import UNKNOWN, Record, RecordIntervals


class FormatError(ValueError):
    """The values don't have the structure of a record file; the text tells where and what."""


def records_of(value: object) -> Iterator[Record]:
    """The records of a parsed file. Raises FormatError."""
    if isinstance(value, dict) and "kdamonds" in value:
        raise FormatError("it holds the parameters of kdamonds, not a record of their results")
    if not isinstance(value, list):
        raise FormatError(f"it holds {_kind(value)} where a list of records is expected")
    for index, entry in enumerate(value):
        yield _record(entry, f"record {index}")


def _record(entry: object, where: str) -> Record:
    fields = _fields(entry, where)
    if isinstance(fields.get("contexts"), list):
        raise FormatError("it holds the parameters of kdamonds, not a record of their results")
    intervals = _intervals(fields.get("intervals"), f"{where}, intervals")
    try:
        builder = RecordBuilder(
            kdamond_idx=_index(fields.get("kdamond_idx")) or 0,
            context_idx=_index(fields.get("context_idx")) or 0,
            scheme_idx=_index(fields.get("scheme_idx")),
            target_id=_index(_required(fields, "target_id", where)),
            intervals=intervals,
        )
    except ValueError as error:
        raise FormatError(f"{where}: {error}") from None
    for index, snapshot in enumerate(_list(_required(fields, "snapshots", where), f"{where}, snapshots")):
        _add_snapshot(builder, snapshot, f"{where}, snapshot {index}")
    return builder.build()


def _add_snapshot(builder: RecordBuilder, entry: object, where: str) -> None:
    fields = _fields(entry, where)
    addresses: list[int] = []
    counts: list[int] = []
    regions = _list(_required(fields, "regions", where), f"{where}, regions")
    for index, region in enumerate(regions):
        try:
            start, end, nr_accesses, age = region["start"], region["end"], region["nr_accesses"], region["age"]
            addresses.append(start if type(start) is int else _address(start))
            addresses.append(end if type(end) is int else _address(end))
            counts.append(_nr_accesses(nr_accesses, builder.intervals))
            counts.append(_age(age, builder.intervals))
        except KeyError as error:
            raise FormatError(f"{where}, region {index}: {error} is missing") from None
        except (TypeError, AttributeError):
            raise FormatError(f"{where}, region {index}: it does not have the fields of a region") from None
        except ValueError as error:
            raise FormatError(f"{where}, region {index}: {error}") from None
    told_us, told_bytes = fields.get("sample_interval_us"), fields.get("total_bytes")
    try:
        builder.add(
            numbers.time_ns(_required(fields, "start_time", where)),
            numbers.time_ns(_required(fields, "end_time", where)),
            addresses,
            counts,
            sample_us=UNKNOWN if told_us is None else round(numbers.time_us(told_us)),
            total_bytes=None if told_bytes is None else numbers.size_bytes(told_bytes),
        )
    except FormatError:
        raise
    except ValueError as error:
        raise FormatError(f"{where}: {error}") from None


def _address(value: object) -> int:
    if isinstance(value, str):
        digits = value.replace(",", "")
        if digits.isdecimal() and digits.isascii():
            return int(digits)
    return numbers.size_bytes(value)


def _nr_accesses(value: dict[str, Any], intervals: RecordIntervals | None) -> int:
    samples = value.get("samples")
    if samples is None:
        rate = value.get("percent")
        if rate is None or intervals is None:
            raise ValueError("its nr_accesses tells neither samples, nor a percentage of known intervals")
        samples = int(numbers.percent(rate) * intervals.max_nr_accesses / 100)
    count = samples if type(samples) is int else numbers.whole(samples)
    if count < 0:
        raise ValueError(f"its nr_accesses is {count}")
    return count


def _age(value: dict[str, Any], intervals: RecordIntervals | None) -> int:
    age = value.get("aggr_intervals")
    if age is None:
        lasted = value.get("usec")
        if lasted is None or intervals is None:
            return UNKNOWN
        age = int(numbers.time_us(lasted) / intervals.aggr_us)
    return max(age if type(age) is int else numbers.whole(age), UNKNOWN)


def _intervals(value: object, where: str) -> RecordIntervals | None:
    if value is None:
        return None
    fields = _fields(value, where)
    goal = fields.get("intervals_goal")
    goal_fields = {} if goal is None else _fields(goal, f"{where}, intervals_goal")
    try:
        intervals = RecordIntervals(
            sample_us=numbers.time_us(_required(fields, "sample_us", where)),
            aggr_us=numbers.time_us(_required(fields, "aggr_us", where)),
            ops_update_us=numbers.time_us(_required(fields, "ops_update_us", where)),
            access_bp=numbers.basis_points(goal_fields.get("access_bp", 0)),
            goal_aggrs=numbers.whole(goal_fields.get("aggrs", 0)),
            min_sample_us=numbers.time_us(goal_fields.get("min_sample_us", 0)),
            max_sample_us=numbers.time_us(goal_fields.get("max_sample_us", 0)),
        )
    except FormatError:
        raise
    except ValueError as error:
        raise FormatError(f"{where}: {error}") from None
    if intervals.sample_us <= 0 or intervals.aggr_us <= 0:
        raise FormatError(f"{where}: sample_us and aggr_us must be above 0")
    return intervals


def _index(value: object) -> int | None:
    return None if value is None else numbers.whole(value)


def _fields(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FormatError(f"{where}: it is {_kind(value)}, not an object with fields")
    return value


def _required(fields: dict[str, Any], name: str, where: str) -> object:
    if name not in fields:
        raise FormatError(f"{where}: '{name}' is missing")
    return fields[name]


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise FormatError(f"{where}: it is {_kind(value)}, not a list")
    return value


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return kinds.get(type(value), "a number")
