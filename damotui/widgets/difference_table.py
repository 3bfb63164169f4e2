"""The table of a what-if: a figure of both branches in each line, and how they differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import ClassVar

from textual.strip import Strip

from damotui.session.whatif_rows import DifferenceRow
from damotui.widgets.cursor_rows import CursorRows
from damotui.widgets.pieces import Piece, strip_of

TITLES = ("A", "B", "B − A", "%", "  B is")
_NAME = 18
_WIDTHS = (12, 12, 13, 10, 8)
WIDTH = _NAME + sum(_WIDTHS)
"""Cells that all columns take."""
_FORMS = ((0, 1, 2, 3, 4), (0, 1, 2, 4), (0, 1, 4), (0, 1))
_VERDICT = 4


def columns_for(width: int) -> tuple[int, ...]:
    """Which of the columns there is room for, beside the name.

    Args:
        width: in cells.
    """
    return next((form for form in _FORMS if _NAME + sum(_WIDTHS[at] for at in form) <= width), _FORMS[-1])


def header(width: int) -> str:
    """The line of titles above the table."""
    columns = columns_for(width)
    return " " * _name_width(columns, width) + "".join(_cell(TITLES[at], at) for at in columns)


def _name_width(columns: tuple[int, ...], width: int) -> int:
    """Where there is room for nothing else, names give way."""
    return min(_NAME, max(width - sum(_WIDTHS[at] for at in columns), 0))


def _cell(text: str, column: int) -> str:
    return text.ljust(_WIDTHS[column]) if column == _VERDICT else text.rjust(_WIDTHS[column])


class DifferenceTable(CursorRows[DifferenceRow]):
    """Lines of figures under headings."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "difference--heading",
        "difference--name",
        "difference--figure",
        "difference--better",
        "difference--worse",
        "difference--same",
        "difference--cursor",
    }

    DEFAULT_CSS = """
    DifferenceTable {
        background: $background;
        scrollbar-gutter: stable;
        & > .difference--heading { color: $foreground 68%; }
        & > .difference--name { color: $foreground 85%; }
        & > .difference--figure { color: $foreground; }
        & > .difference--better { color: $success; text-style: bold; }
        & > .difference--worse { color: $warning; text-style: bold; }
        & > .difference--same { color: $foreground 68%; }
        & > .difference--cursor { background: $primary 35%; }
        &:light > .difference--cursor { background: $primary 20%; }
    }
    """

    def key_of(self, row: DifferenceRow) -> Hashable:
        """What a row stands for."""
        return row.key

    def near(self, key: Hashable) -> Iterator[Hashable]:
        """Where the cursor goes when its figure is gone: to the heading, if that is left."""
        if isinstance(key, tuple):
            yield (key[0], "")

    def render_line(self, y: int) -> Strip:
        """One row."""
        line, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if line >= len(self.rows):
            return Strip.blank(width, self.base)
        row = self.rows[line]
        fill = self.base
        if line == self.cursor_line and self.has_focus:
            fill += self.background("difference--cursor")
        return strip_of(self._pieces(row, width), width, fill)

    def _pieces(self, row: DifferenceRow, width: int) -> list[Piece]:
        if not row.key[1]:
            return [(row.name, self.ink("difference--heading"))]
        columns = columns_for(width)
        name = f" {row.name}".ljust(_name_width(columns, width))[: _name_width(columns, width)]
        pieces: list[Piece] = [(name, self.ink("difference--name"))]
        for at in columns:
            kind = (row.verdict or "same") if at == _VERDICT else "figure"
            text = f"  {row.verdict}" if at == _VERDICT else row.texts[at]
            pieces.append((_cell(text, at), self.ink(f"difference--{kind}")))
        return pieces
