"""What a kdamond does as it does it: one immutable value for each time that the kernel's tracepoints tell of something.

An engine hands them out to those that asked for them (`Engine.trace`); while nobody asks, none is made. Which of them a
kernel release has a tracepoint for, and the text that it prints, is known in `engine.trace` (specification section 13).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from engine.regions.table import I64, U64
from engine.snapshot import Aggregation, SchemeStats


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which kdamond it was, and when."""

    kdamond: int
    """Its index."""
    name: str
    """Of the thread: `kdamond.0`."""
    pid: int
    time_us: int
    """Microseconds of simulated time at which the sample was taken that it follows; the time that actions take
    passes after everything that follows the same sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """Something that happened."""

    at: Occasion

    @property
    def kdamond(self) -> int:
        """Index of the kdamond."""
        return self.at.kdamond

    @property
    def time_us(self) -> int:
        """Microseconds of simulated time."""
        return self.at.time_us

    @property
    def count(self) -> int:
        """How many times a tracepoint tells of it: once for each region, where it is about regions."""
        return 1


@dataclass(frozen=True, slots=True, eq=False)
class Aggregated(Event):
    """An aggregation is complete: after merging and schemes, before the reset and the split."""

    aggregation: Aggregation
    """With counters in terms of the new intervals where these were tuned just before."""

    @property
    def count(self) -> int:
        """Number of regions."""
        return self.aggregation.nr_regions


@dataclass(frozen=True, slots=True, eq=False)
class BeforeApply(Event):
    """The schemes of one round act on regions; columns [k], in the order in which it happens.

    A region is offered to all schemes before the next one is, and `nr_regions` follows the cuts (for quotas and for
    filters by address) and, from 7.1 on, the merging back between two of them. What is not followed: the cuts of a
    region that core filters then reject piece by piece, which the kernel makes and undoes from 7.1 on.
    """

    scheme: I64
    """Index of the scheme."""
    target: I64
    """Index of the target."""
    nr_regions: I64
    """How many regions the target has at that moment."""
    start: U64
    end: U64
    nr_accesses: I64
    """As schemes look at it: the moving sum, from 6.7 on."""
    age: I64
    """Before the action makes it start again."""

    @property
    def count(self) -> int:
        """Number of regions and schemes that met."""
        return len(self.start)


@dataclass(frozen=True, slots=True, eq=False)
class IntervalsTuned(Event):
    """The sampling and aggregation intervals were auto-tuned."""

    sample_us: int
    """The new sampling interval."""


@dataclass(frozen=True, slots=True, eq=False)
class EszChanged(Event):
    """A charge window opened with another effective quota; after 7.1, also the first one."""

    scheme: int
    """Index of the scheme."""
    esz: int
    """Bytes per charge window."""


@dataclass(frozen=True, slots=True, eq=False)
class StatAfterApply(Event):
    """A scheme had its turn, though watermarks may have kept it from acting."""

    scheme: int
    """Index of the scheme."""
    stats: SchemeStats
    """What it has counted since it was installed."""


EVENTS: frozenset[type[Event]] = frozenset((Aggregated, BeforeApply, IntervalsTuned, EszChanged, StatAfterApply))
"""All kinds of events."""

Listener = Callable[[Event], None]
_Entry = tuple[Listener, frozenset[type[Event]]]


class EventLog:
    """What happens after one sample, in order.

    Args:
        at: the kdamond and the time.
        wanted: kinds of events that somebody listens to.
    """

    def __init__(self, at: Occasion, wanted: frozenset[type[Event]]) -> None:
        self.at = at
        self.events: list[Event] = []
        self._wanted = wanted

    def wants(self, kind: type[Event]) -> bool:
        """Whether anybody listens to events of this kind."""
        return kind in self._wanted

    def add(self, event: Event) -> None:
        """Note what happened; what nobody listens to is passed over."""
        if type(event) in self._wanted and event.count:
            self.events.append(event)


class Tracepoints:
    """Who listens to which events of an engine. A deep copy has no listeners."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[_Entry, ...] = ()
        self._wanted: frozenset[type[Event]] = frozenset()

    def __deepcopy__(self, memo: dict[int, Any]) -> Tracepoints:
        return Tracepoints()

    def listen(self, listener: Listener, kinds: Collection[type[Event]] = EVENTS) -> Callable[[], None]:
        """Call `listener` with each event of these kinds from now on; the result takes it off again."""
        entry = (listener, frozenset(kinds))

        def stop() -> None:
            with self._lock:
                self._set(tuple(other for other in self._listeners if other is not entry))

        with self._lock:
            self._set((*self._listeners, entry))
        return stop

    def _set(self, entries: tuple[_Entry, ...]) -> None:
        self._listeners = entries
        self._wanted = frozenset[type[Event]]().union(*(kinds for _, kinds in entries))

    def log(self, kdamond: int, name: str, pid: int, time_us: int) -> EventLog | None:
        """Where to note what happens now; None while nobody listens."""
        return EventLog(Occasion(kdamond, name, pid, time_us), self._wanted) if self._wanted else None

    def hand_out(self, log: EventLog) -> None:
        """Give all that was noted to those who listen to it, in order."""
        for event in log.events:
            for listener, kinds in self._listeners:
                if type(event) in kinds:
                    listener(event)
