"""All steps of the edits, drawn line by line, with the present place between them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.strip import Strip

from damotui.widgets.cursor_rows import CursorRows
from damotui.widgets.pieces import Piece, strip_of


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One state that can be gone to: what a step led to."""

    place: int
    """How many steps are done then."""
    label: str
    present: bool
    undone: bool
    depth: int = 0
    expandable: bool = False


def history_rows(labels: Sequence[str], place: int) -> list[HistoryRow]:
    """The beginning, and what each step led to; `place` of them are done."""
    names = ["the beginning", *labels]
    return [HistoryRow(at, label, at == place, at > place) for at, label in enumerate(names)]


class HistoryList(CursorRows[HistoryRow], can_focus=True, inherit_bindings=False):
    """Shows them, the oldest at the top."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "history-list--done",
        "history-list--present",
        "history-list--undone",
        "history-list--cursor",
    }

    DEFAULT_CSS = """
    HistoryList {
        & > .history-list--done { color: $foreground 85%; }
        & > .history-list--present { color: $accent; text-style: bold; }
        & > .history-list--undone { color: $foreground 68%; }
        & > .history-list--cursor { background: $primary 35%; }
    }
    """

    def key_of(self, row: HistoryRow) -> int:
        """Its place."""
        return row.place

    def near(self, key: Hashable) -> Iterator[Hashable]:
        """Nothing takes its place."""
        yield from ()

    def render_line(self, y: int) -> Strip:
        """One row: its number, whether it is the present, and its label."""
        line = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if line >= len(self.rows):
            return Strip.blank(width, self.base)
        row = self.rows[line]
        name = "present" if row.present else "undone" if row.undone else "done"
        ink = self.ink(f"history-list--{name}")
        fill = self.base + self.background("history-list--cursor") if line == self.cursor_line else self.base
        sign = "▶" if row.present else "·" if row.undone else " "
        digits = len(str(self.rows[-1].place))
        pieces: list[Piece] = [(f" {sign} {row.place:>{digits}}  {row.label}", ink)]
        return strip_of(pieces, width, fill)
