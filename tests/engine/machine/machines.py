"""Short ways to say machines and what runs on them."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.config.model import Dest, Filter
from engine.damos.actor import Action
from engine.machine.actors import PhysicalActor, VirtualActor
from engine.machine.costs import Costs
from engine.machine.extents import COUNTS, STATES, Extents, Piece
from engine.machine.frames import BEYOND
from engine.machine.hardware import Hardware
from engine.machine.machine import RAM_START
from engine.machine.memory import Memory
from engine.machine.process import Process
from engine.machine.space import Space
from engine.workload.library import Workload
from tests.engine.make import MIB

PAGE = 4096


def memory(*node_mib: int, swap_mib: int = 1024, costs: Costs | None = None) -> Memory:
    """A machine with nodes of these sizes."""
    sizes = tuple(mib * MIB for mib in node_mib or (1024,))
    return Memory(Hardware.of(sizes, swap_mib * MIB, ram_start=RAM_START), costs)


def run(machine: Memory, workload: Workload, *, pid: int = 1, loop: bool = False, now_us: int = 0) -> Space:
    """Start a workload on a machine."""
    return Process(pid, workload, loop=loop, seed=pid, memory=machine, started_us=now_us).space


def span(space: Space, region: int = 0) -> tuple[int, int]:
    """Addresses of the pages of a masim region."""
    return space.model.spans[region]


def act(
    machine: Memory,
    name: str,
    start: int,
    end: int,
    *,
    pid: int = 1,
    physical: bool = False,
    node: int = -1,
    dests: Sequence[Dest] = (),
    filters: Sequence[Filter] = (),
    default_reject: bool = False,
) -> tuple[int, int, int]:
    """Apply an action to one region: bytes applied, bytes passed, nanoseconds."""
    action = Action(0, name, node, tuple(dests), tuple(filters), default_reject)
    actor = PhysicalActor(machine) if physical else VirtualActor(machine, lambda _: pid)
    done = actor.apply(action, 0, np.array([start], np.uint64), np.array([end], np.uint64))
    return int(done.bytes[0]), int(done.filter_passed[0]), int(done.elapsed_ns[0])


def within(space: Space, start: int, end: int) -> dict[str, int]:
    """Counts of pages in a range of addresses."""
    extents = copy.deepcopy(space.extents)
    extents.cut(np.array([start, end]) // PAGE)
    inside = (extents.start >= start // PAGE) & (extents.start < end // PAGE)
    return {name: int(getattr(extents, name)[inside].sum()) for name in COUNTS}


def frames_of(space: Space, start: int) -> int:
    """Physical address of a page."""
    extents = space.extents
    row = int(np.searchsorted(extents.start, start // PAGE, "right")) - 1
    return int(extents.frame[row] + start // PAGE - extents.start[row]) * PAGE


def check_extents(extents: Extents) -> None:
    """Every invariant of a process' page state."""
    assert (sum(getattr(extents, name) for name in STATES) == extents.pages).all()
    assert all((getattr(extents, name) >= 0).all() for name in COUNTS)
    assert (extents.pages > 0).all()
    assert (extents.start[1:] >= extents.end[:-1]).all()
    for name in ("huge", "bloat", "young"):
        assert (getattr(extents, name) <= extents.resident).all(), name
    assert (extents.saved <= extents.swapped).all()


def check(machine: Memory) -> None:
    """Every invariant of a machine."""
    frames: list[tuple[int, int]] = []
    for space in machine.spaces.values():
        check_extents(space.extents)
        frames += zip(space.extents.frame.tolist(), space.extents.pages.tolist(), strict=True)
        for row, frame in enumerate(space.extents.frame.tolist()):
            assert machine.frames.node_of(frame) == space.extents.node[row]
    reserved: Counter[int] = Counter()
    for frame, pages in frames:
        reserved[machine.frames.node_of(frame)] += pages if frame < BEYOND else 0
    for node, hardware in enumerate(machine.hardware.nodes):
        assert machine.frames.free(node) + reserved[node] == hardware.usable, "page numbers got lost"
    frames.sort()
    assert all(a + n <= b for (a, n), (b, _) in pairwise(frames))
    assert 0 <= machine.swap_free <= machine.hardware.swap_pages
    for node in range(len(machine.hardware.nodes)):
        assert machine.free(node) >= 0


def one_extent(pages: int, *, start: int = 0, frame: int = 1 << 20, node: int = 0, backing: int = 0) -> Extents:
    """Page state of one run of pages."""
    return Extents([Piece(start, pages, frame, node, backing)])
