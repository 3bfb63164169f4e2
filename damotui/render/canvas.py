"""A few lines of text written at given columns, each piece of one kind; what isn't written is blank."""

from __future__ import annotations

from enum import StrEnum
from itertools import groupby
from operator import itemgetter


class Ink(StrEnum):
    """What a piece of text is, for the one who chooses colours."""

    BLANK = "blank"
    LABEL = "label"
    TICK = "tick"
    MARK = "mark"


class Canvas:
    """Lines of the same width. Text that leaves the canvas is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.width = max(width, 0)
        self.height = max(height, 0)
        self._text = [[" "] * self.width for _ in range(self.height)]
        self._ink = [[Ink.BLANK] * self.width for _ in range(self.height)]

    def write(self, x: int, y: int, text: str, ink: Ink) -> None:
        """Writes over what is there."""
        if not 0 <= y < self.height:
            return
        for column, character in enumerate(text, x):
            if 0 <= column < self.width:
                self._text[y][column] = character
                self._ink[y][column] = ink

    def is_free(self, x: int, y: int, length: int) -> bool:
        """Whether `length` columns are inside and blank."""
        if not (0 <= y < self.height and x >= 0 and x + length <= self.width):
            return False
        return all(ink is Ink.BLANK for ink in self._ink[y][x : x + length])

    def write_if_free(self, x: int, y: int, text: str, ink: Ink) -> bool:
        """Writes where nothing is written in or next to its place; true if it did."""
        left, right = max(x - 1, 0), min(x + len(text) + 1, self.width)
        if x + len(text) > self.width or not self.is_free(left, y, right - left):
            return False
        self.write(x, y, text, ink)
        return True

    def turned(self, lines: int) -> Canvas:
        """The same with line 0 at that line, the next below, and so on around."""
        canvas = Canvas(self.width, self.height)
        for y in range(self.height):
            canvas._text[(y + lines) % self.height] = [*self._text[y]]
            canvas._ink[(y + lines) % self.height] = [*self._ink[y]]
        return canvas

    def point(self, x: int, y: int, text: str) -> None:
        """Writes a mark where nothing is written, and marks what is there otherwise."""
        if 0 <= y < self.height and 0 <= x < self.width:
            written = self._ink[y][x] is not Ink.BLANK
            self.write(x, y, self._text[y][x] if written else text, Ink.MARK)

    def lines(self) -> list[list[tuple[str, Ink]]]:
        """Each line as runs of one kind."""
        return [
            [
                ("".join(character for character, _ in group), ink)
                for ink, group in groupby(zip(text, inks, strict=True), key=itemgetter(1))
            ]
            for text, inks in zip(self._text, self._ink, strict=True)
        ]

    def text(self) -> str:
        """All lines, without trailing blanks."""
        return "\n".join("".join(line).rstrip() for line in self._text)
