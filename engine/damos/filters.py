"""Which memory of a matching region a scheme leaves alone (section 6.5).

Filters by address and by target are asked here, region by region, and may cut a region in two; all others
are asked page by page by the operations set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.config.model import Filter, Range, Scheme
from engine.damos.pattern import Mask
from engine.damos.rules import Rules
from engine.regions.table import I64, U64

CORE_TYPES = frozenset({"addr", "target"})

_VIRTUAL_ACTIONS = frozenset({"stat", "migrate_hot", "migrate_cold"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the core filters say about a region."""

    passes: bool
    allowed: bool
    """A filter let it through, so that ops filters are not asked."""


@dataclass(frozen=True, slots=True)
class InstalledFilters:
    """A scheme's filters by layer, each in its order."""

    core: tuple[Filter, ...]
    core_default_reject: bool
    """Whether a region is rejected on which no core filter decides."""
    ops: tuple[Filter, ...]
    """As the operations set shall ask them; those that it does not ask are left out."""
    ops_default_reject: bool

    @classmethod
    def of(cls, scheme: Scheme, ops: str, rules: Rules) -> InstalledFilters:
        """The filters of a scheme as the kernel installs them.

        Args:
            scheme: with its filters in the order of installation.
            ops: the operations set.
            rules: without `filters_allow`, every filter rejects.
        """
        filters = scheme.filters
        if not rules.filters_allow:
            filters = tuple(replace(f, allow=False) for f in filters)
        core = tuple(f for f in filters if f.type in CORE_TYPES)
        wanted = tuple(f for f in filters if f.type not in CORE_TYPES)
        paged = wanted
        if ops != "paddr" and not (rules.filters_virtual and scheme.action in _VIRTUAL_ACTIONS):
            paged = ()
        elif ops == "paddr" and scheme.action == "pageout" and rules.young_recheck:
            paged = _with_young_recheck(wanted)
        return cls(
            core=core,
            core_default_reject=bool(core) and not wanted and core[-1].allow,
            ops=paged,
            ops_default_reject=bool(paged) and bool(wanted) and wanted[-1].allow,
        )

    def crossed(self, start: U64, end: U64, min_region_sz: int) -> Mask:
        """Which regions [n] a filter by address might cut."""
        crossed = np.zeros(len(start), np.bool_)
        for rule in self.core:
            if rule.type == "addr":
                low, high = _bounds(rule, min_region_sz)
                inside, outside = _inside_outside(start, end, low, high)
                crossed |= ~(inside | outside)
        return crossed

    def verdicts(self, target: I64, start: U64, end: U64, min_region_sz: int) -> tuple[Mask, Mask]:
        """What the core filters say about regions [n] that none of them cuts: those that pass, and those allowed."""
        n = len(start)
        undecided = np.ones(n, np.bool_)
        passes = np.full(n, not self.core_default_reject)
        allowed = np.zeros(n, np.bool_)
        for rule in self.core:
            if rule.type == "target":
                holds = target == rule.target_idx
            else:
                holds = _inside_outside(start, end, *_bounds(rule, min_region_sz))[0]
            decided = undecided & (holds == rule.matching)
            passes[decided] = rule.allow
            if rule.allow:
                allowed |= decided
            undecided &= ~decided
        return passes, allowed

    def verdict(self, target: int, start: int, end: int, min_region_sz: int, cut: Callable[[int], None]) -> Verdict:
        """What the core filters say about one region, cutting it where one of them needs that.

        Args:
            target: index of its target.
            start: where it begins.
            end: where it ends.
            min_region_sz: filters by address are aligned down to it.
            cut: is told, for each cut, after how many bytes; the verdict is about the part before it.
        """
        for rule in self.core:
            if rule.type == "target":
                holds = target == rule.target_idx
            else:
                low, high = _bounds(rule, min_region_sz)
                holds = low <= start and end <= high
                if not holds and start < high and low < end:
                    holds = start >= low
                    end = high if holds else low
                    cut(end - start)
            if holds == rule.matching:
                return Verdict(rule.allow, rule.allow)
        return Verdict(not self.core_default_reject, False)


def _with_young_recheck(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    if any(f.type == "young" for f in filters):
        return filters
    return (*filters, Filter(type="young", matching=True, allow=False, sz=Range()))


def _bounds(rule: Filter, min_region_sz: int) -> tuple[int, int]:
    return rule.addr.start // min_region_sz * min_region_sz, rule.addr.end // min_region_sz * min_region_sz


def _inside_outside(start: U64, end: U64, low: int, high: int) -> tuple[Mask, Mask]:
    bottom, top = np.uint64(low), np.uint64(high)
    return (start >= bottom) & (end <= top), (end <= bottom) | (start >= top)
