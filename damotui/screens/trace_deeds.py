"""What the actions of the trace screen do: one method for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from damotui.files import write_whole
from damotui.path_names import expanded
from damotui.screens.name_dialog import NameDialog
from damotui.screens.new_file import check_new, free_name
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.trace import TraceScreen

NAME = "damotui-trace.txt"


class TraceDeeds:
    """Carries them out on one screen."""

    def __init__(self, screen: TraceScreen) -> None:
        self._screen = screen

    def freeze(self) -> None:
        """Hold still, or go on."""
        self._screen.trace.freeze(not self._screen.trace.frozen)

    def trace_pause(self) -> None:
        """Let time stand, or pass."""
        self._screen.main.action_perform("pause")

    def line_up(self) -> None:
        """One line."""
        self._screen.lines.move_by(-1)

    def line_down(self) -> None:
        """One line."""
        self._screen.lines.move_by(1)

    def line_page_up(self) -> None:
        """One page."""
        self._screen.lines.move_by_pages(-1)

    def line_page_down(self) -> None:
        """One page."""
        self._screen.lines.move_by_pages(1)

    def line_left(self) -> None:
        """A few columns."""
        self._screen.lines.move_aside(-1)

    def line_right(self) -> None:
        """A few columns."""
        self._screen.lines.move_aside(1)

    def line_oldest(self) -> None:
        """The beginning."""
        self._screen.lines.move_to_oldest()

    def line_newest(self) -> None:
        """The end."""
        self._screen.lines.move_to_newest()

    def trace_event(self, key: str) -> None:
        """The event of that number."""
        if int(key) > len(self._screen.trace.events):
            kernel = self._screen.session.kernel.name
            raise InputError(f"there is no event {key}: Linux {kernel} has {len(self._screen.trace.events)}")
        self._screen.toggle(int(key))

    def trace_find(self) -> None:
        """Type a part of the lines."""
        self._screen.find.open()

    def trace_short(self) -> None:
        """Shorter, or whole."""
        self._screen.lines.short = not self._screen.lines.shortened

    def trace_clear(self) -> None:
        """All lines."""
        self._screen.trace.clear()

    def trace_save(self) -> None:
        """What is shown, to a file that is asked for."""
        lines = [line.text for line in self._screen.trace.shown]
        if not lines:
            raise InputError("there are no lines to save")

        def save(name: str | None) -> None:
            if name:
                self._screen.attempt(lambda: self._save(name, lines))

        self._screen.app.push_screen(NameDialog(f"Save {len(lines):,} lines to", free_name(NAME), check_new), save)

    def _save(self, name: str, lines: list[str]) -> None:
        write_whole(expanded(name), "".join(f"{line}\n" for line in lines))
        self._screen.tell(f"{len(lines):,} lines saved to {name}")

    def leave_trace(self) -> None:
        """All lines again, or back."""
        if self._screen.trace.find:
            self._screen.find.clear()
        else:
            self._screen.dismiss()
