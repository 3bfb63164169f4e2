"""The line in which something is typed to be written to a file, and what the kernel answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label, Static

from damotui.session.files_view import FileWrite


class FileWriter(Vertical):
    """A line to type in, which is hidden while nothing is typed, and below it the last answers."""

    DEFAULT_CSS = """
    FileWriter {
        height: auto;
        & > Horizontal { height: 1; background: $panel; display: none; }
        &.-open > Horizontal { display: block; }
        & Label { width: auto; color: $foreground; text-style: bold; padding-right: 1; }
        & Input { width: 1fr; border: none; height: 1; padding: 0; background: $surface; color: $accent; }
        & Input:focus { border: none; background-tint: $foreground 8%; }
        & > #answers { width: 100%; height: auto; color: $foreground 80%; }
    }
    """

    @dataclass
    class Entered(Message):
        """Something is to be written."""

        text: str

    @dataclass
    class Closed(Message):
        """The line is gone."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._before: list[str] = []
        self._at = 0
        self._shown = Content("")

    def compose(self) -> ComposeResult:
        """The line and the answers."""
        with Horizontal():
            yield Label("write", markup=False)
            yield Input(compact=True, select_on_focus=False)
        yield Static(id="answers", markup=False)

    @property
    def is_open(self) -> bool:
        """Whether something is being typed."""
        return self.has_class("-open")

    def open(self, text: str, before: Sequence[str]) -> None:
        """Let something be typed.

        Args:
            text: what stands there at first.
            before: what was written to the file before, the oldest first.
        """
        self._before = [*before, text]
        self._at = len(before)
        line = self.query_one(Input)
        line.value = text
        self.add_class("-open")
        line.action_select_all()
        self.screen.set_focus(line)  # at once: what is typed ahead must not go elsewhere

    def close(self) -> None:
        """Write nothing."""
        if self.is_open:
            self.remove_class("-open")
            self.post_message(self.Closed())

    def enter(self) -> None:
        """Have what is typed written."""
        if self.is_open:
            self.post_message(self.Entered(self.query_one(Input).value))

    def move_by(self, steps: int) -> None:
        """Take what was written before, or after."""
        line = self.query_one(Input)
        self._before[self._at] = line.value
        self._at = min(max(self._at + steps, 0), len(self._before) - 1)
        line.value = self._before[self._at]
        line.action_end()

    def show(self, writes: Sequence[FileWrite], hint: str, known: str, *, paused: bool, most: int) -> None:
        """Show answers.

        Args:
            writes: what was written, the oldest first.
            hint: what stands there while nothing was.
            known: what is said elsewhere of what the file accepts, and need not be said again.
            paused: whether time stands.
            most: how many answers there is room for; the newest come first.
        """
        parts = [
            _answer(write, known if at == 0 else None, paused=paused)
            for at, write in enumerate(writes[: -most - 1 : -1])
        ]
        shown = Content("\n").join(parts) if parts else Content.styled(hint, "dim")
        if shown != self._shown:
            self._shown = shown
            self.query_one("#answers", Static).update(shown)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.enter()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()

    def on_key(self, event: events.Key) -> None:
        """What the line itself does not know: what was written before, and the way out."""
        if event.key not in ("escape", "up", "down"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.close()
        else:
            self.move_by(-1 if event.key == "up" else 1)


def _answer(write: FileWrite, known: str | None, *, paused: bool) -> Content:
    """One answer; with a sentence to explain it, unless `known` is None."""
    text = Content.styled(write.text or "(an empty line)", "bold")
    if write.failure:
        return Content.assemble(text, "  ", (write.failure, "$error"))
    answer = write.written
    if answer is None and not write.waits:
        return Content.assemble(text, "  …")
    if answer is None:
        waits = "waits for simulated time, which stands" if paused else "waits for the kdamond to come to it"
        return Content.assemble(text, "  ", (waits, "$warning"))
    if answer.error:
        why = "" if known is None or (known and known in answer.why) else answer.why
        why = f"\n{why[:1].upper()}{why[1:]}" if why else ""
        return Content.assemble(text, "  ", (f"write error: {answer.error}", "$error"), why)
    return Content.assemble(text, "  ", (f"ok, {answer.count} byte{'s' * (answer.count != 1)}", "$success"))
