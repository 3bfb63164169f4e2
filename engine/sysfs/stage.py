"""From a configuration to files, changing as few of them as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from engine.config.model import Filter, Kdamond
from engine.engine import Engine
from engine.errors import InputError
from engine.sysfs.layers import by_layer, types_of
from engine.sysfs.tree import ListingDirectory, MemberDirectory, named


def stage(kdamonds: ListingDirectory, configs: Sequence[Kdamond], engine: Engine) -> None:
    """Let the files say `configs`, whatever the kernel would think of it.

    Files that say the same already are left alone, and so is what only files hold: statistics, tried regions, the pid
    of a paddr target. Fields that the kernel does not have are dropped.

    Args:
        kdamonds: the directory of all.
        configs: one for each kdamond there shall be.
        engine: tells which process a target is whose pid is left open; 0 stands for it if there is none.
    """
    kdamonds.resize(len(configs))
    for directory, config in zip(kdamonds.members, configs, strict=True):
        _stage_member(directory, _resolved(config, engine))


def _resolved(config: Kdamond, engine: Engine) -> Kdamond:
    try:
        return engine.resolve(config)
    except InputError:
        contexts = tuple(
            replace(
                context,
                targets=tuple(
                    replace(target, pid=0) if target.pid is None and context.ops != "paddr" else target
                    for target in context.targets
                ),
            )
            for context in config.contexts
        )
        return replace(config, contexts=contexts)


def _stage_member(directory: MemberDirectory, config: Any) -> None:
    filters: list[ListingDirectory] = []
    for path, spec in named(directory.spec.entries):
        if not spec.field:
            continue
        value = reduce(getattr, spec.field.split("."), config)
        file, listing = directory.value(path), directory.listing(path)
        if file is not None:
            # An open pid is a paddr target's, or an obsolete one's, which nothing reads.
            if value is not None and file.value != value:
                file.value = value
        elif listing is not None and listing.spec.member.of is Filter:
            filters.append(listing)
        elif listing is not None:
            _stage_listing(listing, value)
    if filters:
        _stage_filters(filters, config.filters)


def _stage_listing(listing: ListingDirectory, configs: Sequence[Any]) -> None:
    listing.resize(len(configs))
    for directory, config in zip(listing.members, configs, strict=True):
        _stage_member(directory, config)


def _stage_filters(listings: Sequence[ListingDirectory], configs: Sequence[Filter]) -> None:
    """Put filters into the directories of their layers, or into `filters` where their order can't be told by these.

    They stay in the directories that they are in if there are as many as before, and each may be where it would be.
    """
    there = [member for listing in listings for member in listing.members]
    if len(there) == len(configs) and all(
        _may_be(member, config) for member, config in zip(there, configs, strict=True)
    ):
        for member, config in zip(there, configs, strict=True):
            _stage_member(member, config)
        return
    for listing, part in zip(listings, by_layer([listing.spec for listing in listings], configs), strict=True):
        _stage_listing(listing, part)


def _may_be(member: MemberDirectory, config: Filter) -> bool:
    kind = member.value("type")
    return kind is not None and (kind.value == config.type or config.type in types_of(member.spec))
