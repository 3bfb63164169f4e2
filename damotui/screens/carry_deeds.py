"""What the actions do where a config is carried elsewhere: one method for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from damotui.files import write_whole
from damotui.path_names import expanded
from damotui.screens.name_dialog import NameDialog
from damotui.screens.new_file import check_new, free_name
from damotui.session.carry_view import CLIPBOARD_BYTES
from engine.errors import InputError

if TYPE_CHECKING:
    from damotui.screens.carry import CarryScreen


class CarryDeeds:
    """Carries them out on one screen."""

    def __init__(self, screen: CarryScreen) -> None:
        self._screen = screen

    def carry_next(self) -> None:
        """The next format that there is."""
        self._screen.view.step(1)

    def carry_previous(self) -> None:
        """The format before."""
        self._screen.view.step(-1)

    def carry_format(self, key: str) -> None:
        """The format of that number."""
        self._screen.view.choose(int(key))

    def carry_part(self) -> None:
        """The whole, or the part."""
        self._screen.view.next_part()

    def carry_basis(self) -> None:
        """What is staged, or committed."""
        self._screen.view.next_basis()

    def carry_copy(self) -> None:
        """To the terminal's clipboard."""
        text, size = self._text(), self._screen.view.size
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InputError("the path of a cgroup in this text is not UTF-8, and can't be copied: save it") from None
        if size > CLIPBOARD_BYTES:
            raise InputError(f"{size:,} bytes are more than many terminals take ({CLIPBOARD_BYTES:,}): save it instead")
        self._screen.app.copy_to_clipboard(text)
        lines = text.count("\n")
        self._screen.tell(
            f"sent {lines:,} line{'s' * (lines != 1)} ({size:,} bytes) to the clipboard:"
            " the terminal must allow that (OSC 52)"
        )

    def carry_save(self) -> None:
        """To a file that is asked for."""
        text, view = self._text(), self._screen.view

        def save(name: str | None) -> None:
            if name:
                self._screen.attempt(lambda: self._save(name, text))

        self._screen.app.push_screen(
            NameDialog(f"Save the {view.form.title} to", free_name(view.file_name), check_new), save
        )

    def carry_up(self) -> None:
        """One line."""
        self._screen.text.move_by(-1)

    def carry_down(self) -> None:
        """One line."""
        self._screen.text.move_by(1)

    def carry_page_up(self) -> None:
        """One page."""
        self._screen.text.move_by_pages(-1)

    def carry_page_down(self) -> None:
        """One page."""
        self._screen.text.move_by_pages(1)

    def carry_first(self) -> None:
        """The beginning."""
        self._screen.text.move_to_end(last=False)

    def carry_last(self) -> None:
        """The end."""
        self._screen.text.move_to_end(last=True)

    def leave_carry(self) -> None:
        """To the heatmap."""
        self._screen.dismiss()

    def _text(self) -> str:
        text = self._screen.view.carried.text
        if not text:
            raise InputError(self._screen.view.carried.notes[0])
        return text

    def _save(self, name: str, text: str) -> None:
        write_whole(expanded(name), text.encode(errors="surrogateescape"))
        lines = text.count("\n")
        self._screen.tell(f"{lines:,} line{'s' * (lines != 1)} saved to {name}")
