"""The files of one context: what is read from them, and what becomes of what is written (specification section 12).

What is found wrong before and after it is asked whether the context runs (EBUSY) differs from file to file, as in the
kernel: each `write` says it.
"""

from __future__ import annotations

import errno
from collections.abc import Callable

from engine.config.model import AddrRange, Context, Intervals, Kdamond, NrRegions, Target
from engine.config.validate import validate
from engine.debugfs.context import DebugContext
from engine.debugfs.files import DebugFile, fitted
from engine.debugfs.meanings import MEANINGS
from engine.debugfs.scan import INT, ULONG, agree, records, text_of
from engine.debugfs.schemes import scheme_lines
from engine.engine import Engine
from engine.files.errors import FileError
from engine.files.nodes import Node

_MOST_TARGETS = 32
_PHYSICAL = b"paddr\n"
_FAKE_ID = 42
"""What the one target of paddr is shown as."""


def context_files(engine: Engine, context: DebugContext) -> dict[str, Node]:
    """The files of a context, by name."""
    attrs, schemes = Attrs(engine, context), Schemes(context)
    target_ids, init_regions = TargetIds(engine, context), InitRegions(context)

    def file(name: str, read: Callable[[int], str], write: Callable[[bytes], None] | None = None) -> DebugFile:
        return DebugFile(MEANINGS[name], read, write, lambda: context.removed)

    return {
        "attrs": file("attrs", attrs.read, attrs.write),
        "init_regions": file("init_regions", init_regions.read, init_regions.write),
        "kdamond_pid": file("kdamond_pid", KdamondPid(context).read),
        "schemes": file("schemes", schemes.read, schemes.write),
        "target_ids": file("target_ids", target_ids.read, target_ids.write),
    }


class Attrs:
    """`attrs`: intervals and bounds of the number of regions."""

    def __init__(self, engine: Engine, context: DebugContext) -> None:
        self._engine = engine
        self._context = context

    def read(self, size: int) -> str:
        """The five numbers."""
        intervals, bounds = self._context.intervals, self._context.nr_regions
        return f"{intervals.sample_us} {intervals.aggr_us} {intervals.update_us} {bounds.min} {bounds.max}\n"

    def write(self, data: bytes) -> None:
        """Take five numbers; what follows them is not looked at.

        Raises:
            FileError: EINVAL if there are fewer, and then if the kernel doesn't take them; EBUSY in between.
        """
        found = next(records(text_of(data), (ULONG,) * 5), None)
        if found is None:
            raise FileError(
                errno.EINVAL, "five numbers are wanted: three intervals in microseconds, min and max regions"
            )
        _check_idle(self._context)
        sample_us, aggr_us, update_us, least, most = found
        intervals, bounds = Intervals(sample_us, aggr_us, update_us), NrRegions(least, most)
        tried = Kdamond((Context(intervals=intervals, nr_regions=bounds),))
        for problem in validate(tried, self._engine.kernel):
            if problem.severity == "error":
                raise FileError(errno.EINVAL, f"{problem.path.rpartition('.')[2]}: {problem.message}")
        self._context.intervals, self._context.nr_regions = intervals, bounds


class TargetIds:
    """`target_ids`: pids, or `paddr`."""

    def __init__(self, engine: Engine, context: DebugContext) -> None:
        self._engine = engine
        self._context = context

    def read(self, size: int) -> str:
        """The pids, also of processes that have ended; 42 for the physical address space."""
        context = self._context
        context.notice_end()
        ids = [_FAKE_ID if context.ops == "paddr" else target.pid for target in context.targets]
        return " ".join(map(str, ids)) + "\n"

    def write(self, data: bytes) -> None:
        """Take up to 32 pids, until something else comes; or a beginning of `paddr` and a new line, even an empty one.

        Raises:
            FileError: ENOMEM if there is no such process, looked at first; EBUSY.
        """
        text = text_of(data)
        physical = agree(text, _PHYSICAL, len(data))
        pids = [] if physical else [pid for (pid,) in records(text, (INT,), _MOST_TARGETS)]
        for pid in pids:
            if not self._engine.pid_exists(pid):
                raise FileError(errno.ENOMEM, f"there is no process of pid {pid}")
        _check_idle(self._context)
        if physical:
            self._context.set_targets("paddr", (Target(),))
        else:
            self._context.set_targets("vaddr", tuple(map(Target, pids)))


class InitRegions:
    """`init_regions`: regions that targets begin with."""

    def __init__(self, context: DebugContext) -> None:
        self._context = context

    def read(self, size: int) -> str:
        """A line for each region: index of its target, start and end.

        Raises:
            FileError: EBUSY; ENOMEM if `size` is less than some of the lines need.
        """
        _check_idle(self._context)
        return fitted(
            (
                f"{index} {region.start} {region.end}\n"
                for index, target in enumerate(self._context.targets)
                for region in target.regions
            ),
            size,
        )

    def write(self, data: bytes) -> None:
        """Drop all regions, then take these.

        Raises:
            FileError: EBUSY; EINVAL if one is empty, has no target, or does not follow that target's last one: then
                there are none.
        """
        _check_idle(self._context)
        self._context.set_regions({})
        regions: dict[int, list[AddrRange]] = {}
        for index, start, end in records(text_of(data), (INT, ULONG, ULONG)):
            self._check_region(index, start, end, regions.get(index))
            regions.setdefault(index, []).append(AddrRange(start, end))
        self._context.set_regions(regions)

    def _check_region(self, index: int, start: int, end: int, before: list[AddrRange] | None) -> None:
        count = len(self._context.targets)
        if start >= end:
            raise FileError(errno.EINVAL, f"the end of region {start}-{end} is not above its start")
        if not 0 <= index < count:
            raise FileError(errno.EINVAL, f"there is no target {index}: target_ids has {count}, counted from 0")
        if before and before[-1].end > start:
            raise FileError(
                errno.EINVAL, f"region {start}-{end} begins below {before[-1].end}, where the last one ends"
            )


class Schemes:
    """`schemes`: what is done to which regions, and what it came to."""

    def __init__(self, context: DebugContext) -> None:
        self._context = context

    def read(self, size: int) -> str:
        """A line for each scheme: its 18 numbers, then its five statistics.

        Raises:
            FileError: ENOMEM if `size` is less than some of the lines need.
        """
        return fitted(self._context.scheme_lines(), size)

    def write(self, data: bytes) -> None:
        """Replace all schemes.

        Raises:
            FileError: EINVAL if the kernel doesn't take one of them, looked at first; EBUSY.
        """
        lines = scheme_lines(data)
        _check_idle(self._context)
        self._context.set_schemes(lines)


class KdamondPid:
    """`kdamond_pid`: the thread that works on the context. It can't be written."""

    def __init__(self, context: DebugContext) -> None:
        self._context = context

    def read(self, size: int) -> str:
        """The pid, or `none`; cut where `size` is small."""
        pid = self._context.pid
        return f"{'none' if pid is None else pid}\n"[: max(size - 1, 0)]


def _check_idle(context: DebugContext) -> None:
    if context.running:
        raise FileError(errno.EBUSY, "the context is being monitored; write off to monitor_on first")
