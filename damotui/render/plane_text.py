"""What is drawn on a plane of memory besides its shades: the outline of the pattern, the cut-off, and both axes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from damotui.render.canvas import Canvas, Ink
from damotui.render.plane import Axis, Box, Plane, Quantity
from damotui.render.ticks import TIME_STEPS, format_size
from engine.snapshot import Aggregation
from engine.units import format_percent, format_us

LEFT = 8
"""Columns of the upright axis."""
_NAMES = {Quantity.SZ: "size", Quantity.NR_ACCESSES: "access rate", Quantity.AGE: "age"}


@dataclass(frozen=True, slots=True)
class Signs:
    """What lines are drawn with."""

    corners: str = "┌┐└┘"
    across: str = "─"
    upright: str = "│"
    dot: str = "□"
    cut: str = "/"
    up: str = "↑"
    right: str = "→"
    beside: str = " ╴"
    below: str = "╵"


ASCII = Signs("++++", "-", "|", "#", "/", "^", ">", " -", "'")


class Mark(StrEnum):
    """What a sign stands for."""

    EDGE = "edge"
    """A bound of the pattern."""
    BOUND = "bound"
    """The one that is being changed."""
    CUT = "cut"
    """Matching memory whose score gets no turn."""


Marks = NDArray[np.object_]


def marks_of(plane: Plane, bound: tuple[Quantity, str] | None = None, signs: Signs = Signs()) -> Marks:
    """Signs over the cells [y.cells, x.cells], the lowest values first: (sign, what it stands for), or None.

    Args:
        plane: the picture.
        bound: the bound that is being changed: of which quantity, and "min" or "max".
        signs: what to draw with.
    """
    marks: Marks = np.full((plane.y.cells, plane.x.cells), None, object)
    box = plane.box
    if box is None:
        return marks
    if plane.cut is not None:
        for y, x in zip(*np.nonzero(plane.cut[box.y : box.y_end, box.x : box.x_end]), strict=True):
            marks[box.y + y, box.x + x] = (signs.cut, Mark.CUT)
    for y, x, sign in _outline(box, signs):
        marks[y, x] = (sign, Mark.EDGE)
    if bound is not None:
        for y, x in _side(plane, box, *bound):
            marks[y, x] = (marks[y, x][0], Mark.BOUND)
    return marks


def _outline(box: Box, signs: Signs) -> list[tuple[int, int, str]]:
    top, right = box.y_end - 1, box.x_end - 1
    if top == box.y and right == box.x:
        return [(top, right, signs.dot)]
    if top == box.y:
        return [(top, x, signs.across) for x in range(box.x, box.x_end)]
    if right == box.x:
        return [(y, right, signs.upright) for y in range(box.y, box.y_end)]
    lines = [(y, x, signs.across) for y in (box.y, top) for x in range(box.x + 1, right)]
    lines += [(y, x, signs.upright) for x in (box.x, right) for y in range(box.y + 1, top)]
    corners = ((top, box.x), (top, right), (box.y, box.x), (box.y, right))
    return lines + [(y, x, sign) for (y, x), sign in zip(corners, signs.corners, strict=True)]


def _side(plane: Plane, box: Box, quantity: Quantity, end: str) -> list[tuple[int, int]]:
    if quantity is plane.x.quantity:
        x = box.x if end == "min" else box.x_end - 1
        return [(y, x) for y in range(box.y, box.y_end)]
    if quantity is plane.y.quantity:
        y = box.y if end == "min" else box.y_end - 1
        return [(y, x) for x in range(box.x, box.x_end)]
    return []


def title(plane: Plane, width: int, signs: Signs = Signs()) -> str:
    """What the picture shows, in as many words as fit."""
    x, y = _NAMES[plane.x.quantity], _NAMES[plane.y.quantity]
    texts = (f"bytes by {x} {signs.right} and {y} {signs.up}", f"{x} {signs.right} {y} {signs.up}")
    return next((text for text in texts if len(text) <= width), "")


def upright(plane: Plane, aggregation: Aggregation, addr_unit: int = 1, signs: Signs = Signs()) -> Canvas:
    """The axis at the left, from the top line down."""
    canvas = Canvas(LEFT, plane.y.cells)
    for value, label in ticks(plane.y, aggregation, addr_unit):
        line = plane.y.cells - 1 - plane.y.place(value)
        text = label + signs.beside
        if len(text) <= LEFT and canvas.is_free(0, line, LEFT):
            canvas.write(LEFT - len(text), line, text, Ink.TICK)
    return canvas


def across(plane: Plane, aggregation: Aggregation, addr_unit: int = 1, signs: Signs = Signs()) -> Canvas:
    """The axis below."""
    canvas = Canvas(plane.x.cells, 1)
    for value, label in ticks(plane.x, aggregation, addr_unit):
        canvas.write_if_free(plane.x.place(value), 0, signs.below + label, Ink.TICK)
    return canvas


def ticks(axis: Axis, aggregation: Aggregation, addr_unit: int = 1) -> list[tuple[int, str]]:
    """Values to label, those that matter most first, with their labels."""
    match axis.quantity:
        case Quantity.NR_ACCESSES:
            checks = max(aggregation.max_nr_accesses, 1)
            values = [0, axis.top, axis.top // 4, axis.top // 2, axis.top // 10, axis.top // 20]
            return [(value, format_percent(100 * value / checks, 0)) for value in dict.fromkeys(values)]
        case Quantity.AGE:
            aggr_us = max(aggregation.aggr_us, 1)
            steps = [step for step in TIME_STEPS if aggr_us <= step <= axis.top * aggr_us]
            return [(0, "0 s"), *((step // aggr_us, format_us(step)) for step in _spread(steps))]
    sizes = [4096 << 2 * step for step in range(20) if 4096 << 2 * step <= axis.top * addr_unit]
    return [(0, "0"), *((size // addr_unit, format_size(size)) for size in _spread(sizes))]


def _spread(steps: list[int]) -> list[int]:
    """Every third from the greatest down, then the rest."""
    order = steps[::-1]
    return [*order[1::3], *order[::3], *order[2::3]]
