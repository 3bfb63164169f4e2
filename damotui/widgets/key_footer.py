"""The last line: the keys of the focused pane, as far as they fit; each can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from damotui.widgets.inked import Inked
from damotui.widgets.pieces import Piece, strip_of


@dataclass(frozen=True, slots=True)
class KeyHint:
    """One entry of the footer."""

    key: str
    label: str
    action: str


class KeyFooter(Inked, Widget):
    """Hints side by side; those that don't fit are left out, the last given first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-footer--key", "key-footer--label"}

    DEFAULT_CSS = """
    KeyFooter {
        height: 1;
        background: $surface;
        & > .key-footer--key { color: $accent; text-style: bold; }
        & > .key-footer--label { color: $foreground 75%; }
    }
    """

    ALLOW_SELECT = False

    @dataclass
    class Pressed(Message):
        """A hint was clicked."""

        action: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints: Sequence[KeyHint] = ()
        self._spans: list[tuple[int, int, str]] = []

    def show(self, hints: Sequence[KeyHint]) -> None:
        """Show other hints."""
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Do what the hint under the pointer says."""
        for start, end, action in self._spans:
            if start <= event.x < end:
                self.post_message(self.Pressed(action))

    def render_line(self, y: int) -> Strip:
        """The only line."""
        keys, labels = self.ink("key-footer--key"), self.ink("key-footer--label")
        pieces: list[Piece] = []
        self._spans.clear()
        at = 0
        for hint in self._hints:
            size = cell_len(hint.key) + cell_len(hint.label) + 2
            if at + size > self.size.width:
                break
            self._spans.append((at, at + size, hint.action))
            pieces += [(f" {hint.key}", keys), (f" {hint.label}", labels)]
            at += size
            pieces.append((" ", labels))
            at += 1
        return strip_of(pieces, self.size.width, self.base)
