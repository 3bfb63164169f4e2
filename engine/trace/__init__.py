"""The tracepoints of DAMON: which a kernel release has, what they print, and buffers to read them from.

Specification section 13. There is one tracepoint that no engine event stands for: damon_region_aggregated, which tells
of probes, and probes are not modelled.
"""

from engine.trace.reader import Lost, TraceReader
from engine.trace.text import lines
from engine.trace.tracepoints import TRACEPOINTS, Tracepoint
from engine.trace.tracing import Tracing

__all__ = ["TRACEPOINTS", "Lost", "TraceReader", "Tracepoint", "Tracing", "lines"]
