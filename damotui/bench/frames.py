"""What a frame of the heat map costs: CPU time and bytes to the terminal, without a terminal.

A frame is all that happens from new aggregations to the text for the terminal: binning, colours, rows, Textual's
compositor, and encoding. The data look like a staircase: ten steps of 10 MiB, one hot at a time, in a process' layout.
"""

from __future__ import annotations

import asyncio
import io
import time
from dataclasses import dataclass, replace

import numpy as np
from rich.console import Console
from textual.app import App, ComposeResult

from damotui.render.history import History
from damotui.render.showing import Showing
from damotui.widgets.heatmap import Heatmap
from damotui.widgets.terminal_colours import ColourMode
from engine.snapshot import Aggregation
from engine.truth import TRUE_SCALE

COLUMNS, ROWS = 200, 50
FRAMES = 200
AGGR_US = 100_000
CHECKS = 20
_MIB = 1 << 20
_HEAP, _MMAP, _STACK = (0x55D0C8A00000, _MIB), (0x7F3A40000000, 104 * _MIB), (0x7FFD8A3E0000, 132 << 10)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to use the map."""

    name: str
    transposed: bool = False
    aggregations_per_frame: int = 1
    noise: bool = False
    """Every region at random, so that hardly two cells are the same: the worst case."""
    mode: ColourMode = ColourMode.TRUECOLOR
    reference: bool = False
    """Draw by Textual's public API only."""
    showing: Showing = Showing.FOUND
    sweeps: bool = False


SCENARIOS = (
    Scenario("time down"),
    Scenario("time down, 256 colours", mode=ColourMode.XTERM256),
    Scenario("time down, sweep", sweeps=True),
    Scenario("time down, truth", showing=Showing.TRUTH),
    Scenario("time down, difference", showing=Showing.DIFFERENCE),
    Scenario("time down, sorted", showing=Showing.SORTED),
    Scenario("time across", transposed=True),
    Scenario("time across, public API only", transposed=True, reference=True),
    Scenario("all rows new", aggregations_per_frame=2 * ROWS),
    Scenario("all rows new, noise", aggregations_per_frame=2 * ROWS, noise=True),
)


@dataclass(frozen=True, slots=True)
class FrameFigures:
    """What a scenario took."""

    scenario: str
    ms_per_frame: float
    """CPU time, median."""
    ms_per_frame_p95: float
    bytes_per_frame: int
    """Mean over all frames."""
    percent_of_core_at_20_fps: float


def staircase(count: int, *, regions: int = 60, noise: bool = False, seed: int = 1) -> list[Aggregation]:
    """Aggregations of a process in which one of ten steps of 10 MiB is hot at a time, for 2.5 s each."""
    rng = np.random.default_rng(seed)
    return [_aggregation(i, regions, noise, rng) for i in range(count)]


def _aggregation(index: int, regions: int, noise: bool, rng: np.random.Generator) -> Aggregation:
    start_us = index * AGGR_US
    base, size = _MMAP
    hot = _hot_step(start_us)
    pages = rng.choice(size >> 12, regions - 3, replace=False).astype(np.uint64)
    cuts = base + (pages << np.uint64(12))
    cuts = np.unique(np.concatenate((cuts, np.array([base, hot, hot + 10 * _MIB, base + size], np.uint64))))
    start = np.concatenate((np.array([_HEAP[0]], np.uint64), cuts[:-1], np.array([_STACK[0]], np.uint64)))
    end = np.concatenate((np.array([sum(_HEAP)], np.uint64), cuts[1:], np.array([sum(_STACK)], np.uint64)))
    inside = (start >= hot) & (end <= hot + 10 * _MIB)
    chance = rng.random(len(start)) if noise else np.where(inside, 0.98, 0.002)
    return Aggregation(
        kdamond=0,
        context=0,
        start_us=start_us,
        end_us=start_us + AGGR_US,
        sample_us=AGGR_US // CHECKS,
        aggr_us=AGGR_US,
        max_nr_accesses=CHECKS,
        target=np.zeros(len(start), np.int64),
        start=start,
        end=end,
        nr_accesses=rng.binomial(CHECKS, chance),
        age=np.zeros(len(start), np.int64),
        nr_targets=1,
    )


def _hot_step(start_us: int) -> int:
    """Where the step of 10 MiB begins that is hot then."""
    return _MMAP[0] + 2 * _MIB + start_us // 2_500_000 % 10 * 10 * _MIB


def _truth(found: Aggregation) -> Aggregation:
    """The hot step alone, touched in all of its pages."""
    column = np.array([_hot_step(found.start_us)], np.uint64)
    return replace(
        found,
        max_nr_accesses=TRUE_SCALE,
        target=np.zeros(1, np.int64),
        start=column,
        end=column + np.uint64(10 * _MIB),
        nr_accesses=np.array([TRUE_SCALE]),
        age=np.zeros(1, np.int64),
    )


class _MapApp(App[None]):
    def __init__(self, scenario: Scenario) -> None:
        super().__init__()
        self.heatmap = Heatmap(reference=scenario.reference)
        self.heatmap.set_reactive(Heatmap.mode, scenario.mode)
        self.heatmap.set_reactive(Heatmap.transposed, scenario.transposed)
        self.heatmap.set_reactive(Heatmap.showing, scenario.showing)
        self.heatmap.set_reactive(Heatmap.sweeps, scenario.sweeps)
        self.heatmap.view.time.row_us = AGGR_US

    def compose(self) -> ComposeResult:
        yield self.heatmap


def measure(scenario: Scenario, frames: int = FRAMES, size: tuple[int, int] = (COLUMNS, ROWS)) -> FrameFigures:
    """Runs a scenario in a headless app of that many columns and rows."""
    return asyncio.run(_measure(scenario, frames, size))


async def _measure(scenario: Scenario, frames: int, size: tuple[int, int]) -> FrameFigures:
    columns, rows = size
    screenful = columns if scenario.transposed else 2 * rows
    data = staircase(
        screenful + frames * scenario.aggregations_per_frame,
        regions=columns if scenario.noise else 60,
        noise=scenario.noise,
    )
    history, truth = History(max_bytes=1 << 30), History(max_bytes=1 << 30)
    for aggregation in data[:screenful]:
        history.add(aggregation)
        truth.add(_truth(aggregation))
    app = _MapApp(scenario)
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")
    times, sizes = [], []
    async with app.run_test(size=size) as pilot:
        app.heatmap.show(history, data[screenful - 1].end_us, truth=truth)
        await pilot.pause()
        for first in range(screenful, len(data), scenario.aggregations_per_frame):
            new = data[first : first + scenario.aggregations_per_frame]
            for aggregation in new:
                history.add(aggregation)
                truth.add(_truth(aggregation))
            began = time.thread_time()
            app.heatmap.show(history, new[-1].end_us, truth=truth)
            text = _encoded(app, console)
            times.append((time.thread_time() - began) * 1e3)
            sizes.append(len(text.encode()))
    median, high = np.percentile(times, [50, 95]).tolist()
    return FrameFigures(scenario.name, round(median, 2), round(high, 2), round(np.mean(sizes)), round(median * 2, 1))


def _encoded(app: _MapApp, console: Console) -> str:
    """The text that Textual would write for what changed; a headless driver skips this, so it is asked for here."""
    compositor = app.screen._compositor
    compositor.update_widgets({app.heatmap})
    update = compositor.render_update()
    return "" if update is None else update.render_segments(console)  # type: ignore[union-attr]
