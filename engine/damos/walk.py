"""Which regions schemes were applied to: what `update_schemes_tried_regions` asks for (section 6.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from engine.regions.table import I64, U64, empty_i64, empty_u64


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """Regions that one scheme was applied to in one round, in the order in which that happened [k].

    The counters are those with which a region matched, before its age started again. From 7.1 on a region may come
    again, as the part of it that a later scheme cut off.
    """

    target: I64
    start: U64
    end: U64
    nr_accesses: I64
    age: I64
    applied: I64
    """Bytes on which the action succeeded."""
    filter_passed: I64
    """Bytes that the ops filters let through."""

    @property
    def total_bytes(self) -> int:
        """Bytes of all of them."""
        return int((self.end - self.start).sum(dtype=np.uint64))


Batch = tuple[I64, U64, U64, I64, I64, I64, I64]
"""Columns in the order of `Tried`."""


def tried(batches: list[Batch]) -> Tried:
    """One table of several batches."""
    if not batches:
        none = empty_i64()
        return Tried(none, empty_u64(), empty_u64(), none, none, none, none)
    return Tried(*(np.concatenate(column) for column in zip(*batches, strict=True)))


@dataclass(slots=True)
class WalkRequest:
    """Asks for the regions of each scheme's next round; filled in by the rounds, one request per context at a time."""

    results: dict[int, Tried] = field(default_factory=dict)
    """By index of the scheme; those that had their round."""
    ranks: dict[int, I64] = field(default_factory=dict)
    """For each of the regions in `results`, how many actions were applied before its own: schemes that have a round
    together are all applied to one region before the next."""
    cancelled: bool = False
    """There were no schemes, they were inactive, or the kdamond ended."""
    ended: bool = False
    """It was answered, or cancelled."""
    _then: list[Callable[[WalkRequest], None]] = field(default_factory=list)

    def when_done(self, call: Callable[[WalkRequest], None]) -> None:
        """Call `call` when it has ended: now, if it has."""
        if self.ended:
            call(self)
        else:
            self._then.append(call)

    def end(self) -> None:
        """There is nothing more to come."""
        self.ended = True
        then, self._then = self._then, []
        for call in then:
            call(self)

    def __deepcopy__(self, memo: dict[int, object]) -> WalkRequest:
        """Nobody waits for a copy's answer."""
        return WalkRequest(dict(self.results), dict(self.ranks), self.cancelled, self.ended)

    def wants(self, scheme: int) -> bool:
        """Whether a scheme's next round is still asked for."""
        return not self.cancelled and scheme not in self.results

    def done(self, nr_schemes: int) -> bool:
        """Whether all of a context's schemes had their round."""
        return all(index in self.results for index in range(nr_schemes))

    def cancel(self) -> None:
        """End it without a result."""
        self.cancelled = True
        self.end()
