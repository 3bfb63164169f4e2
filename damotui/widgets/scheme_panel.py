"""Statistics of the schemes: totals, rates and a sparkline, one line each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from damotui.actions import Scope
from damotui.render.spark import ASCII_BARS, BARS, sparkline
from damotui.session.live import SchemeLine
from damotui.session.words import count, pattern
from damotui.widgets.bindings import bindings_for
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import cut, strip_of
from damotui.widgets.terminal_colours import ColourMode, colour_mode
from engine.units import format_bytes

_SPARK_LEAST = 6
"""Cells that a sparkline gets at least."""
_SPARK_MOST = 60
_PATTERN_MOST = 44


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int
    text: Callable[[SchemeLine], str]
    rank: int
    """Columns with the highest rank go first where there is too little room."""
    value: bool = True


_COLUMNS = (
    _Column("scheme", 9, lambda s: f"{s.index} {s.scheme.action}", 0, value=False),
    _Column("pattern", 0, lambda s: pattern(s.scheme), 2, value=False),
    _Column("tried/s", 13, lambda s: f"{format_bytes(s.tried_per_s)}/s", 1),
    _Column("applied/s", 13, lambda s: f"{format_bytes(s.applied_per_s)}/s", 3),
    _Column("tried", 10, lambda s: format_bytes(s.stats.sz_tried), 5),
    _Column("regions", 9, lambda s: count(s.stats.nr_tried), 6),
    _Column("applied", 10, lambda s: format_bytes(s.stats.sz_applied), 4),
    _Column("regions", 9, lambda s: count(s.stats.nr_applied), 7),
    _Column("over quota", 11, lambda s: count(s.stats.qt_exceeds), 8),
)


class SchemePanel(Inked, ScrollView, can_focus=True, inherit_bindings=False):
    """A table that costs one line of text per scheme and frame."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.SCHEMES)

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "scheme-panel--head",
        "scheme-panel--name",
        "scheme-panel--value",
        "scheme-panel--spark",
        "scheme-panel--empty",
    }

    DEFAULT_CSS = """
    SchemePanel {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .scheme-panel--head { color: $foreground 50%; }
        &:focus > .scheme-panel--head { color: $primary; }
        & > .scheme-panel--name { color: $foreground; }
        & > .scheme-panel--value { color: $secondary; }
        & > .scheme-panel--spark { color: $primary; }
        & > .scheme-panel--empty { color: $foreground 50%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[SchemeLine] = ()
        self._empty = ""
        self._texts: list[list[tuple[str, str]]] = []

    def show(self, lines: Sequence[SchemeLine], *, empty: str) -> None:
        """Show the statistics; `empty` stands there when there are none."""
        self._lines, self._empty = lines, empty
        self._rebuild()

    def on_resize(self) -> None:
        """Choose the columns anew."""
        self._rebuild()

    def move_by(self, lines: int) -> None:
        """Show lines further down, or up if negative."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """The line of titles first, and always; then one line for each scheme."""
        width = self.scrollable_content_region.width
        line = 0 if y == 0 else y + self.scroll_offset.y
        texts = self._texts[line] if line < len(self._texts) else []
        return strip_of([(text, self.ink(f"scheme-panel--{name}")) for text, name in texts], width, self.base)

    def _rebuild(self) -> None:
        width = self.scrollable_content_region.width
        texts = self._table(width) if self._lines else [[(self._empty, "empty")]]
        if len(texts) != len(self._texts):
            self.virtual_size = Size(width, len(texts))
        if texts != self._texts:
            self._texts = texts
            self.refresh()

    def _table(self, width: int) -> list[list[tuple[str, str]]]:
        longest = max(len(pattern(line.scheme)) for line in self._lines)
        columns, spark = _fitting(width, longest + 2)
        bin_s = self._lines[0].bin_us / 1e6
        title = f"  tried/s, each bar {bin_s:g} s" if spark >= 26 else "  tried/s"
        head = "".join(_cell(column.title, column) for column in columns) + (title if spark else "")
        return [[(head, "head")], *(self._line(scheme, columns, spark) for scheme in self._lines)]

    def _line(self, scheme: SchemeLine, columns: Sequence[_Column], spark: int) -> list[tuple[str, str]]:
        pieces = [(_cell(c.text(scheme), c), "value" if c.value else "name") for c in columns]
        if spark:
            bars = ASCII_BARS if colour_mode(self.app) is ColourMode.ASCII else BARS
            pieces.append(("  " + sparkline(scheme.series, min(spark, _SPARK_MOST), bars=bars), "spark"))
        return pieces


def _fitting(width: int, longest: int) -> tuple[list[_Column], int]:
    """The columns that there is room for, and the width of the sparkline; the longest pattern takes `longest` cells."""
    kept = [replace(c, width=min(longest, _PATTERN_MOST)) if c.title == "pattern" else c for c in _COLUMNS]
    while len(kept) > 1 and sum(c.width for c in kept) + _SPARK_LEAST + 2 > width:
        kept.remove(max(kept, key=lambda c: c.rank))
    rest = width - sum(c.width for c in kept) - 2
    return kept, rest if rest > 2 else 0


def _cell(text: str, column: _Column) -> str:
    if column.value:
        return text.rjust(column.width)
    return cut(text, column.width - 1).ljust(column.width)
