"""What a user can add to each list of the tree, ready to be tuned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.config.model import (
    ULONG_MAX,
    AccessPattern,
    AddrRange,
    Context,
    Dest,
    Filter,
    Goal,
    Intervals,
    Kdamond,
    Range,
    Scheme,
    Target,
)

_NICE = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Template:
    """One thing that can be added."""

    name: str
    help: str
    make: Callable[[Context], Any]
    """The new entry; it may depend on the context that it becomes part of."""


def templates_for(collection: str) -> tuple[Template, ...]:
    """What can be added to the list of that field name; empty if it is no such list."""
    return _TEMPLATES.get(collection, ())


def starting_schemes(context: Context) -> tuple[Scheme, ...]:
    """Schemes that change nothing and count what is hot and what is cold."""
    return (_hot(context), _cold(context))


def new_kdamond() -> Kdamond:
    """A kdamond that monitors the workload's next process."""
    return Kdamond(contexts=(_new_context(),))


def _new_context() -> Context:
    return Context(intervals=Intervals(update_us=1_000_000), targets=(Target(),))


def _samples(context: Context) -> int:
    return context.intervals.aggr_us // max(context.intervals.sample_us, 1)


def _aggregations(context: Context, us: int) -> int:
    return us // max(context.intervals.aggr_us, 1)


def _pattern(*, nr: Range, age: Range) -> AccessPattern:
    return AccessPattern(sz=Range(0, ULONG_MAX), nr_accesses=nr, age=age)


def _everything(context: Context) -> Scheme:
    return Scheme(access_pattern=_pattern(nr=Range(0, ULONG_MAX), age=Range(0, ULONG_MAX)))


def _hot(context: Context) -> Scheme:
    return Scheme(access_pattern=_pattern(nr=Range(max(1, _samples(context) // 2), ULONG_MAX), age=Range(0, ULONG_MAX)))


def _cold(context: Context) -> Scheme:
    age = Range(_aggregations(context, 3_000_000), ULONG_MAX)
    return Scheme(access_pattern=_pattern(nr=Range(0, 0), age=age))


def _anew(value: Any) -> Callable[[Context], Any]:
    return lambda context: value


_TEMPLATES: dict[str, tuple[Template, ...]] = {
    "contexts": (Template("context", "monitor the workload's next process", lambda _: _new_context()),),
    "targets": (Template("target", "the workload's next process; set its pid for another", _anew(Target())),),
    "regions": (Template("region", "an address range to begin with", lambda _: AddrRange(1 << 32, (1 << 32) + _NICE)),),
    "schemes": (
        Template("stat: hot", "count memory found accessed in half of the samples or more", _hot),
        Template("stat: cold", "count memory not accessed for 3 s or more", _cold),
        Template("stat: everything", "count all memory", _everything),
    ),
    "filters": (Template("filter", "leave anonymous memory alone", _anew(Filter(matching=True))),),
    "goals": (Template("goal", "tune the quota by a number of your own", _anew(Goal(target_value=10_000))),),
    "dests": (Template("destination", "a node to migrate to, with its weight", _anew(Dest(0, 1))),),
}
