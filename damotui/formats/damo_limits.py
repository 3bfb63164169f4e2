"""What damo 3.4.3 can be told by its options, and what it makes of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from damotui.formats.damo_numbers import NO_LIMIT, UNLIMITED, access_rate, age, aggregations_of, samples_of
from damotui.formats.left_out import left_out
from damotui.session.tree import Path, Tree, text
from engine.config.model import AccessPattern, Context, Filter, Goal, Intervals, Range, Scheme

UNKNOWN_METRICS = ("hugepage_mem_bp",)
"""Metrics of quota goals that damo does not know."""
_NODE_METRICS = ("node_mem_used_bp", "node_mem_free_bp", "node_memcg_used_bp", "node_memcg_free_bp")
"""Those for which it takes and writes a node."""

_OWN_FIELDS = {"memcg": "memcg_path", "addr": "addr", "target": "target_idx", "hugepage_size": "sz"}
_WHY = {
    "pid": "paddr has no process",
    "addr_unit": "damo takes one with paddr only",
    "target_nid": "damo takes one for a migration without dests only",
    "dests": "damo takes them for migrations only",
    "nid": f"damo takes one for {', '.join(_NODE_METRICS)} only",
    "current_value": "damo takes one for user_input only",
    "access_pattern": "damo's arithmetic can't come to it",
}


def with_options_only(kdamonds: Tree) -> Tree:
    """The config without what there is no option for."""
    return tuple(replace(kdamond, contexts=tuple(map(_context, kdamond.contexts))) for kdamond in kdamonds)


def said_by_options(kdamonds: Tree) -> Tree:
    """The config that damo makes of the options for `kdamonds`, whose patterns may come out otherwise."""
    return tuple(
        replace(kdamond, contexts=tuple(map(_converted, kdamond.contexts))) for kdamond in with_options_only(kdamonds)
    )


def notes_on_options(kdamonds: Tree) -> Iterator[str]:
    """A sentence for each thing that the options can't say, or that damo refuses or understands otherwise."""
    yield from left_out(kdamonds, said_by_options(kdamonds), _why)
    for k, kdamond in enumerate(kdamonds):
        for c, context in enumerate(kdamond.contexts):
            yield from _notes_on_context(context, (k, "contexts", c))


def can_convert(intervals: Intervals) -> bool:
    """Whether damo can turn shares of the samples into samples."""
    return bool(intervals.sample_us and intervals.aggr_us)


def _notes_on_context(context: Context, at: Path) -> Iterator[str]:
    if not context.targets:
        yield f"{text(at)} has no target: damo can't be told so, and takes one at least"
    if context.ops == "paddr" and not all(target.regions for target in context.targets):
        yield f"{text(at)} has no regions: damo takes the largest range of System RAM then"
    if context.schemes and not can_convert(context.intervals):
        yield f"{text(at)}.intervals: damo divides by sample_us and aggr_us, and fails where one is 0"
    elif any(NO_LIMIT in _limits(scheme, context.intervals) for scheme in context.schemes):
        yield f"{text(at)}: {NO_LIMIT} stands for no limit, as damo's max comes to a low one at these intervals"
    for s, scheme in enumerate(context.schemes):
        yield from _notes_on_scheme(scheme, (*at, "schemes", s))


def _notes_on_scheme(scheme: Scheme, at: Path) -> Iterator[str]:
    if len(scheme.filters) > 1:
        yield (
            f"{text(at)} has {len(scheme.filters)} filters: damo 3.4.3 refuses more than one --damos_filter of a"
            " scheme, and takes them from kdamonds JSON only"
        )
    for g, goal in enumerate(scheme.quotas.goals):
        if goal.metric in UNKNOWN_METRICS:
            yield f"{text((*at, 'quotas', 'goals', g))}: damo 3.4.3 does not know {goal.metric}, and refuses"
    paths = [f.memcg_path for f in scheme.filters] + [g.memcg_path for g in scheme.quotas.goals]
    if any(path.startswith("-") for path in paths):
        yield f"{text(at)}: damo takes a cgroup whose path begins with - for an option, and refuses"


def _limits(scheme: Scheme, intervals: Intervals) -> tuple[str, str]:
    pattern = scheme.access_pattern
    return access_rate(pattern.nr_accesses.max, intervals), age(pattern.age.max, intervals)


def _why(path: Path) -> str:
    return next((why for name, why in _WHY.items() if name in path), "nothing looks at it there")


def _context(context: Context) -> Context:
    physical = context.ops == "paddr"
    return replace(
        context,
        addr_unit=context.addr_unit if physical else 1,
        targets=tuple(replace(t, pid=None) if physical else t for t in context.targets),
        schemes=tuple(map(_scheme, context.schemes)),
    )


def _converted(context: Context) -> Context:
    if not can_convert(context.intervals):
        return context
    patterns = [_pattern(scheme.access_pattern, context.intervals) for scheme in context.schemes]
    schemes = (replace(s, access_pattern=p) for s, p in zip(context.schemes, patterns, strict=True))
    return replace(context, schemes=tuple(schemes))


def _scheme(scheme: Scheme) -> Scheme:
    migrates = scheme.action.startswith("migrate_")
    dests = scheme.dests if migrates else ()
    return replace(
        scheme,
        target_nid=scheme.target_nid if migrates and not dests else Scheme().target_nid,
        dests=dests,
        quotas=replace(scheme.quotas, goals=tuple(map(_goal, scheme.quotas.goals))),
        filters=tuple(map(_filter, scheme.filters)),
    )


def _pattern(pattern: AccessPattern, intervals: Intervals) -> AccessPattern:
    def accesses(count: int) -> int:
        return count if count in UNLIMITED else samples_of(access_rate(count, intervals), intervals)

    def ages(count: int) -> int:
        return count if count in UNLIMITED else aggregations_of(count, intervals)

    nr, old = pattern.nr_accesses, pattern.age
    return AccessPattern(pattern.sz, Range(accesses(nr.min), accesses(nr.max)), Range(ages(old.min), ages(old.max)))


def _goal(goal: Goal) -> Goal:
    return replace(
        goal,
        nid=goal.nid if goal.metric in _NODE_METRICS else 0,
        memcg_path=goal.memcg_path if goal.metric.startswith("node_memcg_") else "",
        current_value=goal.current_value if goal.metric == "user_input" else 0,
    )


def _filter(item: Filter) -> Filter:
    bare = Filter(item.type, item.matching, item.allow)
    name = _OWN_FIELDS.get(item.type)
    return bare if name is None else replace(bare, **{name: getattr(item, name)})
