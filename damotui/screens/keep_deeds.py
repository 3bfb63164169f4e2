"""What the actions do that save sessions and open them."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import chain, count
from pathlib import Path

from damotui.keep.glance import day_and_time
from damotui.keep.opening import LONG_US, Offer, Opened, offers, open_session
from damotui.keep.places import Places
from damotui.keep.saved import SUFFIXES
from damotui.path_names import expanded
from damotui.screens.deed_base import DeedBase
from damotui.screens.dialogs import ChoiceDialog
from damotui.screens.keeping import Keeping
from damotui.screens.name_dialog import NameDialog
from damotui.session.live import clock
from engine.errors import InputError


class KeepDeeds(DeedBase):
    """Carries them out on the main screen's session."""

    def save_session(self) -> None:
        """To its file; the first time, that is asked for."""
        file = self._keeping.keeper.file
        if file is None:
            self.save_session_as()
        else:
            self._save_to(file)

    def save_session_as(self) -> None:
        """To a file that is asked for."""

        def chosen(name: str | None) -> None:
            if name is not None:
                self._screen.attempt(lambda: self._save_to(named(name)))

        setup = self._keeping.setup
        offered = self._keeping.keeper.file or free_name(setup.workload.name, setup.places)
        self._screen.app.push_screen(NameDialog("Save the session to", str(offered), check_name), chosen)

    def open_session(self) -> None:
        """One of those that were not closed or were open last, or any."""
        places = self._keeping.setup.places
        found, trouble = offers(places) if places is not None else ([], "")
        if trouble:
            self._screen.tell(trouble, "warning")
        if not found:
            self._ask_for_path()
            return

        def chosen(choice: int | None) -> None:
            if choice == len(found):
                self._ask_for_path()
            elif choice is not None:
                self._screen.attempt(lambda: self._leave_for(self._read(found[choice].path)))

        choices = [*map(_line, found), ("another file", "whose path is asked for")]
        self._screen.app.push_screen(ChoiceDialog("Open a session", choices), chosen)

    def quit(self) -> None:
        """The end."""
        if self._keeping.would_lose:
            self._ask("What you did is not saved, and can't be kept. Leave all the same?", self._screen.app.exit)
        else:
            self._screen.app.exit()

    def session_note(self) -> None:
        """A line that the list of sessions shows."""

        def chosen(note: str | None) -> None:
            if note is not None:
                self._keeping.keeper.note = note.strip()
                self._screen.tell("the note is kept with the session")

        note = self._keeping.keeper.note
        self._screen.app.push_screen(NameDialog("A note on this session", note, _check_note), chosen)

    @property
    def _keeping(self) -> Keeping:
        return self._screen.keeping

    def _save_to(self, path: Path) -> None:
        keeper = self._keeping.keeper

        def save() -> None:
            keeper.save(path)
            branch = ": branch A of the what-if, not B" if self._session.has_branches else ""
            self._screen.tell(f"the session is saved to {path}{branch}")

        if keeper.replaces_others(path):
            what = "has changed since it was read" if path.absolute() == keeper.file else "is there already"
            self._ask(f"{path} {what}. Replace it?", save)
        else:
            save()

    def _ask_for_path(self) -> None:
        from damotui.screens.path_dialog import PathDialog

        read: list[Opened] = []

        def take(name: str) -> None:
            if not name.strip():
                raise InputError("give the path of a session, or of kdamonds as damo has them")
            read.append(self._read(expanded(name)))

        def left(_: None) -> None:
            if read:
                self._screen.attempt(lambda: self._leave_for(read[-1]))

        self._screen.app.push_screen(PathDialog("Open a session", "", take), left)

    def _read(self, path: Path) -> Opened:
        return open_session(path, self._keeping.setup.places)

    def _leave_for(self, opened: Opened) -> None:
        """Go on to another session; ask before, if anything would be lost."""
        if self._keeping.would_lose:
            question = "What you did is not saved, and can't be kept. Open another session all the same?"
            self._ask(question, lambda: self._ask_where_to_begin(opened))
        else:
            self._ask_where_to_begin(opened)

    def _ask_where_to_begin(self, opened: Opened) -> None:
        """Ask where a long session is to begin."""
        if opened.replayed is None or opened.saved.time_us <= LONG_US:
            self._begin_session(opened)
            return

        def chosen(choice: int | None) -> None:
            if choice is not None:
                self._screen.attempt(lambda: self._begin_session(opened if choice == 0 else opened.begun_again()))

        reached = clock(opened.saved.time_us)
        choices = [
            (f"Go on at {reached}", "all that was done is done again, as fast as it goes"),
            ("Begin at time 0", "with what is staged and committed; nothing was seen yet"),
        ]
        self._screen.app.push_screen(ChoiceDialog("Where is it to begin?", choices), chosen)

    def _begin_session(self, opened: Opened) -> None:
        setup = self._keeping.setup
        self._screen.post_message(Keeping.Begin(setup.reopened(opened.held(setup.places))))


def _line(offer: Offer) -> tuple[str, str]:
    name = "not closed" if offer.lost else offer.path.name if offer.named else "not saved"
    return f"{name}, {day_and_time(offer.at)}", offer.about


def free_name(stem: str, places: Places | None) -> Path:
    """A name that no file has yet: in the working directory, or where that can't be written to, in the user's data."""
    folder = Path()
    if not os.access(folder, os.W_OK | os.X_OK) and places is not None:
        with suppress(OSError):
            places.data.mkdir(parents=True, exist_ok=True)
            folder = places.data
    numbers = chain([""], (f"-{number}" for number in count(2)))
    paths = (folder / f"{stem}{number}{SUFFIXES[0]}" for number in numbers)
    return next(path for path in paths if not os.path.lexists(path))


def named(name: str) -> Path:
    """The path that a name stands for, with the suffix of a session."""
    path = expanded(name)
    return path if path.name.endswith(SUFFIXES) else path.with_name(path.name + SUFFIXES[0])


def check_name(name: str) -> None:
    """Raise `InputError` if no session can be saved under a name."""
    if not name.strip() or not Path(name).name:
        raise InputError("give the name of a file")
    path = named(name)
    if os.path.isdir(path):
        raise InputError(f"{path} is a directory: give the name of a file")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(f"there is no directory {str(path.parent)!r} that may be written")


def _check_note(note: str) -> None:
    if not note.isprintable():
        raise InputError("give a line of text")
