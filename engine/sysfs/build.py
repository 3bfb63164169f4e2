"""From files to a configuration, as it is made of them at `on` and `commit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from engine.config.fields import member_type
from engine.config.model import UINT_MAX, AccessPattern, Context, Kdamond, Range
from engine.sysfs.tree import MemberDirectory, named


def read_kdamond(directory: MemberDirectory) -> Kdamond:
    """What the files of a kdamond say.

    Filters come in the order in which they are installed: those of `core_filters`, of `ops_filters`, and of `filters`.
    A target of paddr has no pid, whatever `pid_target` says.
    """
    config = cast(Kdamond, read_member(directory))
    return replace(config, contexts=tuple(_without_pids(context) for context in config.contexts))


def in_use(config: Kdamond) -> Kdamond:
    """The same with the numbers that the kernel truncates when it uses them.

    Access counts and ages are 32 bits wide: 2^64 - 1 becomes the greatest of them, and 2^32 becomes 0.
    """
    return replace(config, contexts=tuple(_truncated(context) for context in config.contexts))


def read_member(directory: MemberDirectory) -> Any:
    """The configuration object that a member of a listing stands for."""
    values: dict[str, Any] = {}
    for path, spec in named(directory.spec.entries):
        if not spec.field:
            continue
        file, listing = directory.value(path), directory.listing(path)
        if file is not None:
            values[spec.field] = file.value
        elif listing is not None:
            values[spec.field] = values.get(spec.field, ()) + tuple(read_member(member) for member in listing.members)
    assert directory.spec.of is not None
    return made(directory.spec.of, values)


def made(owner: type, values: Mapping[str, Any]) -> Any:
    """A configuration object of `owner` with values by dotted paths of fields; the others are at their defaults."""
    inner: dict[str, dict[str, Any]] = {}
    own: dict[str, Any] = {}
    for path, value in values.items():
        name, _, rest = path.partition(".")
        if rest:
            inner.setdefault(name, {})[rest] = value
        else:
            own[name] = value
    for name, below in inner.items():
        kind = member_type(owner, name)
        assert kind is not None
        own[name] = made(kind, below)
    return owner(**own)


def _without_pids(context: Context) -> Context:
    if context.ops != "paddr":
        return context
    return replace(context, targets=tuple(replace(target, pid=None) for target in context.targets))


def _truncated(context: Context) -> Context:
    return replace(
        context,
        schemes=tuple(
            replace(scheme, access_pattern=_truncated_pattern(scheme.access_pattern)) for scheme in context.schemes
        ),
    )


def _truncated_pattern(pattern: AccessPattern) -> AccessPattern:
    return replace(pattern, nr_accesses=_uint(pattern.nr_accesses), age=_uint(pattern.age))


def _uint(both: Range) -> Range:
    return Range(both.min & UINT_MAX, both.max & UINT_MAX)
