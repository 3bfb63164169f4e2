"""One line of a line-API widget, from pieces of styled text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from damotui.render.cut import cut

Piece = tuple[str, Style]


def width_of(pieces: Sequence[Piece]) -> int:
    """Cells that the pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


def strip_of(pieces: Sequence[Piece], width: int, fill: Style) -> Strip:
    """The pieces as a strip of exactly `width` cells: cut with an ellipsis, or filled up at the end.

    What a terminal would take for a command, such as a newline in a path, is shown as a dot.
    """
    segments: list[Segment] = []
    room = width
    for text, style in pieces:
        if not text.isprintable():
            text = "".join(letter if letter.isprintable() else "·" for letter in text)
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


def spread(left: Sequence[Piece], middle: Piece, right: Piece, width: int) -> list[Piece]:
    """Pieces at the left, two at the right end of a line; with too little room, the middle one is cut first."""
    room = width - width_of([*left, right])
    text = cut(middle[0], room - 1)
    gap = room - cell_len(text)
    if gap >= 0:
        return [*left, (" " * gap, Style()), (text, middle[1]), right]
    head, last = left[:-1], left[-1]
    return [*head, (cut(last[0], width - width_of([*head, right])), last[1]), right]
