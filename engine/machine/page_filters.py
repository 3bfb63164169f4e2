"""Filters that are asked page by page: how many pages of an extent they let through (specification section 6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from engine.config.model import Filter
from engine.machine.extents import ANONYMOUS, HUGE_PAGES, I64, Extents, Mask
from engine.machine.layout import PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Passing:
    """What gets through, per extent [k], in pages."""

    inactive: I64
    active: I64
    aged: I64
    """Young pages that a filter has looked at, whether it let them through or not: that makes them old."""

    @property
    def total(self) -> I64:
        """Pages on either list."""
        return self.inactive + self.active


def passing(
    extents: Extents, row: NDArray[np.intp], memcg: str, filters: Sequence[Filter], *, default_reject: bool
) -> Passing:
    """Ask filters about the pages in memory of these extents.

    Whether a page is active, young and huge is taken to be independent of each other: of an extent only the numbers
    are known. All pages in memory are mapped.

    Args:
        extents: of one process.
        row: indices of extents [k].
        memcg: path of the process' control group.
        filters: in this order; the first that says something decides.
        default_reject: what is decided if none does.
    """
    inactive, active = extents.inactive[row], extents.active[row]
    if not filters:
        nothing = np.zeros(len(row), np.int64)
        return Passing(nothing, nothing, nothing) if default_reject else Passing(inactive, active, nothing)
    resident = np.maximum(extents.resident[row], 1)
    young, huge = extents.young[row] / resident, extents.huge[row] / resident
    anonymous = extents.backing[row] == ANONYMOUS
    share = {True: np.zeros(len(row)), False: np.zeros(len(row))}
    looked_at = np.zeros(len(row))
    for is_active, is_young, is_huge in product((False, True), repeat=3):
        there = (young if is_young else 1.0 - young) * (huge if is_huge else 1.0 - huge)
        passes = np.full(len(row), not default_reject)
        undecided = np.ones(len(row), bool)
        for rule in filters:
            if rule.type == "young" and is_young:
                on_list = (active if is_active else inactive) / resident
                looked_at += np.where(undecided, on_list * (huge if is_huge else 1.0 - huge), 0.0)
            decided = undecided & (_holds(rule, anonymous, memcg, is_active, is_young, is_huge) == rule.matching)
            passes[decided] = rule.allow
            undecided &= ~decided
        share[is_active] += np.where(passes, there, 0.0)
    aged = np.rint(extents.young[row] * np.minimum(looked_at, 1.0)).astype(np.int64)
    return Passing(_part(inactive, share[False]), _part(active, share[True]), aged)


def _holds(rule: Filter, anonymous: Mask, memcg: str, is_active: bool, is_young: bool, is_huge: bool) -> Mask:
    match rule.type:
        case "anon":
            return anonymous
        case "active":
            holds = is_active
        case "young":
            holds = is_young
        case "memcg":
            holds = rule.memcg_path.strip().rstrip("/") == memcg.rstrip("/")
        case "hugepage_size":
            size = HUGE_PAGES * PAGE_SIZE if is_huge else PAGE_SIZE
            holds = rule.sz.min <= size <= rule.sz.max
        case _:
            holds = False
    return np.full(len(anonymous), holds)


def _part(count: I64, share: NDArray[np.float64]) -> I64:
    return np.minimum(np.rint(count * share).astype(np.int64), count)
