"""A step of a lesson: what it is about, what is typed, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import ClassVar

from rich.cells import chop_cells
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from damotui.guide.parts import Paragraph, Part
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import strip_of

_WHEEL = 3
_AS_IT_IS = (Part.TO_TYPE, Part.TYPED, Part.OUT, Part.ERROR, Part.NOTE)
_SIGNS = {Part.SEEN: "✓ ", Part.MISSED: "✗ "}
_WIDEST = 100
"""Text is not wrapped wider than this: longer lines are hard to read."""


class LessonText(Inked, Widget, can_focus=True, inherit_bindings=False):
    """Text is wrapped, what stands on the terminal is folded; longer than the widget, it can be moved."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lesson-text--{part.value}" for part in Part}

    DEFAULT_CSS = """
    LessonText {
        height: 1fr;
        padding: 0 1;
        background: $background;
        & > .lesson-text--title { color: $primary; text-style: bold; }
        & > .lesson-text--section { color: $foreground 68%; }
        & > .lesson-text--text { color: $foreground; }
        & > .lesson-text--to-type { color: $foreground 68%; }
        & > .lesson-text--typed { color: $accent; }
        & > .lesson-text--out { color: $foreground; }
        & > .lesson-text--error { color: $error; }
        & > .lesson-text--note { color: $foreground 68%; }
        & > .lesson-text--seen { color: $success; }
        & > .lesson-text--missed { color: $warning; text-style: bold; }
        & > .lesson-text--hint { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page: Sequence[Paragraph] = ()
        self._lines: list[Paragraph] = []
        """Kind and text of each line as it is drawn."""
        self._top = 0

    def show(self, page: Sequence[Paragraph], *, grown: bool) -> None:
        """Show other paragraphs, from the first one on.

        Args:
            page: all of them.
            grown: whether the end of them is what is new, and is to be in sight.
        """
        if page != self._page:
            self._page = page
            self._fold()
            self._top = self._last_top if grown else 0

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
        """Fold the lines anew; the end stays in sight if it was."""
        at_end = self._top >= self._last_top > 0
        self._fold()
        self._top = self._last_top if at_end else min(self._top, self._last_top)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look up."""
        event.stop()
        self.move_by(-_WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look down."""
        event.stop()
        self.move_by(_WHEEL)

    def render_line(self, y: int) -> Strip:
        """One of the lines; where there are more, the last one says how many."""
        at = self._top + y
        hidden = len(self._lines) - self._top - self._height
        if y == self._height - 1 and hidden > 0:
            part, text = Part.SECTION, f"… {hidden + 1} more lines below"
        else:
            part, text = self._lines[at] if at < len(self._lines) else (Part.TEXT, "")
        return strip_of([(text, self.ink(f"lesson-text--{part.value}"))], self._width, self.base)

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
        self._lines = list(self._folded(self._width)) if self._width > 2 else []
        self.refresh()

    def _folded(self, width: int) -> Iterator[Paragraph]:
        for part, text in self._page:
            if part in _AS_IT_IS:
                rows = chop_cells(text, width)
            else:
                sign = _SIGNS.get(part, "")
                rows = wrap(text, min(width, _WIDEST), initial_indent=sign, subsequent_indent=" " * len(sign))
            yield from ((part, row) for row in rows or [""])
