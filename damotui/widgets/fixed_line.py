"""A text in a place that is there whether it has something to say or not."""

from __future__ import annotations

from textual.widgets import Static


class FixedLine(Static):
    """Changes what it says without a new layout of the screen."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)

    def say(self, text: str) -> None:
        """Show a text."""
        if str(self.content) != text:
            self.update(text, layout=False)
