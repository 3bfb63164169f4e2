"""Small questions over the main screen: choose one of several, or confirm what undo can't restore."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option


class ChoiceDialog(ModalScreen[int | None]):
    """A list to choose from; gives the index of the choice, or None.

    Args:
        title: what is chosen.
        choices: name and a few words of help of each.
        details: more words for each, shown while the cursor is at it.
        lacking: indices of those that will be refused, and are greyed.
    """

    DEFAULT_CSS = """
    ChoiceDialog {
        align: center middle;
        & > Vertical { width: 70; max-width: 94%; height: auto; max-height: 80%; background: $panel; padding: 1 2; }
        & Static { color: $foreground; text-style: bold; padding-bottom: 1; }
        & OptionList, & OptionList:focus { height: auto; max-height: 16; border: none; background: $panel; }
        &.-detailed > Vertical { height: 80%; max-height: 22; }
        &.-detailed OptionList, &.-detailed OptionList:focus { height: 1fr; }
        & #detail { text-style: none; padding: 1 0 0 0; height: 7; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close"),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        details: Sequence[str] = (),
        lacking: Collection[int] = (),
    ) -> None:
        super().__init__(classes="-detailed" if details else "")
        self._title = title
        self._choices = choices
        self._details = details
        self._lacking = lacking

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical():
            yield Static(self._title, markup=False)
            yield OptionList(
                *(
                    Option(Content.assemble((name, "dim" if at in self._lacking else "bold"), "  ", (help, "dim")))
                    for at, (name, help) in enumerate(self._choices)
                )
            )
            if self._details:
                yield Static(self._details[0], id="detail", markup=False)

    def action_down(self) -> None:
        """To the next answer."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """To the answer before."""
        self.query_one(OptionList).action_cursor_up()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self._details:
            self.query_one("#detail", Static).update(self._details[event.option_index])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)


class ConfirmDialog(ModalScreen[bool]):
    """A question that only `y` says yes to: neither Enter nor the key that asked."""

    DEFAULT_CSS = """
    ConfirmDialog {
        align: center middle;
        & > Vertical { width: 56; max-width: 90%; height: auto; background: $panel; padding: 1 2; }
        & Static { padding-bottom: 1; }
        & Horizontal { height: 1; }
        & Button { min-width: 12; margin-right: 2; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes"),
        Binding("n,escape,q", "dismiss(False)", "No"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and the two answers."""
        with Vertical():
            yield Static(self._question, markup=False)
            with Horizontal():
                yield _MouseButton("y  Yes", id="yes", compact=True, variant="warning")
                yield _MouseButton("n  No", id="no", compact=True)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class _MouseButton(Button, can_focus=False):
    """A button that no key presses."""
