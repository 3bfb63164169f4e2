"""The line that always shows where the engine stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from damotui.session.figures import Figure, Form
from damotui.widgets.inked import Inked
from damotui.widgets.pieces import Piece, strip_of


class StatusLine(Inked, Widget):
    """Figures side by side, in the longest form for which there is room."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status-line--name",
        "status-line--figure",
        "status-line--good",
        "status-line--bad",
    }

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        background: $panel;
        & > .status-line--name { color: $foreground 68%; }
        & > .status-line--figure { color: $foreground; text-style: bold; }
        & > .status-line--good { color: $success; text-style: bold; }
        & > .status-line--bad { color: $warning; text-style: bold; }
    }
    """

    ALLOW_SELECT = False

    @dataclass
    class Pressed(Message):
        """A figure was clicked."""

        action: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._items: Sequence[Figure] = ()
        self._spans: list[tuple[int, int, str]] = []
        self._strip: Strip | None = None

    def show(self, items: Sequence[Figure]) -> None:
        """Show other figures; nothing is drawn if they are the same."""
        if items != self._items:
            self._items = items
            self._strip = None
            self.refresh()

    def notify_style_update(self) -> None:
        """Take over the colours of another theme."""
        super().notify_style_update()
        self._strip = None

    def on_resize(self) -> None:
        """Choose the forms anew: it may have been drawn already with those for the former width."""
        self._strip = None
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Do what belongs to the figure under the pointer."""
        for start, end, action in self._spans:
            if start <= event.x < end and action:
                self.post_message(self.Pressed(action))

    def render_line(self, y: int) -> Strip:
        """The only line."""
        if self._strip is None:
            self._strip = self._make(self.size.width)
        return self._strip

    def _make(self, width: int) -> Strip:
        texts, gap = self._fitting(width)
        pieces: list[Piece] = [(" ", Style())]
        self._spans.clear()
        at = 1
        for item, (name, figure) in zip(self._items, texts, strict=True):
            if not (name or figure):
                continue
            self._spans.append((at, at + _width((name, figure)), item.action))
            pieces += [
                (f"{name} " if name and figure else name, self.ink("status-line--name")),
                (figure, self.ink(f"status-line--{item.tone or 'figure'}")),
            ]
            if item is not self._items[-1]:
                pieces.append((" " * gap, Style()))
            at += _width((name, figure)) + gap
        return strip_of(pieces, width, self.base)

    def _fitting(self, width: int) -> tuple[list[Form], int]:
        """The forms to show and the gap between them: the last figures are shortened first."""
        levels = [0] * len(self._items)
        for gap, depth in ((3, 1), (2, 1), (2, 2), (1, 3)):
            for at in reversed(range(len(levels))):
                texts = [
                    item.forms[min(level, len(item.forms) - 1)] for item, level in zip(self._items, levels, strict=True)
                ]
                shown = [_width(text) for text in texts if any(text)]
                if sum(shown) + gap * (len(shown) - 1) + 1 <= width:
                    return texts, gap
                levels[at] = depth
        return [item.forms[-1] for item in self._items], 1


def _width(text: tuple[str, str]) -> int:
    return cell_len(text[0]) + cell_len(text[1]) + bool(text[0] and text[1])
