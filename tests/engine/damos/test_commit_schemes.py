"""Online changes of a context's schemes, by index (specification sections 11.4 and 15.1)."""

from __future__ import annotations

import pytest

from engine.config.model import AddrRange, Dest, Filter, Range, Scheme
from engine.damos.rules import Rules
from engine.damos.scheme import AppliedScheme, commit_schemes
from engine.versions import release
from tests.engine.damos.fakes import installed, scheme

RULES = Rules.of(release("7.1"))


def after(running: list[AppliedScheme], *configs: Scheme) -> list[AppliedScheme]:
    return commit_schemes(running, configs, "paddr", RULES, 4096)


def dests(count: int, first: int) -> tuple[Dest, ...]:
    return tuple(Dest(first + i, first + i + 1) for i in range(count))


def test_schemes_are_kept_by_index() -> None:
    running = installed(scheme("pageout"), scheme("stat"), ops="paddr")
    running[0].nr_tried = 5
    fewer = after(running, scheme("lru_prio"))
    assert fewer == running[:1]
    assert (fewer[0].config.action, fewer[0].nr_tried) == ("lru_prio", 5)
    more = after(fewer, scheme("lru_prio"), scheme("lru_deprio"), scheme("stat"))
    assert [s.index for s in more] == [0, 1, 2]
    assert more[0] is running[0]
    assert [s.config.action for s in more] == ["lru_prio", "lru_deprio", "stat"]
    assert [s.nr_tried for s in more] == [5, 0, 0]


@pytest.mark.parametrize(("before", "count"), [(3, 3), (2, 3), (0, 3), (3, 2), (3, 0)])
def test_dests(before: int, count: int) -> None:
    running = installed(scheme("migrate_hot", dests=dests(before, 1)), ops="paddr")
    wanted = dests(count, 4)
    got = after(running, scheme("migrate_hot", dests=wanted))[0]
    assert (got.action.dests, got.unfiltered_action.dests) == (wanted, wanted)


@pytest.mark.parametrize(
    "rule",
    [
        Filter("anon", matching=True, allow=True),
        Filter("memcg", memcg_path="/123"),
        Filter("young", matching=True, allow=True),
        Filter("hugepage_size", sz=Range(234, 345)),
        Filter("unmapped", matching=True, allow=True),
        Filter("addr", addr=AddrRange(456, 567)),
        Filter("target", matching=True, allow=True, target_idx=6),
    ],
)
def test_filters(rule: Filter) -> None:
    running = installed(scheme(filters=(Filter("active"),)), ops="paddr")
    got = after(running, scheme(filters=(rule,)))[0]
    assert got.filters.core + got.filters.ops == (rule,)
    assert got.action.filters == got.filters.ops
    assert got.filters.core_default_reject is (rule.type == "target")
    assert got.filters.ops_default_reject is (rule.allow and rule.type != "target")
