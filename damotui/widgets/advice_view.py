"""Lines of advice that can be scrolled, with a cursor at one of the proposals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from damotui.session.intervals_advice import Advice
from damotui.widgets.advice_lines import Advised, advised
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import Piece, strip_of


class AdviceView(Inked, ScrollView, can_focus=True, inherit_bindings=False):
    """Shows advice; which proposal the cursor is at belongs to it."""

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "advice-view--plain",
        "advice-view--good",
        "advice-view--bad",
        "advice-view--title",
        "advice-view--chosen",
        "advice-view--value",
        "advice-view--text",
        "advice-view--label",
        "advice-view--cursor",
    }

    DEFAULT_CSS = """
    AdviceView {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        background: $background; padding: 0 1;
        & > .advice-view--plain { color: $foreground; text-style: bold; }
        & > .advice-view--good { color: $success; text-style: bold; }
        & > .advice-view--bad { color: $warning; text-style: bold; }
        & > .advice-view--title { color: $primary; text-style: bold; }
        & > .advice-view--chosen { color: $foreground; text-style: bold; }
        & > .advice-view--value { color: $foreground 90%; }
        & > .advice-view--text { color: $foreground 75%; }
        & > .advice-view--label { color: $foreground 68%; }
        & > .advice-view--cursor { background: $primary 35%; }
        &:light > .advice-view--cursor { background: $primary 20%; }
    }
    """

    @dataclass
    class Chosen(Message):
        """The proposal that the cursor is at already was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0
        self._advice: Advice | None = None
        self._staged = ""
        self._made = Advised([], 0, 0)

    def show(self, advice: Advice, staged: str) -> None:
        """Show advice, and what is staged besides."""
        if advice is not self._advice or staged != self._staged:
            self._advice, self._staged = advice, staged
            self._rebuild()

    def move_by(self, proposals: int) -> None:
        """Go to another proposal, and bring it into sight."""
        count = len(self._advice.proposals) if self._advice else 0
        self.cursor = min(max(self.cursor + proposals, 0), max(count - 1, 0))
        self._rebuild()
        self._scroll_to_cursor()

    def scroll_pages(self, pages: int) -> None:
        """Show what is further down, or up if negative."""
        height = max(self.scrollable_content_region.height - 1, 1)
        self.scroll_to(y=self.scroll_offset.y + pages * height, animate=False, immediate=True)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._rebuild()

    def on_click(self, event: events.Click) -> None:
        """Go to the proposal under the pointer."""
        line = event.y + self.scroll_offset.y
        if self._advice is None:
            return
        for at in range(len(self._advice.proposals)):
            made = advised(self._advice, at, self._width, self._staged)
            if made.first <= line < made.end:
                if at == self.cursor:
                    self.post_message(self.Chosen())
                self.move_by(at - self.cursor)
                return

    def render_line(self, y: int) -> Strip:
        """One line."""
        at, width = y + self.scroll_offset.y, self._width
        lines = self._made.lines
        pieces: list[Piece] = (
            [(text, self.ink(f"advice-view--{kind}")) for text, kind in lines[at]] if at < len(lines) else []
        )
        fill = self.base
        if self._made.first <= at < self._made.end:
            fill = fill + self.background("advice-view--cursor")
        return strip_of(pieces, width, fill)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    def _rebuild(self) -> None:
        if self._advice is None or self._width <= 0:
            return
        self.cursor = min(self.cursor, max(len(self._advice.proposals) - 1, 0))
        self._made = advised(self._advice, self.cursor, self._width, self._staged)
        size = Size(self._width, len(self._made.lines))
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    def _scroll_to_cursor(self) -> None:
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if self._made.first < top or self.cursor == 0:
            self.scroll_to(y=0 if self.cursor == 0 else self._made.first, animate=False, immediate=True)
        elif height and self._made.end > top + height:
            self.scroll_to(y=self._made.end - height, animate=False, immediate=True)
