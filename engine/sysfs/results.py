"""What a kdamond found, copied into files (section 11.4): statistics, quotas, tuned intervals, tried regions.

Files of schemes that were removed meanwhile, or that the kdamond does not know yet, are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from itertools import repeat
from operator import itemgetter

from engine.damos.walk import Tried, WalkRequest
from engine.snapshot import KdamondStatus, SchemeStats
from engine.sysfs.tree import ListingDirectory, MemberDirectory
from engine.versions import Feature, Kernel


def update_stats(kdamond: MemberDirectory, status: KdamondStatus) -> None:
    """Fill in `stats/`."""
    for scheme, stats in zip(_schemes(kdamond), status.schemes, strict=False):
        for stat in fields(SchemeStats):
            scheme.set(f"stats/{stat.name}", getattr(stats, stat.name))


def update_effective_quotas(kdamond: MemberDirectory, status: KdamondStatus) -> None:
    """Fill in `quotas/effective_bytes`."""
    for scheme, state in zip(_schemes(kdamond), status.scheme_states, strict=False):
        scheme.set("quotas/effective_bytes", state.esz_bytes)


def update_tuned_intervals(kdamond: MemberDirectory, status: KdamondStatus) -> None:
    """Put the intervals in force in place of those that were written."""
    context = _context(kdamond)
    if context is not None and status.intervals is not None:
        context.set("monitoring_attrs/intervals/sample_us", status.intervals.sample_us)
        context.set("monitoring_attrs/intervals/aggr_us", status.intervals.aggr_us)


def clear_tried(kdamond: MemberDirectory) -> None:
    """Remove all tried regions, and count no bytes of them."""
    for scheme in _schemes(kdamond):
        scheme.set("tried_regions/total_bytes", 0)
        listing = scheme.listing("tried_regions")
        if listing is not None:
            listing.resize(0)


def fill_tried(kdamond: MemberDirectory, walk: WalkRequest, kernel: Kernel, *, total_only: bool) -> None:
    """Fill in `tried_regions/`; regions for which there is no room in the tree are left out.

    Directories are numbered from 0 for each scheme; up to 6.13 all schemes share the numbers, in the order in which
    regions were tried.

    Args:
        kdamond: whose files they are.
        walk: the regions of each scheme that had its round.
        kernel: decides how they are numbered.
        total_only: tell only how many bytes they are.
    """
    found: list[tuple[int, ListingDirectory, dict[str, int]]] = []
    for index, scheme in enumerate(_schemes(kdamond)):
        if index not in walk.results:
            continue
        tried = walk.results[index]
        scheme.set("tried_regions/total_bytes", tried.total_bytes)
        listing = scheme.listing("tried_regions")
        if listing is not None and not total_only:
            found += zip(walk.ranks[index].tolist(), repeat(listing), _rows(tried), strict=False)
    own_numbers = kernel.has(Feature.TRIED_NUMBERED_BY_SCHEME)
    if not own_numbers:
        # Schemes whose directories are gone take no numbers.
        found.sort(key=itemgetter(0))
    for number, (_, listing, values) in enumerate(found):
        if not listing.has_room():
            return
        region = listing.append(len(listing.members) if own_numbers else number)
        for name, value in values.items():
            region.set(name, value)


def _rows(tried: Tried) -> Iterator[dict[str, int]]:
    columns = {
        "start": tried.start,
        "end": tried.end,
        "nr_accesses": tried.nr_accesses,
        "age": tried.age,
        "sz_filter_passed": tried.filter_passed,
    }
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        yield dict(zip(columns, row, strict=True))


def _context(kdamond: MemberDirectory) -> MemberDirectory | None:
    contexts = kdamond.listing("contexts")
    return contexts.members[0] if contexts is not None and contexts.members else None


def _schemes(kdamond: MemberDirectory) -> list[MemberDirectory]:
    context = _context(kdamond)
    schemes = context.listing("schemes") if context is not None else None
    return schemes.members if schemes is not None else []
