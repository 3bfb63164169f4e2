"""A question for the name of a file to save to."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from engine.errors import InputError

_HINT = "Enter saves, Esc does not"


class NameDialog(ModalScreen[str | None]):
    """Stays until the name can be used; gives it, or None.

    Args:
        title: what is saved.
        name: what stands there at first.
        check: raises InputError for a name that can't be used.
    """

    DEFAULT_CSS = """
    NameDialog {
        align: center middle;
        & > Vertical { width: 64; max-width: 94%; height: auto; background: $panel; padding: 1 2; }
        & .title { text-style: bold; padding-bottom: 1; }
        & Input { border: none; height: 1; padding: 0; background: $surface; color: $accent; }
        & Input:focus { border: none; }
        & #trouble { color: $foreground 68%; height: auto; padding-top: 1; }
        & #trouble.-wrong { color: $error; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close")]

    def __init__(self, title: str, name: str, check: Callable[[str], None]) -> None:
        super().__init__()
        self._title = title
        self._name = name
        self._check = check

    def compose(self) -> ComposeResult:
        """The line, and what is wrong with what is typed."""
        with Vertical():
            yield Static(self._title, classes="title", markup=False)
            yield Input(self._name, compact=True, select_on_focus=False)
            yield Static(_HINT, id="trouble", markup=False)

    @on(Input.Changed)
    def _changed(self) -> None:
        self._say(_HINT)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        try:
            self._check(event.value)
        except InputError as error:
            self._say(str(error), wrong=True)
        else:
            self.dismiss(event.value)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        line = self.query_one("#trouble", Static)
        line.set_class(wrong, "-wrong")
        line.update(text)
