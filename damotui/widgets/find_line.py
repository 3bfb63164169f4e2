"""The line in which it is typed what is to be found."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label


class FindLine(Horizontal):
    """Hidden while nothing is to be found. Enter leaves it with what was typed in force, Escape takes that back."""

    DEFAULT_CSS = """
    FindLine {
        height: 1;
        display: none;
        background: $panel;
        &.-shown { display: block; }
        & Label { width: auto; color: $accent; text-style: bold; padding: 0 1; }
        & Input { width: 1fr; border: none; height: 1; padding: 0; background: $panel; color: $accent; }
        & Input:focus { border: none; background: $surface; background-tint: $foreground 8%; }
    }
    """

    @dataclass
    class Changed(Message):
        """Something else is to be found; empty for nothing."""

        text: str

    @dataclass
    class Left(Message):
        """No more is typed."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Label("find", markup=False)
        yield Input(compact=True, select_on_focus=False)

    def open(self) -> None:
        """Let something be typed."""
        self.add_class("-shown")
        line = self.query_one(Input)
        line.action_select_all()
        self.screen.set_focus(line)  # at once: what is typed ahead must not go elsewhere

    def clear(self) -> None:
        """Find nothing."""
        self.query_one(Input).value = ""
        self.remove_class("-shown")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._leave()

    def on_key(self, event: events.Key) -> None:
        """Escape finds nothing; going up or down leaves the line."""
        if event.key not in ("escape", "up", "down"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.clear()
        self._leave()

    def _leave(self) -> None:
        self.set_class(bool(self.query_one(Input).value), "-shown")
        self.post_message(self.Left())
