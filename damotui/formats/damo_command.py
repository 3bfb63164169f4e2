"""The command line of damo 3.4.3 that starts the same kdamonds.

damo collects each option over the whole command into one list, and gives its n-th entry to the n-th context, target or
scheme, whichever markers such as `--damos_scheme` stand around it. So an option that one of them needs is given to all
of them, with damo's default where it is not needed; quota goals and filters alone are counted by the markers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Literal

from damotui.formats.carried import Carried
from damotui.formats.damo_limits import can_convert, notes_on_options, with_options_only
from damotui.formats.damo_numbers import access_rate, age, share, size, time_ms, time_us
from damotui.formats.pids import OpenPids, notes_on, open_pids
from damotui.formats.plain import plain
from damotui.session.tree import Path, Tree
from engine.config.model import (
    ULONG_MAX,
    AccessPattern,
    Context,
    Filter,
    Goal,
    Intervals,
    IntervalsGoal,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Watermarks,
)
from engine.versions import Kernel

_INDENT = " \\\n    "
_SET_PID = "give it a value before, such as PID=$(pidof NAME)"


@dataclass(frozen=True, slots=True)
class _Option:
    name: str
    words: tuple[str, ...]
    """Quoted for a shell."""
    needed: bool
    """Whether damo would do otherwise without it."""

    @property
    def line(self) -> str:
        return " ".join((f"--{self.name}", *self.words))


def damo_command(kdamonds: Tree, kernel: Kernel, verb: Literal["start", "tune"] = "start") -> Carried:
    """`damo start …`, or `damo tune …` for kdamonds that run.

    Args:
        kdamonds: what is to be said.
        kernel: of the config; damo finds out by itself what its kernel has.
        verb: what damo shall do; both take the same options.
    """
    asked = plain(kdamonds)
    if not any(kdamond.contexts for kdamond in asked):
        return Carried("", ("there is no context, and so nothing for damo to start",))
    pids = open_pids(asked)
    lines = _Command(with_options_only(asked), pids).lines()
    notes = (*notes_on_options(asked), *notes_on(pids, _SET_PID))
    return Carried(f"{_INDENT.join((f'damo {verb}', *lines))}\n", notes)


class _Command:
    def __init__(self, kdamonds: Tree, pids: OpenPids) -> None:
        self._kdamonds = kdamonds
        self._contexts = [context for kdamond in kdamonds for context in kdamond.contexts]
        self._pids = pids
        self._markers = _markers(kdamonds, self._contexts)
        options = [option for k in range(len(kdamonds)) for option in self._all_of(k)]
        self._used = {option.name for option in options if option.needed}

    def lines(self) -> Iterator[str]:
        """An option on each, in the order of the tree."""
        for k, kdamond in enumerate(self._kdamonds):
            yield from self._marker("kdamond")
            yield from self._lines(_of_kdamond(kdamond.refresh_ms))
            for c, context in enumerate(kdamond.contexts):
                yield from self._marker("damon_ctx")
                yield from self._lines(_of_context(context))
                for t in range(len(context.targets)):
                    yield from self._marker("damon_target")
                    yield from self._lines(self._of_target(context, (k, "contexts", c, "targets", t)))
                for scheme in context.schemes:
                    yield from self._marker("damos_scheme")
                    yield from self._lines(_of_scheme(scheme, context.intervals))
                    yield from (_goal(goal) for goal in scheme.quotas.goals)
                    yield from (_filter(item) for item in scheme.filters)
        yield from _indices("pause_ctx", [context.pause for context in self._contexts])
        yield from _indices("obsolete_targets", [target.obsolete for c in self._contexts for target in c.targets])

    def _marker(self, name: str) -> Iterator[str]:
        if name in self._markers:
            yield f"--{name}"

    def _lines(self, options: Sequence[_Option]) -> Iterator[str]:
        return (option.line for option in options if option.name in self._used)

    def _all_of(self, k: int) -> Iterator[_Option]:
        kdamond = self._kdamonds[k]
        yield from _of_kdamond(kdamond.refresh_ms)
        for c, context in enumerate(kdamond.contexts):
            yield from _of_context(context)
            for t in range(len(context.targets)):
                yield from self._of_target(context, (k, "contexts", c, "targets", t))
            for scheme in context.schemes:
                yield from _of_scheme(scheme, context.intervals)

    def _of_target(self, context: Context, path: Path) -> list[_Option]:
        target = context.targets[int(path[-1])]
        pid = f'"${self._pids[path]}"' if path in self._pids else str(target.pid or 0)
        regions = " ".join(f"{region.start}-{region.end}" for region in target.regions)
        return [
            _Option("target_pid", (pid,), context.ops != "paddr"),
            _Option("regions", (quote(regions),), bool(regions)),
        ]


def _markers(kdamonds: Tree, contexts: Sequence[Context]) -> set[str]:
    """Those that damo needs to see what belongs together; it puts one in front of all for each kind that is missing."""
    names: set[str] = set()
    several = len(kdamonds) > 1 or len(contexts) > 1
    if several:
        names |= {"kdamond", "damon_ctx"}
    if several or sum(len(context.schemes) for context in contexts) > 1:
        names.add("damos_scheme")
    if names and (several or sum(len(context.targets) for context in contexts) > 1):
        names.add("damon_target")
    return names


def _of_kdamond(refresh_ms: int) -> list[_Option]:
    return [_Option("refresh_stat", (time_ms(refresh_ms),), bool(refresh_ms))]


def _of_context(context: Context) -> list[_Option]:
    intervals, goal, bounds = context.intervals, context.intervals.goal, context.nr_regions
    return [
        _Option("ops", (context.ops,), True),
        _Option("damon_addr_unit", (size(context.addr_unit),), context.addr_unit != Context().addr_unit),
        _Option(
            "monitoring_intervals",
            (time_us(intervals.sample_us), time_us(intervals.aggr_us), time_us(intervals.update_us)),
            True,
        ),
        _Option(
            "monitoring_intervals_goal",
            (share(goal.access_bp, 10_000), str(goal.aggrs), time_us(goal.min_sample_us), time_us(goal.max_sample_us)),
            goal != IntervalsGoal(),
        ),
        _Option("monitoring_nr_regions_range", (str(bounds.min), str(bounds.max)), bounds != NrRegions()),
    ]


def _of_scheme(scheme: Scheme, intervals: Intervals) -> list[_Option]:
    quotas, marks = scheme.quotas, scheme.watermarks
    weights = (quotas.weights.sz_permil, quotas.weights.nr_accesses_permil, quotas.weights.age_permil)
    migration = [str(number) for dest in scheme.dests for number in (dest.id, dest.weight)]
    if scheme.target_nid != Scheme().target_nid:
        migration = [str(scheme.target_nid)]
    action = _Option("damos_action", (scheme.action, *migration), True)
    return [
        action,
        *_of_pattern(scheme.access_pattern, intervals),
        _Option("damos_apply_interval", (time_us(scheme.apply_interval_us),), bool(scheme.apply_interval_us)),
        _Option(
            "damos_quotas",
            (
                *(time_ms(quotas.time_ms), size(quotas.sz_bytes), time_ms(quotas.reset_interval_ms)),
                *(share(weight, 1000) for weight in weights),
            ),
            quotas != Quotas(),
        ),
        _Option("damos_quota_goal_tuner", (quotas.goal_tuner,), quotas.goal_tuner != Quotas().goal_tuner),
        _Option(
            "damos_quota_fail_charge_ratio",
            (str(quotas.fail_charge_num), str(quotas.fail_charge_denom)),
            bool(quotas.fail_charge_num or quotas.fail_charge_denom),
        ),
        _Option(
            "damos_wmarks",
            (
                marks.metric,
                time_us(marks.interval_us),
                *(share(mark, 1000) for mark in (marks.high, marks.mid, marks.low)),
            ),
            marks != Watermarks(),
        ),
        _Option("damos_max_nr_snapshots", (str(scheme.max_nr_snapshots),), bool(scheme.max_nr_snapshots)),
    ]


def _of_pattern(pattern: AccessPattern, intervals: Intervals) -> list[_Option]:
    """Without the intervals that it takes to convert them, shares and ages are damo's defaults."""
    sz, nr, old = pattern.sz, pattern.nr_accesses, pattern.age
    rates, ages = ("min", "max"), ("min", "max")
    if can_convert(intervals):
        rates = (access_rate(nr.min, intervals), access_rate(nr.max, intervals))
        ages = (age(old.min, intervals), age(old.max, intervals))
    return [
        _Option("damos_sz_region", (size(sz.min), size(sz.max)), sz != Range(0, ULONG_MAX)),
        _Option("damos_access_rate", rates, nr.min > 0 or rates[1] != "max"),
        _Option("damos_age", ages, old.min > 0 or ages[1] != "max"),
    ]


def _goal(goal: Goal) -> str:
    words = [goal.metric, _goal_value(goal)]
    if goal.metric == "user_input":
        words.append(str(goal.current_value))
    elif goal.metric.startswith("node_mem"):
        words.append(str(goal.nid))
    if goal.metric.startswith("node_memcg_"):
        words.append(quote(goal.memcg_path))
    return " ".join(("--damos_quota_goal", *words))


def _goal_value(goal: Goal) -> str:
    if goal.metric == "some_mem_psi_us":
        return time_us(goal.target_value)
    # damo takes the one of node_eligible_mem_bp for a bare number, unlike its kin.
    if goal.metric.endswith("_bp") and goal.metric != "node_eligible_mem_bp":
        return share(goal.target_value, 10_000)
    return str(goal.target_value)


def _filter(item: Filter) -> str:
    words = ["allow" if item.allow else "reject", *([] if item.matching else ["none"]), item.type]
    match item.type:
        case "memcg":
            words.append(quote(item.memcg_path))
        case "addr":
            words += [str(item.addr.start), str(item.addr.end)]
        case "target":
            words.append(str(item.target_idx))
        case "hugepage_size":
            words += [size(item.sz.min), size(item.sz.max)]
    return " ".join(("--damos_filter", *words))


def _indices(name: str, flags: Sequence[bool]) -> Iterator[str]:
    """An option that lists which of them are meant, counted over the whole command."""
    chosen = [str(index) for index, flag in enumerate(flags) if flag]
    if chosen:
        yield " ".join((f"--{name}", *chosen))
