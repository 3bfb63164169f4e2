"""A text that is to be read before it is used elsewhere, line by line, with what there is to say about it above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import ClassVar

from rich.cells import chop_cells
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from damotui.widgets.inked import Inked
from damotui.widgets.pieces import strip_of

_WHEEL = 3
_NOTE = "! "


class CarriedText(Inked, Widget, can_focus=True, inherit_bindings=False):
    """Long lines go on in the next one, so that all of them is seen."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "carried-text--note",
        "carried-text--comment",
        "carried-text--text",
        "carried-text--rest",
    }

    DEFAULT_CSS = """
    CarriedText {
        height: 1fr;
        padding: 0 1;
        & > .carried-text--note { color: $warning; }
        & > .carried-text--comment { color: $foreground 68%; }
        & > .carried-text--text { color: $foreground; }
        & > .carried-text--rest { color: $accent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._notes: Sequence[str] = ()
        self._text = ""
        self._lines: list[tuple[str, str]] = []
        """Kind and text of each line as it is drawn."""
        self._top = 0

    def show(self, notes: Sequence[str], text: str) -> None:
        """Show a text.

        Args:
            notes: what is said above it and is no part of it.
            text: all of it.
        """
        if (notes, text) != (self._notes, self._text):
            self._notes, self._text = notes, text
            self._top = 0
            self._fold()

    def move_by(self, lines: int) -> None:
        """Show what is further down, or up if negative."""
        self._top = min(max(self._top + lines, 0), self._last_top)
        self.refresh()

    def move_by_pages(self, pages: int) -> None:
        """By what is in sight at once, less a line."""
        self.move_by(pages * max(1, self._height - 1))

    def move_to_end(self, *, last: bool) -> None:
        """To the first line, or the last."""
        self.move_by(len(self._lines) if last else -len(self._lines))

    def on_resize(self) -> None:
        """Fold the lines anew."""
        self._fold()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look up."""
        event.stop()
        self.move_by(-_WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look down."""
        event.stop()
        self.move_by(_WHEEL)

    def render_line(self, y: int) -> Strip:
        """One of the lines; at the end, how many more there are."""
        at = self._top + y
        hidden = len(self._lines) - self._top - self._height
        if y == self._height - 1 and hidden > 0:
            kind, text = "rest", f"… {hidden + 1:,} more lines below"
        else:
            kind, text = self._lines[at] if at < len(self._lines) else ("text", "")
        return strip_of([(text, self.ink(f"carried-text--{kind}"))], self._width, self.base)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _height(self) -> int:
        return self.scrollable_content_region.height

    @property
    def _last_top(self) -> int:
        return max(0, len(self._lines) - self._height)

    def _fold(self) -> None:
        self._lines = list(self._folded(self._width)) if self._width > len(_NOTE) else []
        self._top = min(self._top, self._last_top)
        self.refresh()

    def _folded(self, width: int) -> Iterator[tuple[str, str]]:
        for note in self._notes:
            yield from (("note", line) for line in wrap(note, width, initial_indent=_NOTE, subsequent_indent="  "))
        if self._notes:
            yield "text", ""
        for line in self._text.splitlines():
            kind = "comment" if line.startswith("#") else "text"
            yield from ((kind, part) for part in chop_cells(line, width) or [""])
