"""Filters: their layers, their order, and what cuts a region (specification sections 6.5 and 15.1)."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config.model import AddrRange, Filter, Scheme
from engine.damos.filters import InstalledFilters, Verdict
from engine.damos.rules import Rules
from engine.versions import release

ADDR = Filter("addr", matching=True, addr=AddrRange(2, 6))


def core(allow: bool = False) -> Filter:
    return Filter("target", matching=True, allow=allow)


def ops(allow: bool = False, kind: str = "anon") -> Filter:
    return Filter(kind, matching=True, allow=allow)


def filters(*rules: Filter, kernel: str = "7.1", of: str = "paddr", action: str = "stat") -> InstalledFilters:
    return InstalledFilters.of(Scheme(action, filters=rules), of, Rules.of(release(kernel)))


@pytest.mark.parametrize(
    ("region", "inside", "cuts"),
    [((3, 5), True, []), ((1, 2), False, []), ((6, 8), False, []), ((1, 4), False, [1]), ((2, 8), True, [4])],
)
def test_filter_by_address(region: tuple[int, int], inside: bool, cuts: list[int]) -> None:
    installed = filters(ADDR)
    cut_at: list[int] = []
    # The filter rejects what is inside.
    assert installed.verdict(0, *region, 1, cut_at.append).passes is not inside
    assert cut_at == cuts
    start, end = (np.array([bound], np.uint64) for bound in region)
    assert installed.crossed(start, end, 1).tolist() == [bool(cuts)]
    if not cuts:
        assert installed.verdicts(np.array([0]), start, end, 1)[0].tolist() == [not inside]


def test_address_bounds_are_aligned_down() -> None:
    rule = Filter("addr", matching=True, allow=True, addr=AddrRange(4097, 12_287))
    assert filters(rule).verdict(0, 4096, 8192, 4096, lambda _: None) == Verdict(True, True)
    assert filters(rule).verdict(0, 8192, 12_288, 4096, lambda _: None) == Verdict(False, False)


@pytest.mark.parametrize(
    ("rules", "defaults"),
    [
        ((), (False, False)),
        ((core(True),), (True, False)),
        ((core(),), (False, False)),
        ((core(), ops(True)), (False, True)),
        ((core(True), ops(True)), (False, True)),
        ((core(True), core()), (False, False)),
        ((ops(True), ops()), (False, False)),
        ((ops(True), core(True)), (False, True)),
    ],
)
def test_default_reject(rules: tuple[Filter, ...], defaults: tuple[bool, bool]) -> None:
    installed = filters(*rules)
    assert (installed.core_default_reject, installed.ops_default_reject) == defaults
    before = filters(*rules, kernel="6.12")
    assert (before.core_default_reject, before.ops_default_reject) == (False, False)


def test_the_first_filter_that_speaks_decides() -> None:
    reject_inside, allow_target = ADDR, Filter("target", matching=True, allow=True, target_idx=1)
    installed = filters(reject_inside, allow_target)
    target, start, end = np.array([0, 1, 1]), np.array([2, 2, 8], np.uint64), np.array([4, 4, 9], np.uint64)
    passes, allowed = installed.verdicts(target, start, end, 1)
    assert passes.tolist() == [False, False, True]
    assert allowed.tolist() == [False, False, True]
    swapped = filters(allow_target, reject_inside)
    passes, allowed = swapped.verdicts(target, start, end, 1)
    assert passes.tolist() == [False, True, True]
    assert allowed.tolist() == [False, True, True]
    assert swapped.verdict(1, 1, 4, 1, lambda _: pytest.fail("decided without a cut")) == Verdict(True, True)


def test_before_6_14_every_filter_rejects() -> None:
    allow = Filter("target", matching=True, allow=True, target_idx=1)
    keep_target_1 = Filter("target", matching=False, allow=True, target_idx=1)
    for rule, verdict in ((allow, [True, False]), (keep_target_1, [False, True])):
        got = filters(rule, ops(True), kernel="6.12")
        span = np.array([0, 0], np.uint64), np.array([4, 4], np.uint64)
        assert got.verdicts(np.array([0, 1]), *span, 1)[0].tolist() == verdict
        assert [f.allow for f in got.ops] == [False]


def test_layers_keep_their_order() -> None:
    rules = (ops(kind="young"), core(), ops(True, kind="memcg"), ADDR)
    installed = filters(*rules)
    assert installed.core == (rules[1], rules[3])
    assert installed.ops == (rules[0], rules[2])


@pytest.mark.parametrize(
    ("of", "action", "kernel", "asked"),
    [
        ("paddr", "migrate_cold", "6.12", True),
        ("paddr", "stat", "7.1", True),
        ("vaddr", "pageout", "7.1", False),
        ("vaddr", "stat", "7.1", True),
        ("vaddr", "stat", "6.12", False),
        ("fvaddr", "migrate_hot", "7.1", True),
    ],
)
def test_where_ops_filters_are_asked(of: str, action: str, kernel: str, asked: bool) -> None:
    installed = filters(ops(), core(True), of=of, action=action, kernel=kernel)
    assert bool(installed.ops) is asked
    assert installed.core_default_reject is False


def test_pageout_of_physical_memory_spares_young_pages() -> None:
    young = Filter("young", matching=True)
    assert filters(of="paddr", action="pageout").ops == (young,)
    allowing = filters(ops(True), of="paddr", action="pageout")
    assert (allowing.ops[-1], allowing.ops_default_reject) == (young, True)
    own = Filter("young", matching=False, allow=True)
    assert filters(own, of="paddr", action="pageout").ops == (own,)
    assert filters(of="paddr", action="lru_prio").ops == ()
    assert filters(of="vaddr", action="pageout").ops == ()
