"""Which part of the monitored memory is in view: exact arithmetic over its bytes, and the user's choice of a part.

Monitored memory is taken as one row of bytes: the monitored ranges in order, without the gaps between them. A part of
it is where it begins and how long it is, as fractions, so that zooming in and out at a place, or panning there and
back, comes back to exactly the same part.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from damotui.render.layout import TargetRange

PAGE = 4096
"""The finest scale is one page a pixel."""

Bytes = Fraction | int


class Viewport(NamedTuple):
    """A part of the monitored bytes."""

    first: Bytes
    """Its first byte, counted from the first monitored one."""
    size: Bytes

    @property
    def end(self) -> Bytes:
        """Where it ends."""
        return self.first + self.size

    @property
    def middle(self) -> Bytes:
        """Its middle."""
        return self.first + Fraction(self.size) / 2

    def pan(self, distance: Bytes) -> Viewport:
        """As long, that many bytes further."""
        return Viewport(self.first + distance, self.size)

    def zoom(self, at: Bytes, size: Bytes) -> Viewport:
        """As large as `size`, where the byte `at` keeps its place between the ends."""
        return Viewport(at - (at - self.first) * Fraction(size) / Fraction(self.size), size)

    def reveal(self, first: Bytes, end: Bytes) -> Viewport:
        """As long, moved no further than it takes to have [first, end) in it; its beginning, if that is longer."""
        return self.pan(max(0, end - self.end)).pan(min(0, first - max(self.first, end - self.size)))

    def clamp(self, total: Bytes) -> Viewport:
        """Moved and cut as little as it takes to lie in [0, total)."""
        size = min(self.size, total)
        return Viewport(min(max(self.first, 0), total - size), size)


@dataclass(frozen=True)
class AddressSpace:
    """Monitored ranges as one row of bytes."""

    ranges: tuple[TargetRange, ...]
    """Disjoint and in order."""

    @cached_property
    def _begins(self) -> tuple[int, ...]:
        """The first byte of each range, then the end of all."""
        return tuple(accumulate((one.end - one.start for one in self.ranges), initial=0))

    @cached_property
    def _starts(self) -> tuple[tuple[int, int], ...]:
        return tuple((one.target, one.start) for one in self.ranges)

    @property
    def total(self) -> int:
        """How many bytes there are."""
        return self._begins[-1]

    @property
    def all(self) -> Viewport:
        """All of them."""
        return Viewport(0, self.total)

    def offset(self, target: int, address: int) -> int:
        """How many bytes are before an address."""
        at = bisect_right(self._starts, (target, address)) - 1
        if at < 0:
            return 0
        one = self.ranges[at]
        inside = address - one.start if target == one.target else one.end - one.start
        return self._begins[at] + min(inside, one.end - one.start)

    def place(self, offset: int) -> tuple[int, int]:
        """Target and address of a byte; those of the nearest one if there is none.

        Raises:
            ValueError: There are no bytes at all.
        """
        if not self.total:
            raise ValueError("nothing is monitored")
        offset = min(max(offset, 0), self.total - 1)
        at = bisect_right(self._begins, offset) - 1
        return self.ranges[at].target, self.ranges[at].start + offset - self._begins[at]

    def part(self, target: int, start: int, end: int) -> Viewport:
        """What is monitored of the addresses [start, end) of a target."""
        first = self.offset(target, start)
        return Viewport(first, self.offset(target, end) - first)

    def cut(self, view: Viewport) -> tuple[TargetRange, ...]:
        """The ranges that lie in a part, cut to it, in whole pages; all of them if it is less than a page."""
        first = round(Fraction(view.first) / PAGE) * PAGE
        end = min(first - int(-view.size // PAGE) * PAGE, self.total)
        found = []
        for begin, one in zip(self._begins, self.ranges, strict=False):
            start, stop = max(first - begin, 0), min(end - begin, one.end - one.start)
            if start < stop:
                found.append(TargetRange(one.target, one.start + start, one.start + stop))
        return tuple(found) or self.ranges


class Held(NamedTuple):
    """A part by the address where it begins: it stays there when other memory comes and goes."""

    target: int
    address: int
    beyond: Fraction
    """From the address to the begin of the part, less than a byte."""
    size: Bytes

    @classmethod
    def of(cls, view: Viewport, space: AddressSpace) -> Held:
        """The part that `view` is now."""
        whole = int(view.first)
        return cls(*space.place(whole), Fraction(view.first) - whole, view.size)

    def view(self, space: AddressSpace) -> Viewport:
        """What it is in a space, as far as it is there."""
        return Viewport(space.offset(self.target, self.address) + self.beyond, self.size).clamp(space.total)


@dataclass(slots=True)
class AddressAxis:
    """The user's choice of addresses."""

    held: Held | None = None
    """None shows all."""
    whole: Bytes | None = None
    """Bytes of what was chosen last as a whole, such as a mapping: zooming halves and doubles that. None for all."""

    def view(self, space: AddressSpace) -> Viewport:
        """The part in view."""
        return space.all if self.held is None else self.held.view(space)

    def show_all(self) -> None:
        """All addresses."""
        self.held = self.whole = None

    def show(self, space: AddressSpace, view: Viewport) -> None:
        """Just that part."""
        self._hold(space, view)
        self.whole = None if self.held is None else self.held.size

    def pan(self, space: AddressSpace, distance: Bytes) -> bool:
        """Moves by that many bytes, as far as there are any; false if there are none."""
        before = self.view(space)
        self._hold(space, before.pan(distance))
        return self.view(space) != before

    def reveal(self, space: AddressSpace, first: Bytes, end: Bytes) -> None:
        """Moves no further than it takes to have [first, end) in view."""
        self._hold(space, self.view(space).reveal(first, end))

    def zoom(self, space: AddressSpace, steps: int, pixels: int, at: Bytes | None = None) -> bool:
        """Shows less (positive) or more, by that many steps; false if there is no further step.

        A step halves or doubles what was chosen as a whole, down to a page a pixel and up to all.

        Args:
            space: What is monitored.
            steps: How many.
            pixels: Length of the axis.
            at: The byte that keeps its place; None for the middle.
        """
        before = self.view(space)
        size = self._step(before.size, steps, space.total, pixels * PAGE)
        if size == before.size:
            return False
        self._hold(space, before.zoom(before.middle if at is None else at, size))
        if self.held is None:
            self.whole = None
        return True

    def _step(self, size: Bytes, steps: int, total: int, least: int) -> Bytes:
        whole = total if self.whole is None else self.whole
        finest = min(least, whole)
        for _ in range(abs(steps)):
            if steps > 0:
                # The next of whole, whole / 2, whole / 4 … that is smaller, but no less than a page a pixel.
                step: Bytes = whole
                while step >= size:
                    step = Fraction(step) / 2
                size = max(step, finest) if size > finest else size
            else:
                step = whole
                while step > size:
                    step = Fraction(step) / 2
                while step <= size:
                    step *= 2
                size = min(step, total)
        return size

    def _hold(self, space: AddressSpace, view: Viewport) -> None:
        view = view.clamp(space.total)
        self.held = None if view == space.all or not space.total else Held.of(view, space)
