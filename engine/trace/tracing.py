"""The tracepoints of an engine."""

from __future__ import annotations

from collections.abc import Iterable

from engine.engine import Engine
from engine.errors import InputError
from engine.files.nodes import File
from engine.trace.file import TraceFile
from engine.trace.reader import TraceReader
from engine.trace.tracepoints import chosen, tracepoints_of
from engine.versions import Feature

DEFAULT_CAPACITY = 131_072
"""Lines that a reader holds, unless told otherwise: about 6 MB."""


class Tracing:
    """Gives out what happens in an engine to any number of readers, none of which the others or the engine notice.

    Args:
        engine: whose kernel release tells which events there are.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.available: tuple[str, ...] = tuple(point.name for point in tracepoints_of(engine.kernel))
        """Names of the events: `damon:damon_aggregated` and others, by the release that they came with."""
        self.file: File = TraceFile(self.open, self.available, Feature.TRACE_AGGREGATED.first)
        """The file `trace`, out of which all events come."""

    def open(self, events: Iterable[str] | None = None, capacity: int = DEFAULT_CAPACITY) -> TraceReader:
        """Begin to listen; close the reader to end that.

        Args:
            events: names, of which the group `damon:` may be left out, and in which `*` stands for anything; None
                for all that are available.
            capacity: how many lines the reader holds before the oldest are lost; one for each region of an event.

        Raises:
            InputError: the kernel has no such event, or the capacity is below 1.
        """
        if capacity < 1:
            raise InputError(f"a trace buffer of {capacity} lines holds nothing; give 1 or more")
        points = chosen(self._engine.kernel, self.available if events is None else events)
        reader = TraceReader(capacity)
        reader.when_closed(self._engine.trace(reader.put, frozenset(point.event for point in points)))
        return reader
