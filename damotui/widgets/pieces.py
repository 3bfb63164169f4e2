"""One line of a line-API widget, from pieces of styled text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Piece = tuple[str, Style]


def width_of(pieces: Sequence[Piece]) -> int:
    """Cells that the pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


def strip_of(pieces: Sequence[Piece], width: int, fill: Style) -> Strip:
    """The pieces as a strip of exactly `width` cells: cut with an ellipsis, or filled up at the end."""
    segments: list[Segment] = []
    room = width
    for text, style in pieces:
        size = cell_len(text)
        if size > room:
            text = cut(text, room)
            size = cell_len(text)
        if size:
            segments.append(Segment(text, fill + style))
        room -= size
        if room <= 0:
            break
    if room > 0:
        segments.append(Segment(" " * room, fill))
    return Strip(segments, width)


def cut(text: str, width: int) -> str:
    """`text` in no more than `width` cells, with an ellipsis if that takes something away."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def spread(left: Sequence[Piece], right: Sequence[Piece], width: int, fill: Style) -> list[Piece]:
    """Pieces at the left and pieces at the right end of a line; where there is too little room, the left is cut."""
    room = width - width_of(right) - 1
    kept: list[Piece] = []
    for text, style in left:
        if room <= 0:
            break
        text = cut(text, room)
        kept.append((text, style))
        room -= cell_len(text)
    return [*kept, (" " * (max(room, 0) + 1), fill), *right]
