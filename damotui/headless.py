"""`damotui record`: a run without the app, into a record file and a summary."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from damotui.exits import OK, killed_by, say
from damotui.experiment import Experiment, start_engine
from damotui.files import check_free, write_whole
from damotui.series import SERIES_US, Series
from damotui.summary import Ending, RunFigures, summary_json
from engine.config.model import Intervals
from engine.engine import Engine
from engine.errors import InputError
from engine.records import RecordWriter
from engine.snapshot import Aggregation
from engine.units import format_us

SHORTEST_STRIDE_US, LONGEST_STRIDE_US = 10_000, 1_000_000


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """What to run, for how long, and where it goes."""

    experiment: Experiment
    duration_us: int
    """Simulated time, above 0."""
    output: Path
    summary: Path | None = None
    """None writes no summary."""
    force: bool = False
    """Whether files that exist are replaced."""


def record(request: RecordRequest) -> int:
    """Run the experiment and write what its kdamonds found.

    Returns:
        The exit code. After a signal that is the signal's, and what was found until then has been written.

    Raises:
        InputError: the request can't be carried out; nothing was written.
    """
    _check(request)
    for note in request.experiment.notes:
        say(note)
    engine = start_engine(request.experiment)
    figures, series = RunFigures(), Series()
    wall, cpu = time.perf_counter(), time.process_time()
    with (
        _signals() as received,  # outermost: a signal must not cut the writing short either
        RecordWriter(request.output, force=request.force, intervals_of=_intervals_of(request.experiment)) as writer,
        _progress(request) as show,
    ):

        def keep(aggregation: Aggregation) -> None:
            figures.aggregations += 1
            figures.regions += aggregation.nr_regions
            writer.add(aggregation)

        engine.subscribe(keep)
        series.begin(engine)
        ending = _run(engine, request, figures, series if request.summary else None, received, show)
    figures.wall_s, figures.cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    snapshot = engine.snapshot()
    if request.summary is not None:
        summary = summary_json(request.experiment, request.duration_us, snapshot, ending, figures, series)
        write_whole(request.summary, summary)
    ended_us = max((process.ended_us or 0 for process in snapshot.processes), default=0)
    _say_how_it_ended(
        request,
        ending,
        ended_us if ending is Ending.WORKLOAD else snapshot.time_us,
        figures,
        asleep=any(k.asleep for k in snapshot.kdamonds),
    )
    return killed_by(received[0]) if received else OK


def _check(request: RecordRequest) -> None:
    if request.summary is not None:
        check_free(request.summary, force=request.force)
        if request.summary.absolute() == request.output.absolute():
            raise InputError(f"--summary: {str(request.summary)!r} is --output as well: give two different files")
    shortest_us = _shortest_aggr_us(request.experiment)
    if request.duration_us < shortest_us:
        raise InputError(
            f"--duration: {format_us(request.duration_us)} is over before the first aggregation, "
            f"and nothing would be recorded: give at least {format_us(shortest_us)}"
        )


def _shortest_aggr_us(experiment: Experiment) -> int:
    return min(context.intervals.aggr_us for kdamond in experiment.kdamonds for context in kdamond.contexts)


def _intervals_of(experiment: Experiment) -> Callable[[int, int], Intervals]:
    return lambda kdamond, context: experiment.kdamonds[kdamond].contexts[context].intervals


def _run(
    engine: Engine,
    request: RecordRequest,
    figures: RunFigures,
    series: Series | None,
    received: list[int],
    show: Callable[[int], None],
) -> Ending:
    """Advance in strides of simulated time, never of real time: a run ends at the same place on any machine."""
    stride_us = max(SHORTEST_STRIDE_US, min(LONGEST_STRIDE_US, 10 * _shortest_aggr_us(request.experiment)))
    while not received and engine.now_us < request.duration_us:
        to_second_us = SERIES_US - engine.now_us % SERIES_US
        engine.advance(min(stride_us, to_second_us, request.duration_us - engine.now_us))
        figures.look(engine.snapshot())
        if series is not None and engine.now_us % SERIES_US == 0:
            series.look(engine)
        show(engine.now_us)
        if engine.finished():
            return Ending.WORKLOAD
    return Ending.INTERRUPTED if received else Ending.DURATION


def _say_how_it_ended(
    request: RecordRequest, ending: Ending, time_us: int, figures: RunFigures, *, asleep: bool
) -> None:
    asked, reached = format_us(request.duration_us), format_us(time_us)
    if ending is Ending.WORKLOAD and time_us < request.duration_us:
        say(f"the workload ended after {reached} of the {asked} asked for; {request.output} is complete until then")
    elif ending is Ending.INTERRUPTED:
        say(f"interrupted after {reached} of the {asked} asked for; {request.output} is complete until then")
    elif not figures.regions and asleep:
        say(
            f"the watermarks of all schemes kept kdamond asleep, and {request.output} holds no snapshot: "
            "a smaller --memory, or other watermarks, would wake it"
        )
    elif not figures.regions:
        say(
            f"no kdamond had anything to check, and {request.output} holds no snapshot: "
            "paddr and fvaddr targets need regions, and a vaddr context needs a target"
        )
    elif sys.stderr.isatty():
        say(f"{request.output}: {figures.aggregations} aggregations of {reached}, in {figures.wall_s:.1f} s")


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Collect the signals that ask for an end. The first one is heeded at the next stride, a second one at once."""
    received: list[int] = []

    def receive(number: int, frame: FrameType | None) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)

    names = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is unknown to Windows
    before = {name: signal.signal(getattr(signal, name), receive) for name in names if hasattr(signal, name)}
    try:
        yield received
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


@contextmanager
def _progress(request: RecordRequest) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, nothing elsewhere. What is yielded takes the simulated time reached."""
    if not sys.stderr.isatty():
        yield lambda now_us: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[reached]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, expand=True) as progress:
        asked = format_us(request.duration_us)
        task = progress.add_task(request.experiment.workload.name, total=request.duration_us, reached="")
        yield lambda now_us: progress.update(task, completed=now_us, reached=f"{format_us(now_us)} of {asked}")
