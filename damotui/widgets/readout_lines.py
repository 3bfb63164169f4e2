"""The lines below a heat map that tell what is at its cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from damotui.widgets.inked import Inked
from damotui.widgets.pieces import strip_of


class ReadoutLines(Inked, Widget):
    """A few lines of text, drawn again only where they change."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"readout--first", "readout--more"}
    """
    | Class | Description |
    | :- | :- |
    | `readout--first` | The line with what is most important. |
    | `readout--more` | The lines below. |
    """
    DEFAULT_CSS = """
    ReadoutLines {
        height: 2;
        & > .readout--first { color: $foreground; text-style: bold; }
        & > .readout--more { color: $foreground 80%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: tuple[str, ...] = ()

    def show(self, lines: Sequence[str]) -> None:
        """Show these lines."""
        old, self._lines = self._lines, tuple(lines)
        count = max(len(old), len(self._lines))
        before, now = (one + ("",) * (count - len(one)) for one in (old, self._lines))
        for y in range(count):
            if before[y] != now[y]:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One of them."""
        text = self._lines[y] if y < len(self._lines) else ""
        return strip_of([(text, self.ink("readout--more" if y else "readout--first"))], self.size.width, self.base)
