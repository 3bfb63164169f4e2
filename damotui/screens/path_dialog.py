"""A question for the name of a file to read, which the Tab key completes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from damotui.path_names import complete
from engine.errors import InputError

_HINT = "Tab completes, Enter reads, Esc does not"
_MOST_NAMES = 60


class PathDialog(ModalScreen[None]):
    """Stays, with what is typed, until the file could be taken or Escape is pressed.

    Args:
        title: what is read.
        text: what stands there at first.
        take: takes what is typed; raises InputError if it can't be used, which is then shown.
        suffix: of the files that are completed to.
    """

    DEFAULT_CSS = """
    PathDialog {
        align: center middle;
        & > Vertical { width: 76; max-width: 96%; height: auto; max-height: 80%; background: $panel; padding: 1 2; }
        & .title { text-style: bold; padding-bottom: 1; }
        & Input { border: none; height: 1; padding: 0; background: $surface; color: $accent; }
        & Input:focus { border: none; }
        & #said { color: $foreground 68%; height: auto; max-height: 8; padding-top: 1; }
        &.-wrong #said { color: $error; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close")]

    def __init__(self, title: str, text: str, take: Callable[[str], None], suffix: str = "") -> None:
        super().__init__()
        self._title, self._text, self._take, self._suffix = title, text, take, suffix

    def compose(self) -> ComposeResult:
        """The line, and what there is to say about it."""
        with Vertical():
            yield Static(self._title, classes="title", markup=False)
            yield Input(self._text, compact=True, select_on_focus=False)
            yield Static(_HINT, id="said", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Tab completes what is typed, and shows what it could become."""
        if event.key != "tab":
            return
        event.stop()
        event.prevent_default()
        line = self.query_one(Input)
        completion = complete(line.value, self._suffix)
        if completion.text != line.value:
            with self.prevent(Input.Changed):
                line.value = completion.text
            line.cursor_position = len(completion.text)
        if not completion.names:
            self._say(f"no directory or file *{self._suffix} begins so")
        elif len(completion.names) > 1:
            more = len(completion.names) - _MOST_NAMES
            names = "  ".join(completion.names[:_MOST_NAMES])
            self._say(f"{names}  and {more} more" if more > 0 else names)
        else:
            self._say(_HINT)

    @on(Input.Changed)
    def _changed(self) -> None:
        self._say(_HINT)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            self._take(event.value)
        except InputError as error:
            self._say(str(error), wrong=True)
        else:
            self.dismiss(None)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.set_class(wrong, "-wrong")
        self.query_one("#said", Static).update(text)
