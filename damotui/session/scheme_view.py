"""Schemes as they are shown: what holds them back, what they did, and how that changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from damotui.session.gauge import Gauge
from damotui.session.meter import Meter
from engine.config.model import Scheme
from engine.snapshot import GoalStatus, SchemeStats, SchemeStatus

BIN_US = 500_000
"""What a bar of a sparkline covers, unless schemes are applied more rarely."""


class SchemeState(Enum):
    """Whether a scheme acts, and why not; in full and in six characters."""

    ACTIVE = ("active", "active")
    ASLEEP = ("off by watermark", "wm off")
    FULL = ("quota full", "full")
    DONE = ("all rounds done", "done")
    STOPPED = ("kdamond off", "off")

    def __init__(self, text: str, short: str) -> None:
        self.text = text
        self.short = short


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal of a quota, and what it was measured at."""

    status: GoalStatus
    node: int | None
    """The NUMA node that it is about; None for a metric that is about none."""
    series: tuple[float, ...]
    """Shares of the target, oldest first."""


@dataclass(frozen=True, slots=True)
class SchemeLine:
    """A scheme's statistics, with rates in bytes, regions and times per second of simulated time."""

    index: int
    scheme: Scheme
    stats: SchemeStats
    rates: dict[str, float]
    """Growth per second of each of the statistics, by its name; 0 while the kdamond does not run."""
    series: tuple[float, ...]
    """Bytes tried per second, oldest first."""
    bin_us: int
    """What one value of the series covers."""
    state: SchemeState = SchemeState.ACTIVE
    status: SchemeStatus | None = None
    goals: tuple[GoalLine, ...] = ()
    esz_series: tuple[float, ...] = ()
    """The effective quota in bytes, oldest first."""


RATED = ("nr_tried", "sz_tried", "nr_applied", "sz_applied", "qt_exceeds", "sz_ops_filter_passed")


class SchemeMeters:
    """Follows one scheme of a running kdamond.

    Args:
        bin_us: simulated time that a bar of its sparklines covers.
    """

    def __init__(self, bin_us: int) -> None:
        self.bin_us = bin_us
        self._rates = {name: Meter(bin_us) for name in RATED}
        self._esz = Gauge(bin_us)
        self._goals: list[tuple[str, Gauge]] = []

    def feed(self, time_us: int, stats: SchemeStats, status: SchemeStatus | None) -> None:
        """Take note of a moment."""
        for name, meter in self._rates.items():
            meter.feed(time_us, getattr(stats, name))
        if status is None:
            return
        self._esz.feed(time_us, status.esz_bytes)
        names = [f"{goal.metric} {goal.target_value}" for goal in status.goals]
        if names != [name for name, _ in self._goals]:
            self._goals = [(name, Gauge(self.bin_us)) for name in names]
        for goal, (_, gauge) in zip(status.goals, self._goals, strict=True):
            gauge.feed(time_us, goal.current_value / max(goal.target_value, 1))

    def line(
        self, index: int, scheme: Scheme, stats: SchemeStats, status: SchemeStatus | None, *, running: bool
    ) -> SchemeLine:
        """What is to be shown."""
        goals = status.goals if status else ()
        series = [gauge.series for _, gauge in self._goals] if len(self._goals) == len(goals) else [()] * len(goals)
        return SchemeLine(
            index=index,
            scheme=scheme,
            stats=stats,
            rates={name: meter.per_s if running else 0.0 for name, meter in self._rates.items()},
            series=self._rates["sz_tried"].series,
            bin_us=self.bin_us,
            state=_state(scheme, stats, status, running=running),
            status=status,
            goals=tuple(GoalLine(*one) for one in zip(goals, _nodes(scheme, len(goals)), series, strict=True)),
            esz_series=self._esz.series,
        )


def bin_of(scheme: Scheme, aggr_us: int) -> int:
    """What a bar of a scheme's sparklines covers: one turn of it at least."""
    return max(BIN_US, aggr_us, scheme.apply_interval_us)


def _nodes(scheme: Scheme, count: int) -> list[int | None]:
    """The node of each of the goals that are in force: those with a target."""
    goals = [goal for goal in scheme.quotas.goals if goal.target_value]
    nodes = [goal.nid if goal.metric.startswith("node_") else None for goal in goals]
    return nodes if len(nodes) == count else [None] * count


def _state(scheme: Scheme, stats: SchemeStats, status: SchemeStatus | None, *, running: bool) -> SchemeState:
    if not running:
        return SchemeState.STOPPED
    if scheme.max_nr_snapshots and stats.nr_snapshots >= scheme.max_nr_snapshots:
        return SchemeState.DONE
    if status is not None and not status.active:
        return SchemeState.ASLEEP
    return SchemeState.FULL if status is not None and status.full else SchemeState.ACTIVE
