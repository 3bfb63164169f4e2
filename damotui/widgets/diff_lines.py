"""What is committed and what is staged, side by side, drawn line by line."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import ClassVar

from textual.strip import Strip

from damotui.render.cut import cut
from damotui.session.diff import Mark
from damotui.session.diff_rows import DiffRow
from damotui.widgets.cursor_rows import CursorRows
from damotui.widgets.pieces import Piece, strip_of

_CLASSES = {
    Mark.ADDED: "diff-lines--added",
    Mark.REMOVED: "diff-lines--removed",
    Mark.CHANGED: "diff-lines--changed",
    Mark.MOVED: "diff-lines--changed",
    Mark.RUNS: "diff-lines--runs",
}
_WIDEST, _LEAST = 28, 8
"""Of a column of values."""


class DiffLines(CursorRows[DiffRow], can_focus=True, inherit_bindings=False):
    """A line for each kdamond in which something differs, and below it one for each difference."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "diff-lines--head",
        "diff-lines--label",
        "diff-lines--committed",
        "diff-lines--added",
        "diff-lines--removed",
        "diff-lines--changed",
        "diff-lines--runs",
        "diff-lines--empty",
        "diff-lines--cursor",
        "diff-lines--cursor-blurred",
    }

    DEFAULT_CSS = """
    DiffLines {
        & > .diff-lines--head { color: $foreground; text-style: bold; }
        & > .diff-lines--label { color: $foreground 85%; }
        & > .diff-lines--committed { color: $foreground 68%; }
        & > .diff-lines--added { color: $success; text-style: bold; }
        & > .diff-lines--removed { color: $error; }
        & > .diff-lines--changed { color: $warning; text-style: bold; }
        & > .diff-lines--runs { color: $secondary; }
        & > .diff-lines--empty { color: $foreground 68%; }
        & > .diff-lines--cursor { background: $primary 35%; }
        & > .diff-lines--cursor-blurred { background: $foreground 10%; }
    }
    """

    EMPTY = "All that is staged is committed, and runs as it is."

    def key_of(self, row: DiffRow) -> Hashable:
        """Which difference it is."""
        return row.key

    def near(self, key: Hashable) -> Iterator[Hashable]:
        """What takes its line: what was reverted or committed is gone."""
        yield from ()

    def render_line(self, y: int) -> Strip:
        """One row: mark and name, then the two values."""
        line = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if not self.rows and line == 0:
            return strip_of([(f" {self.EMPTY}", self.ink("diff-lines--empty"))], width, self.base)
        if line >= len(self.rows):
            return Strip.blank(width, self.base)
        fill = self.base
        if line == self.cursor_line:
            fill = fill + self.background("diff-lines--cursor" if self.has_focus else "diff-lines--cursor-blurred")
        return strip_of(self._pieces(self.rows[line], width), width, fill)

    def _pieces(self, row: DiffRow, width: int) -> list[Piece]:
        value = value_width(width)
        if row.change is None:
            name, count, state = row.label, row.committed, row.staged
            return [(f" {name}  {state}  ", self.ink("diff-lines--head")), (count, self.ink("diff-lines--committed"))]
        ink = self.ink(_CLASSES[row.change.mark])
        label = max(width - 2 * (value + 1) - 4, 0)
        staged = f"now {row.staged}" if row.change.mark is Mark.RUNS else row.staged
        return [
            (f"  {row.change.mark.value} ", ink),
            (cut(row.label, label).ljust(label), self.ink("diff-lines--label")),
            (f" {cut(row.committed, value).ljust(value)} ", self.ink("diff-lines--committed")),
            (cut(staged, value), ink),
        ]


def value_width(width: int) -> int:
    """Cells of each of the two columns of values, on a line of `width` cells."""
    return max(_LEAST, min(_WIDEST, width // 4))
