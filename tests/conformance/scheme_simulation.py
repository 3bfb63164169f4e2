"""Simulations of recorded scheme runs: the same workload, parameters, changes and memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.config.model import (
    AccessPattern,
    AddrRange,
    Context,
    Filter,
    Intervals,
    Kdamond,
    NrRegions,
    Quotas,
    Range,
    Scheme,
    Target,
    Watermarks,
    Weights,
)
from engine.engine import Engine
from engine.machine.costs import Costs
from engine.snapshot import Aggregation, SchemeStats, SchemeStatus
from engine.versions import kernel_version
from engine.workload.library import Workload
from engine.workload.masim import parse_masim
from tests.conformance.scheme_recording import Hog, SchemeRun, Segment

USUAL_SPEED = 30_000.0
"""Accesses per millisecond where the recording does not state them: about what masim printed in the others."""
_PAGE = 4096
_STEP_US = 20_000


@dataclass(frozen=True, slots=True)
class Instant:
    """A simulation at one time."""

    time_ms: float
    asleep: bool
    free_bytes: int
    rss_bytes: int
    stats: tuple[SchemeStats, ...]
    states: tuple[SchemeStatus, ...]


@dataclass(frozen=True, slots=True)
class Simulated:
    """One simulation."""

    instants: tuple[Instant, ...]
    aggregations: tuple[Aggregation, ...]
    tried_bytes: tuple[tuple[int, ...], ...]
    """For each scheme, those of its turns that were asked for, one about each second."""

    def at(self, time_ms: float) -> Instant:
        """The last instant before or at a time."""
        return next(one for one in reversed(self.instants) if one.time_ms <= time_ms)


def simulate(run: SchemeRun, seed: int, kernel: str | None = None) -> Simulated:
    """Run the workload under a simulated kdamond, of another kernel release if one is named."""
    release = kernel_version(kernel or ".".join(run.kernel.split(".")[:2]))
    engine = Engine(
        kernel=release,
        seed=seed,
        memory_bytes=run.memory_bytes,
        swap_bytes=run.swap_bytes,
        costs=Costs(first_touch_ns=_first_touch_us(run) * 1e3, pageout_ns=run.pageout_us * 1e3),
    )
    pid = engine.start_process(_workload(run))
    aggregations: list[Aggregation] = []
    engine.subscribe(aggregations.append)
    engine.turn_on(0, kdamond(run, run.segments[0], pid))
    script = _script(run, pid)
    if run.hogs:
        _hold(engine, engine.snapshot().free_bytes - run.rows[0].free_bytes - run.rows[0].rss_bytes, pid + 100)
    last_ms = [row for row in run.rows if row.on][-1].time_ms
    instants: list[Instant] = []
    tried: list[list[int]] = [[] for _ in engine.snapshot().kdamonds[0].schemes]
    walk = engine.tried_regions(0) if tried else None
    while engine.now_us < last_ms * 1_000 and engine.snapshot().kdamonds[0].running:
        while script and script[0][0] * 1_000 <= engine.now_us:
            script.pop(0)[1](engine)
        engine.advance(_STEP_US)
        instants.append(_instant(engine))
        if walk is not None and engine.now_us % 1_000_000 == 0 and instants[-1].stats:
            if walk.done(len(tried)):
                for index, found in walk.results.items():
                    tried[index].append(found.total_bytes)
            if (walk.cancelled or walk.done(len(tried))) and engine.snapshot().kdamonds[0].running:
                walk = engine.tried_regions(0)
    return Simulated(tuple(instants), tuple(aggregations), tuple(map(tuple, tried)))


def _workload(run: SchemeRun) -> Workload:
    """masim as recorded.

    Its phases end by the clock, whatever it had to wait for meanwhile; those of the simulation put their end off by
    it. So the first phase, in which all is touched for the first time, gets only the time that this left, and the
    accesses per millisecond of that time.
    """
    config = parse_masim(run.masim, run.name)
    first, *others = run.phase_ms or [phase.time_ms for phase in config.phases]
    touching_ms = config.footprint_bytes / _PAGE * _first_touch_us(run) / 1e3
    times = [round(first - touching_ms), *others]
    phases = tuple(replace(phase, time_ms=time) for phase, time in zip(config.phases, times, strict=True))
    speeds: tuple[float, ...] = (USUAL_SPEED,)
    if run.accesses_per_ms:
        speeds = (run.accesses_per_ms[0] * first / times[0], *run.accesses_per_ms[1:])
    return Workload(run.name, "", run.memory_bytes, replace(config, phases=phases), speeds)


def _first_touch_us(run: SchemeRun) -> float:
    """As recorded; nothing where a hog's speed is given, which is that of its first touches."""
    return 0.0 if run.hogs else run.first_touch_us


def _instant(engine: Engine) -> Instant:
    shown = engine.snapshot()
    kdamond = shown.kdamonds[0]
    return Instant(
        time_ms=shown.time_us / 1e3,
        asleep=kdamond.asleep,
        free_bytes=shown.free_bytes,
        rss_bytes=shown.processes[0].rss_bytes,
        stats=kdamond.schemes,
        states=kdamond.scheme_states,
    )


def _script(run: SchemeRun, pid: int) -> list[tuple[float, _Deed]]:
    """What is done while it runs, in the order of time."""
    deeds: list[tuple[float, _Deed]] = [
        (segment.from_ms, _Commit(kdamond(run, segment, pid))) for segment in run.segments[1:]
    ]
    for number, hog in enumerate(run.hogs):
        deeds += [(hog.start_ms, _Start(hog, pid + 1 + number)), (hog.end_ms, _Kill(pid + 1 + number))]
    return sorted(deeds, key=lambda deed: deed[0])


def _hold(engine: Engine, size: int, pid: int) -> None:
    """What else the recorded machine held: its other processes and its page cache."""
    config = parse_masim(f"others, {size}\n\nhold\n3600000\nothers, 0, {_PAGE}, 1\n", "others")
    engine.start_process(Workload("others", "", size, config, (size / _PAGE / 100,)), pid=pid)


class _Deed:
    def __call__(self, engine: Engine) -> None:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class _Commit(_Deed):
    config: Kdamond

    def __call__(self, engine: Engine) -> None:
        engine.commit(0, self.config)


@dataclass(frozen=True, slots=True)
class _Kill(_Deed):
    pid: int

    def __call__(self, engine: Engine) -> None:
        engine.kill_process(self.pid)


@dataclass(frozen=True, slots=True)
class _Start(_Deed):
    """A process that touches one page after the other, as fast as the recorded one did."""

    hog: Hog
    pid: int

    def __call__(self, engine: Engine) -> None:
        size = self.hog.mib << 20
        config = parse_masim(f"memory, {size}\n\nhold\n3600000\nmemory, 0, {_PAGE}, 1\n", "hog")
        speed = size / _PAGE / (self.hog.ready_ms - self.hog.start_ms)
        engine.start_process(Workload("hog", "", size, config, (speed,)), pid=self.pid)


def kdamond(run: SchemeRun, segment: Segment, pid: int) -> Kdamond:
    """The recorded parameters, with the sampling interval that was reached in place of the one asked for."""
    sample_us = round(segment.aggregation_us / segment.samples)
    stretch = sample_us / segment.sample_us
    context = Context(
        ops="vaddr",
        intervals=Intervals(sample_us, sample_us * segment.samples, 1_000_000),
        nr_regions=NrRegions(segment.min_nr_regions, segment.max_nr_regions),
        targets=(Target(pid=pid),),
        schemes=schemes(run.schemes, stretch),
    )
    return Kdamond((context,))


def schemes(text: str, stretch: float = 1.0) -> tuple[Scheme, ...]:
    """Schemes from files and values under schemes/, apply intervals made longer by a factor, as checks were."""
    given: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        path, value = line.split(maxsplit=1)
        index, _, name = path.partition("/")
        given.setdefault(index, {})[name] = value
    return tuple(_scheme(files, stretch) for _, files in sorted(given.items()))


def _scheme(files: dict[str, str], stretch: float) -> Scheme:
    def number(name: str) -> int:
        return int(files.get(name, 0))

    def limits(name: str) -> Range:
        return Range(number(f"access_pattern/{name}/min"), number(f"access_pattern/{name}/max"))

    return Scheme(
        action=files["action"],
        access_pattern=AccessPattern(limits("sz"), limits("nr_accesses"), limits("age")),
        apply_interval_us=round(number("apply_interval_us") * stretch),
        quotas=Quotas(
            time_ms=number("quotas/ms"),
            sz_bytes=number("quotas/bytes"),
            reset_interval_ms=number("quotas/reset_interval_ms"),
            weights=Weights(*(number(f"quotas/weights/{w}_permil") for w in ("sz", "nr_accesses", "age"))),
        ),
        watermarks=Watermarks(
            metric=files.get("watermarks/metric", "none"),
            interval_us=number("watermarks/interval_us"),
            high=number("watermarks/high"),
            mid=number("watermarks/mid"),
            low=number("watermarks/low"),
        ),
        filters=tuple(
            Filter(
                type=files[f"filters/{i}/type"],
                matching=files[f"filters/{i}/matching"] == "Y",
                addr=AddrRange(number(f"filters/{i}/addr_start"), number(f"filters/{i}/addr_end")),
            )
            for i in range(number("filters/nr_filters"))
        ),
    )
