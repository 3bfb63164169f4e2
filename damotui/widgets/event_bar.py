"""The events that there are, and which of them are shown; each can be clicked."""

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


class EventBar(Inked, Widget):
    """Numbered names, in as many lines as they take."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"event-bar--key", "event-bar--on", "event-bar--off"}

    DEFAULT_CSS = """
    EventBar {
        height: 1;
        background: $surface;
        & > .event-bar--key { color: $accent; text-style: bold; }
        & > .event-bar--on { color: $foreground; }
        & > .event-bar--off { color: $foreground 40%; text-style: strike; }
    }
    """

    ALLOW_SELECT = False

    @dataclass
    class Pressed(Message):
        """An event was clicked."""

        number: int
        """From 1 on."""

    def __init__(self, names: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._names = names
        self._on: frozenset[int] = frozenset()

    def show(self, on: frozenset[int]) -> None:
        """Show which are collected, by their number from 1 on."""
        if on != self._on:
            self._on = on
            self.refresh()

    def on_resize(self) -> None:
        """Take as many lines as it needs."""
        self.styles.height = max(1, len(self._folded()))

    def on_click(self, event: events.Click) -> None:
        """Choose the event under the pointer, or not."""
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
            on = number in self._on
            pieces += [
                (f" {number} ", self.ink("event-bar--key")),
                (f"{'●' if on else '○'} {self._names[number - 1]}", self.ink(f"event-bar--{'on' if on else 'off'}")),
                (" ", self.base),
            ]
        return strip_of(pieces, self.size.width, self.base)

    def _width(self, number: int) -> int:
        return cell_len(self._names[number - 1]) + 6

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
