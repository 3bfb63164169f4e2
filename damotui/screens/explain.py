"""The answer to F1: what the thing under the cursor means, then the other things that the pane shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from damotui.explain import Explanation


class ExplainDialog(ModalScreen[None]):
    """Explanations, one below the other; any of the keys that close things closes it.

    Args:
        explanations: at least one.
    """

    DEFAULT_CSS = """
    ExplainDialog {
        align: center middle;
        & > VerticalScroll {
            width: 84; max-width: 96%; height: auto; max-height: 90%; background: $panel; padding: 1 2;
            scrollbar-size-vertical: 1;
        }
        & Static { height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,enter,question_mark", "dismiss(None)", "Close"),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
    ]

    def __init__(self, explanations: Sequence[Explanation]) -> None:
        super().__init__()
        self._explanations = explanations

    def compose(self) -> ComposeResult:
        """All of them as one text."""
        with VerticalScroll():
            yield Static(Content("\n\n").join(_content(one) for one in self._explanations))

    def action_scroll(self, lines: int) -> None:
        """Move the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def _content(one: Explanation) -> Content:
    parts = [Content.styled(one.title, "bold"), Content(one.text)]
    width = max((len(name) for name, _ in one.facts), default=0)
    parts += [Content.assemble((f"{name:>{width}}", "$accent"), f"  {value}") for name, value in one.facts]
    return Content("\n").join(part for part in parts if part.plain)
