"""The line in which it is typed which regions are wanted."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input, Label

from damotui.widgets.find_line import FindLine


class FilterLine(FindLine):
    """As the line to find with, but for its name and an example.

    Args:
        example: stands there while nothing is typed.
    """

    DEFAULT_CSS = """
    FilterLine {
        & .hint { display: none; color: $foreground 68%; text-style: none; }
        &.-typed .hint { display: block; }
    }
    """

    def __init__(self, example: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._example = example

    def compose(self) -> ComposeResult:
        """The line."""
        yield Label("filter", markup=False)
        yield Input(placeholder=self._example, compact=True, select_on_focus=False)
        yield Label("Esc lists all", classes="hint", markup=False)

    def on_descendant_focus(self) -> None:
        """Say what the keys do that do not type."""
        self.add_class("-typed")

    def on_descendant_blur(self) -> None:
        """They do something else now."""
        self.remove_class("-typed")
