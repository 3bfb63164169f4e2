"""Rows of cells from a raster of codes, two pixels to a cell, as runs of equal cells.

Two ways to the same picture: `runs` gives readable values, `joined` gives each row as one string of text and escape
sequences, which is several times as fast. Cutting a whole frame into runs by array operations, instead of walking
cell by cell, is what makes either fit into a frame.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from damotui.render.cells import CellTable
from damotui.render.colour import Paint

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
I64 = NDArray[np.int64]


class Run(NamedTuple):
    """Neighbouring cells of one row that look the same."""

    text: str
    foreground: Paint
    background: Paint


class JoinedRow(NamedTuple):
    """One row as text with escape sequences, and what it was made of."""

    ansi: str
    """Ends with all attributes reset."""
    pairs: tuple[int, ...]
    """The pair of codes of each run."""
    lengths: tuple[int, ...]
    """Cells of each run."""


def pairs_of(pixels: U8, table: CellTable, marks: U8 | NDArray[np.bool_] | None = None) -> U16:
    """Pairs of codes, [rows, columns], of pixels [2 * rows, columns].

    Args:
        pixels: A code for each.
        table: What the codes look like.
        marks: [rows, columns] the mark of each cell as `overlay` numbers them, 0 for none; None for none anywhere.

    Raises:
        ValueError: The number of pixel rows is odd.
    """
    if len(pixels) % 2:
        raise ValueError(f"{len(pixels)} rows of pixels do not make whole cells; two make one")
    pairs: U16 = pixels[0::2].astype(np.uint16) * np.uint16(table.codes) + pixels[1::2]
    if marks is not None:
        pairs += marks * np.uint16(table.marked)
    return pairs


def runs(pairs: U16, table: CellTable) -> list[list[Run]]:
    """Each row as runs."""
    rows = []
    for codes, lengths in _cut(pairs):
        row = []
        for pair, length in zip(codes.tolist(), lengths.tolist(), strict=True):
            row.append(Run(table.glyph[pair] * length, table.foreground[pair], table.background[pair]))
        rows.append(row)
    return rows


def joined(pairs: U16, table: CellTable) -> list[JoinedRow]:
    """Each row as one string."""
    rows, columns = pairs.shape
    if rows == 0 or columns == 0:
        return [JoinedRow("", (), ())] * rows
    first, codes, lengths = _runs(pairs)
    pieces = np.empty(2 * len(codes), object)
    pieces[0::2] = table.sgr[codes]
    pieces[1::2] = table.glyph[codes] * lengths
    bounds = [*np.searchsorted(first, np.arange(0, rows * columns, columns)).tolist(), len(codes)]
    texts, numbers, counts = pieces.tolist(), codes.tolist(), lengths.tolist()
    return [
        JoinedRow("".join(texts[2 * a : 2 * b]) + "\x1b[0m", tuple(numbers[a:b]), tuple(counts[a:b]))
        for a, b in pairwise(bounds)
    ]


def _runs(pairs: U16) -> tuple[I64, U16, I64]:
    """Where each run begins in the flattened pairs, its pair and its length; runs end at the ends of rows."""
    flat = pairs.reshape(-1)
    begins = np.empty(flat.size, bool)
    begins[0] = True
    np.not_equal(flat[1:], flat[:-1], out=begins[1:])
    begins[:: pairs.shape[1]] = True
    first = np.flatnonzero(begins)
    return first, flat[first], np.diff(first, append=flat.size)


def _cut(pairs: U16) -> list[tuple[U16, I64]]:
    rows, columns = pairs.shape
    if rows == 0 or columns == 0:
        return [(np.zeros(0, np.uint16), np.zeros(0, np.int64))] * rows
    first, codes, lengths = _runs(pairs)
    bounds = [*np.searchsorted(first, np.arange(0, rows * columns, columns)).tolist(), len(codes)]
    return [(codes[a:b], lengths[a:b]) for a, b in pairwise(bounds)]
