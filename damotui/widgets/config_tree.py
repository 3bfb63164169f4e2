"""The tree of kdamonds, drawn line by line from rows. It shows and points; what is in it belongs to the session."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import ClassVar, cast

from rich.style import Style
from textual.binding import BindingType
from textual.strip import Strip

from damotui.actions import Scope
from damotui.explain import Explanation
from damotui.session.outline import Kind, Row, State
from damotui.session.tree import Path
from damotui.widgets.bindings import bindings_for
from damotui.widgets.cursor_rows import CursorRows
from damotui.widgets.pieces import Piece, spread, strip_of

_STATE_CLASSES = {State.ON: "config-tree--on", State.OFF: "config-tree--off", State.ENDED: "config-tree--ended"}


class ConfigTree(CursorRows[Row], can_focus=True, inherit_bindings=False):
    """Rows of the staged tree, with a cursor.

    Args:
        explain: says what a row means.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.TREE)

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "config-tree--label",
        "config-tree--entry",
        "config-tree--value",
        "config-tree--guide",
        "config-tree--on",
        "config-tree--off",
        "config-tree--ended",
        "config-tree--uncommitted",
        "config-tree--error",
        "config-tree--warning",
        "config-tree--lacking",
        "config-tree--default",
        "config-tree--cursor",
        "config-tree--cursor-blurred",
    }

    DEFAULT_CSS = """
    ConfigTree {
        & > .config-tree--label { color: $foreground 75%; }
        & > .config-tree--entry { color: $foreground; text-style: bold; }
        & > .config-tree--value { color: $secondary; }
        & > .config-tree--guide { color: $foreground 40%; }
        & > .config-tree--on { color: $success; text-style: bold; }
        & > .config-tree--off { color: $foreground 68%; }
        & > .config-tree--ended { color: $warning; }
        & > .config-tree--uncommitted { color: $warning; text-style: bold; }
        & > .config-tree--error { color: $error; text-style: bold; }
        & > .config-tree--warning { color: $warning; }
        & > .config-tree--lacking { color: $foreground 40%; }
        & > .config-tree--default { color: $foreground 68%; }
        & > .config-tree--cursor { background: $primary 35%; }
        & > .config-tree--cursor-blurred { background: $foreground 10%; }
    }
    """

    def __init__(self, explain: Callable[[Row], Sequence[Explanation]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._explain = explain

    def explanations(self) -> Sequence[Explanation]:
        """What the row under the cursor means."""
        row = self.cursor_row
        return self._explain(row) if row is not None else ()

    def key_of(self, row: Row) -> Path:
        """Its path."""
        return row.path

    def near(self, key: Hashable) -> Iterator[Path]:
        """An entry was removed: the one that took its place, the one before it, or the list itself."""
        path = cast(Path, key)
        if path and isinstance(path[-1], int):
            yield (*path[:-1], path[-1] - 1)
        yield path[:-1]
        yield path[:-2]

    def move_to_path(self, path: Path) -> None:
        """Put the cursor at the row of a path, or of the nearest branch around it that is shown."""
        paths = {row.path: line for line, row in enumerate(self.rows)}
        while path:
            if path in paths:
                self.move_to(paths[path])
                return
            path = path[:-1]

    def render_line(self, y: int) -> Strip:
        """One row: mark and label at the left, value and badge at the right."""
        line = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if line >= len(self.rows):
            return Strip.blank(width, self.base)
        row = self.rows[line]
        fill = self.base
        if line == self._at:
            name = "config-tree--cursor" if self.has_focus else "config-tree--cursor-blurred"
            fill = fill + self.background(name)
        return strip_of(spread(self._left(row), *self._right(row), width), width, fill)

    def _left(self, row: Row) -> list[Piece]:
        mark = " " if not row.expandable else "▾" if row.expanded else "▸"
        label = "config-tree--label" if row.kind in (Kind.FIELD, Kind.GROUP) else "config-tree--entry"
        if row.lack:
            label = "config-tree--lacking"
        return [(" " * row.depth + mark + " ", self.ink("config-tree--guide")), (row.label, self.ink(label))]

    def _right(self, row: Row) -> tuple[Piece, Piece]:
        value = _STATE_CLASSES.get(row.state, "config-tree--value")
        if row.uncommitted and row.kind is Kind.FIELD:
            value = "config-tree--uncommitted"
        elif row.default:
            value = "config-tree--default"
        if row.lack:
            value = "config-tree--lacking"
        badge: Piece = ("  ", Style())
        if row.problem:
            badge = (" !", self.ink("config-tree--error" if row.severe else "config-tree--warning"))
        elif row.uncommitted:
            badge = (" *", self.ink("config-tree--uncommitted"))
        return (row.value, self.ink(value)), badge
