"""Numbered names of which one is chosen; each can be clicked."""

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


class ChoiceBar(Inked, Widget):
    """The names in as many lines as they take.

    Args:
        names: in order; they are numbered from 1 on.
        lacking: numbers of those that can't be chosen.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "choice-bar--key",
        "choice-bar--chosen",
        "choice-bar--other",
        "choice-bar--lacking",
    }

    DEFAULT_CSS = """
    ChoiceBar {
        height: 1;
        background: $surface;
        & > .choice-bar--key { color: $accent; text-style: bold; }
        & > .choice-bar--chosen { color: $primary; text-style: bold; }
        & > .choice-bar--other { color: $foreground 80%; }
        & > .choice-bar--lacking { color: $foreground 35%; }
    }
    """

    ALLOW_SELECT = False

    @dataclass
    class Pressed(Message):
        """A name was clicked."""

        number: int
        """From 1 on."""

    def __init__(self, names: Sequence[str], lacking: frozenset[int] = frozenset(), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._names = names
        self._lacking = lacking
        self._chosen = 0

    def show(self, chosen: int) -> None:
        """Show which one is chosen, by its number."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.refresh()

    def on_resize(self) -> None:
        """Take as many lines as it needs."""
        self.styles.height = max(1, len(self._folded()))

    def on_click(self, event: events.Click) -> None:
        """Choose the name under the pointer."""
        lines = self._folded()
        at = 0
        for number in lines[event.y] if event.y < len(lines) else ():
            if at <= event.x < at + self._width(number):
                self.post_message(self.Pressed(number))
            at += self._width(number)

    def render_line(self, y: int) -> Strip:
        """Some of them."""
        lines = self._folded()
        pieces: list[Piece] = []
        for number in lines[y] if y < len(lines) else ():
            chosen = number == self._chosen
            kind = "chosen" if chosen else "lacking" if number in self._lacking else "other"
            pieces += [
                (f" {number} ", self.ink("choice-bar--key")),
                (f"{'▸' if chosen else ' '}{self._names[number - 1]} ", self.ink(f"choice-bar--{kind}")),
            ]
        return strip_of(pieces, self.size.width, self.base)

    def _width(self, number: int) -> int:
        return cell_len(self._names[number - 1]) + 5

    def _folded(self) -> list[list[int]]:
        lines: list[list[int]] = [[]]
        room = self.size.width
        for number in range(1, len(self._names) + 1):
            if lines[-1] and self._width(number) > room:
                lines.append([])
                room = self.size.width
            lines[-1].append(number)
            room -= self._width(number)
        return lines
