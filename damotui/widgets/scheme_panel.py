"""Statistics of the schemes, what limits them, and what they do to the machine, drawn line by line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from damotui.actions import Scope
from damotui.export.sheet import Sheet
from damotui.session.machine_view import MachineView
from damotui.session.scheme_view import RATED, SchemeLine
from damotui.widgets.bindings import bindings_for
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import strip_of
from damotui.widgets.scheme_table import Line, Table, table
from damotui.widgets.terminal_colours import ColourMode, colour_mode
from engine.errors import InputError
from engine.snapshot import SchemeStats


class SchemePanel(Inked, ScrollView, can_focus=True, inherit_bindings=False):
    """A table that costs a few lines of text per scheme and frame. It is as high as it needs, up to its max-height.

    Args:
        without: titles of columns that are never shown.
        id: of the widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.SCHEMES)

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "scheme-panel--head",
        "scheme-panel--name",
        "scheme-panel--value",
        "scheme-panel--rate",
        "scheme-panel--good",
        "scheme-panel--bad",
        "scheme-panel--spark",
        "scheme-panel--empty",
    }

    DEFAULT_CSS = """
    SchemePanel {
        height: auto;
        max-height: 5;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .scheme-panel--head { color: $foreground 68%; }
        &:focus > .scheme-panel--head { color: $primary; }
        & > .scheme-panel--name { color: $foreground; }
        & > .scheme-panel--value { color: $secondary; }
        & > .scheme-panel--rate { color: $foreground 75%; }
        & > .scheme-panel--good { color: $success; }
        & > .scheme-panel--bad { color: $warning; }
        & > .scheme-panel--spark { color: $primary; }
        & > .scheme-panel--empty { color: $foreground 68%; }
    }
    """

    def __init__(self, *, without: Collection[str] = (), id: str | None = None) -> None:
        super().__init__(id=id)
        self._without = without
        self._schemes: Sequence[SchemeLine] = ()
        self._machine: MachineView | None = None
        self._empty = ""
        self._table = Table([], 0)

    def show(self, schemes: Sequence[SchemeLine], machine: MachineView | None = None, *, empty: str) -> None:
        """Show the statistics; `empty` stands there when there are none."""
        self._schemes, self._machine, self._empty = schemes, machine, empty
        self._rebuild()

    def on_resize(self) -> None:
        """Choose the columns anew."""
        self._rebuild()

    def sheet(self) -> Sheet:
        """A row for each scheme: its statistics, and their growth per second."""
        if not self._schemes:
            raise InputError("there are no schemes, and so no figures")
        stats = tuple(one.name for one in fields(SchemeStats))
        rows = [
            (
                line.index,
                line.scheme.action,
                line.state.text,
                *(getattr(line.stats, name) for name in stats),
                *(line.rates[name] for name in RATED),
            )
            for line in self._schemes
        ]
        return Sheet("schemes", ("scheme", "action", "state", *stats, *(f"{name}_per_s" for name in RATED)), rows)

    def move_by(self, lines: int) -> None:
        """Show lines further down, or up if negative."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """The line of titles first, and always; what is pinned at the end; between them what is scrolled to."""
        region = self.scrollable_content_region
        lines, pinned = self._table.lines, self._table.pinned
        from_end = min(region.height, len(lines)) - y
        line = y + self.scroll_offset.y
        if y == 0:
            line = 0
        elif 0 < from_end <= pinned:
            line = len(lines) - from_end
        texts: Line = lines[line] if line < len(lines) else []
        return strip_of([(text, self.ink(f"scheme-panel--{name}")) for text, name in texts], region.width, self.base)

    def _rebuild(self) -> None:
        width = self.scrollable_content_region.width
        made = Table([[(self._empty, "empty")]], 0)
        if self._schemes and width > 0:
            ascii = colour_mode(self.app) is ColourMode.ASCII
            most = self._most_lines
            made = table(self._schemes, self._machine, width, most, ascii=ascii, without=self._without)
        before, self._table = self._table, made
        if len(made.lines) != len(before.lines):
            self.virtual_size = Size(width, len(made.lines))
        if made != before:
            self.refresh()

    @property
    def _most_lines(self) -> int:
        most = self.styles.max_height
        return int(most.value) if most is not None and most.is_cells else self.size.height
