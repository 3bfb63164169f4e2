"""Schemes to begin with, one or more for each action; thresholds are those of known recipes.

Those are the kernel's own modules with the defaults of their parameters (DAMON_RECLAIM, DAMON_LRU_SORT), and the
schemes that its developers measure with: prcl, ethp and the tiering of two nodes.
"""

from __future__ import annotations

from damotui.session.meanings import KEYWORDS
from damotui.session.template import Around, Maker, Template
from engine.config.fields import ACTIONS
from engine.config.model import ULONG_MAX, AccessPattern, Context, Filter, Goal, Quotas, Range, Scheme, Weights
from engine.versions import Feature

_SECOND, _MINUTE = 1_000_000, 60_000_000
_PAGE, _MIB = 4096, 1 << 20
_ANY = Range(0, ULONG_MAX)


def hot(context: Context) -> Scheme:
    """Counts what at least half of the samples found accessed."""
    return Scheme(access_pattern=_used(context, 50))


def cold(context: Context) -> Scheme:
    """Counts what was not accessed for three seconds."""
    return Scheme(access_pattern=_idle(context, 3 * _SECOND))


def _used(context: Context, percent: int, *, sz: Range = _ANY) -> AccessPattern:
    """Accessed in at least that share of the samples of an aggregation, and in one of them."""
    samples = context.intervals.aggr_us // max(context.intervals.sample_us, 1)
    return AccessPattern(sz=sz, nr_accesses=Range(max(1, samples * percent // 100), ULONG_MAX), age=_ANY)


def _idle(context: Context, us: int, *, sz: Range = _ANY) -> AccessPattern:
    """Not accessed for that long."""
    return AccessPattern(sz=sz, nr_accesses=Range(0, 0), age=Range(us // max(context.intervals.aggr_us, 1), ULONG_MAX))


def _each_second(*, ms: int = 0, mib: int = 0, goals: tuple[Goal, ...] = ()) -> Quotas:
    """A limit by time, size or goal. Access frequency and age decide alike what comes first."""
    return Quotas(ms, mib * _MIB, 1000, Weights(0, 1, 1), goals)


def _pageout(around: Around) -> Scheme:
    return Scheme("pageout", _idle(around.context, 5 * _SECOND, sz=Range(_PAGE, ULONG_MAX)))


def _pageout_gently(around: Around) -> Scheme:
    pattern = _idle(around.context, 2 * _MINUTE, sz=Range(_PAGE, ULONG_MAX))
    return Scheme("pageout", pattern, quotas=_each_second(ms=10, mib=128))


def _pageout_by_pressure(around: Around) -> Scheme:
    pattern = _idle(around.context, 5 * _SECOND, sz=Range(_PAGE, ULONG_MAX))
    return Scheme("pageout", pattern, quotas=_each_second(goals=(Goal("some_mem_psi_us", 10_000),)))


def _stat_everything(around: Around) -> Scheme:
    return Scheme(access_pattern=AccessPattern(_ANY, _ANY, _ANY))


def _hugepage(around: Around) -> Scheme:
    return Scheme("hugepage", _used(around.context, 5))


def _nohugepage(around: Around) -> Scheme:
    return Scheme("nohugepage", _idle(around.context, 7 * _SECOND, sz=Range(2 * _MIB, ULONG_MAX)))


def _collapse(around: Around) -> Scheme:
    return Scheme("collapse", _used(around.context, 5, sz=Range(2 * _MIB, ULONG_MAX)))


def _lru_prio(around: Around) -> Scheme:
    pattern = _used(around.context, 50, sz=Range(_PAGE, ULONG_MAX))
    return Scheme("lru_prio", pattern, quotas=_each_second(ms=5))


def _lru_deprio(around: Around) -> Scheme:
    pattern = _idle(around.context, 2 * _MINUTE, sz=Range(_PAGE, ULONG_MAX))
    return Scheme("lru_deprio", pattern, quotas=_each_second(ms=5))


def _migrate_hot(around: Around) -> Scheme:
    young = (Filter("young", matching=True, allow=True),) if around.kernel.has(Feature.FILTER_ALLOW) else ()
    return _migrating("migrate_hot", _used(around.context, 5), 0, young)


def _migrate_cold(around: Around) -> Scheme:
    young = (Filter("young", matching=True),)
    return _migrating("migrate_cold", _idle(around.context, 0), min(1, max(len(around.nodes) - 1, 0)), young)


def _migrating(action: str, pattern: AccessPattern, node: int, filters: tuple[Filter, ...]) -> Scheme:
    return Scheme(
        action,
        pattern,
        apply_interval_us=_SECOND,
        target_nid=node,
        quotas=_each_second(mib=200),
        filters=filters,
    )


def _willneed(around: Around) -> Scheme:
    return Scheme("willneed", _used(around.context, 5))


def _cold_action(around: Around) -> Scheme:
    return Scheme("cold", _idle(around.context, 5 * _SECOND))


def _template(name: str, help: str, make: Maker, *also: Feature) -> Template:
    action = name.partition(":")[0]
    return Template(name, help, make, (ACTIONS[action], *also), f"{action} {KEYWORDS[action]}.")


SCHEMES = (
    _template("pageout: cold", "what was not accessed for 5 s", _pageout),
    _template("pageout: gently", "after 2 m, at most 128 MiB and 10 ms a second", _pageout_gently),
    _template("pageout: by pressure", "as much as costs 1 % of the time", _pageout_by_pressure, Feature.GOAL_PSI),
    _template("stat: hot", "accessed in half of the samples or more", lambda around: hot(around.context)),
    _template("stat: cold", "not accessed for 3 s or more", lambda around: cold(around.context)),
    _template("stat: everything", "all memory", _stat_everything),
    _template("hugepage: hot", "accessed in 5 % of the samples or more", _hugepage),
    _template("nohugepage: cold", "2 MiB or more, not accessed for 7 s", _nohugepage),
    _template("collapse: hot", "2 MiB or more, accessed in 5 % or more", _collapse),
    _template("lru_prio: hot", "accessed in half of the samples, 5 ms a second", _lru_prio),
    _template("lru_deprio: cold", "not accessed for 2 m, 5 ms a second", _lru_deprio),
    _template("migrate_hot: promote", "to node 0, 200 MiB a second", _migrate_hot),
    _template("migrate_cold: demote", "to node 1, 200 MiB a second", _migrate_cold),
    _template("willneed: hot", "accessed in 5 % of the samples or more", _willneed),
    _template("cold: idle", "not accessed for 5 s", _cold_action),
)
