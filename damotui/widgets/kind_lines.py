"""Lines of text, each piece of a kind that has a colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.strip import Strip
from textual.widget import Widget

from damotui.widgets.inked import Inked
from damotui.widgets.pieces import strip_of

Line = list[tuple[str, str]]
"""Texts, and of what kind each is: head, name, value, good, bad, or spark."""


class KindLines(Inked, Widget):
    """Draws the lines that it is given; what is longer than the widget is cut."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "kind-lines--head",
        "kind-lines--name",
        "kind-lines--value",
        "kind-lines--good",
        "kind-lines--bad",
        "kind-lines--spark",
    }

    DEFAULT_CSS = """
    KindLines {
        & > .kind-lines--head { color: $foreground 68%; }
        & > .kind-lines--name { color: $foreground 75%; }
        & > .kind-lines--value { color: $foreground; text-style: bold; }
        & > .kind-lines--good { color: $success; text-style: bold; }
        & > .kind-lines--bad { color: $warning; text-style: bold; }
        & > .kind-lines--spark { color: $primary; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines; nothing is drawn if they are the same."""
        if lines != self.lines:
            self.lines = lines
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One of them."""
        line = self.lines[y] if y < len(self.lines) else []
        return strip_of([(text, self.ink(f"kind-lines--{kind}")) for text, kind in line], self.size.width, self.base)
