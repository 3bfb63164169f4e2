"""What crosses from the engine's thread to the user interface, and the slot that it crosses through."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from damotui.pacer.branch_frame import BranchFrame, up_to
from damotui.pacer.requests import Done, Outcome
from damotui.pacer.watched import FilesSeen, LinesSeen, joined
from engine.snapshot import Aggregation, Snapshot

MAX_AGGREGATIONS = 4_096
"""Aggregations that a frame holds at most; the oldest are dropped, and counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error inside the engine. The engine is paused, and the user decides how to go on."""

    message: str
    """One line: the type and text of the exception."""
    detail: str
    """The traceback."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Everything new since the frame before it."""

    snapshot: Snapshot | None
    """The engine as of now; None while there is none."""
    aggregations: tuple[Aggregation, ...] = ()
    """Those since the last frame, oldest first."""
    truths: tuple[Aggregation, ...] = ()
    """What a perfect monitor would have found in them (see `engine.truth`), as far as it is watched."""
    dropped: int = 0
    """How many more there were, before them."""
    branch: BranchFrame | None = None
    """The same of branch B; None while no what-if runs."""
    line: int = 0
    """Counts the engines of a stage: when branch B is kept, this is the number that it had, and its past becomes the
    past."""
    outcomes: tuple[Outcome, ...] = ()
    done: tuple[Done, ...] = ()
    """What was carried out since the last frame that the engine's course depends on."""
    replaying_until_us: int | None = None
    """While what was done before is done again: until when."""
    fault: Fault | None = None
    generation: int = 0
    """Counts the engines: when it grows, simulated time starts again at 0, and what is known of the past is void."""
    paused: bool = False
    speed: float = 1.0
    """As asked for; infinite for as fast as it goes."""
    achieved: float = 0.0
    """Simulated seconds per second, lately."""
    files: FilesSeen | None = None
    """What is watched of files; None if nothing is."""
    lines: LinesSeen | None = None
    """Lines of events since the last frame; None if none are asked for."""


def merge(old: Frame, new: Frame) -> Frame:
    """One frame in place of two that follow each other."""
    outcomes = old.outcomes + new.outcomes
    fault = new.fault or old.fault
    lines = joined(old.lines, new.lines)
    if new.generation != old.generation:
        return replace(new, outcomes=outcomes, fault=fault, lines=lines)
    if old.branch is not None and new.line == old.branch.line:
        old = _kept(old, old.branch)
    aggregations = old.aggregations + new.aggregations
    excess = max(0, len(aggregations) - MAX_AGGREGATIONS)
    return replace(
        new,
        aggregations=aggregations[excess:],
        truths=(old.truths + new.truths)[-MAX_AGGREGATIONS:],
        dropped=old.dropped + new.dropped + excess,
        branch=None if new.branch is None else new.branch.after(old.branch, MAX_AGGREGATIONS),
        outcomes=outcomes,
        done=old.done + new.done,
        fault=fault,
        lines=lines,
    )


def _kept(old: Frame, branch: BranchFrame) -> Frame:
    """The frame as if branch B had been the only one since it began."""
    forked_us = branch.forked.time_us
    return replace(
        old,
        aggregations=up_to(old.aggregations, forked_us) + branch.aggregations,
        truths=up_to(old.truths, forked_us) + branch.truths,
        dropped=branch.dropped,
        branch=None,
    )


class Mailbox:
    """One slot: the writer never waits, the reader finds the newest frame, holding all since the one it last took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: Frame | None = None

    @property
    def crowded(self) -> bool:
        """Whether a frame waits that may soon hold more than it can."""
        frame = self._frame
        return frame is not None and 2 * len(frame.aggregations) > MAX_AGGREGATIONS

    def put(self, frame: Frame) -> None:
        """Lay a frame into the slot, merged with the one that was not taken yet."""
        with self._lock:
            self._frame = frame if self._frame is None else merge(self._frame, frame)

    def take(self) -> Frame | None:
        """Empty the slot."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame
