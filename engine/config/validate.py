"""Would this kernel take this configuration? The checks of turning a kdamond on, with the field named.

Checks are those of the kernel (specification sections 1.5, 11.3 and 11.4), in its order: what could not be
written to a file first, then what turning on refuses. What a kernel accepts is no error, however odd:
a sampling interval of 0, a pattern with min above max, watermarks out of order. Whether a process of the
given pid exists is for the engine to know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.config.fields import FieldSpec, leaves
from engine.config.model import ULONG_MAX, AddrRange, Context, Kdamond, Scheme
from engine.errors import InputError, shown
from engine.units import Unit, format_address, format_count, format_exact
from engine.versions import Feature, Kernel

PAGE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a configuration is refused, or surely not meant as it is."""

    path: str
    """The field, from the kdamond: `contexts[0].nr_regions.min`."""
    message: str
    """The value, and what would be accepted."""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def validate(kdamond: Kdamond, kernel: Kernel, operations: Collection[str] = ()) -> list[Problem]:
    """All problems of `kdamond` under `kernel`; empty when it can be turned on.

    Args:
        kdamond: what is asked for.
        kernel: whose rules hold.
        operations: names of operations sets besides the kernel's own.
    """
    problems = [
        problem
        for at, spec, value in leaves(kdamond)
        if spec.name != "ops" or value not in operations
        for problem in _file(at, spec, value, kernel)
    ]
    if len(kdamond.contexts) != 1:
        problems.append(Problem("contexts", f"there are {len(kdamond.contexts)}, and a kdamond runs exactly one"))
    for index, context in enumerate(kdamond.contexts):
        problems += _context(context, kernel, f"contexts[{index}]")
    return problems


def check(kdamond: Kdamond, kernel: Kernel) -> None:
    """Raise `InputError` with the first error of `kdamond` under `kernel`, if there is any."""
    for problem in validate(kdamond, kernel):
        if problem.severity == "error":
            raise InputError(str(problem))


def min_region_bytes(context: Context) -> int:
    """The least size of a region, in the context's address units (specification section 10.2)."""
    if context.ops == "paddr" and context.addr_unit > 0:
        return max(PAGE_SIZE // context.addr_unit, 1)
    return PAGE_SIZE


def _file(at: str, spec: FieldSpec, value: object, kernel: Kernel) -> Iterator[Problem]:
    """What can't be written to the field's file."""
    if spec.choices is not None:
        choices = spec.choices_in(kernel)
        accepted = f"give one of {', '.join(choices)}" if len(choices) > 1 else f"give {spec.default}"
        if value not in spec.choice_since:
            yield Problem(at, f"{shown(value)} is unknown: {accepted}")
        elif not kernel.has(needed := spec.choice_since[str(value)]):
            yield Problem(at, f"{value} {kernel.lack(needed)}: {accepted}")
        return
    if isinstance(value, int) and not isinstance(value, bool) and not spec.low <= value <= spec.high:
        low, high = (_exact(spec, bound) for bound in (spec.low, spec.high))
        yield Problem(at, f"{_exact(spec, value)} does not fit: give {low} to {high}")
    if spec.since is not None and value != spec.default and not kernel.has(spec.since):
        what = format_exact(spec.unit, value) if spec.unit and isinstance(value, int | str) else "setting it"
        yield Problem(at, f"{what} {kernel.lack(spec.since)}: leave it {_default(spec)}")


def _exact(spec: FieldSpec, value: int) -> str:
    return format_exact(spec.unit or Unit.COUNT, value) if value >= 0 else str(value)


def _default(spec: FieldSpec) -> str:
    if spec.default in ((), ""):
        return "empty"
    if isinstance(spec.default, int | str):
        return f"at {format_exact(spec.unit or Unit.COUNT, spec.default)}"
    return "at its defaults"


def _context(context: Context, kernel: Kernel, at: str) -> Iterator[Problem]:
    yield from _attributes(context, kernel, at)
    yield from _targets(context, kernel, at)
    for index, scheme in enumerate(context.schemes):
        yield from _scheme(scheme, context, f"{at}.schemes[{index}]")
    smallest = min_region_bytes(context)
    if smallest & (smallest - 1):
        yield Problem(
            f"{at}.addr_unit",
            f"{context.addr_unit} B makes the least region {smallest} units, and that must be a power of two",
        )


def _attributes(context: Context, kernel: Kernel, at: str) -> Iterator[Problem]:
    """Specification section 1.5."""
    intervals, goal, regions = context.intervals, context.intervals.goal, context.nr_regions
    sample, aggr = (format_exact(Unit.US, us) for us in (intervals.sample_us, intervals.aggr_us))
    least, most = format_count(regions.min), format_count(regions.max)
    if goal.aggrs and kernel.has(Feature.INTERVALS_GOAL):
        low, high = (format_exact(Unit.US, us) for us in (goal.min_sample_us, goal.max_sample_us))
        if goal.min_sample_us > goal.max_sample_us:
            yield Problem(f"{at}.intervals.goal.min_sample_us", f"{low} is above max_sample_us, which is {high}")
        elif not goal.min_sample_us <= intervals.sample_us <= goal.max_sample_us:
            yield Problem(f"{at}.intervals.sample_us", f"{sample} is outside of the goal's range: give {low} to {high}")
    if regions.min < 3:
        yield Problem(f"{at}.nr_regions.min", f"{least} is too few: give at least 3")
    if regions.min > regions.max:
        yield Problem(f"{at}.nr_regions.max", f"{most} is below min: give at least {least}")
    if intervals.sample_us > intervals.aggr_us and kernel.has(Feature.SAMPLE_WITHIN_AGGR):
        yield Problem(f"{at}.intervals.sample_us", f"{sample} is above aggr_us: give at most {aggr}")


def _targets(context: Context, kernel: Kernel, at: str) -> Iterator[Problem]:
    if context.ops == "paddr" and len(context.targets) > 1:
        yield Problem(f"{at}.targets", f"there are {len(context.targets)}, and paddr takes one at most")
    smallest = min_region_bytes(context)
    for index, target in enumerate(context.targets):
        here = f"{at}.targets[{index}]"
        if context.ops in ("vaddr", "fvaddr") and target.pid is not None and target.pid <= 0:
            yield Problem(f"{here}.pid", f"{target.pid} is no process: give the pid of one, from 1, or next")
        before = 0
        for place, region in enumerate(target.regions):
            problem = _region(region, before, smallest, kernel, f"{here}.regions[{place}]")
            if problem is not None:
                yield problem
            before = region.end


def _region(region: AddrRange, before: int, smallest: int, kernel: Kernel, at: str) -> Problem | None:
    """The first problem of an initial region that follows one ending at `before`.

    Kernels refuse empty regions in 6.1 and 6.12 too, other than the specification says (transcripts).
    """
    start, end = format_address(region.start), format_address(region.end)
    whole_pages = kernel.has(Feature.ALIGNED_REGIONS_CHECKED)
    lengthless = region.start == region.end and (region.start % smallest == 0 or not whole_pages)
    if region.start > region.end or lengthless:
        return Problem(f"{at}.end", f"{end} is not above start: give an address above {start}")
    if region.start < before:
        return Problem(
            f"{at}.start",
            f"{start} is below {format_address(before)}, where the region before it ends: "
            "give the regions in ascending order and without overlap",
        )
    if region.start // smallest < -(-before // smallest) and whole_pages:
        return Problem(
            f"{at}.start",
            f"{start} is in the same page as the end of the region before it: "
            f"give multiples of {smallest}, to which regions are rounded",
        )
    if -(-region.end // smallest) * smallest > ULONG_MAX:
        last = format_address(ULONG_MAX // smallest * smallest)
        return Problem(f"{at}.end", f"{end} is beyond the last whole page: give at most {last}")
    return None


def _scheme(scheme: Scheme, context: Context, at: str) -> Iterator[Problem]:
    for index, goal in enumerate(scheme.quotas.goals):
        here = f"{at}.quotas.goals[{index}]"
        if goal.metric.startswith("node_memcg_") and not goal.memcg_path:
            yield Problem(f"{here}.memcg_path", f"{goal.metric} needs a cgroup: give its path, such as /name")
        if goal.metric == "node_eligible_mem_bp" and context.ops != "paddr":
            yield Problem(f"{here}.metric", f"{goal.metric} works with paddr only, and ops is {context.ops}")
    for index, item in enumerate(scheme.filters):
        here = f"{at}.filters[{index}]"
        if item.type == "memcg" and not item.memcg_path:
            yield Problem(f"{here}.memcg_path", "the filter memcg needs a cgroup: give its path, such as /name")
        if item.type == "addr" and item.addr.end < item.addr.start:
            start, end = format_address(item.addr.start), format_address(item.addr.end)
            yield Problem(f"{here}.addr.end", f"{end} is below start: give at least {start}")
        if item.type == "hugepage_size" and item.sz.min > item.sz.max:
            low, high = (format_exact(Unit.BYTES, size) for size in (item.sz.min, item.sz.max))
            yield Problem(f"{here}.sz.max", f"{high} is below min: give at least {low}")
