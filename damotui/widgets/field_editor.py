"""The line in which a value is typed, over the row of the tree that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Static

from damotui.session.tree import Path
from damotui.session.values import Judgement


class FieldEditor(Vertical):
    """A line to type in, and below it what is wrong with what was typed, or what the field means."""

    DEFAULT_CSS = """
    FieldEditor {
        display: none;
        layer: above;
        position: absolute;
        width: 100%;
        height: auto;
        & > Horizontal { height: 1; background: $panel; }
        & Label { width: auto; color: $foreground; text-style: bold; }
        & Input { width: 1fr; border: none; height: 1; padding: 0; background: $surface; color: $accent; }
        & Input:focus { border: none; background-tint: $foreground 8%; }
        & > Static { width: 100%; height: auto; padding: 0 1; background: $panel; color: $foreground 70%; }
        &.-wrong > Static { color: $error; }
        &.-odd > Static { color: $warning; }
    }
    """

    @dataclass
    class Accepted(Message):
        """A value was entered that can be staged."""

        path: Path
        value: Any

    @dataclass
    class Closed(Message):
        """The editor is gone."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.path: Path = ()
        self._hint = ""
        self._start = ""
        self._judge: Callable[[str], Judgement] = lambda text: Judgement(text)

    def compose(self) -> ComposeResult:
        """The line and the words below it."""
        with Horizontal():
            yield Label(markup=False)
            yield Input(compact=True, select_on_focus=True)
        yield Static(markup=False)

    @property
    def is_open(self) -> bool:
        """Whether a value is being edited."""
        return bool(self.path)

    def open(
        self,
        path: Path,
        text: str,
        *,
        label: str,
        hint: str,
        judge: Callable[[str], Judgement],
        words: Sequence[str] = (),
        row: int,
    ) -> None:
        """Edit the value of a field.

        Args:
            path: the field.
            text: its value now.
            label: what stands before the line.
            hint: what it means.
            judge: says what a typed text comes to.
            words: what can be completed to.
            row: line of the container that the field's row is at.
        """
        self.path, self._hint, self._judge, self._start = path, hint, judge, text
        line = self.query_one(Input)
        line.suggester = SuggestFromList(words) if words else None
        line.select_on_focus = True
        line.value = text
        self.query_one(Label).update(label)
        self.display = True
        self._say(judge(text))
        self.styles.offset = (0, row)
        self.call_after_refresh(self._stay_inside, row)
        line.focus()
        line.action_select_all()

    def begin_with(self, text: str) -> None:
        """Put what was typed first in place of the value."""
        line = self.query_one(Input)
        line.select_on_focus = False  # what is typed next goes on from there
        line.value = text
        line.cursor_position = len(text)

    def close(self) -> None:
        """Leave the field as it is."""
        if self.is_open:
            self.path = ()
            self.display = False
            self.post_message(self.Closed())

    def accept(self) -> bool:
        """Take what is typed, if it can be taken; False if not."""
        text = self.query_one(Input).value
        judgement = self._judge(text)
        if judgement.error:
            self._say(judgement)
            return False
        path = self.path
        self.close()
        if text != self._start:
            self.post_message(self.Accepted(path, judgement.value))
        return True

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self._say(self._judge(event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    def on_key(self, event: events.Key) -> None:
        """Escape leaves the value as it was."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.close()

    def on_descendant_blur(self) -> None:
        """Going elsewhere takes what is right, and keeps what is wrong in sight."""
        if self.is_open and self.app.app_focus and self.screen.is_current:
            self.accept()

    def _say(self, judgement: Judgement) -> None:
        self.set_class(bool(judgement.error), "-wrong")
        self.set_class(not judgement.error and bool(judgement.warning), "-odd")
        self.query_one(Static).update(judgement.error or judgement.warning or self._hint)

    def _stay_inside(self, row: int) -> None:
        room = self.parent.size.height if isinstance(self.parent, Vertical) else row + self.outer_size.height
        self.styles.offset = (0, max(0, min(row, room - self.outer_size.height)))
