"""A few words for a whole node: what stands beside a branch of the tree, and what messages call an entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from damotui.session.kinds import is_entry, name_of
from damotui.session.tree import Path
from damotui.session.values import format_value, spec_of
from damotui.session.words import pattern
from engine.config.fields import FieldSpec
from engine.config.model import (
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
from engine.units import Unit, format, format_address, format_bp, format_bytes, format_bytes_exact, format_ms, format_us

DEFAULT = "default"
"""Beside a group that is as the kernel makes it, and for which there are no better words."""


def summary(path: Path, value: Any) -> str:
    """The words for what is at `path`; a field's are its value as it can be typed in again."""
    if isinstance(value, tuple):
        return str(len(value)) if value else "none"
    if isinstance(value, Range):
        return _range(spec_of(path), value)
    words = _WORDS.get(type(value))
    if words is not None:
        return words(value)
    return format_value(spec_of(path), value) if path and isinstance(path[-1], str) else ""


def at_default(path: Path, value: Any) -> bool:
    """Whether a field, group or list is as the kernel makes it; an entry never is: somebody has added it."""
    return bool(path) and not is_entry(path) and bool(value == spec_of(path).default)


def described(path: Path, value: Any) -> str:
    """What messages call a node: `scheme 1 (pageout nr=0 age≥50)`, `aggr_us (100 ms)`."""
    words = summary(path, value)
    return f"{name_of(path)} ({words})" if words else name_of(path)


def _range(spec: FieldSpec, value: Range) -> str:
    unit = spec.unit or Unit.COUNT
    if unit is Unit.BYTES:
        return f"{format_bytes(value.min)} – {format_bytes(value.max)}"
    return f"{format(unit, value.min)} – {format(unit, value.max)}"


def nr_regions(value: NrRegions) -> str:
    """The bounds of the number of regions."""
    return f"{value.min:,}–{value.max:,}"


def _goal_of_intervals(value: IntervalsGoal) -> str:
    return f"{format_bp(value.access_bp)} over {value.aggrs}" if value.aggrs else "off"


def _quotas(value: Quotas) -> str:
    limits = [format_bytes_exact(value.sz_bytes)] if value.sz_bytes else []
    limits += [format_ms(value.time_ms)] if value.time_ms else []
    limits += [f"{len(value.goals)} goal{'s' * (len(value.goals) > 1)}"] if value.goals else []
    return f"{', '.join(limits)} / {format_ms(value.reset_interval_ms)}" if limits else "none"


def _weights(value: Weights) -> str:
    if value == Weights():
        return DEFAULT
    return f"{value.sz_permil}:{value.nr_accesses_permil}:{value.age_permil}"


def _target(value: Target) -> str:
    return "next process" if value.pid is None else f"pid {value.pid}"


_WORDS: dict[type, Callable[[Any], str]] = {
    Kdamond: lambda value: ", ".join(context.ops for context in value.contexts),
    Context: lambda value: str(value.ops),
    Intervals: lambda value: " / ".join(format_us(us) for us in (value.sample_us, value.aggr_us, value.update_us)),
    IntervalsGoal: _goal_of_intervals,
    NrRegions: nr_regions,
    Target: _target,
    Scheme: lambda value: f"{value.action} {pattern(value)}",
    AccessPattern: lambda value: pattern(Scheme(access_pattern=value)),
    Quotas: _quotas,
    Weights: _weights,
    Watermarks: lambda value: str(value.metric),
    Filter: lambda value: f"{'allow' if value.allow else 'reject'} {'' if value.matching else 'not '}{value.type}",
    Goal: lambda value: str(value.metric),
    Dest: lambda value: f"node {value.id} × {value.weight}",
    AddrRange: lambda value: f"{format_address(value.start)} + {format_bytes(value.end - value.start)}",
}
