"""What is pointed out beside the heatmap: phases of the workload, and names of mappings."""

from __future__ import annotations

from damotui.render.layout import RangeName
from damotui.render.view import TimeMark
from damotui.session.live import Live
from engine.config.model import Kdamond
from engine.snapshot import ProcessStatus, Snapshot
from engine.workload.library import Workload

_MOST = 200


class Marks:
    """Times at which something changed: phase edges of the processes, and what was noted."""

    def __init__(self, workload: Workload) -> None:
        self._phases = [(phase.name, phase.time_ms * 1000) for phase in workload.config.phases]
        self._noted: list[TimeMark] = []
        self._edges: tuple[TimeMark, ...] = ()
        self._valid_until = -1
        self._processes: tuple[tuple[int, int | None], ...] = ()

    def clear(self) -> None:
        """Forget everything."""
        self._noted.clear()
        self._valid_until = -1

    def note(self, time_us: int, text: str) -> None:
        """Point a moment out."""
        self._noted = [*self._noted[1 - _MOST :], TimeMark(time_us, text)]
        self._valid_until = -1

    def until(self, snapshot: Snapshot) -> tuple[TimeMark, ...]:
        """The marks up to a snapshot, in the order of time; the same object while nothing is new."""
        processes = tuple((p.started_us, p.ended_us) for p in snapshot.processes)
        if snapshot.time_us >= self._valid_until or processes != self._processes:
            self._processes = processes
            marks = [*self._noted]
            self._valid_until = 1 << 62
            for process in snapshot.processes[-8:]:
                marks += self._edges_of(process, snapshot.time_us)
            self._edges = tuple(sorted(marks, key=lambda mark: mark.time_us)[-_MOST:])
        return self._edges

    def _edges_of(self, process: ProcessStatus, now_us: int) -> list[TimeMark]:
        period = sum(us for _, us in self._phases)
        if period <= 0:
            return []
        end = min(now_us, process.ended_us if process.ended_us is not None else now_us)
        # Only the last rounds of a looping workload can be in sight.
        at = process.started_us + max(0, (end - process.started_us) // period - _MOST // len(self._phases)) * period
        marks = []
        while at <= end:
            for name, us in self._phases:
                if at > end:
                    break
                marks.append(TimeMark(at, name))
                at += us
        if process.ended_us is None:
            self._valid_until = min(self._valid_until, at)
        return marks


def mapping_names(live: Live, index: int, staged: Kdamond) -> tuple[RangeName, ...]:
    """What the address ranges of a kdamond's targets are called; nothing for physical addresses."""
    if not staged.contexts or staged.contexts[0].ops == "paddr":
        return ()
    names = []
    for at, target in enumerate(staged.contexts[0].targets):
        process = live.process(live.target_pid(index, at, target))
        if process is not None:
            names += [RangeName(at, m.start, m.end, m.name) for m in process.mappings]
    return tuple(names)
