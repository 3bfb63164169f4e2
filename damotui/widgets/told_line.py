"""A text that takes room only while there is one."""

from __future__ import annotations

from textual.widgets import Static


class ToldLine(Static):
    """Hidden while it has nothing to say."""

    DEFAULT_CSS = """
    ToldLine { display: none; height: auto; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)

    def say(self, text: str) -> None:
        """Show a text; an empty one hides it."""
        if str(self.content) != text:
            self.update(text)
            self.display = bool(text)
