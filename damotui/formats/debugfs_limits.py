"""What debugfs can be told, and what it makes of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from damotui.formats.left_out import left_out
from damotui.session.tree import Path, Tree, text
from engine.config.model import UINT_MAX, Context, Intervals, Kdamond, Quotas, Range, Scheme, Target
from engine.debugfs.schemes import ACTIONS

METRICS = ("none", "free_mem_rate")
"""Metrics of watermarks by their numbers."""

_MOST_TARGETS = 32
_MOST_SCHEMES = 256


def said_by_debugfs(context: Context) -> Context:
    """The context that the lines for `context` stand for."""
    if context.ops == "paddr":
        targets = tuple(Target(regions=target.regions) for target in context.targets[:1]) or (Target(),)
    else:
        targets = tuple(Target(target.pid, target.regions) for target in context.targets[:_MOST_TARGETS])
    return Context(
        "paddr" if context.ops == "paddr" else "vaddr",
        replace(context.intervals, goal=Intervals().goal),
        context.nr_regions,
        targets,
        tuple(_scheme(scheme) for scheme in context.schemes if not _why_not(scheme))[:_MOST_SCHEMES],
    )


def _why_not(scheme: Scheme) -> str:
    """Why there can't be a line for a scheme at all; empty if there can."""
    if scheme.action not in ACTIONS:
        return f"debugfs has no number for the action {scheme.action}"
    if scheme.watermarks.metric not in METRICS:
        return f"debugfs has no number for the metric {scheme.watermarks.metric}"
    return ""


def _scheme(scheme: Scheme) -> Scheme:
    pattern, quotas = scheme.access_pattern, scheme.quotas
    return Scheme(
        scheme.action,
        replace(pattern, nr_accesses=_uint(pattern.nr_accesses), age=_uint(pattern.age)),
        quotas=Quotas(quotas.time_ms, quotas.sz_bytes, quotas.reset_interval_ms, quotas.weights),
        watermarks=scheme.watermarks,
    )


def _uint(both: Range) -> Range:
    """What the kernel keeps of counts and ages: the lowest 32 bits."""
    return Range(both.min & UINT_MAX, both.max & UINT_MAX)


def notes_on_debugfs(kdamonds: Tree) -> Iterator[str]:
    """A sentence for each thing that debugfs can't be told, refuses, or takes otherwise."""
    for k, kdamond in enumerate(kdamonds):
        yield from _left_out(replace(kdamond, contexts=()), Kdamond(), (k,))
        if len(kdamond.contexts) > 1:
            yield f"{text((k,))}: debugfs runs each of its {len(kdamond.contexts)} contexts in a kdamond of its own"
        for c, context in enumerate(kdamond.contexts):
            yield from _notes_on_context(context, (k, "contexts", c))


def _notes_on_context(context: Context, path: Path) -> Iterator[str]:
    at, said = text(path), said_by_debugfs(context)
    bare = replace(context, ops=said.ops, targets=(), schemes=())
    yield from _left_out(bare, replace(said, targets=(), schemes=()), path)
    if context.ops == "fvaddr":
        yield f"{at}.ops: fvaddr becomes vaddr, which brings the regions up to date with the mappings"
    if not context.targets:
        yield f"{at} has no target: debugfs {'adds one' if context.ops == 'paddr' else 'refuses to start'}"
    for t, target in enumerate(context.targets):
        if t < len(said.targets):
            yield from _left_out(target, said.targets[t], (*path, "targets", t))
        else:
            yield f"{at}.targets[{t}] is left out: debugfs takes {len(said.targets)} at most"
    count = 0
    for s, scheme in enumerate(context.schemes):
        why = _why_not(scheme) or (f"debugfs takes {_MOST_SCHEMES} at most" if count >= _MOST_SCHEMES else "")
        if why:
            yield f"{at}.schemes[{s}] is left out: {why}"
            continue
        count += 1
        # Of counts and ages the kernel keeps the lowest 32 bits, through whichever file it is told.
        same = replace(_scheme(scheme), access_pattern=scheme.access_pattern)
        yield from _left_out(scheme, same, (*path, "schemes", s))
        yield from _refused(_scheme(scheme), f"{at}.schemes[{s}]")


def _refused(said: Scheme, at: str) -> Iterator[str]:
    pattern, marks = said.access_pattern, said.watermarks
    for name, both in (("sz", pattern.sz), ("nr_accesses", pattern.nr_accesses), ("age", pattern.age)):
        if both.min > both.max:
            yield f"{at}.access_pattern.{name}: debugfs refuses a min that is above max"
    if not marks.high >= marks.mid >= marks.low:
        yield f"{at}.watermarks: debugfs refuses marks that are not in descending order"


def _left_out(asked: object, said: object, at: Path) -> Iterator[str]:
    return left_out(asked, said, lambda path: "debugfs has no place for it", at)
