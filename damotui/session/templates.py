"""What a user can add to each list of the tree, ready to be tuned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from damotui.session.meanings import ENTRIES, KEYWORDS
from damotui.session.scheme_templates import SCHEMES, cold, hot
from damotui.session.template import Around, Maker, Template
from engine.config.fields import FILTER_TYPES, GOAL_METRICS, OPERATIONS
from engine.config.model import AddrRange, Context, Dest, Filter, Goal, Intervals, Kdamond, Range, Scheme, Target

_MIB2 = 2 << 20
_LOWEST = 1 << 32
"""Where a range of addresses begins when nothing is known of a process."""
_UPDATE_US = 1_000_000
"""damo's own. The kernel's default of a minute outlasts most workloads here."""


def templates_for(collection: str) -> tuple[Template, ...]:
    """What can be added to the list of that field name, the empty one for kdamonds; none if it is no such list."""
    return _TEMPLATES.get(collection, ())


def starting_schemes(context: Context) -> tuple[Scheme, ...]:
    """Schemes that change nothing and count what is hot and what is cold."""
    return (hot(context), cold(context))


def new_kdamond(ops: str = "vaddr", regions: tuple[AddrRange, ...] = ()) -> Kdamond:
    """A kdamond that monitors the workload's next process, or the physical memory."""
    return Kdamond(contexts=(_context(ops, regions),))


def _context(ops: str, regions: tuple[AddrRange, ...]) -> Context:
    return Context(ops=ops, intervals=Intervals(update_us=_UPDATE_US), targets=(Target(regions=regions),))


def _with_ops(ops: str, around: Around) -> Context:
    """A context that finds something to monitor: only vaddr finds its regions by itself."""
    if ops == "paddr":
        memory = around.nodes or (AddrRange(_LOWEST, _LOWEST + _MIB2),)
        return _context(ops, (AddrRange(memory[0].start, memory[-1].end),))
    if ops == "fvaddr":
        return _context(ops, (around.mapped or AddrRange(_LOWEST, _LOWEST + _MIB2),))
    return _context(ops, ())


_OPS_HELP = {
    "vaddr": "the workload's next process",
    "fvaddr": "the largest mapping of a process",
    "paddr": "all physical memory",
}


def _by_ops(made: Callable[[Context], Any]) -> tuple[Template, ...]:
    """One for each set of operations."""

    def make(ops: str) -> Maker:
        return lambda around: made(_with_ops(ops, around))

    return tuple(
        Template(ops, _OPS_HELP[ops], make(ops), (feature,), f"{ops} monitors {KEYWORDS[ops]}.")
        for ops, feature in OPERATIONS.items()
    )


def _region(around: Around) -> AddrRange:
    """As long as a huge page, behind those that are there: they must ascend."""
    start = around.entries[-1].end if around.entries else around.mapped.start if around.mapped else _LOWEST
    return AddrRange(start, start + _MIB2)


def _filters() -> tuple[Template, ...]:
    fields: dict[str, dict[str, Any]] = {
        "memcg": {"memcg_path": "/"},
        "hugepage_size": {"sz": Range(_MIB2, _MIB2)},
    }

    def make(kind: str) -> Maker:
        def filter_of(around: Around) -> Filter:
            addr = (around.mapped or AddrRange(_LOWEST, _LOWEST + _MIB2)) if kind == "addr" else AddrRange()
            return Filter(kind, matching=True, addr=addr, **fields.get(kind, {}))

        return filter_of

    return tuple(
        Template(kind, f"leave {KEYWORDS[kind]} alone", make(kind), (feature,))
        for kind, feature in FILTER_TYPES.items()
    )


_GOALS = {
    "some_mem_psi_us": 10_000,
    "node_mem_used_bp": 9_970,
    "node_mem_free_bp": 50,
    "node_memcg_used_bp": 5_000,
    "node_memcg_free_bp": 5_000,
    "active_mem_bp": 5_000,
    "inactive_mem_bp": 5_000,
    "node_eligible_mem_bp": 5_000,
    "hugepage_mem_bp": 5_000,
}
"""Targets: those of the tiering recipe, 10 ms of pressure, halves."""


def _goals() -> tuple[Template, ...]:
    def make(metric: str) -> Maker:
        path = "/" if metric.startswith("node_memcg_") else ""
        return lambda around: Goal(metric, _GOALS.get(metric, 10_000), memcg_path=path)

    return tuple(
        Template(metric, KEYWORDS[metric], make(metric), (feature,)) for metric, feature in GOAL_METRICS.items()
    )


def _dest(around: Around) -> Dest:
    """The next node, with the same weight."""
    nodes = len(around.nodes)
    return Dest(min(len(around.entries), max(nodes - 1, 0)), 1)


_TEMPLATES: dict[str, tuple[Template, ...]] = {
    "": _by_ops(lambda context: Kdamond(contexts=(context,))),
    "contexts": _by_ops(lambda context: context),
    "schemes": SCHEMES,
    "targets": (Template("target", "the workload's next process; set its pid for another", lambda _: Target()),),
    "regions": (Template("region", "an address range to begin with", _region),),
    "filters": _filters(),
    "goals": _goals(),
    "dests": (Template("dest", ENTRIES["dest"], _dest),),
}
